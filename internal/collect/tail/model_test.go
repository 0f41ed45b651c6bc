package tail

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"

	"rastro/internal/event"
)

var (
	seeds = flag.Int("seeds", 3, "how many histories the model test plays")
	seed0 = flag.Uint64("seed", 1, "the first of them")
)

// slowJournal is a journal that takes its time, refuses everything now and then,
// and loses what it has not written when it is killed.
type slowJournal struct {
	*journal
	rnd     *rand.Rand
	drop    bool              // what waits when it is killed is lost
	refused map[string]string // the first refused position of each key
	queue   chan event.Batch
	done    chan struct{}
}

func newSlowJournal(j *journal, rnd *rand.Rand) *slowJournal {
	s := &slowJournal{journal: j, rnd: rnd, drop: rnd.IntN(2) == 0, refused: map[string]string{}, queue: make(chan event.Batch, 8), done: make(chan struct{})}
	go s.work()
	return s
}

func (s *slowJournal) sink(ctx context.Context, b event.Batch) error {
	select {
	case s.queue <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// work accepts one batch after the other, or refuses one. Of a key that has a
// refused batch it takes nothing else until this one comes again.
func (s *slowJournal) work() {
	defer close(s.done)
	for b := range s.queue {
		if s.rnd.IntN(3) == 0 {
			time.Sleep(time.Duration(s.rnd.IntN(3000)) * time.Microsecond)
		}
		p := b.Positions[0]
		missing, behind := s.refused[p.Key]
		switch {
		case behind && missing != string(p.State):
			b.Ack(errRefused)
		case s.rnd.IntN(20) == 0:
			s.refused[p.Key] = string(p.State)
			b.Ack(errRefused)
		default:
			delete(s.refused, p.Key)
			s.mu.Lock()
			s.keep(b)
			s.mu.Unlock()
			b.Ack(nil)
		}
	}
}

// kill ends the tailer and drops what waits.
func (s *slowJournal) kill() {
	if s.drop {
		for {
			select {
			case <-s.queue:
				continue
			default:
			}
			break
		}
	}
	close(s.queue)
	<-s.done
}

// history plays a random writer against a tailer that is stopped and started at
// random.
type history struct {
	*bench
	rnd     *rand.Rand
	slow    *slowJournal
	rotated int
	half    string // the rest of a line that was begun
}

func (h *history) up() {
	tailer, err := New(h.opts)
	h.must(err)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	h.slow = newSlowJournal(h.j, h.rnd2())
	slow := h.slow
	go func() { done <- tailer.Run(ctx, h.j.durable(), slow.sink) }()
	h.stop = func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("Run: %v", err)
		}
		slow.kill()
		h.stop = func() {}
	}
}

func (h *history) rnd2() *rand.Rand { return rand.New(rand.NewPCG(h.rnd.Uint64(), 1)) }

func (h *history) finishHalf() {
	if h.half != "" {
		h.append("app.log", h.half)
		h.half = ""
	}
}

// shift makes room for the name app.log.1.
func (h *history) shift() {
	for i := h.rotated; i >= 1; i-- {
		for _, end := range []string{"", ".gz"} {
			from := fmt.Sprintf("app.log.%d%s", i, end)
			if _, err := os.Stat(h.path(from)); err == nil {
				h.rename(from, fmt.Sprintf("app.log.%d%s", i+1, end))
			}
		}
	}
	h.rotated++
}

// pack does what gzip does, the time included.
func (h *history) pack(name string) {
	in, err := os.Open(h.path(name))
	if err != nil {
		return
	}
	defer in.Close()
	info, err := in.Stat()
	h.must(err)
	out, err := os.Create(h.path(name + ".gz"))
	h.must(err)
	z := gzip.NewWriter(out)
	_, err = io.Copy(z, in)
	h.must(err)
	h.must(z.Close())
	h.must(out.Close())
	h.must(os.Chtimes(h.path(name+".gz"), info.ModTime(), info.ModTime()))
	h.remove(name)
}

