// Package search asks the store on behalf of a caller, within the caller's
// scope and the limits of the house, and lets callers follow what comes in.
//
// What comes in are a scope and a question, or the text of a query; what goes
// out are answers. It is the only room besides the belt that knows the store:
// every reader passes here, so that no scope is forgotten. It never writes.
package search

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/feed"
	"rastro/internal/query"
	"rastro/internal/query/lucene"
	"rastro/internal/store"
)

// The defaults of Options.
const (
	DefaultTimeout   = 30 * time.Second
	DefaultMaxMemory = 256 << 20
	DefaultQueue     = 1000
	DefaultWait      = 15 * time.Second
	// MaxHits is the largest page; what is beyond is reached by search_after.
	MaxHits = 10_000
)

// Options are the rooms and limits of a Searcher. Store is required.
type Options struct {
	Store store.Store
	// Feed is what Follow follows; nil when nothing comes in.
	Feed *feed.Feed
	// Timeout bounds each question, waiting included; a shorter deadline of the
	// caller's wins. Default: DefaultTimeout.
	Timeout time.Duration
	// MaxMemory bounds the bytes of each question. Default: DefaultMaxMemory.
	MaxMemory int64
	// Concurrent bounds the questions answered at a time; others wait for their
	// turn. Default: one per processor and one more.
	Concurrent int
	// Queue bounds the questions that wait, and Wait how long one does. Default:
	// DefaultQueue and DefaultWait.
	Queue int
	Wait  time.Duration
	// Busy tells whether intake has much to do: questions then get half of the
	// processors. It is called often. nil means never.
	Busy func() bool
	// Now is the clock of relative times. Default: time.Now.
	Now func() time.Time
}

// Searcher answers questions. Its methods are safe for concurrent use.
type Searcher struct {
	opts  Options
	gate  *gate
	asked asked
}

// New makes a Searcher.
func New(opts Options) *Searcher {
	if opts.Timeout <= 0 {
		opts.Timeout = DefaultTimeout
	}
	if opts.MaxMemory <= 0 {
		opts.MaxMemory = DefaultMaxMemory
	}
	if opts.Concurrent <= 0 {
		opts.Concurrent = defaultPlaces()
	}
	if opts.Queue <= 0 {
		opts.Queue = DefaultQueue
	}
	if opts.Wait <= 0 {
		opts.Wait = DefaultWait
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Searcher{opts: opts, gate: newGate(opts.Concurrent, opts.Queue, opts.Busy)}
}

// Ask answers a question as far as the scope reaches. A question over its time
// gives a partial answer that says so, also when the time went by while it
// waited for its turn; one over its memory gives query.ErrTooBig, one that found
// no turn ErrBusy. When ctx is cancelled its error comes back.
func (s *Searcher) Ask(ctx context.Context, scope auth.Scope, q query.Question) (query.Answer, error) {
	q = query.Narrow(q, func(f query.Filter) query.Filter { return restrict(scope, f) })
	if q.MaxMemory <= 0 || q.MaxMemory > s.opts.MaxMemory {
		q.MaxMemory = s.opts.MaxMemory
	}
	if q.Limit > MaxHits {
		return query.Answer{}, fmt.Errorf("a page holds at most %d hits, %d were asked for; page with search_after", MaxHits, q.Limit)
	}
	began := time.Now()
	answer, err := s.ask(ctx, q)
	s.asked.count(apiOf(ctx, &q), resultOf(ctx, &answer, err), time.Since(began))
	return answer, err
}

// ask waits for the question's turn and asks the store.
func (s *Searcher) ask(ctx context.Context, q query.Question) (query.Answer, error) {
	limited, cancel := context.WithTimeout(ctx, s.opts.Timeout)
	defer cancel()
	leave, err := s.enter(limited, &q)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		// The store knows what an answer looks like whose time was over before
		// it began, and reads nothing for it.
		return s.opts.Store.Ask(limited, q)
	case err != nil:
		return query.Answer{}, err
	}
	q.Workers = s.gate.workers
	began := s.asked.answering.Begin()
	defer func() { s.gate.rest(s.asked.answering.End(began), leave) }()
	return s.opts.Store.Ask(limited, q)
}

