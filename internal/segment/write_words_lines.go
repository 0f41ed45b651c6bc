package segment

import (
	"github.com/cespare/xxhash/v2"

	"rastro/internal/segment/template"
)

// lineWords takes the words of lines from their templates and from what fills
// them, without putting lines together: the words of a literal, and of a value
// that many rows of a stretch have, are taken once. Where a word may reach from
// one part of a line into the next, these parts are put together.
type lineWords struct {
	*wordCutter
	lines  *lineColumns
	values *valueReader
	plans  []*wordPlan               // by code of the template
	taken  [columnCount][]takenWords // by code, or by the place in numbers
	bits   [columnCount][]uint64     // numbers, by a hash of them
	noted  []uint32                  // lists of entries of the set, for takenWords
	rests  []string                  // of the present row
	times  template.Writer
	text   []byte
}

// wordPlan is how the words of a template's lines are taken.
type wordPlan struct {
	taken    uint32   // the stretch, and one, in which those of the literals were
	literals []string // that touch no word of another part
	pieces   []wordPiece
	rests    int
	// whole: an end of log_message may cut a word, so that all of the line is
	// needed.
	whole []template.Part
}

// takenWords are the words of a value: in the list of noted entries.
type takenWords struct {
	from, to uint32
	in       uint32 // the stretch, and one, in which they were taken last
}

// takenNumbers is how many numbers of a column are remembered; a power of two.
const takenNumbers = 1 << 10

// wordPiece is a piece with what is known of its words.
type wordPiece struct {
	linePiece
	// dict or number is the column where the piece is one value of it, taken
	// what is known of its values.
	dict   *sourceColumn
	number *numberTexts
	bits   []uint64
	taken  []takenWords
	// last is the text in a row before, of the stretch one less than lastIn.
	last   []byte
	lastIn uint32
}

func (c *wordCutter) newLineWords(lines *lineColumns) *lineWords {
	return &lineWords{
		wordCutter: c, lines: lines, values: newValueReader(c.src), plans: make([]*wordPlan, len(lines.parsed)),
	}
}

// row takes the words of a row's line.
func (l *lineWords) row(row int) {
	code := l.lines.codes[row]
	p := l.plans[code]
	if p == nil {
		p = l.plan(l.lines.parsed[code])
		l.plans[code] = p
	}
	l.values.row = l.src.rows[row]
	l.rests = splitRests(l.rests[:0], p.rests, l.lines.rests[row])
	if p.whole != nil {
		l.wholeLine(p.whole, row)
		return
	}
	if p.taken != l.stretch+1 {
		p.taken = l.stretch + 1
		for _, text := range p.literals {
			l.cut(text, false, l.first)
		}
	}
	for i := range p.pieces {
		l.piece(&p.pieces[i], row)
	}
}

// piece takes the words of a piece.
func (l *lineWords) piece(p *wordPiece, row int) {
	switch {
	case p.dict != nil:
		code := p.dict.strings.Codes[l.values.row]
		if known := &p.taken[code]; known.in != l.stretch+1 {
			text, _ := valueOf(p.dict.strings.Dict[code], 0)
			l.take(known, text)
		}
		return
	case p.number != nil && p.number.column.numbers.Has(int(l.values.row)):
		bits := p.number.column.numbers.Bits[l.values.row]
		at := bits * 0x9e3779b97f4a7c15 >> 32 % takenNumbers
		known := &p.taken[at]
		if p.bits[at] != bits {
			*known, p.bits[at] = takenWords{}, bits
		}
		if known.in != l.stretch+1 {
			l.take(known, p.number.text(bits))
		}
		return
	}
	if len(p.parts) == 1 && p.parts[0].Kind == template.Rest {
		l.cut(l.rests[p.rest], false, l.first)
		return
	}
	l.text, _, _ = l.join(l.text[:0], p.parts, p.rest, row)
	text, same := bytesText(l.text), 0
	if p.lastIn == l.stretch+1 {
		same = samePart(bytesText(p.last), text)
	}
	l.cut(text[same:], false, l.first)
	p.last, p.lastIn = append(p.last[:0], text...), l.stretch+1
}

