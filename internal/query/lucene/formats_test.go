package lucene

import (
	"errors"
	"strings"
	"testing"
	"time"

	"rastro/internal/query"
)

func TestDateFormats(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format, expr, zone string
		first, last        string // last "": the same as first; first "": no date
	}{
		{"epoch_millis", "1418248078123", "", "2014-12-10T21:47:58.123Z", "2014-12-10T21:47:58.123999999Z"},
		{"epoch_millis", "2014", "", "1970-01-01T00:00:02.014Z", "1970-01-01T00:00:02.014999999Z"},
		{"epoch_millis", "1.5", "", "1970-01-01T00:00:00.0015Z", ""},
		{"epoch_millis", "-1500", "", "1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58.500999999Z"},
		{"epoch_millis", "x", "", "", ""},
		{"epoch_millis", "2014-11-18", "", "", ""},
		{"epoch_second", "1418248078", "Europe/Madrid", "2014-12-10T21:47:58Z", "2014-12-10T21:47:58.999999999Z"},
		{"epoch_second", "1418248078.25", "", "2014-12-10T21:47:58.25Z", ""},
		{"epoch_second", "1418248078||/d", "", "2014-12-10T00:00:00Z", "2014-12-10T23:59:59.999999999Z"},
		{"epoch_second", "now-1h", "", "2014-11-18T13:27:32Z", ""},
		{"strict_date_optional_time", "2014-11-18T10:00", "+01:00", "2014-11-18T09:00:00Z", "2014-11-18T09:00:59.999999999Z"},
		{"strict_date_optional_time", "1418248078123", "", "", ""},
		{"strict_date_optional_time_nanos", "2014-11-18T10:00:00.123456789Z", "", "2014-11-18T10:00:00.123456789Z", ""},
		{"date", "2014-11-18", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"strict_date", "2014-11-18T10", "", "", ""},
		{"basic_date", "20141118", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"basic_date_time", "20141118T101530.250+0100", "", "2014-11-18T09:15:30.25Z", ""},
		{"date_time_no_millis", "2014-11-18T10:15:30-05:00", "", "2014-11-18T15:15:30Z", "2014-11-18T15:15:30.999999999Z"},
		{"strict_year_month", "2014-11", "", "2014-11-01T00:00:00Z", "2014-11-01T23:59:59.999999999Z"},
		{"strict_date_optional_time", "2014", "", "2014-01-01T00:00:00Z", "2014-01-01T23:59:59.999999999Z"},
		{"uuuu", "1500", "", "1500-01-01T00:00:00Z", "1500-01-01T23:59:59.999999999Z"},
		{"date||epoch_second", "1418248078", "", "2014-12-10T21:47:58Z", "2014-12-10T21:47:58.999999999Z"},
		{"yyyy-MM-dd HH:mm:ss", "2014-11-18 10:15:30", "", "2014-11-18T10:15:30Z", "2014-11-18T10:15:30.999999999Z"},
		{"dd/MM/yyyy", "18/11/2014", "America/Havana", "2014-11-18T05:00:00Z", "2014-11-19T04:59:59.999999999Z"},
		{"dd/MM/yyyy", "31/02/2014", "", "", ""},
		{"dd/MM/yyyy", "18/13/2014", "", "", ""},
		{"dd/MM/yyyy", "18/11/2014 ", "", "", ""},
		{"dd/MM/yyyy||yyyy", "2014", "", "2014-01-01T00:00:00Z", "2014-01-01T23:59:59.999999999Z"},
		{"dd/MM/yyyy", "18/11/2014||+1M/M", "", "2014-12-01T00:00:00Z", "2014-12-31T23:59:59.999999999Z"},
		{"d/M/yy", "8/1/14", "", "2014-01-08T00:00:00Z", "2014-01-08T23:59:59.999999999Z"},
		{"d MMM yyyy", "8 Jan 2014", "", "2014-01-08T00:00:00Z", "2014-01-08T23:59:59.999999999Z"},
		{"MMMM d, uuuu", "november 18, 2014", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"EEE, dd MMM yyyy HH:mm:ss Z", "Tue, 18 Nov 2014 10:15:30 +0100", "", "2014-11-18T09:15:30Z", "2014-11-18T09:15:30.999999999Z"},
		{"EEEE dd.MM.yyyy", "Tuesday 18.11.2014", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2014-11-18T10:15:30.123Z", "", "2014-11-18T10:15:30.123Z", ""},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSSSS", "2014-11-18T10:15:30.123456", "", "2014-11-18T10:15:30.123456Z", ""},
		{"yyyy-MM-dd'T'HH:mm[:ss][.SSS]", "2014-11-18T10:15", "", "2014-11-18T10:15:00Z", "2014-11-18T10:15:59.999999999Z"},
		{"yyyy-MM-dd'T'HH:mm[:ss[.SSS]]", "2014-11-18T10:15:30.5", "", "2014-11-18T10:15:30.5Z", ""},
		{"yyyyMMddHHmm", "201411181015", "", "2014-11-18T10:15:00Z", "2014-11-18T10:15:59.999999999Z"},
		{"hh:mm a dd.MM.yyyy", "12:15 am 18.11.2014", "", "2014-11-18T00:15:00Z", "2014-11-18T00:15:59.999999999Z"},
		{"hh:mm a dd.MM.yyyy", "12:15 PM 18.11.2014", "", "2014-11-18T12:15:00Z", "2014-11-18T12:15:59.999999999Z"},
		{"yyyy-MM-dd HH:mm VV", "2014-11-18 10:15 Europe/Madrid", "", "2014-11-18T09:15:00Z", "2014-11-18T09:15:59.999999999Z"},
		{"HH:mm:ss", "04:52:20", "", "1970-01-01T04:52:20Z", "1970-01-01T04:52:20.999999999Z"},
		{"HH 'o''clock'", "11 o'clock", "", "1970-01-01T11:00:00Z", "1970-01-01T11:59:59.999999999Z"},
		{"HH''mm", "11'30", "", "1970-01-01T11:30:00Z", "1970-01-01T11:30:59.999999999Z"},
		{"8yyyy-MM-dd", "2014-11-18", "", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
	}
	for _, tt := range tests {
		format, err := ParseDateFormat(tt.format)
		if err != nil {
			t.Errorf("%s: %v", tt.format, err)
			continue
		}
		for _, roundUp := range []bool{false, true} {
			want := tt.first
			if roundUp && tt.last != "" {
				want = tt.last
			}
			got, err := format.DateMath(tt.expr, at(t, testNow), roundUp, zoneOf(t, tt.zone))
			var mistake *query.SyntaxError
			switch {
			case want == "" && !errors.As(err, &mistake):
				t.Errorf("%s %s: got %s, %v", tt.format, tt.expr, got, err)
			case want == "":
			case err != nil:
				t.Errorf("%s %s (up %v): %v", tt.format, tt.expr, roundUp, err)
			case !got.Equal(at(t, want)):
				t.Errorf("%s %s (up %v): got %s, want %s", tt.format, tt.expr, roundUp, got.UTC().Format(time.RFC3339Nano), want)
			}
		}
	}
}

