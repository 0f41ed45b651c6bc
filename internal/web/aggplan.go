package web

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// The limits of one request.
const (
	maxAggDepth  = 3
	maxAggs      = 200
	maxTerms     = 1000
	maxParts     = 200 // filters, ranges or percentiles of one aggregation
	maxAggName   = 200 // bytes
	maxBuckets   = 65_536
	defaultTerms = 10
	maxTimeline  = 10_000
	maxAuto      = 1000
	defaultAuto  = 60
	maxHistogram = 1e15 // the widest bucket of a histogram
)

// aggPlan is an aggregation read.
type aggPlan struct {
	agg      query.Agg
	kind     string
	interval interval // of a timeline
	subs     []aggPlan
}

// aggCompiler reads the aggregations of one request.
type aggCompiler struct {
	searcher *search.Searcher
	asked    timeRange
	zone     string
	count    int
	span     bounds // made when it is needed
	hasSpan  bool
}

func newAggCompiler(s *search.Searcher, asked timeRange, zone string) *aggCompiler {
	return &aggCompiler{searcher: s, asked: asked, zone: zone}
}

func badAgg(format string, args ...any) Error {
	return Error{Code: "bad_aggregation", Message: fmt.Sprintf(format, args...), Hint: "see /api/openapi.json for what each kind takes"}
}

func tooManyBuckets(n int) Error {
	return Error{Code: "too_many_buckets", Message: fmt.Sprintf("the answer would have %d buckets or more; at most %d", n, maxBuckets), Hint: "choose a longer interval, a shorter time, or fewer terms"}
}

// all reads the aggregations of one level; above is the number of buckets that
// each of them comes in.
func (c *aggCompiler) all(list []Aggregation, depth, above int) ([]aggPlan, error) {
	if depth > maxAggDepth && len(list) > 0 {
		return nil, badAgg("aggregations are nested more than %d deep", maxAggDepth)
	}
	if c.count += len(list); c.count > maxAggs {
		return nil, badAgg("a request holds at most %d aggregations", maxAggs)
	}
	names := map[string]bool{}
	plans := make([]aggPlan, 0, len(list))
	for i := range list {
		a := &list[i]
		switch {
		case a.Name == "" || len(a.Name) > maxAggName || strings.HasPrefix(a.Name, "_"):
			return nil, badAgg("an aggregation needs a name of 1 to %d bytes that does not begin with _", maxAggName)
		case names[a.Name]:
			return nil, badAgg("two aggregations side by side are named %q", a.Name)
		}
		names[a.Name] = true
		p, err := c.one(a, depth, above)
		if err != nil {
			return nil, within(err, fmt.Sprintf("aggregation %q: ", a.Name))
		}
		plans = append(plans, p)
	}
	return plans, nil
}

// within says where a mistake is.
func within(err error, place string) error {
	var known Error
	if errors.As(err, &known) {
		known.Message = place + known.Message
		return known
	}
	return err
}

var aggKinds = map[string]query.AggKind{
	"terms": query.AggTerms, "timeline": query.AggDateHistogram, "histogram": query.AggHistogram,
	"ranges": query.AggRange, "filters": query.AggFilters, "cardinality": query.AggCardinality,
	"percentiles": query.AggPercentiles, "min": query.AggMin, "max": query.AggMax, "avg": query.AggAvg,
	"sum": query.AggSum, "stats": query.AggStats, "count": query.AggValueCount,
}

func (c *aggCompiler) one(a *Aggregation, depth, above int) (aggPlan, error) {
	kind, ok := aggKinds[a.Kind]
	if !ok {
		return aggPlan{}, badAgg("there is no kind %q", a.Kind)
	}
	p := aggPlan{kind: a.Kind, agg: query.Agg{Name: a.Name, Kind: kind}}
	if err := c.field(a, &p); err != nil {
		return p, err
	}
	buckets, err := 1, error(nil)
	switch kind {
	case query.AggTerms:
		buckets, err = readTerms(a, &p)
	case query.AggDateHistogram:
		buckets, err = c.timeline(a, &p)
	case query.AggHistogram:
		err = readHistogram(a, &p)
	case query.AggRange:
		buckets, err = readRanges(a, &p)
	case query.AggFilters:
		buckets, err = c.filters(a, &p)
	case query.AggPercentiles:
		err = readPercents(a, &p)
	}
	if err != nil {
		return p, err
	}
	if len(a.Aggs) > 0 && kind > query.AggFilters {
		return p, badAgg("%s makes no buckets, so that it holds no aggregations", a.Kind)
	}
	if buckets *= above; buckets > maxBuckets {
		return p, tooManyBuckets(buckets)
	}
	if p.subs, err = c.all(a.Aggs, depth+1, buckets); err != nil {
		return p, err
	}
	for _, sub := range p.subs {
		p.agg.Subs = append(p.agg.Subs, sub.agg)
	}
	return p, nil
}

