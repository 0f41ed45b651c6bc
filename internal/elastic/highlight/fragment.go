package highlight

import (
	"strings"
	"unicode/utf8"
)

// fragment is a part of a text with its marks.
type fragment struct {
	text  string
	marks int
}

// fragments cuts a text around what matched and marks it.
func (c *compiled) fragments(text string, spans []span) []fragment {
	if c.Number == 0 || len(text) <= c.Size {
		return []fragment{c.write(text, span{0, len(text)}, spans)}
	}
	var out []fragment
	for i := 0; i < len(spans); {
		start, end := c.around(text, spans[i])
		j := i + 1
		for j < len(spans) && spans[j].end <= end {
			j++
		}
		out = append(out, c.write(text, span{start, end}, spans[i:j]))
		i = j
		for i < len(spans) && spans[i].start < end {
			i++ // begins in this fragment and ends outside of it
		}
	}
	return out
}

// around is the part of a text that is shown for a match: it begins and ends
// between words.
func (c *compiled) around(text string, s span) (start, end int) {
	spare := max(c.Size-(s.end-s.start), 0)
	start = max(s.start-spare/2, 0)
	end = min(start+max(c.Size, s.end-start), len(text))
	start = max(min(start, end-c.Size), 0)
	if start > 0 {
		if i := strings.LastIndexByte(text[:min(start+1, s.start)], ' '); i >= 0 && start-i < 40 {
			start = i + 1
		}
	}
	if end < len(text) {
		if i := strings.IndexByte(text[end:], ' '); i >= 0 && i < 40 {
			end += i
		}
	}
	for start > 0 && !utf8.RuneStart(text[start]) {
		start--
	}
	return start, max(cutAt(text, end), s.end)
}

// cutAt is a place near n where no character is cut in two.
func cutAt(text string, n int) int {
	if n >= len(text) {
		return len(text)
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return n
}

// write writes a part of a text with marks around the spans inside it.
func (c *compiled) write(text string, part span, spans []span) fragment {
	var b strings.Builder
	at := part.start
	for _, s := range spans {
		b.WriteString(c.escape(text[at:s.start]))
		b.WriteString(c.Pre)
		b.WriteString(c.escape(text[s.start:s.end]))
		b.WriteString(c.Post)
		at = s.end
	}
	b.WriteString(c.escape(text[at:part.end]))
	return fragment{strings.ToValidUTF8(b.String(), "\uFFFD"), len(spans)}
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;", "/", "&#x2F;")

func (c *compiled) escape(text string) string {
	if !c.HTML {
		return text
	}
	return htmlEscapes.Replace(text)
}
