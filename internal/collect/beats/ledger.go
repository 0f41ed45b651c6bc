package beats

import (
	"container/list"
	"sync"
	"time"

	"rastro/internal/event"
)

// Bounds of what is remembered; what was quiet longest is forgotten first.
const (
	maxAgents  = 4096
	maxFiles   = 1 << 16 // of all agents
	maxPrints  = 1 << 20 // of all agents: about 70 MB
	keepPrints = 1 << 16 // of one agent
	// keepDays is how many days the memory of a quiet agent or file lasts.
	keepDays = 7
	day      = 24 * time.Hour
)

// ledger remembers what was accepted, to recognize what comes again. Its
// methods are safe for concurrent use.
type ledger struct {
	zone    *time.Location
	dialect string
	host    string // of events that name none

	mu     sync.Mutex
	agents map[uint64]*agent
	quiet  *list.List // of *agent, the quietest last
	files  *list.List // of *file, the quietest last
	prints int
	swept  int64 // day of the last look for what is too old
	// forgotten are positions to be removed with the next batch.
	forgotten []event.Position
}

// flight is one batch between being taken and being durable or refused.
type flight struct {
	// done is closed by the acknowledgement, after err is set.
	done chan struct{}
	once sync.Once
	err  error
	// waits are the flights of which this one repeats events: it counts as
	// durable only when they are.
	waits []*flight
	pages []claim
}

// claim is what a flight has added to a page.
type claim struct {
	agent *agent
	page  *page
	from  int
}

func newFlight() *flight { return &flight{done: make(chan struct{})} }

// end settles a flight; calls after the first do nothing. It never blocks.
func (f *flight) end(err error) {
	f.once.Do(func() {
		f.err = err
		close(f.done)
	})
}

// taken is the verdict on a batch.
type taken struct {
	// origins has one entry for each draft, nil for a repeat.
	origins   []*event.Origin
	count     int // that are no repeats
	positions []event.Position
	flight    *flight
}

func newLedger(opts *Options) *ledger {
	return &ledger{
		zone: opts.Zone, dialect: opts.Dialect, host: opts.Host,
		agents: map[uint64]*agent{}, quiet: list.New(), files: list.New(),
	}
}

// batch is the state of one call of take.
type batch struct {
	l      *ledger
	conn   uint32
	now    time.Time
	drafts []draft
	taken  taken
	// agents and files are those that the batch has touched.
	agents []*agent
	files  []*file
	// times counts the events of one fingerprint that have no offset.
	times map[uint64]uint64
}

// take decides for each draft whether it is new and notes the new ones as on
// their way. The caller hands the lines to the sink, ends the flight when it
// knows their fate, and then calls settle.
func (l *ledger) take(drafts []draft, conn uint32, now time.Time) taken {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	b := &batch{l: l, conn: conn, now: now, drafts: drafts}
	b.taken = taken{origins: make([]*event.Origin, len(drafts)), flight: newFlight()}
	for i := range drafts {
		a := b.agent(drafts[i].agent)
		if drafts[i].placed {
			b.placed(a, i)
		} else {
			b.numbered(a, i)
		}
	}
	b.write()
	return b.taken
}

// placed decides about an event with an offset, by the rules of the package
// documentation.
func (b *batch) placed(a *agent, i int) {
	dr := &b.drafts[i]
	f := b.file(a, dr.file)
	known, when := a.find(dr.print)
	switch {
	case known == nil:
	case dr.process != 0 && dr.process == known.process:
		if dr.stamp == when.stamp {
			b.repeat(known)
			f.met(b.conn, dr.offset)
			return
		}
	default:
		b.repeat(known)
		f.met(b.conn, dr.offset)
		if dr.stamp != when.stamp {
			f.doubtful = append(f.doubtful, i)
		}
		return
	}
	b.fresh(a, f, i)
}

// fresh accepts an event with an offset. If another line is known in its place
// the file was written anew, and the doubtful repeats of the batch are accepted
// too. That the file is known beyond its place says nothing: what was refused,
// or lost on the way, leaves a gap that is filled later.
func (b *batch) fresh(a *agent, f *file, i int) {
	dr := &b.drafts[i]
	again, occupied := f.doubtful, a.occupied(dr.print)
	if !occupied {
		again = nil
	}
	if len(again) > 0 || f.restarts(b.conn, dr.offset, occupied) {
		f.begin(b.now)
		f.beginner = b.conn
	}
	for _, j := range again {
		b.accept(a, f, j)
	}
	if len(again) > 0 {
		f.doubtful = f.doubtful[:0]
	}
	b.accept(a, f, i)
	f.high = max(f.high, dr.offset)
	f.met(b.conn, dr.offset)
}

