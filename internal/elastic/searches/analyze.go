package searches

import (
	"net/http"
	"slices"
	"strings"
	"unicode"

	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
)

// token is one word of a text, in Elasticsearch's order.
type token struct {
	Token    string `json:"token"`
	Start    int    `json:"start_offset"`
	End      int    `json:"end_offset"`
	Type     string `json:"type"`
	Position int    `json:"position"`
}

const (
	// positionGap parts the words of two texts of one list.
	positionGap = 100
	// maxTokens bounds the words of one answer (index.analyze.max_token_count).
	maxTokens = 10_000
)

// analyzeRequest says what is cut into words, and how.
type analyzeRequest struct {
	texts              []string
	cut                string // standard, keyword, whitespace, letter
	lower, upper, trim bool
}

// analyzers by name: how they cut, and whether they lower the case.
var analyzerKinds = map[string]analyzeRequest{
	"standard": {cut: "standard", lower: true}, "default": {cut: "standard", lower: true}, "simple": {cut: "letter", lower: true},
	"whitespace": {cut: "whitespace"}, "keyword": {cut: "keyword"},
}

// tokenizerKinds are the ways of cutting alone.
var tokenizerKinds = map[string]analyzeRequest{
	"standard": {cut: "standard"}, "whitespace": {cut: "whitespace"}, "keyword": {cut: "keyword"}, "letter": {cut: "letter"},
	"lowercase": {cut: "letter", lower: true},
}

// analyze answers _analyze. The standard analyzer is the one that Rastro
// itself cuts texts with.
func (s *Searches) analyze(w http.ResponseWriter, r *rest.Request) error {
	if index := r.PathValue("index"); index != "" {
		if _, err := s.node.Resolve(r, index); err != nil {
			return err
		}
	}
	q, err := readAnalyze(r)
	if err != nil {
		return err
	}
	tokens := []token{}
	offset, position := 0, 0
	for i, text := range q.texts {
		if i > 0 {
			offset++
			position += positionGap
		}
		for _, t := range q.tokens(text) {
			t.Start, t.End, t.Position = t.Start+offset, t.End+offset, t.Position+position
			tokens = append(tokens, t)
		}
		if n := len(tokens); n > 0 {
			position = tokens[n-1].Position + 1
		}
		if len(tokens) > maxTokens {
			return rest.Fail(http.StatusBadRequest, "illegal_state_exception", "The number of tokens produced by calling _analyze has exceeded the allowed maximum of [10000]. This limit can be set by changing the [index.analyze.max_token_count] index level setting.")
		}
		offset += utf16Length(text)
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"tokens": tokens})
}

func readAnalyze(r *rest.Request) (analyzeRequest, error) {
	q := analyzerKinds["standard"]
	body, err := r.Body()
	if err != nil {
		return q, err
	}
	var list []member
	if len(body) > 0 {
		if list, err = whole(body).members(); err != nil {
			return q, err
		}
	}
	for i := range list { // what cuts comes before what is done to the pieces
		if err := q.readCut(&list[i]); err != nil {
			return q, err
		}
	}
	for i := range list {
		if err := q.readRest(&list[i]); err != nil {
			return q, err
		}
	}
	if len(q.texts) == 0 {
		return q, rest.Validation("text is missing")
	}
	return q, nil
}

func (q *analyzeRequest) readCut(m *member) error {
	kinds := map[string]map[string]analyzeRequest{"analyzer": analyzerKinds, "tokenizer": tokenizerKinds}[m.name]
	if kinds == nil && m.name != "field" && m.name != "normalizer" {
		return nil
	}
	name, err := m.text()
	if err != nil {
		return rest.Illegal("[%s] of one's own is not supported; name one: standard, simple, whitespace, keyword", m.name)
	}
	switch m.name {
	case "field":
		f, exact := event.Lookup(name)
		if f != event.NoField && (f.Kind() != event.Text || exact) {
			*q = analyzeRequest{cut: "keyword", lower: !exact && event.Describe(f).Fold}
		}
		return nil
	case "normalizer":
		if name != "lowercase" {
			return rest.Illegal("failed to find global normalizer under [%s]", name)
		}
		*q = analyzeRequest{cut: "keyword", lower: true}
		return nil
	}
	kind, ok := kinds[name]
	if !ok {
		return rest.Illegal("failed to find global %s under [%s]; there are standard, simple, whitespace and keyword", m.name, name)
	}
	*q = kind
	return nil
}

