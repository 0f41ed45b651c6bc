package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// names are the addresses of a delivery line: the final one, the ones between,
// and the one that the client gave.
//
//	final@x
//	final@x <original@x>
//	local <original@x>
//	|/usr/bin/command arguments (parent@x) <original@x>
//	/path/to/file (parent@x, grandparent@x) <original@x>
//	>reply@y <original@x>
type names struct{ final, between, original string }

// cutNames takes the addresses off s. rest begins with a blank or a colon.
func cutNames(s string) (n names, rest string) {
	n.final, rest = cutFinal(s)
	if tail, ok := strings.CutPrefix(rest, " ("); ok {
		if end := strings.IndexByte(tail, ')'); end >= 0 {
			n.between, rest = tail[:end], tail[end+1:]
		}
	}
	if strings.HasPrefix(rest, " <") {
		if addr, tail, ok := cutAddress(rest[1:]); ok {
			n.original, rest = addr, tail
		}
	}
	return n, rest
}

// maxTries bounds how often the end of a command is looked for.
const maxTries = 64

// cutFinal takes the final address off s. A command or a path may have blanks:
// its end is where the other addresses or the fields begin.
func cutFinal(s string) (final, rest string) {
	if s == "" || s[0] != '|' && s[0] != '/' && s[0] != '>' && !strings.HasPrefix(s, "save ") {
		final, rest = cutWord(s)
		if end := len(final) - 1; end > 0 && final[end] == ':' && final != ":blackhole:" {
			return s[:end], s[end:]
		}
		return final, rest
	}
	at := 0
	for range maxTries {
		i := strings.IndexByte(s[at:], ' ')
		if i < 0 {
			break
		}
		at += i
		if endsFinal(s[at:]) {
			return s[:at], s[at:]
		}
		at++
	}
	return s, ""
}

// endsFinal tells whether the other addresses or the fields begin at s, which
// begins with a blank.
func endsFinal(s string) bool {
	if strings.HasPrefix(s, " (") {
		end := strings.Index(s, ") <")
		return end > 0 && end < maxAddress && endsFinal(s[end+1:])
	}
	if strings.HasPrefix(s, " <") {
		_, tail, ok := cutAddress(s[1:])
		return ok && (tail == "" || tail[0] == ':' || endsFinal(tail))
	}
	for _, field := range [...]string{" F=<", " Q=", " P=<", " R=", " T=", " : ", " defer (", " routing "} {
		if strings.HasPrefix(s, field) {
			return true
		}
	}
	return false
}

// add adds the addresses as fields.
func (l *line) add(n names) {
	final, original := lex.Lower(n.final), lex.Lower(n.original)
	switch {
	case final == "":
	case strings.IndexByte("|/>", final[0]) >= 0, strings.HasPrefix(final, "save "):
		if original == "" {
			original = lex.Lower(n.between)
		}
		l.put(event.Recipient, original)
		l.extra("destination", n.final)
	case strings.IndexByte(final, '@') < 0 && original != "":
		l.put(event.Recipient, original)
		l.extra("local_part", n.final)
	default:
		l.put(event.Recipient, final)
		if original != final {
			l.put(event.OriginalRecipient, original)
		}
	}
}
