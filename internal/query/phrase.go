package query

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// PhraseMatcher finds a phrase in texts. It is safe for concurrent use.
type PhraseMatcher struct {
	words  []string
	anchor int // the word that is looked for first
	search needle
	slop   int
	groups []wordGroup // for slop: equal words stand together
}

// wordGroup is a distinct word of a phrase with its places, ascending.
type wordGroup struct {
	word   string
	places []int
}

// CompilePhrase prepares the search for the words of text, which follow each
// other in this order; slop is how many places they may be out of order or
// apart in all. A text without words is found nowhere.
func CompilePhrase(text string, slop int) *PhraseMatcher {
	m := &PhraseMatcher{words: Words(text), slop: max(slop, 0)}
	if len(m.words) == 0 {
		return m
	}
	if len(m.words) == 1 {
		m.slop = 0
	}
	for i, w := range m.words {
		if len(w) > len(m.words[m.anchor]) {
			m.anchor = i
		}
	}
	m.search = newNeedle(m.words[m.anchor])
	if m.slop > 0 {
		m.group()
	}
	return m
}

func (m *PhraseMatcher) group() {
	at := make(map[string]int, len(m.words))
	for place, w := range m.words {
		i, ok := at[w]
		if !ok {
			i = len(m.groups)
			at[w] = i
			m.groups = append(m.groups, wordGroup{word: w})
		}
		m.groups[i].places = append(m.groups[i].places, place)
	}
}

// Words returns the words of the phrase in their order. They are read only.
func (m *PhraseMatcher) Words() []string { return m.words }

// MayMatch is false only where Match is for every part of text, which may be
// any bytes. It is quick, and does not allocate.
func (m *PhraseMatcher) MayMatch(text string) bool {
	if len(m.words) == 0 {
		return false
	}
	if !m.search.ascii || m.search.oddCase && hasOddCase(text) {
		return true
	}
	return m.search.index(text, 0, &seen{low: -1, up: -1}) >= 0
}

// Match tells whether the phrase stands in text. It does not allocate for
// phrases without slop.
func (m *PhraseMatcher) Match(text string) bool {
	if len(m.words) == 0 {
		return false
	}
	if !m.search.ascii || m.search.oddCase && hasOddCase(text) {
		return m.matchSlowly(text)
	}
	known := seen{low: -1, up: -1}
	for from := 0; ; {
		i := m.search.index(text, from, &known)
		if i < 0 {
			return false
		}
		end := i + len(m.search.word)
		if wholeWord(text, i, end) {
			if m.slop > 0 {
				return m.matchSloppy(text)
			}
			if m.wordsAround(text, i, end) {
				return true
			}
		}
		from = i + 1
	}
}

// wholeWord tells whether the word characters text[start:end] have none beside
// them.
func wholeWord(text string, start, end int) bool {
	if end < len(text) {
		if r, _ := wordRune(text[end:]); r != 0 {
			return false
		}
	}
	if start > 0 {
		if r, _ := lastWordRune(text[:start]); r != 0 {
			return false
		}
	}
	return true
}

// wordsAround tells whether the other words of the phrase stand around its
// anchor, which is text[start:end].
func (m *PhraseMatcher) wordsAround(text string, start, end int) bool {
	for i, next := m.anchor+1, end; i < len(m.words); i++ {
		begin := wordStart(text, next)
		next = wordEnd(text, begin)
		if !sameWord(text[begin:next], m.words[i]) {
			return false
		}
	}
	for i := m.anchor - 1; i >= 0; i-- {
		begin, stop, ok := lastWord(text[:start])
		if !ok || !sameWord(text[begin:stop], m.words[i]) {
			return false
		}
		start = begin
	}
	return true
}

// sameWord tells whether raw, a word as it stands in a text, is word.
func sameWord(raw, word string) bool {
	for raw != "" && word != "" {
		if c := raw[0]; c < utf8.RuneSelf {
			if lowerASCII(c) != word[0] {
				return false
			}
			raw, word = raw[1:], word[1:]
			continue
		}
		r, size := wordRune(raw)
		w, width := utf8.DecodeRuneInString(word)
		if r != w {
			return false
		}
		raw, word = raw[size:], word[width:]
	}
	return raw == word
}

// matchSlowly looks at every word. It is right for every phrase; Match takes
// shorter ways where it can.
func (m *PhraseMatcher) matchSlowly(text string) bool {
	if m.slop > 0 {
		return m.matchSloppy(text)
	}
	if !m.search.ascii && isASCII(text) {
		return false
	}
	for end := 0; ; {
		start := wordStart(text, end)
		if start == len(text) {
			return false
		}
		end = wordEnd(text, start)
		if sameWord(text[start:end], m.search.word) && m.wordsAround(text, start, end) {
			return true
		}
	}
}

// sloppyScratch is the memory of one sloppy match: the places in the text of
// each distinct word of the phrase.
type sloppyScratch struct {
	found [][]int
}

var sloppyPool = sync.Pool{New: func() any { return new(sloppyScratch) }}

// matchSloppy finds a place in the text for every word of the phrase, each its
// own, such that the moves from the phrase's order to these places are at most
// slop: that is the span of (place in the text - place in the phrase).
func (m *PhraseMatcher) matchSloppy(text string) bool {
	s := sloppyPool.Get().(*sloppyScratch)
	defer sloppyPool.Put(s)
	for len(s.found) < len(m.groups) {
		s.found = append(s.found, nil)
	}
	for i := range m.groups {
		s.found[i] = s.found[i][:0]
	}
	place := 0
	for start, end := wordStart(text, 0), 0; start < len(text); start = wordStart(text, end) {
		end = wordEnd(text, start)
		for i := range m.groups {
			if sameWord(text[start:end], m.groups[i].word) {
				s.found[i] = append(s.found[i], place)
				break
			}
		}
		place++
	}
	for i := range m.groups {
		if len(s.found[i]) < len(m.groups[i].places) {
			return false
		}
	}
	return m.fits(s.found)
}

// fits tries every word as the one that is moved least to the right.
func (m *PhraseMatcher) fits(found [][]int) bool {
	for i, g := range m.groups {
		for _, place := range g.places {
			for _, at := range found[i] {
				if m.fitsFrom(found, at-place) {
					return true
				}
			}
		}
	}
	return false
}

// fitsFrom tells whether every word finds a place of its own that is between
// low and low+slop further right than in the phrase.
func (m *PhraseMatcher) fitsFrom(found [][]int, low int) bool {
	for i, g := range m.groups {
		places := found[i]
		next := searchInts(places, low+g.places[0])
		for _, place := range g.places {
			for next < len(places) && places[next] < low+place {
				next++
			}
			if next == len(places) || places[next] > low+place+m.slop {
				return false
			}
			next++
		}
	}
	return true
}

// searchInts returns the index of the first of the ascending numbers that is
// at least n.
func searchInts(numbers []int, n int) int {
	low, high := 0, len(numbers)
	for low < high {
		mid := (low + high) / 2
		if numbers[mid] < n {
			low = mid + 1
		} else {
			high = mid
		}
	}
	return low
}

// hasOddCase tells whether text may hold one of the two characters outside
// ASCII whose lower case is in ASCII: the Kelvin sign (k) and I with a dot (i).
func hasOddCase(text string) bool {
	return strings.Contains(text, "\u212a") || strings.Contains(text, "\u0130")
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
