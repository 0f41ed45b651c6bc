package exim

import (
	"strings"

	"rastro/internal/parse/lex"
)

// list is a list of fields such as
//
//	R=dnslookup T=remote_smtp H=mx.example [192.0.2.1]:25 X=... L K C="250 ok"
//
// and the text that may follow it, after a colon or without one. The letters
// mean other things on other lines; the callers know.
type list struct {
	rest string
	// incoming says that H= is a client, with its HELO in round brackets.
	incoming bool

	// The field at hand: its name, or a flag's name with an empty value; peer
	// is the value of H.
	name, value string
	peer        peer
	// text is what follows the fields, once next has returned false.
	text string
}

// next reads one field.
func (f *list) next() bool {
	s := strings.TrimLeft(f.rest, " ")
	f.rest = s
	if s == "" || s[0] == ':' {
		f.text, f.rest = strings.TrimLeft(s, ": "), ""
		return false
	}
	eq := 0
	for eq < len(s) && eq < 6 && (lex.Alnum(s[eq]) || s[eq] == '*') {
		eq++
	}
	if eq == 0 || eq == len(s) || s[eq] != '=' || !isName(s[:eq]) {
		return f.flag(s)
	}
	f.name = s[:eq]
	f.cutValue(s[eq+1:])
	return true
}

// flag reads a field that has no value, or finds that the list is over.
func (f *list) flag(s string) bool {
	end := strings.IndexByte(s, ' ')
	if end < 0 {
		end = len(s)
	}
	word := strings.TrimSuffix(s[:end], ":")
	switch strings.TrimRight(word, "-.*") { // what follows L and TFO says how it was used
	case "L", "K", "PRDR", "DS", "TFO", "ARC", "SPF", "DMARC":
		f.name, f.value, f.rest = word, "", s[len(word):]
		return true
	}
	f.text, f.rest = s, ""
	return false
}

// isName tells whether a field has this name.
func isName(s string) bool {
	switch s {
	case "A", "C", "Ci", "CV", "D", "DKIM", "DMARC", "DN", "DT", "F", "H", "I", "id", "id*", "M8S",
		"P", "PRX", "PS", "Q", "QT", "R", "RT", "S", "SNI", "SPF", "ST", "T", "U", "X":
		return true
	}
	return false
}

// cutValue reads the value that s begins with.
func (f *list) cutValue(s string) {
	switch {
	case f.name == "H" && f.incoming:
		var ok bool
		if f.peer, f.rest, ok = cutClient(s); !ok {
			f.plain(s)
		}
	case f.name == "H":
		f.peer, f.rest = cutRelay(s)
	case s != "" && s[0] == '"' && f.name == "DN":
		f.quoted(s, false)
	case s != "" && s[0] == '"' && f.name != "id" && f.name != "id*":
		f.quoted(s, true)
	case s != "" && s[0] == '<':
		var ok bool
		if f.value, f.rest, ok = cutAddress(s); !ok {
			f.plain(s)
		} else if f.value == "" {
			f.value = "<>"
		}
	default:
		f.plain(s)
	}
}

// plain reads a value that ends at a blank, or at a colon before one.
func (f *list) plain(s string) {
	f.value, f.rest = cutWord(s)
	if end := len(f.value) - 1; end > 0 && f.value[end] == ':' {
		f.value, f.rest = s[:end], s[end:]
	}
}

// quoted reads a value in quotes. Names of certificates are written without
// escapes: their end is the quote with a blank or a colon behind.
func (f *list) quoted(s string, escapes bool) {
	for i := 1; i < len(s); i++ {
		switch {
		case escapes && s[i] == '\\':
			i++
		case s[i] == '"' && (escapes || i+1 == len(s) || s[i+1] == ' ' || s[i+1] == ':'):
			f.value, f.rest = s[1:i], s[i+1:]
			return
		}
	}
	f.value, f.rest = s[1:], "" // the line was cut
}

// peer is one end of a connection.
type peer struct{ host, helo, addr, port string }

// cutRelay takes "name [DS] [address][:port][*]" off s. Local deliveries have
// the name alone.
func cutRelay(s string) (p peer, rest string) {
	p.host, rest = cutWord(s)
	open := strings.TrimPrefix(rest, " DS")
	if !strings.HasPrefix(open, " [") {
		if end := len(p.host) - 1; end > 0 && p.host[end] == ':' {
			p.host, rest = s[:end], s[end:]
		}
		return p, rest
	}
	end := strings.IndexByte(open[:min(len(open), 80)], ']')
	if end < 0 {
		return p, ""
	}
	p.addr = open[2:end]
	p.port, rest = cutPort(open[end+1:])
	return p, strings.TrimPrefix(rest, "*")
}

// cutPort takes ":25" off s.
func cutPort(s string) (port, rest string) {
	n := 1
	for n < len(s) && n < 7 && lex.Digit(s[n]) {
		n++
	}
	if s == "" || s[0] != ':' || n == 1 {
		return "", s
	}
	return s[1:n], s[n:]
}

// maxClient bounds how far the address of a client is looked for, in bytes: its
// HELO is as long as a command at most.
const maxClient = 2048

// cutClient takes a client off s:
//
//	[192.0.2.1]
//	(helo) [192.0.2.1]:4321
//	name.example [192.0.2.1]
//	name.example (helo) [192.0.2.1]
//
// The client chooses its HELO, which may look like an address too. Only the last
// address before the next field is true, and where there is a HELO, only one
// behind its closing bracket.
func cutClient(s string) (p peer, rest string, ok bool) {
	limit := min(len(s), maxClient)
	from, to, open := -1, -1, -1
	for i := 0; i < limit; i++ {
		switch s[i] {
		case '(':
			if open < 0 && from < 0 && (i == 0 || s[i-1] == ' ') {
				open = i
			}
		case ' ':
			if from >= 0 && i > 0 && isAfterClient(s, i) {
				i = limit
			}
		case '[':
			if i > 0 && s[i-1] != ' ' || (open >= 0 || from >= 0) && (i < 2 || s[i-2] != ')') {
				continue
			}
			end := strings.IndexByte(s[i:min(len(s), i+70)], ']')
			if end > 0 && lex.IsIP(s[i+1:i+end]) {
				from, to = i, i+end
			}
		}
	}
	if from < 0 {
		return peer{}, s, false
	}
	p.addr = s[from+1 : to]
	p.port, rest = cutPort(s[to+1:])
	name := s[:from]
	if open >= 0 {
		p.helo = strings.TrimSuffix(name[open+1:], ") ")
		name = name[:open]
	}
	p.host = strings.TrimRight(name, " ")
	return p, rest, true
}

// isAfterClient tells whether what follows a client begins at the blank s[i].
func isAfterClient(s string, i int) bool {
	if s[i-1] == ':' {
		return true
	}
	for _, mark := range [...]string{"I=[", "U=", "Ci=", "P=", "X=", "F=<", "A=", "D=", "CV=", "closed ", "lost", "rejected ", "temporarily rejected "} {
		if i+1 < len(s) && s[i+1] == mark[0] && strings.HasPrefix(s[i+1:], mark) {
			return true
		}
	}
	return false
}
