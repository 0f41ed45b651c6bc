package opensmtpd

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// line is one line on its way through the parser.
type line struct {
	rec     *event.Record
	e       *event.Event
	text    string // what is left to read
	session string // 16 digits; "" if the line names none
	level   string // one of the Level constants
}

// Parse adds to e what the line says and returns true if it is a line of
// OpenSMTPD. Otherwise it returns false and leaves e and rec as they were.
//
// The program's name is smtpd, which Postfix's server may be called too after a
// relay cut its name: so the text's grammar decides, unless the name is
// opensmtpd. A name that was lost leaves only the forms that no other program
// writes.
//
// Parse may append to rec.Secrets. It is safe for concurrent use on different
// records.
func Parse(rec *event.Record, e *event.Event) bool {
	claim := programOf(rec.Program)
	if claim == foreign {
		return false
	}
	l := line{rec: rec, e: e, text: rec.Text, level: event.LevelInfo}
	values, extra := len(e.Values), len(e.Extra)
	if l.bySession() || l.queueLine() || l.sentence() || claim == named && l.plain() || claim == certain && l.other() {
		return true
	}
	if claim == unknown && isStart(rec.Text) {
		return l.plain()
	}
	e.Values, e.Extra = e.Values[:values], e.Extra[:extra]
	return false
}

// claim is how far a program's name proves that a line is OpenSMTPD's.
type claim uint8

const (
	foreign claim = iota // another program
	unknown              // the name says nothing
	named                // smtpd
	certain              // OpenSMTPD
)

func programOf(name string) claim {
	switch {
	case name == "smtpd":
		return named
	case name == "opensmtpd", name == "OpenSMTPD", name == "smtpctl":
		return certain
	case name == "", strings.HasPrefix(name, "**"):
		return unknown
	}
	return foreign
}

// bySession reads "session part verb name=value ...".
func (l *line) bySession() bool {
	s := l.text
	if len(s) < 21 || s[16] != ' ' || !lex.Hex(s[:16], 16) {
		return false
	}
	part, rest, _ := strings.Cut(s[17:], " ")
	verb, rest, _ := strings.Cut(strings.TrimPrefix(rest, "event="), " ")
	if s[:16] != "0000000000000000" {
		l.session = s[:16]
	}
	p := pairs{s: rest, sep: " "}
	switch part {
	case "smtp":
		return l.smtp(verb, p)
	case "mta":
		return l.mta(verb, p)
	case "mda":
		if verb == "delivery" {
			return l.delivery("mda", "", p)
		}
		return l.is(event.TypeSystem, "mda")
	}
	return false
}

// is ends a form: it adds what all events have.
func (l *line) is(eventType, component string) bool {
	l.e.Add(event.EventType, eventType)
	l.e.Add(event.Level, l.level)
	l.e.Add(event.Component, component)
	l.e.Add(event.SessionID, l.session)
	return true
}

// parts are the processes and modules that put their name before a line.
var parts = [...]string{
	"queue: ", "control: ", "scheduler: ", "lookup: ", "lka: ", "mda: ", "mta: ", "smtp: ", "bounce: ",
	"dispatcher: ", "pony express: ", "klondike: ", "crypto: ", "parent: ", "table-proc: ", "smtpd: ",
	"envelope: ", "offline: ", "mproc: ", "imsg: ", "ca: ", "dns: ", "aliases: ", "config: ",
}

// isStart tells whether a text is the program's own greeting or notice.
func isStart(s string) bool {
	for _, start := range [...]string{"info: OpenSMTPD ", "version: OpenSMTPD ", "info: smtp ", "info: mta ", "info: mda "} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// plain reads the lines that begin with their level or the part of the program
// that writes them. Postfix's levels are spelled otherwise.
func (l *line) plain() bool {
	level, rest, _ := strings.Cut(l.text, ": ")
	switch level {
	case "info", "version":
	case "Exiting":
		return l.is(event.TypeSystem, "smtpd")
	case "warn":
		l.level, l.text = event.LevelWarn, rest
		if l.bounceFailed() {
			return true
		}
	case "debug", "trace":
		l.level = event.LevelDebug
	default:
		return l.module() || l.filter()
	}
	l.text = rest
	for _, name := range &parts {
		if strings.HasPrefix(l.text, name) {
			return l.is(event.TypeSystem, name[:len(name)-2])
		}
	}
	return l.is(event.TypeSystem, "smtpd")
}

// module reads a line that begins with a part's name: mostly what made the
// part end.
func (l *line) module() bool {
	for _, name := range &parts {
		if !strings.HasPrefix(l.text, name) {
			continue
		}
		component := name[:len(name)-2]
		switch {
		case strings.HasSuffix(l.text, "enabled"), strings.HasSuffix(l.text, "exiting"):
			return l.is(event.TypeSystem, component)
		case l.rec.Level == event.LevelFatal:
			l.level = event.LevelFatal
		default:
			l.level = event.LevelError
		}
		return l.is(event.TypeError, component)
	}
	return false
}

// filters are what filters are usually called in the configuration: what they
// write to their standard error is logged as "name: text".
var filters = [...]string{"rspamd", "dkimsign", "dkim", "senderscore", "dnsbl", "clamav", "greylist", "spamassassin", "filter-"}

func (l *line) filter() bool {
	name, _, ok := strings.Cut(l.text, ": ")
	if !ok || strings.IndexByte(name, ' ') >= 0 {
		return false
	}
	for _, known := range &filters {
		if name == known || known == "filter-" && strings.HasPrefix(name, known) {
			return l.is(event.TypeSystem, "filter")
		}
	}
	return false
}

// other takes the lines whose form is not known.
func (l *line) other() bool {
	return l.plain() || l.is(event.TypeSystem, "smtpd")
}
