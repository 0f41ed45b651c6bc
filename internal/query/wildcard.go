package query

import (
	"slices"
	"strings"
)

// anyOne stands for ? among the runes of a wildcard; no text has it.
const anyOne = -1

// wildcard matches values against a pattern, in time proportional to the
// product of their lengths at worst and to the value's length usually.
type wildcard struct {
	fold bool
	// parts are the runs of characters between the stars: the first stands at
	// the beginning of the value, the last at its end.
	parts [][]rune
	// The common forms abc*, *abc and *abc* without ? have a literal.
	form    wildcardForm
	literal string
	search  needle // of formContains, when fold
}

type wildcardForm uint8

const (
	formGeneral wildcardForm = iota
	formPrefix
	formSuffix
	formContains
)

// compileWildcard prepares a pattern; fold makes it ignore case.
func compileWildcard(pattern string, fold bool) *wildcard {
	w := &wildcard{fold: fold, parts: wildcardParts(pattern, fold)}
	form, part := formGeneral, []rune(nil)
	switch p := w.parts; {
	case len(p) == 2 && len(p[1]) == 0:
		form, part = formPrefix, p[0]
	case len(p) == 2 && len(p[0]) == 0:
		form, part = formSuffix, p[1]
	case len(p) == 3 && len(p[0]) == 0 && len(p[2]) == 0:
		form, part = formContains, p[1]
	}
	literal, ok := literalOf(part)
	if !ok || fold && form != formPrefix && !isASCII(literal) {
		return w
	}
	w.form, w.literal = form, literal
	if form == formContains {
		w.search = newNeedle(literal)
	}
	return w
}

// literalOf returns the text of a part without ? and bytes that are no UTF-8.
func literalOf(part []rune) (string, bool) {
	for _, r := range part {
		if r == anyOne || r >= badByte {
			return "", false
		}
	}
	return string(part), true
}

// wildcardParts cuts a pattern at its stars.
func wildcardParts(pattern string, fold bool) [][]rune {
	parts := [][]rune{nil}
	last := 0
	for pattern != "" {
		switch c := pattern[0]; {
		case c == '*':
			if len(parts) == 1 || len(parts[last]) > 0 {
				parts = append(parts, nil)
				last++
			}
			pattern = pattern[1:]
			continue
		case c == '?':
			parts[last] = append(parts[last], anyOne)
			pattern = pattern[1:]
			continue
		case c == '\\' && len(pattern) > 1:
			pattern = pattern[1:]
		}
		r, size := nextFolded(pattern, fold)
		parts[last] = append(parts[last], r)
		pattern = pattern[size:]
	}
	return parts
}

// match tells whether the whole value s matches.
func (w *wildcard) match(s string) bool {
	switch w.form {
	case formPrefix:
		if w.fold {
			_, ok := cutFoldedPrefix(s, w.literal)
			return ok
		}
		return strings.HasPrefix(s, w.literal)
	case formSuffix:
		return w.hasSuffix(s)
	case formContains:
		if !w.fold {
			return strings.Contains(s, w.literal)
		}
		if isASCII(s) {
			return w.search.index(s, 0, &seen{low: -1, up: -1}) >= 0
		}
	}
	rest, ok := w.cut(s, w.parts[0])
	if !ok || len(w.parts) == 1 {
		return ok && rest == ""
	}
	last := len(w.parts) - 1
	for _, part := range w.parts[1:last] {
		if rest, ok = w.find(rest, part); !ok {
			return false
		}
	}
	return w.endsWith(rest, w.parts[last])
}

// hasSuffix compares the end of s with an ASCII literal or one with case.
func (w *wildcard) hasSuffix(s string) bool {
	if !w.fold {
		return strings.HasSuffix(s, w.literal)
	}
	if len(s) >= len(w.literal) && equalLower(s[len(s)-len(w.literal):], w.literal) {
		return true
	}
	// A letter outside ASCII may fold to one of the literal.
	return !isASCII(s) && w.endsWith(s, w.parts[1])
}

// cut cuts a part off the beginning of s.
func (w *wildcard) cut(s string, part []rune) (rest string, ok bool) {
	for _, want := range part {
		if s == "" {
			return "", false
		}
		r, size := nextFolded(s, w.fold)
		if want != r && want != anyOne {
			return "", false
		}
		s = s[size:]
	}
	return s, true
}

// find returns what follows the first place of part in s.
func (w *wildcard) find(s string, part []rune) (rest string, ok bool) {
	for {
		if rest, ok = w.cut(s, part); ok {
			return rest, true
		}
		if s == "" {
			return "", false
		}
		_, size := nextFolded(s, false)
		s = s[size:]
	}
}

// endsWith tells whether s ends with part.
func (w *wildcard) endsWith(s string, part []rune) bool {
	if len(part) == 0 {
		return true
	}
	// Characters have up to four bytes: what is further from the end cannot
	// belong to the part. Cutting may split a character, which then reads as
	// other bytes, so the runes are counted from the end of the cut.
	const slack = 4
	if far := len(s) - slack*len(part) - slack; far > 0 {
		s = s[far:]
	}
	tail := runesOf(s, w.fold)
	if len(tail) < len(part) {
		return false
	}
	return slices.EqualFunc(tail[len(tail)-len(part):], part, func(r, want rune) bool {
		return want == r || want == anyOne
	})
}
