package parsetest

import (
	"bufio"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// Dialect is one program's grammar on the bench. Its methods may be called from
// several tests at the same time.
type Dialect struct {
	// Parse is the dialect's own; see event.Record.
	Parse func(rec *event.Record, e *event.Event) bool
	// Header takes the header off a line of a test file; nil: Syslog.
	Header func(line string) *event.Record
	// Joins tells whether a line goes on the record before it; nil: no line
	// does.
	Joins func(line string) bool
	// Mixed tells that the test files hold lines of other programs too. Without
	// it a refused line of a test file is a fault.
	Mixed bool
	// Settle takes off an event what a form need not say; nil: nothing.
	Settle func(e *event.Event)
	// Rules must hold for every event.
	Rules Rules
}

// Record makes the record of a text by the program's name, without which it is
// "": the header of a line stands before it in Raw.
func Record(program, text string) *event.Record {
	return &event.Record{Text: text, Program: program, PID: "1", Raw: "header " + text, Zone: time.UTC}
}

// Syslog takes the header off a line: "stamp host tag[pid]: text", where the
// stamp is one word (RFC 3339) or three (traditional).
func Syslog(line string) *event.Record {
	words := 2
	if line != "" && (line[0] < '0' || line[0] > '9') {
		words = 4
	}
	rec := &event.Record{Text: SkipWords(line, words), Raw: line, Zone: time.UTC}
	if tag, text, ok := strings.Cut(rec.Text, ": "); ok {
		rec.Text = text
		rec.Program, rec.PID, _ = strings.Cut(tag, "[")
		rec.PID = strings.TrimSuffix(rec.PID, "]")
	}
	rec.Text = strings.TrimRight(rec.Text, " ")
	return rec
}

// SkipWords takes n words and the blank behind each off the front of s.
func SkipWords(s string, n int) string {
	for range n {
		_, s, _ = strings.Cut(strings.TrimLeft(s, " "), " ")
	}
	return s
}

// Lines reads a file of testdata, unpacked if its name ends in .gz.
func Lines(t testing.TB, name string) []string {
	t.Helper()
	f, err := os.Open(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var lines []string
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 16<<20)
	for sc.Scan() {
		lines = append(lines, sc.Text())
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// Table reads a file of testdata that has columns parted by tabs, the names of
// the columns in its first line.
func Table(t testing.TB, name string) []map[string]string {
	t.Helper()
	lines := Lines(t, name)
	if len(lines) < 2 {
		t.Fatalf("%s has %d lines", name, len(lines))
	}
	names := strings.Split(lines[0], "\t")
	rows := make([]map[string]string, len(lines)-1)
	for i, line := range lines[1:] {
		values := strings.Split(line, "\t")
		if len(values) != len(names) {
			t.Fatalf("%s: row %d has %d columns of %d", name, i+1, len(values), len(names))
		}
		rows[i] = make(map[string]string, len(names))
		for column, value := range values {
			rows[i][names[column]] = value
		}
	}
	return rows
}

// Records reads a file of testdata into records, their headers taken off.
func (d *Dialect) Records(t testing.TB, name string) []*event.Record {
	t.Helper()
	var texts []string
	for _, line := range Lines(t, name) {
		if n := len(texts); n > 0 && d.Joins != nil && d.Joins(line) {
			texts[n-1] += "\n" + line
		} else {
			texts = append(texts, line)
		}
	}
	header := d.Header
	if header == nil {
		header = Syslog
	}
	records := make([]*event.Record, len(texts))
	for i, text := range texts {
		records[i] = header(text)
	}
	return records
}

// Events reads a file of testdata into the events of the lines that the dialect
// takes.
func (d *Dialect) Events(t testing.TB, name string) []*event.Event {
	t.Helper()
	var events []*event.Event
	for _, rec := range d.Records(t, name) {
		e := &event.Event{}
		if d.Parse(rec, e) {
			events = append(events, e)
		} else if !d.Mixed {
			t.Errorf("not taken: %s", rec.Raw)
		}
	}
	return events
}
