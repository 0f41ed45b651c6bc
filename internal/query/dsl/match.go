package dsl

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
)

// matchQuery is a match query, or the part of another that searches a text on
// one field.
type matchQuery struct {
	kind    string // match, match_phrase, match_phrase_prefix, match_bool_prefix
	text    string
	written *node // the text as it stands in the query
	found   bool
	and     bool
	least   *minimum
	fuzz    fuzziness
	same    int
	slop    int
	zeroAll bool
	lenient bool
	cut     analyzer
}

// match reads a match, match_phrase, match_phrase_prefix or match_bool_prefix
// query.
func (r *reader) match(kind string, n *node, _ int) (query.Filter, error) {
	name, _, body, err := r.field(kind, n)
	if err != nil {
		return nil, err
	}
	q := matchQuery{kind: kind, written: body}
	if body.kind == objectKind {
		err = r.params(kind, body, q.params())
	} else {
		q.text, err = text(body)
		q.found = true
	}
	switch {
	case err != nil:
		return nil, err
	case !q.found:
		return nil, body.parsing("No text specified for text query")
	}
	f, err := r.search(r.target(name), q)
	if err != nil && q.lenient && ofValue(err) {
		return query.None{}, nil
	}
	if f != nil {
		f = r.orNumber(r.target(name), q.written, f)
	}
	return q.zero(f), err
}

// params are the parameters of the kind.
func (q *matchQuery) params() params {
	known := params{
		"query": func(v *node) (err error) {
			if q.found = v.kind != nullKind; !q.found {
				return v.parsing("[%s] requires query value", q.kind)
			}
			if !v.scalar() {
				return v.parsing("[%s] unknown token [%s] after [query]", q.kind, v.kind)
			}
			q.written = v
			q.text, err = text(v)
			return err
		},
		"analyzer": q.cut.read,
	}
	zero := func(v *node) error {
		switch strings.ToLower(v.text) {
		case "all":
			q.zeroAll = true
		case "none":
			q.zeroAll = false
		default:
			return v.parsing("Unsupported zero_terms_query value [%s]", v.text)
		}
		return nil
	}
	words := q.kind == "match" || q.kind == "match_bool_prefix"
	if words {
		known["operator"] = operatorInto(&q.and)
		known["minimum_should_match"] = minimumInto(&q.least)
		known["fuzziness"] = q.fuzz.read
		known["prefix_length"] = wholeInto(&q.same)
		known["max_expansions"] = ignored
		known["fuzzy_transpositions"] = mustBeTrue(q.kind, "fuzzy_transpositions")
		known["fuzzy_rewrite"] = ignored
	}
	switch q.kind {
	case "match":
		known["zero_terms_query"] = zero
		known["lenient"] = truthInto(&q.lenient)
		known["auto_generate_synonyms_phrase_query"] = ignored
	case "match_phrase", "match_phrase_prefix":
		known["slop"] = wholeInto(&q.slop)
		known["zero_terms_query"] = zero
		if q.kind == "match_phrase_prefix" {
			known["max_expansions"] = ignored
		}
	}
	return known
}

// zero is the filter of a text that may have had no words.
func (q *matchQuery) zero(f query.Filter) query.Filter {
	switch {
	case f != nil:
		return f
	case q.zeroAll:
		return query.All{}
	}
	return query.None{}
}

// search makes the filter of a text on one field; nil if it has no words.
func (r *reader) search(t target, q matchQuery) (query.Filter, error) {
	if !t.words() {
		return r.searchWhole(t, q)
	}
	words := q.cut.words(q.text)
	switch {
	case len(words) == 0 && t.ref.Field == event.NoField && q.text != "" && !q.zeroAll && !r.isText(t):
		return query.Term{Field: t.ref, Value: q.text}, r.count(1)
	case len(words) == 0:
		return nil, nil
	case q.kind == "match_phrase" || q.kind == "match_phrase_prefix":
		return q.phrase(t, words), r.count(1)
	}
	if err := r.count(len(words)); err != nil {
		return nil, err
	}
	filters := make([]query.Filter, len(words))
	for i, w := range words {
		filters[i] = q.word(t, w, i == len(words)-1)
	}
	return q.join(filters), nil
}

// phrase makes the filter of words that follow each other.
func (q *matchQuery) phrase(t target, words []string) query.Filter {
	f := query.Phrase{Field: t.ref, Text: q.text, Slop: max(q.slop, 0), Open: q.kind == "match_phrase_prefix"}
	if q.cut == nil {
		return f
	}
	for _, w := range words {
		if !findable(w) {
			return query.None{}
		}
	}
	f.Text = strings.Join(words, " ")
	return f
}

// words tells that a field is searched by words.
func (t target) words() bool {
	return t.ref.HasWords() || t.ref.Field == event.NoField && !t.ref.Exact && !t.mapped
}

// word makes the filter of one word of the query, which may be several of an
// event's: example.com.
func (q *matchQuery) word(t target, word string, last bool) query.Filter {
	switch {
	case q.cut != nil && !findable(word):
		return query.None{}
	case last && q.kind == "match_bool_prefix":
		return query.Phrase{Field: t.ref, Text: word, Open: true}
	case q.fuzz.on && q.fuzz.of(word) > 0:
		var near []query.Filter
		for _, w := range query.Words(word) {
			near = append(near, query.Fuzzy{Field: t.ref, Value: w, Distance: q.fuzz.of(w), Same: q.same})
		}
		return allOf(near)
	case t.ref.HasWords():
		return query.Term{Field: t.ref, Value: word}
	}
	return query.Phrase{Field: t.ref, Text: word}
}

// join puts the filters of the words together.
func (q *matchQuery) join(filters []query.Filter) query.Filter {
	switch {
	case len(filters) == 1:
		return filters[0]
	case q.and:
		return allOf(filters)
	}
	return combine(nil, filters, nil, q.least)
}

// searchWhole makes the filter of a text on a field of whole values.
func (r *reader) searchWhole(t target, q matchQuery) (query.Filter, error) {
	textual := t.ref.Field == event.NoField || t.ref.Field.Kind() == event.Keyword
	switch {
	case t.index():
		return r.onIndex(q.text)
	case q.text == "" && t.ref.Field.Kind() == event.Text:
		return nil, nil
	case q.fuzz.on && textual:
		return r.leaf(t, lucene.Near, q.text, q.fuzz.of(q.text), q.same)
	case textual && (q.kind == "match_phrase_prefix" || q.kind == "match_bool_prefix"):
		return r.leaf(t, lucene.Beginning, q.text, 0, 0)
	}
	return r.value(t, q.text)
}
