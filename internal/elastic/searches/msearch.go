package searches

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// maxSearches bounds the searches of one request.
const maxSearches = 1000

var msearchParams = []string{"max_concurrent_searches", "max_concurrent_shard_requests", "pre_filter_shard_size", "rest_total_hits_as_int", "search_type", "typed_keys", "ccs_minimize_roundtrips", "include_named_queries_score"}

// item is one search of several.
type item struct {
	index string
	opts  names.ResolveOptions
	body  []byte
	// allowPartial and others of the header.
	allowPartial *bool
	// request is the body as it was read; err what is wrong with it.
	request *request
	err     error
}

// multi answers _msearch. What is wrong with one search stands in its place
// and leaves the others alone; only what cannot be taken apart fails as a whole.
func (s *Searches) multi(w http.ResponseWriter, r *rest.Request) error {
	items, err := readItems(r)
	if err != nil {
		return err
	}
	flags := s.newRequest()
	if flags.intTotal, err = r.Bool("rest_total_hits_as_int", false); err != nil {
		return err
	}
	if flags.typedKeys, err = r.Bool("typed_keys", false); err != nil {
		return err
	}
	for i := range items {
		items[i].read(s.newRequest(), flags)
		if err := items[i].request.checkTotal(); err != nil {
			return err // one form of totals is for all of them
		}
	}
	began := time.Now()
	rest.SetType(w, r)
	out := bufio.NewWriterSize(w, 64<<10)
	out.WriteString(`{"responses":[`)
	for i := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := s.one(out, r, &items[i]); err != nil {
			return err
		}
	}
	out.WriteString(`],"took":`)
	text, _ := json.Marshal(time.Since(began).Milliseconds())
	out.Write(text)
	out.WriteByte('}')
	return out.Flush()
}

// one writes the answer to one search.
func (s *Searches) one(out *bufio.Writer, r *rest.Request, it *item) error {
	res, err := s.oneResult(r, it)
	if err != nil {
		text, merr := marshal(rest.AsFailure(err).Whole())
		if merr != nil {
			return merr
		}
		_, err = out.Write(text)
		return err
	}
	var held bytes.Buffer
	if err := s.write(&held, res); err != nil {
		return err
	}
	text := held.Bytes()
	_, err = out.Write(append(text[:len(text)-1], `,"status":200}`...))
	return err
}

func (s *Searches) oneResult(r *rest.Request, it *item) (*result, error) {
	if it.err != nil {
		return nil, it.err
	}
	return s.answer(r.Context(), r, it.request, it.index, it.opts)
}

// read reads the body of one search; what is wrong with it is kept for its
// place in the answer.
func (it *item) read(q, flags *request) {
	it.request = q
	q.intTotal, q.typedKeys = flags.intTotal, flags.typedKeys
	if it.allowPartial != nil {
		q.allowPartial = *it.allowPartial
	}
	it.err = q.readBody(it.body)
	if q.intTotal && !q.trackSet {
		q.track = -1
	}
}

// readItems takes the body apart: a line of a header and a line of a search,
// one after the other. Headers may be empty; between pairs, blank lines may
// stand.
func readItems(r *rest.Request) ([]item, error) {
	body, err := r.Body()
	if err != nil {
		return nil, err
	}
	defaults, err := rest.ResolveOptions(r)
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, rest.Validation("no requests added")
	}
	if !bytes.HasSuffix(body, []byte("\n")) {
		return nil, rest.Illegal("The msearch request must be terminated by a newline [\n]")
	}
	var items []item
	lines := bytes.Split(bytes.TrimSuffix(body, []byte("\n")), []byte("\n"))
	for i := 0; i < len(lines); i += 2 {
		if len(items) == maxSearches {
			return nil, rest.Illegal("there are more than %d searches in one request", maxSearches)
		}
		it := item{index: r.PathValue("index"), opts: defaults}
		header := bytes.TrimSpace(lines[i])
		if len(header) == 0 && i+1 == len(lines) {
			break
		}
		if len(header) > 0 {
			if err := it.readHeader(header, i+1); err != nil {
				return nil, err
			}
		}
		if i+1 >= len(lines) {
			return nil, rest.Validation("no requests added")
		}
		it.body = bytes.TrimSpace(lines[i+1])
		items = append(items, it)
	}
	if len(items) == 0 {
		return nil, rest.Validation("no requests added")
	}
	return items, nil
}

// readHeader reads the header of one search.
func (it *item) readHeader(text []byte, line int) error {
	list, err := document{text: text, line: line, col: 1}.members()
	if err != nil {
		return err
	}
	for i := range list {
		if err := it.readHeaderKey(&list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (it *item) readHeaderKey(m *member) (err error) {
	if kindOf(m.raw) == "VALUE_NULL" {
		return nil
	}
	switch m.name {
	case "index", "indices":
		list, err := m.texts()
		if err != nil {
			return err
		}
		if len(list) > 0 {
			it.index = strings.Join(list, ",")
		}
	case "ignore_unavailable":
		it.opts.IgnoreUnavailable, err = m.bool()
	case "allow_no_indices":
		it.opts.AllowNoIndices, err = m.bool()
	case "expand_wildcards":
		list, err := m.texts()
		if err != nil {
			return err
		}
		return rest.ExpandWildcards(&it.opts, strings.Join(list, ","))
	case "search_type":
		var kind string
		kind, err = m.text()
		if err == nil && !slices.Contains([]string{"query_then_fetch", "dfs_query_then_fetch"}, kind) {
			err = rest.Illegal("No search type for [%s]", kind)
		}
	case "allow_partial_search_results":
		var allow bool
		allow, err = m.bool()
		it.allowPartial = &allow
	case "preference", "routing", "request_cache", "ccs_minimize_roundtrips", "ignore_throttled", "max_concurrent_shard_requests", "types", "type", "batched_reduce_size":
		// One node with one store has nothing to choose.
	default:
		return rest.Illegal("key [%s] is not supported in the metadata section", m.name)
	}
	return err
}
