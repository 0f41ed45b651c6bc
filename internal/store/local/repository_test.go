package local

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"rastro/internal/disk"
)

func TestRepositoryPlace(t *testing.T) {
	t.Parallel()
	folders := []string{"/data/backups", "/mnt/b"}
	for location, want := range map[string]string{
		"nightly":                             "/data/backups/nightly",
		"a/b":                                 "/data/backups/a/b",
		"/usr/share/elasticsearch/backups":    "/data/backups/usr/share/elasticsearch/backups",
		"/mnt/b":                              "/mnt/b",
		"/mnt/b/x":                            "/mnt/b/x",
		"/mnt/bad":                            "/data/backups/mnt/bad",
		"/data/backups/./x":                   "/data/backups/x",
		"/":                                   "/data/backups",
		"a/../../../etc":                      "",
		"/mnt/b/../../etc":                    "",
		"..":                                  "",
		"":                                    "",
		"a\x00b":                              "",
		strings.Repeat("x", 2000):             "",
		"/etc/passwd\n":                       "/data/backups/etc/passwd\n",
		"..hidden":                            "/data/backups/..hidden",
		"/data/backups-of-another/repository": "/data/backups/data/backups-of-another/repository",
	} {
		_, dir, err := RepositoryPlace(folders, location)
		if dir != want || (want == "") != errors.Is(err, ErrLocation) {
			t.Errorf("%q lies in %q, %v; want %q", location, dir, err, want)
		}
	}
	if _, _, err := RepositoryPlace(nil, "x"); !errors.Is(err, ErrLocation) {
		t.Errorf("without folders: %v", err)
	}
}

// hostileRepo makes a repository with one snapshot inside an allowed folder,
// and a file outside that nobody may touch.
func hostileRepo(t *testing.T) (r *Repository, e *Engine, folder, secret string) {
	t.Helper()
	root := t.TempDir()
	folder, secret = filepath.Join(root, "backups"), filepath.Join(root, "secret.parquet")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRepositoryIn([]string{folder}, "repo", true)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	e = openEngine(t, disk.OS(), filepath.Join(root, "store"), 50)
	appendAll(t, e, engineEvents(100, 1))
	takeSnapshot(t, e, r, "good")
	return r, e, folder, secret
}

