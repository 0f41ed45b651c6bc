package search

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"rastro/internal/measure"
	"rastro/internal/query"
)

// API is what a question is asked for; a closed list, so that it can be a label.
type API string

// The kinds of questions. Without As, a question with aggregations is
// APIAggregate, one for hits APISearch and one for a number APICount.
const (
	APISearch    API = "search"
	APIAggregate API = "aggregate"
	APICount     API = "count"
	APITrace     API = "trace"
	APIExport    API = "export"
	APISources   API = "sources"
	APIInternal  API = "internal" // what Rastro asks by itself
)

// Result is how a question ended; a closed list.
type Result string

// The ends of a question.
const (
	ResultOK        Result = "ok"
	ResultPartial   Result = "partial"   // the answer says that it is not whole
	ResultTooBig    Result = "too_big"   // more memory than one question may have
	ResultBusy      Result = "busy"      // no slot became free in its time
	ResultCancelled Result = "cancelled" // the client left
	ResultError     Result = "error"
)

type apiKey struct{}

// As says what the questions of a context are asked for, for Counts.
func As(ctx context.Context, api API) context.Context {
	return context.WithValue(ctx, apiKey{}, api)
}

func apiOf(ctx context.Context, q *query.Question) API {
	if api, ok := ctx.Value(apiKey{}).(API); ok {
		return api
	}
	switch {
	case len(q.Aggs) > 0:
		return APIAggregate
	case q.Limit > 0:
		return APISearch
	}
	return APICount
}

func resultOf(ctx context.Context, a *query.Answer, err error) Result {
	switch {
	case err == nil && a.Partial:
		return ResultPartial
	case err == nil:
		return ResultOK
	case errors.Is(err, query.ErrTooBig):
		return ResultTooBig
	case errors.Is(err, ErrBusy):
		return ResultBusy
	case ctx.Err() != nil:
		return ResultCancelled
	}
	return ResultError
}

// Counts are the questions since the start.
type Counts struct {
	// Slots is how many questions are answered at a time, Answering how many
	// are now, Most how many were at the same time.
	Slots, Answering, Most int
	// Queue is how many questions may wait for their turn, Waiting how many do.
	Queue, Waiting int
	// Done are the questions that had their turn, Rejected those that found no
	// room to wait or had no turn in time.
	Done, Rejected uint64
	// Memory is what the questions hold.
	Memory query.MemoryUse
	// Waited is the time of all waiting, that of now included.
	Waited time.Duration
	// Asked are the questions by what they were asked for and how they ended,
	// ordered by both.
	Asked []Asked
}

// Asked are the questions of one kind that ended in one way.
type Asked struct {
	API    API
	Result Result
	// Took is how long they took in seconds, waiting included.
	Took measure.Spread
}

// asked counts questions.
type asked struct {
	waiting, answering measure.Busy

	mu   sync.Mutex
	took map[[2]string]measure.Spread
}

func (c *asked) count(api API, result Result, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.took == nil {
		c.took = map[[2]string]measure.Spread{}
	}
	key := [2]string{string(api), string(result)}
	spread, known := c.took[key]
	if !known {
		spread = measure.NewSpread(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30)
	}
	spread.Add(took.Seconds())
	c.took[key] = spread
}

// Counts returns the figures as they are now.
func (s *Searcher) Counts() Counts {
	c := Counts{Waited: s.asked.waiting.Total()}
	s.gate.count(&c)
	if store, ok := s.opts.Store.(interface{ Memory() query.MemoryUse }); ok {
		c.Memory = store.Memory()
	}
	c.Memory.PerQuestion = s.opts.MaxMemory
	s.asked.mu.Lock()
	for key, spread := range s.asked.took {
		c.Asked = append(c.Asked, Asked{API: API(key[0]), Result: Result(key[1]), Took: spread.Clone()})
	}
	s.asked.mu.Unlock()
	slices.SortFunc(c.Asked, func(a, b Asked) int {
		return cmp.Or(cmp.Compare(a.API, b.API), cmp.Compare(a.Result, b.Result))
	})
	return c
}