// enter waits for the question's turn.
func (s *Searcher) enter(ctx context.Context, q *query.Question) (leave func(), err error) {
	began := s.asked.waiting.Begin()
	defer s.asked.waiting.End(began)
	return s.gate.enter(ctx, callerOf(ctx), s.weigh(q), s.opts.Wait)
}

// restrict narrows a filter to what the scope may see.
func restrict(scope auth.Scope, f query.Filter) query.Filter {
	switch {
	case !scope.SeesEverything():
		return query.None{}
	case f == nil:
		return query.All{}
	}
	return f
}

// ParseOptions say how the text of a query is read.
type ParseOptions struct {
	// Zone is where days begin; nil means UTC.
	Zone *time.Location
	// And makes AND the operator between words that have none.
	And bool
	// Now is what relative times count from.
	Now time.Time
}

// ParseWith reads a query in Lucene syntax against the Searcher's clock. An
// empty text means everything. Mistakes are *query.SyntaxError.
func (s *Searcher) ParseWith(text string, opts ParseOptions) (query.Filter, error) {
	opts.Now = s.opts.Now()
	return Parse(text, opts)
}

// Parse is ParseWith for callers without a store.
func Parse(text string, opts ParseOptions) (query.Filter, error) {
	if strings.TrimSpace(text) == "" {
		return query.All{}, nil
	}
	return lucene.Parse(text, lucene.Options{Now: opts.Now, Zone: opts.Zone, DefaultOperatorAND: opts.And})
}

// Now is the Searcher's clock.
func (s *Searcher) Now() time.Time { return s.opts.Now() }

// Moment reads a point in time for a range: date math (now-1h, now/d,
// 2026-01-31||/M), a date, or a plain age such as 90m or 3d before now.
// roundUp takes the end of a rounded unit instead of its beginning.
func Moment(text string, now time.Time, roundUp bool, zone *time.Location) (time.Time, error) {
	if zone == nil {
		zone = time.UTC
	}
	if len(text) > 1 && text[0] >= '0' && text[0] <= '9' {
		if age, ok := plainAge(text); ok {
			return now.Add(-age), nil
		}
	}
	return lucene.DateMath(text, now, roundUp, zone)
}

// Until reads the exclusive end of a range as Moment reads its beginning, but
// for what is rounded: now/d is the end of today, so that from now/d until
// now/d is the whole day. A date that is not complete is its beginning: until
// 2026-03-02 leaves that day out.
func Until(text string, now time.Time, zone *time.Location) (time.Time, error) {
	_, math, afterDate := strings.Cut(text, "||")
	if !afterDate {
		math, _ = strings.CutPrefix(text, "now")
	}
	if rounds := strings.Contains(math, "/") && (afterDate || math != text); !rounds {
		return Moment(text, now, false, zone)
	}
	last, err := Moment(text, now, true, zone)
	if err != nil {
		return last, err
	}
	return last.Add(time.Nanosecond), nil
}

// plainAge reads one number and one unit: 30s, 15m, 1h, 3d, 2w.
func plainAge(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	unit, ok := units[text[len(text)-1]]
	if !ok {
		return 0, false
	}
	var n int64
	for _, c := range []byte(text[:len(text)-1]) {
		if c < '0' || c > '9' || n > 1_000_000 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if n > int64(200*365*24*time.Hour/unit) {
		return 0, false
	}
	return time.Duration(n) * unit, true
}

// Last is the RID of the newest event that questions see; 0 for none.
func (s *Searcher) Last() uint64 { return s.opts.Store.Next() - 1 }

// Stats describes the store. It carries counts only, never events.
func (s *Searcher) Stats() store.Stats { return s.opts.Store.Stats() }
