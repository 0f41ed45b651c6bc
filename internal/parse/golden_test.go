package parse

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestGolden reads real logs line by line and compares the events with the
// golden files.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/golden/*.log")
	if err != nil || len(files) == 0 {
		t.Fatalf("no inputs: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			origin := &event.Origin{Name: filepath.Base(file), ID: "id", Zone: zone(t, "America/Bogota")}
			var out bytes.Buffer
			p, e := New(Options{}), new(event.Event)
			offset := int64(0)
			for _, text := range readLines(t, file) {
				line := event.Line{Text: text, Origin: origin, Offset: offset, ReceivedAt: received}
				offset += int64(len(text)) + 1
				p.Parse(&line, e)
				out.Write(event.AppendJSON(nil, e, nil))
				out.WriteByte('\n')
			}
			golden := strings.TrimSuffix(file, ".log") + ".ndjson"
			if *update {
				if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compareLines(t, out.String(), string(want))
		})
	}
}

func compareLines(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		t.Errorf("%d lines, want %d", len(g), len(w))
	}
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			t.Errorf("line %d:\ngot  %s\nwant %s", i+1, g[i], w[i])
		}
	}
}
