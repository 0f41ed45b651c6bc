package trace

import (
	"cmp"
	"slices"

	"rastro/internal/event"
)

// transactionWindow is how long a client may take from one command of a
// transaction to the id that the next one gets.
const transactionWindow = 300 * second

// process is one connection of a client: a process of a mail server that talks
// to it, or the session's own id. Process ids are used again and serve many
// clients, so that only what is near in time belongs together.
type process struct {
	host    string
	pid     int64
	client  string
	session string
}

// processOf returns the connection in which a fact happened.
func processOf(f *fact) (p process, ok bool) {
	switch {
	case f.dialect == "opensmtpd" && f.sessions.first != "":
		return process{host: f.host, session: f.sessions.first}, true
	case f.dialect == "exim" && f.clientIP != "" && f.sender != "":
		return process{host: f.host, pid: f.pid, client: f.clientIP, session: f.sender}, true
	case f.dialect == "postfix" && f.pid != 0 && f.clientIP != "":
		return process{host: f.host, pid: f.pid, client: f.clientIP}, true
	}
	return process{}, false
}

// opening is the line that opens a message, and what later lines tell of its
// envelope: stamps of whole seconds do not say which of several messages a
// refusal belongs to, but the sender does.
type opening struct {
	*fact
	sender string // "" while it is not known
	active bool   // the queue manager took the message
}

// births finds the messages that a process opened, in order of time.
type births map[process][]*opening

func newBirths(facts []*fact) births {
	b := births{}
	type stay struct{ host, id string }
	last := map[stay]*opening{}
	for _, f := range facts {
		if f.qid == "" {
			continue
		}
		if !isBirth(f) {
			if o := last[stay{f.host, f.qid}]; o != nil && f.sender != "" && f.kind != event.TypeDelivery {
				o.sender = f.sender
				o.active = o.active || f.kind == event.TypeQueue && f.status == ""
			}
			continue
		}
		if p, ok := processOf(f); ok {
			o := &opening{fact: f, sender: f.sender}
			b[p] = append(b[p], o)
			last[stay{f.host, f.qid}] = o
		}
	}
	return b
}

// after returns the message that the process of f most likely opened after it:
// the first one of the same sender, else the first whose sender no line tells.
func (b births) after(f *fact, fits func(*opening) bool) *opening {
	p, ok := processOf(f)
	if !ok {
		return nil
	}
	var best *opening
	all := b[p]
	from, _ := slices.BinarySearchFunc(all, f.time, compareOpening)
	for _, o := range all[from:min(len(all), from+2*lookAround)] {
		switch {
		case o.clientPort != 0 && f.clientPort != 0 && o.clientPort != f.clientPort:
			continue
		case o.time-f.time > transactionWindow:
			return best
		case f.sender != "" && o.sender != "" && o.sender != f.sender, !fits(o):
			continue
		case o.sender != "":
			return o
		case best == nil:
			best = o
		}
	}
	return best
}

// compareOpening finds the messages that were opened at a time.
func compareOpening(o *opening, at int64) int { return cmp.Compare(o.time, at) }

// adopt gives a queue id to what Postfix and Exim decided about a message
// before it had one: the next id of the same process and client is its. What is thrown away
// never gets to the queue manager.
func (b births) adopt(facts []*fact) {
	for _, f := range facts {
		if f.dialect != "postfix" && f.dialect != "exim" || f.qid != "" || f.kind != event.TypeQueue {
			continue
		}
		thrown := f.status == event.StatusDiscarded
		if f.status != event.StatusHeld && !thrown && f.extra(extraAction) != "redirect" {
			continue
		}
		if o := b.after(f, func(o *opening) bool { return !thrown || !o.active }); o != nil {
			f.qid, o.sender = o.qid, f.sender
		}
	}
}

// sameTransaction gives refused recipients to the message whose other
// recipients were taken in the same transaction. What is left was refused
// alone.
func (b births) sameTransaction(all []*refusal, hops []*hop) []*refusal {
	if len(all) == 0 {
		return all
	}
	byBirth := make(map[*fact]*hop, len(hops))
	for _, h := range hops {
		if h.birth != nil {
			byBirth[h.birth] = h
		}
	}
	left := all[:0:0]
	for _, r := range all {
		var h *hop
		if r.facts[0].dialect != "exim" && len(r.facts) == 1 && r.recipient != "" && !r.facts[0].swallowed() {
			if o := b.after(r.facts[0], func(o *opening) bool {
				c := byBirth[o.fact]
				return c != nil && !c.knows(r.recipient) && (r.sender == "" || c.sender == r.sender)
			}); o != nil {
				h = byBirth[o.fact]
			}
		}
		if h == nil {
			left = append(left, r)
			continue
		}
		l := h.legOf(r.recipient, "", "")
		l.refused = r.facts
		l.linked = Probable
		l.status, l.by, l.decided, l.answered, l.attempts = Rejected, ByUs, r.facts[0], r.facts[0], 1
	}
	return left
}

// readdress gives a leg the address that a rule of the server replaced.
func (h *hop) readdress() {
	for _, f := range h.facts {
		if f.rcpts.len() == 0 || f.extra(extraAction) != "redirect" {
			continue
		}
		target := lower(f.extra(extraTarget))
		if f.rcpts.first == target {
			continue
		}
		for l := h.findLeg(target, "", ""); l != nil; l = h.findLeg(target, "", "") {
			l.rename(target, f.rcpts.first)
		}
	}
}
