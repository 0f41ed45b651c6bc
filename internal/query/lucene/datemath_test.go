package lucene

import (
	"errors"
	"testing"
	"time"
	_ "time/tzdata"

	"rastro/internal/query"
)

const testNow = "2014-11-18T14:27:32Z"

func at(t *testing.T, s string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func zoneOf(t *testing.T, name string) *time.Location {
	t.Helper()
	switch name {
	case "":
		return nil
	case "+01:00":
		return time.FixedZone("", 3600)
	case "-01:00":
		return time.FixedZone("", -3600)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func TestDateMath(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr  string
		zone  string
		first string // without rounding up
		last  string // with; "" means the same as first
	}{
		// Dates, whole and in part.
		{"2014-05-30", "", "2014-05-30T00:00:00Z", "2014-05-30T23:59:59.999999999Z"},
		{"2014-05-30T", "", "2014-05-30T00:00:00Z", "2014-05-30T23:59:59.999999999Z"},
		{"2014-05-30T20", "", "2014-05-30T20:00:00Z", "2014-05-30T20:59:59.999999999Z"},
		{"2014-05-30T20:21", "", "2014-05-30T20:21:00Z", "2014-05-30T20:21:59.999999999Z"},
		{"2014-05-30T20:21:35", "", "2014-05-30T20:21:35Z", "2014-05-30T20:21:35.999999999Z"},
		{"2014-05-30 20:21:35", "", "2014-05-30T20:21:35Z", "2014-05-30T20:21:35.999999999Z"},
		{"2014-05-30T20:21:35.123", "", "2014-05-30T20:21:35.123Z", ""},
		{"2014-05-30T20:21:35,123456789", "", "2014-05-30T20:21:35.123456789Z", ""},
		{"2014-02", "", "2014-02-01T00:00:00Z", "2014-02-28T23:59:59.999999999Z"},
		{"2016-02", "", "2016-02-01T00:00:00Z", "2016-02-29T23:59:59.999999999Z"},
		{"2014", "", "2014-01-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z"},
		{"2014-05-30T20:21||", "", "2014-05-30T20:21:00Z", ""},

		// Zones: one inside the date wins.
		{"2014-11-18", "+01:00", "2014-11-17T23:00:00Z", "2014-11-18T22:59:59.999999999Z"},
		{"2014-11-18T09:20", "CET", "2014-11-18T08:20:00Z", "2014-11-18T08:20:59.999999999Z"},
		{"2014-11-12T22:55:00.000", "+01:00", "2014-11-12T21:55:00Z", ""},
		{"2014-11-12T22:55:00.000+01:00", "", "2014-11-12T21:55:00Z", ""},
		{"2014-11-12T22:55:00.000Z", "America/Havana", "2014-11-12T22:55:00Z", ""},
		{"2014-05-30T20:21+03:00", "America/Los_Angeles", "2014-05-30T17:21:00Z", "2014-05-30T17:21:59.999999999Z"},
		{"2014-05-30T20:21+0300", "", "2014-05-30T17:21:00Z", "2014-05-30T17:21:59.999999999Z"},
		{"2014-05-30T20:21-03", "", "2014-05-30T23:21:00Z", "2014-05-30T23:21:59.999999999Z"},
		{"2014-05-30T20-00:00", "", "2014-05-30T20:00:00Z", "2014-05-30T20:59:59.999999999Z"},

		// Milliseconds since 1970; four digits are a year.
		{"1418248078000", "", "2014-12-10T21:47:58Z", "2014-12-10T21:47:58.000999999Z"},
		{"1418248078123", "America/Havana", "2014-12-10T21:47:58.123Z", "2014-12-10T21:47:58.123999999Z"},
		{"-1000", "", "1969-12-31T23:59:59Z", "1969-12-31T23:59:59.000999999Z"},
		{"10000", "", "1970-01-01T00:00:10Z", "1970-01-01T00:00:10.000999999Z"},
		{"1418248078000||/m", "", "2014-12-10T21:47:00Z", "2014-12-10T21:47:59.999999999Z"},

		// Adding and taking away; rounding up changes nothing.
		{"2014-11-18||+y", "", "2015-11-18T00:00:00Z", ""},
		{"2014-11-18||-2y", "", "2012-11-18T00:00:00Z", ""},
		{"2014-11-18||+3M", "", "2015-02-18T00:00:00Z", ""},
		{"2014-11-18||-M", "", "2014-10-18T00:00:00Z", ""},
		{"2014-11-18||-24M", "", "2012-11-18T00:00:00Z", ""},
		{"2014-11-18||+1w", "", "2014-11-25T00:00:00Z", ""},
		{"2014-11-18||-3w", "", "2014-10-28T00:00:00Z", ""},
		{"2014-11-18||+22d", "", "2014-12-10T00:00:00Z", ""},
		{"2014-11-18||-423d", "", "2013-09-21T00:00:00Z", ""},
		{"2014-11-18T14||+13h", "", "2014-11-19T03:00:00Z", ""},
		{"2014-11-18T14||-1H", "", "2014-11-18T13:00:00Z", ""},
		{"2014-11-18T14:27||+10240m", "", "2014-11-25T17:07:00Z", ""},
		{"2014-11-18T14:27:32||-3600s", "", "2014-11-18T13:27:32Z", ""},
		{"2015-01-31||+1M", "", "2015-02-28T00:00:00Z", ""},
		{"2016-01-31||+1M", "", "2016-02-29T00:00:00Z", ""},
		{"2016-02-29||+1y", "", "2017-02-28T00:00:00Z", ""},
		{"2015-03-31||-1M", "", "2015-02-28T00:00:00Z", ""},
		{"2014-11-18||+1M-1M", "", "2014-11-18T00:00:00Z", ""},
		{"2014-11-18||+1M-1m", "", "2014-12-17T23:59:00Z", ""},
		{"2014-11-18||-1m+1M", "", "2014-12-17T23:59:00Z", ""},

		// Rounding.
		{"2014-11-18||/y", "", "2014-01-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z"},
		{"2014-01-01T00:00:00.001||/y", "", "2014-01-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z"},
		{"2014-11-18||/y", "CET", "2013-12-31T23:00:00Z", "2014-12-31T22:59:59.999999999Z"},
		{"2014-11-18||/M", "", "2014-11-01T00:00:00Z", "2014-11-30T23:59:59.999999999Z"},
		{"2014-11||/M", "", "2014-11-01T00:00:00Z", "2014-11-30T23:59:59.999999999Z"},
		{"2014-11-18||/M", "CET", "2014-10-31T23:00:00Z", "2014-11-30T22:59:59.999999999Z"},
		{"2014-11-17T14||/w", "", "2014-11-17T00:00:00Z", "2014-11-23T23:59:59.999999999Z"},
		{"2014-11-18T14||/w", "", "2014-11-17T00:00:00Z", "2014-11-23T23:59:59.999999999Z"},
		{"2014-11-23T14||/w", "", "2014-11-17T00:00:00Z", "2014-11-23T23:59:59.999999999Z"},
		{"2014-11-18||/w", "CET", "2014-11-16T23:00:00Z", "2014-11-23T22:59:59.999999999Z"},
		{"2014-11-18||/w", "-01:00", "2014-11-17T01:00:00Z", "2014-11-24T00:59:59.999999999Z"},
		{"2014-07-22||/w", "CET", "2014-07-20T22:00:00Z", "2014-07-27T21:59:59.999999999Z"},
		{"2014-11-18T14||/d", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"2014-11-18T14:27||/h", "", "2014-11-18T14:00:00Z", "2014-11-18T14:59:59.999999999Z"},
		{"2014-11-18T14||/H", "", "2014-11-18T14:00:00Z", "2014-11-18T14:59:59.999999999Z"},
		{"2014-11-18T14:27:32||/m", "", "2014-11-18T14:27:00Z", "2014-11-18T14:27:59.999999999Z"},
		{"2014-11-18T14:27:32.123||/s", "", "2014-11-18T14:27:32Z", "2014-11-18T14:27:32.999999999Z"},
		{"2014-11-18||/1d", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"2014-11-18||+1M/M+1h", "", "2014-12-01T01:00:00Z", "2015-01-01T00:59:59.999999999Z"},

		// now: the zone moves its rounding only.
		{"now", "", testNow, ""},
		{"now", "America/Havana", testNow, ""},
		{"now+M", "", "2014-12-18T14:27:32Z", ""},
		{"now-2d", "", "2014-11-16T14:27:32Z", ""},
		{"now-1h", "", "2014-11-18T13:27:32Z", ""},
		{"now/m", "", "2014-11-18T14:27:00Z", "2014-11-18T14:27:59.999999999Z"},
		{"now/d", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"now/d", "America/Havana", "2014-11-18T05:00:00Z", "2014-11-19T04:59:59.999999999Z"},
		{"now-1d/d", "", "2014-11-17T00:00:00Z", "2014-11-17T23:59:59.999999999Z"},

		// Clock changes: a day is a day of the calendar, hours are hours.
		{"2026-03-29||+1d", "Europe/Madrid", "2026-03-29T22:00:00Z", ""},
		{"2026-03-29||+24h", "Europe/Madrid", "2026-03-29T23:00:00Z", ""},
		{"2026-03-29", "Europe/Madrid", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999999999Z"},
		{"2026-10-25", "Europe/Madrid", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999999999Z"},
		{"2026-03-28T02:30||+1d", "Europe/Madrid", "2026-03-29T01:30:00Z", ""},
		{"2026-10-25T02:30", "Europe/Madrid", "2026-10-25T00:30:00Z", "2026-10-25T00:30:59.999999999Z"},
		{"2026-10-25T01:15:00Z||/h", "Europe/Madrid", "2026-10-25T01:00:00Z", "2026-10-25T01:59:59.999999999Z"},
		{"2026-03-08", "America/Havana", "2026-03-08T05:00:00Z", "2026-03-09T03:59:59.999999999Z"},
		{"2026-11-01", "America/Havana", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59.999999999Z"},
		{"2026-11-01T12||/d", "America/Havana", "2026-11-01T04:00:00Z", "2026-11-02T04:59:59.999999999Z"},
	}
	for _, tt := range tests {
		for _, roundUp := range []bool{false, true} {
			want := tt.first
			if roundUp && tt.last != "" {
				want = tt.last
			}
			got, err := DateMath(tt.expr, at(t, testNow), roundUp, zoneOf(t, tt.zone))
			if err != nil {
				t.Errorf("%s (up %v, %s): %v", tt.expr, roundUp, tt.zone, err)
			} else if !got.Equal(at(t, want)) {
				t.Errorf("%s (up %v, %s): got %s, want %s", tt.expr, roundUp, tt.zone, got.UTC().Format(time.RFC3339Nano), want)
			}
		}
	}
}

func TestDateMathMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expr, code, place, suggestion string
	}{
		{"2014-11-18||*5", "date_operator", "*", "2014-11-18||-5d"},
		{"now*5d", "date_operator", "*", "now-5d"},
		{"2014-11-18||/2m", "date_rounding", "2", "2014-11-18||/m"},
		{"2014-11-18||+2a", "date_unit", "a", ""},
		{"2014-11-18||+12", "date_truncated", "+12", "2014-11-18||+12d"},
		{"2014-11-18||-", "date_truncated", "-", "2014-11-18||"},
		{"now-5min", "date_unit", "min", "now-5m"},
		{"now-1month", "date_unit", "month", "now-1M"},
		{"now-99999999999d", "date_out_of_range", "99999999999", "now-1d"},
		{"now+1000000000y", "date_out_of_range", "+1000000000y", "now"},
		{"yesterday", "bad_date", "yesterday", "now-1d/d"},
		{"today-1h", "bad_date", "today-1h", "now/d-1h"},
		{"2014/1/5", "bad_date", "/1/5", "2014-01-05"},
		{"2014-13-01", "bad_date", "13-01", ""},
		{"2014-02-30||/d", "bad_date", "30", "2014-02-28||/d"},
		{"2014-11-18T25", "bad_date", "25", ""},
		{"2014-11-18T10:00+", "bad_date", "+", ""},
		{"2014-11-18Z", "bad_date", "Z", ""},
		{"", "bad_date", "", ""},
		{"201", "", "", ""},
		{"soon", "bad_date", "soon", ""},
	}
	for _, tt := range tests {
		_, err := DateMath(tt.expr, at(t, testNow), false, nil)
		if tt.code == "" {
			if err != nil {
				t.Errorf("%s: %v", tt.expr, err)
			}
			continue
		}
		var mistake *query.SyntaxError
		if !errors.As(err, &mistake) {
			t.Errorf("%s: got %v", tt.expr, err)
			continue
		}
		if place := tt.expr[mistake.Pos:mistake.End]; mistake.Code != tt.code || place != tt.place || mistake.Suggestion != tt.suggestion {
			t.Errorf("%s: got %s at %q, suggestion %q", tt.expr, mistake.Code, place, mistake.Suggestion)
		}
		if mistake.Suggestion != "" {
			if _, err := DateMath(mistake.Suggestion, at(t, testNow), false, nil); err != nil {
				t.Errorf("%s: the suggestion %q: %v", tt.expr, mistake.Suggestion, err)
			}
		}
	}
}

func FuzzDateMath(f *testing.F) {
	for _, s := range []string{"now-1h/d", "2014-11-18||+1M/M", "2014-11-18T14:27:32.1+01:00", "1418248078000", "now*5", "2014/1/5", "now-5min"} {
		f.Add(s, int64(1416320852), true)
	}
	zone, err := time.LoadLocation("Europe/Madrid")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, expr string, now int64, roundUp bool) {
		moment := time.Unix(now%(1<<33), 0)
		_, err := DateMath(expr, moment, roundUp, zone)
		if err == nil {
			low, lowErr := DateMath(expr, moment, false, zone)
			high, highErr := DateMath(expr, moment, true, zone)
			if lowErr != nil || highErr != nil || high.Before(low) {
				t.Fatalf("%q: from %v (%v) to %v (%v)", expr, low, lowErr, high, highErr)
			}
			return
		}
		var mistake *query.SyntaxError
		if !errors.As(err, &mistake) {
			t.Fatalf("%q: %v", expr, err)
		}
		if mistake.Pos < 0 || mistake.Pos > mistake.End || mistake.End > len(expr) || mistake.Query != expr {
			t.Fatalf("%q: place %d:%d", expr, mistake.Pos, mistake.End)
		}
	})
}
