package ask_test

import (
	"testing"
	"time"

	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/storetest"
)

// BenchmarkAsk asks what people ask, of 16 blocks of 8,192 events in memory.
func BenchmarkAsk(b *testing.B) {
	const blocks, rows = 16, 8192
	events := storetest.Events(blocks*rows, 1)
	var src ask.TestSource
	for i := range blocks {
		tail := segment.NewBuilder()
		for j := range rows {
			tail.Add(&events[i*rows+j])
		}
		src.Blocks = append(src.Blocks, tail.Snapshot())
	}
	ref := query.Ref
	deferred := query.Term{Field: ref("status"), Value: "deferred"}
	for _, bench := range []struct {
		name string
		q    query.Question
	}{
		{"QueueID", query.Question{Filter: query.Term{Field: ref("queue_id"), Value: "A123456"}, Limit: 100, Count: query.CountExact}},
		{"NewestOfRecipient", query.Question{Filter: query.Term{Field: ref("recipient"), Value: "bob@example.org"}, Limit: 100}},
		{"DeferredByDay", query.Question{Filter: deferred, Aggs: []query.Agg{
			{Name: "h", Kind: query.AggDateHistogram, Field: ref("@timestamp"), Interval: float64(24 * time.Hour)}}}},
		{"TopSenders", query.Question{Aggs: []query.Agg{{Name: "t", Kind: query.AggTerms, Field: ref("sender")}}}},
		{"StatusByDay", query.Question{Aggs: []query.Agg{
			{Name: "h", Kind: query.AggDateHistogram, Field: ref("@timestamp"), Calendar: "day", Zone: "America/New_York",
				Subs: []query.Agg{{Name: "s", Kind: query.AggTerms, Field: ref("status")}}}}}},
		{"Percentiles", query.Question{Aggs: []query.Agg{{Name: "p", Kind: query.AggPercentiles, Field: ref("delay")}}}},
		{"CountPhrase", query.Question{Filter: query.Phrase{Field: ref("message"), Text: "queue active"}, Count: query.CountExact}},
		{"Slowest", query.Question{Limit: 10, Sort: []query.SortKey{{Field: ref("delay"), Desc: true}}}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := src.Ask(b.Context(), bench.q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