// numbered decides about an event without an offset and gives it a number in
// place of one.
func (b *batch) numbered(a *agent, i int) {
	dr := &b.drafts[i]
	if b.times == nil {
		b.times = map[uint64]uint64{}
	}
	dr.print = mix(dr.print, a.key)
	b.times[dr.print]++
	dr.print = mix(dr.print, b.times[dr.print])
	if a.repeating {
		if known, when := a.find(dr.print); known != nil && when.conn != b.conn {
			b.repeat(known)
			return
		}
		a.repeating = false
	}
	f := b.file(a, ^dr.file)
	f.numbered = true
	f.high++
	dr.offset = f.high
	b.accept(a, f, i)
}

// repeat notes that an event of the page came again.
func (b *batch) repeat(known *page) {
	on := known.flight
	if on == nil || on == b.taken.flight {
		return
	}
	for _, w := range b.taken.flight.waits {
		if w == on {
			return
		}
	}
	b.taken.flight.waits = append(b.taken.flight.waits, on)
}

// accept notes an event as new.
func (b *batch) accept(a *agent, f *file, i int) {
	dr := &b.drafts[i]
	if a.open == nil || a.open.process != dr.process && a.open.process != 0 {
		b.openPage(a, dr.process)
	}
	a.note(dr.print, mark{slot: a.open.slot, stamp: dr.stamp, conn: b.conn})
	b.l.prints++
	b.taken.origins[i] = b.origin(a, f, dr)
	b.taken.count++
}

// openPage chooses the page of the agent that takes the events of the batch.
func (b *batch) openPage(a *agent, process uint64) {
	if a.opened == maxOpened {
		a.open.process = 0
		return
	}
	a.opened++
	a.open = a.idlePage(process)
	if a.open == nil {
		for a.prints >= keepPrints || len(a.order) >= maxPages {
			if !b.l.dropPage(a) {
				break // all its pages are on their way
			}
		}
		a.open = a.newPage(process)
	}
	a.open.flight = b.taken.flight
	b.taken.flight.pages = append(b.taken.flight.pages, claim{a, a.open, len(a.open.prints)})
	a.flights++
}

// agent finds the agent of an event, or makes its memory.
func (b *batch) agent(key uint64) *agent {
	if n := len(b.agents); n > 0 && b.agents[n-1].key == key {
		return b.agents[n-1]
	}
	l := b.l
	a := l.agents[key]
	if a == nil {
		l.makeRoom()
		a = newAgent(key)
		a.place = l.quiet.PushFront(a)
		l.agents[key] = a
	}
	l.quiet.MoveToFront(a.place)
	if a.batch != b {
		a.batch, a.open, a.opened, a.repeating = b, nil, 0, true
	}
	b.agents = append(b.agents, a)
	return a
}

// write makes the positions of what the batch has changed.
func (b *batch) write() {
	l := b.l
	today := dayOf(b.now)
	for l.prints > maxPrints && l.dropQuietest() {
	}
	for l.files.Len() > maxFiles && l.dropQuietestFile() {
	}
	if b.taken.count > 0 {
		b.taken.positions, l.forgotten = l.forgotten, nil
	}
	for _, c := range b.taken.flight.pages {
		c.page.day = today
		b.taken.positions = append(b.taken.positions, event.Position{Key: c.agent.pageKey(c.page.slot), State: c.page.encode()})
	}
	for _, f := range b.files {
		changed := f.touched
		f.touched, f.doubtful, f.day = false, f.doubtful[:0], today
		if changed && !f.numbered && b.taken.count > 0 {
			b.taken.positions = append(b.taken.positions, event.Position{Key: f.key(), State: f.encode()})
		}
	}
	for _, a := range b.agents {
		a.batch, a.open = nil, nil
	}
}

// settle frees the pages of a flight that has ended, and takes back what it
// noted if it was refused.
func (l *ledger) settle(f *flight) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range f.pages {
		if f.err != nil {
			l.prints -= c.agent.takeBack(c.page, c.from)
		}
		c.page.flight = nil
		c.agent.flights--
	}
	f.pages = nil
}

func dayOf(t time.Time) int64 { return t.Unix() / int64(day/time.Second) }
