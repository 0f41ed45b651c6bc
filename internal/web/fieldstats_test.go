package web

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestFieldStats(t *testing.T) {
	b := newBench(t, 10)
	code, text := b.post(t, "/api/fields/stats", `{"query":"offset:[3 TO *]","size":1,"sample_ms":10000,"fields":["status","offset","message","@timestamp","sender","ticket"]}`)
	var a FieldStatsAnswer
	if err := json.Unmarshal([]byte(text), &a); code != 200 || err != nil {
		t.Fatalf("%d %v %s", code, err, text)
	}
	if a.Total != 8 || !a.TotalExact || a.Sample != nil || len(a.Fields) != 6 {
		t.Fatalf("%s", text)
	}
	var got []string
	for _, f := range a.Fields {
		line := fmt.Sprintf("%s %s %d", f.Field, f.Kind, f.Events)
		if f.Distinct != nil {
			line += fmt.Sprintf(" distinct %d %v", *f.Distinct, f.DistinctExact)
		}
		for _, v := range f.Values {
			line += fmt.Sprintf(" %s=%d", v.Key, v.Count)
		}
		if f.Stats != nil {
			line += fmt.Sprintf(" other %d from %v to %v avg %v, median %v", f.Other, *f.Stats.Min, *f.Stats.Max, *f.Stats.Avg, *f.Percentiles[0].Value)
		}
		got = append(got, line)
	}
	want := []string{
		"status keyword 8 distinct 2 true deferred=4",
		"offset integer 8 distinct 8 true 3=1 other 7 from 3 to 10 avg 6.5, median 6.5",
		"message text 8",
		"@timestamp time 8",
		"sender keyword 0 distinct 0 true",
		"ticket keyword 0 distinct 0 true",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for body, code := range map[string]string{
		`{}`:                                  "bad_fields",
		`{"fields":[""]}`:                     "bad_fields",
		`{"fields":["a"],"x":1}`:              "bad_request",
		`{"fields":["a"],"size":101}`:         "bad_size",
		`{"fields":["a"],"sample_ms":-1}`:     "bad_sample",
		`{"fields":["a"],"query":"status:("}`: "query_empty_group",
	} {
		if status, text := b.post(t, "/api/fields/stats", body); status != 400 || !strings.Contains(text, code) {
			t.Errorf("%s: %d %s", body, status, text)
		}
	}
}
