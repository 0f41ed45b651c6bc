package trace

import "rastro/internal/event"

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
	case f.dialect == "postfix" && f.pid != 0 && f.clientIP != "":
		return process{host: f.host, pid: f.pid, client: f.clientIP}, true
	}
	return process{}, false
}

// births finds the messages that a process opened.
type births map[process][]*fact

func newBirths(facts []*fact) births {
	b := births{}
	for _, f := range facts {
		if !isBirth(f) || f.qid == "" {
			continue
		}
		if p, ok := processOf(f); ok {
			b[p] = append(b[p], f)
		}
	}
	return b
}

// after returns the first message that the process of f opened after it.
func (b births) after(f *fact) *fact {
	p, ok := processOf(f)
	if !ok {
		return nil
	}
	for _, birth := range b[p] {
		if birth.time >= f.time {
			if birth.time-f.time > transactionWindow {
				return nil
			}
			return birth
		}
	}
	return nil
}

// adopt gives a queue id to what Postfix decided about a message before it had
// one: the next id of the same process and client is its.
func (b births) adopt(facts []*fact) {
	for _, f := range facts {
		if f.dialect != "postfix" || f.qid != "" || f.kind != event.TypeQueue {
			continue
		}
		if f.status != event.StatusHeld && f.status != event.StatusDiscarded {
			continue
		}
		if birth := b.after(f); birth != nil {
			f.qid = birth.qid
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
		h := byBirth[b.after(r.facts[len(r.facts)-1])]
		if h == nil || len(r.facts) > 1 || r.recipient == "" || r.sender != "" && h.sender != r.sender || h.knows(r.recipient) {
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
