package filters

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// record takes the header off a line of a test file: "Nov 22 20:17:13 host
// tag[pid]: text", or of the programs' own files "2026-11-22 20:17:13 text".
func record(line string) *event.Record {
	rec := &event.Record{Raw: line, Zone: time.UTC}
	if line != "" && line[0] >= '0' && line[0] <= '9' {
		_, rest, _ := strings.Cut(line, " ")
		_, rec.Text, _ = strings.Cut(rest, " ")
		return rec
	}
	rest := line
	for range 4 {
		_, rest, _ = strings.Cut(strings.TrimLeft(rest, " "), " ")
	}
	tag, text, ok := strings.Cut(rest, ": ")
	if !ok {
		rec.Text = rest
		return rec
	}
	rec.Program, rec.PID, _ = strings.Cut(tag, "[")
	rec.PID = strings.TrimSuffix(rec.PID, "]")
	rec.Text = strings.TrimRight(text, " ")
	return rec
}

// readLines reads a test file.
func readLines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []string
	sc := bufio.NewScanner(f)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		lines = append(lines, sc.Text())
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// write writes an event as one JSON object, its values in their order. A field
// with several values stands several times, as in the event.
func write(e *event.Event) string {
	var b strings.Builder
	add := func(name, value string) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", name, value)
	}
	if e.Time != 0 {
		add("@timestamp", `"`+event.FormatTime(e.Time)+`"`)
	}
	for _, v := range e.Values {
		switch v.Field.Kind() {
		case event.Integer, event.Number, event.Bool:
			add(v.Field.Name(), v.String())
		default:
			add(v.Field.Name(), string(event.AppendJSONString(nil, v.String())))
		}
	}
	for _, p := range e.Extra {
		if !json.Valid([]byte(p.JSON)) {
			panic("no JSON: " + p.JSON)
		}
		add(p.Name, p.JSON)
	}
	return strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace("{" + b.String() + "}")
}
