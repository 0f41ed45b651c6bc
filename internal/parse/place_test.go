package parse

import (
	"testing"

	"rastro/internal/event"
)

// TestPlaces: a line with a client gets the client's place, and a place that
// the sender has told already stays.
func TestPlaces(t *testing.T) {
	t.Parallel()
	places, err := OpenPlaces([]string{"geoip/testdata/places.mmdb"})
	if err != nil {
		t.Fatal(err)
	}
	p, e := New(Options{Places: places}), new(event.Event)
	expect := func(country, city, operator string) {
		t.Helper()
		if got := [3]string{e.Str(event.GeoCountry), e.Str(event.GeoCity), e.Str(event.ASName)}; got != [3]string{country, city, operator} {
			t.Errorf("%q is at %q", e.Str(event.Message), got)
		}
	}
	line := event.Line{Origin: &event.Origin{Name: "mail.log", ID: "f1"}, ReceivedAt: received}
	for ip, want := range map[string][3]string{
		"81.2.69.142": {"GB", "London", "Andrews & Arnold"}, "186.80.4.5": {"CO", "Bogotá", "Telmex Colombia"},
		"192.168.1.4": {}, "9.9.9.9": {},
	} {
		line.Text = "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[" + ip + "]"
		p.Parse(&line, e)
		expect(want[0], want[1], want[2])
	}
	line.Text = "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[81.2.69.142]"
	line.Fields = []event.Pair{{Name: "source.geo.country_iso_code", JSON: `"IE"`}}
	p.Parse(&line, e)
	expect("IE", "London", "Andrews & Arnold")
	line.Text, line.Fields = "Nov 23 00:21:44 mx1 postfix/qmgr[7908]: 4XyZ1: removed", nil
	p.Parse(&line, e)
	expect("", "", "")
}
