package envelope

import (
	"math/rand/v2"
	"testing"
	"time"

	"rastro/internal/event"
)

func mustZone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

// TestFace compares the calendar with the standard library's.
func TestFace(t *testing.T) {
	t.Parallel()
	for year := 1600; year <= 2500; year++ {
		for month := 1; month <= 12; month++ {
			for _, day := range []int{1, 28, daysIn[month]} {
				if month == 2 && day == 29 && !isLeap(year) {
					continue
				}
				want := time.Date(year, time.Month(month), day, 12, 34, 56, 0, time.UTC).Unix()
				if got := faceOf(year, month, day, 12*3600+34*60+56); got != want {
					t.Fatalf("%d-%d-%d: %d, want %d", year, month, day, got, want)
				}
			}
		}
	}
	for range 2000 {
		sec := rand.Int64N(2e10) - 1e10
		if got, want := yearOf(sec), time.Unix(sec, 0).UTC().Year(); got != want {
			t.Fatalf("yearOf(%d) = %d, want %d", sec, got, want)
		}
	}
}

// TestZones compares every quarter of an hour of some years with the standard
// library, in zones with all kinds of clock changes.
func TestZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"America/Bogota", "Europe/Madrid", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
		"Pacific/Apia", "Africa/Casablanca", "America/Santiago", "Europe/London",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loc := mustZone(t, name)
			var z zones
			start := time.Date(2010, 12, 1, 0, 0, 0, 0, time.UTC).Unix()
			unsure := 0
			for face := start; face < start+400*86400; face += 900 {
				sec, doubt := z.instant(face, loc, start+10*366*86400)
				_, offset := time.Unix(sec, 0).In(loc).Zone()
				shown := sec + int64(offset)
				if !doubt && shown != face {
					t.Fatalf("%s shows %s", time.Unix(face, 0).UTC(), time.Unix(shown, 0).UTC())
				}
				twice := readings(face, loc)
				if doubt != (twice != 1) {
					t.Fatalf("%s happens %d times, unsure %v", time.Unix(face, 0).UTC(), twice, doubt)
				}
				if doubt {
					unsure++
				}
			}
			t.Logf("%d doubtful quarters of an hour", unsure)
		})
	}
}

// readings counts the moments at which a clock in loc shows face.
func readings(face int64, loc *time.Location) int {
	n := 0
	for offset := int64(-16 * 3600); offset <= 16*3600; offset += 900 {
		if _, at := time.Unix(face-offset, 0).In(loc).Zone(); int64(at) == offset {
			n++
		}
	}
	return n
}

func TestClockChange(t *testing.T) {
	t.Parallel()
	madrid := mustZone(t, "Europe/Madrid")
	at := func(s string) int64 {
		when, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return when.UnixNano()
	}
	tests := []struct {
		name, line, received, want string
		unsure                     bool
	}{
		{"twice, read at the first", "Oct 25 02:30:00 mx1 a: x", "2026-10-25T00:30:05Z", "2026-10-25T00:30:00Z", true},
		{"twice, read at the second", "Oct 25 02:30:00 mx1 a: x", "2026-10-25T01:30:05Z", "2026-10-25T01:30:00Z", true},
		{"before", "Oct 25 01:59:59 mx1 a: x", "2026-10-25T01:30:05Z", "2026-10-24T23:59:59Z", false},
		{"after", "Oct 25 03:00:00 mx1 a: x", "2026-10-25T02:00:05Z", "2026-10-25T02:00:00Z", false},
		{"never", "Mar 29 02:30:00 mx1 a: x", "2026-03-30T00:00:00Z", "2026-03-29T01:30:00Z", true},
		{"own zone written", "2026-10-25T02:30:00+02:00 mx1 a: x", "2026-10-25T05:30:05Z", "2026-10-25T00:30:00Z", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			rec, e := unwrap(t, tt.line, madrid, at(tt.received))
			if got := event.FormatTime(rec.Time); got != tt.want {
				t.Errorf("time = %s, want %s", got, tt.want)
			}
			if got := e.Str(event.Tags) == event.TagBadZone; got != tt.unsure {
				t.Errorf("unsure = %v, want %v", got, tt.unsure)
			}
		})
	}
}

