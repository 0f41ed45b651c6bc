package document

import "rastro/internal/event"

// MaxFields bounds the fields of one document that a line can have.
const MaxFields = 4096

// Span is a part of a Builder's memory.
type Span struct{ From, To int }

// Pair is a field that is kept, its value a part of the Builder's Arena.
type Pair struct {
	Name  string
	Value Span
}

// Builder gathers the texts and fields of the lines of a batch in one piece of
// memory. It is for one goroutine. The zero Builder is empty and ready for use.
type Builder struct {
	// Arena holds all texts and values; Pairs the fields of all lines.
	Arena []byte
	Pairs []Pair
}

// Keep adds a field whose value is one JSON value.
func (b *Builder) Keep(name string, raw []byte) {
	from := len(b.Arena)
	b.Arena = append(b.Arena, raw...)
	b.Pairs = append(b.Pairs, Pair{name, Span{from, len(b.Arena)}})
}

// EndText ends the text that begins in the Arena at from. One that is longer
// than event.MaxLineBytes is cut, not inside a character.
func (b *Builder) EndText(from int) (text Span, cut bool) {
	if len(b.Arena)-from > event.MaxLineBytes {
		b.Arena = cutText(b.Arena, from+event.MaxLineBytes)
		cut = true
	}
	return Span{from, len(b.Arena)}, cut
}

// cutText cuts b to n bytes, not inside a character.
func cutText(b []byte, n int) []byte {
	for back := 0; back < 3 && b[n]&0xc0 == 0x80; back++ {
		n--
	}
	return b[:n]
}

// Frozen is what a Builder had gathered, as strings that share one piece of
// memory.
type Frozen struct {
	text  string
	pairs []event.Pair
}

// Freeze makes strings of what was gathered. The Builder is not changed.
func (b *Builder) Freeze() Frozen {
	f := Frozen{text: string(b.Arena)}
	if len(b.Pairs) == 0 {
		return f
	}
	f.pairs = make([]event.Pair, len(b.Pairs))
	for i, p := range b.Pairs {
		f.pairs[i] = event.Pair{Name: p.Name, JSON: f.text[p.Value.From:p.Value.To]}
	}
	return f
}

// Text is a span of the Arena.
func (f *Frozen) Text(s Span) string { return f.text[s.From:s.To] }

// Fields is a span of the Pairs; nil for an empty one. The caller must not
// change it.
func (f *Frozen) Fields(s Span) []event.Pair {
	if s.From == s.To {
		return nil
	}
	return f.pairs[s.From:s.To:s.To]
}

// Clear empties the Builder and lets go of memory of more than maxBytes or
// maxPairs.
func (b *Builder) Clear(maxBytes, maxPairs int) {
	b.Arena, b.Pairs = b.Arena[:0], b.Pairs[:0]
	if cap(b.Arena) > maxBytes {
		b.Arena = nil
	}
	if cap(b.Pairs) > maxPairs {
		b.Pairs = nil
	}
}
