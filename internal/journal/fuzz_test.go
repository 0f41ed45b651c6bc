package journal

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// FuzzReader opens a journal of two files of arbitrary bytes: nothing may
// panic, and what can be read must be numbered without a gap.
func FuzzReader(f *testing.F) {
	m := mark{'m', 'a', 'r', 'k', 1, 2, 3, 4}
	whole := appendSnapshot(nil, m, 1, map[string][]byte{"tail/a": []byte("5")})
	for i := range 3 {
		start := len(whole)
		whole = beginRecord(whole, m, kindEvents, uint64(1+i*4), 4)
		whole = append(whole, 1, 1, 'k', 1, byte(i+1))
		whole = Encode(whole, makeEvents(4, i*4))
		finishRecord(whole, start)
	}
	f.Add(whole, []byte{})
	f.Add(whole[:len(whole)-5], whole[:headerSize])
	f.Add(whole, appendSnapshot(nil, m, 9, nil))
	broken := bytes.Clone(whole)
	broken[recordAt(broken, 2)+30] ^= 1
	f.Add(broken, whole)
	f.Add([]byte(magic), make([]byte, 5000))
	f.Fuzz(func(t *testing.T, one, two []byte) {
		dir := t.TempDir()
		for name, b := range map[string][]byte{fileName(1, 1): one, fileName(2, 9): two} {
			if err := os.WriteFile(filepath.Join(dir, name), b, 0o640); err != nil {
				t.Fatal(err)
			}
		}
		j, err := Open(disk.OS(), dir, Options{})
		if err != nil {
			t.Fatalf("damage is no error: %v", err)
		}
		defer j.Close()
		var last uint64
		err = j.Replay(1, func(events []event.Event) error {
			for i := range events {
				if rid := events[i].RID; last != 0 && rid != last+1 {
					t.Fatalf("event %d follows %d", rid, last)
				}
				last = events[i].RID
			}
			return nil
		})
		if err != nil && !errors.Is(err, ErrCorrupt) {
			t.Fatal(err)
		}
		if last >= j.Next() {
			t.Fatalf("event %d was replayed, the next one is %d", last, j.Next())
		}
		if _, err := j.Commit([]Group{group(makeEvents(2, 0))}); err != nil {
			t.Fatal(err)
		}
	})
}

// FuzzDecode reads arbitrary bytes as encoded events. What is read must be the
// same after writing and reading it again.
func FuzzDecode(f *testing.F) {
	f.Add(Encode(nil, makeEvents(3, 0)), 3)
	f.Add(Encode(Encode(nil, makeEvents(2, 0)), makeEvents(2, 7)), 4)
	f.Add([]byte{chunkVersion, 0xff, 0xff, 0xff, 0xff, 0x0f}, 1<<30)
	f.Add([]byte{}, 0)
	f.Fuzz(func(t *testing.T, b []byte, count int) {
		events, err := decode(string(b), 1, count)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) {
				t.Fatal(err)
			}
			return
		}
		again, err := decode(string(Encode(nil, events)), 1, count)
		if err != nil || !reflect.DeepEqual(events, again) {
			t.Fatalf("%+v became %+v, %v", events, again, err)
		}
	})
}
