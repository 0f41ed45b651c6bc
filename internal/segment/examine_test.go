package segment

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/disk"
)

func TestExamineGood(t *testing.T) {
	meta := written(t, randomEvents(5, 300), nil)
	if faults := Examine(disk.OS(), meta.Path, meta, Options{}); len(faults) > 0 {
		t.Errorf("%v", faults)
	}
}

// Every byte counts: whichever changes, the file is named. (One in five, as
// each needs a look at the whole file.)
func TestExamineFlippedBytes(t *testing.T) {
	data, meta := smallFile(t, true)
	inside, tried, step := 0, 0, 5
	if testing.Short() {
		step = 101
	}
	for at := 0; at < len(data); at += step {
		tried++
		data[at] ^= 0x20
		faults := Examine(bytesFS{data: data}, "segment", meta, Options{})
		data[at] ^= 0x20
		if len(faults) == 0 || !errors.Is(faults[0], ErrCorrupt) || !strings.Contains(faults[0].Error(), "segment") {
			t.Fatalf("byte %d: %v", at, faults)
		}
		if len(faults) > 1 {
			inside++ // the place was found too
		}
	}
	if inside < tried*9/10 {
		t.Errorf("the place was told of %d of %d bytes", inside, tried)
	}
}

// What the footer says is compared with what the caller knows.
func TestExamineBounds(t *testing.T) {
	data, good := smallFile(t, false)
	for want, change := range map[string]func(*Meta){
		"rows instead of":  func(m *Meta) { m.Rows++ },
		"events 1 to":      func(m *Meta) { m.LastRID-- },
		"out of order":     func(m *Meta) { m.FirstRID += 3 },
		"times ":           func(m *Meta) { m.MaxTime++ },
		"checksum":         func(m *Meta) { m.Sum++ },
		"bytes instead of": func(m *Meta) { m.Bytes++ },
		"row groups than":  func(m *Meta) { m.Groups = append([]GroupMeta{{Rows: 1}}, m.Groups...) },
	} {
		meta := good
		change(&meta)
		var all []string
		for _, err := range Examine(bytesFS{data: data}, "segment", meta, Options{}) {
			all = append(all, Fault(err, "segment"))
		}
		if !strings.Contains(strings.Join(all, "\n"), want) {
			t.Errorf("%q is not among %q", want, all)
		}
	}
}

func TestExamineMissing(t *testing.T) {
	_, meta := smallFile(t, true)
	faults := Examine(disk.OS(), filepath.Join(t.TempDir(), "none"), meta, Options{})
	if len(faults) != 1 || !errors.Is(faults[0], os.ErrNotExist) {
		t.Errorf("%v", faults)
	}
}
