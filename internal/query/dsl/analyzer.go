package dsl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"rastro/internal/query"
)

// analyzer cuts the text of a query into words. Events are cut by the standard
// one, so that words with capitals or signs, which some others leave, are found
// nowhere.
type analyzer func(text string) []string

// analyzers are the analyzers by their names.
var analyzers = map[string]analyzer{
	"standard": tokens, "default": tokens,
	"simple": func(text string) []string {
		return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	},
	"whitespace": strings.Fields,
	"keyword": func(text string) []string {
		if text == "" {
			return nil
		}
		return []string{text}
	},
}

// read reads the name of an analyzer.
func (a *analyzer) read(n *node) error {
	found, ok := analyzers[n.text]
	if !ok {
		return n.fail("illegal_argument_exception", "analyzer [%s] not found; there are standard, simple, whitespace and keyword", n.text)
	}
	if *a = found; n.text == "standard" || n.text == "default" {
		*a = nil
	}
	return nil
}

// words are the words of a text; nil is the standard analyzer.
func (a analyzer) words(text string) []string {
	if a == nil {
		return tokens(text)
	}
	return a(text)
}

// maxToken is the longest word that several are joined to, in bytes.
const maxToken = 255

// Token is a word of a query's text, in lower case, with its place in bytes.
type Token struct {
	Text       string
	Start, End int
}

// Tokens cuts a text as Elasticsearch's standard tokenizer does: 10.0.0.1 and
// example.com are one word of a query each. In events they are several, which
// follow each other.
func Tokens(text string) []Token {
	var all []Token
	var s query.WordScanner
	for s.Reset(text); s.Next(); {
		word := Token{Text: string(s.Word()), Start: s.Start(), End: s.End()}
		if n := len(all); n > 0 {
			last := &all[n-1]
			between := text[last.End:word.Start]
			if word.End-last.Start <= maxToken && joins(text[:last.End], between, text[word.Start:]) {
				last.Text += between + word.Text
				last.End = word.End
				continue
			}
		}
		all = append(all, word)
	}
	return all
}

// tokens are the texts of Tokens.
func tokens(text string) []string {
	var all []string
	for _, t := range Tokens(text) {
		all = append(all, t.Text)
	}
	return all
}

// joins tells whether what stands between two words makes them one.
func joins(before, between, after string) bool {
	sign, size := utf8.DecodeRuneInString(between)
	if size == 0 || size != len(between) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	switch {
	case unicode.IsLetter(last) && unicode.IsLetter(first):
		return strings.ContainsRune(".':\u00b7\u2018\u2019\u2024\uff07\uff0e", sign)
	case unicode.IsDigit(last) && unicode.IsDigit(first):
		return strings.ContainsRune(".',;\u2018\u2019\u2024\uff07\uff0e", sign)
	}
	return false
}

// findable tells whether a word of another analyzer may be one of an event.
func findable(word string) bool {
	standard := query.Words(word)
	return len(standard) == 1 && standard[0] == word
}

// standardOnly reads the name of an analyzer where only ours is taken.
func standardOnly(n *node) error {
	if n.text != "standard" && n.text != "default" {
		return n.fail("illegal_argument_exception", "analyzer [%s] is not supported here; leave it out, or write standard", n.text)
	}
	return nil
}
