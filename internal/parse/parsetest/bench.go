package parsetest

import (
	"testing"

	"rastro/internal/event"
)

// Benchmark reads the records over and over and tells lines/s. Each of them
// must be the dialect's.
func (d *Dialect) Benchmark(b *testing.B, records []*event.Record) {
	b.Helper()
	e := &event.Event{Values: make([]event.Value, 0, 32)}
	size := 0
	for _, rec := range records {
		if !d.Parse(rec, e) {
			b.Fatalf("not taken: %s", rec.Raw)
		}
		size += len(rec.Text)
	}
	b.SetBytes(int64(size))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for _, rec := range records {
			e.Reset()
			rec.Secrets = rec.Secrets[:0]
			d.Parse(rec, e)
		}
		n += len(records)
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "lines/s")
}
