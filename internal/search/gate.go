package search

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// class is how long a question is expected to take.
type class uint8

const (
	quick class = iota // milliseconds: identifiers, the newest events, few events
	long               // anything else
	classes
)

// quickInARow is how many quick questions may be let in one after the other
// while a long one waits.
const quickInARow = 3

// gate decides which questions are answered and which wait. Some places are
// kept free of long questions, so that a quick one never waits for them. Those
// that wait are let in caller by caller, so that who asks much waits longer than
// who asks once. It is safe for concurrent use.
type gate struct {
	places int         // questions answered at a time
	queue  int         // questions that may wait
	cores  int         // processors
	busy   func() bool // intake has much to do; nil for never

	mu       sync.Mutex
	running  [classes]int
	lines    [classes]line
	streak   int    // quick ones let in since a long one waits
	rejected uint64 // that found no room, or had no turn in time
	done     uint64 // that were answered
	most     int    // the most that ran at a time
}

func newGate(places, queue int, busy func() bool) *gate {
	return &gate{places: places, queue: queue, busy: busy, cores: runtime.GOMAXPROCS(0)}
}

// ticket is a question that waits.
type ticket struct {
	caller string
	class  class
	turn   chan bool // true when it is let in, false when it has to go
}

// line is the tickets of a class that wait, by caller.
type line struct {
	callers []caller // in the order of their turns; none without tickets
	count   int
}

type caller struct {
	name    string
	tickets []*ticket // oldest first
}

func (l *line) find(name string) int {
	return slices.IndexFunc(l.callers, func(c caller) bool { return c.name == name })
}

func (l *line) push(t *ticket) {
	i := l.find(t.caller)
	if i < 0 {
		i = len(l.callers)
		l.callers = append(l.callers, caller{name: t.caller})
	}
	l.callers[i].tickets = append(l.callers[i].tickets, t)
	l.count++
}

// pop takes the oldest ticket of the caller whose turn it is.
func (l *line) pop() *ticket {
	c := l.callers[0]
	l.callers = l.callers[1:]
	if len(c.tickets) > 1 {
		l.callers = append(l.callers, caller{name: c.name, tickets: c.tickets[1:]})
	}
	l.count--
	return c.tickets[0]
}

// remove takes a ticket out; false when it is not there.
func (l *line) remove(t *ticket) bool {
	i := l.find(t.caller)
	if i < 0 {
		return false
	}
	j := slices.Index(l.callers[i].tickets, t)
	if j < 0 {
		return false
	}
	l.count--
	if l.callers[i].tickets = slices.Delete(l.callers[i].tickets, j, j+1); len(l.callers[i].tickets) == 0 {
		l.callers = slices.Delete(l.callers, i, i+1)
	}
	return true
}

