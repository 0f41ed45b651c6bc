package local

import (
	"fmt"
	"path/filepath"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/query"
)

// TestExactLines: a line in which a value stands is not that value, also where
// lines are decided on templates and on the columns that fill them.
func TestExactLines(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), filepath.Join(t.TempDir(), "store"), 10_000)
	events := engineEvents(1000, 1)
	for i := range events {
		host := fmt.Sprintf("mx%d.example", i%3)
		events[i].Values = nil
		events[i].Add(event.Host, host)
		events[i].Add(event.Message, fmt.Sprintf("%s postfix/qmgr[%d]: removed", host, 4000+i))
	}
	events[7].Values = nil
	events[7].Add(event.Message, "mx1.example")
	appendAll(t, e, events)
	flushAll(t, e)
	for exact, want := range map[bool]int64{true: 1, false: 333} {
		ref := query.FieldOf(event.Message)
		ref.Exact = exact
		answer, err := e.Ask(t.Context(), query.Question{Filter: query.Terms{Field: ref, Values: []string{"mx1.example"}}, Count: query.CountExact})
		if err != nil {
			t.Fatal(err)
		}
		if answer.Total != want {
			t.Errorf("exact %v: %d lines, want %d", exact, answer.Total, want)
		}
	}
}
