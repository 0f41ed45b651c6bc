package web

import (
	"context"
	"math"
	"net/http"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// AggregateRequest is the body of POST /api/aggregate.
type AggregateRequest struct {
	// Query is in Lucene syntax; empty means everything.
	Query string `json:"query"`
	// Since, Until and Zone are those of SearchRequest.
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
	Zone  string `json:"zone,omitempty"`
	// Aggs are the aggregations over all events that match.
	Aggs []Aggregation `json:"aggs"`
}

// Aggregation is one way of summing events up. Terms, timeline, histogram,
// ranges and filters make buckets, which may hold aggregations themselves, to a
// depth of 3; the others are figures.
type Aggregation struct {
	// Name is the caller's name for the result; no two side by side are alike.
	Name string `json:"name"`
	Kind string `json:"kind" enum:"terms,timeline,histogram,ranges,filters,cardinality,percentiles,min,max,avg,sum,stats,count"`
	// Field is what is aggregated. timeline: default @timestamp. filters: none.
	// count: the values that are counted, default the events.
	Field string `json:"field,omitempty"`
	// Size is for terms: number of buckets, default 10, at most 1000.
	Size int `json:"size,omitempty"`
	// Order is for terms: "-_count" (default), "_key", "-name" of a metric in
	// aggs ("-name.95" of percentiles, "-name.avg" of stats).
	Order string `json:"order,omitempty"`
	// Missing is for terms: key for events without a value; they are left out
	// without it.
	Missing string `json:"missing,omitempty"`
	// Interval is for timeline: "auto" (default), 30s, 5m, 1h, 1d, or day,
	// week, month, quarter, year. For histogram: a number.
	Interval string `json:"interval,omitempty"`
	// Buckets is for timeline with auto: about how many buckets, default 60, at
	// most 1000.
	Buckets int `json:"buckets,omitempty"`
	// Percents are for percentiles, 0 to 100; default 50, 95, 99.
	Percents []float64 `json:"percents,omitempty"`
	// Filters are the buckets of filters, Ranges those of ranges.
	Filters []AggregationFilter `json:"filters,omitempty"`
	Ranges  []AggregationRange  `json:"ranges,omitempty"`
	// Aggs are the aggregations inside each bucket.
	Aggs []Aggregation `json:"aggs,omitempty"`
}

// AggregationFilter is one bucket of filters: the events that match a query.
type AggregationFilter struct {
	Key   string `json:"key"`
	Query string `json:"query"`
}

// AggregationRange is one bucket of ranges: From inclusive, To exclusive;
// absent ends are open.
type AggregationRange struct {
	Key  string   `json:"key,omitempty"`
	From *float64 `json:"from,omitempty"`
	To   *float64 `json:"to,omitempty"`
}

// AggregateAnswer is the answer of POST /api/aggregate.
type AggregateAnswer struct {
	Took       int64    `json:"took_ms"`
	Total      int64    `json:"total"`
	TotalExact bool     `json:"total_exact"`
	Partial    bool     `json:"partial"`
	Reasons    []string `json:"partial_reasons,omitempty"`
	// From and To are the range asked about, resolved; absent ends are open.
	From string              `json:"from,omitempty"`
	To   string              `json:"to,omitempty"`
	Aggs []AggregationResult `json:"aggs"`
}

// AggregationResult is the result of one aggregation.
type AggregationResult struct {
	Name string `json:"name"`
	Kind string `json:"kind"`
	// Interval is for timeline: the width of the buckets, as interval takes it,
	// and in milliseconds (of the first bucket for calendar units).
	Interval   string              `json:"interval,omitempty"`
	IntervalMS int64               `json:"interval_ms,omitempty"`
	Buckets    []AggregationBucket `json:"buckets,omitempty"`
	// Other is for terms: events in buckets that are not listed.
	Other int64 `json:"other,omitempty"`
	// Value is absent where no event had a value.
	Value       *float64                `json:"value,omitempty"`
	Percentiles []AggregationPercentile `json:"percentiles,omitempty"`
	Stats       *AggregationStats       `json:"stats,omitempty"`
}

// AggregationPercentile is one percentile; Value is absent where no event had
// a value.
type AggregationPercentile struct {
	Percent float64  `json:"percent"`
	Value   *float64 `json:"value,omitempty"`
}

// AggregationStats are the figures of stats; Min, Max and Avg are absent where
// no event had a value.
type AggregationStats struct {
	Count int64    `json:"count"`
	Min   *float64 `json:"min,omitempty"`
	Max   *float64 `json:"max,omitempty"`
	Sum   float64  `json:"sum"`
	Avg   *float64 `json:"avg,omitempty"`
}

// AggregationBucket is one bucket.
type AggregationBucket struct {
	// Key is a term, the RFC 3339 time of a timeline's bucket, or the key of a
	// filter or range.
	Key string `json:"key"`
	// Number is that of a histogram's bucket.
	Number *float64            `json:"number,omitempty"`
	Count  int64               `json:"count"`
	Aggs   []AggregationResult `json:"aggs,omitempty"`
}

// Aggregate answers a request: the one way from a caller's words to
// aggregations. Mistakes of the caller are an Error or a *query.SyntaxError.
func Aggregate(ctx context.Context, s *search.Searcher, scope auth.Scope, req AggregateRequest) (AggregateAnswer, error) {
	asked, err := readRange(req.Since, req.Until, req.Zone, s.Now())
	if err != nil {
		return AggregateAnswer{}, err
	}
	q := query.Question{From: asked.from, To: asked.to, Count: query.CountExact}
	if q.Filter, err = s.ParseWith(req.Query, search.ParseOptions{Zone: asked.zone}); err != nil {
		return AggregateAnswer{}, err
	}
	c := newAggCompiler(s, asked, req.Zone)
	plans, err := c.all(req.Aggs, 1, 1)
	if err != nil {
		return AggregateAnswer{}, err
	}
	for _, p := range plans {
		q.Aggs = append(q.Aggs, p.agg)
	}
	start := time.Now()
	answer, err := s.Ask(ctx, scope, q)
	if err != nil {
		return AggregateAnswer{}, err
	}
	out := AggregateAnswer{
		Took: time.Since(start).Milliseconds(), Total: answer.Total, TotalExact: answer.TotalExact,
		Partial: answer.Partial, Reasons: answer.PartialReasons,
	}
	if asked.from != 0 {
		out.From = event.FormatTime(asked.from)
	}
	if asked.to != 0 {
		out.To = event.FormatTime(asked.to)
	}
	r := aggResults{zone: asked.zone}
	out.Aggs, err = r.all(plans, answer.Aggs)
	return out, err
}

// aggResults gives results their JSON form.
type aggResults struct {
	zone    *time.Location
	buckets int
}

func (r *aggResults) all(plans []aggPlan, results []query.AggResult) ([]AggregationResult, error) {
	list := make([]AggregationResult, len(results))
	for i := range results {
		var err error
		if list[i], err = r.one(&plans[i], &results[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *aggResults) one(p *aggPlan, a *query.AggResult) (AggregationResult, error) {
	out := AggregationResult{Name: p.agg.Name, Kind: p.kind, Other: a.OtherCount}
	switch a.Kind {
	case query.AggTerms, query.AggDateHistogram, query.AggHistogram, query.AggRange, query.AggFilters:
		if r.buckets += len(a.Buckets); r.buckets > maxBuckets {
			return out, tooManyBuckets(r.buckets)
		}
		out.Buckets = make([]AggregationBucket, len(a.Buckets))
		for i := range a.Buckets {
			if err := r.bucket(p, &a.Buckets[i], &out.Buckets[i]); err != nil {
				return out, err
			}
		}
		if a.Kind == query.AggDateHistogram {
			out.Interval, out.IntervalMS = p.interval.name, p.interval.width(a.Buckets, r.zone).Milliseconds()
		}
	case query.AggPercentiles:
		out.Percentiles = percentilesOf(a)
	case query.AggStats:
		out.Stats = statsOf(&a.Stats)
	default:
		if a.Valid {
			out.Value = finite(a.Value)
		}
	}
	return out, nil
}

func statsOf(from *query.Stats) *AggregationStats {
	s := &AggregationStats{Count: from.Count, Sum: from.Sum}
	if s.Count > 0 {
		s.Min, s.Max, s.Avg = finite(from.Min), finite(from.Max), finite(from.Sum/float64(s.Count))
	}
	if finite(s.Sum) == nil {
		s.Sum = 0
	}
	return s
}

func percentilesOf(a *query.AggResult) []AggregationPercentile {
	var list []AggregationPercentile
	for _, v := range a.Percentiles {
		list = append(list, AggregationPercentile{v.Percent, finite(v.Value)})
	}
	return list
}

func (r *aggResults) bucket(p *aggPlan, from *query.Bucket, to *AggregationBucket) error {
	*to = AggregationBucket{Key: from.Key, Count: from.Count}
	if p.agg.Kind == query.AggHistogram {
		to.Number = finite(from.Number)
	}
	var err error
	if len(from.Subs) > 0 {
		to.Aggs, err = r.all(p.subs, from.Subs)
	}
	return err
}

// finite is a number that JSON can hold; nil for the others.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}

func (s *Server) aggregate(w http.ResponseWriter, r *http.Request) {
	var req AggregateRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with query, since, until, zone, aggs"})
		return
	}
	answer, err := Aggregate(r.Context(), s.opts.Searcher, s.opts.Scope(r), req)
	if err != nil {
		status, e := errorIn(r, err)
		fail(w, status, e)
		return
	}
	write(w, http.StatusOK, answer)
}
