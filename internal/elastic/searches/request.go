package searches

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// defaultSize is Elasticsearch's number of hits where none is asked for.
const defaultSize = 10

// known parameters; another one is refused, as a misspelt one that is ignored
// gives a wrong answer that looks right.
var (
	searchParams = []string{"q", "size", "from", "sort", "_source", "_source_includes", "track_total_hits", "pretty", "default_operator", "df", "time_zone", "ignore_unavailable", "allow_no_indices", "expand_wildcards", "lenient", "analyze_wildcard", "rest_total_hits_as_int", "human", "error_trace", "preference", "request_cache", "search_type", "timeout"}
	countParams  = []string{"q", "pretty", "default_operator", "df", "time_zone", "ignore_unavailable", "allow_no_indices", "expand_wildcards", "lenient", "analyze_wildcard", "human", "error_trace", "preference"}
)

// request is a search or count as asked.
type request struct {
	question query.Question
	// intTotal asks for the total as a plain number (7.x clients).
	intTotal bool
	source   func(name string) bool // nil: all; see also noSource
	noSource bool
}

func (s *Searches) readRequest(r *rest.Request) (request, error) {
	values := r.Values
	if err := refuseBody(r); err != nil {
		return request{}, err
	}
	filter, err := s.readQuery(values)
	if err != nil {
		return request{}, err
	}
	set, err := s.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return request{}, err
	}
	if indices := set.Filter(); indices != nil {
		filter = query.And{Filters: []query.Filter{indices, filter}}
	}
	req := request{question: query.Question{Filter: filter, Count: query.CountExact}}
	if err := readPage(values, &req); err != nil {
		return request{}, err
	}
	return req, readSource(values, &req)
}

// refuseBody takes an empty body or one that matches everything; the query DSL
// is a later release and must not be ignored silently.
func refuseBody(r *rest.Request) error {
	text, err := r.Body()
	if err != nil || len(text) == 0 {
		return err
	}
	var body map[string]json.RawMessage
	if err := json.Unmarshal(text, &body); err == nil && len(body) == 0 {
		return nil
	}
	return rest.Parsing(0, 0, "a request body is not understood by this version; give the query as ?q= in Lucene syntax, with size, from and sort as parameters")
}

func (s *Searches) readQuery(values url.Values) (query.Filter, error) {
	if df := values.Get("df"); df != "" {
		if f, _ := event.Lookup(df); f != event.Message {
			return nil, rest.Illegal("%s", "parameter [df] names ["+df+"]; words without a field search message")
		}
	}
	zone, err := search.Zone(values.Get("time_zone"))
	if err != nil {
		return nil, rest.Illegal("%s", "failed to parse date time zone: "+err.Error())
	}
	filter, err := s.node.Searcher.ParseWith(values.Get("q"), search.ParseOptions{Zone: zone, And: strings.EqualFold(values.Get("default_operator"), "and")})
	var syntax *query.SyntaxError
	if errors.As(err, &syntax) {
		return nil, rest.Fail(http.StatusBadRequest, "query_shard_exception", fmt.Sprintf("Failed to parse query [%s] at position %d: %s", syntax.Query, syntax.Pos, syntax.Error()))
	}
	return filter, err
}

func readPage(values url.Values, req *request) error {
	size, err := readCount(values, "size", defaultSize)
	if err != nil {
		return err
	}
	from, err := readCount(values, "from", 0)
	if err != nil {
		return err
	}
	if size+from > search.MaxHits {
		return rest.Illegal("Result window is too large, from + size must be less than or equal to: [%d] but was [%d]", search.MaxHits, size+from)
	}
	req.question.Limit, req.question.Skip = size, from
	req.intTotal = values.Get("rest_total_hits_as_int") == "true"
	switch track := values.Get("track_total_hits"); track {
	case "", "true":
	case "false":
		req.question.Count = 0
	default:
		n, err := readCount(values, "track_total_hits", 0)
		if err != nil {
			return err
		}
		req.question.Count = n
	}
	req.question.Sort, err = readSort(values["sort"])
	return err
}

func readCount(values url.Values, name string, otherwise int) (int, error) {
	text := values.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > 1<<30 {
		return 0, rest.Illegal("Failed to parse int parameter [%s] with value [%s]", name, text)
	}
	return n, nil
}

// readSort reads sort=field:asc,other:desc. The default of a query string
// search is by score; every hit scores the same, so that newest first, which
// is what people want of logs, is as true an order as any.
func readSort(params []string) ([]query.SortKey, error) {
	var keys []query.SortKey
	for part := range strings.SplitSeq(strings.Join(params, ","), ",") {
		if part = strings.TrimSpace(part); part == "" || part == "_score" || part == "_doc" {
			continue
		}
		name, order := part, "asc"
		if i := strings.LastIndexByte(part, ':'); i >= 0 {
			name, order = part[:i], strings.ToLower(part[i+1:])
		}
		if order != "asc" && order != "desc" {
			return nil, rest.Illegal("%s", "Unknown sort order ["+order+"]; write field:asc or field:desc")
		}
		keys = append(keys, query.SortKey{Field: query.Ref(name), Desc: order == "desc"})
	}
	return keys, nil
}

func readSource(values url.Values, req *request) error {
	list := values.Get("_source_includes")
	if list == "" {
		list = values.Get("_source")
	}
	switch list {
	case "", "true":
		return nil
	case "false":
		req.noSource = true
		req.question.Fields = []query.FieldRef{}
		return nil
	}
	wanted := map[string]bool{}
	for name := range strings.SplitSeq(list, ",") {
		ref := query.Ref(strings.TrimSpace(name))
		if strings.Contains(name, "*") {
			return rest.Illegal("%s", "wildcards in [_source] are not understood by this version; name the fields")
		}
		wanted[ref.Name] = true
		req.question.Fields = append(req.question.Fields, ref)
	}
	req.source = func(name string) bool { return wanted[name] }
	return nil
}
