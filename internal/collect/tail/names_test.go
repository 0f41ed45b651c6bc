package tail

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestRotatedNames(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		base, live string
		want       bool
	}{
		{"mail.log.1", "mail.log", true},
		{"mail.log.12.gz", "mail.log", true},
		{"mail.log-20260101", "mail.log", true},
		{"mail.log-20260101-1530.zst", "mail.log", true},
		{"mail-20260101.log", "mail.log", true},
		{"mail.1.log", "mail.log", true},
		{"mail.log.old", "mail.log", true},
		{"mail.2026-01-01T10:00:00Z.log", "mail.log", true},
		{"mail.log", "mail.log", false},
		{"mail.log.gz", "mail.log", false},
		{"mail.err", "mail.log", false},
		{"mail.err", "mail", false},
		{"mail.log.1", "mail", false},
		{"mail.log.bak", "mail.log", false},
		{"smail.log.1", "mail.log", false},
		{"node-2.log", "node-1.log", false},
	} {
		if got := rotatedFrom(tc.base, tc.live); got != tc.want {
			t.Errorf("rotatedFrom(%q, %q) = %v", tc.base, tc.live, got)
		}
		if tc.want && liveName("/x/"+tc.base) != "/x/"+tc.live && !strings.HasSuffix(tc.base, ".old") {
			t.Errorf("liveName(%q) = %q", tc.base, liveName("/x/"+tc.base))
		}
	}
}

func TestGlobs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a.log", "b.txt", "x/a.log", "x/y/a.log", "x/y/z/b.log", "w/a.log"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(dir, "x"), filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for pattern, want := range map[string]string{
		"*.log":       "a.log",
		"**/*.log":    "a.log w/a.log x/a.log x/y/a.log x/y/z/b.log",
		"x/**/a.log":  "x/a.log x/y/a.log",
		"*/a.log":     "link/a.log w/a.log x/a.log",
		"x/**":        "x/a.log x/y x/y/a.log x/y/z x/y/z/b.log",
		"[ab].*":      "a.log b.txt",
		"x/y/a.log":   "x/y/a.log",
		"none/*/x":    "",
		"**/y/*.log":  "x/y/a.log",
		"link/**/a.*": "link/a.log link/y/a.log",
	} {
		var dirs []string
		var got []string
		for _, p := range expand(filepath.Join(dir, pattern), func(d string) { dirs = append(dirs, d) }) {
			rel, err := filepath.Rel(dir, p)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, rel)
			if !matchPath(filepath.Join(dir, pattern), p) {
				t.Errorf("%s: found %s but does not match it", pattern, rel)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s: %q, want %q", pattern, s, want)
		}
		if len(dirs) == 0 {
			t.Errorf("%s: no folder to watch", pattern)
		}
	}
	if matchPath("/a/**/c", "/a/b/d") || !matchPath("/a/**/c", "/a/c") || !matchPath("*.log", "/a/b/c.log") {
		t.Error("matchPath is wrong")
	}
}

func TestWrongSources(t *testing.T) {
	t.Parallel()
	for _, s := range []Source{
		{},
		{Paths: []string{"["}},
		{Paths: []string{"a"}, Exclude: []string{"["}},
		{Paths: []string{"a"}, Format: "xml"},
	} {
		if _, err := New(Options{Sources: []Source{s}}); err == nil {
			t.Errorf("%+v was accepted", s)
		}
	}
}

// FuzzState: whatever stands in a position, it is refused or has values that
// reading can rely on, and what was written is read back.
func FuzzState(f *testing.F) {
	s := state{Name: "/var/log/mail.log", Dev: 1, Ino: 2, HeadLen: 1024, Offset: 5000, TailLen: 256}
	f.Add(s.encode())
	f.Add([]byte(`{"name":"x","offset":-1}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := decodeState(b)
		if err != nil {
			return
		}
		if s.Offset < int64(s.TailLen) || s.HeadLen > headBytes {
			t.Fatalf("accepted %+v", s)
		}
		again, err := decodeState(s.encode())
		if err != nil || again != s {
			t.Fatalf("%+v became %+v: %v", s, again, err)
		}
	})
}

func TestSourceOfPath(t *testing.T) {
	t.Parallel()
	s, err := compile(Source{Paths: []string{"/var/log/**/*.log"}, Exclude: []string{"debug*"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range []string{"/var/log/a.log", "/var/log/x/y.log", "/var/log/debug.log", "/tmp/a.log", "/var/log/a.log.gz"} {
		if s.matches(p) {
			got = append(got, p)
		}
	}
	if want := []string{"/var/log/a.log", "/var/log/x/y.log"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
