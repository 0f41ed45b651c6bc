package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/config"
	"rastro/internal/dashboard"
	"rastro/internal/disk"
	"rastro/internal/query"
	"rastro/internal/store"
	"rastro/internal/web"
)

const erasedAddress = "vanish.me@person.example"

// mailLines are lines of several days; every 50th names the person, every
// 60th somebody alike.
func mailLines(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		rcpt := fmt.Sprintf("user%d@other.example", i%40)
		if i%50 == 0 {
			rcpt = "Vanish.Me@Person.example"
		} else if i%60 == 0 {
			rcpt = "vanish.me+news@person.example"
		}
		at := time.Date(2026, 3, 1+i%3, 0, 0, i%80_000, 0, time.UTC).Format(time.RFC3339)
		fmt.Fprintf(&b, "%s mx1 postfix/smtp[%d]: %X: to=<%s>, relay=mx.example[192.0.2.1]:25, delay=1.5, dsn=2.0.0, status=sent (250 ok %d)\n", at, i%90+10, 0xABC000+i, rcpt, i)
	}
	return b.String()
}

// importLines stores lines for good.
func importLines(t *testing.T, f *Folder, name, text string) {
	t.Helper()
	if _, err := f.Import(t.Context(), name, strings.NewReader(text), collect.ImportOptions{Zone: time.UTC}); err != nil {
		t.Fatal(err)
	}
}

// TestNoByteOfTheAddressIsLeft fills a data folder: segment files of several
// days, the journal, memory, snapshots, a damaged file, a saved search. After an
// erasure every file is read raw and unpacked.
func TestNoByteOfTheAddressIsLeft(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	c.Store.SegmentRows = 700
	backups := t.TempDir()
	c.Backup.Folders = []string{backups}
	f := openErasing(t, c)
	importLines(t, f, "a", mailLines(0, 3000))
	if err := f.store.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	repo := filepath.Join(backups, "nightly")
	for i, name := range []string{"first", "second"} {
		if _, err := f.Snapshot(t.Context(), repo, store.SnapshotOptions{Name: name}); err != nil {
			t.Fatal(err)
		}
		importLines(t, f, name, mailLines(3000+400*i, 3400+400*i)) // some in files, some in memory only
	}
	if found, _, err := FindBytes(t.Context(), []string{c.Data, backups}, erasedAddress, nil); err != nil || len(found) < 12 {
		t.Fatalf("before the erasure its bytes are in %d files, %v", len(found), err)
	}
	dry, err := f.Erase(t.Context(), web.EraseRequest{Address: erasedAddress, DryRun: true}, nil)
	if err != nil || dry.Events != 76 || len(dry.Days) != 3 || dry.Fields["recipient"] != dry.Events || dry.Alike != 51 || len(dry.Remains) != 1 {
		t.Fatalf("counting: %+v, %v", dry, err)
	}
	report, err := f.Erase(t.Context(), web.EraseRequest{Address: strings.ToUpper(erasedAddress), Verify: true}, nil)
	if err != nil || report.Events != dry.Events || report.Alike != dry.Alike || len(report.Remains) > 0 {
		t.Fatalf("erasing: %+v, %v", report, err)
	}
	if report.JournalFiles < 1 || report.Verified == nil || len(report.Verified.Found) > 0 || report.Verified.Unpacked < 100_000 {
		t.Errorf("erasing: %+v, verified %+v", report, report.Verified)
	}
	if s := report.Snapshots; len(s) != 1 || s[0].Snapshots != 2 || s[0].Events == 0 {
		t.Errorf("snapshots: %+v", s)
	}
	nowhere(t, c.Data, backups)
	checkOthers(t, f, 3800-76)
	checkSnapshots(t, repo, map[string]int64{"first": 3000 - 60, "second": 3400 - 68})
	again, err := f.Erase(t.Context(), web.EraseRequest{Address: erasedAddress}, nil)
	if err != nil || again.Events != 0 || again.FilesRewritten != 0 || again.Snapshots[0].Snapshots != 0 {
		t.Errorf("erasing again: %+v, %v", again, err)
	}
	// With the forms nothing of the name is left.
	forms, err := f.Erase(t.Context(), web.EraseRequest{Address: erasedAddress, Forms: true}, nil)
	if err != nil || forms.Events != dry.Alike {
		t.Errorf("erasing the forms: %+v, %v", forms, err)
	}
	if found, _, err := FindBytes(t.Context(), []string{c.Data, backups}, "vanish.me", nil); err != nil || len(found) > 0 {
		t.Errorf("forms are left in %v, %v", found, err)
	}
	if err := f.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f = openErasing(t, c)
	checkOthers(t, f, 3800-76-51)
	nowhere(t, c.Data, backups)
}

