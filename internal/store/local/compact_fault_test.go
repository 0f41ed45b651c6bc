package local

import (
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/segment"
)

func TestCompactEveryOperationFails(t *testing.T) {
	t.Parallel()
	const last = 50
	for _, fault := range []disktest.Fault{
		{Op: disktest.OpAny, Err: syscall.EIO},
		{Op: disktest.OpAny, Err: syscall.ENOSPC, Short: true},
		{Op: disktest.OpSync, Err: syscall.EIO},
		{Op: disktest.OpWrite, Err: syscall.EIO, Torn: true},
	} {
		for n := 1; ; n++ {
			root := t.TempDir()
			fs, dir := disktest.New(disk.OS(), root), filepath.Join(root, "store")
			e, err := Open(fs, dir, faultOptions())
			if err != nil {
				t.Fatal(err)
			}
			appendAll(t, e, engineEvents(last, 1))
			flushAll(t, e)
			from := fs.Count()
			fault.N = n
			fs.Inject(fault)
			if n%2 == 0 { // and the way back is barred
				fs.Inject(disktest.Fault{Op: disktest.OpTruncate, N: 1})
			}
			_, err = e.Compact(t.Context(), CompactOptions{All: true})
			reached := fs.Count()-from >= n
			if q := e.Stats().Quarantined; len(q) > 0 {
				t.Errorf("set aside without damage: %+v", q)
			}
			wantWhole(t, e, 1, last)
			crashed := t.TempDir()
			if err := fs.Crash(crashed, uint64(n)); err != nil {
				t.Fatal(err)
			}
			fs.Heal()
			if n%3 == 0 { // goes on, after another entry of the manifest
				appendAll(t, e, engineEvents(10, last+1))
				flushAll(t, e)
				compactAll(t, e)
				wantRange(t, e, 1, last+10)
				left, _ := filepath.Glob(filepath.Join(dir, "segments", "*", "*.parquet"))
				if len(left) > 2 || e.Stats().Segments != 1 { // one that could not be removed
					t.Errorf("left: %v", left)
				}
			}
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			catchUp(t, fs, dir, last, last+10)
			catchUp(t, disk.OS(), filepath.Join(crashed, "store"), last, last)
			if t.Failed() {
				t.Fatalf("the fault was %+v; compaction gave %v", fault, err)
			}
			if !reached {
				break
			}
		}
	}
}

func TestCompactedSurvivesALostManifest(t *testing.T) {
	t.Parallel()
	for _, how := range []string{"gone", "middle", "parts are back"} {
		dir := t.TempDir()
		e := openEngine(t, disk.OS(), dir, 50)
		appendAll(t, e, scattered(300, 1))
		flushAll(t, e)
		parts := map[string][]byte{}
		for _, f := range e.view.catalog.files {
			b, err := os.ReadFile(e.path(f.meta.Path))
			if err != nil {
				t.Fatal(err)
			}
			parts[e.path(f.meta.Path)] = b
		}
		compactAll(t, e)
		appendAll(t, e, scattered(100, 301))
		flushAll(t, e)
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		name := filepath.Join(dir, manifestName)
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		switch how {
		case "middle":
			at := strings.Index(string(b), `"kind":"swap"`)
			b[at+20] ^= 1
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
		case "parts are back":
			for path, b := range parts {
				if err := os.WriteFile(path, b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			fallthrough
		default:
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
		e = openEngine(t, disk.OS(), dir, 50)
		got, a := rids(t, e)
		slices.Sort(got)
		if len(got) != 400 || len(slices.Compact(got)) != 400 || a.Partial || e.Durable() != 400 {
			t.Errorf("%s: %d events, durable %d, partial: %q", how, len(got), e.Durable(), a.PartialReasons)
		}
	}
}

func TestCompactNeedsRoom(t *testing.T) {
	t.Parallel()
	e := openEngine(t, disk.OS(), t.TempDir(), 10)
	appendAll(t, e, engineEvents(50, 1))
	flushAll(t, e)
	if done, err := e.Compact(t.Context(), CompactOptions{All: true, Reserve: math.MaxUint64 / 2}); !errors.Is(err, ErrNoRoom) || done.Merged != 0 {
		t.Errorf("%+v, error %v", done, err)
	}
	if text := e.Stats().Compaction.Error; !strings.Contains(text, "room") {
		t.Errorf("the statistics say %q", text)
	}
	wantRange(t, e, 1, 50)
	compactAll(t, e)
	if text := e.Stats().Compaction.Error; text != "" {
		t.Errorf("the statistics still say %q", text)
	}
}

func TestCompactSetsDamageAside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 30)
	appendAll(t, e, engineEvents(150, 1))
	flushAll(t, e)
	name := filepath.Join(dir, "segments", "2023-11-15", "61-90.parquet")
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(b) / 2 {
		b[i+8] ^= 0x55
	}
	if err := os.WriteFile(name, b, 0o640); err != nil {
		t.Fatal(err)
	}
	compactAll(t, e)
	s := e.Stats()
	if len(s.Quarantined) != 1 || s.Segments != 1 || s.Events != 120 {
		t.Errorf("statistics %+v", s)
	}
}

func TestManifestStaysSmall(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	m := &manifest{fs: disktest.New(disk.OS(), root), dir: root}
	c := &content{}
	most := int64(0)
	for n := uint64(1); n <= 20_000; n++ {
		f := fileOf(int(n), 1, 1).meta
		f.Groups = []segment.GroupMeta{{Rows: 1, MinTime: f.MinTime, MaxTime: f.MaxTime}}
		en := &entry{Kind: entryAdd, First: n, Last: n, Files: []fileMeta{f}}
		c.files, c.durable = append(c.files, f), n
		if err := m.add(en, func() *content { return c }); err != nil {
			t.Fatal(err)
		}
		if len(c.files) == 8 {
			now := fileOf(int(c.files[0].FirstRID), 8, 1).meta
			now.Rows, now.Groups = 8, []segment.GroupMeta{{Rows: 8, MinTime: now.MinTime, MaxTime: now.MaxTime}}
			en := &entry{Kind: entrySwap, Files: []fileMeta{now}}
			for _, f := range c.files {
				en.Paths = append(en.Paths, f.Path)
			}
			if !c.swap(en.Paths, now) || len(c.files) != 1 {
				t.Fatalf("%d files after a swap", len(c.files))
			}
			if err := m.add(en, func() *content { return c }); err != nil {
				t.Fatal(err)
			}
			c.files = c.files[:0] // as if retention took it
			if err := m.add(&entry{Kind: entryDrop, Paths: []string{now.Path}}, func() *content { return c }); err != nil {
				t.Fatal(err)
			}
		}
		most = max(most, m.size)
	}
	if most > 2*rewriteBytes {
		t.Errorf("the manifest had %d bytes", most)
	}
	if err := m.close(); err != nil {
		t.Fatal(err)
	}
	r, err := readManifest(m.fs, root)
	if err != nil || r.damaged() || r.durable != 20_000 || len(r.files) != len(c.files) {
		t.Errorf("read: %d files, durable %d, broken %q, error %v", len(r.files), r.durable, r.broken, err)
	}
}
