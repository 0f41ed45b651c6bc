package lucene

import (
	"net/netip"
	"regexp"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// leaf makes the filter of a value on one field; nil if it holds nothing to
// search for.
func (p *parser) leaf(ref query.FieldRef, v value) (query.Filter, error) {
	v = p.withoutBrackets(ref, v)
	switch {
	case v.kind == rangeValue:
		return p.rangeLeaf(ref, v)
	case v.kind == regexpValue:
		return p.regexpLeaf(ref, v)
	case v.kind == wordValue && v.wild && !v.fuzzy:
		if strings.Trim(v.pattern, "*") == "" {
			return query.Exists{Field: ref}, nil
		}
		return wildcardLeaf(ref, v.pattern), nil
	case v.fuzzy:
		return p.fuzzyLeaf(ref, v), nil
	default:
		return p.termLeaf(ref, v)
	}
}

// withoutBrackets takes the angle brackets off an address: fields of addresses
// are stored without them, except that <> is the null sender.
func (p *parser) withoutBrackets(ref query.FieldRef, v value) value {
	switch ref.Field {
	case event.Sender, event.Recipient, event.OriginalRecipient:
	default:
		return v
	}
	if len(v.text) > 2 && v.text[0] == '<' && v.text[len(v.text)-1] == '>' && v.kind <= quotedValue {
		v.text = v.text[1 : len(v.text)-1]
		v.pattern = strings.TrimSuffix(strings.TrimPrefix(v.pattern, "<"), ">")
	}
	return v
}

// termLeaf makes the filter of a plain value or a phrase.
func (p *parser) termLeaf(ref query.FieldRef, v value) (query.Filter, error) {
	if ref.HasWords() {
		if len(query.Words(v.text)) == 0 {
			return nil, nil
		}
		if v.kind == quotedValue {
			return query.Phrase{Field: ref, Text: v.text, Slop: v.slop}, nil
		}
		return query.Term{Field: ref, Value: v.text}, nil
	}
	if ref.Field == event.NoField {
		if kind, ok := p.opts.Mapped(ref); ok {
			return p.mappedLeaf(ref, kind, v)
		}
		return unknownLeaf(ref, v), nil
	}
	switch ref.Field.Kind() {
	case event.IP:
		return p.addressLeaf(ref, v)
	case event.Time:
		return p.dateLeaf(ref, v)
	case event.Integer, event.Number, event.Bool:
		if _, ok := query.ParseBits(ref.Field.Kind(), v.text); !ok {
			return nil, p.badValue(ref, v.start, v.pos, v.end, v.text)
		}
	}
	if hasMessageID(ref) {
		return messageIDLeaf(ref, v.text), nil
	}
	return query.Term{Field: ref, Value: v.text}, nil
}

// unknownLeaf makes the filter on a field that the table does not know: its
// values may be texts or addresses.
func unknownLeaf(ref query.FieldRef, v value) query.Filter {
	var term query.Filter = query.Phrase{Field: ref, Text: v.text, Slop: v.slop}
	if ref.Exact {
		term = query.Term{Field: ref, Value: v.text}
	}
	if network, err := netip.ParsePrefix(v.text); err == nil {
		return query.Or{Filters: []query.Filter{term, query.CIDR{Field: ref, Network: network.Masked()}}}
	}
	return term
}

// addressLeaf makes the filter on an address or a network.
func (p *parser) addressLeaf(ref query.FieldRef, v value) (query.Filter, error) {
	text := strings.TrimSuffix(strings.TrimPrefix(v.text, "["), "]")
	if !strings.Contains(text, "/") {
		return query.Term{Field: ref, Value: text}, nil
	}
	network, err := netip.ParsePrefix(text)
	if err != nil {
		return nil, p.badNetwork(ref, v, text)
	}
	return query.CIDR{Field: ref, Network: network.Masked()}, nil
}

// wildcardLeaf makes the filter of a pattern with * or ?.
func wildcardLeaf(ref query.FieldRef, pattern string) query.Filter {
	if ref.HasWords() {
		return wordPatterns(ref, pattern)
	}
	if hasMessageID(ref) {
		return messageIDWildcard(ref, pattern)
	}
	return patternLeaf(ref, pattern)
}

// patternLeaf makes a Prefix of a pattern whose only star is its end.
func patternLeaf(ref query.FieldRef, pattern string) query.Filter {
	if prefix, ok := strings.CutSuffix(pattern, "*"); ok && !strings.ContainsAny(prefix, `*?\`) {
		return query.Prefix{Field: ref, Value: prefix}
	}
	return query.Wildcard{Field: ref, Pattern: pattern}
}

// wordPatterns cuts a pattern at the characters that part words: each part
// with * or ? is a pattern of one word, the others are words that follow each
// other. nil if nothing is left.
func wordPatterns(ref query.FieldRef, pattern string) query.Filter {
	var filters []query.Filter
	var plain []string
	flush := func() {
		if len(plain) > 0 {
			filters = append(filters, query.Term{Field: ref, Value: strings.Join(plain, " ")})
			plain = nil
		}
	}
	// An escaped character stands for itself; among words it can only part.
	pattern = strings.NewReplacer(`\*`, " ", `\?`, " ", `\\`, " ").Replace(pattern)
	for _, part := range wordParts(pattern) {
		switch {
		case !strings.ContainsAny(part, "*?"):
			plain = append(plain, part)
		case strings.Trim(part, "*") == "":
			flush() // any word or none
		default:
			flush()
			filters = append(filters, patternLeaf(ref, part))
		}
	}
	flush()
	if len(filters) == 0 {
		return nil
	}
	return allOf(filters)
}

// wordParts splits a pattern into runs of word characters, * and ?.
func wordParts(pattern string) []string {
	var parts []string
	start := -1
	var s query.WordScanner
	inWord := make([]bool, len(pattern)+1)
	for s.Reset(pattern); s.Next(); {
		for i := s.Start(); i < s.End(); i++ {
			inWord[i] = true
		}
	}
	for i := range len(pattern) + 1 {
		in := inWord[i] || i < len(pattern) && (pattern[i] == '*' || pattern[i] == '?')
		switch {
		case in && start < 0:
			start = i
		case !in && start >= 0:
			parts = append(parts, pattern[start:i])
			start = -1
		}
	}
	return parts
}

// fuzzyLeaf makes the filter of a word with ~.
func (p *parser) fuzzyLeaf(ref query.FieldRef, v value) query.Filter {
	texts := []string{v.text}
	if ref.HasWords() {
		texts = query.Words(v.text)
	}
	var filters []query.Filter
	for _, text := range texts {
		distance := v.distance
		switch {
		case distance >= 0:
		case p.opts.Distance != nil:
			distance = p.opts.Distance(text)
		default:
			distance = usualDistance(text)
		}
		if hasMessageID(ref) {
			filters = append(filters, messageIDFuzzy(ref, text, distance))
			continue
		}
		filters = append(filters, query.Fuzzy{Field: ref, Value: text, Distance: distance, Same: v.same})
	}
	if len(filters) == 0 {
		return nil
	}
	return allOf(filters)
}

// regexpLeaf makes the filter of a regular expression.
func (p *parser) regexpLeaf(ref query.FieldRef, v value) (query.Filter, error) {
	fold := ref.Folds() || !ref.Field.Kind().IsText()
	re, err := p.compiled(v, fold, false)
	if err != nil {
		return nil, err
	}
	if !hasMessageID(ref) {
		return query.Regexp{Field: ref, Pattern: v.text, Compiled: re}, nil
	}
	bracketed, err := p.compiled(v, fold, true)
	if err != nil {
		return nil, err
	}
	return query.Or{Filters: []query.Filter{
		query.Regexp{Field: ref, Pattern: v.text, Compiled: bracketed},
		query.Regexp{Field: query.FieldOf(event.QueueID), Pattern: v.text, Compiled: re},
	}}, nil
}

// regexpKey tells apart what may become of one regular expression.
type regexpKey struct {
	pattern         string
	fold, bracketed bool
}

// compiled compiles the regular expression of a value, once for all fields;
// bracketed lets it stand in angle brackets.
func (p *parser) compiled(v value, fold, bracketed bool) (*regexp.Regexp, error) {
	key := regexpKey{v.text, fold, bracketed}
	if re := p.regexps[key]; re != nil {
		return re, nil
	}
	if len(p.regexps) >= maxRegexps {
		return nil, p.mistake("too_many_regexps", v.pos, v.end, "this query has too many regular expressions",
			"join them with | into fewer ones", "")
	}
	before, after := "", ""
	if bracketed {
		before, after = "<?", ">?"
	}
	re, err := compileRegexp(v.text, fold, before, after)
	if err != nil {
		return nil, p.inside(err, v.textPos, v.end-1, true)
	}
	if p.regexps == nil {
		p.regexps = make(map[regexpKey]*regexp.Regexp)
	}
	p.regexps[key] = re
	return re, nil
}
