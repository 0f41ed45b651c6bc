package aggs

import (
	"rastro/internal/event"
	"rastro/internal/query"
)

const numberKind = event.Number

// emptyTerms is terms with min_doc_count 0: values that no matching event has
// are listed too, so all values have to be known first.
type emptyTerms struct{ *terms }

func (t emptyTerms) prepare(c *reading, _ *node) error {
	q := c.everything()
	a := t.ask()
	a.Size, a.Order, a.MinCount, a.Name = MaxBuckets, []query.AggOrder{{By: query.ByKey}}, 1, "all"
	q.Aggs = []query.Agg{a}
	answer, err := c.put(q)
	if err != nil {
		return err
	}
	if len(answer.Aggs) > 0 {
		if answer.Aggs[0].OtherCount > 0 {
			return tooManyBuckets()
		}
		t.all = &answer.Aggs[0]
	}
	return nil
}

// withEmpty adds the wanted keys that are not in the list, without events.
func (t *terms) withEmpty(list []query.Bucket) []query.Bucket {
	if t.all == nil {
		return list
	}
	known := make(map[string]bool, len(list))
	for i := range list {
		known[list[i].Key] = true
	}
	for _, b := range t.wanted.keep(t.all.Buckets) {
		if !known[b.Key] {
			list = append(list, query.Bucket{Key: b.Key, Number: b.Number})
		}
	}
	return list
}
