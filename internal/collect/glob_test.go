package collect

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func TestGlob(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"mx1/mail.log", "mx2/mail.log", "mx2/old/mail.log", "mx2/mail.log.1.gz"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for pattern, want := range map[string][]string{
		"*/mail.log":       {"mx1/mail.log", "mx2/mail.log"},
		"**/mail.log":      {"mx1/mail.log", "mx2/mail.log", "mx2/old/mail.log"},
		"mx2/*":            {"mx2/mail.log", "mx2/mail.log.1.gz"}, // no folder
		"mx3/*":            nil,
		"mx3/no-such-file": {"mx3/no-such-file"},
	} {
		found, err := Glob(filepath.Join(dir, pattern))
		var got []string
		for _, path := range found {
			rel, _ := filepath.Rel(dir, path)
			got = append(got, rel)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q %v, want %q", pattern, got, err, want)
		}
	}
	if found, err := Glob("a[/*"); err == nil {
		t.Errorf("a broken pattern gives %q", found)
	}
}
