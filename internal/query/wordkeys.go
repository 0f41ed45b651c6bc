package query

import (
	"slices"
	"sync"

	"rastro/internal/event"
)

// WordKeys calls visit with every word of a text, in the form in which
// Leaf.Words lists words: in lower case, and outside ASCII in the one form of
// all spellings that differ only in case. An index of words holds these. The
// bytes are valid during the call only.
func WordKeys(text string, visit func(word []byte)) {
	s := scanners.Get().(*WordScanner)
	defer scanners.Put(s)
	for s.Reset(text); s.Next(); {
		word := s.Word()
		if s.foreign {
			word = []byte(Fold(string(word)))
		}
		visit(word)
	}
	s.Reset("")
}

var scanners = sync.Pool{New: func() any { return new(WordScanner) }}

// ExtraWordKeys is WordKeys for a JSON object of unknown fields: the words of
// all values that VisitExtra can find in it, and maybe more.
func ExtraWordKeys(object string, visit func(word []byte)) {
	WordKeys(object, visit)
	for i := range len(object) {
		if object[i] == '\\' {
			escapedWords(object, 0, visit)
			return
		}
	}
}

// escapedWords visits the words of strings that are written with escapes.
func escapedWords(s string, depth int, visit func(word []byte)) {
	s = trimJSON(s)
	if s == "" || depth > maxExtraDepth {
		return
	}
	switch s[0] {
	case '"':
		WordKeys(unquoteJSON(s), visit)
	case '{':
		eachMember(s[1:], func(_, value string) bool {
			escapedWords(value, depth+1, visit)
			return false
		})
	case '[':
		eachElement(s[1:], func(value string) bool {
			escapedWords(value, depth+1, visit)
			return false
		})
	}
}

// maxWordChoices bounds how many values of a Terms a Leaf lists the words of.
const maxWordChoices = 64

// neededWords lists, for each of the values that a condition is about, the
// words without which no text matches; nil where that cannot be said.
func neededWords(ref FieldRef, f Filter) [][]string {
	if ref.Field != event.NoField && ref.Field.Kind() != event.Text {
		return nil
	}
	var values []string
	open := false
	switch f := f.(type) {
	case Term:
		values = []string{f.Value}
	case Phrase:
		values, open = []string{f.Text}, f.Open
	case Terms:
		values = f.Values
	}
	if len(values) == 0 || len(values) > maxWordChoices {
		return nil
	}
	var choices [][]string
	for _, v := range values {
		// Whole values without case: outside ASCII some characters are letters in
		// one case only, so that the words are cut otherwise.
		if ref.Field == event.NoField && !ref.Exact && !isASCII(v) {
			return nil
		}
		var words []string
		WordKeys(v, func(word []byte) { words = append(words, string(word)) })
		if open && len(words) > 0 {
			words = words[:len(words)-1]
		}
		if len(words) == 0 {
			return nil
		}
		slices.Sort(words)
		choices = append(choices, slices.Compact(words))
	}
	return choices
}
