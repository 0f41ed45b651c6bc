package dovecot

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// line is one line on its way through the parser.
type line struct {
	rec    *event.Record
	e      *event.Event
	prefix        // who wrote it, and for whom
	text   string // what it says
	level  string // one of the Level constants
}

// Parse adds to e what the line says and returns true if it is a line of
// Dovecot. Otherwise it returns false and leaves e and rec as they were.
//
// Where the header does not name Dovecot (its own file has no such name, and a
// relay may lose it), the line must begin like one of Dovecot's services, and
// say its level or something that no other program says.
//
// Parse may append to rec.Secrets. It is safe for concurrent use on different
// records.
func Parse(rec *event.Record, e *event.Event) bool {
	l := line{rec: rec, e: e}
	named := strings.HasPrefix(rec.Program, "dovecot")
	if !named && rec.Program != "" && !strings.HasPrefix(rec.Program, "**") && !isService(rec.Program) {
		return false
	}
	stated := l.begin(rec.Text)
	known := isService(l.service)
	values, extra := len(e.Values), len(e.Extra)
	switch {
	case !known && rec.Program != "dovecot":
		return false
	case l.form(), named, stated, l.session != "" && l.user != "":
		l.end()
		return true
	}
	e.Values, e.Extra = e.Values[:values], e.Extra[:extra]
	return false
}

// begin takes the prefix and the level off the text. stated tells that the
// level stands in the line.
func (l *line) begin(s string) (stated bool) {
	p, rest, ok := cutPrefix(s)
	level, text := cutLevel(rest)
	if !ok && level != "" && isService(l.rec.Program) {
		p.service = l.rec.Program // the header's reader took it for a tag
	}
	l.prefix, l.level, l.text = p, level, text
	if level == "" {
		l.level = event.LevelInfo
	}
	return level != ""
}

// form reads what the line says. It returns false for lines that say nothing
// with a field of its own, and adds nothing then.
func (l *line) form() bool {
	if l.level == event.LevelDebug || l.text == "" {
		return false
	}
	if l.mailLog() || l.delivery() {
		return true
	}
	switch {
	case strings.HasSuffix(l.service, "-login"):
		return l.login()
	case l.service == "master":
		return strings.HasPrefix(l.text, "Dovecot v") && l.is(event.TypeSystem)
	case l.service == "auth" || l.service == "auth-worker":
		return l.authentication()
	case l.service == "lmtp":
		return l.connection() || l.proxied()
	case l.service == "submission" && l.submitted():
		return true
	case isMailbox(l.service):
		return l.access()
	}
	return false
}

// end adds what all events have.
func (l *line) end() {
	if !l.e.Has(event.EventType) {
		if l.level == event.LevelError || l.level == event.LevelFatal {
			l.e.Add(event.EventType, event.TypeError)
		} else {
			l.e.Add(event.EventType, event.TypeSystem)
		}
		l.owner()
	}
	if l.rec.Program == "" && !l.e.Has(event.Program) { // its own file
		l.e.Add(event.Program, "dovecot")
	}
	l.e.Add(event.Level, l.level)
	l.e.Add(event.Component, l.service)
	l.e.Add(event.SessionID, l.session)
	if n, ok := lex.Number(l.pid); ok && l.rec.PID == "" {
		l.e.AddInt(event.PID, n)
	}
	l.secrets()
}

// is sets the type of the event.
func (l *line) is(eventType string) bool {
	l.e.Add(event.EventType, eventType)
	return true
}

// owner adds the user in the prefix: for a delivery service the recipient, for
// all others who is logged in.
func (l *line) owner() {
	if isDelivery(l.service) {
		l.e.Add(event.Recipient, lex.Lower(l.user))
	} else {
		l.e.Add(event.Username, l.user)
	}
}

// cutLevel takes "Info: " and the like off s. Lines that went through syslog
// have no word for information.
func cutLevel(s string) (level, rest string) {
	if len(s) < 6 {
		return "", s
	}
	words, level := "", ""
	switch s[0] {
	case 'I':
		words, level = "Info: ", event.LevelInfo
	case 'D':
		words, level = "Debug: ", event.LevelDebug
	case 'W':
		words, level = "Warning: ", event.LevelWarn
	case 'E':
		words, level = "Error: ", event.LevelError
	case 'F':
		words, level = "Fatal: ", event.LevelFatal
	case 'P':
		words, level = "Panic: ", event.LevelFatal
	default:
		return "", s
	}
	if rest, ok := strings.CutPrefix(s, words); ok {
		return level, rest
	}
	return "", s
}
