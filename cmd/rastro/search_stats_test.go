package main

import (
	"strings"
	"testing"

	"rastro/internal/web"
)

func TestShowStats(t *testing.T) {
	n := func(x float64) *float64 { return &x }
	distinct := int64(3)
	a := web.FieldStatsAnswer{
		Total: 200, Sample: &web.Sample{Seen: 1000, Of: 5000, About: 1000, Low: 900, High: 1100},
		Fields: []web.FieldStats{
			{Field: "status", Events: 100, Distinct: &distinct, DistinctExact: true, Other: 10, Values: []web.AggregationBucket{{Key: "deferred", Count: 60}, {Key: "a\x1b[1m", Count: 30}}},
			{Field: "delay", Events: 2, Distinct: &distinct, Stats: &web.AggregationStats{Count: 2, Min: n(1), Max: n(2.5), Avg: n(1.75)}, Percentiles: []web.AggregationPercentile{{Percent: 95, Value: n(2.5)}}},
			{Field: "message", Events: 200},
		},
	}
	var b strings.Builder
	if err := showStats(&b, &a); err != nil {
		t.Fatal(err)
	}
	const want = `sample of 1000 of 5000 events; 200 of them match, of all about 1000 (900 to 1100)

status: in 100 events (50.0 %), 3 different values
  deferred  60  60.0 %
  a\x1b[1m  30  30.0 %
  (others)  10  10.0 %

delay: in 2 events (1.0 %), about 3 different values or more
  from 1 to 2.5, average 1.75, 95% 2.5

message: in 200 events (100.0 %)
`
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
