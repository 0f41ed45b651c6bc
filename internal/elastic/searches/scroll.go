package searches

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/elastic/contexts"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/query"
)

const (
	// maxScrolls bounds the open scrolls, maxPits the open points in time.
	maxScrolls, maxPits = 500, 500
	// maxScrollBytes bounds the questions of all open scrolls, by the size of
	// their bodies; maxExpression the names of a point in time.
	maxScrollBytes, maxExpression = 64 << 20, 64 << 10
)

// openedScroll is a scroll between two pages.
type openedScroll struct {
	mu   sync.Mutex
	plan *plan
	done bool
	// bytes is the size of its body, which all counts.
	bytes int64
	all   *atomic.Int64
}

// pit is a point in time: a moment of the store, and what is searched of it.
type pit struct {
	expression string
	opts       names.ResolveOptions
	last       uint64
}

func newScrolls(now func() time.Time) *contexts.Book[*openedScroll] {
	return contexts.New(contexts.Options[*openedScroll]{Kind: "rastro-scroll:", Max: maxScrolls, Now: now, Close: func(held *openedScroll) {
		held.all.Add(-held.bytes)
	}})
}

func newPits(now func() time.Time) *contexts.Book[pit] {
	return contexts.New(contexts.Options[pit]{Kind: "rastro-pit:", Max: maxPits, Now: now})
}

// openScroll asks the first page of a scroll. No page sees an event that comes
// in after this moment.
func (s *Searches) openScroll(ctx context.Context, p *plan) (*result, error) {
	if p.question.UpTo == 0 {
		p.question.UpTo = max(s.node.Searcher.Last(), 1)
	}
	held := &openedScroll{plan: p, bytes: int64(len(p.q.asked)), all: &s.scrollBytes}
	var id string
	err := contexts.ErrFull
	if s.scrollBytes.Add(held.bytes) <= maxScrollBytes {
		id, err = s.scrolls.Open(held, p.q.scroll)
	}
	if err != nil {
		s.scrollBytes.Add(-held.bytes)
		f := rest.Fail(http.StatusTooManyRequests, "too_many_scroll_contexts_exception", "Trying to create too many scroll contexts. Must be less than or equal to: [500]. This limit can be set by changing the [search.max_open_scroll_context] setting.")
		f.Detail("max_open_contexts", maxScrolls)
		return nil, s.shardFailure(f, p.indices)
	}
	res, err := s.page(ctx, held)
	if err != nil {
		s.scrolls.Drop(id)
		return nil, err
	}
	res.scroll = id
	return res, nil
}

// page asks the next page of a scroll.
func (s *Searches) page(ctx context.Context, held *openedScroll) (*result, error) {
	held.mu.Lock()
	defer held.mu.Unlock()
	p := held.plan
	if held.done { // the last page was not full: there is nothing behind it
		one := *p
		one.question.Limit = 0
		return s.ask(ctx, &one)
	}
	res, err := s.ask(ctx, p)
	if err != nil {
		return nil, err
	}
	if n := len(res.answer.Hits); n > 0 {
		after := res.answer.Hits[n-1].Cursor
		next := *p
		next.question.After = &after
		next.aggs = nil // only the first page has them
		held.plan = &next
	}
	held.done = len(res.answer.Hits) < p.question.Limit && !res.answer.Partial
	return res, nil
}

// scrollNext answers _search/scroll.
func (s *Searches) scrollNext(w http.ResponseWriter, r *rest.Request) error {
	ids, keep, err := scrollRequest(r)
	if err != nil {
		return err
	}
	if len(ids) != 1 {
		return rest.Validation("scrollId is missing")
	}
	intTotal, err := r.Bool("rest_total_hits_as_int", false)
	if err != nil {
		return err
	}
	if !s.scrolls.IsID(ids[0]) {
		return rest.Illegal("Cannot parse scroll id")
	}
	held, ok := s.scrolls.Get(ids[0], keep)
	if !ok {
		return s.contextMissing(ids[0])
	}
	res, err := s.page(r.Context(), held)
	if err != nil {
		return err
	}
	res.scroll = ids[0]
	if intTotal != res.plan.q.intTotal {
		asked, one := *res.plan.q, *res.plan
		asked.intTotal, one.q = intTotal, &asked
		res.plan = &one
	}
	rest.SetType(w, r)
	return s.write(w, res)
}

