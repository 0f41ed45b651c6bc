package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// line is one line on its way through the parser.
type line struct {
	rec   *event.Record
	e     *event.Event
	text  string // without the queue id
	id    string // the queue id; "" for NOQUEUE and lines without one
	level string // one of the Level constants
	sure  bool   // the header says that it is Sendmail
	part  bool   // one of several parts of a line
}

// Parse adds to e what the line says and returns true if it is a line of
// Sendmail. Otherwise it returns false and leaves e and rec as they were.
//
// The program's name decides: sendmail, sm-mta, sm-msp-queue and what else
// begins like these. Where it was lost, the text is taken only in the forms
// that no other mail program writes.
//
// Parse may append to rec.Secrets. It is safe for concurrent use on different
// records.
func Parse(rec *event.Record, e *event.Event) bool {
	l := line{rec: rec, e: e, level: event.LevelInfo}
	switch claim := claimOf(rec.Program); claim {
	case foreign:
		return false
	case certain:
		l.sure = true
	}
	if l.sure && isPostfix(rec) {
		return false
	}
	known := l.begin(rec.Text)
	values, extra := len(e.Values), len(e.Extra)
	if (l.sure || known || isOwn(l.text)) && l.form() {
		return true
	}
	e.Values, e.Extra = e.Values[:values], e.Extra[:extra]
	return l.sure && l.other()
}

// claim is how far a program's name proves that a line is Sendmail's.
type claim uint8

const (
	foreign claim = iota // another program
	unknown              // the name says nothing
	certain              // Sendmail
)

func claimOf(name string) claim {
	switch {
	case name == "" || strings.HasPrefix(name, "**"):
		return unknown
	case name == "sendmail", strings.HasPrefix(name, "sendmail-"), strings.HasPrefix(name, "sendmail/"),
		strings.HasPrefix(name, "sm-"), name == "newaliases", name == "sendmail.sendmail":
		return certain
	}
	return foreign
}

// isPostfix tells whether a program called sendmail is Postfix's command of
// that name: it begins its troubles with the level, and has no others.
func isPostfix(rec *event.Record) bool {
	if rec.Program != "sendmail" {
		return false
	}
	return strings.HasPrefix(rec.Text, "fatal: ") || strings.HasPrefix(rec.Text, "warning: ") || strings.HasPrefix(rec.Text, "panic: ")
}

// isOwn tells whether a text without a queue id begins as no other program's.
func isOwn(s string) bool {
	for _, start := range [...]string{"AUTH=server, relay=", "AUTH=client, relay=", "STARTTLS=server, ", "STARTTLS=client, ", "ruleset=check_", "ruleset=tls_"} {
		if strings.HasPrefix(s, start) {
			return true
		}
	}
	return false
}

// begin takes the queue id off: "QID: ", "QID[2]: " or "NOQUEUE: ". known tells
// that it has the shape of one of Sendmail's.
func (l *line) begin(s string) (known bool) {
	l.text = s
	n := 0
	for n < len(s) && n < 24 && lex.Alnum(s[n]) {
		n++
	}
	id, rest := s[:n], s[n:]
	if strings.HasPrefix(rest, "[") {
		digits := lex.Digits(rest[1:])
		if !strings.HasPrefix(rest[1+len(digits):], "]: ") || digits == "" {
			return false
		}
		rest, l.part = rest[len(digits)+2:], true
	}
	text, ok := strings.CutPrefix(rest, ": ")
	switch {
	case !ok:
		l.part = false
		return false
	case id == "NOQUEUE":
		l.text = text
		return false
	case isID(id):
		l.id, l.text = id, text
		return true
	}
	l.part = false
	return false
}

// isID tells whether id is a queue id: eight digits of base 60 for the time,
// then the process id in five figures or more; up to 8.9 three letters and five
// figures.
func isID(id string) bool {
	head := 8
	if len(id) == 8 {
		head = 3
	}
	if len(id) < head+5 || len(id) > 20 {
		return false
	}
	return len(lex.Digits(id[head:])) == len(id)-head && (head == 8 || id[0] >= 'A')
}

// form reads what the line says. It returns false for lines that say nothing
// with a field of its own, and may have added something then.
func (l *line) form() bool {
	s := l.text
	if len(s) < 4 {
		return false
	}
	if l.part {
		return l.partOfLine(s)
	}
	switch s[0] {
	case 'f':
		if strings.HasPrefix(s, "from=") {
			return l.reception(s[len("from="):])
		}
	case 't':
		if strings.HasPrefix(s, "to=") {
			return l.delivery(s[len("to="):])
		}
	case 'r':
		if strings.HasPrefix(s, "ruleset=") {
			return l.ruleset(s[len("ruleset="):])
		}
	case 'm', 'M':
		if strings.HasPrefix(s, "milter=") || strings.HasPrefix(s, "Milter") {
			return l.milter(s)
		}
	}
	return l.queue(s) || l.session(s) || l.refusal(s)
}

// partOfLine reads one part of a line that was too long. The recipients stand
// in the first, their fate in the last: no part tells both.
func (l *line) partOfLine(s string) bool {
	if to, ok := strings.CutPrefix(s, "to="); ok {
		l.cutRecipients(strings.TrimSuffix(to, " ..."))
	}
	return l.is(event.TypeQueue, "queue")
}

// other takes the lines whose form is not known: they are Sendmail's, but say
// nothing that has a field.
func (l *line) other() bool {
	if strings.HasPrefix(l.text, "SYSERR") {
		l.level = event.LevelError
		if _, text, ok := strings.Cut(l.text, ": "); ok {
			l.e.Add(event.Reply, text)
		}
		return l.is(event.TypeError, "sendmail")
	}
	for _, word := range [...]string{"Losing ", "POSSIBLE ATTACK ", "NOQUEUE: SYSERR", "dangerous permissions"} {
		if strings.HasPrefix(l.text, word) {
			l.level = event.LevelWarn
		}
	}
	return l.is(event.TypeSystem, "sendmail")
}

// is ends a form: it adds what all events have.
func (l *line) is(eventType, component string) bool {
	l.e.Add(event.EventType, eventType)
	l.e.Add(event.Level, l.level)
	l.e.Add(event.Component, component)
	l.e.Add(event.QueueID, l.id)
	return true
}
