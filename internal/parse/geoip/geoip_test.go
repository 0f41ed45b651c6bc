package geoip

import (
	"bytes"
	"errors"
	"flag"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/maxmind/mmdbwriter"
	"github.com/maxmind/mmdbwriter/mmdbtype"
)

// write makes a database of networks and their records.
func write(t testing.TB, path, kind string, version int, records map[string]mmdbtype.Map) {
	t.Helper()
	tree, err := mmdbwriter.New(mmdbwriter.Options{DatabaseType: kind, IPVersion: version, RecordSize: 24, BuildEpoch: 1_790_000_000})
	if err != nil {
		t.Fatal(err)
	}
	for network, record := range records {
		_, ipNet, err := net.ParseCIDR(network)
		if err == nil {
			err = tree.Insert(ipNet, record)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tree.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func city(country, name string) mmdbtype.Map {
	record := mmdbtype.Map{"country": mmdbtype.Map{"iso_code": mmdbtype.String(country)}}
	if name != "" {
		record["city"] = mmdbtype.Map{"names": mmdbtype.Map{"en": mmdbtype.String(name), "es": mmdbtype.String("otro")}}
	}
	return record
}

func operator(name string) mmdbtype.Map {
	return mmdbtype.Map{"autonomous_system_number": mmdbtype.Uint32(64500), "autonomous_system_organization": mmdbtype.String(name)}
}

// files writes a database of cities and one of operators.
func files(t testing.TB) []string {
	dir := t.TempDir()
	cities, operators := filepath.Join(dir, "city.mmdb"), filepath.Join(dir, "asn.mmdb")
	write(t, cities, "GeoLite2-City", 6, map[string]mmdbtype.Map{
		"81.2.69.0/24": city("GB", "London"), "186.80.0.0/16": city("CO", "Bogotá"), "2a02:9000::/24": city("ES", ""),
	})
	write(t, operators, "GeoLite2-ASN", 4, map[string]mmdbtype.Map{
		"81.2.69.0/24": operator("Andrews & Arnold"), "8.8.8.0/24": operator("Google LLC"),
	})
	return []string{cities, operators}
}

var update = flag.Bool("update", false, "write testdata/places.mmdb again")

// TestFixture keeps the small database that tests of other rooms open.
func TestFixture(t *testing.T) {
	const path = "testdata/places.mmdb"
	fresh := filepath.Join(t.TempDir(), "places.mmdb")
	place := func(country, name, who string) mmdbtype.Map {
		record := city(country, name)
		record["autonomous_system_organization"] = mmdbtype.String(who)
		return record
	}
	write(t, fresh, "Test-City-ASN", 6, map[string]mmdbtype.Map{
		"81.2.69.0/24": place("GB", "London", "Andrews & Arnold"), "186.80.0.0/16": place("CO", "Bogotá", "Telmex Colombia"),
		"95.16.0.0/16": place("ES", "Madrid", "Telefonica de Espana"),
	})
	if *update {
		if err := os.Rename(fresh, path); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(fresh)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is out of date, or cannot be read (%v); run this test with -update", path, err)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	live, err := Open(files(t))
	if err != nil {
		t.Fatal(err)
	}
	f := live.Finder()
	for text, want := range map[string]Place{
		"81.2.69.142":        {"GB", "London", "Andrews & Arnold"},
		"::ffff:81.2.69.142": {"GB", "London", "Andrews & Arnold"},
		"186.80.3.4":         {"CO", "Bogotá", ""},
		"8.8.8.8":            {"", "", "Google LLC"},
		"2a02:9000::25":      {"ES", "", ""},
		"2a02:9000::25%eth0": {"ES", "", ""},
		"9.9.9.9":            {}, "2001:db8::1": {},
		"10.1.2.3": {}, "192.168.0.9": {}, "127.0.0.1": {}, "::1": {}, "fe80::1": {}, "fd00::1": {}, "100.64.1.1": {}, "224.0.0.1": {},
		"": {}, "mx1": {}, "81.2.69": {}, "81.2.69.142:25": {},
	} {
		for range 2 { // found and remembered
			if got := f.Find(text); got != want {
				t.Errorf("%q is at %+v, want %+v", text, got, want)
			}
		}
	}
}

// TestNobodyAsks: without a database nothing is known, and nothing is allocated.
func TestNobodyAsks(t *testing.T) {
	none, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	var absent *Live
	for _, f := range []*Finder{none.Finder(), absent.Finder()} {
		if n := testing.AllocsPerRun(100, func() {
			if f.Find("81.2.69.142") != (Place{}) {
				t.Error("a place without a database")
			}
		}); n > 0 {
			t.Errorf("%v allocations", n)
		}
	}
}

func TestOtherWords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lite.mmdb")
	write(t, path, "ipinfo lite", 6, map[string]mmdbtype.Map{
		"81.2.69.0/24": {"country": mmdbtype.String("United Kingdom"), "country_code": mmdbtype.String("GB"), "city": mmdbtype.String("London"), "as_name": mmdbtype.String("A & A")},
	})
	live, err := Open([]string{path})
	if err != nil {
		t.Fatal(err)
	}
	if got := live.Finder().Find("81.2.69.1"); got != (Place{"GB", "London", "A & A"}) {
		t.Errorf("%+v", got)
	}
}

func TestBadFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good, err := os.ReadFile(files(t)[0])
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.mmdb")
	write(t, other, "GeoIP2-Connection-Type", 6, map[string]mmdbtype.Map{"81.2.69.0/24": {"connection_type": mmdbtype.String("Cable/DSL")}})
	text := func(name string, content []byte) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for path, says := range map[string]string{
		other:                   "tells neither country, city nor network operator",
		text("empty.mmdb", nil): "empty.mmdb", text("text.mmdb", []byte("not a database")): "text.mmdb",
		text("cut.mmdb", good[:len(good)/2]): "cut.mmdb",
		dir:                                  "no ordinary file",
	} {
		if _, err := Open([]string{path}); !errors.Is(err, ErrDatabase) || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", path, err)
		}
	}
	if _, err := Open([]string{filepath.Join(dir, "gone.mmdb")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
}

// TestReload: a replaced file is taken, a broken one is told once and changes
// nothing.
func TestReload(t *testing.T) {
	t.Parallel()
	paths := files(t)
	live, err := Open(paths)
	if err != nil {
		t.Fatal(err)
	}
	f := live.Finder()
	at := time.Now()
	replace := func(change func()) {
		t.Helper()
		change()
		at = at.Add(time.Minute) // told apart on any file system
		if err := os.Chtimes(paths[0], at, at); err != nil {
			t.Fatal(err)
		}
	}
	london := Place{"GB", "London", "Andrews & Arnold"}
	if changed, err := live.Reload(); changed || err != nil || f.Find("81.2.69.142") != london {
		t.Fatalf("nothing changed: %v, %v", changed, err)
	}
	replace(func() {
		if err := os.WriteFile(paths[0], []byte("half a datab"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if changed, err := live.Reload(); changed || !errors.Is(err, ErrDatabase) || f.Find("81.2.69.142") != london {
		t.Errorf("a broken file: %v, %v, %+v", changed, err, f.Find("81.2.69.142"))
	}
	if changed, err := live.Reload(); changed || err != nil {
		t.Errorf("a broken file is told twice: %v, %v", changed, err)
	}
	replace(func() {
		write(t, paths[0], "City", 6, map[string]mmdbtype.Map{"81.2.69.0/24": city("IE", "Dublin")})
	})
	if changed, err := live.Reload(); !changed || err != nil || f.Find("81.2.69.142") != (Place{"IE", "Dublin", "Andrews & Arnold"}) {
		t.Errorf("a mended file: %v, %v, %+v", changed, err, f.Find("81.2.69.142"))
	}
	if err := live.Use([]string{"/no/such/file"}); err == nil || f.Find("8.8.8.8").Operator == "" {
		t.Errorf("other files that are not there: %v", err)
	}
	if err := live.Use(nil); err != nil || f.Find("81.2.69.142") != (Place{}) {
		t.Errorf("none: %v, %+v", err, f.Find("81.2.69.142"))
	}
}

// BenchmarkFind compares addresses that come again with those that do not.
func BenchmarkFind(b *testing.B) {
	live, err := Open(files(b))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("again", func(b *testing.B) {
		f := live.Finder()
		b.ReportAllocs()
		for b.Loop() {
			f.Find("81.2.69.142")
		}
	})
	b.Run("new", func(b *testing.B) {
		s := live.set.Load()
		addr := netip.MustParseAddr("81.2.69.142")
		b.ReportAllocs()
		for b.Loop() {
			s.find(addr)
		}
	})
}
