package local

import (
	"context"
	"fmt"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/journal"
	"rastro/internal/query"
)

// benchEvents makes events with about the values of a line of Postfix.
func benchEvents(n int, first uint64) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		k := first + uint64(i)
		e := &events[i]
		queue, rcpt := fmt.Sprintf("%X", 0xABC0000+k/4), fmt.Sprintf("user%d@example%d.org", k*7%20_000, k%200)
		line := fmt.Sprintf("2023-11-15T00:00:00.000000+00:00 mx%d postfix/smtp[%d]: %s: to=<%s>, relay=mx.example.net[192.0.2.%d]:25, delay=%d.5, dsn=2.0.0, status=sent (250 2.0.0 OK %d)", k%8, 1000+k%97, queue, rcpt, k%250, k%9, k)
		e.RID, e.Time = k, testDay+int64(k)*1_000_000
		e.ReceivedAt = e.Time
		e.Add(event.Message, line)
		e.Add(event.LogMessage, line[50:])
		e.Add(event.Host, fmt.Sprintf("mx%d", k%8))
		e.Add(event.Program, "postfix/smtp")
		e.AddInt(event.PID, int64(1000+k%97))
		e.Add(event.QueueID, queue)
		e.Add(event.Recipient, rcpt)
		e.Add(event.RelayHost, "mx.example.net")
		e.AddFloat(event.Delay, float64(k%9)+0.5)
		e.Add(event.DSN, "2.0.0")
		e.Add(event.Status, "delivered")
		e.Add(event.EventType, event.TypeDelivery)
		e.Add(event.Source, "/var/log/mail.log")
		e.Add(event.SourceID, "dev-inode-hash")
		e.AddInt(event.Offset, int64(k)*200)
	}
	return events
}

// BenchmarkAppendFlush takes events end to end: journal with fsync per 500,
// tail, segments with read-back, manifest.
func BenchmarkAppendFlush(b *testing.B) {
	const batch, batches = 500, 400
	all := benchEvents(batch*batches, 1)
	b.ReportAllocs()
	var bytes int64
	for b.Loop() {
		dir := b.TempDir()
		e, err := Open(disk.OS(), dir+"/store", Options{})
		if err != nil {
			b.Fatal(err)
		}
		j, err := journal.Open(disk.OS(), dir+"/journal", journal.Options{})
		if err != nil {
			b.Fatal(err)
		}
		var encoded []byte
		for i := range batches {
			events := all[i*batch : (i+1)*batch]
			encoded = journal.Encode(encoded[:0], events)
			if _, err := j.Commit([]journal.Group{{Encoded: encoded, Count: batch}}); err != nil {
				b.Fatal(err)
			}
			if err := e.Append(context.Background(), events); err != nil {
				b.Fatal(err)
			}
		}
		if err := e.Flush(context.Background()); err != nil {
			b.Fatal(err)
		}
		bytes = e.Stats().Bytes
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		if err := e.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*batch*batches)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(float64(bytes)/(batch*batches), "B/event")
}

// BenchmarkOpen opens a store of 200 segments.
func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	e, err := Open(disk.OS(), dir, Options{SegmentRows: 50, SegmentAge: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	if err := e.Append(context.Background(), engineEvents(10_000, 1)); err != nil {
		b.Fatal(err)
	}
	if err := e.Flush(context.Background()); err != nil {
		b.Fatal(err)
	}
	e.Close()
	b.ReportAllocs()
	for b.Loop() {
		e, err := Open(disk.OS(), dir, Options{})
		if err != nil {
			b.Fatal(err)
		}
		if n := e.Stats().Segments; n != 200 {
			b.Fatalf("%d segments", n)
		}
		e.Close()
	}
}

// BenchmarkAskLatest asks a store with a tail for the newest ten events.
func BenchmarkAskLatest(b *testing.B) {
	e, err := Open(disk.OS(), b.TempDir(), Options{SegmentRows: 20_000})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	if err := e.Append(context.Background(), benchEvents(100_000, 1)); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if a, err := e.Ask(context.Background(), query.Question{Limit: 10}); err != nil || len(a.Hits) != 10 {
			b.Fatal(len(a.Hits), err)
		}
	}
}
