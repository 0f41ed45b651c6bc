package query

import (
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	for pair, want := range map[string]int{"status stauts": 1, "a ": 1, " ": 0, "match macth": 1, "kitten sitting": 3} {
		a, b, _ := strings.Cut(pair, " ")
		if got := Distance(a, b); got != want || Distance(b, a) != want {
			t.Errorf("from %q to %q: %d, want %d", a, b, got, want)
		}
	}
	long := strings.Repeat("a", 100_000)
	if d := Distance(long, "a"); d != len(long) {
		t.Errorf("a long name is %d away", d)
	}
	known := []string{"match", "match_all", "term"}
	for wrong, want := range map[string]string{"Macth": "match", "tern": "term", "zzzzzz": ""} {
		if got := Nearest(wrong, known, 2); got != want {
			t.Errorf("nearest to %s is %q", wrong, got)
		}
	}
}
