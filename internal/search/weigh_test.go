package search

import (
	"testing"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// sizedStore has so many events in every second.
type sizedStore struct{ store.Store }

func (sizedStore) EventsBetween(from, to int64) int64 {
	if from == 0 || to == 0 {
		return 10_000_000
	}
	return (to - from) / 1e9 * 1000
}

func TestWhatIsExpectedToBeQuick(t *testing.T) {
	t.Parallel()
	s := New(Options{Store: sizedStore{}})
	at := query.FieldOf(event.Timestamp)
	status := query.Term{Field: query.Ref("status"), Value: "deferred"}
	id := query.Term{Field: query.Ref("queue_id"), Value: "4ABC"}
	minute := query.Range{Field: at, From: query.Bound{Set: true, Int: 60e9}, To: query.Bound{Set: true, Int: 120e9}}
	aggs := []query.Agg{{Name: "a", Kind: query.AggTerms, Field: query.Ref("sender")}}
	for name, c := range map[string]struct {
		q    query.Question
		want class
	}{
		"an identifier":                 {query.Question{Filter: id, Count: query.CountExact, Limit: 100}, quick},
		"an identifier among others":    {query.Question{Filter: query.And{Filters: []query.Filter{status, id}}}, quick},
		"an identifier or all":          {query.Question{Filter: query.Or{Filters: []query.Filter{status, id}}}, long},
		"the newest":                    {query.Question{Limit: 100, Count: query.CountExact}, quick},
		"how many there are":            {query.Question{Count: query.CountExact}, quick},
		"all in pages":                  {query.Question{Limit: 10_000, Sort: []query.SortKey{{Field: at}}}, long},
		"the slowest":                   {query.Question{Limit: 10, Sort: []query.SortKey{{Field: query.Ref("delay"), Desc: true}}}, long},
		"the newest of a status":        {query.Question{Filter: status, Limit: 100}, long},
		"the same of ten minutes":       {query.Question{Filter: status, Limit: 100, From: 1, To: 600e9}, quick},
		"aggregations over all":         {query.Question{Aggs: aggs}, long},
		"aggregations over a minute":    {query.Question{Aggs: aggs, Filter: query.And{Filters: []query.Filter{minute, status}}}, quick},
		"a range of time to both sides": {query.Question{Aggs: aggs, Filter: minute, From: 1, To: 3600e9}, quick},
		"a question inside":             {query.Question{Filter: query.And{Filters: []query.Filter{id, query.In{Field: query.Ref("queue_id")}}}, From: 1, To: 2e9}, long},
		"nothing":                       {query.Question{Filter: query.None{}, Aggs: aggs}, quick},
	} {
		if got := s.weigh(&c.q); got != c.want {
			t.Errorf("%s: class %d, want %d", name, got, c.want)
		}
	}
}
