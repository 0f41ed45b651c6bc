package segment

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// plainWords cuts texts the way a reader of a book would; whether a text is an
// object makes no difference.
func plainWords(text string, _ bool, visit func(word []byte)) {
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r != '_' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		visit([]byte(strings.ToLower(word)))
	}
}

func wordsOf(text string) []string {
	var list []string
	plainWords(text, false, func(word []byte) { list = append(list, string(word)) })
	return list
}

// wordyFile is a file of events with an index of words.
func wordyFile(tb testing.TB, events []event.Event, rows []uint32) *File {
	tb.Helper()
	return opened(tb, written(tb, events, rows), NewCache(1<<20))
}

// wordTexts is a row's text in each column whose words are known.
func wordTexts(t *testing.T, b Block) map[event.Field][]string {
	t.Helper()
	rows := make([]uint32, b.Rows())
	for i := range rows {
		rows[i] = uint32(i)
	}
	texts := map[event.Field][]string{event.NoField: must[[]string](t)(b.ExtrasAt(rows))}
	for _, info := range event.Fields() {
		if info.Kind == event.Text {
			texts[info.Field] = must[[]string](t)(b.StringsAt(info.Field, rows))
		}
	}
	return texts
}

func inside(runs []Run, row int) bool {
	return slices.ContainsFunc(runs, func(r Run) bool { return r.From <= uint32(row) && uint32(row) < r.End })
}

// No row may be missed, for any of its words or for several of them.
func checkWords(t *testing.T, b Block, r *rand.Rand, every int) {
	t.Helper()
	for f, texts := range wordTexts(t, b) {
		for row := r.IntN(every); row < len(texts); row += 1 + r.IntN(2*every) {
			words := wordsOf(texts[row])
			if len(words) == 0 {
				continue
			}
			for _, asked := range [][]string{words[:1], words[len(words)-1:], words[:min(3, len(words))], words} {
				if runs := must[[]Run](t)(b.WordRuns(f, asked)); !inside(runs, row) {
					t.Fatalf("%s, row %d with %q: its words %q are said to be in %v", f.Name(), row, texts[row], asked, runs)
				}
			}
		}
	}
}

func TestWordsMissNoRow(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	for _, n := range []int{1, 2, 40, 500} {
		checkWords(t, wordyFile(t, randomEvents(uint64(n), n), nil).Blocks()[0], r, 1+n/50)
	}
	all := randomEvents(5, 6000)
	var some []uint32
	for i := 3; i < len(all); i += 1 + i%2 {
		some = append(some, uint32(i))
	}
	file := wordyFile(t, all, some)
	checkWords(t, file.Blocks()[0], r, 10)
	checkWords(t, Join(append(file.Blocks(), wordyFile(t, randomEvents(6, 100), nil).Blocks()...)), r, 10)
}

// A word of one line must lead to that line's page, and a word of none nearly
// always to nothing.
func TestWordsLeadToFewRows(t *testing.T) {
	t.Parallel()
	events := make([]event.Event, 8000)
	for i := range events {
		events[i].RID = uint64(i + 1)
		line := fmt.Sprintf("host prog[%d]: only%d to=<x%d> status=sent (250 queued as Q%d) %s", i%7, i, i%1000, i, strings.Repeat("- ", 30))
		events[i].Add(event.Message, line)
		events[i].Add(event.LogMessage, line[5:])
		events[i].Add(event.Reply, fmt.Sprintf("250 queued as Q%d", i))
		events[i].AddExtra("k", fmt.Sprintf(`"in%d"`, i))
	}
	b := wordyFile(t, events, nil).Blocks()[0]
	for f, prefix := range map[event.Field]string{event.Message: "only", event.LogMessage: "only", event.Reply: "q", event.NoField: "in"} {
		rows, wrong := 0, 0
		for i := 0; i < len(events); i += 40 {
			runs := must[[]Run](t)(b.WordRuns(f, []string{fmt.Sprint(prefix, i)}))
			if !inside(runs, i) {
				t.Fatalf("%s: row %d is missed", f.Name(), i)
			}
			for _, run := range runs {
				rows += int(run.End - run.From)
			}
			if runs := must[[]Run](t)(b.WordRuns(f, []string{fmt.Sprint("none", i)})); len(runs) > 0 {
				wrong++
			}
		}
		if rows/200 > stretchRows+100 || wrong > 20 {
			t.Errorf("%s: %d rows for a word of one row, %d of 200 absent words found", f.Name(), rows/200, wrong)
		}
	}
	if runs := must[[]Run](t)(b.WordRuns(event.Message, []string{"status"})); len(runs) != 1 || runs[0] != (Run{0, 8000}) {
		t.Errorf("a word of all lines leads to %v", runs)
	}
}

