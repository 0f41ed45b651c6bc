package trace

import (
	"encoding/json"
	"math"
	"strings"

	"rastro/internal/event"
)

// fact is what the journey builder keeps of an event. There are millions of
// them, so that what many share is kept once.
type fact struct {
	*head
	time int64
	// order places facts of the same instant in the order in which a mail
	// server does things, because the stamps of many logs count whole seconds
	// and lines arrive in any order.
	order      uint8
	success    int8 // 1 yes, -1 no, 0 not said
	has        has
	code       int16
	relayPort  int32
	clientPort int32
	rcptCount  int32
	// Seconds, NaN where absent.
	delay, delayQueue, delayConnect, delayTransmit float32
	pid                                            int64
	size                                           int64
	offset                                         int64

	qid, envelope     string // queue_id, and its second value (OpenSMTPD's evpid)
	parent, sender    string
	reply, dsn        string
	relayHost         string
	relayIP, clientIP string
	folder            string
	line, text        string // the raw line, and the program's own text

	rcpts, origs   list
	next, remote   list
	sessions, mids list

	more *more
}

// head is what the lines of one kind from one source share. It is never
// changed once a fact has it.
type head struct {
	kind, status  string // event_type and status
	host, program string
	dialect, part string // dialect and component
	stage         string
	source        string // source_id, for the event's id
}

// heads keeps each head once.
type heads map[head]*head

func (h heads) intern(one *head) *head {
	if known := h[*one]; known != nil {
		return known
	}
	kept := *one
	h[kept] = &kept
	return &kept
}

// at gives the fact another host.
func (f *fact) at(host string) {
	moved := *f.head
	moved.host = host
	f.head = &moved
}

// has says which numbers of a fact were there.
type has uint8

const (
	hasSize has = 1 << iota
	hasProbe
)

// more holds what few events have.
type more struct {
	clientHost, helo, username, method string
	subject, tls                       string
	spamVerdict, virus, eventID        string
	spamScore                          float64 // NaN where absent
	attempt, nextRetry                 int64
	extra                              []event.Pair
}

var nothing = more{spamScore: math.NaN()}

// absent is a number of seconds that no line says.
var absent = float32(math.NaN())

// rare returns what few events have, for reading.
func (f *fact) rare() *more {
	if f.more == nil {
		return &nothing
	}
	return f.more
}

// extended returns what few events have, for writing.
func (f *fact) extended() *more {
	if f.more == nil {
		m := nothing
		f.more = &m
	}
	return f.more
}

// extra returns the text of an additional field, "" if it is not there.
func (f *fact) extra(name string) string {
	for _, p := range f.rare().extra {
		if p.Name == name {
			return plain(p.JSON)
		}
	}
	return ""
}

// plain returns a JSON value as text.
func plain(value string) string {
	if len(value) < 2 || value[0] != '"' {
		return value
	}
	if strings.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1]
	}
	var s string
	if json.Unmarshal([]byte(value), &s) != nil {
		return value
	}
	return s
}

// factOf reads an event. The fact shares the event's strings.
func factOf(e *event.Event, f *fact, known heads) {
	var one head
	*f = fact{head: &one, time: e.Time, delay: absent, delayQueue: absent, delayConnect: absent, delayTransmit: absent}
	for i := range e.Values {
		v := &e.Values[i]
		if !f.common(v) {
			f.uncommon(v)
		}
	}
	if len(e.Extra) > 0 {
		f.extended().extra = append([]event.Pair(nil), e.Extra...)
	}
	if f.dialect == "" {
		f.dialect = dialectOf(f.program)
	}
	f.order = orderOf(f)
	f.head = known.intern(&one)
}

func (f *fact) common(v *event.Value) bool {
	switch v.Field {
	case event.Message:
		f.line = v.Text
	case event.LogMessage:
		f.text = v.Text
	case event.Host:
		f.host = v.Text
	case event.Program:
		f.program = v.Text
	case event.Dialect:
		f.dialect = v.Text
	case event.Component:
		f.part = v.Text
	case event.EventType:
		if f.kind == "" {
			f.kind = v.Text
		}
	case event.Status:
		f.status = v.Text
	case event.QueueID:
		f.addQueueID(v.Text)
	case event.MessageID:
		f.mids.add(bare(v.Text))
	case event.SessionID:
		f.sessions.add(v.Text)
	case event.Sender:
		if f.sender == "" {
			f.sender = v.Text
		}
	case event.Recipient:
		f.rcpts.add(v.Text)
	case event.OriginalRecipient:
		f.origs.add(v.Text)
	case event.PID:
		f.pid = v.Int()
	case event.SMTPCode:
		f.code = int16(v.Int())
	case event.DSN:
		f.dsn = v.Text
	case event.Reply:
		f.reply = v.Text
	case event.SourceID:
		f.source = v.Text
	case event.Offset:
		f.offset = v.Int()
	case event.Source, event.Level, event.IsError, event.SenderDomain, event.RecipientDomain,
		event.OriginalRecipientDomain, event.Tags, event.Reason, event.Customer:
		// told by others, or computed again
	default:
		return false
	}
	return true
}

