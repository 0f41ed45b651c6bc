package segment

import (
	"path/filepath"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// benchRows fill one row group.
const benchRows = groupRows

func benchFile(b *testing.B, cache *Cache) Block {
	b.Helper()
	return opened(b, written(b, mailEvents(b, benchRows), nil), cache).Blocks()[0]
}

func perRow(b *testing.B, rows int) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rows), "ns/row")
}

func BenchmarkWrite(b *testing.B) {
	s := build(mailEvents(b, 2*benchRows)).Snapshot()
	path := filepath.Join(b.TempDir(), "a.parquet")
	b.ReportAllocs()
	var meta Meta
	for b.Loop() {
		var err error
		if meta, err = Write(disk.OS(), path, s, nil, Options{}); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, s.Rows())
	b.ReportMetric(float64(meta.Bytes)/float64(s.Rows()), "B/row")
}

func BenchmarkVerify(b *testing.B) {
	s := build(mailEvents(b, 2*benchRows)).Snapshot()
	path := filepath.Join(b.TempDir(), "a.parquet")
	meta, err := Write(disk.OS(), path, s, nil, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := Verify(disk.OS(), path, meta, s, nil); err != nil {
			b.Fatal(err)
		}
	}
	perRow(b, s.Rows())
}

func BenchmarkOpen(b *testing.B) {
	meta := written(b, mailEvents(b, benchRows), nil)
	b.ReportAllocs()
	for b.Loop() {
		f, err := Open(disk.OS(), meta.Path, Meta{}, Options{})
		if err != nil {
			b.Fatal(err)
		}
		f.Close()
	}
}

func benchColumn(b *testing.B, f event.Field, cache *Cache) {
	block := benchFile(b, cache)
	b.ReportAllocs()
	entries := 0
	for b.Loop() {
		c, err := block.Strings(f)
		if err != nil {
			b.Fatal(err)
		}
		entries = len(c.Dict)
	}
	b.ReportMetric(float64(entries), "entries")
}

func BenchmarkStringsCold(b *testing.B)   { benchColumn(b, event.QueueID, nil) }
func BenchmarkStringsCached(b *testing.B) { benchColumn(b, event.QueueID, NewCache(DefaultCacheBytes)) }
func BenchmarkStringsFew(b *testing.B)    { benchColumn(b, event.Status, nil) }

func benchAt(b *testing.B, f event.Field, cache *Cache) {
	block := benchFile(b, cache)
	var rows []uint32
	for row := 40; row < block.Rows(); row += block.Rows() / 10 {
		rows = append(rows, uint32(row))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := block.StringsAt(f, rows); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStringsAtCold(b *testing.B)   { benchAt(b, event.Recipient, nil) }
func BenchmarkStringsAtCached(b *testing.B) { benchAt(b, event.Recipient, NewCache(DefaultCacheBytes)) }
func BenchmarkLinesAtCold(b *testing.B)     { benchAt(b, event.Message, nil) }

func BenchmarkNumbers(b *testing.B) {
	block := benchFile(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := block.Numbers(event.PID); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTimes(b *testing.B) {
	block := benchFile(b, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := block.Times(); err != nil {
			b.Fatal(err)
		}
	}
}

func benchMayHold(b *testing.B, cache *Cache) {
	block := benchFile(b, cache)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := block.MayHold(event.QueueID, "0123456789A"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMayHoldCold(b *testing.B)   { benchMayHold(b, nil) }
func BenchmarkMayHoldCached(b *testing.B) { benchMayHold(b, NewCache(DefaultCacheBytes)) }

func BenchmarkTexts(b *testing.B) {
	block := benchFile(b, nil)
	b.ReportAllocs()
	bytes := 0
	for b.Loop() {
		bytes = 0
		err := block.Texts(event.Message, nil, func(_ int, text string) bool {
			bytes += len(text)
			return true
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(bytes))
	perRow(b, block.Rows())
}
