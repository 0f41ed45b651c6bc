package searches

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"time"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

// result is a search that was answered.
type result struct {
	plan   *plan
	answer query.Answer
	aggs   json.RawMessage
	took   time.Duration
	ended  bool // terminate_after was reached
	scroll string
}

// search answers _search.
func (s *Searches) search(w http.ResponseWriter, r *rest.Request) error {
	q, opts, err := s.readSearch(r)
	if err != nil {
		return err
	}
	res, err := s.answer(r.Context(), r, q, r.PathValue("index"), opts)
	if err != nil {
		return err
	}
	rest.SetType(w, r)
	return s.write(w, res)
}

// readSearch reads a search of its body and its parameters.
func (s *Searches) readSearch(r *rest.Request) (*request, names.ResolveOptions, error) {
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return nil, opts, err
	}
	body, err := r.Body()
	if err != nil {
		return nil, opts, err
	}
	q := s.newRequest()
	if err := q.readBody(body); err != nil {
		return nil, opts, err
	}
	return q, opts, q.readParams(r)
}

// answer asks a search. A scroll is opened where one is wanted.
func (s *Searches) answer(ctx context.Context, r *rest.Request, q *request, index string, opts names.ResolveOptions) (*result, error) {
	p, err := s.prepare(ctx, r.Scope, q, index, opts)
	if err != nil {
		return nil, err
	}
	if q.scroll > 0 {
		return s.openScroll(ctx, p)
	}
	return s.ask(ctx, p)
}

// ask puts the questions of a plan.
func (s *Searches) ask(ctx context.Context, p *plan) (*result, error) {
	if p.q.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.q.timeout)
		defer cancel()
	}
	res := &result{plan: p}
	began := time.Now()
	if err := s.askHits(ctx, p, res); err != nil {
		return nil, err
	}
	res.took = time.Since(began)
	if p.q.terminateAfter > 0 {
		res.ended = res.answer.Total >= int64(p.q.terminateAfter)
	}
	s.slowQuery(ctx, p, res)
	if res.answer.Partial && !p.q.allowPartial {
		return nil, s.partialFailure(res)
	}
	return res, nil
}

// askHits brings hits, their number and the aggregations.
func (s *Searches) askHits(ctx context.Context, p *plan, res *result) error {
	ask := func(ctx context.Context, q query.Question) (query.Answer, error) {
		return s.node.Searcher.Ask(ctx, p.scope, q)
	}
	q := p.question
	together := p.q.post == nil && p.aggs != nil && q.After == nil
	if together {
		q.Aggs = p.aggs.Aggs()
	}
	var err error
	if p.q.collapse != "" {
		res.answer, err = s.collapsed(ctx, p, q, ask)
	} else {
		res.answer, err = ask(ctx, q)
	}
	if err != nil {
		return s.askFailure(err, p)
	}
	if p.aggs == nil || len(p.indices) == 0 {
		return nil // Elasticsearch aggregates nothing where there is no index
	}
	counted := &res.answer
	base := q
	base.Filter = p.inner
	if !together && !p.aggs.Empty() {
		over := base
		over.Limit, over.Skip, over.After, over.Sort, over.Count, over.Aggs = 0, 0, nil, nil, 0, p.aggs.Aggs()
		other, err := ask(ctx, over)
		if err != nil {
			return s.askFailure(err, p)
		}
		res.answer.Partial = res.answer.Partial || other.Partial
		res.answer.PartialReasons = append(res.answer.PartialReasons, other.PartialReasons...)
		counted = &other
	}
	var failed error
	res.aggs, err = p.aggs.Finish(ctx, ask, base, counted, p.topHitWriter(&failed))
	res.answer.Partial = res.answer.Partial || counted.Partial
	if err == nil {
		err = failed
	}
	return s.aggFailure(err, p.indices)
}

// askFailure gives an error of the engine its shape.
func (s *Searches) askFailure(err error, p *plan) error {
	if p.aggs != nil && errors.Is(err, query.ErrTooManyBuckets) {
		return s.aggFailure(aggs.Explain(err), p.indices)
	}
	f := rest.AsFailure(err)
	switch f.Type {
	case "circuit_breaking_exception", "illegal_argument_exception", "es_rejected_execution_exception":
		return s.shardFailure(f, p.indices)
	}
	return f
}

// partialFailure is the answer to a client that wants all or nothing.
func (s *Searches) partialFailure(res *result) error {
	reason := "the answer is not whole"
	if len(res.answer.PartialReasons) > 0 {
		reason = res.answer.PartialReasons[0]
	}
	kind := "partial_answer"
	if slices.Contains(res.answer.PartialReasons, query.ReasonDeadline) {
		kind, reason = "timeout_exception", "Time exceeded"
	}
	return s.shardFailure(rest.Fail(http.StatusServiceUnavailable, kind, reason), res.plan.indices)
}

