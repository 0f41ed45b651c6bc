package sendmail

import (
	"testing"

	"rastro/internal/event"
)

// BenchmarkParse reads the lines of a real server's day.
func BenchmarkParse(b *testing.B) {
	var records []event.Record
	for _, text := range readLines(b, "truth/mail.log") {
		records = append(records, *record(text))
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