func (q *analyzeRequest) readRest(m *member) (err error) {
	switch m.name {
	case "analyzer", "tokenizer", "field", "normalizer":
	case "text":
		q.texts, err = m.texts()
	case "filter":
		list, err := m.texts()
		if err != nil {
			return rest.Illegal("a [filter] of one's own is not supported; there are lowercase, uppercase and trim")
		}
		for _, f := range list {
			switch f {
			case "lowercase":
				q.lower = true
			case "uppercase":
				q.upper = true
			case "trim":
				q.trim = true
			default:
				return rest.Illegal("failed to find global filter under [%s]; there are lowercase, uppercase and trim", f)
			}
		}
	case "char_filter":
		list, err := m.texts()
		if err != nil || len(list) > 0 {
			return rest.Illegal("[char_filter] is not supported")
		}
	case "explain":
		on, err := m.bool()
		if err != nil || !on {
			return err
		}
		return rest.Illegal("[explain] of _analyze is not supported")
	case "attributes":
	default:
		return contentFailure(m.line, m.col, "[analyze_request] unknown field ["+m.name+"]")
	}
	return err
}

// tokens cuts one text. Offsets count as Java's strings do.
func (q *analyzeRequest) tokens(text string) []token {
	kind := "word"
	var spans [][2]int
	switch q.cut {
	case "keyword":
		if text != "" {
			spans = [][2]int{{0, len(text)}}
		}
	case "whitespace":
		spans = runs(text, func(r rune) bool { return !unicode.IsSpace(r) })
	case "letter":
		spans = runs(text, unicode.IsLetter)
	default:
		kind = "<ALPHANUM>"
		var s query.WordScanner
		for s.Reset(text); s.Next() && len(spans) <= maxTokens; {
			spans = append(spans, [2]int{s.Start(), s.End()})
		}
	}
	var out []token
	at, units := 0, 0
	for i, span := range spans {
		units += utf16Length(text[at:span[0]])
		word := text[span[0]:span[1]]
		t := token{Token: q.changed(word), Start: units, Type: kind, Position: i}
		units += utf16Length(word)
		t.End, at = units, span[1]
		if kind == "<ALPHANUM>" && !strings.ContainsFunc(word, func(r rune) bool { return !unicode.IsDigit(r) }) {
			t.Type = "<NUM>"
		}
		out = append(out, t)
	}
	return out
}

func (q *analyzeRequest) changed(word string) string {
	if q.lower {
		word = strings.ToLower(word)
	}
	if q.upper {
		word = strings.ToUpper(word)
	}
	if q.trim {
		word = strings.TrimSpace(word)
	}
	return word
}

// runs are the longest parts of a text whose characters are all in a class.
func runs(text string, in func(rune) bool) [][2]int {
	var out [][2]int
	start := -1
	for i, r := range text {
		switch {
		case in(r) && start < 0:
			start = i
		case !in(r) && start >= 0:
			out = append(out, [2]int{start, i})
			start = -1
		}
		if len(out) > maxTokens {
			return out
		}
	}
	if start >= 0 {
		out = append(out, [2]int{start, len(text)})
	}
	return out
}

func utf16Length(text string) int {
	n := 0
	for _, r := range text {
		if n++; r > 0xFFFF {
			n++
		}
	}
	return n
}

// refusedPaths are endpoints of Elasticsearch that ask questions which are not
// answered here, with the way out.
var refusedPaths = map[string]string{
	"/_search/template":          "send the query itself to _search",
	"/_msearch/template":         "send the queries themselves to _msearch",
	"/_render/template":          "there are no templates of searches",
	"/_mtermvectors":             "words are not kept apart from their texts; see _analyze",
	"/_rank_eval":                "there are no scores to compare",
	"/_knn_search":               "there are no vectors",
	"/{index}/_search/template":  "send the query itself to _search",
	"/{index}/_msearch/template": "send the queries themselves to _msearch",
	"/{index}/_termvectors":      "words are not kept apart from their texts; see _analyze",
	"/{index}/_termvectors/{id}": "words are not kept apart from their texts; see _analyze",
	"/{index}/_mtermvectors":     "words are not kept apart from their texts; see _analyze",
	"/{index}/_rank_eval":        "there are no scores to compare",
	"/{index}/_knn_search":       "there are no vectors",
}

// refusedRoutes answer them.
func refusedRoutes() []rest.Route {
	var routes []rest.Route
	for path, why := range refusedPaths {
		routes = append(routes, rest.Route{Methods: both, Path: path, Params: slices.Concat(searchParams, rest.ResolveParams), Handle: func(_ http.ResponseWriter, r *rest.Request) error {
			return rest.Illegal("[%s] is not supported: %s", r.URL.Path, why)
		}})
	}
	return routes
}