// enter waits for the question's turn, at most so long, and returns what gives
// its place back. It returns ctx's error when ctx ends first, and a *BusyError
// when there is no room to wait or no turn came.
func (g *gate) enter(ctx context.Context, name string, c class, wait time.Duration) (leave func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t, err := g.take(name, c)
	if err != nil {
		return nil, err
	}
	leave = sync.OnceFunc(func() { g.leave(c) })
	if t == nil {
		return leave, nil
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	late := false
	select {
	case let := <-t.turn:
		if let {
			return leave, nil
		}
		return nil, g.busyError(true)
	case <-ctx.Done():
		err = ctx.Err()
	case <-timer.C:
		late, err = true, g.busyError(false)
	}
	if !g.giveUp(t, late) && <-t.turn {
		leave() // it was let in at the same moment
	}
	return nil, err
}

// take lets a question in, where t is nil, or puts it into the line.
func (g *gate) take(name string, c class) (t *ticket, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lines[c].count == 0 && g.room(c) {
		g.letIn(c)
		return nil, nil
	}
	if g.waiting() >= g.queue && !g.makeRoom(name) {
		g.rejected++
		return nil, g.describe(true)
	}
	t = &ticket{caller: name, class: c, turn: make(chan bool, 1)}
	g.lines[c].push(t)
	g.next()
	return t, nil
}

// makeRoom sends away the newest question of the caller with the most, where
// that is fairer than sending away the one that comes.
func (g *gate) makeRoom(name string) bool {
	count := map[string]int{}
	for i := range g.lines {
		for _, c := range g.lines[i].callers {
			count[c.name] += len(c.tickets)
		}
	}
	worst, most := "", 0
	for n, k := range count {
		if k > most || k == most && n < worst {
			worst, most = n, k
		}
	}
	if most <= count[name]+1 {
		return false
	}
	for c := long; ; c-- {
		l := &g.lines[c]
		if i := l.find(worst); i >= 0 {
			t := l.callers[i].tickets[len(l.callers[i].tickets)-1]
			l.remove(t)
			g.rejected++
			t.turn <- false
			return true
		}
		if c == 0 {
			return false
		}
	}
}

// room tells whether a question of a class may be let in. While intake has much
// to do, questions get half of the processors, and one place more for what is
// quick.
func (g *gate) room(c class) bool {
	places, forLong := g.places, max(1, g.places-1)
	if g.pressed() {
		forLong = min(forLong, max(1, g.cores/2))
		places = min(places, forLong+1)
	}
	if c == long && g.running[long] >= forLong {
		return false
	}
	return g.running[quick]+g.running[long] < places
}

func (g *gate) pressed() bool { return g.busy != nil && g.busy() }

func (g *gate) waiting() int { return g.lines[quick].count + g.lines[long].count }

func (g *gate) letIn(c class) {
	g.running[c]++
	g.most = max(g.most, g.running[quick]+g.running[long])
	switch {
	case c == long || g.lines[long].count == 0:
		g.streak = 0
	default:
		g.streak++
	}
}

// next lets in whoever may come in now.
func (g *gate) next() {
	for {
		c := quick
		if g.lines[quick].count == 0 || g.streak >= quickInARow && g.lines[long].count > 0 && g.room(long) {
			c = long
		}
		if g.lines[c].count == 0 || !g.room(c) {
			return
		}
		t := g.lines[c].pop()
		g.letIn(c)
		t.turn <- true
	}
}

// longestRest bounds how long a place rests.
const longestRest = 500 * time.Millisecond

// rest gives a place back behind a question that took so long: at once, or while
// intake has much to do after half of that time, in which nobody has it. The
// writing of answers costs time too, and no place.
func (g *gate) rest(took time.Duration, leave func()) {
	if !g.pressed() {
		leave()
		return
	}
	time.AfterFunc(min(took/2, longestRest), leave)
}

func (g *gate) leave(c class) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.running[c]--
	g.done++
	g.next()
}

// giveUp takes a ticket out of its line; false when it was decided already.
func (g *gate) giveUp(t *ticket, late bool) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.lines[t.class].remove(t) {
		return false
	}
	if late {
		g.rejected++
	}
	return true
}

// workers is how many blocks a question may read at a time at this moment: an
// equal share of the processors, of half of them while intake has much to do.
func (g *gate) workers() int {
	g.mu.Lock()
	running := g.running[quick] + g.running[long]
	g.mu.Unlock()
	cores := g.cores
	if g.pressed() {
		cores /= 2
	}
	return max(1, cores/max(1, running))
}

// busyError describes the gate as it is.
func (g *gate) busyError(full bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.describe(full)
}

func (g *gate) describe(full bool) error {
	return &BusyError{
		Answering: g.running[quick] + g.running[long], Waiting: g.waiting(),
		Places: g.places, Queue: g.queue, Done: g.done, Full: full,
	}
}

// count tells the figures of the gate.
func (g *gate) count(c *Counts) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c.Slots, c.Answering, c.Most = g.places, g.running[quick]+g.running[long], g.most
	c.Queue, c.Waiting, c.Done, c.Rejected = g.queue, g.waiting(), g.done, g.rejected
}

// callersWaiting lists who waits with how many questions, for tests.
func (g *gate) callersWaiting() map[string]int {
	g.mu.Lock()
	defer g.mu.Unlock()
	m := map[string]int{}
	for i := range g.lines {
		for _, c := range g.lines[i].callers {
			m[c.name] += len(c.tickets)
		}
	}
	return m
}

// defaultPlaces is the number of questions answered at a time where none is
// set: one per processor, and one more for what is quick.
func defaultPlaces() int { return cmp.Or(runtime.GOMAXPROCS(0), 1) + 1 }
