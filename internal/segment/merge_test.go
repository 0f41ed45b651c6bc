package segment

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// inputsOf writes events as several files, cut behind each of some rows.
func inputsOf(t *testing.T, events []event.Event, cuts ...int) []Input {
	t.Helper()
	var inputs []Input
	from := 0
	for _, end := range append(cuts, len(events)) {
		meta := written(t, events[from:end], nil)
		inputs = append(inputs, Input{Path: meta.Path, Meta: meta})
		from = end
	}
	return inputs
}

// plainEvents have a line of so many bytes each.
func plainEvents(first uint64, n, bytes int) []event.Event {
	events := make([]event.Event, n)
	for i := range events {
		e := event.Event{RID: first + uint64(i)*3, Time: int64(i) * 1000, ReceivedAt: int64(i)}
		e.Add(event.Host, "mx")
		e.Add(event.Message, strings.Repeat("a line of text ", bytes/15+1))
		events[i] = e
	}
	return events
}

func TestMergeHoldsEveryValue(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 5))
	many := randomEvents(11, 300)
	last := many[len(many)-1].RID
	many = append(many, plainEvents(last+5, 2*groupRows, 30)...)
	long := plainEvents(1, 14, 5<<20)
	for name, c := range map[string]struct {
		events []event.Event
		cuts   []int
		groups int
	}{
		"tiny files":      {randomEvents(3, 200), []int{1, 2, 3, 70, 150}, 1},
		"one file":        {randomEvents(4, 50), nil, 1},
		"beyond a group":  {many, []int{100, 300, 300 + groupRows/2, 300 + groupRows}, 3},
		"very long lines": {long, []int{2, 3, 10}, 3},
	} {
		inputs := inputsOf(t, c.events, c.cuts...)
		to := filepath.Join(t.TempDir(), "merged.parquet")
		calls := 0
		meta, err := Merge(disk.OS(), to, inputs, Options{Words: plainWords}, func() error { calls++; return nil })
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if len(meta.Groups) != c.groups || meta.Rows != len(c.events) || calls < 2*c.groups {
			t.Errorf("%s: %d rows in %d row groups, want %d; %d calls", name, meta.Rows, len(meta.Groups), c.groups, calls)
		}
		f := opened(t, meta, nil)
		checkFile(t, f, c.events)
		for _, b := range f.Blocks() {
			checkWords(t, b, r, 50)
		}
		if again, err := Open(disk.OS(), to, Meta{}, Options{}); err != nil || again.Meta().FirstRID != meta.FirstRID || again.Meta().LastRID != meta.LastRID {
			t.Errorf("%s: the footer alone gives %+v, error %v", name, again.Meta(), err)
		}
		if faults := Examine(disk.OS(), to, meta, Options{}); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestMergeRefuses(t *testing.T) {
	events := randomEvents(3, 90)
	inputs := inputsOf(t, events, 30, 60)
	to := filepath.Join(t.TempDir(), "merged.parquet")
	stop := errors.New("stop")
	for n := range 3 { // before the group, the end of the walk, the reading back
		calls := 0
		if _, err := Merge(disk.OS(), to, inputs, Options{}, func() error {
			if calls++; calls > n {
				return stop
			}
			return nil
		}); !errors.Is(err, stop) {
			t.Errorf("stopped at call %d: %v", n, err)
		}
		if left, _ := filepath.Glob(filepath.Dir(to) + "/*"); len(left) > 0 {
			t.Errorf("left: %v", left)
		}
	}
	if _, err := Merge(disk.OS(), to, []Input{inputs[1], inputs[0]}, Options{}, nil); err != nil {
		// Within one row group the order is that of the caller; the check of
		// numbers between groups is all that can be had for nothing.
		t.Log(err)
	}
	b, err := os.ReadFile(inputs[1].Path)
	if err != nil {
		t.Fatal(err)
	}
	for at := 5; at < len(b); at += len(b) / 7 {
		bad := append([]byte(nil), b...)
		bad[at] ^= 0x40
		if err := os.WriteFile(inputs[1].Path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Merge(disk.OS(), to, inputs, Options{}, nil)
		var input *BadInput
		if err != nil && (!errors.Is(err, ErrCorrupt) || !errors.As(err, &input)) {
			t.Errorf("byte %d changed: %v", at, err)
		}
		_ = os.Remove(to)
	}
}
