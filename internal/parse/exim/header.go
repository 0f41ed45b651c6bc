package exim

import (
	"strings"

	"rastro/internal/parse/lex"
)

// header is what Exim writes before the message id.
type header struct {
	text    string // what follows
	pid     string // [1234] of log_selector = +pid
	mark    string // "2/3" or "2\3": a piece of a line that syslog has split
	part    int    // the 2 of it
	stamped bool
	clock   [6]int // year to second
	nsec    int
	zoned   bool
	offset  int // seconds east of UTC; valid if zoned
}

// cutHeader takes off s the number of a piece, Exim's own stamp, which a syslog
// copy may have and a file has lost to the envelope, and the process id.
func cutHeader(s string) header {
	h := header{}
	s = h.cutPart(s)
	s = h.cutPID(s)
	s = h.cutStamp(s)
	if h.pid == "" {
		s = h.cutPID(s)
	}
	h.text = s
	return h
}

// cutPart takes "[2/3] " off s.
func (h *header) cutPart(s string) string {
	end := strings.IndexByte(s[:min(len(s), 16)], ']')
	if end < 4 || s[0] != '[' || end+1 >= len(s) || s[end+1] != ' ' {
		return s
	}
	sep := strings.IndexAny(s[:end], `/\`)
	if sep < 0 {
		return s
	}
	n, ok := lex.Number(s[1:sep])
	if _, all := lex.Number(s[sep+1 : end]); !ok || !all || n < 1 {
		return s
	}
	h.mark, h.part = s[1:end], int(n)
	return s[end+2:]
}

// cutPID takes "[1234] " off s.
func (h *header) cutPID(s string) string {
	end := strings.IndexByte(s[:min(len(s), 24)], ']')
	if end < 2 || s[0] != '[' || end+1 < len(s) && s[end+1] != ' ' {
		return s
	}
	if _, ok := lex.Number(s[1:end]); !ok {
		return s
	}
	h.pid = s[1:end]
	return s[min(len(s), end+2):]
}

// cutStamp takes "2026-11-23 00:29:47[.123][ +0100] " off s.
func (h *header) cutStamp(s string) string {
	const shape = "dddd-dd-dd dd:dd:dd"
	if len(s) <= len(shape) {
		return s
	}
	for i := range len(shape) {
		if c := s[i]; shape[i] == 'd' && !lex.Digit(c) || shape[i] != 'd' && c != shape[i] {
			return s
		}
	}
	i, nsec := len(shape), 0
	if s[i] == '.' {
		scale := 100_000_000
		for i++; i < len(s) && lex.Digit(s[i]); i++ {
			nsec += int(s[i]-'0') * scale
			scale /= 10
		}
	}
	if i >= len(s) || s[i] != ' ' {
		return s
	}
	h.clock = [6]int{100*two(s) + two(s[2:]), two(s[5:]), two(s[8:]), two(s[11:]), two(s[14:]), two(s[17:])}
	h.nsec, h.stamped = nsec, true
	return h.cutOffset(s[i+1:])
}

// cutOffset takes "+0100 " off s.
func (h *header) cutOffset(s string) string {
	if len(s) < 6 || s[0] != '+' && s[0] != '-' || s[5] != ' ' {
		return s
	}
	if _, ok := lex.Number(s[1:5]); !ok {
		return s
	}
	h.zoned, h.offset = true, 3600*two(s[1:])+60*two(s[3:])
	if s[0] == '-' {
		h.offset = -h.offset
	}
	return s[6:]
}

// two reads two digits.
func two(s string) int { return int(s[0]-'0')*10 + int(s[1]-'0') }
