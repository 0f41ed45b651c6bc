package parse

import (
	"slices"
	"testing"

	"rastro/internal/event"
)

// TestDialectsAreListed compares the values that the field dialect is said to
// have with those that it gets.
func TestDialectsAreListed(t *testing.T) {
	var names []string
	for _, d := range dialects {
		if !slices.Contains(names, d.name) {
			names = append(names, d.name)
		}
	}
	slices.Sort(names)
	if listed := slices.Sorted(slices.Values(event.ClosedValues(event.Dialect))); !slices.Equal(names, listed) {
		t.Errorf("event lists the dialects %q, there are %q", listed, names)
	}
}
