package envelope

import (
	"strings"
	"time"

	"rastro/internal/event"
)

var utc = time.UTC

// levels maps the eight severities of syslog.
var levels = [8]string{
	event.LevelFatal, event.LevelFatal, event.LevelFatal, event.LevelError,
	event.LevelWarn, event.LevelInfo, event.LevelInfo, event.LevelDebug,
}

// priority handles what begins with <PRI>: RFC 5424, RFC 3164, RFC 3164 with a
// modern stamp, and a bare tag as programs write it into /dev/log.
func (u *Unwrapper) priority(s string, rec *event.Record, e *event.Event) bool {
	n, pri := 1, 0
	for ; n < len(s) && n < 4 && digit(s[n]); n++ {
		pri = pri*10 + int(s[n]-'0')
	}
	if n == 1 || n >= len(s) || s[n] != '>' || pri > 191 {
		return false
	}
	rest := s[n+1:]
	if len(rest) > 2 && rest[0] >= '1' && rest[0] <= '9' && rest[1] == ' ' && u.rfc5424(rest[2:], rec, e) {
		rec.Level = levels[pri&7]
		return true
	}
	rest = skipBlank(rest, 0)
	if st, n := readBSD(rest); n > 0 {
		rec.Level = levels[pri&7]
		u.traditional(rest, n, &st, true, rec, e)
		return true
	}
	if len(rest) > 19 && rest[10] == 'T' {
		if st, n := readISO(rest, 'T'); n > 0 && n < len(rest) && rest[n] == ' ' {
			rec.Level = levels[pri&7]
			u.setTime(&st, rec, e)
			modern(rest[n+1:], rec, e)
			return true
		}
	}
	if t, ok := takeTag(rest); ok {
		rec.Level = levels[pri&7]
		rec.Program, rec.PID = t.program, t.pid
		settle(t.text, rec, e)
		return true
	}
	return false
}

// traditional handles what follows the stamp of RFC 3164, whose end is s[n]:
// host and tag, a tag alone, or the text of Dovecot's own file. sure says that
// a <PRI> has proved the line to be syslog.
func (u *Unwrapper) traditional(s string, n int, st *stamp, sure bool, rec *event.Record, e *event.Event) {
	if n < len(s) && s[n] == ':' { // "Nov 23 00:21:44: text"
		n++
	} else if end := readOffset(s, n, st); end > n && end < len(s) && s[end] == ' ' {
		n = end
	}
	u.setTime(st, rec, e)
	rest := skipBlank(s, n)
	if headless(rest) {
		if ownDovecot(rest) {
			rec.Program = "dovecot"
		} else if t, ok := takeTag(rest); ok && (sure || t.pid != "") && t.colon {
			rec.Program, rec.PID = t.program, t.pid
			rest = t.text
		}
		settle(rest, rec, e)
		return
	}
	host, tail, ok := takeHost(rest)
	if !ok {
		settle(rest, rec, e)
		return
	}
	if t, ok := takeTag(tail); ok {
		rec.Host, rec.Program, rec.PID = host, t.program, t.pid
		rest = t.text
	} else if _, last := repeatedLast(trimEnd(tail)); sure || last {
		rec.Host, rest = host, tail
	}
	settle(rest, rec, e)
}

// modern handles host and tag after an RFC 3339 stamp, as rsyslog's file format
// has them. Programs write such stamps too, so that without a tag the whole is
// text.
func modern(rest string, rec *event.Record, e *event.Event) {
	host, tail, ok := takeHost(rest)
	if ok && !levelWord(host) {
		if t, ok := takeTag(tail); ok {
			rec.Host, rec.Program, rec.PID = host, t.program, t.pid
			rest = t.text
		} else if _, last := repeatedLast(trimEnd(tail)); last {
			rec.Host, rest = host, tail
		}
	}
	settle(rest, rec, e)
}

// levelWord tells whether a program's severity stands where a host would.
func levelWord(s string) bool {
	if len(s) < len("INFO") || digit(s[len(s)-1]) {
		return false
	}
	for _, word := range severities {
		if len(s) == len(word) && strings.EqualFold(s, word) {
			return true
		}
	}
	return false
}

var severities = [...]string{
	"DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL", "TRACE", "PANIC",
}

// headless tells whether the first word cannot be a host.
func headless(s string) bool {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '(', '<':
			return true
		case '[':
			return i > 0
		case ' ':
			return i > 0 && s[i-1] == ':' && !strings.Contains(s[:i], "::")
		}
	}
	return true
}

// ownDovecot tells whether s is as Dovecot writes it into its own file:
// "imap(user)<pid><session>: Info: text".
func ownDovecot(s string) bool {
	at := strings.Index(s, ": ")
	if at <= 0 || at > 300 {
		return false
	}
	word := s[at+2:]
	end := strings.IndexByte(word, ':')
	if end < 0 || end > len("Warning") {
		return false
	}
	switch word[:end] {
	case "Debug", "Info", "Warning", "Error", "Fatal", "Panic":
		return true
	}
	return false
}

// takeHost takes a host name or address and a blank off s.
func takeHost(s string) (host, rest string, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c == ' ' {
			if i == 0 || i > 255 {
				return "", "", false
			}
			rest = s[i+1:]
			for rest != "" && rest[0] == ' ' {
				rest = rest[1:]
			}
			return s[:i], rest, true
		}
		if !hostByte[c] {
			return "", "", false
		}
	}
	return "", "", false
}

// tag is what stands between host and text in a traditional header.
type tag struct {
	program, pid, text string
	colon              bool // a colon ended the tag
}

// maxTag bounds the tag; RFC 3164 says 32, real ones are longer.
const maxTag = 160

// takeTag takes "program[pid]: " off s, where the id, the colon after it and
// the blank may be missing.
func takeTag(s string) (t tag, ok bool) {
	for i := 0; i < len(s) && i < maxTag; i++ {
		c := s[i]
		switch {
		case c == ':':
			if i == 0 {
				return t, false
			}
			return tag{program: s[:i], text: skipBlank(s, i+1), colon: true}, true
		case c == '[':
			size := pidSize(s[i+1:])
			end := i + 1 + size
			if i == 0 || size == 0 {
				continue
			}
			t = tag{program: s[:i], pid: s[i+1 : end]}
			if end+1 == len(s) {
				return t, true
			}
			switch s[end+1] {
			case ':':
				t.colon, t.text = true, skipBlank(s, end+2)
				return t, true
			case ' ':
				t.text = s[end+2:]
				return t, true
			}
			t = tag{}
		case !tagByte[c]:
			return t, false
		}
	}
	return t, false
}

// pidSize returns the length of a process id that "]" ends, 0 if s does not
// begin with one. Threads and host-wide ids such as "1234.5" are ids too.
func pidSize(s string) int {
	for i := 0; i < len(s) && i < 24; i++ {
		c := s[i]
		if c == ']' {
			return i
		}
		if !digit(c) && c != '.' && c != '-' && (c|0x20 < 'a' || c|0x20 > 'z') {
			return 0
		}
	}
	return 0
}

// hostByte and tagByte say what may stand in a host and in a tag.
var hostByte, tagByte = func() (host, tag [256]bool) {
	for c := '0'; c <= 'z'; c++ {
		alnum := c <= '9' || (c >= 'A' && c <= 'Z') || c >= 'a'
		host[c], tag[c] = alnum, alnum
	}
	for _, c := range ".-_:%/@" {
		host[c] = true
	}
	for _, c := range ".-_%/@+*()#!~$]" {
		tag[c] = true
	}
	return host, tag
}()
