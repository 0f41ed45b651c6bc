package journal

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/event"
)

// threeFiles makes a journal of three files with ten events each and returns
// their names.
func threeFiles(t *testing.T, dir string) []string {
	t.Helper()
	for i := range 3 {
		j := open(t, dir, Options{})
		if _, err := j.Commit([]Group{group(makeEvents(5, 10*i), event.Position{Key: "a", State: []byte{byte(i), 1}})}); err != nil {
			t.Fatal(err)
		}
		if _, err := j.Commit([]Group{group(makeEvents(5, 10*i+5))}); err != nil {
			t.Fatal(err)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
	}
	names, err := filepath.Glob(filepath.Join(dir, "*"+extension))
	if err != nil || len(names) != 3 {
		t.Fatalf("%v %v", names, err)
	}
	return names
}

// examine returns what is found, one line each, and the journal's figures.
func examine(t *testing.T, dir string, atLeast uint64) (string, Examination) {
	t.Helper()
	before := listing(t, dir)
	var found []string
	out, err := Examine(t.Context(), disk.OS(), dir, atLeast, false, func(f Fault) {
		line := f.Path + ": " + f.Problem + " → " + f.Advice
		if f.Harmless {
			line = "harmless " + line
		}
		found = append(found, line)
	})
	if err != nil {
		t.Fatal(err)
	}
	if after := listing(t, dir); after != before {
		t.Errorf("the folder was changed: %s instead of %s", after, before)
	}
	return strings.Join(found, "\n"), out
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if os.IsNotExist(err) {
			return nil
		}
		if err == nil && !d.IsDir() {
			var b []byte
			b, err = os.ReadFile(path)
			all.WriteString(path + "\x00" + string(b))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

func TestExamineGood(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	threeFiles(t, dir)
	found, out := examine(t, dir, 12)
	if found != "" || out.Files != 3 || out.Records != 9 || out.First != 1 || out.Next != 31 || out.Events != 19 || out.Bytes == 0 {
		t.Errorf("%s %+v", found, out)
	}
}

// Every byte of every file but its mark in front counts.
func TestExamineFlippedBytes(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	for _, name := range threeFiles(t, dir) {
		good, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for at := range good {
			bad := append([]byte(nil), good...)
			bad[at] ^= 1
			if err := os.WriteFile(name, bad, 0o640); err != nil {
				t.Fatal(err)
			}
			found := ""
			if _, err := Examine(t.Context(), disk.OS(), dir, 1, false, func(f Fault) {
				if !f.Harmless {
					found += f.Path + " "
				}
			}); err != nil {
				t.Fatal(err)
			}
			if found == "" {
				t.Fatalf("byte %d of %s: nothing was found", at, filepath.Base(name))
			}
		}
		if err := os.WriteFile(name, good, 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func TestExamineDamage(t *testing.T) {
	for name, c := range map[string]struct {
		atLeast uint64
		change  func(dir string, names []string) error
		want    []string
	}{
		"first file removed":  {1, func(_ string, n []string) error { return os.Remove(n[0]) }, []string{"events 1 to 10 are neither in segment files nor in the journal"}},
		"it is not missed":    {11, func(_ string, n []string) error { return os.Remove(n[0]) }, nil},
		"middle file removed": {1, func(_ string, n []string) error { return os.Remove(n[1]) }, []string{"00021.journal: the records before this file's are missing"}},
		"newest file removed": {31, func(_ string, n []string) error { return os.Remove(n[2]) }, []string{": it ends before event 21, but the store holds all up to 30"}},
		"all files removed": {31, func(_ string, n []string) error {
			for _, name := range n {
				if err := os.Remove(name); err != nil {
					return err
				}
			}
			return nil
		}, []string{": there is no journal file"}},
		"no folder":          {31, func(dir string, _ []string) error { return os.RemoveAll(dir) }, []string{"harmless : there is no journal: "}},
		"newest file cut":    {1, func(_ string, n []string) error { return cut(n[2], 20) }, []string{"00021.journal: ", "bytes at the end are no record"}},
		"middle file cut":    {1, func(_ string, n []string) error { return cut(n[1], 20) }, []string{"00021.journal: the records before this file's are missing"}},
		"newest file zeroed": {1, func(_ string, n []string) error { return os.WriteFile(n[2], make([]byte, 9000), 0o640) }, []string{"no record in 9000 bytes"}},
		"another file":       {1, func(dir string, _ []string) error { return os.WriteFile(filepath.Join(dir, "notes.txt"), nil, 0o640) }, []string{"notes.txt: not a file of the journal"}},
		"unfinished salvage": {1, func(dir string, _ []string) error { return os.WriteFile(filepath.Join(dir, salvageName), nil, 0o640) }, []string{"harmless salvage.tmp: "}},
		"kept damage": {1, func(dir string, _ []string) error {
			if err := os.Mkdir(filepath.Join(dir, damagedDir), 0o750); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, damagedDir, "x"), nil, 0o640)
		}, []string{"damaged/x: an earlier start found"}},
	} {
		dir := filepath.Join(t.TempDir(), "journal")
		names := threeFiles(t, dir)
		if err := c.change(dir, names); err != nil {
			t.Fatal(err)
		}
		found, _ := examine(t, dir, c.atLeast)
		if c.want == nil && found != "" {
			t.Errorf("%s: found %s", name, found)
		}
		for _, want := range c.want {
			if !strings.Contains(found, want) {
				t.Errorf("%s: found %q, want %q", name, found, want)
			}
		}
	}
}

// cut takes bytes off the end of a file.
func cut(name string, bytes int64) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return os.Truncate(name, info.Size()-bytes)
}
