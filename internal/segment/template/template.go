package template

import (
	"fmt"
	"strconv"
	"strings"
)

// Kind tells what a Part stands for.
type Kind uint8

// The kinds of parts.
const (
	Literal  Kind = iota // Text
	Value                // a value of another column
	Rest                 // the next leftover of the row
	Time                 // the row's time in a layout
	LogStart             // nothing; the log text of the line starts here
	LogEnd               // nothing; the log text of the line ends here
)

// Part is one piece of a Template.
type Part struct {
	Kind   Kind
	Column uint8  // Value: the number that the caller has for the column
	Nth    uint16 // Value: which of several values, counted from 0
	Text   string // Literal
	Layout *Layout
}

// Template is how a line is put together. Parts stand in the order of the
// line; there is at most one LogStart, and a LogEnd only behind it.
type Template struct {
	Parts []Part
	// Rests is the number of parts that are leftovers.
	Rests int
	// Log tells whether there is a LogStart.
	Log bool
}

// Sep parts the leftovers of a row. Only the last one may hold it.
const Sep = '\x1f'

// maxParts bounds the parts of a template.
const maxParts = 4096

const (
	markLog    = "<log_message"
	markLogEnd = ">log_message"
	timeName   = "@timestamp"
)

// Names finds the name of a column by its number.
type Names func(column uint8) string

// Append appends the text of a template, which Parse reads: literals as they
// are but { written twice, and the other parts in braces.
func (t *Template) Append(out []byte, names Names) []byte {
	for i := range t.Parts {
		switch p := &t.Parts[i]; p.Kind {
		case Literal:
			for k := range len(p.Text) {
				if p.Text[k] == '{' {
					out = append(out, '{')
				}
				out = append(out, p.Text[k])
			}
		case Value:
			out = append(out, '{')
			out = append(out, names(p.Column)...)
			if p.Nth > 0 {
				out = append(out, ' ')
				out = strconv.AppendInt(out, int64(p.Nth)+1, 10)
			}
			out = append(out, '}')
		case Rest:
			out = append(out, "{}"...)
		case Time:
			out = append(out, "{"+timeName+" "...)
			out = strconv.AppendInt(out, int64(p.Layout.Offset), 10)
			out = append(out, ' ')
			out = append(out, p.Layout.Pattern...)
			out = append(out, '}')
		case LogStart:
			out = append(out, "{"+markLog+"}"...)
		case LogEnd:
			out = append(out, "{"+markLogEnd+"}"...)
		}
	}
	return out
}

// Parse reads what Append wrote. columns finds the number of a column by its
// name. Any text gives a Template or an error.
func Parse(text string, columns func(name string) (uint8, bool)) (*Template, error) {
	t := &Template{}
	for text != "" {
		var p Part
		var err error
		if p, text, err = parsePart(text, columns); err != nil {
			return nil, err
		}
		if err := t.take(p); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// Share replaces layouts by equal ones of other templates, which known holds:
// a Writer is fastest where the same one comes again.
func (t *Template) Share(known map[Layout]*Layout) {
	for i := range t.Parts {
		if l := t.Parts[i].Layout; l != nil {
			if known[*l] == nil {
				known[*l] = l
			}
			t.Parts[i].Layout = known[*l]
		}
	}
}

// take appends a part.
func (t *Template) take(p Part) error {
	n := len(t.Parts)
	switch {
	case n >= maxParts:
		return fmt.Errorf("a template of more than %d parts", maxParts)
	case p.Kind == Literal && n > 0 && t.Parts[n-1].Kind == Literal:
		t.Parts[n-1].Text += p.Text
		return nil
	case p.Kind == Rest:
		t.Rests++
	case p.Kind == LogStart && t.Log:
		return fmt.Errorf("a template with two starts of log_message")
	case p.Kind == LogStart:
		t.Log = true
	case p.Kind == LogEnd:
		for _, before := range t.Parts {
			if before.Kind == LogEnd {
				return fmt.Errorf("a template with two ends of log_message")
			}
		}
		if !t.Log {
			return fmt.Errorf("a template with an end of log_message before its start")
		}
	}
	t.Parts = append(t.Parts, p)
	return nil
}

// parsePart reads the first part of a text, which is not empty.
func parsePart(text string, columns func(name string) (uint8, bool)) (Part, string, error) {
	if text[0] != '{' {
		n := strings.IndexByte(text, '{')
		if n < 0 {
			n = len(text)
		}
		return Part{Kind: Literal, Text: text[:n]}, text[n:], nil
	}
	if strings.HasPrefix(text, "{{") {
		return Part{Kind: Literal, Text: "{"}, text[2:], nil
	}
	inside, rest, closed := strings.Cut(text[1:], "}")
	if !closed {
		return Part{}, "", fmt.Errorf("a template that ends within %.40q", text)
	}
	p, err := parseMark(inside, columns)
	return p, rest, err
}

// parseMark reads what stands between braces.
func parseMark(mark string, columns func(name string) (uint8, bool)) (Part, error) {
	switch mark {
	case "":
		return Part{Kind: Rest}, nil
	case markLog:
		return Part{Kind: LogStart}, nil
	case markLogEnd:
		return Part{Kind: LogEnd}, nil
	}
	name, more, has := strings.Cut(mark, " ")
	if name == timeName {
		number, pattern, _ := strings.Cut(more, " ")
		offset, err := strconv.ParseInt(number, 10, 16)
		if err != nil {
			return Part{}, fmt.Errorf("a time with the offset %.40q", number)
		}
		l, err := NewLayout(pattern, int(offset))
		return Part{Kind: Time, Layout: l}, err
	}
	column, known := columns(name)
	if !known {
		return Part{}, fmt.Errorf("a template with the unknown column %.40q", name)
	}
	p := Part{Kind: Value, Column: column}
	if has {
		n, err := strconv.ParseUint(more, 10, 16)
		if err != nil || n < 2 {
			return Part{}, fmt.Errorf("a template with the value %.40q", mark)
		}
		p.Nth = uint16(n - 1)
	}
	return p, nil
}