// searchAnswer is the body of _search, in Elasticsearch's order.
type searchAnswer struct {
	ScrollID   string         `json:"_scroll_id,omitempty"`
	PitID      string         `json:"pit_id,omitempty"`
	Took       int64          `json:"took"`
	TimedOut   bool           `json:"timed_out"`
	Terminated *bool          `json:"terminated_early,omitempty"`
	Shards     map[string]any `json:"_shards"`
	Hits       struct {
		Total    any     `json:"total,omitempty"`
		MaxScore *double `json:"max_score"`
		// Hits is always empty here: they are written one after the other.
		Hits [0]hit `json:"hits"`
	} `json:"hits"`
	Aggregations json.RawMessage `json:"aggregations,omitempty"`
	Profile      any             `json:"profile,omitempty"`
}

// place is what stands where the hits go.
var place = []byte(`"hits":[]`)

// write writes an answer. The hits are written one after the other, so that
// an answer is in memory once.
func (s *Searches) write(w io.Writer, res *result) error {
	began := time.Now()
	p := res.plan
	body := searchAnswer{
		ScrollID: res.scroll, PitID: p.pitID, Took: res.took.Milliseconds(), TimedOut: slices.Contains(res.answer.PartialReasons, query.ReasonDeadline),
		Shards: shards(&res.answer), Aggregations: res.aggs,
	}
	if p.q.terminateAfter > 0 {
		body.Terminated = &res.ended
	}
	body.Hits.Total = total(&res.answer, p.q)
	if len(res.answer.Hits) > 0 {
		body.Hits.MaxScore = p.shown.score
	}
	if p.q.profile {
		body.Profile = s.profile(res)
	}
	head, err := marshal(body)
	if err != nil {
		return err
	}
	at := bytes.Index(head, place) + len(place) - 1
	out := bufio.NewWriterSize(w, 64<<10)
	out.Write(head[:at])
	for i := range res.answer.Hits {
		one := p.shown.of(&res.answer.Hits[i])
		if p.shown.inner != nil {
			one.Inner = p.shown.inner[i]
		}
		text, err := marshal(one)
		if err != nil {
			return err
		}
		if i > 0 {
			out.WriteByte(',')
		}
		if _, err := out.Write(text); err != nil {
			return err
		}
		res.answer.Hits[i] = query.Hit{} // written; its memory may go
	}
	out.Write(head[at:])
	s.slowFetch(p, res, time.Since(began))
	return out.Flush()
}

// marshal is json.Marshal without the escapes for HTML that an answer of JSON
// does not need beyond what events carry already.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimRight(out.Bytes(), "\n"), err
}

// shards tells a partial answer in the place where clients look for one.
func shards(a *query.Answer) map[string]any {
	m := map[string]any{"total": 1, "successful": 1, "skipped": 0, "failed": 0}
	reasons := slices.DeleteFunc(slices.Clone(a.PartialReasons), func(r string) bool { return r == query.ReasonDeadline })
	if !a.Partial || len(reasons) == 0 {
		return m // what ran out of time says timed_out
	}
	failures := make([]any, len(reasons))
	for i, reason := range reasons {
		failures[i] = map[string]any{"shard": 0, "index": "_na_", "reason": map[string]any{"type": "partial_answer", "reason": reason}}
	}
	m["successful"], m["failed"], m["failures"] = 0, 1, failures
	return m
}

func total(a *query.Answer, q *request) any {
	switch {
	case q.intTotal && q.track == 0:
		return -1
	case q.intTotal:
		return a.Total
	case q.track == 0:
		return nil // track_total_hits=false
	case a.TotalExact || q.terminateAfter > 0 && a.Total >= int64(q.terminateAfter):
		return map[string]any{"value": a.Total, "relation": "eq"}
	}
	return map[string]any{"value": a.Total, "relation": "gte"}
}

// profile is as much of a profile as there is: how long the question took.
func (s *Searches) profile(res *result) any {
	ns := res.took.Nanoseconds()
	return map[string]any{"shards": []any{map[string]any{
		"id": "[" + s.node.ID + "][_na_][0]", "node_id": s.node.ID, "shard_id": 0, "index": "_na_", "cluster": "(local)",
		"searches": []any{map[string]any{
			"query":        []any{map[string]any{"type": "Rastro", "description": query.Format(res.plan.question.Filter), "time_in_nanos": ns, "breakdown": map[string]any{"scanned_events": res.answer.Scanned}}},
			"rewrite_time": 0,
			"collector":    []any{map[string]any{"name": "hits", "reason": "search_top_hits", "time_in_nanos": ns}},
		}},
		"aggregations": []any{},
	}}}
}
