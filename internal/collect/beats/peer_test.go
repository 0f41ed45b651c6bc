package beats

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/event"
)

// shelf is a sink that keeps what it is given, as ingest does.
type shelf struct {
	mu        sync.Mutex
	lines     []event.Line
	positions map[string][]byte
	// before is asked about each batch: an error refuses it by Ack.
	before func(b event.Batch) error
	// hold, if not nil, is waited for before a batch is durable.
	hold chan struct{}
	// full refuses without taking.
	full error
	// last is closed when the batch taken last was settled: batches become
	// durable in the order in which they were taken.
	last chan struct{}
}

func (s *shelf) take(ctx context.Context, b event.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full != nil {
		return s.full
	}
	if err := ctx.Err(); err != nil {
		return err // an error means that nothing was taken
	}
	hold, before, done := s.hold, s.last, make(chan struct{})
	s.last = done
	go func() {
		defer close(done)
		if before != nil {
			<-before
		}
		if hold != nil {
			<-hold
		}
		b.Ack(s.store(b))
	}()
	return nil
}

func (s *shelf) store(b event.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.before != nil {
		if err := s.before(b); err != nil {
			return err
		}
	}
	s.lines = append(s.lines, b.Lines...)
	if s.positions == nil {
		s.positions = map[string][]byte{}
	}
	for _, p := range b.Positions {
		if len(p.State) == 0 {
			delete(s.positions, p.Key)
		} else {
			s.positions[p.Key] = bytes.Clone(p.State)
		}
	}
	return nil
}

func (s *shelf) set(change func(s *shelf)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

// counts tells how often each text was stored.
func (s *shelf) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := map[string]int{}
	for _, l := range s.lines {
		n[l.Text]++
	}
	return n
}

// stored returns the lines so far.
func (s *shelf) stored() []event.Line {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.lines)
}

func (s *shelf) durable() map[string][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.positions)
}

// wantOnce fails unless exactly these texts were stored, each as often as it
// stands here, and every line has an identity of its own.
func (s *shelf) wantOnce(t *testing.T, texts ...[]string) {
	t.Helper()
	want := map[string]int{}
	for _, text := range slices.Concat(texts...) {
		want[text]++
	}
	got := s.counts()
	for text, n := range want {
		if got[text] != n {
			t.Errorf("%q was stored %d times, want %d", text, got[text], n)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d different lines were stored, want %d", len(got), len(want))
	}
	s.wantIDs(t)
}

func (s *shelf) wantIDs(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := map[string]string{}
	for _, l := range s.lines {
		id := event.MakeID(l.Origin.ID, l.Offset)
		if other, twice := ids[id]; twice {
			t.Errorf("%q and %q have the same identity %s", other, l.Text, id)
		}
		ids[id] = l.Text
	}
}

// running is a server that listens on a free port.
type running struct {
	*Server
	addr string
	stop func()
}

// serve starts a server and stops it at the end of the test.
func serve(t testing.TB, sink Sink, positions map[string][]byte, change ...func(*Options)) *running {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Listener: listener, Log: slog.New(slog.DiscardHandler)}
	for _, c := range change {
		c(&opts)
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := New(opts)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(ctx, positions, sink) }()
	r := &running{Server: s, addr: listener.Addr().String()}
	r.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
	t.Cleanup(r.stop)
	return r
}

// agentOf is one process of a Filebeat.
type agentOf struct{ id, process string }

// event makes what Filebeat 8 sends for one line.
func (a agentOf) event(path string, offset int64, stamp time.Time, text string) map[string]any {
	return map[string]any{
		"@timestamp": stamp.UTC().Format("2006-01-02T15:04:05.000Z"),
		"@metadata":  map[string]any{"beat": "filebeat", "type": "_doc", "version": "8.17.0"},
		"agent":      map[string]any{"id": a.id, "ephemeral_id": a.process, "name": "mx1", "type": "filebeat", "version": "8.17.0"},
		"ecs":        map[string]any{"version": "8.0.0"},
		"input":      map[string]any{"type": "filestream"},
		"log":        map[string]any{"offset": offset, "file": map[string]any{"path": path, "device_id": "2049", "inode": strconv.FormatUint(xxhash.Sum64String(path), 10)}},
		"host":       map[string]any{"name": "mx1.example.org", "os": map[string]any{"kernel": "6.1"}, "ip": []string{"192.0.2.1"}},
		"fields":     map[string]any{"site": "madrid"},
		"tags":       []string{"mail"},
		"message":    text,
	}
}

// events makes the events of a file's lines from one offset on.
func (a agentOf) events(path string, offset int64, stamp time.Time, texts []string) []any {
	all := make([]any, 0, len(texts))
	for _, text := range texts {
		all = append(all, a.event(path, offset, stamp, text))
		offset += int64(len(text)) + 1
	}
	return all
}

// mailLines are real lines of a mail server.
func mailLines(t testing.TB) []string {
	t.Helper()
	b, err := os.ReadFile("testdata/mail.log")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(string(b), "\n"), "\n")
}

// wire writes frames by hand.
type wire struct{ bytes.Buffer }

func (w *wire) number(n int) *wire {
	w.Write(binary.BigEndian.AppendUint32(nil, uint32(n)))
	return w
}

func (w *wire) window(n int) *wire {
	w.WriteString("2W")
	return w.number(n)
}

func (w *wire) json(seq int, text string) *wire {
	w.WriteString("2J")
	w.number(seq).number(len(text))
	w.WriteString(text)
	return w
}

// talk sends bytes to the server and returns its answer of so many bytes, or
// all that it says until it closes the connection if that is 0.
func talk(t *testing.T, addr string, send []byte, answer int) string {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := c.Write(send); err != nil && answer > 0 {
		t.Fatal(err)
	}
	if answer > 0 {
		got := make([]byte, answer)
		if _, err := io.ReadFull(c, got); err != nil {
			t.Fatal(err)
		}
		return string(got)
	}
	got, err := io.ReadAll(c)
	if err != nil && !errors.Is(err, syscall.ECONNRESET) {
		t.Fatal(err)
	}
	return string(got)
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 3000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("waited in vain: %s", what)
}

func numberedTexts(prefix string, n int) []string {
	texts := make([]string, n)
	for i := range texts {
		texts[i] = fmt.Sprintf("%s line %d", prefix, i)
	}
	return texts
}
