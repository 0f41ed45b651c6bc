package filters

import (
	"testing"

	"rastro/internal/event"
)

// BenchmarkParse reads a real server's lines of amavis, policyd-spf, postgrey,
// opendkim and rspamd.
func BenchmarkParse(b *testing.B) {
	var recs []*event.Record
	for _, name := range []string{"mx1.log", "rspamd.log"} {
		for _, text := range readLines(b, name) {
			recs = append(recs, record(text))
		}
	}
	e := new(event.Event)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Reset()
		Parse(recs[i%len(recs)], e)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lines/s")
}

// BenchmarkGuest is what Postfix's own lines pay where a relay has cut their
// program's name.
func BenchmarkGuest(b *testing.B) {
	lines := []string{
		"connect from mail-out45.banco-delta.example[203.0.113.45]",
		"E5AD715A3E0: client=unknown[192.0.2.7], sasl_method=PLAIN, sasl_username=ana",
		"E5AD715A3E0: to=<a@b.example>, relay=mx.b.example[198.51.100.42]:25, delay=0.18, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if Guest(lines[i%len(lines)]) {
			b.Fatal("taken for a guest")
		}
	}
}
