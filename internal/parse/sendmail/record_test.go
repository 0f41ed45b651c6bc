package sendmail

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

// record takes the header off a line of a test file: "stamp host tag[pid]:
// text", where the stamp is one word (RFC 3339) or three (traditional).
func record(line string) *event.Record {
	words := 2
	if line != "" && (line[0] < '0' || line[0] > '9') {
		words = 4
	}
	rest := line
	for range words {
		rest = strings.TrimLeft(rest, " ")
		_, rest, _ = strings.Cut(rest, " ")
	}
	tag, text, ok := strings.Cut(rest, ": ")
	if !ok {
		return &event.Record{Text: rest, Raw: line}
	}
	tag, pid, _ := strings.Cut(tag, "[")
	return &event.Record{Text: text, Program: tag, PID: strings.TrimSuffix(pid, "]"), Raw: line}
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
func write(e *event.Event, secrets []string) string {
	var b strings.Builder
	add := func(name string, value any) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		text, err := json.Marshal(value)
		if err != nil {
			text = []byte(err.Error())
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
	}
	for _, v := range e.Values {
		switch v.Field.Kind() {
		case event.Integer, event.Number:
			add(v.Field.Name(), json.RawMessage(v.String()))
		case event.Bool:
			add(v.Field.Name(), v.Bits != 0)
		default:
			add(v.Field.Name(), v.String())
		}
	}
	for _, p := range e.Extra {
		add(p.Name, json.RawMessage(p.JSON))
	}
	if len(secrets) > 0 {
		add("secrets", secrets)
	}
	return "{" + b.String() + "}"
}
