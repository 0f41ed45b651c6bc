package segment

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden file of the present version, and its text, anew")

// goldenEvents is few events of all kinds.
func goldenEvents(t testing.TB) []event.Event {
	var events []event.Event
	for i := range 240 { // so many that templates pay
		e := mailEvents(t, 6)[i%6]
		e.RID, e.ReceivedAt = uint64(i+1), e.Time+5_000_000
		e.AddInt(event.Offset, int64(200*i))
		events = append(events, e)
	}
	odd := []string{"", "{}", "one {brace", "nul\x00 unit\x1f sep 7", "\xff bad 1\x1f2", "Jan  5 00:00:02 x", strings.Repeat("word1 ", 50)}
	for i, line := range odd {
		e := event.Event{RID: uint64(1000 + i), Time: 1_767_589_202_291_048_000, ReceivedAt: 1_767_589_203_000_000_000}
		e.Add(event.Message, line)
		e.Add(event.Recipient, "a@example.org")
		e.Add(event.Recipient, "b@example.org")
		if i%2 == 1 {
			e.Add(event.LogMessage, "own text")
			e.AddExtra("k", `{"n":1.5}`)
		}
		events = append(events, e)
	}
	return events
}

// dump writes every value of a file, a line for each event.
func dump(t *testing.T, f *File) []byte {
	t.Helper()
	var out bytes.Buffer
	for _, b := range f.Blocks() {
		rids, times := must[[]uint64](t)(b.RIDs()), must[[]int64](t)(b.Times())
		all := make([]uint32, b.Rows())
		lines := make([]strings.Builder, b.Rows())
		for row := range all {
			all[row] = uint32(row)
			fmt.Fprintf(&lines[row], "%d %d", rids[row], times[row])
		}
		for _, info := range event.Fields() {
			if layouts[info.Field] == layoutDict || layouts[info.Field] == layoutLine {
				for row, text := range must[[]string](t)(b.StringsAt(info.Field, all)) {
					if text != "" {
						fmt.Fprintf(&lines[row], " %s=%q", info.Name, text)
					}
				}
				continue
			}
			n := must[Numbers](t)(b.NumbersAt(info.Field, all))
			for row := range all {
				if n.Has(row) && info.Field != event.Timestamp {
					fmt.Fprintf(&lines[row], " %s=%d", info.Name, n.Bits[row])
				}
			}
		}
		for row, extra := range must[[]string](t)(b.ExtrasAt(all)) {
			fmt.Fprintf(&out, "%s %s\n", lines[row].String(), extra)
		}
	}
	return out.Bytes()
}

// Files of every version must read as they did when they were written.
func TestGoldenFiles(t *testing.T) {
	t.Parallel()
	now := filepath.Join("testdata", "v"+formatVersion)
	if *update {
		b := build(goldenEvents(t)).Snapshot()
		if _, err := Write(disk.OS(), now+".parquet", b, nil, Options{Words: plainWords}); err != nil {
			t.Fatal(err)
		}
		text := dump(t, opened(t, Meta{Path: now + ".parquet"}, nil))
		if err := os.WriteFile(filepath.Join("testdata", "golden.txt"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(filepath.Join("testdata", "golden.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"v1", "v2"} {
		path := filepath.Join("testdata", version)
		f := opened(t, Meta{Path: path + ".parquet"}, NewCache(1<<20))
		if got := dump(t, f); !bytes.Equal(got, want) {
			t.Errorf("%s reads as\n%s\nwant\n%s", version, got, want)
		}
		if faults := Examine(disk.OS(), path+".parquet", f.Meta(), Options{}); len(faults) != 1 { // the sum is not known
			t.Errorf("%s: %v", version, faults)
		}
		for _, b := range f.Blocks() {
			if version == "v2" && !b.(*group).templated(true) {
				t.Error("v2 has no templates")
			}
			if runs := must[[]Run](t)(b.WordRuns(event.Message, []string{"postfix"})); len(runs) == 0 {
				t.Errorf("%s: a word is missed", version)
			}
		}
	}
}
