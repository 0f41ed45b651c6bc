package journal

import (
	"testing"

	"rastro/internal/disk"
)

const benchEvents = 500

func BenchmarkEncode(b *testing.B) {
	events := makeEvents(benchEvents, 0)
	var dst []byte
	b.ReportAllocs()
	for b.Loop() {
		dst = Encode(dst[:0], events)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchEvents), "ns/event")
	b.ReportMetric(float64(len(dst))/benchEvents, "B/event")
}

func BenchmarkDecode(b *testing.B) {
	payload := string(Encode(nil, makeEvents(benchEvents, 0)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := decode(payload, 1, benchEvents); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*benchEvents), "ns/event")
}

// BenchmarkCommit makes groups of 500 events durable on the disk that holds
// the temporary folder.
func BenchmarkCommit(b *testing.B) {
	j, err := Open(disk.OS(), b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer j.Close()
	groups := []Group{group(makeEvents(benchEvents, 0))}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := j.Commit(groups); err != nil {
			b.Fatal(err)
		}
		if err := j.Trim(j.Next() - 1); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*benchEvents)/b.Elapsed().Seconds(), "events/s")
}
