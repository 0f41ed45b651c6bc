package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// aggregate asks and wants an answer.
func (b *bench) aggregate(t *testing.T, body string) AggregateAnswer {
	t.Helper()
	code, text := b.post(t, "/api/aggregate", body)
	var answer AggregateAnswer
	if err := json.Unmarshal([]byte(text), &answer); code != 200 || err != nil {
		t.Fatalf("%s: %d %v %s", body, code, err, text)
	}
	return answer
}

// show writes buckets as key=count, those inside in brackets.
func show(r AggregationResult) string {
	var parts []string
	for _, b := range r.Buckets {
		text := fmt.Sprintf("%s=%d", b.Key, b.Count)
		for _, sub := range b.Aggs {
			text += "(" + show(sub) + ")"
		}
		parts = append(parts, text)
	}
	if r.Value != nil {
		parts = append(parts, fmt.Sprint(*r.Value))
	}
	return strings.Join(parts, " ")
}

func TestAggregate(t *testing.T) {
	b := newBench(t, 10) // one event a second from 00:00:01 on, statuses in turn
	const year = `"since":"2026-03-01","until":"2026-03-01T00:00:12Z",`
	for _, c := range []struct{ name, body, want string }{
		{"terms", `{"aggs":[{"name":"a","kind":"terms","field":"status"}]}`, "deferred=5 delivered=5"},
		{"terms in another order", `{"aggs":[{"name":"a","kind":"terms","field":"status","order":"-_key","size":1}]}`, "delivered=5"},
		{"terms by a figure", `{"aggs":[{"name":"a","kind":"terms","field":"status","order":"-last","size":1,"aggs":[{"name":"last","kind":"max","field":"offset"}]}]}`, "deferred=5(10)"},
		{"terms of what is missing", `{"aggs":[{"name":"a","kind":"terms","field":"sender","missing":"(none)"}]}`, "(none)=10"},
		{"an alias", `{"aggs":[{"name":"a","kind":"terms","field":"postfix_status","size":1}]}`, "deferred=5"},
		{"a query", `{"query":"status:deferred","aggs":[{"name":"a","kind":"count"}]}`, "5"},
		{"cardinality", `{"aggs":[{"name":"a","kind":"cardinality","field":"status"}]}`, "2"},
		{"no value", `{"aggs":[{"name":"a","kind":"avg","field":"delay"}]}`, ""},
		{"filters", `{"aggs":[{"name":"a","kind":"filters","filters":[{"key":"x","query":"status:deferred"},{"key":"y","query":"nothing_here"}]}]}`, "x=5 y=0"},
		{"ranges", `{"aggs":[{"name":"a","kind":"ranges","field":"offset","ranges":[{"to":5},{"key":"many","from":5}]}]}`, "*-5=4 many=6"},
		{"a histogram", `{"aggs":[{"name":"a","kind":"histogram","field":"offset","interval":"5"}]}`, "0=4 5=5 10=1"},
		{"the whole range is filled", `{` + year + `"query":"offset:[5 TO 6]","aggs":[{"name":"a","kind":"timeline","interval":"5s"}]}`, "2026-03-01T00:00:00Z=0 2026-03-01T00:00:05Z=2 2026-03-01T00:00:10Z=0"},
		{"nothing matches", `{` + year + `"query":"nothing_here","aggs":[{"name":"a","kind":"timeline","interval":"10s"}]}`, "2026-03-01T00:00:00Z=0 2026-03-01T00:00:10Z=0"},
		{"the end is not in the range", `{"since":"2026-03-01","until":"2026-03-01T00:00:10Z","aggs":[{"name":"a","kind":"timeline","interval":"10s"}]}`, "2026-03-01T00:00:00Z=9"},
		{"open ends", `{"aggs":[{"name":"a","kind":"timeline","buckets":2}]}`, "2026-03-01T00:00:00Z=4 2026-03-01T00:00:05Z=5 2026-03-01T00:00:10Z=1"},
		{"split by a field", `{` + year + `"aggs":[{"name":"a","kind":"timeline","interval":"10s","aggs":[{"name":"s","kind":"terms","field":"status"}]}]}`, "2026-03-01T00:00:00Z=9(delivered=5 deferred=4) 2026-03-01T00:00:10Z=1(deferred=1)"},
		{"a timeline inside", `{` + year + `"aggs":[{"name":"a","kind":"terms","field":"status","size":1,"aggs":[{"name":"t","kind":"timeline","interval":"10s"}]}]}`, "deferred=5(2026-03-01T00:00:00Z=4 2026-03-01T00:00:10Z=1)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			answer := b.aggregate(t, c.body)
			if len(answer.Aggs) != 1 || show(answer.Aggs[0]) != c.want || !answer.TotalExact {
				t.Errorf("got %s, want %s", show(answer.Aggs[0]), c.want)
			}
		})
	}
}