// addQueueID keeps the first id, and the second where a program has an id for
// each recipient.
func (f *fact) addQueueID(id string) {
	switch {
	case f.qid == "":
		f.qid = id
	case f.envelope == "" && id != f.qid:
		f.envelope = id
	}
}

func (f *fact) uncommon(v *event.Value) {
	switch v.Field {
	case event.ParentQueueID:
		f.parent = v.Text
	case event.NextQueueID:
		f.next.add(v.Text)
	case event.RemoteQueueID:
		f.remote.add(v.Text)
	case event.RelayHost:
		f.relayHost = v.Text
	case event.RelayIP:
		f.relayIP = v.Text
	case event.RelayPort:
		f.relayPort = int32(v.Int())
	case event.ClientIP:
		f.clientIP = v.Text
	case event.ClientPort:
		f.clientPort = int32(v.Int())
	case event.SMTPStage:
		f.stage = v.Text
	case event.Folder:
		f.folder = v.Text
	case event.Size:
		f.size, f.has = v.Int(), f.has|hasSize
	case event.RecipientCount:
		f.rcptCount = int32(min(v.Int(), math.MaxInt32))
	case event.Delay:
		f.delay = float32(v.Float())
	case event.DelayQueue:
		f.delayQueue = float32(v.Float())
	case event.DelayConnect:
		f.delayConnect = float32(v.Float())
	case event.DelayTransmit:
		f.delayTransmit = float32(v.Float())
	case event.Success:
		f.success = int8(2*v.Int() - 1)
	default:
		f.extended().set(v)
	}
}

func (m *more) set(v *event.Value) {
	switch v.Field {
	case event.ClientHost:
		m.clientHost = v.Text
	case event.Helo:
		m.helo = v.Text
	case event.Username:
		m.username = v.Text
	case event.AuthMethod:
		m.method = v.Text
	case event.Subject:
		m.subject = v.Text
	case event.TLSVersion:
		m.tls = strings.TrimSpace(v.Text + " " + m.tls)
	case event.TLSCipher:
		m.tls = strings.TrimSpace(m.tls + " " + v.Text)
	case event.SpamScore:
		m.spamScore = v.Float()
	case event.SpamVerdict:
		m.spamVerdict = v.Text
	case event.VirusName:
		m.virus = v.Text
	case event.Attempt:
		m.attempt = v.Int()
	case event.NextRetry:
		m.nextRetry = v.Int()
	case event.EventID:
		m.eventID = v.Text
	}
}

// id is the event's id.
func (f *fact) id() string {
	if id := f.rare().eventID; id != "" {
		return id
	}
	return event.MakeID(f.source, f.offset)
}

// eachValue calls visit with the values of a field that near spellings are
// looked for in.
func (f *fact) eachValue(field event.Field, visit func(string)) {
	domain := func(address string) {
		if at := strings.LastIndexByte(address, '@'); at >= 0 {
			visit(address[at+1:])
		}
	}
	switch field {
	case event.Sender:
		visit(f.sender)
	case event.Recipient:
		f.rcpts.each(visit)
	case event.OriginalRecipient:
		f.origs.each(visit)
	case event.SenderDomain:
		domain(f.sender)
	case event.RecipientDomain:
		f.rcpts.each(domain)
	case event.QueueID:
		visit(f.qid)
	}
}

// bare takes the angle brackets off a Message-ID.
func bare(id string) string {
	if len(id) > 2 && id[0] == '<' && id[len(id)-1] == '>' {
		return id[1 : len(id)-1]
	}
	return id
}

// dialectOf guesses the dialect of events that were stored without one.
func dialectOf(program string) string {
	name := program
	if i := strings.IndexAny(program, "/-"); i >= 0 {
		name = program[:i]
	}
	switch name {
	case "postfix", "dovecot", "elemta", "exim":
		return name
	case "sendmail", "sm":
		return "sendmail"
	}
	return ""
}