func TestElasticDateMath(t *testing.T) {
	t.Parallel()
	tests := []struct{ expr, first, last string }{
		{"2014-11", "2014-11-01T00:00:00Z", "2014-11-01T23:59:59.999999999Z"},
		{"2014", "2014-01-01T00:00:00Z", "2014-01-01T23:59:59.999999999Z"},
		{"2014-11-18", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
		{"2014-11-18T10", "2014-11-18T10:00:00Z", "2014-11-18T10:59:59.999999999Z"},
		{"2014-11||/M", "2014-11-01T00:00:00Z", "2014-11-30T23:59:59.999999999Z"},
		{"1418248078123", "2014-12-10T21:47:58.123Z", "2014-12-10T21:47:58.123999999Z"},
		{"now/d", "2014-11-18T00:00:00Z", "2014-11-18T23:59:59.999999999Z"},
	}
	for _, tt := range tests {
		low, lowErr := ElasticDateMath(tt.expr, at(t, testNow), false, nil)
		high, highErr := ElasticDateMath(tt.expr, at(t, testNow), true, nil)
		if lowErr != nil || highErr != nil || !low.Equal(at(t, tt.first)) || !high.Equal(at(t, tt.last)) {
			t.Errorf("%s: from %s (%v) to %s (%v)", tt.expr, low, lowErr, high, highErr)
		}
	}
	if _, err := ElasticDateMath("yesterday", at(t, testNow), false, nil); codeOf(err) != "bad_date" {
		t.Errorf("yesterday: %v", err)
	}
}

func TestBadDateFormats(t *testing.T) {
	t.Parallel()
	for _, spec := range []string{
		"", "q", "yyyy-MM-dd'T", "yyyy[", "yyyy]", "yyyyyyyyyyyy", "date||", "no_such_format", strings.Repeat("[y]", 9),
		strings.Repeat("y", 2000), strings.Repeat("date||", 100) + "date",
	} {
		_, err := ParseDateFormat(spec)
		var mistake *query.SyntaxError
		if !errors.As(err, &mistake) || mistake.Code != "date_format" || mistake.Query != spec || mistake.End > len(spec) {
			t.Errorf("%.40s: %v", spec, err)
		}
	}
}

func FuzzDateFormat(f *testing.F) {
	f.Add("dd/MM/yyyy||epoch_second", "18/11/2014||+1d/d")
	f.Add("EEE, d MMM yyyy HH:mm:ss[.SSS] Z", "Tue, 18 Nov 2014 10:15:30 +0100")
	f.Add("yyyyMMdd'T'HHmmssXX", "20141118T101530Z")
	f.Fuzz(func(t *testing.T, spec, expr string) {
		var mistake *query.SyntaxError
		format, err := ParseDateFormat(spec)
		if err != nil {
			if !errors.As(err, &mistake) || mistake.Pos < 0 || mistake.Pos > mistake.End || mistake.End > len(spec) {
				t.Fatalf("%q: %v", spec, err)
			}
			return
		}
		low, err := format.DateMath(expr, time.Unix(1416320852, 0), false, nil)
		high, highErr := format.DateMath(expr, time.Unix(1416320852, 0), true, nil)
		if (err == nil) != (highErr == nil) || err == nil && high.Before(low) {
			t.Fatalf("%q %q: from %v (%v) to %v (%v)", spec, expr, low, err, high, highErr)
		}
		if err != nil && !errors.As(err, &mistake) {
			t.Fatalf("%q %q: %v", spec, expr, err)
		}
	})
}
