package ask

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

func rounderOf(t *testing.T, a query.Agg) rounder {
	t.Helper()
	a.Kind, a.Field = query.AggDateHistogram, query.FieldOf(event.Timestamp)
	p, err := compileAgg(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	return p.rounder
}

// TestBucketStart names the beginning of a bucket for moments around changes of
// clocks.
func TestBucketStart(t *testing.T) {
	t.Parallel()
	hours := func(n float64) query.Agg { return query.Agg{Interval: n * float64(time.Hour)} }
	calendar := func(name string) query.Agg { return query.Agg{Calendar: name} }
	for _, test := range []struct {
		agg             query.Agg
		zone, at, start string
	}{
		{calendar("day"), "", "2026-03-08T23:59:59.999Z", "2026-03-08T00:00:00Z"},
		{calendar("week"), "", "2026-03-08T12:00:00Z", "2026-03-02T00:00:00Z"}, // a Sunday
		{calendar("week"), "", "2026-03-09T00:00:00Z", "2026-03-09T00:00:00Z"},
		{calendar("month"), "+05:30", "2026-02-28T18:29:59Z", "2026-01-31T18:30:00Z"},
		{calendar("quarter"), "", "2026-12-31T00:00:00Z", "2026-10-01T00:00:00Z"},
		{calendar("year"), "-0300", "2026-01-01T02:59:59Z", "2025-01-01T03:00:00Z"},
		{calendar("minute"), "", "1969-12-31T23:59:59.5Z", "1969-12-31T23:59:00Z"},

		// New York sets forward on 2026-03-08 at 07:00 UTC and back on 2026-11-01 at 06:00.
		{calendar("day"), "America/New_York", "2026-03-09T03:59:59Z", "2026-03-08T05:00:00Z"},
		{calendar("day"), "America/New_York", "2026-03-09T04:00:00Z", "2026-03-09T04:00:00Z"},
		{calendar("hour"), "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T05:00:00Z"},
		{calendar("hour"), "America/New_York", "2026-11-01T06:30:00Z", "2026-11-01T06:00:00Z"},
		{hours(12), "America/New_York", "2026-11-01T08:00:00Z", "2026-11-01T04:00:00Z"},
		{hours(2), "America/New_York", "2026-03-08T07:30:00Z", "2026-03-08T07:00:00Z"}, // 02:00 is jumped over

		// Havana: midnight is jumped over in spring and comes twice in autumn.
		{calendar("day"), "America/Havana", "2026-03-08T12:00:00Z", "2026-03-08T05:00:00Z"},
		{calendar("day"), "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z"},
		// Lord Howe Island changes by half an hour: 02:00 becomes 01:30.
		{hours(1), "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T14:00:00Z"},
		// Apia left out the 30th of December 2011.
		{calendar("day"), "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T10:00:00Z"},
		{calendar("month"), "Pacific/Apia", "2011-12-31T09:00:00Z", "2011-12-01T10:00:00Z"},
	} {
		test.agg.Zone = test.zone
		at, err := time.Parse(time.RFC3339Nano, test.at)
		if err != nil {
			t.Fatal(err)
		}
		start, from, to := rounderOf(t, test.agg).bucket(at.UnixNano())
		if got := event.FormatTime(start); got != test.start {
			t.Errorf("%s %v in %q: %s is in the bucket of %s, want %s",
				test.agg.Calendar, time.Duration(test.agg.Interval), test.zone, test.at, got, test.start)
		}
		if at := at.UnixNano(); at < from || at >= to {
			t.Errorf("%s is not in its own stretch %s to %s", test.at, event.FormatTime(from), event.FormatTime(to))
		}
	}
}

// TestBucketStretch checks for random moments that the stretch which a rounder
// returns lies in one bucket, and that the buckets follow each other.
func TestBucketStretch(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	var aggs []query.Agg
	for _, name := range []string{"minute", "hour", "day", "week", "month", "quarter", "year"} {
		aggs = append(aggs, query.Agg{Calendar: name})
	}
	for _, width := range []time.Duration{7 * time.Minute, 30 * time.Minute, 45 * time.Minute, 5 * time.Hour, 24 * time.Hour, 240 * time.Hour} {
		aggs = append(aggs, query.Agg{Interval: float64(width)}, query.Agg{Interval: float64(width), Offset: float64(40 * time.Minute)})
	}
	begin := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()
	for _, zone := range []string{"", "-07:00", "America/New_York", "America/Havana", "America/Sao_Paulo", "Australia/Lord_Howe", "Asia/Tehran"} {
		for _, a := range aggs {
			a.Zone = zone
			r := rounderOf(t, a)
			for range 200 {
				at := begin + random.Int64N(int64(26*365*24*time.Hour))
				start, from, to := r.bucket(at)
				if start > at || from > at || to <= at || from < start {
					t.Fatalf("%+v: %s: bucket of %s, stretch %s to %s", a, event.FormatTime(at),
						event.FormatTime(start), event.FormatTime(from), event.FormatTime(to))
				}
				for _, inside := range []int64{start, from, to - 1} {
					if s, _, _ := r.bucket(inside); s != start {
						t.Fatalf("%+v: %s is in the bucket of %s, %s in that of %s", a, event.FormatTime(at),
							event.FormatTime(start), event.FormatTime(inside), event.FormatTime(s))
					}
				}
				if next, ok := nextBucket(r, start); !ok || next <= start {
					t.Fatalf("%+v: no bucket behind %s", a, event.FormatTime(start))
				}
			}
		}
	}
}

func TestBadZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"Local", "Mars/Olympus", "../../etc/passwd", "+25:99", "+1"} {
		if _, err := loadZone(name); !errors.Is(err, query.ErrBadQuestion) {
			t.Errorf("zone %q: error %v", name, err)
		}
	}
}

// TestEndOfTime asks for histograms over the farthest moments.
func TestEndOfTime(t *testing.T) {
	t.Parallel()
	for _, a := range []query.Agg{{Interval: float64(time.Hour)}, {Calendar: "year", Zone: "Asia/Tokyo"}, {Interval: 1 << 60}} {
		a.Name, a.Kind, a.Field = "h", query.AggDateHistogram, query.FieldOf(event.Timestamp)
		p, err := compileAgg(a, 1)
		if err != nil {
			t.Fatal(err)
		}
		d := newDates(p, &budget{limit: defaultMemory})
		for _, at := range []int64{-1 << 63, 1<<63 - 1, 0} {
			if _, err := d.bucketOf(at); err != nil {
				t.Fatal(err)
			}
		}
		// Either a list of buckets or a refusal, but in finite time.
		if _, err := d.result(); err != nil && !errors.Is(err, query.ErrTooBig) {
			t.Errorf("%+v: %v", a, err)
		}
	}
}
