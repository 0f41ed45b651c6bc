package segment

import (
	"path/filepath"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// joinedOf makes one block of several files and a tail.
func joinedOf(t *testing.T, events []event.Event, cuts ...int) Block {
	t.Helper()
	var blocks []Block
	from := 0
	for _, to := range cuts {
		blocks = append(blocks, opened(t, written(t, events[from:to], nil), nil).Blocks()...)
		from = to
	}
	return Join(append(blocks, build(events[from:]).Snapshot()))
}

func TestJoinedBlockIsItsParts(t *testing.T) {
	t.Parallel()
	events := randomEvents(31, 700)
	checkBlock(t, joinedOf(t, events, 1, 64, 300), events)
	mail := mailEvents(t, 400)
	checkBlock(t, joinedOf(t, mail, 130, 131), mail)
	one := build(events[:10]).Snapshot()
	if Join([]Block{one}) != one {
		t.Error("one block is joined with nothing")
	}
	// Columns that only some parts have.
	for i := range events[:300] {
		events[i].Extra = nil
		events[i].Remove(event.Delay)
		events[i].Remove(event.QueueID)
	}
	checkBlock(t, joinedOf(t, events, 300, 500), events)
}

func TestJoinedTextsStop(t *testing.T) {
	t.Parallel()
	events := mailEvents(t, 100)
	seen := 0
	err := joinedOf(t, events, 30, 60).Texts(event.Message, nil, func(row int, _ string) bool {
		seen++
		return row < 40
	})
	if err != nil || seen != 41 {
		t.Errorf("visited %d rows, %v", seen, err)
	}
}

// Chosen rows of several blocks are written and verified as those of one.
func TestWriteJoined(t *testing.T) {
	t.Parallel()
	all := randomEvents(32, 2500)
	b := joinedOf(t, all, 900, 1800)
	var rows []uint32
	var events []event.Event
	for i := 3; i < len(all); i += 1 + i%2 {
		rows = append(rows, uint32(i))
		events = append(events, all[i])
	}
	path := filepath.Join(t.TempDir(), "joined.parquet")
	meta, err := Write(disk.OS(), path, b, rows, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Verify(disk.OS(), path, meta, b, rows); err != nil {
		t.Fatal(err)
	}
	checkFile(t, opened(t, meta, nil), events)
}
