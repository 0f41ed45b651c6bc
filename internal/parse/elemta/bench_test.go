package elemta

import (
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// BenchmarkParse reads the sample of a running server over and over.
func BenchmarkParse(b *testing.B) {
	data := readFile(b, "testdata/server.log.gz")
	lines := strings.Split(strings.TrimSpace(data), "\n")
	b.SetBytes(int64(len(data) / len(lines)))
	b.ReportAllocs()
	var e event.Event
	rec := event.Record{Zone: time.UTC}
	for i := 0; b.Loop(); i++ {
		e.Reset()
		rec.Text = lines[i%len(lines)]
		rec.Raw, rec.Secrets = rec.Text, rec.Secrets[:0]
		if !Parse(&rec, &e) {
			b.Fatal("not parsed: " + rec.Text)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}