func TestAggregateFigures(t *testing.T) {
	b := newBench(t, 10)
	a := b.aggregate(t, `{"since":"2026-03-01","aggs":[
		{"name":"s","kind":"stats","field":"offset"},{"name":"n","kind":"stats","field":"delay"},
		{"name":"p","kind":"percentiles","field":"offset","percents":[100]},{"name":"q","kind":"percentiles","field":"delay"}]}`)
	if s := a.Aggs[0].Stats; s == nil || s.Count != 10 || *s.Min != 1 || *s.Max != 10 || s.Sum != 55 || *s.Avg != 5.5 {
		t.Errorf("stats %+v", s)
	}
	if s := a.Aggs[1].Stats; s == nil || s.Count != 0 || s.Min != nil || s.Avg != nil {
		t.Errorf("stats of nothing %+v", s)
	}
	if p := a.Aggs[2].Percentiles; len(p) != 1 || p[0].Percent != 100 || p[0].Value == nil || *p[0].Value < 9.8 || *p[0].Value > 10.2 {
		t.Errorf("percentiles %+v", p)
	}
	if p := a.Aggs[3].Percentiles; len(p) != 3 || p[1].Percent != 95 || p[1].Value != nil {
		t.Errorf("percentiles of nothing %+v", p)
	}
	if a.Total != 10 || a.From != "2026-03-01T00:00:00Z" || a.To != "" {
		t.Errorf("total %d, from %q to %q", a.Total, a.From, a.To)
	}
	if a = b.aggregate(t, `{"query":"status:deferred","aggs":[]}`); a.Total != 5 || a.Aggs == nil {
		t.Errorf("without aggregations: %+v", a)
	}
}

func TestAggregateOfNothingStored(t *testing.T) {
	b := newBench(t, 0)
	for _, since := range []string{"", `"since":"now-1m","until":"now",`, `"until":"now",`, `"since":"now-1m",`} {
		a := b.aggregate(t, `{`+since+`"aggs":[{"name":"a","kind":"timeline"}]}`)
		if n := len(a.Aggs[0].Buckets); (n > 0) != strings.Contains(since, "since") || n > 100 || a.Total != 0 {
			t.Errorf("%s: %d buckets", since, n)
		}
	}
}

