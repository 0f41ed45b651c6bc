package segment

import (
	"strings"

	"rastro/internal/segment/template"
)

// linePiece is some neighbouring parts of a line, of which at least one is no
// literal. Beside it stand bytes that surely part words, or nothing, whatever
// fills the template.
type linePiece struct {
	parts []template.Part
	rest  int // leftovers before it
}

// value tells whether the piece is the first value of a column and nothing else.
func (p *linePiece) value() (id uint8, ok bool) {
	one := &p.parts[0]
	return one.Column, len(p.parts) == 1 && one.Kind == template.Value && one.Nth == 0
}

// cutLine cuts the lines of a template where words surely end: into literals,
// and pieces for what else there is.
func cutLine(t *template.Template) (literals []string, pieces []linePiece) {
	var open []template.Part // the parts of a piece so far
	rest := 0
	flush := func() {
		if len(open) > 0 {
			pieces = append(pieces, linePiece{open, rest})
		}
		for i := range open {
			if open[i].Kind == template.Rest {
				rest++
			}
		}
		open = nil
	}
	all := region(t, false)
	for i, part := range all {
		if part.Kind != template.Literal {
			open = append(open, part)
			continue
		}
		text := part.Text
		if len(open) > 0 {
			n := firstParting(text)
			if n > 0 {
				open = append(open, template.Part{Kind: template.Literal, Text: text[:n]})
			}
			if text = text[n:]; text == "" {
				continue
			}
			flush()
		}
		n := len(text)
		if i < len(all)-1 {
			n = afterParting(text)
		}
		if n > 0 {
			literals = append(literals, text[:n])
		}
		if n < len(text) {
			open = append(open, template.Part{Kind: template.Literal, Text: text[n:]})
		}
	}
	flush()
	return literals, pieces
}

// splitRests appends the n leftovers of a row.
func splitRests(out []string, n int, text string) []string {
	for ; n > 1; n-- {
		one, more, _ := strings.Cut(text, string(template.Sep))
		out, text = append(out, one), more
	}
	if n > 0 {
		out = append(out, text)
	}
	return out
}

// firstParting is where the first byte of a text stands that surely parts
// words, its length if none does.
func firstParting(text string) int {
	for i := range len(text) {
		if parts[text[i]] {
			return i
		}
	}
	return len(text)
}

// afterParting is where the last byte that surely parts words ends.
func afterParting(text string) int {
	n := len(text)
	for n > 0 && !parts[text[n-1]] {
		n--
	}
	return n
}
