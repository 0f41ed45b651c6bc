package beats

import (
	"bytes"
	"context"
	"encoding/json"
	"strconv"
	"sync"
	"testing"
	"time"

	client "github.com/elastic/go-lumber/client/v2"

	"rastro/internal/event"
)

// payloads are real lines as Filebeat sends them.
func payloads(b *testing.B, from int) [][]byte {
	texts := mailLines(b)
	all := make([][]byte, len(texts))
	for i, e := range first.events(mailLog, int64(from), noon, texts) {
		var err error
		if all[i], err = json.Marshal(e); err != nil {
			b.Fatal(err)
		}
	}
	return all
}

// BenchmarkBuild measures one event: JSON to line, and the look for repeats.
func BenchmarkBuild(b *testing.B) {
	all := payloads(b, 0)
	build := &builder{}
	l := newLedger(&Options{})
	b.SetBytes(int64(len(all[0])))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		build.add(incoming{payload: all[n%len(all)]})
		// Offsets go on, so that nothing is a repeat.
		build.drafts[len(build.drafts)-1].print ^= uint64(n) << 20
		if n++; build.full() {
			taken := l.take(build.drafts, 1, noon)
			build.lines(taken.origins, taken.count, 0)
			taken.flight.end(nil)
			l.settle(taken.flight)
			build.clear()
		}
	}
}

// BenchmarkReceive measures events through a connection, sent by a client in
// the same process in windows of 2048.
func BenchmarkReceive(b *testing.B) {
	for name, level := range map[string]int{"plain": 0, "compressed": 3} {
		b.Run(name, func(b *testing.B) {
			sink := func(_ context.Context, batch event.Batch) error {
				batch.Ack(nil)
				return nil
			}
			r := serve(b, sink, nil)
			all := payloads(b, 0)
			sent := 0
			encode := client.JSONEncoder(func(v any) ([]byte, error) {
				sent++ // every event has an offset of its own
				head, tail, _ := bytes.Cut(all[v.(int)%len(all)], []byte(`"offset":`))
				out := append(make([]byte, 0, len(head)+len(tail)+20), head...)
				out = append(out, `"offset":`...)
				return append(strconv.AppendInt(out, int64(sent), 10), tail...), nil
			})
			c, err := client.AsyncDial(r.addr, 2, encode, client.CompressionLevel(level), client.Timeout(time.Minute))
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			window := make([]any, 2048)
			for i := range window {
				window[i] = i
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(all[0])))
			var waiting sync.WaitGroup
			b.ResetTimer()
			for n := 0; n < b.N; n += len(window) {
				waiting.Add(1)
				part := window[:min(len(window), b.N-n)]
				if err := c.Send(func(_ uint32, err error) {
					if err != nil {
						b.Error(err)
					}
					waiting.Done()
				}, part); err != nil {
					b.Fatal(err)
				}
			}
			waiting.Wait()
			if got := r.Status().Repeats; got != 0 {
				b.Errorf("%d events were taken for repeats", got)
			}
		})
	}
}
