package parse

import (
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

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
			var got []string
			p, e := New(Options{}), new(event.Event)
			offset := int64(0)
			lines := parsetest.Lines(t, "golden/"+filepath.Base(file))
			for _, text := range lines {
				line := event.Line{Text: text, Origin: origin, Offset: offset, ReceivedAt: received}
				offset += int64(len(text)) + 1
				p.Parse(&line, e)
				got = append(got, string(event.AppendJSON(nil, e, nil)))
			}
			parsetest.Compare(t, strings.TrimSuffix(file, ".log")+".ndjson", lines, got)
		})
	}
}
