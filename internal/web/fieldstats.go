package web

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// The limits of one request.
const (
	maxStatsFields = 50
	maxStatsValues = 100
	maxSample      = 10_000 // milliseconds
)

// FieldStatsRequest is the body of POST /api/fields/stats.
type FieldStatsRequest struct {
	// Query is in Lucene syntax; empty means everything.
	Query string `json:"query"`
	// Since, Until and Zone are those of SearchRequest.
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
	Zone  string `json:"zone,omitempty"`
	// Fields are 1 to 50 fields; all of them are looked at in one pass.
	Fields []string `json:"fields"`
	// Size is the number of values told of each, default 10, at most 100.
	Size int `json:"size,omitempty"`
	// SampleMS looks at a part of the events only, spread over the range, until
	// that many milliseconds are over (at most 10000); 0 looks at all of them.
	SampleMS int `json:"sample_ms,omitempty"`
}

// FieldStatsAnswer is the answer of POST /api/fields/stats.
type FieldStatsAnswer struct {
	Took int64 `json:"took_ms"`
	// Total is the number of events that match, of those that were looked at.
	Total      int64    `json:"total"`
	TotalExact bool     `json:"total_exact"`
	Partial    bool     `json:"partial"`
	Reasons    []string `json:"partial_reasons,omitempty"`
	// Sample is absent where all events were looked at.
	Sample *Sample      `json:"sample,omitempty"`
	Fields []FieldStats `json:"fields"`
}

// Sample tells what part of the events an answer comes from.
type Sample struct {
	// Seen events of the Of in the range were looked at, whether they match or
	// not.
	Seen int64 `json:"seen"`
	Of   int64 `json:"of"`
	// About estimates how many of all match; Low and High bound it, with about
	// 95 % certainty.
	About int64 `json:"about"`
	Low   int64 `json:"low"`
	High  int64 `json:"high"`
}

// FieldStats are the figures of one field, in the events that match.
type FieldStats struct {
	Field string `json:"field"`
	// Kind is that of FieldInfo; keyword for a field that is not in the table.
	Kind string `json:"kind"`
	// Events is the number of events that have the field.
	Events int64 `json:"events"`
	// Distinct is the number of values; an estimate, or the number in the
	// sample, unless DistinctExact. Absent for text and time.
	Distinct      *int64 `json:"distinct,omitempty"`
	DistinctExact bool   `json:"distinct_exact,omitempty"`
	// Values are the most frequent ones; Other is how many events there are with
	// one that is not listed. Absent for text and time.
	Values []AggregationBucket `json:"values,omitempty"`
	Other  int64               `json:"other,omitempty"`
	// Stats and Percentiles (50, 95, 99) are those of numbers.
	Stats       *AggregationStats       `json:"stats,omitempty"`
	Percentiles []AggregationPercentile `json:"percentiles,omitempty"`
}

// GetFieldStats answers a request: the one way from a caller's words to figures
// of fields. Mistakes of the caller are an Error or a *query.SyntaxError.
func GetFieldStats(ctx context.Context, s *search.Searcher, scope auth.Scope, req FieldStatsRequest) (FieldStatsAnswer, error) {
	q, err := req.question(s)
	if err != nil {
		return FieldStatsAnswer{}, err
	}
	start := time.Now()
	a, err := s.Ask(ctx, scope, q)
	if err != nil {
		return FieldStatsAnswer{}, err
	}
	out := FieldStatsAnswer{
		Took: time.Since(start).Milliseconds(), Total: a.Total, TotalExact: a.TotalExact, Partial: a.Partial, Reasons: a.PartialReasons,
		Sample: sampleOf(a.Progress),
	}
	results := a.Aggs
	for _, name := range req.Fields {
		f := statsField{ref: query.Ref(name)}
		n := len(f.aggs(0))
		out.Fields = append(out.Fields, f.read(results[:n], out.Sample == nil && !a.Partial))
		results = results[n:]
	}
	return out, nil
}

// sampleOf is nil where everything was seen.
func sampleOf(p query.Progress) *Sample {
	if p.Seen >= p.Of {
		return nil
	}
	return &Sample{Seen: p.Seen, Of: p.Of, About: p.About, Low: p.Low, High: p.High}
}

