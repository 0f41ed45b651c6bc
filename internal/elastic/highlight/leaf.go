package highlight

import (
	"strings"

	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
)

// leaf is one condition that may be marked.
type leaf struct {
	ref query.FieldRef
	// words are those of a phrase or a term with several; then they are marked
	// where they follow each other, or each of them with slop.
	words [][]string
	slop  int
	open  bool // the last word is the beginning of one
	// filter is made again for the field at hand (AnyField).
	filter query.Filter
}

// leavesOf gathers the conditions of a filter that say what is wanted.
func leavesOf(f query.Filter) []leaf {
	var list []leaf
	gather(f, &list)
	return list
}

func gather(f query.Filter, list *[]leaf) {
	if len(*list) >= maxLeaves {
		return
	}
	switch f := f.(type) {
	case query.And:
		for _, part := range f.Filters {
			gather(part, list)
		}
	case query.Or:
		for _, part := range f.Filters {
			gather(part, list)
		}
	case query.Term:
		*list = append(*list, leaf{ref: f.Field, words: [][]string{query.Words(f.Value)}, filter: f})
	case query.Terms:
		l := leaf{ref: f.Field, filter: f}
		for _, v := range f.Values[:min(len(f.Values), maxLeaves)] {
			l.words = append(l.words, query.Words(v))
		}
		*list = append(*list, l)
	case query.Phrase:
		*list = append(*list, leaf{ref: f.Field, words: [][]string{query.Words(f.Text)}, slop: f.Slop, open: f.Open, filter: f})
	case query.Prefix:
		*list = append(*list, leaf{ref: f.Field, filter: f})
	case query.Wildcard:
		*list = append(*list, leaf{ref: f.Field, filter: f})
	case query.Regexp:
		*list = append(*list, leaf{ref: f.Field, filter: f})
	case query.Fuzzy:
		*list = append(*list, leaf{ref: f.Field, filter: f})
	case query.CIDR:
		*list = append(*list, leaf{ref: f.Field, filter: f})
	}
}

// on tells whether the condition is about the field.
func (l *leaf) on(ref query.FieldRef) bool {
	if ref.Field != event.NoField {
		return l.ref.Field == ref.Field
	}
	if l.ref.Field != event.NoField {
		return false
	}
	name := strings.TrimSuffix(l.ref.Name, ".keyword")
	return name == strings.TrimSuffix(ref.Name, ".keyword") || strings.Contains(name, "*") && names.Match(name, ref.Name)
}

// moved is the condition on another field.
func (l *leaf) moved(ref query.FieldRef) query.Filter {
	switch f := l.filter.(type) {
	case query.Term:
		f.Field = ref
		return f
	case query.Terms:
		f.Field = ref
		return f
	case query.Phrase:
		f.Field = ref
		return f
	case query.Prefix:
		f.Field = ref
		return f
	case query.Wildcard:
		f.Field = ref
		return f
	case query.Regexp:
		f.Field = ref
		return f
	case query.Fuzzy:
		f.Field = ref
		return f
	case query.CIDR:
		f.Field = ref
		return f
	}
	return l.filter
}

// find appends what the condition matches in a text.
func (l *leaf) find(ref query.FieldRef, text string, dst []span) []span {
	made, err := query.CompileLeaf(l.moved(ref))
	if err != nil || made.MatchText == nil || !made.MatchText(text) {
		return dst
	}
	byWords := ref.HasWords() || ref.Field == event.NoField && !ref.Exact
	before := len(dst)
	switch {
	case !byWords:
	case len(l.words) > 0:
		for _, words := range l.words {
			dst = l.phrase(words, text, dst)
		}
	default:
		var s query.WordScanner
		for s.Reset(text); s.Next() && len(dst) < maxSpans; {
			if made.MatchText(string(s.Word())) {
				dst = append(dst, span{s.Start(), s.End()})
			}
		}
	}
	if len(dst) == before && !ref.HasWords() && text != "" {
		dst = append(dst, span{0, len(text)})
	}
	return dst
}

// phrase appends the words where they follow each other; with slop, each.
func (l *leaf) phrase(words []string, text string, dst []span) []span {
	if len(words) == 0 {
		return dst
	}
	var recent []span // the last words of the text that fit, one after the other
	var all []string
	var spans []span
	var s query.WordScanner
	for s.Reset(text); s.Next() && len(spans) < maxSpans; {
		all = append(all, string(s.Word()))
		spans = append(spans, span{s.Start(), s.End()})
	}
	for i := range all {
		if l.slop > 0 {
			for k := range words {
				if l.same(all[i], words, k) {
					dst = append(dst, spans[i])
					break
				}
			}
			continue
		}
		recent = recent[:0]
		for k := range words {
			if i+k >= len(all) || !l.same(all[i+k], words, k) {
				break
			}
			recent = append(recent, spans[i+k])
		}
		if len(recent) == len(words) {
			dst = append(dst, recent...)
		}
	}
	return dst
}

// same tells whether a word of the text is the k-th of the phrase.
func (l *leaf) same(word string, words []string, k int) bool {
	if l.open && k == len(words)-1 {
		return len(word) >= len(words[k]) && word[:len(words[k])] == words[k]
	}
	return word == words[k]
}
