package exim

import (
	"testing"

	"rastro/internal/event"
)

// BenchmarkParse reads a main log.
func BenchmarkParse(b *testing.B) {
	var records []*event.Record
	for _, text := range readRecords(b, "bench/mainlog") {
		records = append(records, record(text))
	}
	e := &event.Event{Values: make([]event.Value, 0, 32)}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for _, rec := range records {
			e.Reset()
			Parse(rec, e)
		}
		n += len(records)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
}