func TestYear(t *testing.T) {
	t.Parallel()
	tests := []struct{ stamp, anchor, want string }{
		{"Dec 31 23:59:59", "2026-01-01T00:00:10Z", "2025-12-31T23:59:59Z"},
		{"Jan  1 00:00:00", "2026-01-01T00:00:10Z", "2026-01-01T00:00:00Z"},
		{"Jan  1 12:00:00", "2025-12-31T13:00:00Z", "2026-01-01T12:00:00Z"}, // the writer's clock is ahead
		{"Jan  1 12:00:00", "2025-12-31T11:59:59Z", "2025-01-01T12:00:00Z"},
		{"Nov 23 10:00:00", "2026-11-22T10:00:00Z", "2026-11-23T10:00:00Z"},
		{"Nov 23 10:00:01", "2026-11-22T10:00:00Z", "2025-11-23T10:00:01Z"},
		{"Feb 29 10:00:00", "2026-11-22T10:00:00Z", "2024-02-29T10:00:00Z"},
		{"Feb 29 10:00:00", "2103-11-22T10:00:00Z", "2096-02-29T10:00:00Z"},
		{"Mar  1 10:00:00", "2024-03-01T10:00:00Z", "2024-03-01T10:00:00Z"},
		{"Feb 28 10:00:00", "2024-03-01T10:00:00Z", "2024-02-28T10:00:00Z"},
		{"Dec 31 10:00:00", "2024-12-31T10:00:00Z", "2024-12-31T10:00:00Z"},
		{"Feb 30 10:00:00", "2024-12-31T10:00:00Z", ""},
	}
	for _, tt := range tests {
		anchor, err := time.Parse(time.RFC3339, tt.anchor)
		if err != nil {
			t.Fatal(err)
		}
		rec, _ := unwrap(t, tt.stamp+" mx1 a[1]: x", nil, anchor.UnixNano())
		got := ""
		if rec.Time != 0 {
			got = event.FormatTime(rec.Time)
		}
		if got != tt.want {
			t.Errorf("%s read at %s = %s, want %s", tt.stamp, tt.anchor, got, tt.want)
		}
	}
}

// TestNewest anchors the year to the end of a finished file, not to today.
func TestNewest(t *testing.T) {
	t.Parallel()
	var u Unwrapper
	var rec event.Record
	origin := &event.Origin{Newest: time.Date(2019, 12, 1, 0, 0, 0, 0, time.UTC).UnixNano()}
	line := event.Line{Text: "Nov 23 00:21:44 mx1 a[1]: x", Origin: origin, ReceivedAt: now}
	u.Unwrap(&line, &rec, new(event.Event))
	if got, want := event.FormatTime(rec.Time), "2019-11-23T00:21:44Z"; got != want {
		t.Errorf("time = %s, want %s", got, want)
	}
}

func TestFarYears(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		line string
		ok   bool
	}{
		{"1677-12-31T23:59:59Z mx1 a[1]: x", false},
		{"1678-01-01T00:00:00Z mx1 a[1]: x", true},
		{"2261-12-31T23:59:59.999999999Z mx1 a[1]: x", true},
		{"2262-01-01T00:00:00Z mx1 a[1]: x", false},
		{"9999-12-31T23:59:59Z mx1 a[1]: x", false},
		{"0000-01-01T00:00:00Z mx1 a[1]: x", false},
	} {
		rec, e := unwrap(t, tt.line, nil, now)
		if (rec.Time != 0) != tt.ok || (e.Str(event.Tags) == event.TagAdjusted) == tt.ok {
			t.Errorf("%s: time %d, tags %v", tt.line, rec.Time, e.Strs(event.Tags))
		}
		if rec.Text != "x" || rec.Host != "mx1" {
			t.Errorf("%s: text %q, host %q", tt.line, rec.Text, rec.Host)
		}
	}
}

func TestRepeated(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ line, text, count string }{
		{"Nov 23 00:21:44 mx1 postfix/smtpd[1]: message repeated 2 times: [ connect from a[1.2.3.4]]", "connect from a[1.2.3.4]", "2"},
		{"Nov 23 00:21:44 mx1 last message repeated 31 times", "last message repeated 31 times", "31"},
		{"last message repeated 3 times", "last message repeated 3 times", "3"},
		{"Nov 23 00:21:44 mx1 a: message repeated often: [ x]", "message repeated often: [ x]", ""},
		{"Nov 23 00:21:44 mx1 a: message repeated 007 times: [ x]", "message repeated 007 times: [ x]", ""},
	} {
		rec, e := unwrap(t, tt.line, nil, now)
		if rec.Text != tt.text {
			t.Errorf("text = %q, want %q", rec.Text, tt.text)
		}
		count := ""
		for _, p := range e.Extra {
			count += p.JSON
		}
		if count != tt.count || (e.Str(event.Tags) == event.TagRepeated) != (tt.count != "") {
			t.Errorf("%s: count %q, tags %v", tt.line, count, e.Strs(event.Tags))
		}
	}
}
