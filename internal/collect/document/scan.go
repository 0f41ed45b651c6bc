package document

// maxNest is the default of Scanner.Nest.
const maxNest = 32

// maxWhole is how deep a value may be nested; deeper ones are taken for no
// JSON.
const maxWhole = 1000

// Leaves is told of every value of an object. Path and raw are valid during
// the call.
type Leaves interface {
	// Leaf takes one value as it is written, and the names that lead to it,
	// joined by dots. Raw is valid JSON, except that unfinished says that the
	// input was cut within this string.
	Leaf(path, raw []byte, unfinished bool)
}

// Scanner takes one JSON object apart in one pass: nested objects become
// dotted names, lists stay whole. It accepts what encoding/json accepts.
type Scanner struct {
	// Nest is how deep objects are taken apart, 1 being the document itself;
	// deeper ones are kept whole. 0 means 32.
	Nest int

	b     []byte
	i     int
	path  []byte
	stack []byte // open lists and objects of a value that is kept whole
	to    Leaves
	depth int
	// cut: b is the beginning of something longer.
	cut bool
}

// Scan tells whether b is one JSON object, or the beginning of one if cut is
// set. What was found until a mistake was told to the receiver already.
func (s *Scanner) Scan(b []byte, cut bool, to Leaves) bool {
	if s.Nest == 0 {
		s.Nest = maxNest
	}
	s.b, s.i, s.path, s.to, s.depth, s.cut = b, 0, s.path[:0], to, 0, cut
	s.space()
	if s.peek() != '{' {
		return false
	}
	if !s.object() {
		return cut && s.i >= len(b)
	}
	s.space()
	return s.i == len(b)
}

// peek returns the next byte, 0 at the end: no token begins with it.
func (s *Scanner) peek() byte {
	if s.i < len(s.b) {
		return s.b[s.i]
	}
	return 0
}

func (s *Scanner) space() {
	for s.i < len(s.b) {
		switch s.b[s.i] {
		case ' ', '\n', '\t', '\r':
			s.i++
		default:
			return
		}
	}
}

// object reads the object that begins at the next byte.
func (s *Scanner) object() bool {
	s.i++
	s.space()
	base := len(s.path)
	if s.peek() == '}' {
		s.i++
		if s.depth > 0 {
			s.to.Leaf(s.path, []byte("{}"), false)
		}
		return true
	}
	s.depth++
	defer func() { s.depth-- }()
	for {
		if !s.name(base) || !s.member() {
			return false
		}
		s.space()
		switch s.peek() {
		case '}':
			s.i++
			s.path = s.path[:base]
			return true
		case ',':
			s.i++
			s.space()
		default:
			return false
		}
	}
}

// name reads a member's name and the colon, and puts it behind the path.
func (s *Scanner) name(base int) bool {
	if s.peek() != '"' {
		return false
	}
	start := s.i + 1
	escaped, ok := s.str()
	if !ok {
		return false
	}
	s.path = s.path[:base]
	if s.depth > 1 {
		s.path = append(s.path, '.')
	}
	if raw := s.b[start : s.i-1]; escaped {
		s.path = AppendText(s.path, raw)
	} else {
		s.path = append(s.path, raw...)
	}
	s.space()
	if s.peek() != ':' {
		return false
	}
	s.i++
	s.space()
	return true
}

// member reads a member's value.
func (s *Scanner) member() bool {
	if s.peek() == '{' && s.depth < s.Nest {
		return s.object()
	}
	start := s.i
	if !s.value() {
		if s.cut && s.i >= len(s.b) && start < len(s.b) && s.b[start] == '"' {
			s.to.Leaf(s.path, s.b[start:], true)
		}
		return false
	}
	s.to.Leaf(s.path, s.b[start:s.i], false)
	return true
}

// value passes over one value, lists and objects included.
func (s *Scanner) value() bool {
	s.stack = s.stack[:0]
	for {
		switch c := s.peek(); c {
		case '{', '[':
			s.i++
			s.space()
			if s.peek() != c+2 { // the closing one is two behind in ASCII
				if len(s.stack) == maxWhole {
					return false
				}
				s.stack = append(s.stack, c)
				if c == '{' && !s.label() {
					return false
				}
				continue
			}
			s.i++
		default:
			if !s.scalar(c) {
				return false
			}
		}
		for {
			if len(s.stack) == 0 {
				return true
			}
			s.space()
			top := s.stack[len(s.stack)-1]
			c := s.peek()
			if c == ',' {
				break
			}
			if c != top+2 {
				return false
			}
			s.i++
			s.stack = s.stack[:len(s.stack)-1]
		}
		s.i++
		s.space()
		if s.stack[len(s.stack)-1] == '{' && !s.label() {
			return false
		}
	}
}

// label passes over a name and its colon inside a value that is kept whole.
func (s *Scanner) label() bool {
	if s.peek() != '"' {
		return false
	}
	if _, ok := s.str(); !ok {
		return false
	}
	s.space()
	if s.peek() != ':' {
		return false
	}
	s.i++
	s.space()
	return true
}

// scalar passes over a value that begins with c and has no parts.
func (s *Scanner) scalar(c byte) bool {
	switch c {
	case '"':
		_, ok := s.str()
		return ok
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	default:
		return s.number()
	}
}

func (s *Scanner) word(w string) bool {
	if len(s.b)-s.i < len(w) || string(s.b[s.i:s.i+len(w)]) != w {
		if s.cut && len(s.b)-s.i < len(w) {
			s.i = len(s.b)
		}
		return false
	}
	s.i += len(w)
	return true
}

func (s *Scanner) number() bool {
	if s.peek() == '-' {
		s.i++
	}
	if s.peek() == '0' {
		s.i++
	} else if !s.digits() {
		return false
	}
	if s.peek() == '.' {
		s.i++
		if !s.digits() {
			return false
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.i++
		if c := s.peek(); c == '+' || c == '-' {
			s.i++
		}
		return s.digits()
	}
	return true
}

// digits passes over at least one digit.
func (s *Scanner) digits() bool {
	start := s.i
	for s.i < len(s.b) && s.b[s.i]-'0' < 10 {
		s.i++
	}
	return s.i > start
}

// str passes over the string that begins at the next byte and tells whether it
// has escapes.
func (s *Scanner) str() (escaped, ok bool) {
	b := s.b
	for i := s.i + 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			s.i = i + 1
			return escaped, true
		case c == '\\':
			escaped = true
			i++
			if i < len(b) && !escapeAt(b[i:]) {
				s.i = i
				if b[i] == 'u' && len(b)-i < 5 { // the input may have gone on
					s.i = len(b)
				}
				return escaped, false
			}
		case c < ' ':
			s.i = i
			return escaped, false
		}
	}
	s.i = len(b)
	return escaped, false
}

// escapeAt tells whether b begins with what may follow a backslash.
func escapeAt(b []byte) bool {
	switch b[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		_, ok := fourHex(b[1:])
		return ok
	}
	return false
}

// fourHex reads four hexadecimal digits.
func fourHex(b []byte) (r rune, ok bool) {
	if len(b) < 4 {
		return 0, false
	}
	for _, c := range b[:4] {
		switch {
		case c-'0' < 10:
			c -= '0'
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}

// Offset is where the last Scan ended: behind the object, or at the mistake.
func (s *Scanner) Offset() int { return s.i }
