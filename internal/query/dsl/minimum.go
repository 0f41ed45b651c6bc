package dsl

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// minimum is a minimum_should_match: a number, a percentage, either negative,
// or such for more than so many clauses (2<75% 9<-3).
type minimum struct {
	// parts are ascending as written; the last whose above is below the number
	// of clauses counts.
	parts []minimumPart
	// conditional tells that a part counts only above its number.
	conditional bool
}

type minimumPart struct {
	above   int
	n       int
	percent bool
	exact   float64
}

var aroundLess = regexp.MustCompile(`\s*<\s*`)

// maxMinimum bounds the numbers of a minimum_should_match.
const maxMinimum = 1 << 30

// readMinimum reads the text of a minimum_should_match.
func readMinimum(text string) (*minimum, error) {
	text = strings.TrimSpace(text)
	m := &minimum{}
	if !strings.Contains(text, "<") {
		part, err := readPart(text)
		m.parts = []minimumPart{part}
		return m, err
	}
	m.conditional = true
	for _, piece := range strings.Fields(aroundLess.ReplaceAllString(text, "<")) {
		above, spec, ok := strings.Cut(piece, "<")
		n, err := strconv.Atoi(above)
		if !ok || err != nil {
			return nil, badMinimum(piece)
		}
		part, err := readPart(spec)
		if err != nil {
			return nil, err
		}
		part.above = n
		m.parts = append(m.parts, part)
	}
	return m, nil
}

func readPart(spec string) (minimumPart, error) {
	var p minimumPart
	number, percent := strings.CutSuffix(spec, "%")
	p.percent = percent
	var err error
	if percent {
		p.exact, err = strconv.ParseFloat(number, 32)
		if !(p.exact > -1e6 && p.exact < 1e6) {
			err = strconv.ErrRange
		}
	} else {
		p.n, err = strconv.Atoi(number)
		if p.n > maxMinimum || p.n < -maxMinimum {
			err = strconv.ErrRange
		}
	}
	if err != nil {
		return p, badMinimum(spec)
	}
	return p, nil
}

func badMinimum(text string) *Error {
	return &Error{Type: "number_format_exception", Reason: fmt.Sprintf("For input string: %q is no minimum_should_match; write 2, -1, 75%%, -25%% or 3<90%%", text)}
}

// of is the number of clauses that must match out of some optional ones.
func (m *minimum) of(optional int) int {
	if !m.conditional {
		return m.parts[0].of(optional)
	}
	n := optional
	for _, p := range m.parts {
		if optional <= p.above {
			return n
		}
		n = p.of(optional)
	}
	return n
}

func (p minimumPart) of(optional int) int {
	n := p.n
	if p.percent {
		n = int(float32(optional) * (float32(p.exact) / 100))
		if p.exact < 0 {
			n = optional + n
		}
	} else if n < 0 {
		n = optional + n
	}
	return max(n, 0)
}

// minimumInto reads a minimum_should_match.
func minimumInto(into **minimum) func(*node) error {
	return func(n *node) error {
		if n.kind == nullKind {
			return nil
		}
		spec, err := text(n)
		if err != nil {
			return err
		}
		*into, err = readMinimum(spec)
		if err != nil {
			return n.fail("number_format_exception", "%s", err.(*Error).Reason)
		}
		return nil
	}
}
