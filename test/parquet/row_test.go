package main

import (
	"strings"
	"testing"
)

// A comparison that finds nothing would prove nothing.
func TestDifferencesAreFound(t *testing.T) {
	good := func() *row {
		r := &row{values: map[string]any{"source_id": "f", "offset": int64(7), "size": int64(3), "log_message": "own"}, message: "host a: text", extra: `{"n":{"m":[1,2.5]},"n":2,"host":"x"}`}
		r.text("message", r.message)
		r.text("recipient", "a\x1fb")
		return r
	}
	line := `{"event_id":"f@7","source_id":"f","offset":7,"size":3,"message":"host a: text","log_message":"text","recipient":["a","b"],"n":[{"m":[1,2.5]},2],"extra.host":"x"}`
	start := int64(8)
	whole := good()
	whole.start = &start
	if err := whole.complete(); err != nil {
		t.Fatal(err)
	}
	if err := whole.same([]byte(line)); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"size":3`, `"size":4`}, {`"size":3,`, ``}, {`"size":3`, `"size":3,"more":1`}, {`f@7`, `f@8`}, {`["a","b"]`, `["b","a"]`},
		{`"text"`, `"tex"`}, {`2.5`, `2.25`}, {`"extra.host":"x"`, `"extra.host":"y"`},
	} {
		if err := whole.same([]byte(strings.Replace(line, change[0], change[1], 1))); err == nil {
			t.Errorf("%q for %q was not found", change[1], change[0])
		}
	}
	beyond := int64(99)
	bad := good()
	bad.start = &beyond
	if bad.complete() == nil {
		t.Error("a log_message beyond its message was not found")
	}
}

// A line is put together as the page of the format says.
func TestRebuild(t *testing.T) {
	r := &row{time: 1767589200_291_048_000, values: map[string]any{"pid": int64(7), "delay": 0.25}}
	r.text("queue_id", "A1\x1fB2")
	r.template = "{@timestamp -300 %Y-%m-%dT%H:%M:%S.%6}-05:00 {{p[{pid}]: {<log_message}{queue_id 2}: {delay}{>log_message} {} {} {@timestamp -300 %b %e %H:%M:%S} {@timestamp 0 %s.%3}"
	r.rest = "x\x1fy\x1fz"
	if err := r.complete(); err != nil {
		t.Fatal(err)
	}
	want := "2026-01-05T00:00:00.291048-05:00 {p[7]: B2: 0.25 x y\x1fz Jan  5 00:00:00 1767589200.291"
	if r.values["message"] != want || r.values["log_message"] != "B2: 0.25" {
		t.Errorf("%q, %q", r.values["message"], r.values["log_message"])
	}
	r.template = "{absent}"
	if r.complete() == nil {
		t.Error("a template without what fills it was not found")
	}
}