func TestHostileLinksLeadNowhere(t *testing.T) {
	t.Parallel()
	r, e, folder, secret := hostileRepo(t)
	outside := filepath.Dir(secret)
	d, err := r.document("good")
	if err != nil {
		t.Fatal(err)
	}
	first := r.segmentPath(d.files[0].Name)
	err = errors.Join(os.Remove(first), os.Symlink(secret, first),
		os.Symlink(secret, r.segmentPath("stray.parquet")), syscall.Mkfifo(r.segmentPath("pipe.parquet"), 0o600),
		os.Symlink(secret, r.documentPath("linked")), syscall.Mkfifo(r.documentPath("pipe"), 0o600),
		os.Symlink(outside, filepath.Join(folder, "out")))
	if err != nil {
		t.Fatal(err)
	}
	if bad, err := r.Verify(t.Context(), "good", nil); err != nil || len(bad) != 1 {
		t.Errorf("verifying gives %+v, %v", bad, err)
	}
	if _, err := r.Restore(t.Context(), disk.OS(), "good", filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, ErrBadSnapshot) {
		t.Errorf("restoring gives %v", err)
	}
	if list, damaged, err := r.List(); err != nil || len(list) != 1 || len(damaged) != 0 {
		t.Errorf("listing gives %+v, %v, %v", list, damaged, err)
	}
	for _, name := range []string{"linked", "pipe"} {
		if _, err := r.Get(name); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := OpenRepositoryIn([]string{folder}, "out/repo", true); err == nil {
		t.Error("a repository was made behind a link")
	}
	takeSnapshot(t, e, r, "next") // puts the file back that a link had replaced
	if bad, err := r.Verify(t.Context(), "good", nil); err != nil || len(bad) != 0 {
		t.Errorf("verifying again gives %+v, %v", bad, err)
	}
	if _, err := r.Delete(t.Context(), "next"); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(secret); err != nil || string(b) != "secret" {
		t.Errorf("the file outside is %q now, %v", b, err)
	}
	if entries, _ := os.ReadDir(outside); len(entries) != 3 {
		t.Errorf("outside there are %v", entries)
	}
}

// A document that names what it must not is refused, even with the right
// checksum, and nothing is removed while nobody knows what it needs.
func TestHostileDocuments(t *testing.T) {
	t.Parallel()
	r, _, _, _ := hostileRepo(t)
	for what, change := range map[string]func(d *document){
		"a path that leads out":      func(d *document) { d.files[0].Meta.Path = "segments/../../x" },
		"an absolute path":           func(d *document) { d.files[0].Meta.Path = "/etc/x" },
		"the manifest":               func(d *document) { d.files[0].Meta.Path = "manifest" },
		"a file that leads out":      func(d *document) { d.files[0].Name = "../../secret.parquet" },
		"no file":                    func(d *document) { d.files[0].Name = "" },
		"a file twice":               func(d *document) { d.files = append(d.files, d.files[0]) },
		"events behind the last one": func(d *document) { d.LastRID = 10 },
		"rows that are not there":    func(d *document) { d.files[0].Meta.Rows = -1 },
		"another name":               func(d *document) { d.Name = "other" },
	} {
		d, err := r.document("good")
		if err != nil {
			t.Fatal(err)
		}
		d.Name = "bad"
		change(d)
		b, err := d.encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(r.documentPath("bad"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Get("bad"); !errors.Is(err, ErrBadSnapshot) {
			t.Errorf("%s gives %v", what, err)
		}
		if _, err := r.Restore(t.Context(), disk.OS(), "bad", filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, ErrBadSnapshot) {
			t.Errorf("restoring %s gives %v", what, err)
		}
	}
	if err := os.Truncate(r.documentPath("bad"), maxDocument+1); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Get("bad"); !errors.Is(err, ErrBadSnapshot) {
		t.Errorf("a huge document gives %v", err)
	}
	if err := os.WriteFile(r.segmentPath("stray.parquet"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if cleaned, err := r.Clean(t.Context()); err == nil || cleaned.Files != 0 {
		t.Errorf("cleaning beside a damaged snapshot gives %+v, %v", cleaned, err)
	}
	if _, damaged, err := r.List(); err != nil || len(damaged) != 1 {
		t.Errorf("listing tells of %v, %v", damaged, err)
	}
	if cleaned, err := r.Delete(t.Context(), "bad"); err != nil || cleaned.Files != 1 {
		t.Errorf("deleting the damaged one gives %+v, %v", cleaned, err)
	}
}

func TestRepositoryRefusesForeignFolders(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "letter.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRepository(disk.OS(), dir, true); !errors.Is(err, ErrLocation) {
		t.Errorf("a folder with a letter gives %v", err)
	}
	if _, err := OpenRepository(disk.OS(), t.TempDir(), false); !errors.Is(err, ErrNoRepository) {
		t.Errorf("an empty folder gives %v", err)
	}
	newer := t.TempDir()
	if err := os.WriteFile(filepath.Join(newer, repositoryMark), []byte(`{"rastro_repository":99}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenRepository(disk.OS(), newer, true); !errors.Is(err, ErrNoRepository) || !strings.Contains(err.Error(), "99") {
		t.Errorf("a newer repository gives %v", err)
	}
}

func TestChangesOfARepositoryWaitForEachOther(t *testing.T) {
	t.Parallel()
	r := openRepo(t, disk.OS(), filepath.Join(t.TempDir(), "repo"))
	held, release := make(chan struct{}), make(chan struct{})
	go func() {
		_ = r.change(context.Background(), func() error { close(held); <-release; return nil })
	}()
	<-held
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := r.Clean(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("cleaning beside a change gives %v", err)
	}
	close(release)
	if _, err := r.Clean(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestSnapshotNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "_x", "Upper", "a b", "a,b", "a#b", "a/b", `a\b`, "..", ".", "a*", "a?", `a"b`, "a<b", "a|b", "a\tb", "a\x00", strings.Repeat("x", 201)} {
		if err := CheckSnapshotName(name); !errors.Is(err, ErrSnapshotName) {
			t.Errorf("%q gives %v", name, err)
		}
	}
	for _, name := range []string{"snapshot_1", "2026.03.01", "-x", "ñ", "...x"} {
		if err := CheckSnapshotName(name); err != nil {
			t.Errorf("%q gives %v", name, err)
		}
	}
}

// FuzzSnapshotDocument reads arbitrary bytes as a document.
func FuzzSnapshotDocument(f *testing.F) {
	d := &document{Snapshot: Snapshot{Name: "s", LastRID: 9}}
	b, err := d.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte("{}\n[]\n{}\n"))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := decodeDocument("s", b)
		if err != nil {
			if !errors.Is(err, ErrBadSnapshot) {
				t.Fatal(err)
			}
			return
		}
		again, err := d.encode()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := decodeDocument("s", again); err != nil {
			t.Fatal(err)
		}
	})
}
