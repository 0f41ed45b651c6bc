package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// tail is the end of a policy line: who sent what to whom.
type tail struct {
	from, to, helo, user, method string
	hasFrom, hasTo               bool
}

// findTail parts a policy line into the text before its tail, the tail and,
// where withText is set, the text after it.
//
// A tail is accepted only if its grammar reaches the end of the line. The first
// place where it does is the real one, since what stands before it is never
// under the control of the program, and an address inside the real tail could
// hold another. Where text may follow, that text may hold the real tail after a
// faked one, so the search goes on inside it.
func findTail(s string, withText bool) (before string, t tail, text string) {
	start, tries := 0, 0
	before = s
	for tries < maxTails {
		i := strings.IndexByte(s[start:], ';')
		if i < 0 {
			break
		}
		at := start + i
		start = at + 1
		if !startsTail(s[start:]) {
			continue
		}
		tries++
		found, rest, ok := readTail(s[start:])
		if !ok || rest != "" && !(withText && strings.HasPrefix(rest, ": ")) {
			continue
		}
		before, t, text = s[:at], found, strings.TrimPrefix(rest, ": ")
		start = len(s) - len(text)
	}
	return strings.TrimSuffix(before, ";"), t, text
}

func startsTail(s string) bool {
	return strings.HasPrefix(s, " from=<") || strings.HasPrefix(s, " to=<") ||
		strings.HasPrefix(s, " proto=")
}

// readTail reads " from=<s> to=<r> proto=P helo=<h> sasl_method=M
// sasl_username=U sasl_sender=S", each part optional, parted by blanks or, in
// postscreen's lines, by a comma and a blank. A line may have been cut anywhere
// in it.
func readTail(s string) (t tail, rest string, ok bool) {
	any := false
	for s != "" {
		part := strings.TrimPrefix(s, ",")
		if !strings.HasPrefix(part, " ") {
			return t, s, any
		}
		name, _, found := strings.Cut(part[1:min(len(part), 20)], "=")
		if !found {
			return t, "", any && isPrefixOfName(part[1:])
		}
		if s, ok = t.set(name, part[1+len(name)+1:]); !ok {
			return t, s, false
		}
		any = true
	}
	return t, "", any
}

// set takes one value of the tail.
func (t *tail) set(name, s string) (rest string, ok bool) {
	value := ""
	switch name {
	case "from", "to", "helo":
		if value, rest, ok = lex.Angle(s); !ok {
			return "", !strings.Contains(s, ">") // cut inside the address
		}
		if value != "" && value[0] != '"' && strings.IndexByte(value, '"') >= 0 {
			return "", false
		}
	case "proto", "sasl_method", "sasl_username", "sasl_sender":
		value, rest = cutValue(s)
	default:
		return "", false
	}
	switch name {
	case "from":
		t.from, t.hasFrom = value, true
	case "to":
		t.to, t.hasTo = value, true
	case "helo":
		t.helo = value
	case "sasl_method":
		t.method = value
	case "sasl_username":
		t.user = value
	}
	return rest, true
}

// cutValue takes a value without blanks off s; proxy lines put it in brackets.
func cutValue(s string) (value, rest string) {
	if value, rest, ok := lex.Angle(s); ok {
		return value, rest
	}
	end := strings.IndexByte(s, ' ')
	if colon := strings.Index(s, ": "); colon >= 0 && colon < end {
		end = colon
	}
	if end < 0 {
		return s, ""
	}
	value = strings.TrimSuffix(s[:end], ",")
	return value, s[len(value):]
}

// isPrefixOfName tells whether s can be the beginning of a field that was cut.
func isPrefixOfName(s string) bool {
	for _, name := range [...]string{"to=<", "proto=", "helo=<", "sasl_method=", "sasl_username=", "sasl_sender="} {
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	return false
}

// fields adds a tail to the event.
func (l *line) fields(t tail) {
	if t.hasFrom {
		l.sender(t.from)
	}
	if t.hasTo {
		l.recipient(t.to)
	}
	l.e.Add(event.Helo, t.helo)
	l.e.Add(event.AuthMethod, t.method)
	l.e.Add(event.Username, t.user)
}
