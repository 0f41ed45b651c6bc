package aggs_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/elastic/aggs"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store/local"
)

var update = flag.Bool("update", false, "write the answers into the golden files")

// now is the clock of the tests.
var now = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// pair is one request and its answer.
type pair struct {
	Name  string          `json:"name"`
	Query json.RawMessage `json:"query,omitempty"`
	Typed bool            `json:"typed_keys,omitempty"`
	// Types are what is known of fields that the table does not know.
	Types  map[string]string `json:"types,omitempty"`
	Most   int               `json:"max_buckets,omitempty"`
	Aggs   json.RawMessage   `json:"aggs"`
	Answer json.RawMessage   `json:"answer,omitempty"`
	Error  string            `json:"error,omitempty"`
}

// TestGolden asks what stands in testdata of ten known events, and compares the
// answers byte for byte.
func TestGolden(t *testing.T) {
	t.Parallel()
	engine := openWith(t, known())
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no golden files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var pairs []pair
			if err := json.Unmarshal(text, &pairs); err != nil {
				t.Fatal(err)
			}
			for i := range pairs {
				p := &pairs[i]
				got, err := answer(engine, p)
				if *update {
					p.Answer, p.Error = got, ""
					if err != nil {
						p.Error = err.Error()
					}
					continue
				}
				if want := compact(p.Answer); string(got) != want {
					t.Errorf("%s:\n got %s\nwant %s", p.Name, got, want)
				}
				if fmt.Sprint(err) != p.Error && (err != nil || p.Error != "") {
					t.Errorf("%s: error %v, want %s", p.Name, err, p.Error)
				}
			}
			if *update {
				write(t, file, pairs)
			}
		})
	}
}

