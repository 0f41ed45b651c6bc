package parse

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/dovecot"
	"rastro/internal/parse/elemta"
	"rastro/internal/parse/exim"
	"rastro/internal/parse/filters"
	"rastro/internal/parse/opensmtpd"
	"rastro/internal/parse/postfix"
	"rastro/internal/parse/sasl"
	"rastro/internal/parse/sendmail"
)

// noDialect is the index of no dialect.
const noDialect = -1

// dialect is one program's way of writing.
type dialect struct {
	name string
	// parse is the room's Parse; see event.Record. It refuses programs that are
	// clearly others' by itself.
	parse func(*event.Record, *event.Event) bool
	// writes tells whether a program of this name writes the dialect, so that
	// it is asked first.
	writes func(program string) bool
	// stamps says that the dialect reads the stamps of its own files itself.
	stamps bool
	// owner is the program whose own files name none: lines of a source that is
	// said to have the dialect are taken to be its.
	owner string
}

// dialects is the list of dialects in the order in which they are asked about
// texts whose program's name does not decide.
var dialects = [...]dialect{
	{name: "postfix", parse: postfix.Parse, writes: func(program string) bool { return hasWord(program, "postfix") }},
	{name: "dovecot", parse: dovecot.Parse, writes: func(program string) bool { return hasWord(program, "dovecot") }},
	{name: "opensmtpd", parse: opensmtpd.Parse, writes: func(program string) bool { return program == "smtpd" || hasWord(program, "opensmtpd") }},
	{name: "sendmail", parse: sendmail.Parse, writes: func(program string) bool { return hasWord(program, "sendmail") || strings.HasPrefix(program, "sm-") }},
	{name: "sasl", parse: sasl.Parse, writes: func(program string) bool { return hasWord(program, "saslauthd") }},
	{name: "exim", parse: exim.Parse, writes: func(program string) bool { return hasWord(program, "exim") || hasWord(program, "exim4") }, owner: "exim"},
	{name: "elemta", parse: elemta.Parse, writes: func(program string) bool { return hasWord(program, "elemta") }, stamps: true},
	{name: "filters", parse: filters.Parse, writes: filters.Writes},
}

// recognize lets the dialect of the line read it and returns its index. forced
// is the origin's choice; "" lets the program's name decide, then the text.
// refused is the dialect that should have read it and did not.
func recognize(forced string, rec *event.Record, e *event.Event) (taken, refused int) {
	refused = noDialect
	// Policy servers run under Postfix's tag. A relay that cuts the name at its
	// slash leaves Postfix's alone, and Postfix takes all that has its name.
	if forced == "" && rec.Program == "postfix" && filters.Guest(rec.Text) {
		if last := len(dialects) - 1; dialects[last].read(rec, e) {
			return last, noDialect
		}
	}
	for i := range dialects {
		d := &dialects[i]
		if forced == d.name || forced == "" && rec.Program != "" && d.writes(rec.Program) {
			if rec.Program == "" {
				rec.Program = d.owner
			}
			if d.read(rec, e) {
				return i, noDialect
			}
			refused = i
			break
		}
	}
	if forced != "" {
		return noDialect, refused
	}
	for i := range dialects {
		if i != refused && dialects[i].read(rec, e) {
			return i, refused
		}
	}
	return noDialect, refused
}

// read offers a line to the dialect. What a dialect that refuses a line takes
// for secrets counts only for JSON, which may be half a line of its own; in
// others' prose it would hide too much.
func (d *dialect) read(rec *event.Record, e *event.Event) bool {
	before := len(rec.Secrets)
	if d.stamps && rec.Stamped != "" {
		defer func(text string) { rec.Text = text }(rec.Text)
		rec.Text = rec.Stamped
	}
	if d.parse(rec, e) {
		return true
	}
	if rec.Text == "" || rec.Text[0] != '{' {
		rec.Secrets = rec.Secrets[:before]
	}
	return false
}

// hasWord tells whether program is name, or name with an instance or a part:
// postfix, postfix-out/smtp, dovecot/auth.
func hasWord(program, name string) bool {
	rest, ok := strings.CutPrefix(program, name)
	return ok && (rest == "" || strings.IndexByte("/-_@.", rest[0]) >= 0)
}
