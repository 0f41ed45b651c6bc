package reply

import (
	"os"
	"strings"
	"testing"
)

// TestGolden reads answers as people paste them, with the class that each must
// get: class, "ours" or nothing, the answer (\n: a line end).
func TestGolden(t *testing.T) {
	data, err := os.ReadFile("testdata/replies.tsv")
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
	if len(lines) < 200 {
		t.Errorf("%d answers, at least 200 are expected", len(lines))
	}
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		if len(cells) != 3 {
			t.Fatalf("line %d: %d cells, want 3", i+1, len(cells))
		}
		a := Split(strings.ReplaceAll(cells[2], `\n`, "\n"))
		a.Ours = a.Ours || cells[1] == "ours"
		if e := Default().Explain(a); e.Class != cells[0] {
			t.Errorf("line %d: %s\n\tclass %s (rule %s, provider %q, code %d %s), want %s", i+1, cells[2], e.Class, e.Rule, e.Provider, a.Code, a.DSN, cells[0])
		}
	}
}
