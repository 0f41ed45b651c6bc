package trace

import (
	"cmp"
	"strings"

	"rastro/internal/event"
)

// elemtaPatience is how long a dialogue without its end is taken to go on:
// Elemta waits five minutes for a command.
const elemtaPatience = 600 * second

// elemtaMessage is one message of a dialogue: from MAIL to the last answer.
type elemtaMessage struct {
	session  string
	facts    []*fact
	hello    *fact
	login    *fact
	sender   string
	taken    []elemtaRecipient
	refused  []elemtaRecipient
	mailNo   *fact // MAIL refused
	read     *fact // the last line before the message was queued
	check    *fact // what the filters found
	received *fact
	dataNo   *fact
	dropped  *fact
	cut      *fact // how it ended without an answer
	byServer bool  // the server ended it
	going    bool  // it may go on still
	done     bool
	stay     *elemtaStay
	sure     Confidence
}

type elemtaRecipient struct {
	address string
	fact    *fact
}

// elemtaDialogue is an SMTP session.
type elemtaDialogue struct {
	hello, login *fact
	now          *elemtaMessage
	last         int64
	host         string
}

// elemtaReader takes dialogues apart.
type elemtaReader struct {
	open  map[string]*elemtaDialogue
	hosts map[string]map[string]*elemtaDialogue // the same by host
	mails []*elemtaMessage
}

// elemtaMails takes the dialogues apart into messages, in order.
func elemtaMails(own []told) []*elemtaMessage {
	r := elemtaReader{open: map[string]*elemtaDialogue{}, hosts: map[string]map[string]*elemtaDialogue{}}
	for _, f := range own {
		if f.role == elemtaBegins || f.role == elemtaStops {
			r.closeAll(f.fact)
			continue
		}
		id := f.sessions.first
		if id == "" || f.role == elemtaNothing || strings.HasPrefix(id, "session-") {
			continue
		}
		d := r.open[id]
		if d == nil {
			d = &elemtaDialogue{host: f.host}
			r.open[id] = d
			r.live(id, d)
		}
		d.last = f.time
		if d.host == "" && f.host != "" {
			delete(r.hosts[""], id)
			d.host = f.host
			r.live(id, d)
		}
		r.read(d, f)
	}
	if len(own) > 0 {
		r.leave(own[len(own)-1].time)
	}
	return r.mails
}

// live notes on which host a dialogue is.
func (r *elemtaReader) live(id string, d *elemtaDialogue) {
	if r.hosts[d.host] == nil {
		r.hosts[d.host] = map[string]*elemtaDialogue{}
	}
	r.hosts[d.host][id] = d
}

// closeAll ends the dialogues of a server that stops or begins.
func (r *elemtaReader) closeAll(f *fact) {
	if f.host != "" {
		r.closeHost(f.host, f)
		r.closeHost("", f)
		return
	}
	for host := range r.hosts {
		r.closeHost(host, f)
	}
}

func (r *elemtaReader) closeHost(host string, f *fact) {
	for id, d := range r.hosts[host] {
		if m := d.now; m != nil && !m.done {
			m.cut, m.byServer, m.done = f, true, true
		}
		delete(r.open, id)
	}
	delete(r.hosts, host)
}

// leave ends the dialogues whose end the log does not hold.
func (r *elemtaReader) leave(now int64) {
	for _, d := range r.open {
		if m := d.now; m != nil && !m.done {
			m.done, m.going = true, now-d.last < elemtaPatience
		}
	}
}

// read takes the next line of a dialogue.
func (r *elemtaReader) read(d *elemtaDialogue, f told) {
	switch f.role {
	case elemtaHello:
		d.hello = f.fact
	case elemtaLogin:
		if f.success > 0 {
			d.login = f.fact
		}
	case elemtaMail, elemtaMailNo:
		d.end(f.fact, false)
		m := r.begin(d, f.fact)
		if f.role == elemtaMailNo {
			m.mailNo = f.fact
		} else {
			m.sender = cmp.Or(m.sender, nullSender)
		}
	case elemtaRcpt, elemtaRcptNo:
		r.recipient(d, f)
	case elemtaReset, elemtaBye:
		d.end(f.fact, true)
	default:
		r.message(d, f)
	}
}

// begin opens a message.
func (r *elemtaReader) begin(d *elemtaDialogue, f *fact) *elemtaMessage {
	m := &elemtaMessage{session: f.sessions.first, hello: d.hello, login: d.login, sender: f.sender, facts: []*fact{f}, sure: Exact}
	d.now = m
	r.mails = append(r.mails, m)
	return m
}

// end closes the message of which no answer was heard.
func (d *elemtaDialogue) end(f *fact, tell bool) {
	m := d.now
	if m == nil || m.done {
		return
	}
	m.cut, m.done = f, true
	if tell {
		m.facts = append(m.facts, f)
	}
}

func (r *elemtaReader) recipient(d *elemtaDialogue, f told) {
	m := d.now
	switch {
	case m == nil || m.done && f.role == elemtaRcpt:
		m = r.begin(d, f.fact)
	case m.done:
		return // after a refusal Elemta reads the rest of the message as commands
	default:
		m.facts = append(m.facts, f.fact)
	}
	if m.sender == "" {
		m.sender = f.sender
	}
	f.rcpts.each(func(to string) {
		if f.role == elemtaRcpt {
			m.taken = append(m.taken, elemtaRecipient{to, f.fact})
		} else {
			m.refused = append(m.refused, elemtaRecipient{to, f.fact})
		}
	})
}

// message takes what is said about the message as a whole.
func (r *elemtaReader) message(d *elemtaDialogue, f told) {
	m := d.now
	if m == nil || m.done {
		switch {
		case f.role == elemtaReceived && f.rcpts.len() > 0 && (m == nil || m.received != nil || m.cut != nil):
			m = r.begin(d, f.fact) // the log begins within the dialogue
		case m != nil && f.role == elemtaDropped:
			m.facts = append(m.facts, f.fact)
			return
		default:
			return
		}
	} else if f.role != elemtaData && f.role != elemtaRead || f.qid != "" {
		m.facts = append(m.facts, f.fact)
	}
	switch f.role {
	case elemtaData:
		m.read = f.fact
		if m.sender == "" {
			m.sender = f.sender
		}
	case elemtaRead:
		m.read = f.fact
	case elemtaCheck:
		if f.status != "" || f.sender != "" {
			m.check = f.fact
		}
	case elemtaReceived:
		m.received, m.done = f.fact, true
		if f.sender != "" {
			m.sender = f.sender
		}
	case elemtaDropped:
		m.dropped, m.done = f.fact, true
	case elemtaDataNo:
		if len(m.taken) == 0 {
			return // no recipient is left: each was refused before
		}
		m.dataNo, m.done = f.fact, true
	case elemtaCut:
		m.cut = f.fact
		if f.kind == event.TypeSystem && f.text == "Data phase handling failed" {
			m.done = true
		}
	}
}
