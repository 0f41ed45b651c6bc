package segment

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/segment/template"
)

// Holding finds the rows of a block whose Message has a word of ASCII letters
// and digits anywhere, as a word or as a part of one, by looking at templates
// and dictionaries instead of lines: 64 rows a word of the set, in which rows
// without it may stand, too. has tells whether a text has the word, in the
// spellings that count; it is true for a text wherever it is for a part of it.
// nil: nothing is known.
func Holding(b Block, word string, has func(text string) bool) ([]uint64, error) {
	g, ok := b.(*group)
	if !ok || word == "" || strings.ContainsFunc(word, notInWord) || !g.templated(false) {
		return nil, nil
	}
	lines, err := g.newLineBuilder(false)
	if err != nil {
		return nil, err
	}
	defer lines.done()
	h := &holding{
		lineBuilder: lines, has: has, number: !hasLetters(word, 4),
		plans: make([]*holdPlan, len(lines.templates)), out: make([]uint64, (g.meta.Rows+63)>>6),
	}
	for row := range uint32(g.meta.Rows) {
		held, err := h.row(row)
		if err != nil {
			return nil, err
		}
		if held {
			h.out[row>>6] |= 1 << (row & 63)
		}
	}
	return h.out, nil
}

func notInWord(r rune) bool {
	return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
}

// holding is the work of one Holding.
type holding struct {
	*lineBuilder
	has       func(text string) bool
	number    bool // numbers and times may have the word
	plans     []*holdPlan
	marks     [columnCount][]bool // by code; empty where no entry has the word
	leftovers []string            // of the present row
	text      []byte
	out       []uint64
}

// holdPlan is what decides about the lines of a template.
type holdPlan struct {
	always bool // a literal has the word
	rests  bool // of leftovers that stand alone
	values []uint8
	pieces []linePiece // what has to be put together
}

// row looks at the line of a row.
func (h *holding) row(row uint32) (bool, error) {
	t, rest, err := h.start(row)
	if err != nil {
		return false, err
	}
	code := h.codes.codes[row-h.codes.first]
	p := h.plans[code]
	if p == nil {
		if p, err = h.plan(t); err != nil {
			return false, err
		}
		h.plans[code] = p
	}
	if p.always || p.rests && h.has(rest) {
		return true, nil
	}
	for _, id := range p.values {
		c, err := h.column(id, row)
		if err != nil {
			return false, err
		}
		if h.marks[id][c.codes[row-c.first]] {
			return true, nil
		}
	}
	if len(p.pieces) > 0 {
		h.leftovers = splitRests(h.leftovers[:0], t.Rests, rest)
	}
	for i := range p.pieces {
		if h.text, err = h.join(h.text[:0], &p.pieces[i], h.leftovers, row); err != nil {
			return false, err
		}
		if h.has(bytesText(h.text)) {
			return true, nil
		}
	}
	return false, nil
}

// plan looks at a template.
func (h *holding) plan(t *template.Template) (*holdPlan, error) {
	literals, pieces := cutLine(t)
	p := &holdPlan{}
	for _, text := range literals {
		p.always = p.always || h.has(text)
	}
	for _, piece := range pieces {
		switch one := &piece.parts[0]; {
		case onlyNumbers(piece.parts) && !h.number:
		case len(piece.parts) > 1 || onlyNumbers(piece.parts):
			p.pieces = append(p.pieces, piece)
		case one.Kind == template.Rest:
			p.rests = true
		default:
			any, err := h.mark(one.Column)
			if err != nil {
				return nil, err
			}
			if any {
				p.values = append(p.values, one.Column)
			}
		}
	}
	return p, nil
}

// onlyNumbers tells whether parts are numbers, times, and literals without
// letters: no more than three letters stand side by side in what they make, as
// in Jan and NaN.
func onlyNumbers(parts []template.Part) bool {
	for i := range parts {
		switch p := &parts[i]; {
		case p.Kind == template.Time:
		case p.Kind == template.Literal && !hasLetters(p.Text, 1):
		case p.Kind == template.Value && layouts[event.Field(p.Column)] == layoutNumber:
		default:
			return false
		}
	}
	return true
}

// hasLetters tells whether n letters of ASCII stand side by side in a text.
func hasLetters(text string, n int) bool {
	run := 0
	for i := range len(text) {
		if run++; text[i]|0x20 < 'a' || text[i]|0x20 > 'z' {
			run = 0
		}
		if run == n {
			return true
		}
	}
	return false
}

// mark looks through the dictionary of a column.
func (h *holding) mark(id uint8) (any bool, err error) {
	if h.marks[id] == nil {
		if may, err := h.group.mayHave(column(id), h.has); err != nil || !may {
			h.marks[id] = []bool{}
			return false, err
		}
		dict, err := h.group.entries(event.Field(id))
		if err != nil {
			return false, err
		}
		marks := make([]bool, len(dict))
		for i, entry := range dict {
			marks[i] = h.has(entry)
			any = any || marks[i]
		}
		if !any {
			marks = marks[:0]
		}
		h.marks[id] = marks
	}
	return len(h.marks[id]) > 0, nil
}

// join puts a piece of a row together.
func (b *lineBuilder) join(out []byte, piece *linePiece, rests []string, row uint32) ([]byte, error) {
	rest := piece.rest
	for i := range piece.parts {
		switch p := &piece.parts[i]; p.Kind {
		case template.Literal:
			out = append(out, p.Text...)
		case template.Value:
			c, err := b.column(p.Column, row)
			if err != nil {
				return nil, err
			}
			value, err := c.value(row-c.first, p.Nth)
			if err != nil {
				return nil, err
			}
			out = append(out, value...)
		case template.Rest:
			out = append(out, rests[rest]...)
			rest++
		case template.Time:
			if err := b.find(&b.times, row); err != nil {
				return nil, err
			}
			out = b.writer.Append(out, p.Layout, int64(b.times.numbers.Bits[row-b.times.first]))
		}
	}
	return out, nil
}
