package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"rastro/internal/parse"
)

// TestPlaces: the databases are opened at the start, taken again when they
// change and at a reload, and a mistake in them changes nothing.
func TestPlaces(t *testing.T) {
	t.Parallel()
	database, err := os.ReadFile("../parse/geoip/testdata/places.mmdb")
	if err != nil {
		t.Fatal(err)
	}
	c := testConfig(t)
	path := filepath.Join(t.TempDir(), "city.mmdb")
	c.GeoIP.Files = []string{path}
	put := func(content []byte) {
		t.Helper()
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string][]byte{"text": []byte("no database"), "half": database[:len(database)/2]} {
		put(content)
		if err := Check(c); !errors.Is(err, parse.ErrPlaces) || !strings.Contains(err.Error(), "geoip.files: ") {
			t.Errorf("%s: %v", name, err)
		}
		if err := New(Options{Config: c, Log: quiet()}).Start(context.Background()); !errors.Is(err, parse.ErrPlaces) {
			t.Errorf("a start with %s: %v", name, err)
		}
	}
	put(database)
	if err := Check(c); err != nil {
		t.Fatal(err)
	}
	a := start(t, c)
	found := func() string { return a.Folder().places.Finder().Find("81.2.69.142").City }
	if found() != "London" {
		t.Errorf("the client is in %q", found())
	}
	put([]byte("no database"))
	a.reloadPlaces()
	if err := a.Reload(c); !errors.Is(err, parse.ErrPlaces) || found() != "London" {
		t.Errorf("a broken database: %v, %q", err, found())
	}
	c.GeoIP.Files = nil
	if err := a.Reload(c); err != nil || found() != "" {
		t.Errorf("no database any more: %v, %q", err, found())
	}
}
