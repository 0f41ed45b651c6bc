package inventory

import (
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
)

// at makes an event of a moment, in an index of its own or in its day's.
func at(when, index string) event.Event {
	t, err := time.Parse(time.RFC3339, when)
	if err != nil {
		panic(err)
	}
	e := event.Event{Time: t.UnixNano(), ReceivedAt: t.UnixNano()}
	e.Add(event.EventType, event.TypeRejection)
	if index != "" {
		e.Add(event.Index, index)
	}
	return e
}

func inventory(t *testing.T, node *rest.Node) *Inventory {
	t.Helper()
	return New(Options{Searcher: node.Searcher, Names: node.Names, Content: node.Cluster.Content, ID: "n", Now: node.Now, Start: node.Start})
}

// TestCountsAgreeWithEvents compares the figures of every index with the events
// that were stored.
func TestCountsAgreeWithEvents(t *testing.T) {
	t.Parallel()
	node := elastictest.Node(t, []event.Event{
		at("2026-03-01T10:00:00Z", ""), at("2026-03-01T11:00:00Z", "own"), at("2026-03-02T10:00:00Z", "own"), at("2026-03-02T11:00:00Z", ""), at("2026-03-02T12:00:00Z", ""),
		at("2026-03-03T12:00:00Z", "own"),
	})
	v := inventory(t, node)
	counts := func() map[string]int64 {
		rows, err := v.Rows(t.Context(), auth.Everything(), node.Names.Everything())
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]int64{}
		for _, r := range rows {
			out[r.Name] = r.Docs
		}
		return out
	}
	// Nothing was said of the index own yet: its events are not looked for.
	err := node.Cluster.Change(func(c *cluster.Content) error { c.Indices["own"] = &cluster.Index{UUID: "u", Created: 1}; return nil })
	if err != nil {
		t.Fatal(err)
	}
	got := counts()
	for name, want := range map[string]int64{
		"own": 3, "elemta-logs-2026.03.01": 1, "elemta-logs-2026.03.02": 2,
		"elemta-rejection-2026.03.01": 1, "elemta-rejection-2026.03.02": 2, "elemta-bounce-2026.03.02": 0,
	} {
		if got[name] != want {
			t.Errorf("%s has %d events, want %d", name, got[name], want)
		}
	}
	if all := node.Names.All(); len(all) != 3 {
		t.Errorf("the indices are %v", all)
	}
	if _, err := v.Rows(t.Context(), auth.Scope{}, node.Names.All()); err != nil {
		t.Error(err)
	}
	if rows, err := v.Rows(t.Context(), auth.Scope{}, node.Names.All()); err != nil || rows[len(rows)-1].Docs != 0 {
		t.Errorf("somebody who may see nothing sees %v %v", rows, err)
	}
}

func TestHealthAndProcess(t *testing.T) {
	t.Parallel()
	node := elastictest.Node(t, elastictest.Six(t))
	v := inventory(t, node)
	if h := v.Health(); h.Status != Green || h.Reason != "" {
		t.Errorf("%+v", h)
	}
	if p := v.Process(); p.HeapUsed == 0 || p.Processors == 0 || p.PID == 0 {
		t.Errorf("%+v", p)
	}
	all := node.Names.All()
	if first := v.UUID(all[0]); first != v.UUID(all[0]) || len(first) != 22 || first == v.UUID(all[1]) {
		t.Error("the id of a day is not its own")
	}
}
