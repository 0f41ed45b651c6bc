package filters

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden compares every line of testdata/*.log with the event that is
// expected of it. A line that is none of the programs' is "null". mx1.log and
// rspamd.log are lines of a real server; forms.log and own.log have the forms of
// the programs' sources that it did not write.
func TestGolden(t *testing.T) {
	t.Parallel()
	logs, err := filepath.Glob("testdata/*.log")
	if err != nil || len(logs) == 0 {
		t.Fatalf("no test files: %v", err)
	}
	for _, path := range logs {
		name := filepath.Base(path)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			lines := readLines(t, name)
			var got []string
			for _, text := range lines {
				e := &event.Event{}
				if Parse(record(text), e) {
					got = append(got, write(e))
				} else {
					got = append(got, "null")
				}
			}
			golden := strings.TrimSuffix(path, ".log") + ".golden.jsonl"
			if *update {
				if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want := readLines(t, filepath.Base(golden))
			if len(got) != len(want) {
				t.Fatalf("%d events, the golden file has %d; run with -update after checking", len(got), len(want))
			}
			for i := range got {
				if got[i] != want[i] {
					t.Errorf("line %d: %s\n got %s\nwant %s", i+1, lines[i], got[i], want[i])
				}
			}
		})
	}
}