// TestTimelineByTheClockOnTheWall has a day of 23 hours and one of 25.
func TestTimelineByTheClockOnTheWall(t *testing.T) {
	b := newBench(t, 0)
	var all []event.Event
	for i, at := range []string{"2026-03-28T22:30:00Z", "2026-03-28T23:30:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"} {
		e := events(i+1, 1)[0]
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e.Time = when.UnixNano()
		all = append(all, e)
	}
	if err := b.store.Append(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	a := b.aggregate(t, `{"zone":"Europe/Madrid","since":"2026-03-28","until":"2026-03-31","aggs":[{"name":"a","kind":"timeline","interval":"1d"}]}`)
	if got, want := show(a.Aggs[0]), "2026-03-28T00:00:00+01:00=1 2026-03-29T00:00:00+01:00=2 2026-03-30T00:00:00+02:00=1"; got != want || a.Aggs[0].IntervalMS != day.Milliseconds() {
		t.Errorf("got %s, want %s (%d ms)", got, want, a.Aggs[0].IntervalMS)
	}
	a = b.aggregate(t, `{"zone":"Europe/Madrid","since":"2026-03-29","until":"2026-03-30","aggs":[{"name":"a","kind":"timeline","interval":"day"}]}`)
	if a.Aggs[0].IntervalMS != 23*time.Hour.Milliseconds() || a.From != "2026-03-28T23:00:00Z" || a.To != "2026-03-29T22:00:00Z" {
		t.Errorf("the short day: %+v", a)
	}
	a = b.aggregate(t, `{"zone":"Europe/Madrid","since":"2026-10-25T01:00","until":"2026-10-25T04:00","aggs":[{"name":"a","kind":"timeline","interval":"1h"}]}`)
	if got, want := show(a.Aggs[0]), "2026-10-25T01:00:00+02:00=0 2026-10-25T02:00:00+02:00=1 2026-10-25T02:00:00+01:00=1 2026-10-25T03:00:00+01:00=0"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	a = b.aggregate(t, `{"zone":"Europe/Madrid","since":"2026-02-01","until":"2026-04-01","aggs":[{"name":"a","kind":"timeline","interval":"month"}]}`)
	if got, want := show(a.Aggs[0]), "2026-02-01T00:00:00+01:00=0 2026-03-01T00:00:00+01:00=4"; got != want || a.Aggs[0].IntervalMS != 28*day.Milliseconds() {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAutoInterval(t *testing.T) {
	for span, want := range map[time.Duration]string{
		time.Second: "1s", 15 * time.Minute: "30s", time.Hour: "1m", 6 * time.Hour: "10m", day: "30m", 7 * day: "3h",
		30 * day: "12h", 60 * day: "day", 365 * day: "week", 4 * 365 * day: "month", 100 * 365 * day: "year",
	} {
		b := bounds{1e18, 1e18 + int64(span)}
		got := auto(b, 60)
		if got.name != want {
			t.Errorf("auto of %v is %s, want %s", span, got.name, want)
		}
		if n := got.count(b); n > 63 && got.name != "year" {
			t.Errorf("%v has %d buckets", span, n)
		}
	}
}

func TestAggregateMistakes(t *testing.T) {
	b := newBench(t, 3)
	agg := func(text string) string { return `{"aggs":[{"name":"a",` + text + `}]}` }
	nested := strings.Repeat(`{"name":"a","kind":"terms","field":"host","size":1,"aggs":[`, 4) + strings.Repeat(`]}`, 4)
	for body, want := range map[string]string{
		agg(`"kind":"pie"`):                                                                                             "bad_aggregation",
		agg(`"kind":"terms"`):                                                                                           "bad_aggregation",
		agg(`"kind":"terms","field":"host","size":1001`):                                                                "bad_aggregation",
		agg(`"kind":"terms","field":"host","order":"-nothing"`):                                                         "bad_question",
		agg(`"kind":"avg","field":"host"`):                                                                              "bad_question",
		agg(`"kind":"avg","field":"delay","aggs":[{"name":"b","kind":"count"}]`):                                        "bad_aggregation",
		agg(`"kind":"timeline","interval":"soon"`):                                                                      "bad_interval",
		agg(`"kind":"timeline","interval":"-5m"`):                                                                       "bad_interval",
		agg(`"kind":"timeline","interval":"99999999999999999999h"`):                                                     "bad_interval",
		agg(`"kind":"timeline","buckets":1001`):                                                                         "bad_aggregation",
		agg(`"kind":"timeline","field":"host"`):                                                                         "bad_question",
		agg(`"kind":"histogram","field":"delay","interval":"0"`):                                                        "bad_aggregation",
		agg(`"kind":"histogram","field":"delay","interval":"NaN"`):                                                      "bad_aggregation",
		agg(`"kind":"filters"`):                                                                                         "bad_aggregation",
		agg(`"kind":"filters","filters":[{"key":"x","query":"a"},{"key":"x","query":"b"}]`):                             "bad_aggregation",
		agg(`"kind":"filters","filters":[{"key":"x","query":"\"open"}]`):                                                "query_",
		agg(`"kind":"ranges","field":"delay"`):                                                                          "bad_aggregation",
		agg(`"kind":"ranges","field":"delay","ranges":[{"from":2,"to":1}]`):                                             "bad_aggregation",
		agg(`"kind":"percentiles","field":"delay","percents":[101]`):                                                    "bad_aggregation",
		`{"aggs":[` + nested + `]}`:                                                                                     "bad_aggregation",
		`{"aggs":[{"name":"a","kind":"count"},{"name":"a","kind":"count"}]}`:                                            "bad_aggregation",
		`{"aggs":[{"name":"_count","kind":"count"}]}`:                                                                   "bad_aggregation",
		`{"aggs":[` + strings.Repeat(`{"name":"","kind":"count"},`, 300) + `{"name":"","kind":"count"}]}`:               "bad_aggregation",
		`{"since":"2000-01-01","until":"now","aggs":[{"name":"a","kind":"timeline","interval":"1m"}]}`:                  "too_many_buckets",
		agg(`"kind":"terms","field":"host","size":1000,"aggs":[{"name":"b","kind":"terms","field":"host","size":100}]`): "too_many_buckets",
		`{"zone":"Mars"}`: "bad_zone", `{"since":"soon"}`: "bad_time", `{"query":"\"open"}`: "query_", `{"agg":[]}`: "bad_request",
		`{"aggs":` + strings.Repeat("[", 100_000): "bad_request",
	} {
		code, text := b.post(t, "/api/aggregate", body)
		var e struct{ Error Error }
		if err := json.Unmarshal([]byte(text), &e); err != nil || code != 400 || !strings.HasPrefix(e.Error.Code, want) || e.Error.Message == "" {
			t.Errorf("%.100s: %d %.300s, want code %s", body, code, text, want)
		}
	}
}

// TestAggregateOfHostileValues wants them back as they are, as data.
func TestAggregateOfHostileValues(t *testing.T) {
	b := newBench(t, 0)
	hostile := []string{`<img src=x onerror=alert(1)>`, "=cmd()", "\u202etxt.exe", "a\x00b", `"},{"key":"x`, "not \xff utf-8", strings.Repeat("x", 1<<20)}
	var all []event.Event
	for i, text := range hostile {
		e := events(i+1, 1)[0]
		e.Add(event.Helo, text)
		all = append(all, e)
	}
	if err := b.store.Append(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	code, text := b.post(t, "/api/aggregate", `{"aggs":[{"name":"<b>","kind":"terms","field":"helo","size":100}]}`)
	var answer AggregateAnswer
	if err := json.Unmarshal([]byte(text), &answer); code != 200 || err != nil || strings.Contains(text, "<img") || strings.Contains(text, "<b>") {
		t.Fatalf("%d %v %.500s", code, err, text)
	}
	keys := map[string]bool{}
	for _, bucket := range answer.Aggs[0].Buckets {
		keys[bucket.Key] = true
	}
	for _, want := range hostile {
		if want = strings.ToValidUTF8(want, "\ufffd"); !keys[want] {
			t.Errorf("%.60q is missing in %d keys", want, len(keys))
		}
	}
}

func TestACancelledAggregateEnds(t *testing.T) {
	b := newBench(t, 3)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.http.URL+"/api/aggregate", strings.NewReader(`{"aggs":[]}`))
	if err != nil {
		t.Fatal(err)
	}
	if resp, err := http.DefaultClient.Do(req); err == nil {
		resp.Body.Close()
		t.Error("a cancelled request was answered")
	}
}

// FuzzAggregate wants an answer or a mistake with words for every body.
func FuzzAggregate(f *testing.F) {
	for _, seed := range []string{
		`{"query":"status:deferred","since":"now-1d/d","until":"now/d","zone":"Europe/Madrid","aggs":[{"name":"a","kind":"timeline","interval":"auto","aggs":[{"name":"b","kind":"terms","field":"status","order":"-c.95","aggs":[{"name":"c","kind":"percentiles","field":"delay","percents":[95]}]}]}]}`,
		`{"aggs":[{"name":"a","kind":"filters","filters":[{"key":"x","query":"a AND b"}]},{"name":"h","kind":"histogram","field":"size","interval":"1e3"},{"name":"r","kind":"ranges","field":"delay","ranges":[{"to":1},{"from":1}]}]}`,
		`{"aggs":[{"name":"a","kind":"stats","field":"geo.x"},{"name":"m","kind":"cardinality","field":"client_ip"}],"until":"90m"}`,
	} {
		f.Add(seed)
	}
	b := newBench(f, 5)
	f.Fuzz(func(t *testing.T, body string) {
		code, text := b.post(t, "/api/aggregate", body)
		var e struct{ Error *Error }
		if err := json.Unmarshal([]byte(text), &e); err != nil || code >= 500 || (code == 200) != (e.Error == nil) || e.Error != nil && (e.Error.Code == "" || e.Error.Message == "") {
			t.Errorf("%q: %d %v %s", body, code, err, text)
		}
	})
}
