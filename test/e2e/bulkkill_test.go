package e2e

import (
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// killBatch is what one request holds.
const killBatch = 200

// batchBody are documents whose ids and texts follow from the batch's number.
func batchBody(batch int) string {
	var b strings.Builder
	for i := range killBatch {
		n := batch*killBatch + i
		fmt.Fprintf(&b, "{\"create\":{\"_id\":\"doc-%d\"}}\n{\"message\":\"2026-03-01T12:00:00Z mx1 postfix/qmgr[7]: document %d\",\"number\":%d}\n", n, n, n)
	}
	return b.String()
}

// sendBatch returns how many documents were created and how many were there
// already; ok is false where the server did not answer.
func (s *server) sendBatch(client *http.Client, batch int) (created, there int, ok bool) {
	resp, err := client.Post("http://"+s.elastic+"/shipped/_bulk", "application/x-ndjson", strings.NewReader(batchBody(batch)))
	if err != nil {
		return 0, 0, false
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return 0, 0, false
	}
	return strings.Count(string(text), `"status":201`), strings.Count(string(text), `"status":409`), true
}

// TestBulkKill kills the server while a shipper writes documents with ids. The
// shipper sends again what was not answered, and then all of it: what was
// acknowledged is there, and everything is there once.
func TestBulkKill(t *testing.T) {
	t.Parallel()
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	client := &http.Client{Timeout: 30 * time.Second}
	acknowledged, batch := map[int]bool{}, 0
	for range 4 {
		killed := make(chan struct{})
		process := s.command.Process
		time.AfterFunc(300*time.Millisecond, func() { defer close(killed); _ = process.Kill() })
		for ; ; batch++ {
			created, there, ok := s.sendBatch(client, batch)
			if !ok {
				break // this one is sent again after the restart
			}
			if created+there != killBatch {
				t.Fatalf("batch %d: %d created, %d there", batch, created, there)
			}
			acknowledged[batch] = true
		}
		<-killed
		_ = s.command.Wait() // it was killed
		client.CloseIdleConnections()
		s.start()
	}
	if batch < 5 {
		t.Fatalf("only %d batches were sent", batch)
	}
	for again := range batch + 1 {
		created, there, ok := s.sendBatch(client, again)
		if !ok || created+there != killBatch || acknowledged[again] && created > 0 {
			t.Errorf("batch %d sent again: %d created, %d there, answered %v", again, created, there, ok)
		}
	}
	if status, text := s.send(http.MethodPost, "/shipped/_refresh", ""); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	want := (batch + 1) * killBatch
	if n := s.countIn("shipped", "document"); n != want {
		t.Errorf("%d documents, want %d", n, want)
	}
	var distinct struct {
		Aggregations struct{ N struct{ Value int } }
	}
	s.askJSON("/shipped/_search", `{"size":0,"aggs":{"n":{"cardinality":{"field":"number","precision_threshold":40000}}}}`, &distinct)
	if got := distinct.Aggregations.N.Value; got < want*95/100 || got > want*105/100 {
		t.Errorf("%d numbers are distinct, want about %d", got, want)
	}
	s.stop()
}