func (req FieldStatsRequest) question(s *search.Searcher) (query.Question, error) {
	asked, err := readRange(req.Since, req.Until, req.Zone, s.Now())
	if err != nil {
		return query.Question{}, err
	}
	switch {
	case len(req.Fields) == 0 || len(req.Fields) > maxStatsFields:
		return query.Question{}, Error{Code: "bad_fields", Message: "fields must name 1 to " + strconv.Itoa(maxStatsFields) + " fields", Hint: `write "fields": ["status"]`}
	case req.Size < 0 || req.Size > maxStatsValues:
		return query.Question{}, Error{Code: "bad_size", Message: "size must be between 1 and " + strconv.Itoa(maxStatsValues)}
	case req.SampleMS < 0 || req.SampleMS > maxSample:
		return query.Question{}, Error{Code: "bad_sample", Message: "sample_ms must be between 0 and " + strconv.Itoa(maxSample), Hint: "0 looks at all events"}
	}
	q := query.Question{From: asked.from, To: asked.to, Count: query.CountExact, SampleFor: time.Duration(req.SampleMS) * time.Millisecond}
	if q.Filter, err = s.ParseWith(req.Query, search.ParseOptions{Zone: asked.zone}); err != nil {
		return q, err
	}
	size := req.Size
	if size == 0 {
		size = defaultTerms
	}
	for _, name := range req.Fields {
		if name == "" {
			return q, Error{Code: "bad_fields", Message: "the name of a field is empty"}
		}
		q.Aggs = append(q.Aggs, statsField{ref: query.Ref(name)}.aggs(size)...)
	}
	return q, nil
}

// statsField is one field whose figures are wanted.
type statsField struct{ ref query.FieldRef }

func (f statsField) kind() event.Kind {
	if f.ref.Field == event.NoField {
		return event.Keyword
	}
	return f.ref.Field.Kind()
}

// aggs are the aggregations that the figures come from; read takes their
// results in the same order.
func (f statsField) aggs(size int) []query.Agg {
	list := []query.Agg{{Name: "with", Kind: query.AggFilters, Filters: []query.AggFilterBucket{{Filter: query.Exists{Field: f.ref}}}}}
	if f.listed() {
		list = append(list,
			query.Agg{Name: "distinct", Kind: query.AggCardinality, Field: f.ref},
			query.Agg{Name: "values", Kind: query.AggTerms, Field: f.ref, Size: size})
	}
	if f.numbers() {
		list = append(list,
			query.Agg{Name: "stats", Kind: query.AggStats, Field: f.ref},
			query.Agg{Name: "percentiles", Kind: query.AggPercentiles, Field: f.ref, Percents: []float64{50, 95, 99}})
	}
	return list
}

// listed tells whether the values are worth a list.
func (f statsField) listed() bool {
	return f.ref.Exact || f.kind() != event.Text && f.kind() != event.Time
}

func (f statsField) numbers() bool { return f.kind() == event.Integer || f.kind() == event.Number }

func (f statsField) read(results []query.AggResult, exact bool) FieldStats {
	out := FieldStats{Field: f.ref.Name, Kind: f.kind().String(), Events: results[0].Buckets[0].Count}
	if f.listed() {
		n := int64(results[1].Value)
		out.Distinct, out.DistinctExact = &n, exact && n <= query.ExactDistinct
		out.Other = results[2].OtherCount
		out.Values = make([]AggregationBucket, len(results[2].Buckets))
		for i, b := range results[2].Buckets {
			out.Values[i] = AggregationBucket{Key: b.Key, Count: b.Count}
		}
	}
	if f.numbers() {
		out.Stats, out.Percentiles = statsOf(&results[3].Stats), percentilesOf(&results[4])
	}
	return out
}

func (s *Server) fieldStats(w http.ResponseWriter, r *http.Request) {
	var req FieldStatsRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with fields, query, since, until, zone, size, sample_ms"})
		return
	}
	answer, err := GetFieldStats(r.Context(), s.opts.Searcher, s.opts.Scope(r), req)
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	write(w, http.StatusOK, answer)
}
