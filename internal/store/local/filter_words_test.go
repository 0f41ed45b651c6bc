package local

import (
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/query"
)

// countingFS counts the bytes that are read at places of files.
type countingFS struct {
	disk.FS
	read *atomic.Int64
}

type countingFile struct {
	disk.File
	read *atomic.Int64
}

func (c countingFS) OpenFile(name string, flag int, perm os.FileMode) (disk.File, error) {
	f, err := c.FS.OpenFile(name, flag, perm)
	if err != nil {
		return nil, err
	}
	return countingFile{f, c.read}, nil
}

func (c countingFile) ReadAt(b []byte, at int64) (int, error) {
	c.read.Add(int64(len(b)))
	return c.File.ReadAt(b, at)
}

// wordyEvents are lines with one word of their own, in the line, in the answer
// and in an unknown field.
func wordyEvents(n int, first uint64) []event.Event {
	events := engineEvents(n, first)
	for i := range events {
		e := &events[i]
		noise := fmt.Sprintf("%x", e.RID*0x9e3779b97f4a7c15)
		e.Set(event.Message, fmt.Sprintf("line own%d of the test %s %s", e.RID, noise, strings.Repeat("and so on ", 10)))
		e.Add(event.Reply, fmt.Sprintf("250 taken as reply%d", e.RID))
		e.AddExtra("app", fmt.Sprintf(`{"note":"the \"note%d\""}`, e.RID))
	}
	return events
}

func counted(t *testing.T, e *Engine, name, text string) int64 {
	t.Helper()
	a, err := e.Ask(t.Context(), query.Question{Filter: query.Phrase{Field: query.Ref(name), Text: text}, Count: query.CountExact})
	if err != nil || a.Partial {
		t.Fatal(err, a.PartialReasons)
	}
	return a.Total
}

// Words that are in no line cost no text, rare ones little.
func TestWordsReadLittle(t *testing.T) {
	t.Parallel()
	dir, read := t.TempDir(), new(atomic.Int64)
	e := openEngine(t, disk.OS(), dir, 5000)
	appendAll(t, e, wordyEvents(10_000, 1))
	flushAll(t, e)
	size := e.Stats().Bytes
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = openEngine(t, countingFS{disk.OS(), read}, dir, 5000)
	for _, ask := range []struct {
		field, text string
		want        int64
		share       int64 // of all bytes that may be read, one part in so many
	}{
		{"message", "own4711", 1, 1}, // opens the files too
		{"message", "zanzibarica", 0, 50},
		{"message", "the test zanzibarica", 0, 50},
		{"message", "own77", 1, 20},
		{"reply", "zanzibarica", 0, 50},
		{"app.note", "zanzibarica", 0, 50},
		{"app.note", "note99", 1, 20},
		{"app.note", "the note99", 1, 20},
		{"reply", "taken as reply500", 1, 4},
		{"message", "of the test", 10_000, 1},
	} {
		before := read.Load()
		if n := counted(t, e, ask.field, ask.text); n != ask.want {
			t.Errorf("%s: %q is found %d times, want %d", ask.field, ask.text, n, ask.want)
		}
		if n := read.Load() - before; n > size/ask.share {
			t.Errorf("%s: %q cost %d bytes of %d", ask.field, ask.text, n, size)
		}
	}
}

// Files that were written without an index of words answer as the others do.
func TestFilesWithoutWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 500)
	e.segment.Words = nil
	appendAll(t, e, wordyEvents(1000, 1))
	flushAll(t, e)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	e = openEngine(t, disk.OS(), dir, 500)
	appendAll(t, e, wordyEvents(1000, 1001))
	flushAll(t, e)
	for text, want := range map[string]int64{"own10": 1, "own1500": 1, "own": 0, "of the test": 2000, "zanzibarica": 0} {
		if n := counted(t, e, "message", text); n != want {
			t.Errorf("%q is found %d times, want %d", text, n, want)
		}
	}
	for _, text := range []string{"note10", "note1500"} {
		if n := counted(t, e, "app.note", text); n != 1 {
			t.Errorf("%q is found %d times", text, n)
		}
	}
}

// What is written anew after erasing knows the words that are left, and no
// others.
func TestWordsAfterErasing(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 500)
	appendAll(t, e, wordyEvents(1000, 1))
	flushAll(t, e)
	gone := query.Terms{Field: query.Ref("message"), Values: []string{"own10", "own700"}}
	if _, err := e.Erase(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int64{"own10": 0, "own700": 0, "own11": 1, "own701": 1, "of the test": 998} {
		if n := counted(t, e, "message", text); n != want {
			t.Errorf("%q is found %d times, want %d", text, n, want)
		}
	}
}
