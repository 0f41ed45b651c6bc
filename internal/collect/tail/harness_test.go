package tail

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rastro/internal/event"
)

// journal is a sink that keeps what it accepts, like the real one: lines and
// positions together, in order.
type journal struct {
	mu        sync.Mutex
	lines     []event.Line
	positions map[string][]byte
	batches   int
	// answer, if set, is asked before a batch is accepted.
	answer func(n int, b event.Batch) error
}

func newJournal() *journal { return &journal{positions: map[string][]byte{}} }

func (j *journal) sink(_ context.Context, b event.Batch) error {
	j.mu.Lock()
	j.batches++
	var err error
	if j.answer != nil {
		err = j.answer(j.batches, b)
	}
	if err == nil {
		j.keep(b)
	}
	j.mu.Unlock()
	b.Ack(err)
	return nil
}

// keep makes a batch durable.
func (j *journal) keep(b event.Batch) {
	j.lines = append(j.lines, b.Lines...)
	for _, p := range b.Positions {
		if len(p.State) == 0 {
			delete(j.positions, p.Key)
		} else {
			j.positions[p.Key] = p.State
		}
	}
}

func (j *journal) durable() map[string][]byte {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.positions)
}

func (j *journal) texts() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	out := make([]string, len(j.lines))
	for i, l := range j.lines {
		out[i] = l.Text
	}
	return out
}

// bench is a folder with a tailer that can be started and stopped.
type bench struct {
	t    *testing.T
	dir  string
	opts Options
	j    *journal
	tail *Tailer
	stop func()
	n    int // lines written
}

func newBench(t *testing.T, globs ...string) *bench {
	b := &bench{t: t, dir: t.TempDir(), j: newJournal(), stop: func() {}}
	var paths []string
	for _, g := range globs {
		paths = append(paths, filepath.Join(b.dir, g))
	}
	b.opts = Options{
		Sources: []Source{{Paths: paths}}, Poll: 15 * time.Millisecond, Quiet: 150 * time.Millisecond,
	}
	if dir := os.Getenv("TAIL_LOG"); dir != "" {
		f, err := os.Create(filepath.Join(dir, strings.NewReplacer("/", "_", " ", "_").Replace(t.Name())))
		b.must(err)
		b.opts.Log = slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: slog.LevelDebug}))
		t.Cleanup(func() { f.Close() })
	}
	t.Cleanup(func() { b.stop() })
	return b
}

func (b *bench) start() {
	b.t.Helper()
	tailer, err := New(b.opts)
	if err != nil {
		b.t.Fatal(err)
	}
	b.run(tailer)
}

func (b *bench) run(tailer *Tailer) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	b.tail = tailer
	positions := b.j.durable()
	go func() { done <- tailer.Run(ctx, positions, b.j.sink) }()
	b.stop = func() {
		cancel()
		if err := <-done; err != nil {
			b.t.Errorf("Run: %v", err)
		}
		b.stop = func() {}
	}
}

func (b *bench) path(name string) string { return filepath.Join(b.dir, name) }

// write appends n numbered lines to a file.
func (b *bench) write(name string, n int) {
	b.t.Helper()
	var text strings.Builder
	for range n {
		fmt.Fprintf(&text, "line %06d of the log, with some words to make it longer\n", b.n)
		b.n++
	}
	b.append(name, text.String())
}

func (b *bench) append(name, text string) {
	b.t.Helper()
	f, err := os.OpenFile(b.path(name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	b.must(err)
	_, err = f.WriteString(text)
	b.must(err)
	b.must(f.Close())
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) rename(from, to string) { b.t.Helper(); b.must(os.Rename(b.path(from), b.path(to))) }
func (b *bench) remove(name string)     { b.t.Helper(); b.must(os.Remove(b.path(name))) }
func (b *bench) truncate(name string, size int64) {
	b.t.Helper()
	b.must(os.Truncate(b.path(name), size))
}

func (b *bench) copy(from, to string) {
	b.t.Helper()
	data, err := os.ReadFile(b.path(from))
	b.must(err)
	b.must(os.WriteFile(b.path(to), data, 0o644))
}

func (b *bench) gzip(name string) {
	b.t.Helper()
	out, err := exec.Command("gzip", b.path(name)).CombinedOutput()
	if err != nil {
		b.t.Fatalf("gzip: %v: %s", err, out)
	}
}

// wait waits until n lines have come.
func (b *bench) wait(n int) {
	b.t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for len(b.j.texts()) < n {
		if time.Now().After(deadline) {
			b.t.Fatalf("%d lines came, want %d; first missing: %s", len(b.j.texts()), n, b.missing())
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func (b *bench) missing() string {
	got := b.j.texts()
	for i := range b.n {
		want := fmt.Sprintf("line %06d", i)
		if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, want) }) {
			return want
		}
	}
	return "none"
}

// check waits for all written lines and makes sure that each came once, in the
// order of writing.
func (b *bench) check() {
	b.t.Helper()
	b.wait(b.n)
	time.Sleep(8 * b.opts.Poll)
	got := b.j.texts()
	for i, s := range got {
		if want := fmt.Sprintf("line %06d", i); !strings.HasPrefix(s, want) {
			b.t.Fatalf("at place %d of %d (%d written) stands %q; missing: %s", i, len(got), b.n, s, b.missing())
		}
	}
	b.unique()
}

// unique makes sure that no two lines have the same identity.
func (b *bench) unique() {
	b.t.Helper()
	b.j.mu.Lock()
	defer b.j.mu.Unlock()
	seen := map[string]string{}
	for _, l := range b.j.lines {
		id := fmt.Sprint(l.Origin.ID, "/", l.Offset)
		if old, ok := seen[id]; ok {
			b.t.Fatalf("%s is the identity of two lines: %q and %q", id, old, l.Text)
		}
		seen[id] = l.Text
	}
}

var errRefused = errors.New("the disk is full")
