// Package elastictest makes a node of port 9200 on a real store, for the tests
// of the rooms that serve its endpoints.
//
// What comes in are events; what goes out is a rest.Node. It is not part of the
// product.
package elastictest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/days"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/search"
	"rastro/internal/store"
)

// Now is the clock of the node.
var Now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

// Node makes a node whose store holds the events. It is closed with the test.
func Node(t testing.TB, events []event.Event) *rest.Node {
	t.Helper()
	n, _ := NodeAndStore(t, events)
	return n
}

// NodeAndStore is Node with its store.
func NodeAndStore(t testing.TB, events []event.Event) (*rest.Node, *store.Local) {
	t.Helper()
	dir := t.TempDir()
	s, err := store.OpenLocal(disk.OS(), dir, store.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	for i := range events {
		events[i].RID = uint64(i + 1)
	}
	if err := s.Append(context.Background(), events); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return Now }
	state, err := cluster.Open(disk.OS(), filepath.Join(dir, cluster.FileName), cluster.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	searcher := search.New(search.Options{Store: s, Now: now})
	n := &rest.Node{
		Searcher: searcher,
		Names:    names.New(names.Options{Days: days.New(searcher, state.Content).List, Content: state.Content, Now: now}),
		Cluster:  state, Now: now,
		Name: "n1", ClusterID: "c1", ID: "n1id", Release: "test",
	}
	n.SetDefaults()
	return n, s
}

// Six are six events: three of one day, two of the next, and one a year before.
func Six(t testing.TB) []event.Event {
	t.Helper()
	var events []event.Event
	for i, at := range []string{"2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z", "2026-03-01T23:59:59.999Z", "2026-03-02T00:00:00Z", "2026-03-02T09:00:00Z", "2025-03-01T00:00:00Z"} {
		when, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			t.Fatal(err)
		}
		e := event.Event{Time: when.UnixNano(), ReceivedAt: when.UnixNano() + 1}
		e.Add(event.Message, "line "+at+" <script>")
		e.Add(event.Level, []string{"INFO", "ERROR"}[i%2])
		e.Add(event.Sender, "user@example.com")
		e.Add(event.SourceID, "f")
		e.AddInt(event.Offset, int64(i))
		e.AddFloat(event.Delay, float64(i)/2)
		events = append(events, e)
	}
	return events
}

// Answer is what a request got.
type Answer struct {
	Code   int
	Header http.Header
	Text   string
	// Body is the answer read as JSON; nil where it is none.
	Body any
}

// Do sends a request; a body makes it JSON.
func Do(t testing.TB, h http.Handler, method, target, body string) Answer {
	t.Helper()
	var from io.Reader
	if body != "" {
		from = strings.NewReader(body)
	}
	r := httptest.NewRequest(method, target, from)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := Answer{Code: w.Code, Header: w.Header(), Text: w.Body.String()}
	if json.Unmarshal(w.Body.Bytes(), &a.Body) != nil {
		a.Body = nil
	}
	return a
}

// At reads a value of an answer by its path of names and places.
func (a Answer) At(path ...any) any {
	v := a.Body
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[p]
		case int:
			l, _ := v.([]any)
			if p >= len(l) {
				return nil
			}
			v = l[p]
		}
	}
	return v
}
