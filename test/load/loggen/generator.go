package main

import (
	"math"
	"time"
)

// options say what is written. The same options give the same bytes.
type options struct {
	// lines is how many lines are written, days the time they cover.
	lines int64
	days  float64
	// addresses is the number of distinct addresses: 30 % local, 70 % remote.
	addresses int
	seed      uint64
	// start is the time of the first line; its offset is the zone of the log.
	start  time.Time
	format format
	// mx and stores count the hosts that run Postfix and Dovecot.
	mx, stores int
	// longIDs chooses Postfix's long queue ids.
	longIDs bool
	// samples is about how many messages get rows of truth.
	samples int
	// lifetime is how long mail is tried before it expires.
	lifetime time.Duration
	// idStep cuts the microseconds in short queue ids to its multiples; above 1
	// ids come again more often.
	idStep int64
	// countReuse counts queue ids that came again; it needs memory.
	countReuse bool
}

// domainOfOurs is the domain of the servers that are written about.
const domainOfOurs = "lumenhost.example"

// generator plans steps and plays them in the order of time.
type generator struct {
	options
	random          rng
	plan            schedule
	seq             uint32
	spare           [][]byte // buffers of lines that were written
	mxHosts         []*host
	storeHosts      []*host
	hosts           []*host
	locals, remotes zipf
	localDomains    int

	out      *output // nil while lines are only counted
	written  int64
	now      int64 // microseconds since the start
	messages int
	every    int // each message whose number it divides gets truth
	seen     map[string]struct{}
	totals   totals
}

func newGenerator(o options) *generator {
	g := &generator{options: o, random: rng{o.seed*0x9E3779B9 + 12345}}
	locals := max(o.addresses*3/10, 10)
	remotes := max(o.addresses-locals, 10)
	g.locals, g.remotes = newZipf(locals, 1.08), newZipf(remotes, 1.05)
	g.localDomains = locals/120 + 4
	for i := range o.mx {
		g.mxHosts = append(g.mxHosts, newHost("mx", i, i))
	}
	for i := range o.stores {
		g.storeHosts = append(g.storeHosts, newHost("store", i, 10+i))
	}
	g.hosts = append(append(g.hosts, g.mxHosts...), g.storeHosts...)
	for i, h := range g.hosts {
		h.index = uint8(i)
	}
	if o.countReuse {
		g.seen = map[string]struct{}{}
	}
	g.totals.ByProgram, g.totals.ByStatus = map[string]int64{}, map[string]int64{}
	return g
}

// Each dry run counts that many lines to learn how many a session makes.
const (
	dryLines = 200000
	dryGap   = 20000
)

// generate writes a log with its truth and returns the exact totals.
func generate(o options, out *output) (totals, error) {
	dry := o
	dry.lines, dry.countReuse = dryLines, false
	d := newGenerator(dry)
	d.run(dryGap)
	perSession := float64(d.written) / float64(d.totals.Sessions)
	// Retries of mail that is deferred for long come later than the dry run sees.
	perSession *= 1.0 + .035*math.Min(1, o.days/2)

	g := newGenerator(o)
	g.out = out
	sessions := float64(o.lines) / perSession
	g.every = max(int(sessions*.62/float64(o.samples)), 1)
	g.run(o.days * 86400e6 / sessions)
	g.tellUnfinished()
	g.totals.Lines = g.written
	g.totals.Start = o.start.Format(time.RFC3339)
	g.totals.End = o.start.Add(time.Duration(g.now) * time.Microsecond).Format(time.RFC3339)
	return g.totals, out.flush()
}

// run plays until the lines are written. gap is the mean time between two
// sessions in microseconds.
func (g *generator) run(gap float64) {
	next := int64(0)
	for g.written < g.lines {
		for len(g.plan) == 0 || next <= g.plan[0].at {
			g.session(next)
			busy := 1.0
			if g.out != nil {
				busy = activity(g.start.Add(time.Duration(next) * time.Microsecond))
			}
			next += 1 + int64(g.random.exponential()*gap/busy)
		}
		s := g.plan.pop()
		g.now = s.at
		switch {
		case s.what == stepTruth:
			g.tell(s.m)
		case s.m != nil:
			g.attempt(s.m, s.at)
		default:
			g.write(s)
		}
	}
}

// activity is how busy the servers are at t: 1 on average, two humps on a
// working day, little at the weekend.
func activity(t time.Time) float64 {
	h := float64(t.Hour()) + float64(t.Minute())/60
	w := .35 + 1.3*math.Exp(-math.Pow((h-11)/4, 2)) + 1.05*math.Exp(-math.Pow((h-17)/3, 2))
	if d := t.Weekday(); d == time.Sunday || d == time.Saturday {
		w *= .35
	}
	return w * 1.22
}

// log plans a line of a program at t; pid 0 leaves the process out.
func (g *generator) log(t int64, h *host, program string, pid int, parts ...string) {
	var b []byte
	if n := len(g.spare); n > 0 {
		b = g.spare[n-1][:0]
		g.spare = g.spare[:n-1]
	} else {
		b = make([]byte, 0, 320)
	}
	b = appendProgram(b, program, pid)
	for _, p := range parts {
		b = append(b, p...)
	}
	g.seq++
	g.plan.push(step{at: t, seq: g.seq, host: h.index, text: b})
}

// later plans a step of a message.
func (g *generator) later(m *message, t int64, what uint8) {
	g.seq++
	g.plan.push(step{at: t, seq: g.seq, m: m, what: what})
}

func newHost(kind string, i, number int) *host {
	return &host{
		name: kind + decimal(i+1), lastPID: 1000 + number*7777,
		workers: map[string]*[]process{}, inode: 0x15A000 + number*0x3000,
	}
}