// A file without an index of words leaves out nothing.
func TestNoWords(t *testing.T) {
	t.Parallel()
	events := randomEvents(2, 50)
	path := filepath.Join(t.TempDir(), "a.parquet")
	meta := must[Meta](t)(Write(disk.OS(), path, build(events).Snapshot(), nil, Options{}))
	b := opened(t, meta, nil).Blocks()[0]
	for _, f := range []event.Field{event.Message, event.Reply, event.NoField} {
		if runs := must[[]Run](t)(b.WordRuns(f, []string{"nowhere"})); !slices.Equal(runs, allOf(50)) {
			t.Errorf("%s: %v", f.Name(), runs)
		}
	}
	if runs := must[[]Run](t)(build(events).Snapshot().WordRuns(event.Message, []string{"x"})); !slices.Equal(runs, allOf(50)) {
		t.Errorf("the tail: %v", runs)
	}
}

// Texts must visit the rows of the runs with their texts, and may leave out
// others.
func TestTextsOfRuns(t *testing.T) {
	t.Parallel()
	b := wordyFile(t, randomEvents(8, 5000), nil).Blocks()[0]
	r := rand.New(rand.NewPCG(8, 8))
	for _, block := range []Block{b, Join([]Block{b, wordyFile(t, randomEvents(9, 700), nil).Blocks()[0]})} {
		texts := wordTexts(t, block)
		for _, f := range []event.Field{event.Message, event.LogMessage} {
			var runs []Run
			wanted := 0
			for from := uint32(r.IntN(900)); int(from) < block.Rows(); from += uint32(1 + r.IntN(900)) {
				end := min(from+uint32(1+r.IntN(60)), uint32(block.Rows()))
				runs = append(runs, Run{from, end})
				wanted += int(end - from)
				from = end
			}
			err := block.Texts(f, runs, func(row int, text string) bool {
				if inside(runs, row) {
					wanted--
				}
				if text != texts[f][row] {
					t.Fatalf("%s, row %d: %q instead of %q", f.Name(), row, text, texts[f][row])
				}
				return true
			})
			if err != nil || wanted != 0 {
				t.Fatalf("%s: %d rows not visited, %v", f.Name(), wanted, err)
			}
		}
	}
}

// A changed byte of an index gives ErrCorrupt or the same answer.
func TestDamagedWords(t *testing.T) {
	t.Parallel()
	events := mailEvents(t, 400)
	file := wordyFile(t, events, nil)
	data, err := os.ReadFile(file.Meta().Path)
	if err != nil {
		t.Fatal(err)
	}
	line := wordsOf(events[17].Str(event.Message))
	asked := append(line[:min(5, len(line))], "nowhere")
	answers := func() (out [][]Run, err error) {
		f, err := Open(bytesFS{data: data}, "segment", file.Meta(), Options{})
		if err != nil {
			return nil, err
		}
		defer f.Close()
		for _, word := range asked {
			runs, err := f.Blocks()[0].WordRuns(event.Message, []string{word})
			if err != nil {
				return nil, err
			}
			out = append(out, runs)
		}
		return out, nil
	}
	want := must[[][]Run](t)(answers())
	index := must[*fileIndex](t)(file.begin())
	defer file.Release()
	at := index.words.groups[0]
	noticed := 0
	for i := range int(at.size) {
		data[int(at.offset)+i] ^= byte(1 + i%255)
		got, err := answers()
		switch {
		case errors.Is(err, ErrCorrupt):
			noticed++
		case err != nil || !slices.EqualFunc(got, want, slices.Equal[[]Run]):
			t.Fatalf("byte %d of the index changed: %v, %v", i, got, err)
		}
		data[int(at.offset)+i] ^= byte(1 + i%255)
	}
	if noticed < int(at.size)/10 {
		t.Errorf("%d of %d damages noticed", noticed, at.size)
	}
}

func FuzzWords(f *testing.F) {
	set := &wordSet{slots: make([]uint32, 16)}
	for i := range 600 {
		set.add(uint64(i)*0x9e3779b97f4a7c15, uint32(i/100))
	}
	f.Add(set.encode(6), uint64(77))
	f.Add([]byte{1, 0, 0, 0, 3, 0, 0, 0}, uint64(0))
	f.Fuzz(func(t *testing.T, data []byte, hash uint64) {
		h, err := parseWordHead(data, int32(len(data)))
		if err == nil {
			slice, key := h.locate(hash)
			from := 0
			if slice > 0 {
				from = int(h.ends[slice-1])
			}
			_ = lookup(data[int(h.size)+from:int(h.size)+int(h.ends[slice])], key, h.bits, func(uint32) {})
		}
		_ = lookup(data, uint32(hash)&(1<<wordKeyBits-1), pairBits{wordKeyBits, uint(hash >> 60)}, func(uint32) {})
	})
}
