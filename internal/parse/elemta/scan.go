package elemta

import (
	"strings"
	"unicode/utf8"
)

// Bounds of what is read of one line. What lies beyond stays in the field
// message.
const (
	maxPairs = 256 // keys of one object
	maxDepth = 32  // nesting of one value
)

// kind is the type of a pair's value.
type kind uint8

const (
	kindString kind = iota
	kindNumber
	kindBool
	kindNull
	kindArray
	kindObject
	kindWord // a bare word after key=, which may be any of the others
)

// pair is one key with its value, as it stands in the line.
type pair struct {
	key  string
	raw  string // the value as written; a string with its quotes
	src  string // where the value can be found in the line, for hiding it
	kind kind
	role role
	esc  bool // the string holds backslashes
	bad  bool // raw is no valid JSON
	cut  bool // the line ended inside the value
}

// text returns the value as text: a string without quotes and escapes,
// anything else as written.
func (p *pair) text() string {
	if p.kind != kindString {
		return p.raw
	}
	s := strings.TrimPrefix(p.raw, `"`)
	if !p.cut {
		s = strings.TrimSuffix(s, `"`)
	}
	if p.esc {
		return unescape(s)
	}
	return s
}

// inner returns a string's body as it stands in the line, escapes included.
func (p *pair) inner() string {
	if p.kind != kindString || len(p.raw) < 2 || p.cut {
		return strings.TrimPrefix(p.raw, `"`)
	}
	return p.raw[1 : len(p.raw)-1]
}

// json returns the value as one valid JSON value.
func (p *pair) json() string {
	switch {
	case p.kind == kindWord && !validNumber(p.raw) && p.raw != "true" && p.raw != "false":
		return quote(p.raw)
	case p.bad || p.cut || !utf8.ValidString(p.raw):
		return quote(p.text())
	}
	return p.raw
}

// scanner walks over JSON text once.
type scanner struct {
	s   string
	i   int
	esc bool // the last string held backslashes
	bad bool // something was found that encoding/json would refuse
}

// scanObject reads the object that s starts with and appends its pairs to dst
// in their order, repeated keys included. n is how far it read. whole is false
// if the object is cut off, broken, too deep or has too many keys; the pairs
// before that point are good, and the last one may be marked cut.
func scanObject(dst []pair, s string) (pairs []pair, n int, whole bool) {
	if s == "" || s[0] != '{' {
		return dst, 0, false
	}
	sc := scanner{s: s, i: 1}
	for len(dst) < maxPairs {
		sc.blanks()
		if sc.take('}') {
			return dst, sc.i, true
		}
		sc.bad = false
		p := pair{}
		start := sc.i
		if !sc.str() {
			return dst, start, false
		}
		p.key = s[start+1 : sc.i-1]
		if sc.esc {
			p.key = unescape(p.key)
		}
		sc.blanks()
		if !sc.take(':') {
			return dst, start, false
		}
		sc.blanks()
		at := sc.i
		ok := sc.value(&p)
		p.raw, p.bad = s[at:sc.i], sc.bad
		p.src = p.raw
		if !ok {
			p.cut = true
			if p.raw != "" {
				dst = append(dst, p)
			}
			return dst, len(s), false
		}
		dst = append(dst, p)
		sc.blanks()
		if !sc.take(',') && (sc.i >= len(s) || s[sc.i] != '}') {
			return dst, sc.i, false
		}
	}
	return dst, sc.i, false
}

func (sc *scanner) blanks() {
	for sc.i < len(sc.s) {
		switch sc.s[sc.i] {
		case ' ', '\t', '\n', '\r':
			sc.i++
		default:
			return
		}
	}
}

func (sc *scanner) take(c byte) bool {
	if sc.i < len(sc.s) && sc.s[sc.i] == c {
		sc.i++
		return true
	}
	return false
}

// str reads a string with its quotes. If there is no closing quote it reads to
// the end and returns false.
func (sc *scanner) str() bool {
	if !sc.take('"') {
		return false
	}
	sc.esc = false
	s := sc.s
	for i := sc.i; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			sc.i = i + 1
			return true
		case c == '\\':
			sc.esc = true
			if i++; i < len(s) && !validEscape(s[i:]) {
				sc.bad = true
			}
		case c < 0x20:
			sc.bad = true
		}
	}
	sc.i = len(s)
	return false
}

// value reads one value of any kind into p's kind and esc.
func (sc *scanner) value(p *pair) bool {
	if sc.i >= len(sc.s) {
		return false
	}
	switch c := sc.s[sc.i]; c {
	case '"':
		ok := sc.str()
		p.kind, p.esc = kindString, sc.esc
		return ok
	case '{':
		p.kind = kindObject
		return sc.container(1)
	case '[':
		p.kind = kindArray
		return sc.container(1)
	case 't', 'f':
		p.kind = kindBool
		return sc.word("true") || sc.word("false")
	case 'n':
		p.kind = kindNull
		return sc.word("null")
	default:
		p.kind = kindNumber
		return sc.number()
	}
}

func (sc *scanner) word(w string) bool {
	if strings.HasPrefix(sc.s[sc.i:], w) {
		sc.i += len(w)
		return true
	}
	return false
}

// number reads what may belong to a number and checks its grammar.
func (sc *scanner) number() bool {
	start := sc.i
	for sc.i < len(sc.s) && strings.IndexByte("+-.eE0123456789", sc.s[sc.i]) >= 0 {
		sc.i++
	}
	return validNumber(sc.s[start:sc.i])
}

// validNumber tells whether s is a number by the grammar of RFC 8259.
func validNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	whole, rest := digits(s)
	if whole == 0 || whole > 1 && s[0] == '0' {
		return false
	}
	s = rest
	if strings.HasPrefix(s, ".") {
		n, rest := digits(s[1:])
		if n == 0 {
			return false
		}
		s = rest
	}
	if s != "" && (s[0] == 'e' || s[0] == 'E') {
		s = s[1:]
		if s != "" && (s[0] == '+' || s[0] == '-') {
			s = s[1:]
		}
		n, rest := digits(s)
		return n > 0 && rest == ""
	}
	return s == ""
}

// digits counts the leading digits of s and returns what follows them.
func digits(s string) (n int, rest string) {
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n, s[n:]
}

// container reads an object or array at the given depth.
func (sc *scanner) container(depth int) bool {
	if depth > maxDepth {
		return false
	}
	object := sc.s[sc.i] == '{'
	closing := byte(']')
	if object {
		closing = '}'
	}
	sc.i++
	for first := true; ; first = false {
		sc.blanks()
		if sc.take(closing) {
			return true
		}
		if !first && !sc.take(',') {
			return false
		}
		sc.blanks()
		if object && !sc.member() {
			return false
		}
		if !sc.element(depth) {
			return false
		}
	}
}

// member reads a key and its colon.
func (sc *scanner) member() bool {
	if !sc.str() {
		return false
	}
	sc.blanks()
	if !sc.take(':') {
		return false
	}
	sc.blanks()
	return true
}

// element reads one value inside a container.
func (sc *scanner) element(depth int) bool {
	if sc.i >= len(sc.s) {
		return false
	}
	if c := sc.s[sc.i]; c == '{' || c == '[' {
		return sc.container(depth + 1)
	}
	var p pair
	return sc.value(&p)
}
