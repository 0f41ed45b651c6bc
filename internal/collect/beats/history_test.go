package beats

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"rastro/internal/event"
)

var errRefused = errors.New("refused")

// history is an agent with two connections that sends the lines of one file,
// and a desk, in an order of happenings that chance decides. Nothing runs in
// parallel, so that a seed always gives the same history.
type history struct {
	*desk
	luck   chance
	texts  []string
	stored []int

	process int
	conns   [2]uint32
	opened  uint32
	// acked tells which lines the agent knows to be stored. After a restart it
	// reads again from the first of which it does not.
	acked []bool
	read  int
	// again are windows that are to be sent once more.
	again []window
	sent  []sending
}

// window is a run of lines that is sent, and sent again, as one.
type window struct {
	from, to int
	stamp    string
}

// sending is a window that was handed on.
type sending struct {
	window
	conn  int
	taken taken
	lines []event.Line
	ended bool
}

func newHistory(t *testing.T, seed int) *history {
	h := &history{desk: newDesk(t), luck: chance(seed), texts: make([]string, 60), opened: 2, conns: [2]uint32{1, 2}}
	for i := range h.texts {
		h.texts[i] = fmt.Sprintf("%d x%d", 10*i, i)
	}
	h.stored, h.acked = make([]int, len(h.texts)), make([]bool, len(h.texts))
	return h
}

// next returns a window that was not acknowledged, or reads a new one.
func (h *history) next() (w window, ok bool) {
	if n := len(h.again); n > 0 {
		i := h.luck.of(n)
		w = h.again[i]
		h.again = append(h.again[:i], h.again[i+1:]...)
		return w, true
	}
	if h.read == len(h.texts) {
		return w, false
	}
	w = window{h.read, min(h.read+1+h.luck.of(12), len(h.texts)), h.now.String()}
	h.read = w.to
	return w, true
}

// send hands a window on, unless the network loses it.
func (h *history) send() {
	w, ok := h.next()
	if !ok {
		return
	}
	conn := h.luck.of(2)
	if h.luck.of(8) == 0 {
		h.again = append(h.again, w)
		h.hangUp(conn)
		return
	}
	s := step{process: fmt.Sprint(h.process), stamp: w.stamp, conn: h.conns[conn]}
	for _, text := range h.texts[w.from:w.to] {
		s.events += "|" + text
	}
	s.events = s.events[1:]
	b := h.drafts(s)
	got := h.ledger.take(b.drafts, s.conn, h.now)
	lines := b.lines(got.origins, got.count, 0)
	if got.count == 0 {
		got.flight.end(nil)
	}
	h.sent = append(h.sent, sending{window: w, conn: conn, taken: got, lines: lines, ended: got.count == 0})
}

// hangUp ends a connection: the agent does not hear of what was sent over it.
func (h *history) hangUp(conn int) {
	h.opened++
	h.conns[conn] = h.opened
	for i := range h.sent {
		if s := &h.sent[i]; s.conn == conn {
			h.again = append(h.again, s.window)
			s.conn = -1
		}
	}
}

// settle makes a batch durable or refuses it, in any order.
func (h *history) settle() {
	if len(h.sent) == 0 {
		return
	}
	i := h.luck.of(len(h.sent))
	s := &h.sent[i]
	if !s.ended {
		var err error
		if h.luck.of(4) == 0 {
			err = errRefused
		}
		h.store(s, err)
	}
	var err error
	for _, f := range append(s.taken.flight.waits, s.taken.flight) {
		select {
		case <-f.done:
			err = errors.Join(err, f.err)
		default:
			return // it waits for others
		}
	}
	h.ledger.settle(s.taken.flight)
	done := *s
	h.sent = append(h.sent[:i], h.sent[i+1:]...)
	switch {
	case done.conn < 0:
	case err != nil:
		h.again = append(h.again, done.window)
		h.hangUp(done.conn)
	default:
		for i := done.from; i < done.to; i++ {
			h.acked[i] = true
		}
	}
}

// store ends the flight of a batch.
func (h *history) store(s *sending, err error) {
	s.ended = true
	s.taken.flight.end(err)
	if err != nil {
		return
	}
	h.keep(s.taken.positions)
	for _, l := range s.lines {
		h.stored[l.Offset/10]++
		id := event.MakeID(l.Origin.ID, l.Offset)
		if other, twice := h.ids[id]; twice {
			h.t.Errorf("%q and %q have the same identity", other, l.Text)
		}
		h.ids[id] = l.Text
	}
}

// restartAgent makes the agent forget what it did not note in its registry.
func (h *history) restartAgent() {
	for conn := range h.conns {
		h.hangUp(conn)
	}
	h.again = nil
	h.process++
	for h.read = 0; h.read < len(h.acked) && h.acked[h.read]; {
		h.read++
	}
}

// restartServer settles what is on its way and begins with what is durable.
func (h *history) restartServer() {
	for i := range h.sent {
		if s := &h.sent[i]; !s.ended {
			h.store(s, []error{nil, errRefused}[h.luck.of(2)])
		}
	}
	for conn := range h.conns {
		h.hangUp(conn)
	}
	h.sent = nil
	h.restart()
}

// TestHistories: whatever breaks, in whatever order, each line is stored once.
func TestHistories(t *testing.T) {
	t.Parallel()
	seeds := 1000
	if testing.Short() {
		seeds = 200
	}
	for seed := range seeds {
		h := newHistory(t, seed+1)
		for steps := 0; ; steps++ {
			h.now = h.now.Add(time.Second)
			switch n := h.luck.of(40); {
			case n < 18:
				h.send()
			case n < 36:
				h.settle()
			case n < 37:
				h.restartAgent()
			case n < 38:
				h.restartServer()
			default:
				h.hangUp(h.luck.of(2))
			}
			if h.read == len(h.texts) && len(h.again)+len(h.sent) == 0 {
				break
			}
			if steps > 100000 {
				t.Fatalf("seed %d: no progress", seed)
			}
		}
		for i, n := range h.stored {
			if n != 1 {
				t.Errorf("seed %d: line %d was stored %d times, want 1", seed, i, n)
			}
		}
	}
}