func (h *history) step() {
	tick := func() { time.Sleep(5 * time.Millisecond) }
	op := h.rnd.IntN(100)
	if h.opts.Log != nil { // only when asked for
		h.opts.Log.Info("step", "op", op, "line", h.n, "rotated", h.rotated, "up", h.slow != nil)
	}
	switch {
	case op < 45:
		h.finishHalf()
		h.write("app.log", 1+h.rnd.IntN(60))
	case op < 50:
		h.finishHalf()
		h.write("app.log", 5000)
	case op < 60:
		h.finishHalf()
		line := fmt.Sprintf("line %06d of the log, written in two parts\n", h.n)
		h.n++
		cut := 1 + h.rnd.IntN(len(line)-1)
		h.append("app.log", line[:cut])
		h.half = line[cut:]
	case op < 70:
		h.finishHalf()
		tick()
		h.shift()
		h.rename("app.log", "app.log.1")
		if h.rnd.IntN(3) == 0 {
			h.write("app.log.1", 1+h.rnd.IntN(5))
		}
		tick()
		h.write("app.log", 1)
	case op < 80:
		h.finishHalf()
		tick()
		h.shift()
		h.copy("app.log", "app.log.1")
		h.truncate("app.log", 0)
		tick()
		h.write("app.log", 1)
	case op < 84:
		if h.rotated > 0 {
			h.pack(fmt.Sprintf("app.log.%d", 1+h.rnd.IntN(h.rotated)))
		}
	case op < 86 && h.slow != nil:
		h.finishHalf()
		h.wait(h.n)
		tick()
		h.remove("app.log")
		h.write("app.log", 1)
	case op < 93:
		h.stop()
		h.slow = nil
	default:
		if h.slow == nil {
			h.up()
		}
	}
	if h.rnd.IntN(2) == 0 {
		time.Sleep(time.Duration(h.rnd.IntN(15)) * time.Millisecond)
	}
}

// TestHistories: whatever a writer does and whenever the tailer is stopped and
// started, every line comes exactly once, in order within its file.
func TestHistories(t *testing.T) {
	t.Parallel()
	n := *seeds
	if testing.Short() {
		n = 1
	}
	for i := range uint64(n) {
		seed := *seed0 + i
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 0))
			glob := "app.log"
			if seed%2 == 0 {
				glob = "app.log*"
			}
			h := &history{bench: newBench(t, glob), rnd: rnd}
			h.opts.Poll = time.Duration(2+rnd.IntN(10)) * time.Millisecond
			h.opts.Quiet = time.Hour
			h.opts.NoNotify = rnd.IntN(3) == 0
			h.write("app.log", 10)
			h.up()
			h.wait(1)
			for range 120 {
				h.step()
			}
			h.finishHalf()
			if h.slow == nil {
				h.up()
			}
			h.wait(h.n)
			time.Sleep(50 * time.Millisecond)
			h.stop()
			h.checkHistory()
		})
	}
}

func (h *history) checkHistory() {
	h.t.Helper()
	seen := make([]int, h.n)
	last := map[string]int64{}
	for _, l := range h.j.lines {
		var n int
		if _, err := fmt.Sscanf(l.Text, "line %d", &n); err != nil || n >= h.n {
			h.t.Fatalf("a line that nobody wrote: %q", l.Text)
		}
		if !strings.HasSuffix(l.Text, "longer") && !strings.HasSuffix(l.Text, "parts") || l.Marks != 0 {
			h.t.Fatalf("a broken line: %q, marks %v", l.Text, l.Marks)
		}
		seen[n]++
		if l.Offset < last[l.Origin.ID] {
			h.t.Fatalf("line %d of %s came after a later one", n, l.Origin.ID)
		}
		last[l.Origin.ID] = l.Offset
	}
	bad := 0
	for n, c := range seen {
		if c != 1 {
			if bad++; bad < 10 {
				h.t.Errorf("line %d came %d times", n, c)
			}
		}
	}
	if bad > 0 {
		h.t.Errorf("%d of %d lines are wrong", bad, h.n)
	}
	h.unique()
}
