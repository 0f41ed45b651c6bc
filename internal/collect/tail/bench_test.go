package tail

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"rastro/internal/event"
)

// BenchmarkTail reads a file of 64 MiB from its start to its end, with a sink
// that accepts at once.
func BenchmarkTail(b *testing.B) {
	line := []byte("Nov 23 06:14:11 mx1 postfix/smtp[4711]: 4XyZ1234567: to=<user@example.com>, relay=mx.example.com[192.0.2.1]:25, status=sent\n")
	data := bytes.Repeat(line, 64<<20/len(line))
	path := filepath.Join(b.TempDir(), "mail.log")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	want := int64(len(data) / len(line))
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		ctx, cancel := context.WithCancel(context.Background())
		var got atomic.Int64
		tailer, err := New(Options{Sources: []Source{{Paths: []string{path}}}, NoNotify: true})
		if err != nil {
			b.Fatal(err)
		}
		err = tailer.Run(ctx, nil, func(_ context.Context, batch event.Batch) error {
			batch.Ack(nil)
			if got.Add(int64(len(batch.Lines))) == want {
				cancel()
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkScan looks at 2,000 quiet files.
func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	for i := range 2000 {
		name := filepath.Join(dir, "f"+string(rune('a'+i%26))+string(rune('a'+i/26%26))+string(rune('a'+i/676))+".log")
		if err := os.WriteFile(name, []byte("one line\n"), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	tailer, err := New(Options{Sources: []Source{{Paths: []string{filepath.Join(dir, "*.log")}}}, NoNotify: true})
	if err != nil {
		b.Fatal(err)
	}
	tailer.reset(context.Background())
	defer tailer.closeAll()
	tailer.scan()
	for len(tailer.ready) > 0 {
		tailer.out, tailer.unacked = nil, 0
		tailer.readNext()
	}
	b.ReportAllocs()
	for b.Loop() {
		tailer.scan()
		tailer.ready = nil
		for s := range tailer.streams {
			s.queued = false
		}
	}
}
