package postfix

import (
	"strings"
	"testing"

	"rastro/internal/event"
)

// BenchmarkParse reads the lines of Postfix in a real mixture of a busy mail
// server's log.
func BenchmarkParse(b *testing.B) {
	var records []event.Record
	for _, text := range readLines(b, "bench/mixed.log") {
		if rec := record(text); strings.HasPrefix(rec.Program, "postfix") {
			records = append(records, *rec)
		}
	}
	e := &event.Event{Values: make([]event.Value, 0, 32)}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for i := range records {
			e.Reset()
			Parse(&records[i], e)
		}
		n += len(records)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
}
