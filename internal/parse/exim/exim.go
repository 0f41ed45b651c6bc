package exim

import (
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// The components.
const (
	reception = "reception"
	delivery  = "delivery"
	queue     = "queue"
	check     = "check"
	daemon    = "daemon"
	general   = "log"
)

// line is one record on its way through the parser.
type line struct {
	rec  *event.Record
	e    *event.Event
	text string // the first line without stamp, process id and message id
	more string // the lines after it: the header of a refused message
	id   string // the message id; "" for lines without one
	part int    // number of a piece that syslog has split; 0 if it is whole
	sure bool   // the program's name or the message id says that it is Exim
}

// Parse adds to e what the record says and returns true if it is one of Exim.
// Otherwise it returns false and leaves e and rec as they were.
//
// The program's name in the header decides where there is one. Exim's own files
// have none: there a message id behind the stamp decides, or the form of the
// line.
//
// Parse may append to rec.Secrets. It is safe for concurrent use on different
// records.
func Parse(rec *event.Record, e *event.Event) bool {
	certain := ours(rec.Program)
	h := cutHeader(rec.Text)
	own := h.stamped || len(rec.Stamped) > 10 && rec.Stamped[4] == '-' && rec.Stamped[10] == ' '
	l := line{rec: rec, e: e, part: h.part, sure: certain}
	l.text, l.more, _ = strings.Cut(h.text, "\n")
	l.text = strings.TrimRight(l.text, "\r ")
	l.id, l.text = cutID(l.text)
	if !certain {
		switch {
		case l.id != "" && isFlag(l.text) && (own || rec.Program == ""):
			l.sure = true
		case rec.Program != "" || !own:
			return false
		case l.id != "":
			l.sure = true
		}
	}
	values, extra, secrets := len(e.Values), len(e.Extra), len(rec.Secrets)
	if !l.read() {
		e.Values, e.Extra, rec.Secrets = e.Values[:values], e.Extra[:extra], rec.Secrets[:secrets]
		return false
	}
	l.settle(&h)
	return true
}

// ours tells whether a program's name is Exim's: exim, exim4, or one of these
// with an instance.
func ours(program string) bool {
	rest, ok := strings.CutPrefix(program, "exim")
	if !ok {
		return false
	}
	rest = strings.TrimPrefix(rest, "4")
	return rest == "" || strings.IndexByte("/-_@.", rest[0]) >= 0
}

// read finds the form of the line.
func (l *line) read() bool {
	if l.part > 1 {
		return l.is(event.TypeSystem, general)
	}
	if l.id != "" && isFlag(l.text) {
		return l.flagged()
	}
	return l.queueWord() || l.host() || l.refusal() || l.authentication() ||
		l.session() || l.checked() || l.notice() || l.sure && l.other()
}

// flags are the signs behind the message id of the lines that tell of an
// arrival or a delivery.
func isFlag(s string) bool {
	if len(s) < 3 || s[2] != ' ' {
		return false
	}
	switch s[:2] {
	case "<=", "(=", "=>", "->", ">>", "*>", "**", "==":
		return true
	}
	return false
}

func (l *line) flagged() bool {
	switch l.text[:2] {
	case "<=", "(=":
		return l.reception()
	case "**":
		return l.failed()
	case "==":
		return l.deferred()
	}
	return l.delivered()
}

// is ends a form: it adds what all events have.
func (l *line) is(eventType, component string) bool {
	return l.at(event.LevelInfo, eventType, component)
}

// at is is with another level. The severity of syslog counts where it is worse:
// the panic log goes there as an alert.
func (l *line) at(level, eventType, component string) bool {
	if l.rec.Level != "" && level == event.LevelInfo {
		level = l.rec.Level
	}
	l.put(event.EventType, eventType)
	l.put(event.Level, level)
	l.put(event.Component, component)
	l.put(event.QueueID, l.id)
	return true
}

// settle adds what the header of the line tells.
func (l *line) settle(h *header) {
	if l.rec.Program == "" {
		l.put(event.Program, "exim")
	}
	if h.text != l.rec.Text {
		l.put(event.LogMessage, h.text)
	}
	if n, ok := lex.Number(h.pid); ok && l.rec.PID == "" {
		l.putInt(event.PID, n)
	}
	if h.mark != "" {
		l.extra("part", h.mark)
	}
	if l.rec.Time == 0 && h.stamped {
		zone := l.rec.Zone
		if h.zoned {
			zone = time.FixedZone("", h.offset)
		}
		if zone == nil {
			zone = time.UTC
		}
		c := &h.clock
		l.e.Time = time.Date(c[0], time.Month(c[1]), c[2], c[3], c[4], c[5], h.nsec, zone).UnixNano()
	}
}