func openErasing(t *testing.T, c config.Config) *Folder {
	t.Helper()
	f, err := OpenFolder(context.Background(), c, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := f.Close(context.Background()); err != nil {
			t.Log(err)
		}
	})
	return f
}

func nowhere(t *testing.T, folders ...string) {
	t.Helper()
	if found, _, err := FindBytes(t.Context(), folders, erasedAddress, nil); err != nil || len(found) > 0 {
		t.Errorf("its bytes are left in %+v, %v", found, err)
	}
}

func checkOthers(t *testing.T, f *Folder, want int64) {
	t.Helper()
	a, err := f.Searcher.Ask(t.Context(), auth.Everything(), query.Question{Count: query.CountExact})
	if err != nil || a.Total != want || a.Partial {
		t.Errorf("%d events are left, want %d, %v", a.Total, want, err)
	}
	a, err = f.Searcher.Ask(t.Context(), auth.Everything(), query.Question{Filter: query.Mention{Address: erasedAddress}, Count: query.CountExact})
	if err != nil || a.Total != 0 {
		t.Errorf("%d events mention the address, %v", a.Total, err)
	}
}

// checkSnapshots restores snapshots and counts what they bring back.
func checkSnapshots(t *testing.T, dir string, want map[string]int64) {
	t.Helper()
	r, err := store.OpenRepository(disk.OS(), dir, false)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for name, events := range want {
		if bad, err := r.Verify(t.Context(), name, nil); err != nil || len(bad) > 0 {
			t.Errorf("the snapshot %s is damaged: %+v, %v", name, bad, err)
		}
		to := filepath.Join(t.TempDir(), "restored")
		s, err := RestoreFolder(t.Context(), r, name, to)
		if err != nil || s.Events != events {
			t.Errorf("the snapshot %s has %d events, want %d, %v", name, s.Events, events, err)
		}
		nowhere(t, to)
	}
}

// What cannot be erased is told of.
func TestErasureTellsWhatRemains(t *testing.T) {
	t.Parallel()
	c := testConfig(t)
	f := openErasing(t, c)
	importLines(t, f, "a", mailLines(0, 200))
	if _, err := f.Saved.CreateSearch(t.Context(), dashboard.SavedSearch{Title: "about her", State: "q=recipient%3A" + strings.ReplaceAll(erasedAddress, "@", "%40")}); err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(c.Data, "quarantine", "x.parquet")
	if err := os.WriteFile(damaged, []byte("… <"+erasedAddress+"> …"), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := f.Erase(t.Context(), web.EraseRequest{Address: erasedAddress, Verify: true}, nil)
	if err != nil || report.Events != 4 {
		t.Fatalf("%+v, %v", report, err)
	}
	has := func(part string) bool {
		return slices.ContainsFunc(report.Remains, func(r web.EraseRemainder) bool { return strings.Contains(r.Path, part) })
	}
	if !has("x.parquet") || !has(dashboard.FileName) || len(report.Verified.Found) < 1 {
		t.Errorf("remains %+v, verified %+v", report.Remains, report.Verified)
	}
	if report, err = f.Erase(t.Context(), web.EraseRequest{Address: erasedAddress, Damaged: true}, nil); err != nil || has("x.parquet") {
		t.Errorf("remains %+v, %v", report.Remains, err)
	}
	if _, err := os.Stat(damaged); err == nil {
		t.Error("the damaged file is still there")
	}
	if text := fmt.Sprint(report); strings.Contains(text, "vanish") || len(report.SHA256) != 64 {
		t.Errorf("the report tells the address: %s", text)
	}
	if _, err := f.Erase(t.Context(), web.EraseRequest{Address: "vanish"}, nil); err == nil {
		t.Error("a name without a domain is erased")
	}
}

// A search of bytes looks into frames that stand anywhere.
func TestFindBytes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a"), append([]byte{0x28, 0xb5, 0x2f, 0xfd, 0, 1}, "x Joan@X.example ojoan@x.example"...), 0o600); err != nil {
		t.Fatal(err)
	}
	found, searched, err := FindBytes(t.Context(), []string{dir, filepath.Join(dir, "none")}, "joan@x.example", nil)
	if err != nil || len(found) != 1 || found[0].Whole != 1 || found[0].Longer != 1 || searched.Files != 1 {
		t.Errorf("%+v, %+v, %v", found, searched, err)
	}
	if _, _, err := FindBytes(t.Context(), []string{dir}, "", nil); err == nil {
		t.Error("nothing is found everywhere")
	}
}
