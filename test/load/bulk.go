package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"rastro/internal/event"
)

const (
	// bulkLines are sent over HTTP, those of a shorter log where it has fewer.
	bulkLines = 1_000_000
	// bulkRequest is the lines of one request, bulkSenders the requests at a time.
	bulkRequest = 5000
	bulkSenders = 4
	goalBulk    = 100_000 // lines/s
	// bulkIndex is the index of today, as shippers write it.
	bulkIndex = "<elemta-logs-{now/d}>"
	// bulkProbe is counted in the lines and asked for afterwards.
	bulkProbe, bulkQuery = " postfix/qmgr[", "program:postfix\\/qmgr"
)

// bulked is what sending lines over HTTP cost.
type bulked struct {
	lines, bytes int64 // of text
	wall         time.Duration
	peak         int64 // bytes of memory of the server
	cpu          time.Duration
}

func (b bulked) rate() float64 { return float64(b.lines) / b.wall.Seconds() }

// measureBulk sends the first lines of the log to a new server, as documents
// with the raw line as message, and ends when the last one is durable.
func measureBulk(ctx context.Context, o options, log *logFile) (b bulked, err error) {
	data := filepath.Join(o.dir, "bulk-data")
	if err := os.RemoveAll(data); err != nil {
		return b, err
	}
	s, err := startServer(ctx, o.binary, data)
	if err != nil {
		return b, err
	}
	if _, err := s.wait(ctx, s.healthy); err != nil {
		_ = s.stop()
		return b, err
	}
	wanted, err := s.sendLog(ctx, log, &b)
	if err == nil {
		err = s.checkBulk(b.lines, wanted)
	}
	if stopErr := s.stop(); err == nil {
		err = stopErr
	}
	if err != nil {
		return b, fmt.Errorf("sending lines over HTTP: %w", err)
	}
	u := usage{}.with(s.command.ProcessState)
	b.peak, b.cpu = u.peak, u.cpu
	return b, os.RemoveAll(data)
}

// sendLog sends lines from several connections and counts those with the probe.
func (s *server) sendLog(ctx context.Context, log *logFile, b *bulked) (wanted int64, err error) {
	f, err := os.Open(log.path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	bodies := make(chan []byte, bulkSenders)
	var senders sync.WaitGroup
	began := time.Now()
	for range bulkSenders {
		senders.Go(func() {
			for body := range bodies {
				if err := s.sendBulk(ctx, body); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 64<<10), 1<<20)
	var body []byte
	for inBody := 0; ctx.Err() == nil; {
		more := b.lines < bulkLines && lines.Scan()
		if more {
			line := lines.Bytes()
			b.lines++
			b.bytes += int64(len(line))
			inBody++
			if bytes.Contains(line, []byte(bulkProbe)) {
				wanted++
			}
			body = append(body, "{\"create\":{}}\n{\"message\":"...)
			body = append(event.AppendJSONString(body, string(line)), "}\n"...)
		}
		if inBody == bulkRequest || !more && inBody > 0 {
			select {
			case bodies <- body:
			case <-ctx.Done():
			}
			body, inBody = make([]byte, 0, len(body)+len(body)/8), 0
		}
		if !more {
			break
		}
	}
	close(bodies)
	senders.Wait()
	b.wall = time.Since(began)
	if ctx.Err() != nil {
		return wanted, context.Cause(ctx)
	}
	return wanted, lines.Err()
}

// sendBulk sends one request; every line must have been taken.
func (s *server) sendBulk(ctx context.Context, body []byte) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+s.elastic+"/"+url.PathEscape(bulkIndex)+"/_bulk", bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-ndjson")
	resp, err := s.client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK || !bytes.HasPrefix(text, []byte(`{"errors":false,`)) {
		return fmt.Errorf("%s: %.500s", resp.Status, text)
	}
	return nil
}

// checkBulk compares what is stored with what was sent.
func (s *server) checkBulk(lines, wanted int64) error {
	resp, err := s.client.Post("http://"+s.elastic+"/_refresh", "application/json", strings.NewReader(""))
	if err != nil {
		return err
	}
	if err := resp.Body.Close(); err != nil {
		return err
	}
	for query, want := range map[string]int64{"*:*": lines, bulkQuery: wanted} {
		var got struct{ Count json.Number }
		if err := s.get("http://"+s.elastic+"/_count?q="+url.QueryEscape(query), &got); err != nil {
			return err
		}
		if got.Count.String() != fmt.Sprint(want) {
			return fmt.Errorf("%s finds %s events, want %d", query, got.Count, want)
		}
	}
	return nil
}

// bulkTable tells it on the page.
func (r *results) bulkTable(b *bytes.Buffer) {
	u := r.bulked
	fmt.Fprintf(b, `## Documents over HTTP

The first %s lines of the log sent to the `+"`_bulk`"+` endpoint of a new server on the same machine, each as a document with the
raw line for its message: %d connections, %s lines a request. It ends when the last line is durable; all are found afterwards.

| | |
|---|---|
| time | %.1f s, %s lines/s, %s/s of text |
| processor time of the server | %.1f s, %.2f µs per line |
| memory of the server, peak | %s |

`, count(u.lines), bulkSenders, count(bulkRequest), u.wall.Seconds(), count(int64(u.rate())), bytesText(int64(float64(u.bytes)/u.wall.Seconds())),
		u.cpu.Seconds(), float64(u.cpu.Microseconds())/float64(u.lines), bytesText(u.peak))
}
