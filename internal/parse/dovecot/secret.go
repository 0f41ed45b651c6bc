package dovecot

import (
	"strings"

	"rastro/internal/event"
)

// debugMarks stand before a secret in debugging lines; it ends at the next tab,
// blank or comma.
var debugMarks = [...]string{"resp=", "pass=", "password=", "token=", "pwd="}

// secrets points out passwords. Dovecot logs them only where it was told to:
// with auth_verbose_passwords, auth_debug_passwords or mail_debug.
func (l *line) secrets() {
	if i := strings.Index(l.text, "given password: "); i >= 0 {
		secret := l.text[i+len("given password: "):]
		if end := strings.LastIndexByte(secret, ')'); end >= 0 {
			secret = secret[:end]
		}
		l.hide(secret, i+len("given password: "))
	}
	if l.level != event.LevelDebug {
		return
	}
	l.comparison()
	for _, mark := range debugMarks {
		l.valuesAfter(mark)
	}
	l.continuation("CONT")
	l.continuation("PASSV")
}

// comparison hides both sides of "SCHEME(password) != 'hash'".
func (l *line) comparison() {
	i := strings.Index(l.text, ") != '")
	if i < 0 {
		return
	}
	if open := schemeEnd(l.text[:i]); open >= 0 {
		l.hide(l.text[open+1:i], open+1)
	}
	at := i + len(") != '")
	hash, _, _ := strings.Cut(l.text[at:], "'")
	l.hide(hash, at)
}

// schemeEnd finds the bracket behind the name of a password scheme, which is in
// upper case and stands at the start of s or after a colon; -1 if there is none.
func schemeEnd(s string) int {
	for at := 0; ; {
		i := at
		for i < len(s) && (s[i] >= 'A' && s[i] <= 'Z' || s[i] >= '0' && s[i] <= '9' || s[i] == '-' || s[i] == '.') {
			i++
		}
		if i > at && i < len(s) && s[i] == '(' {
			return i
		}
		next := strings.Index(s[at:], ": ")
		if next < 0 {
			return -1
		}
		at += next + 2
	}
}

// maxValues bounds how many values of one name are looked for in a line.
const maxValues = 16

// valuesAfter hides every value that follows mark.
func (l *line) valuesAfter(mark string) {
	at := 0
	for range maxValues {
		i := strings.Index(l.text[at:], mark)
		if i < 0 {
			return
		}
		at += i + len(mark)
		end := at
		for end < len(l.text) && l.text[end] != '\t' && l.text[end] != ' ' && l.text[end] != ',' {
			end++
		}
		l.hide(l.text[at:end], at)
	}
}

// continuation hides the second argument of a command between Dovecot's
// processes: "CONT 1 base64", "PASSV 1 password", parted by tabs or by what
// they were turned into.
func (l *line) continuation(command string) {
	i := strings.Index(l.text, ": "+command)
	if i < 0 {
		return
	}
	at := i + 2 + len(command)
	arguments := strings.FieldsFunc(l.text[at:], func(r rune) bool { return r == '\t' || r == ' ' })
	if len(arguments) < 2 {
		return
	}
	l.hide(arguments[1], at+strings.Index(l.text[at:], arguments[1]))
}

// hide adds a secret that starts at a place of the text. A very short one is
// taken together with the bytes before it, for it is hidden wherever it occurs.
func (l *line) hide(secret string, at int) {
	const shortest = 4
	if secret == "" || secret == "<hidden>" {
		return
	}
	if len(secret) < shortest {
		secret = l.text[max(0, at-shortest) : at+len(secret)]
	}
	l.rec.Secrets = append(l.rec.Secrets, secret)
}
