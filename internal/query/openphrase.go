package query

import "strings"

// phraseMatch makes the predicate of a Phrase on the words of a text.
func phraseMatch(f Phrase) func(string) bool {
	if !f.Open {
		return CompilePhrase(f.Text, f.Slop).Match
	}
	words := Words(f.Text)
	if len(words) == 0 {
		return never
	}
	last := words[len(words)-1]
	begins := stringPrefix(last, true)
	if len(words) == 1 {
		return func(text string) bool { return anyWord(text, begins) }
	}
	before := words[:len(words)-1]
	if f.Slop > 0 {
		return openSloppy(before, begins, f.Slop)
	}
	head := CompilePhrase(strings.Join(before, " "), 0)
	return func(text string) bool { return head.Match(text) && openPhrase(text, before, begins) }
}

// openPhrase tells whether words that follow each other stand in text before
// one that begins as wanted.
func openPhrase(text string, words []string, begins func(string) bool) bool {
	starts := wordStart(text, 0)
	for starts < len(text) {
		first := wordEnd(text, starts)
		at, end, i := starts, first, 0
		for i < len(words) && at < len(text) && sameWord(text[at:end], words[i]) {
			at = wordStart(text, end)
			end = wordEnd(text, at)
			i++
		}
		if i == len(words) && at < len(text) && begins(text[at:end]) {
			return true
		}
		starts = wordStart(text, first)
	}
	return false
}

// maxOpenWords bounds the words that may end an open phrase with slop, in one
// text: as many as Elasticsearch expands a prefix to.
const maxOpenWords = 50

// openSloppy tries the words of the text that begin as wanted as the last one
// of the phrase.
func openSloppy(before []string, begins func(string) bool, slop int) func(string) bool {
	head := strings.Join(before, " ") + " "
	return func(text string) bool {
		tried := map[string]bool{}
		return anyWord(text, func(word string) bool {
			if len(tried) == maxOpenWords || !begins(word) || tried[word] {
				return false
			}
			tried[word] = true
			return CompilePhrase(head+word, slop).Match(text)
		})
	}
}
