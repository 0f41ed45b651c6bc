package segment

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// gluedEvents are lines whose parts touch each other and the ends of
// log_message, over three stretches.
func gluedEvents(t testing.TB) []event.Event {
	var events []event.Event
	mail := mailEvents(t, 300)
	for i := range 2*stretchRows + 500 {
		e := mail[i%len(mail)]
		if i%5 == 0 {
			id := fmt.Sprintf("q%dz", i/40)
			line := fmt.Sprintf("mx postfix/%s[%d]: x%s-%d_%d%s", id, i%9, id, i%7, i, strings.Repeat("é", i%3))
			e = event.Event{Time: int64(i) * 1e8}
			e.Add(event.QueueID, id)
			e.AddInt(event.PID, int64(i%9))
			e.Add(event.Message, line)
			e.Add(event.LogMessage, line[len(line)-1-i%12:])
		}
		e.RID = uint64(i + 1)
		events = append(events, e)
	}
	return events
}

// wordIndex is the index of words of all rows of a source, from its lines or
// from what templates make of them.
func wordIndex(src *source, l *lineColumns) []byte {
	w := &writer{src: src, columns: src.columns, lines: l, opts: Options{Words: plainWords}}
	if l != nil {
		w.columns = l.columns(src, true)
	}
	s := &wordSet{slots: make([]uint32, 1<<12)}
	c := w.newWordCutter(s, 0, len(src.rows))
	for row := range src.rows {
		c.row(row, uint32(row/stretchRows))
	}
	return s.encode((len(src.rows) + stretchRows - 1) / stretchRows)
}

// checkTemplateWords compares the index of words of templates with that of
// lines.
func checkTemplateWords(t *testing.T, events []event.Event) {
	t.Helper()
	src := must[*source](t)(gather(build(events).Snapshot(), nil))
	l := encodeLines(src, [][2]int{{0, len(src.rows)}}, 0)
	if l == nil {
		return
	}
	if !bytes.Equal(wordIndex(src, l), wordIndex(src, nil)) {
		t.Error("the words of templates and of lines differ")
	}
}

func TestWordsOfTemplates(t *testing.T) {
	t.Parallel()
	checkTemplateWords(t, gluedEvents(t))
	checkTemplateWords(t, goldenEvents(t))
	checkTemplateWords(t, randomEvents(11, 3000))
}

// After a Rewrite each word of a row that stayed leads to it, and a word that
// only others had leads nowhere.
func TestWordsOfRewrittenTemplates(t *testing.T) {
	t.Parallel()
	events := gluedEvents(t)
	old := opened(t, written(t, events, nil), nil)
	var rows []uint32
	for row := range uint32(len(events)) {
		if row%3 > 0 {
			rows = append(rows, row)
		}
	}
	meta := must[Meta](t)(Rewrite(disk.OS(), filepath.Join(t.TempDir(), "b.parquet"), old, [][]uint32{rows}, Options{Words: plainWords}))
	b := opened(t, meta, nil).Blocks()[0]
	if !b.(*group).templated(false) {
		t.Fatal("no templates")
	}
	texts := wordTexts(t, b)
	for f, list := range texts {
		for row := 0; row < len(list); row += 11 {
			for _, word := range wordsOf(list[row]) {
				if runs := must[[]Run](t)(b.WordRuns(f, []string{word})); !inside(runs, row) {
					t.Fatalf("%s, row %d: %q is said to be in %v", f.Name(), row, word, runs)
				}
			}
		}
	}
	gone := 0
	for i := 0; i < 900; i += 15 { // words of rows that are gone
		word := []string{fmt.Sprintf("%d_%d", i%7, i)}
		if runs := must[[]Run](t)(old.Blocks()[0].WordRuns(event.Message, word)); !inside(runs, i) {
			t.Fatalf("row %d of the old file: %q is said to be in %v", i, word, runs)
		}
		if runs := must[[]Run](t)(b.WordRuns(event.Message, word)); len(runs) == 0 {
			gone++
		}
	}
	if gone < 55 {
		t.Errorf("%d of 60 words of rows that are gone lead nowhere", gone)
	}
}

// FuzzWordsOfLines: whatever lines hold, templates tell the same words.
func FuzzWordsOfLines(f *testing.F) {
	f.Add("mx postfix/smtpd[7]: connect from a[1]\nmx postfix/smtpd[8]: connect from b[2]", "a", "connect from", uint8(9))
	f.Add("x=1y\nx=2y\n\xff\xc3", "1", "2y", uint8(2))
	f.Fuzz(func(t *testing.T, text, one, other string, cut uint8) {
		if len(text) > 4000 {
			return
		}
		var events []event.Event
		for i, line := range strings.Split(text, "\n") {
			e := event.Event{RID: uint64(i + 1), Time: int64(i) * 1e9}
			e.Add(event.Message, line)
			e.Add(event.QueueID, one)
			e.Add(event.Reply, other)
			e.AddInt(event.PID, int64(i%3))
			if from := int(cut % 16); from < len(line) {
				e.Add(event.LogMessage, line[from:max(from, len(line)-int(cut/16)%4)])
			}
			events = append(events, e, e)
			events[len(events)-1].RID += 100_000
		}
		for i := range events {
			events[i].RID = uint64(i + 1)
		}
		checkTemplateWords(t, events)
	})
}