func write(t *testing.T, file string, pairs []pair) {
	t.Helper()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(pairs); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compact(text []byte) string {
	var b bytes.Buffer
	if json.Compact(&b, text) != nil {
		return ""
	}
	return b.String()
}

// answer puts the question that the aggregations make, and finishes them.
func answer(e *local.Engine, p *pair) (json.RawMessage, error) {
	opts := aggs.Options{Now: now, ParseQuery: parseQuery, TypedKeys: p.Typed, Everything: query.All{}, MaxBuckets: p.Most,
		FieldType: func(name string) string { return p.Types[name] }}
	plan, err := aggs.Parse(p.Aggs, opts)
	if err != nil {
		return nil, err
	}
	q := query.Question{Aggs: plan.Aggs()}
	if p.Query != nil {
		if q.Filter, err = parseQuery(p.Query); err != nil {
			return nil, err
		}
	}
	a, err := e.Ask(context.Background(), q)
	if err != nil {
		return nil, aggs.Explain(err)
	}
	return plan.Finish(context.Background(), e.Ask, q, &a, hitJSON)
}

// hitJSON writes a hit as short as can be.
func hitJSON(h *query.Hit, o aggs.SourceOptions) json.RawMessage {
	text, _ := json.Marshal(map[string]any{"_id": h.Event.ID(), "_source": o.Source, "sorted": len(o.Sort)})
	return text
}

// parseQuery reads the few queries that the tests need.
func parseQuery(text []byte) (query.Filter, error) {
	var q map[string]map[string]any
	if err := json.Unmarshal(text, &q); err != nil || len(q) != 1 {
		return nil, errors.New("query malformed")
	}
	for name, body := range q {
		switch name {
		case "match_all":
			return query.All{}, nil
		case "term", "exists":
			for field, v := range body {
				if name == "exists" {
					return query.Exists{Field: query.Ref(fmt.Sprint(v))}, nil
				}
				return query.Term{Field: query.Ref(field), Value: fmt.Sprint(v)}, nil
			}
		}
	}
	return nil, errors.New("unknown query")
}

func openWith(t testing.TB, events []event.Event) *local.Engine {
	t.Helper()
	dir := t.TempDir()
	e, err := local.Open(disktest.New(disk.OS(), dir), dir, local.Options{SegmentRows: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	for i := range events {
		events[i].RID = uint64(i + 1)
	}
	for len(events) > 0 {
		n := min(3, len(events))
		if err := e.Append(context.Background(), events[:n]); err != nil {
			t.Fatal(err)
		}
		if events = events[n:]; len(events) > 3 {
			if err := e.Flush(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return e
}

// known are ten events of three days:
//
//	id  time (March)  status     code  delay  ip           success  color   n
//	e0  02 00:00      delivered  250   1      192.0.2.1    true     red     1
//	e1  02 00:30      delivered  250   2      192.0.2.2    true     blue    2
//	e2  02 06:00      deferred   450   30     192.0.2.200  -        red     3
//	e3  02 12:00      bounced    550   4      198.51.100.5 false    green   4
//	e4  02 23:59      delivered  250   5      192.0.2.1    true     red     5
//	e5  03 01:00      deferred   450   60     2001:db8::1  -        -       6
//	e6  03 01:00      delivered  250   -      192.0.2.1    true     blue    -
//	e7  03 13:00      rejected   554   -      203.0.113.7  false    red     8
//	e8  04 00:00      delivered  250   0.5    192.0.2.2    true     red     9
//	e9  04 11:00      -          -     -      -            -        -       10
//
// Those with n have born too, 2020-01-01 and half of n days; the first four
// have price: 100, 100.0, 14.6, and the list 100, 100.0, 1e2.
func known() []event.Event {
	type row struct {
		time, status string
		code         int64
		delay        float64
		ip           string
		success      int
		color        string
		n            int
	}
	rows := []row{
		{"02T00:00", "delivered", 250, 1, "192.0.2.1", 1, "red", 1},
		{"02T00:30", "delivered", 250, 2, "192.0.2.2", 1, "blue", 2},
		{"02T06:00", "deferred", 450, 30, "192.0.2.200", -1, "red", 3},
		{"02T12:00", "bounced", 550, 4, "198.51.100.5", 0, "green", 4},
		{"02T23:59", "delivered", 250, 5, "192.0.2.1", 1, "red", 5},
		{"03T01:00", "deferred", 450, 60, "2001:db8::1", -1, "", 6},
		{"03T01:00", "delivered", 250, -1, "192.0.2.1", 1, "blue", -1},
		{"03T13:00", "rejected", 554, -1, "203.0.113.7", 0, "red", 8},
		{"04T00:00", "delivered", 250, 0.5, "192.0.2.2", 1, "red", 9},
		{"04T11:00", "", 0, -1, "", -1, "", 10},
	}
	list := make([]event.Event, len(rows))
	for i, r := range rows {
		e := &list[i]
		at, err := time.Parse("2006-01-02T15:04", "2026-03-"+r.time)
		if err != nil {
			panic(err)
		}
		e.Time, e.ReceivedAt = at.UnixNano(), at.UnixNano()
		e.Add(event.EventID, fmt.Sprintf("e%d", i))
		e.Add(event.Status, r.status)
		e.Add(event.ClientIP, r.ip)
		if r.code > 0 {
			e.AddInt(event.SMTPCode, r.code)
		}
		if r.delay >= 0 {
			e.AddFloat(event.Delay, r.delay)
		}
		if r.success >= 0 {
			e.AddBool(event.Success, r.success > 0)
		}
		if r.color != "" {
			e.AddExtra("color", `"`+r.color+`"`)
		}
		if r.n >= 0 {
			e.AddExtra("n", fmt.Sprint(r.n))
			e.AddExtra("born", fmt.Sprintf(`"2020-01-%02d"`, 1+r.n/2))
		}
		if i < 4 {
			e.AddExtra("price", []string{"100", "100.0", "14.6", "[100, 100.0, 1e2]"}[i])
		}
	}
	return list
}