// wholeLine takes the words of a line and of its log_message.
func (l *lineWords) wholeLine(parts []template.Part, row int) {
	from, end := 0, 0
	l.text, from, end = l.join(l.text[:0], parts, 0, row)
	line := bytesText(l.text)
	l.cut(line, false, l.first)
	l.cut(line[from:end], false, l.further)
}

// join puts parts of a row together, and tells where its log_message is in
// them. rest is the number of the first leftover.
func (l *lineWords) join(out []byte, parts []template.Part, rest, row int) (text []byte, from, end int) {
	end = -1
	for i := range parts {
		switch p := &parts[i]; p.Kind {
		case template.Literal:
			out = append(out, p.Text...)
		case template.Value:
			out = append(out, l.values.Value(p.Column, p.Nth)...)
		case template.Rest:
			out = append(out, l.rests[rest]...)
			rest++
		case template.Time:
			out = l.times.Append(out, p.Layout, l.src.times[row])
		case template.LogStart:
			from = len(out)
		case template.LogEnd:
			end = len(out)
		}
	}
	if end < 0 {
		end = len(out)
	}
	return out, from, end
}

// plan cuts a template into pieces.
func (l *lineWords) plan(t *template.Template) *wordPlan {
	p := &wordPlan{rests: t.Rests}
	if t.Log && !cleanLog(t.Parts) {
		p.whole = t.Parts
		return p
	}
	literals, pieces := cutLine(t)
	p.literals = literals
	for _, piece := range pieces {
		p.pieces = append(p.pieces, l.newPiece(piece))
	}
	return p
}

// newPiece finds the column of a piece that is one value.
func (l *lineWords) newPiece(piece linePiece) wordPiece {
	p := wordPiece{linePiece: piece}
	id, ok := piece.value()
	if !ok {
		return p
	}
	p.dict, p.number = l.values.columns[id], l.values.texts[id]
	switch {
	case l.taken[id] != nil:
	case p.dict != nil:
		l.taken[id] = make([]takenWords, len(p.dict.strings.Dict))
	case p.number != nil:
		l.taken[id], l.bits[id] = make([]takenWords, takenNumbers), make([]uint64, takenNumbers)
	}
	p.taken, p.bits = l.taken[id], l.bits[id]
	return p
}

// take takes the words of a value: of one that is known their entries again.
func (l *lineWords) take(known *takenWords, text string) {
	if known.in > 0 {
		for _, entry := range l.noted[known.from:known.to] {
			l.set.again(entry, l.stretch)
		}
	} else {
		known.from = uint32(len(l.noted))
		l.cut(text, false, func(word []byte) {
			l.noted = append(l.noted, l.set.add(saltedWord(xxhash.Sum64(word), messageSalt), l.stretch))
		})
		known.to = uint32(len(l.noted))
	}
	known.in = l.stretch + 1
}

// cleanLog tells whether the ends of log_message surely cut no word, whatever
// fills the template.
func cleanLog(all []template.Part) bool {
	for i := range all {
		if all[i].Kind != template.LogStart && all[i].Kind != template.LogEnd {
			continue
		}
		before, after := i-1, i+1
		for before >= 0 && all[before].Kind >= template.LogStart {
			before--
		}
		for after < len(all) && all[after].Kind >= template.LogStart {
			after++
		}
		clean := before < 0 || after == len(all)
		if !clean && all[before].Kind == template.Literal {
			text := all[before].Text
			clean = parts[text[len(text)-1]]
		}
		if !clean && all[after].Kind == template.Literal {
			clean = parts[all[after].Text[0]]
		}
		if !clean {
			return false
		}
	}
	return true
}
