package postfix

import (
	"strings"

	"rastro/internal/event"
)

// line is one line on its way through the parser.
type line struct {
	rec    *event.Record
	e      *event.Event
	text   string // without the level word
	daemon string // "smtpd", "qmgr", ...; "" if the header does not say
	level  string // one of the Level constants
	id     string // the queue id; "" for NOQUEUE and lines without one
	sure   bool   // the header says that it is Postfix
}

// Parse adds to e what the line says and returns true if it is a line of
// Postfix. Otherwise it returns false and leaves e and rec as they were.
//
// The program's name in the header decides where it can. A name that was cut
// or lost (see programOf) makes Parse go by the text alone, and then it takes
// only forms that no other mail program writes.
//
// Parse may append to rec.Secrets. It is safe for concurrent use on different
// records.
func Parse(rec *event.Record, e *event.Event) bool {
	daemon, claim := programOf(rec.Program)
	if claim == foreign {
		return false
	}
	l := line{rec: rec, e: e, daemon: daemon, sure: claim == certain}
	l.level, l.text = cutLevel(rec.Text)
	values, extra := len(e.Values), len(e.Extra)
	if l.message() || l.session() || l.sure && l.other() {
		l.secrets()
		return true
	}
	e.Values, e.Extra = e.Values[:values], e.Extra[:extra]
	return false
}

// is ends a form: it adds what all events have. A component of "" means the
// daemon that the header names; the other values are what the text tells about
// a line whose header does not.
func (l *line) is(eventType, component string) bool {
	if l.daemon != "" {
		component = l.daemon
	}
	l.e.Add(event.EventType, eventType)
	if l.rec.Program == "" && !l.e.Has(event.Program) { // a relay lost it
		l.e.Add(event.Program, "postfix")
	}
	l.e.Add(event.Level, l.level)
	l.e.Add(event.Component, component)
	l.e.Add(event.QueueID, l.id)
	return true
}

// other takes the lines whose form is not known: they are Postfix's, but say
// nothing that has a field.
func (l *line) other() bool {
	if l.level == event.LevelError || l.level == event.LevelFatal {
		return l.is(event.TypeError, "")
	}
	return l.is(event.TypeSystem, "")
}

// cutLevel parts the severity word from the text. Postfix writes none for
// informational lines.
func cutLevel(s string) (level, rest string) {
	if len(s) < 7 {
		return event.LevelInfo, s
	}
	switch s[0] {
	case 'w':
		if rest, ok := strings.CutPrefix(s, "warning: "); ok {
			return event.LevelWarn, rest
		}
	case 'e':
		if rest, ok := strings.CutPrefix(s, "error: "); ok {
			return event.LevelError, rest
		}
	case 'f':
		if rest, ok := strings.CutPrefix(s, "fatal: "); ok {
			return event.LevelFatal, rest
		}
	case 'p':
		if rest, ok := strings.CutPrefix(s, "panic: "); ok {
			return event.LevelFatal, rest
		}
	}
	return event.LevelInfo, s
}

// claim is how far a program's name proves that a line is Postfix's.
type claim uint8

const (
	foreign claim = iota // another program
	unknown              // the name says nothing; the text must
	certain              // Postfix
)

// programOf reads a program's name. Postfix tags its lines with the instance
// (syslog_name), the service if it is not named like its program, and the
// program: postfix/smtpd, postfix/submission/smtpd, postfix-out/smtp.
//
// Some relays cut the name at its slash or lose it: then it is "postfix", the
// daemon alone, empty, or the words that rsyslog puts where its expression did
// not match.
func programOf(name string) (daemon string, c claim) {
	slash := strings.LastIndexByte(name, '/')
	if slash < 0 {
		switch {
		case name == "postfix":
			return "", certain
		case name == "", strings.HasPrefix(name, "**"), strings.HasPrefix(name, "postfix-"):
			return "", unknown
		case isDaemon(name):
			return name, unknown
		}
		return "", foreign
	}
	daemon = name[slash+1:]
	switch {
	case isGuest(daemon):
		return "", foreign
	case strings.HasPrefix(name, "postfix"):
		return daemon, certain
	case isDaemon(daemon) && !strings.HasPrefix(name, "dovecot"):
		return daemon, unknown
	}
	return "", foreign
}

// isDaemon tells whether name is one of the programs that come with Postfix.
func isDaemon(name string) bool {
	switch name {
	case "smtpd", "smtp", "lmtp", "qmgr", "nqmgr", "cleanup", "pickup", "local",
		"virtual", "pipe", "error", "retry", "discard", "bounce", "defer", "trace",
		"postscreen", "dnsblog", "anvil", "scache", "tlsproxy", "tlsmgr", "verify",
		"master", "trivial-rewrite", "rewrite", "proxymap", "proxywrite", "flush",
		"showq", "spawn", "qmqpd", "postsuper", "postqueue", "postdrop", "postmap",
		"postalias", "postlog", "postlogd", "postfix-script", "postmulti", "postcat",
		"postfix-tlsrpt", "sendmail", "tlsrpt", "postkick", "postconf", "oqmgr":
		return true
	}
	return false
}

// isGuest tells whether name is a policy server that puts itself under
// Postfix's tag: its lines have a form of their own.
func isGuest(name string) bool {
	switch name {
	case "policy-spf", "policyd-spf", "spf-policy", "pypolicyd-spf", "postgrey", "policyd-weight",
		"postfwd", "postfwd1", "postfwd2", "postfwd3", "sqlgrey", "policyd", "cbpolicyd":
		return true
	}
	return false
}
