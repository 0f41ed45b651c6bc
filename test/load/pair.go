package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// pair is one question in the languages of both engines.
type pair struct {
	name string
	// count asks for the number of events, body else for what Elasticsearch's
	// _search answers.
	count, body string
	// logsQL is the same for VictoriaLogs, of which limit events are shown; 0
	// shows all.
	logsQL string
	limit  int
	// ours and theirs read the answers into figures that must be the same, but
	// for a share of within.
	ours, theirs func([]byte) ([]figure, error)
	within       float64
	// want is the sum of the values that the log gives; -1 where that says
	// nothing.
	want int64
}

// figure is a part of an answer: an event's time, a count, a bucket.
type figure struct {
	key   string
	value float64
}

// same compares two answers with each other and with the log.
func (p *pair) same(ours, theirs []figure) error {
	for _, a := range []struct {
		who     string
		figures []figure
	}{{"Rastro", ours}, {"VictoriaLogs", theirs}} {
		if found := p.found(a.figures); p.want >= 0 && found != p.want {
			return fmt.Errorf("%s: %s finds %d, the log has %d", p.name, a.who, found, p.want)
		}
	}
	if len(ours) != len(theirs) {
		return fmt.Errorf("%s: Rastro answers with %d figures, VictoriaLogs with %d", p.name, len(ours), len(theirs))
	}
	byKey := func(a, b figure) int { return strings.Compare(a.key, b.key) }
	slices.SortStableFunc(ours, byKey)
	slices.SortStableFunc(theirs, byKey)
	for i, f := range ours {
		g := theirs[i]
		if f.key != g.key || math.Abs(f.value-g.value) > p.within*math.Abs(g.value) {
			return fmt.Errorf("%s: Rastro answers %q %g where VictoriaLogs answers %q %g", p.name, f.key, f.value, g.key, g.value)
		}
	}
	return nil
}

// found is how much an answer tells of: events, or buckets.
func (p *pair) found(answer []figure) int64 {
	if p.want < 0 && len(answer) > 1 {
		return int64(len(answer))
	}
	sum := 0.0
	for _, f := range answer {
		sum += f.value
	}
	return int64(sum)
}

// The forms of answers.
type (
	elasticAnswer struct {
		TimedOut bool `json:"timed_out"`
		Shards   struct{ Failed int }
		Hits     struct {
			Hits []struct {
				Source struct {
					Time time.Time `json:"@timestamp"`
				} `json:"_source"`
			}
		}
		Aggregations struct {
			A struct {
				Value   float64
				Buckets []struct {
					Key         json.RawMessage
					KeyAsString string  `json:"key_as_string"`
					Count       float64 `json:"doc_count"`
					P           struct{ Values map[string]float64 }
				}
			}
		}
	}
	// rivalRow is one line of an answer in NDJSON; every value is a string.
	rivalRow map[string]string
)

func readElastic(text []byte) (a elasticAnswer, err error) {
	err = json.Unmarshal(text, &a)
	if err == nil && (a.TimedOut || a.Shards.Failed > 0) {
		err = errors.New("the answer is partial")
	}
	return a, err
}

func readRows(text []byte) ([]rivalRow, error) {
	var rows []rivalRow
	for line := range bytes.Lines(text) {
		row := rivalRow{}
		if err := json.Unmarshal(line, &row); err != nil {
			return nil, fmt.Errorf("%w: %.200s", err, line)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// number is the value of a column.
func (r rivalRow) number(name string) (float64, error) {
	n, err := strconv.ParseFloat(r[name], 64)
	if err != nil {
		return 0, fmt.Errorf("the column %s: %w", name, err)
	}
	return n, nil
}

// hitsOf and rowsOf read pages: the times of their events.
func hitsOf(text []byte) ([]figure, error) {
	a, err := readElastic(text)
	var all []figure
	for _, h := range a.Hits.Hits {
		all = append(all, moment(h.Source.Time))
	}
	return all, err
}

func rowsOf(text []byte) ([]figure, error) {
	rows, err := readRows(text)
	if err != nil {
		return nil, err
	}
	var all []figure
	for _, r := range rows {
		at, err := time.Parse(time.RFC3339Nano, r["_time"])
		if err != nil {
			return nil, err
		}
		all = append(all, moment(at))
	}
	return all, nil
}

func moment(at time.Time) figure { return figure{strconv.FormatInt(at.UnixNano(), 10), 1} }

// countOf reads the answer of _count.
func countOf(text []byte) ([]figure, error) {
	var a struct{ Count float64 }
	err := json.Unmarshal(text, &a)
	return []figure{{"", a.Count}}, err
}

// valueOf reads an aggregation that is one number.
func valueOf(text []byte) ([]figure, error) {
	a, err := readElastic(text)
	return []figure{{"", a.Aggregations.A.Value}}, err
}

// datesOf reads a histogram by time; empty buckets do not count.
func datesOf(text []byte) ([]figure, error) {
	a, err := readElastic(text)
	var all []figure
	for _, b := range a.Aggregations.A.Buckets {
		if b.Count > 0 {
			all = append(all, figure{string(b.Key), b.Count})
		}
	}
	return all, err
}

// ranksOf reads the counts of the most frequent; of equal ones any may come.
func ranksOf(text []byte) ([]figure, error) {
	a, err := readElastic(text)
	var all []figure
	for i, b := range a.Aggregations.A.Buckets {
		all = append(all, figure{strconv.Itoa(i), b.Count})
	}
	return all, err
}

// percentileOf reads the 95th percentile by host.
func percentileOf(text []byte) ([]figure, error) {
	a, err := readElastic(text)
	var all []figure
	for _, b := range a.Aggregations.A.Buckets {
		all = append(all, figure{strings.Trim(string(b.Key), `"`), b.P.Values["95.0"]})
	}
	return all, err
}

// columns reads rows: the value of one column under the key that key makes of
// the row and its number.
func columns(value string, key func(i int, r rivalRow) (string, error)) func([]byte) ([]figure, error) {
	return func(text []byte) ([]figure, error) {
		rows, err := readRows(text)
		if err != nil {
			return nil, err
		}
		var all []figure
		for i, r := range rows {
			var f figure
			if f.key, err = key(i, r); err == nil {
				f.value, err = r.number(value)
			}
			if err != nil {
				return nil, err
			}
			all = append(all, f)
		}
		return all, nil
	}
}

func noKey(int, rivalRow) (string, error) { return "", nil }

func rankKey(i int, _ rivalRow) (string, error) { return strconv.Itoa(i), nil }

func hostKey(_ int, r rivalRow) (string, error) { return r["host"], nil }

func dateKey(_ int, r rivalRow) (string, error) {
	at, err := time.Parse(time.RFC3339Nano, r["_time"])
	return strconv.FormatInt(at.UnixMilli(), 10), err
}
