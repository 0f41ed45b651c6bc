package query

import (
	"slices"
	"testing"
)

func TestCompareUnknown(t *testing.T) {
	t.Parallel()
	got := []string{"b", "10", "a", "9", "1e3", "-2.5", "9.0", "", "1e", "0x10"}
	slices.SortFunc(got, CompareUnknown)
	if want := []string{"-2.5", "9", "9.0", "10", "1e3", "", "0x10", "1e", "a", "b"}; !slices.Equal(got, want) {
		t.Errorf("sorted: %q", got)
	}
}
