package query

import (
	"testing"

	"rastro/internal/event"
)

// TestEveryEventHasOneFlow goes through all pairs of types and statuses.
func TestEveryEventHasOneFlow(t *testing.T) {
	t.Parallel()
	for _, kind := range append(event.ClosedValues(event.EventType), "") {
		for _, status := range append(event.ClosedValues(event.Status), "") {
			var e event.Event
			e.Add(event.EventType, kind)
			e.Add(event.Status, status)
			var found []string
			for _, name := range Flows() {
				f, ok := Flow(name)
				if !ok {
					t.Fatalf("%s is no flow", name)
				}
				if Match(f, &e) {
					found = append(found, name)
				}
			}
			if len(found) != 1 {
				t.Errorf("an event of type %q and status %q belongs to %q", kind, status, found)
			}
		}
	}
	if _, ok := Flow("nothing"); ok {
		t.Error("nothing is a flow")
	}
}

func TestFlowsInFilters(t *testing.T) {
	t.Parallel()
	ref := Ref(FlowField)
	tests := []struct {
		filter Filter
		want   string
	}{
		{Term{ref, "system"}, Format(mustFlow("system"))},
		{Term{Ref("mta_flow.keyword"), "system"}, Format(mustFlow("system"))},
		{Term{ref, "other"}, "none"},
		{Exists{ref}, "all"},
		{Not{Wildcard{ref, "*tion"}}, Format(Not{Or{Filters: []Filter{mustFlow("rejection"), mustFlow("reception")}}})},
		{And{[]Filter{Terms{ref, []string{"bounce", "x"}}, All{}}}, Format(And{[]Filter{mustFlow("bounce"), All{}}})},
	}
	for _, tt := range tests {
		if got := Format(WithFlows(tt.filter)); got != tt.want {
			t.Errorf("%s became %s", Format(tt.filter), got)
		}
	}
}

func mustFlow(name string) Filter {
	f, _ := Flow(name)
	return f
}