// scrollRequest reads the ids and the time of a request about scrolls.
func scrollRequest(r *rest.Request) (ids []string, keep time.Duration, err error) {
	ids = source.List(r.PathValue("scroll_id"))
	if r.Has("scroll_id") {
		ids = source.List(r.Get("scroll_id"))
	}
	if r.Has("scroll") {
		if keep, err = keepAlive("scroll", r.Get("scroll")); err != nil {
			return nil, 0, err
		}
	}
	body, err := r.Body()
	if err != nil || len(body) == 0 {
		return ids, keep, err
	}
	if kindOf(body) != "START_OBJECT" { // old clients send the bare id
		return source.List(string(body)), keep, nil
	}
	list, err := whole(body).members()
	if err != nil {
		return nil, 0, err
	}
	for i := range list {
		switch m := &list[i]; m.name {
		case "scroll_id":
			ids, err = m.texts()
		case "scroll":
			var text string
			if text, err = m.text(); err == nil {
				keep, err = keepAlive("scroll", text)
			}
		default:
			err = rest.Illegal("Unknown parameter [%s] in request body or parameter is of the wrong type[%s] ", m.name, kindOf(m.raw))
		}
		if err != nil {
			return nil, 0, err
		}
	}
	return ids, keep, nil
}

// scrollClear answers DELETE _search/scroll.
func (s *Searches) scrollClear(w http.ResponseWriter, r *rest.Request) error {
	ids, _, err := scrollRequest(r)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		return rest.Validation("no scroll ids specified")
	}
	freed := 0
	for _, id := range ids {
		switch {
		case id == "_all":
			freed += s.scrolls.DropAll()
		case !s.scrolls.IsID(id):
			return rest.Illegal("Cannot parse scroll id")
		case s.scrolls.Drop(id):
			freed++
		}
	}
	status := http.StatusOK
	if freed == 0 && ids[0] != "_all" {
		status = http.StatusNotFound
	}
	return rest.WriteJSON(w, r, status, freedAnswer{true, freed})
}

type freedAnswer struct {
	Succeeded bool `json:"succeeded"`
	Freed     int  `json:"num_freed"`
}

// contextMissing is the failure of an id whose time is over.
func (s *Searches) contextMissing(id string) error {
	return s.shardFailure(rest.Fail(http.StatusNotFound, "search_context_missing_exception", "No search context found for id ["+id+"]"), nil)
}

// pitOpen answers POST /{index}/_pit.
func (s *Searches) pitOpen(w http.ResponseWriter, r *rest.Request) error {
	if !r.Has("keep_alive") {
		return rest.Validation("[keep_alive] is not specified")
	}
	keep, err := keepAlive("keep_alive", r.Get("keep_alive"))
	if err != nil {
		return err
	}
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return err
	}
	if len(r.PathValue("index")) > maxExpression {
		return rest.Illegal("the names of the indices are longer than 64 kB; use a pattern")
	}
	if _, err := s.node.ResolveWith(r.PathValue("index"), opts); err != nil {
		return err
	}
	id, err := s.pits.Open(pit{r.PathValue("index"), opts, max(s.node.Searcher.Last(), 1)}, keep)
	if err != nil {
		return rest.Fail(http.StatusTooManyRequests, "es_rejected_execution_exception", "500 points in time are open; close some")
	}
	return rest.WriteJSON(w, r, http.StatusOK, struct {
		ID     string         `json:"id"`
		Shards map[string]any `json:"_shards"`
	}{id, shards(&query.Answer{})})
}

// openPit finds the point in time of a search.
func (s *Searches) openPit(ref *pitRef) (pit, error) {
	if !s.pits.IsID(ref.id) {
		return pit{}, rest.Illegal("invalid id: [%s]", ref.id)
	}
	held, ok := s.pits.Get(ref.id, ref.keepAlive)
	if !ok {
		return pit{}, s.contextMissing(ref.id)
	}
	return held, nil
}

// pitClose answers DELETE /_pit.
func (s *Searches) pitClose(w http.ResponseWriter, r *rest.Request) error {
	body, err := r.Body()
	if err != nil {
		return err
	}
	list, err := whole(body).members()
	if err != nil {
		return err
	}
	var ids []string
	for i := range list {
		if list[i].name != "id" {
			return contentFailure(list[i].line, list[i].col, "["+list[i].name+"] unknown field")
		}
		if ids, err = list[i].texts(); err != nil {
			return err
		}
	}
	if len(ids) != 1 {
		return rest.Illegal("point in time id must be provided")
	}
	if !s.pits.IsID(ids[0]) {
		return rest.Illegal("invalid id: [%s]", ids[0])
	}
	if !s.pits.Drop(ids[0]) {
		return rest.WriteJSON(w, r, http.StatusNotFound, freedAnswer{true, 0})
	}
	return rest.WriteJSON(w, r, http.StatusOK, freedAnswer{true, 1})
}
