package segment

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// groupsOf writes three row groups, the middle one short, whose events carry
// every kind of value at some rows.
func groupsOf(t *testing.T, seed uint64) ([]event.Event, Meta) {
	t.Helper()
	events := randomEvents(seed, 300)
	for i := 0; len(events) < 2*groupRows+400; i++ {
		e := event.Event{RID: events[len(events)-1].RID + 1, Time: int64(i) * 1000, ReceivedAt: int64(i)}
		e.Add(event.Host, "mx")
		e.Add(event.Message, "a line of the middle")
		events = append(events, e)
	}
	more := randomEvents(seed+1, 200)
	for i := range more {
		more[i].RID += events[len(events)-1].RID
	}
	events = append(events, more...)
	return events, written(t, events, nil)
}

func TestRewriteKeepsWhatStays(t *testing.T) {
	events, meta := groupsOf(t, 3)
	if len(meta.Groups) != 3 {
		t.Fatalf("%d row groups", len(meta.Groups))
	}
	r := rand.New(rand.NewPCG(5, 5))
	some := func(group, share int) []uint32 {
		rows := []uint32{}
		for row := range uint32(meta.Groups[group].Rows) {
			if r.IntN(share) > 0 {
				rows = append(rows, row)
			}
		}
		return rows
	}
	for name, kept := range map[string][][]uint32{
		"nothing goes":        {nil, nil, nil},
		"of the first":        {some(0, 3), nil, nil},
		"of the last":         {nil, nil, some(2, 40)},
		"of all":              {some(0, 2), some(1, 90), some(2, 2)},
		"the first as whole":  {{}, nil, some(2, 3)},
		"the middle as whole": {nil, {}, nil},
		"all but one row":     {{}, {}, {7}},
		"all with a value":    {{300, 301}, nil, nil},
	} {
		old := opened(t, meta, nil)
		to := filepath.Join(t.TempDir(), "b.parquet")
		now, err := Rewrite(disk.OS(), to, old, kept, Options{Words: plainWords})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var want []event.Event
		for from, i := 0, 0; i < 3; i++ {
			if kept[i] == nil {
				want = append(want, events[from:from+meta.Groups[i].Rows]...)
			}
			for _, row := range kept[i] {
				want = append(want, events[from+int(row)])
			}
			from += meta.Groups[i].Rows
		}
		f := opened(t, now, NewCache(1<<20))
		checkFile(t, f, want)
		for _, b := range f.Blocks() {
			checkWords(t, b, r, 500)
		}
		if faults := Examine(disk.OS(), to, now, Options{}); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
		again, err := Open(disk.OS(), to, Meta{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if m := again.Meta(); m.Rows != now.Rows || m.FirstRID != now.FirstRID || m.LastRID != now.LastRID ||
			m.MinTime != now.MinTime || m.MaxTime != now.MaxTime || !slices.Equal(m.Columns, now.Columns) || !slices.Equal(m.Groups, now.Groups) {
			t.Errorf("%s: the footer says %+v, the caller got %+v", name, m, now)
		}
		again.Close()
	}
}

// A file of another form, here one without an index of words, is written anew
// as a whole.
func TestRewriteOfAnotherForm(t *testing.T) {
	events, meta := groupsOf(t, 9)
	plain := filepath.Join(t.TempDir(), "plain.parquet")
	src := build(events).Snapshot()
	bare, err := Write(disk.OS(), plain, src, nil, Options{})
	if err != nil {
		t.Fatal(err)
	}
	old := opened(t, bare, nil)
	to := filepath.Join(t.TempDir(), "b.parquet")
	now, err := Rewrite(disk.OS(), to, old, [][]uint32{{5, 6, 7}, nil, {}}, Options{Words: plainWords})
	if err != nil {
		t.Fatal(err)
	}
	f := opened(t, now, nil)
	first := meta.Groups[0].Rows
	checkFile(t, f, append(slices.Clone(events[5:8]), events[first:first+meta.Groups[1].Rows]...))
}

// A damaged file is not copied into a new one, whose checksum would be good.
func TestRewriteRefusesDamage(t *testing.T) {
	_, meta := groupsOf(t, 11)
	b, err := os.ReadFile(meta.Path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 0x10
	if err := os.WriteFile(meta.Path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "b.parquet")
	_, err = Rewrite(disk.OS(), to, opened(t, meta, nil), [][]uint32{nil, nil, {1}}, Options{Words: plainWords})
	if !errors.Is(err, ErrCorrupt) {
		t.Errorf("a damaged file is rewritten: %v", err)
	}
	if _, err := os.Stat(to); err == nil {
		t.Error("a new file stands there")
	}
}

func TestRewriteNeedsARow(t *testing.T) {
	meta := written(t, randomEvents(2, 20), nil)
	to := filepath.Join(t.TempDir(), "b.parquet")
	if _, err := Rewrite(disk.OS(), to, opened(t, meta, nil), [][]uint32{{}}, Options{Words: plainWords}); err == nil {
		t.Error("a file without rows was written")
	}
	if _, err := Rewrite(disk.OS(), to, opened(t, meta, nil), nil, Options{}); err == nil || !strings.Contains(err.Error(), "0 row groups") {
		t.Errorf("rows of no row group: %v", err)
	}
}

// Some rows of a block are a block: in memory, in a file, and of several.
func TestPickIsABlock(t *testing.T) {
	events := randomEvents(17, 900)
	f := opened(t, written(t, events, nil), NewCache(1<<20))
	r := rand.New(rand.NewPCG(1, 2))
	for _, share := range []int{2, 30, 400} {
		rows, want := []uint32{899}, []event.Event{events[899]}
		for row := 898; row >= 0; row-- {
			if r.IntN(share) == 0 {
				rows, want = append(rows, uint32(row)), append(want, events[row])
			}
		}
		slices.Reverse(rows)
		slices.Reverse(want)
		first, last := want[0].Time, want[0].Time
		for i := range want {
			first, last = min(first, want[i].Time), max(last, want[i].Time)
		}
		for _, b := range []Block{build(events).Snapshot(), f.Blocks()[0]} {
			p := Pick(b, rows, first, last)
			checkBlock(t, claims{p, want}, want)
			checkWords(t, p, r, 20)
			if path := filepath.Join(t.TempDir(), "c.parquet"); share == 30 {
				m := must[Meta](t)(Write(disk.OS(), path, p, nil, Options{Words: plainWords}))
				checkFile(t, opened(t, m, nil), want)
			}
			dict := must[[]string](t)(Entries(p, event.Sender))
			for _, entry := range dict {
				if entry != "" && !slices.ContainsFunc(want, func(e event.Event) bool { return wantStrings(&e, event.Sender) == entry }) {
					t.Errorf("the sender %q is of a row that was left out", entry)
				}
			}
		}
	}
	if got, want := must[[]string](t)(Entries(f.Blocks()[0], event.Sender)), must[Strings](t)(f.Blocks()[0].Strings(event.Sender)).Dict; !slices.Equal(got, want) {
		t.Errorf("entries %q, want %q", got, want)
	}
}

// claims says exactly what a block holds, which Pick need not.
type claims struct {
	Block
	events []event.Event
}

func (c claims) Holds(f event.Field) bool {
	return c.Block.Holds(f) && slices.ContainsFunc(c.events, func(e event.Event) bool {
		return e.Has(f) || f == event.Timestamp || f == event.ReceivedAt
	})
}

func (c claims) HoldsExtra() bool {
	return c.Block.HoldsExtra() && slices.ContainsFunc(c.events, func(e event.Event) bool { return len(e.Extra) > 0 })
}
