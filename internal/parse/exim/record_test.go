package exim

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/event"
)

// readRecords reads a test file as Exim writes it: a line without a stamp goes
// on the record before.
func readRecords(t testing.TB, name string) []string {
	t.Helper()
	var records []string
	for _, text := range readLines(t, name) {
		if text != "" && text[0] != '2' && len(records) > 0 {
			records[len(records)-1] += "\n" + text
		} else {
			records = append(records, text)
		}
	}
	return records
}

func readLines(t testing.TB, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
}

// record takes the stamp off a record, as the envelope does.
func record(text string) *event.Record {
	rec := &event.Record{Text: text, Raw: text, Time: 1}
	if h := new(header); h.cutStamp(text) != text {
		rec.Stamped, rec.Text = text, h.cutStamp(text)
	}
	return rec
}

// write writes an event as one JSON object, its values in their order. A field
// with several values stands several times, as in the event.
func write(e *event.Event, secrets []string) string {
	var b strings.Builder
	add := func(name string, value any) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		var text strings.Builder
		enc := json.NewEncoder(&text)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(value); err != nil {
			text.WriteString(err.Error())
		}
		fmt.Fprintf(&b, "%q:%s", name, strings.TrimSpace(text.String()))
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
