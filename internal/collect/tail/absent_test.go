package tail

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestAbsent: a pattern without files is told until one comes, and from when on
// if one went.
func TestAbsent(t *testing.T) {
	t.Parallel()
	b := newBench(t, "mail.log", "no/such/*.log", "packed/*")
	b.opts.Sources[0].Zone = time.UTC
	b.must(os.Mkdir(b.path("packed"), 0o755))
	b.append("packed/old.gz", "x")
	b.start()
	b.await(func(a []Absent) bool { return len(a) == 3 })
	for i, a := range b.tail.Absent() {
		if !a.Since.IsZero() || a.Zone != "UTC" || a.Excluded != (i == 2) || a.Container {
			t.Errorf("%+v", a)
		}
	}
	b.write("mail.log", 3)
	b.await(func(a []Absent) bool { return len(a) == 2 && a[0].Pattern == b.path("no/such/*.log") })
	b.check()
	if st := b.tail.Status()[0]; st.Zone != "UTC" || st.Live != b.path("mail.log") || st.Copy || st.Ended {
		t.Errorf("status %+v", st)
	}
	b.remove("mail.log")
	b.await(func(a []Absent) bool { return len(a) == 3 && !a[0].Since.IsZero() && a[1].Since.IsZero() })
}

// await waits until the patterns without files are as wanted.
func (b *bench) await(good func([]Absent) bool) {
	b.t.Helper()
	for end := time.Now().Add(10 * time.Second); !good(b.tail.Absent()); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			b.t.Fatalf("absent are %+v", b.tail.Absent())
		}
	}
}

func TestFollowAWay(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a/b"), 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "a/mail.log")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]string{
		"a/mail.log": file, "a/mail.log/x": file, "a/b/*.log": filepath.Join(dir, "a/b"), "a/**/x": filepath.Join(dir, "a"),
		"a/c/d/*.log": filepath.Join(dir, "a"), "z": dir, "a/b/c.log": filepath.Join(dir, "a/b"),
	} {
		if got := Follow(filepath.Join(dir, pattern)); got.Path != want || got.Denied {
			t.Errorf("%s leads to %+v, want %s", pattern, got, want)
		}
	}
	if got := Follow("/no-such-folder/x"); got != (Way{Path: "/"}) {
		t.Errorf("%+v", got)
	}
	if os.Geteuid() == 0 {
		return // may do everything
	}
	for path, pattern := range map[string]string{file: "a/mail.log", filepath.Join(dir, "a/b"): "a/b/c/*.log"} {
		if err := os.Chmod(path, 0); err != nil {
			t.Fatal(err)
		}
		if got := Follow(filepath.Join(dir, pattern)); got != (Way{Path: path, Denied: true}) {
			t.Errorf("%s leads to %+v, though %s is closed", pattern, got, path)
		}
	}
	_ = os.Chmod(filepath.Join(dir, "a/b"), 0o755) // for the removal
}

func TestContainerPath(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/var/lib/docker/containers/ab12/ab12-json.log": true, "/var/log/pods/mail_postfix_1/smtp/0.log": true,
		"/var/log/containers/postfix.log": true, "/var/log/mail.log": false, "/srv/containers/mail.log": false,
	} {
		if containerPath(path) != want {
			t.Errorf("%s: %v", path, !want)
		}
	}
}
