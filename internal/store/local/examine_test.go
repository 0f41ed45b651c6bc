package local

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"rastro/internal/disk"
)

// examinedStore is a closed store with three segment files.
func examinedStore(t *testing.T) (dir string, files []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "store")
	e := openEngine(t, disk.OS(), dir, 100)
	for i := range 3 {
		appendAll(t, e, engineEvents(40, uint64(40*i)+1))
		flushAll(t, e)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, segmentsDir, "*", "*.parquet"))
	if err != nil || len(files) < 3 {
		t.Fatalf("%v %v", files, err)
	}
	return dir, files
}

// examined returns what Examine finds, one line each.
func examined(t *testing.T, dir string, beside bool) ([]string, Examination) {
	t.Helper()
	var found []string
	out, err := Examine(t.Context(), disk.OS(), dir, ExamineOptions{Beside: beside, Report: func(f Fault) {
		line := f.Path + ": " + f.Problem + " → " + f.Advice
		if f.Harmless {
			line = "harmless " + line
		}
		found = append(found, line)
	}})
	if err != nil {
		t.Fatal(err)
	}
	return found, out
}

func TestExamineGood(t *testing.T) {
	dir, files := examinedStore(t)
	found, out := examined(t, dir, false)
	if len(found) > 0 || out.Files != len(files) || out.Events != 120 || out.Durable != 120 || out.Bytes == 0 || out.ManifestBytes == 0 {
		t.Errorf("%q %+v", found, out)
	}
}

func TestExamineFindsDamage(t *testing.T) {
	for name, c := range map[string]struct {
		change func(dir string, files []string) error
		want   []string
	}{
		"a flipped byte": {func(_ string, f []string) error { return flip(f[0], 300) }, []string{"1-40.parquet: checksum ", "; row group 0, column "}},
		"a flipped byte of the footer": {func(_ string, f []string) error { return flip(f[0], -30) },
			[]string{"1-40.parquet: checksum ", "; checksum of the footer differs → the next start"}},
		"a cut file":     {func(_ string, f []string) error { return os.Truncate(f[1], 500) }, []string{"41-80.parquet: 500 bytes instead of "}},
		"a missing file": {func(_ string, f []string) error { return os.Remove(f[2]) }, []string{"81-120.parquet: the file is missing → put the file back"}},
		"a strange file": {func(_ string, f []string) error { return os.WriteFile(f[0]+".bak", nil, 0o640) }, []string{"1-40.parquet.bak: the manifest does not name the file: it is a stranger's"}},
		"a file of a crash": {func(_ string, f []string) error {
			b, err := os.ReadFile(f[2])
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(filepath.Dir(f[2]), "121-160.parquet"), b, 0o640)
		}, []string{"harmless segments/", "/121-160.parquet: the manifest does not name the file: a crash came before it did"}},
		"an unfinished file": {func(_ string, f []string) error { return os.WriteFile(f[0]+tempSuffix, nil, 0o640) }, []string{"harmless segments/", "an unfinished segment file"}},
		"a file among the days": {func(dir string, _ []string) error {
			return os.WriteFile(filepath.Join(dir, segmentsDir, "x"), nil, 0o640)
		}, []string{"segments/x: not a file of the store"}},
		"a damaged entry": {func(dir string, _ []string) error { return flip(filepath.Join(dir, manifestName), 40) },
			[]string{"manifest: ", " bad bytes at byte ", "manifest: no entry tells of the events ", "1-40.parquet: the manifest does not name the file → after other damage"}},
		"a damaged last entry": {func(dir string, _ []string) error { return flip(filepath.Join(dir, manifestName), -3) },
			[]string{"manifest: ", " bytes at the end are no entry", "81-120.parquet: the manifest does not name the file"}},
		"no manifest": {func(dir string, _ []string) error { return os.Remove(filepath.Join(dir, manifestName)) }, []string{"manifest: there is no manifest, but there are segment files"}},
		"an unfinished manifest": {func(dir string, _ []string) error {
			return os.WriteFile(filepath.Join(dir, manifestTemp), nil, 0o640)
		}, []string{"harmless manifest.tmp: "}},
		"a strange file set aside": {func(dir string, _ []string) error {
			return os.WriteFile(filepath.Join(dir, quarantineDir, "x"), nil, 0o640)
		}, []string{"quarantine/x: left from an earlier repair"}},
	} {
		dir, files := examinedStore(t)
		sortByFirst(files)
		if err := c.change(dir, files); err != nil {
			t.Fatal(err)
		}
		found, _ := examined(t, dir, false)
		for _, want := range c.want {
			if !strings.Contains(strings.Join(found, "\n"), want) {
				t.Errorf("%s: %q, want %q", name, found, want)
			}
		}
	}
}

// sortByFirst sorts files by their first event.
func sortByFirst(files []string) {
	slices.SortFunc(files, func(a, b string) int {
		if len(filepath.Base(a)) != len(filepath.Base(b)) {
			return len(filepath.Base(a)) - len(filepath.Base(b))
		}
		return strings.Compare(filepath.Base(a), filepath.Base(b))
	})
}

// What was set aside stays a problem until it is gone from the list.
func TestExamineQuarantine(t *testing.T) {
	dir, files := examinedStore(t)
	sortByFirst(files)
	if err := os.Truncate(files[0], 100); err != nil {
		t.Fatal(err)
	}
	e := openEngine(t, disk.OS(), dir, 100)
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	found, out := examined(t, dir, false)
	if len(found) != 1 || !strings.Contains(found[0], "1-40.parquet: was set aside: the file has 100 bytes instead of ") || !strings.HasPrefix(found[0], quarantineDir+"/") || out.Events != 80 {
		t.Errorf("%q %+v", found, out)
	}
}

// Beside a server nothing is called damage that is its work.
func TestExamineBeside(t *testing.T) {
	dir, files := examinedStore(t)
	if err := os.WriteFile(files[0]+".new.parquet", nil, 0o640); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(filepath.Join(dir, manifestName), os.O_WRONLY|os.O_APPEND, 0)
	if err == nil {
		_, err = f.Write(append([]byte(recordMagic), binary.LittleEndian.AppendUint32(nil, 77)...))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	found, _ := examined(t, dir, true)
	if len(found) != 2 || !strings.HasPrefix(found[0], "harmless manifest: ") || !strings.HasPrefix(found[1], "harmless segments/") {
		t.Errorf("%q", found)
	}
}

// flip changes a byte; a negative place counts from the end.
func flip(name string, at int) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if at < 0 {
		at += len(b)
	}
	b[at] ^= 0x10
	return os.WriteFile(name, b, 0o640)
}