// field reads the field, and gives the kinds that can do without one theirs.
func (c *aggCompiler) field(a *Aggregation, p *aggPlan) error {
	switch {
	case a.Field != "":
		p.agg.Field = query.Ref(a.Field)
	case p.agg.Kind == query.AggFilters:
	case p.agg.Kind == query.AggDateHistogram, p.agg.Kind == query.AggValueCount:
		p.agg.Field = query.FieldOf(event.Timestamp) // every event has it
	default:
		return badAgg("%s needs a field", a.Kind)
	}
	return nil
}

func readTerms(a *Aggregation, p *aggPlan) (int, error) {
	if a.Size < 0 || a.Size > maxTerms {
		return 0, badAgg("size must be between 1 and %d", maxTerms)
	}
	p.agg.Size, p.agg.Missing = a.Size, a.Missing
	if a.Size == 0 {
		p.agg.Size = defaultTerms
	}
	if a.Order != "" {
		name, desc := strings.CutPrefix(a.Order, "-")
		p.agg.Order = []query.AggOrder{{By: name, Desc: desc}}
	}
	return p.agg.Size, nil
}

func readHistogram(a *Aggregation, p *aggPlan) error {
	width, err := strconv.ParseFloat(a.Interval, 64)
	if err != nil || !(width > 0) || width > maxHistogram || math.IsInf(width, 0) {
		return badAgg("the interval of a histogram must be a number above 0, such as 10; it is %q", a.Interval)
	}
	p.agg.Interval = width
	return nil
}

func readRanges(a *Aggregation, p *aggPlan) (int, error) {
	if len(a.Ranges) == 0 || len(a.Ranges) > maxParts {
		return 0, badAgg("ranges needs 1 to %d ranges", maxParts)
	}
	for _, r := range a.Ranges {
		b := query.AggRangeBucket{Key: r.Key}
		if r.From != nil {
			b.From, b.HasFrom = *r.From, true
		}
		if r.To != nil {
			b.To, b.HasTo = *r.To, true
		}
		if b.HasFrom && b.HasTo && b.From > b.To {
			return 0, badAgg("the range from %v to %v ends before it begins", b.From, b.To)
		}
		p.agg.Ranges = append(p.agg.Ranges, b)
	}
	return len(a.Ranges), nil
}

func (c *aggCompiler) filters(a *Aggregation, p *aggPlan) (int, error) {
	if len(a.Filters) == 0 || len(a.Filters) > maxParts {
		return 0, badAgg("filters needs 1 to %d filters", maxParts)
	}
	keys := map[string]bool{}
	for _, f := range a.Filters {
		if f.Key == "" || keys[f.Key] {
			return 0, badAgg("each filter needs a key of its own; %q is not one", f.Key)
		}
		keys[f.Key] = true
		filter, err := c.searcher.ParseWith(f.Query, search.ParseOptions{Zone: c.asked.zone})
		if err != nil {
			_, known := errorOf(err)
			known.Message = fmt.Sprintf("filter %q: %s", f.Key, known.Message)
			return 0, known
		}
		p.agg.Filters = append(p.agg.Filters, query.AggFilterBucket{Key: f.Key, Filter: filter})
	}
	return len(a.Filters), nil
}

func readPercents(a *Aggregation, p *aggPlan) error {
	p.agg.Percents = []float64{50, 95, 99}
	if len(a.Percents) == 0 {
		return nil
	}
	if len(a.Percents) > maxParts {
		return badAgg("at most %d percents", maxParts)
	}
	for _, x := range a.Percents {
		if !(x >= 0 && x <= 100) {
			return badAgg("percents are between 0 and 100; %v is not", x)
		}
	}
	p.agg.Percents = a.Percents
	return nil
}
