package template

import (
	"encoding/binary"
	"slices"
)

// walker looks at one line from its start to its end. It writes a key, which
// has the parts of the template, and the spans of leftovers.
type walker struct {
	e      *Encoder
	line   *Line
	values []Field
	text   string
	times  int // found
	parts  int // but literals
}

// The bytes of a key are those of the literals, and mark with what follows.
const (
	mark      = 0x01
	markByte  = 0xff // the byte itself
	markValue = byte(Value)
	markRest  = byte(Rest)
	markTime  = byte(Time)
	markStart = byte(LogStart)
	markEnd   = byte(LogEnd)
	maxTimes  = 2
	// maxLine is the bytes of a line beyond which nobody looks for a template.
	maxLine = 16 << 10
)

// classes of bytes.
const (
	inWord = 1 << iota // letters, digits, _ and all beyond ASCII
	joiner             // parts of a word where a word goes on behind it
	isDigit
)

var classes = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= '0' && c <= '9':
			t[c] = inWord | isDigit
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80:
			t[c] = inWord
		case c == '.' || c == '-' || c == '@':
			t[c] = joiner
		}
	}
	return t
}()

// walk goes over the line in up to three pieces, so that no part crosses a
// border of the log text. A line that is too long, or of too many parts, is one
// leftover.
func (w *walker) walk() {
	spans := len(w.e.spans)
	if len(w.text) <= maxLine {
		at := 0
		if l := w.line; l.LogFrom >= 0 {
			w.piece(0, l.LogFrom)
			w.e.key = append(w.e.key, mark, markStart)
			w.piece(l.LogFrom, l.LogEnd)
			if at = l.LogEnd; at < len(w.text) {
				w.e.key = append(w.e.key, mark, markEnd)
			}
		}
		w.piece(at, len(w.text))
		if w.parts <= maxParts/2 {
			return
		}
	}
	w.e.spans = append(w.e.spans[:spans], span{to: uint32(len(w.text))})
	w.e.key = append(w.e.key[:0], mark, markRest)
}

// piece goes over a part of the line. Wherever it stands, a word may start.
func (w *walker) piece(at, end int) {
	for at < end {
		n := w.value(at, end)
		if n == 0 {
			if c := w.text[at]; classes[c]&inWord != 0 {
				n = w.word(at, end)
			} else {
				w.literal(c)
				n = 1
			}
		}
		at += n
	}
}

func (w *walker) literal(c byte) {
	if c == mark {
		w.e.key = append(w.e.key, mark, markByte)
		return
	}
	w.e.key = append(w.e.key, c)
}

// value takes a value or a time that starts here and returns its length, or 0.
func (w *walker) value(at, end int) int {
	e, text := w.e, w.text[at:end]
	for n := e.first[text[0]]; n != 0; {
		l := &e.chain[n-1]
		f := &l.field
		if size := len(f.Text); size <= len(text) && text[:size] == f.Text && endsWord(text, size) {
			w.parts++
			e.key = append(e.key, mark, markValue, f.Column, byte(f.Nth), byte(f.Nth>>8))
			return size
		}
		n = l.next
	}
	if w.times < maxTimes && classes[text[0]]&inWord != 0 {
		if l, size := e.times.match(text, w.line.Time); l != nil {
			w.times++
			w.parts++
			e.key = append(e.key, mark, markTime)
			e.key = binary.LittleEndian.AppendUint32(e.key, e.layout(l))
			return size
		}
	}
	return 0
}

// layout numbers a layout.
func (e *Encoder) layout(l *Layout) uint32 {
	if i := slices.Index(e.layouts, l); i >= 0 {
		return uint32(i)
	}
	e.layouts = append(e.layouts, l)
	return uint32(len(e.layouts) - 1)
}

// endsWord tells whether a value of so many bytes ends where a word does.
func endsWord(text string, size int) bool {
	if size == len(text) || classes[text[size-1]]&inWord == 0 {
		return true
	}
	switch next := classes[text[size]]; {
	case next&inWord != 0:
		return false
	case next&joiner != 0:
		return size+1 == len(text) || classes[text[size+1]]&inWord == 0
	}
	return true
}

// word takes a word as a leftover or as a literal and returns its length.
func (w *walker) word(at, end int) int {
	text := w.text[at:end]
	n, varies := wordLength(text)
	if !varies && w.e.Messy {
		varies = n > 20 || n >= 8 && mixed(text[:n])
	}
	if !varies {
		w.e.key = appendLiteral(w.e.key, text[:n])
		return n
	}
	s := span{from: uint32(at), to: uint32(at + n)}
	if n <= 2 {
		s.equal = w.e.equal(w.values, text[:n])
	}
	w.parts++
	w.e.key = append(w.e.key, mark, markRest)
	w.e.spans = append(w.e.spans, s)
	return n
}

// wordLength is the bytes of the word that a text begins with, and whether it
// has digits, or parts as names of hosts do.
func wordLength(text string) (n int, varies bool) {
	for n < len(text) {
		c := classes[text[n]]
		if c&inWord == 0 {
			if c&joiner == 0 || n+1 == len(text) || classes[text[n+1]]&inWord == 0 {
				break
			}
			varies = varies || text[n] != '-'
		}
		varies = varies || c&isDigit != 0
		n++
	}
	return n, varies
}

// appendLiteral appends a word, which holds no mark.
func appendLiteral(key []byte, word string) []byte { return append(key, word...) }

// mixed tells whether a word has capital letters behind its first byte.
func mixed(word string) bool {
	upper, lower := false, false
	for i := 1; i < len(word); i++ {
		upper = upper || word[i] >= 'A' && word[i] <= 'Z'
		lower = lower || word[i] >= 'a' && word[i] <= 'z'
	}
	return upper && lower
}

// partsOf reads a key.
func (e *Encoder) partsOf(key []byte) []Part {
	var parts []Part
	var text []byte
	flush := func() {
		if len(text) > 0 {
			parts = append(parts, Part{Kind: Literal, Text: string(text)})
			text = text[:0]
		}
	}
	for i := 0; i < len(key); i++ {
		if key[i] != mark {
			text = append(text, key[i])
			continue
		}
		i++
		if key[i] == markByte {
			text = append(text, mark)
			continue
		}
		flush()
		p := Part{Kind: Kind(key[i])}
		switch p.Kind {
		case Value:
			p.Column, p.Nth = key[i+1], binary.LittleEndian.Uint16(key[i+2:])
			i += 3
		case Time:
			p.Layout = e.layouts[binary.LittleEndian.Uint32(key[i+1:])]
			i += 4
		}
		parts = append(parts, p)
	}
	flush()
	return parts
}
