package envelope

import (
	"strings"

	"rastro/internal/event"
)

// maxAppWords is how many words a broken APP-NAME may have: a failed template
// of rsyslog writes an error text with blanks there.
const maxAppWords = 8

// rfc5424 handles what follows "<PRI>VERSION ". It returns false, and leaves
// rec alone, if that is no such header.
func (u *Unwrapper) rfc5424(s string, rec *event.Record, e *event.Event) bool {
	when, s := word(s)
	var st stamp
	if when != "-" {
		var n int
		if len(when) < 19 || when[10] != 'T' {
			return false
		}
		if st, n = readISO(when, 'T'); n != len(when) {
			return false
		}
	}
	host, s := word(s)
	app, after := word(s)
	if host == "" || app == "" {
		return false
	}
	pid, text, ok := rest5424(after, false)
	if !ok {
		if pid, text, ok = brokenApp(after); ok {
			app = ""
		} else {
			text = after // the rest of the header is damaged
		}
	}
	rec.Host, rec.Program, rec.PID = dash(host), dash(app), dash(pid)
	if when != "-" {
		u.setTime(&st, rec, e)
	}
	settle(strings.TrimPrefix(text, byteOrderMark), rec, e)
	return true
}

// brokenApp finds the end of an APP-NAME with blanks by what must follow it. As
// nothing else marks the place, the process id must look like one.
func brokenApp(s string) (pid, text string, ok bool) {
	for range maxAppWords {
		if pid, text, ok = rest5424(s, true); ok {
			return pid, text, true
		}
		var skipped string
		if skipped, s = word(s); skipped == "" {
			break
		}
	}
	return "", "", false
}

// rest5424 reads PROCID, MSGID, STRUCTURED-DATA and the text. The standard has
// one blank before the text; rsyslog leaves a second one there.
func rest5424(s string, numeric bool) (pid, text string, ok bool) {
	pid, s = word(s)
	if pid == "" || numeric && pid != "-" && !allDigits(pid) {
		return "", "", false
	}
	msgID, s := word(s)
	if msgID == "" || s == "" {
		return "", "", false
	}
	n := 1
	if s[0] != '-' {
		if n = dataSize(s); n == 0 {
			return "", "", false
		}
	}
	if n == len(s) {
		return pid, "", true
	}
	if s[n] != ' ' {
		return "", "", false
	}
	return pid, skipBlank(skipBlank(s, n), 0), true
}

// dataSize returns the length of the structured data that s begins with,
// [id name="value"]..., 0 if there is none or it has no end.
func dataSize(s string) int {
	n := 0
	for n < len(s) && s[n] == '[' {
		size := elementSize(s[n:])
		if size == 0 {
			return 0
		}
		n += size
	}
	return n
}

// elementSize returns the length of one element of structured data. Inside a
// value a backslash takes the meaning off the byte after it.
func elementSize(s string) int {
	quoted := false
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted:
			return i + 1
		}
	}
	return 0
}

// word takes a word and one blank off s. The word is "" if no blank follows.
func word(s string) (w, rest string) {
	at := strings.IndexByte(s, ' ')
	if at <= 0 {
		return "", s
	}
	return s[:at], s[at+1:]
}

// dash maps the nil value of RFC 5424 to "".
func dash(s string) string {
	if s == "-" {
		return ""
	}
	return s
}

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if !digit(s[i]) {
			return false
		}
	}
	return s != ""
}
