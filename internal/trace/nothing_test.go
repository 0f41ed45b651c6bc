package trace

import (
	"context"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/store"
)

// slow is a store that has one name like the one that is looked for, and gets
// to the end of some questions only.
type slow struct {
	store.Store
	near   string
	whole  func(query.Question) bool
	fields []event.Field // that were searched for near spellings
}

func (s *slow) Ask(_ context.Context, q query.Question) (query.Answer, error) {
	a := query.Answer{Partial: !s.whole(q)}
	if f, ok := q.Filter.(query.Fuzzy); ok {
		s.fields = append(s.fields, f.Field.Field)
		a.Aggs = []query.AggResult{{Buckets: []query.Bucket{{Key: s.near, Count: 3}}}}
	} else if len(q.Aggs) > 0 {
		at := float64(time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC).UnixNano())
		a.Aggs = []query.AggResult{{Buckets: []query.Bucket{{Key: "mx1", Count: 9, Subs: []query.AggResult{{Name: "first", Value: at}, {Name: "last", Value: at}}}}}}
	}
	return a, nil
}

// TestNothingIsSaidFalsely: where the store did not get to the end, nobody is
// told that a message never came.
func TestNothingIsSaidFalsely(t *testing.T) {
	t.Parallel()
	isFuzzy := func(q query.Question) bool { _, ok := q.Filter.(query.Fuzzy); return ok }
	const never, unsure, cut = "never reached", "it may be there all the same", "no time to look at all names"
	for _, c := range []struct {
		name      string
		whole     func(query.Question) bool
		want, not []string
	}{
		{"everything was looked at", func(query.Question) bool { return true }, []string{never, "anna@"}, []string{unsure, cut}},
		{"no time for near spellings", func(q query.Question) bool { return !isFuzzy(q) }, []string{never, cut, "anna@"}, []string{unsure}},
		{"no time for the coverage", func(q query.Question) bool { return len(q.Aggs) == 0 || isFuzzy(q) }, []string{unsure, "anna@"}, []string{never, cut}},
		{"no time for the messages", func(q query.Question) bool { return len(q.Aggs) > 0 }, []string{unsure}, []string{never, cut}},
	} {
		s := &slow{near: "anna@hostco.example", whole: c.whole}
		q, err := ParseQuery("ana@hostco.example")
		if err != nil {
			t.Fatal(err)
		}
		tracer := New(Options{Searcher: search.New(search.Options{Store: s})})
		answer, err := tracer.Trace(t.Context(), auth.Everything(), Question{Query: q, Now: time.Date(2026, 1, 5, 12, 1, 0, 0, time.UTC)})
		if err != nil || answer.NotFound == nil {
			t.Fatalf("%s: %+v, %v", c.name, answer, err)
		}
		for _, text := range c.want {
			if !strings.Contains(answer.NotFound.Verdict.En, text) {
				t.Errorf("%s: %q lacks %q", c.name, answer.NotFound.Verdict.En, text)
			}
		}
		for _, text := range c.not {
			if strings.Contains(answer.NotFound.Verdict.En, text) {
				t.Errorf("%s: %q says %q", c.name, answer.NotFound.Verdict.En, text)
			}
		}
		if len(s.fields) != 3 {
			t.Errorf("%s: near spellings were looked for in %v", c.name, s.fields)
		}
	}
}
