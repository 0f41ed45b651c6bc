package main

import (
	"strings"
	"testing"
	"time"
)

// TestAnswersOfBothAreRead: the same answer in the forms of both engines.
func TestAnswersOfBothAreRead(t *testing.T) {
	t.Parallel()
	cases := []struct {
		pair         pair
		ours, theirs string
		found        int64
	}{
		{page("page", "", "", 100, 2), `{"hits":{"hits":[{"_source":{"@timestamp":"2026-01-05T05:00:00.5Z"}},{"_source":{"@timestamp":"2026-01-05T05:00:00Z"}}]}}`,
			"{\"_time\":\"2026-01-05T05:00:00Z\",\"_msg\":\"x\"}\n{\"_time\":\"2026-01-05T05:00:00.500Z\"}\n", 2},
		{counted("count", "", "", 7), `{"count":7,"_shards":{"failed":0}}`, "{\"n\":\"7\"}\n", 7},
		{pair{name: "dates", ours: datesOf, theirs: columns("n", dateKey), want: 3}, `{"aggregations":{"a":{"buckets":[{"key":1767589200000,"doc_count":3},{"key":1767589300000,"doc_count":0}]}}}`,
			"{\"_time\":\"2026-01-05T05:00:00Z\",\"n\":\"3\"}\n", 3},
		{pair{name: "ranks", ours: ranksOf, theirs: columns("n", rankKey), want: -1}, `{"aggregations":{"a":{"buckets":[{"key":"a","doc_count":3},{"key":"b","doc_count":2}]}}}`,
			"{\"sender\":\"b\",\"n\":\"3\"}\n{\"sender\":\"a\",\"n\":\"2\"}\n", 2},
		{pair{name: "value", ours: valueOf, theirs: columns("n", noKey), want: -1, within: .1}, `{"aggregations":{"a":{"value":95}}}`, "{\"n\":\"100\"}\n", 95},
		{pair{name: "hosts", ours: percentileOf, theirs: columns("n", hostKey), want: -1}, `{"aggregations":{"a":{"buckets":[{"key":"mx1","doc_count":9,"p":{"values":{"95.0":2.5}}},{"key":"mx2","doc_count":1,"p":{"values":{"95.0":1}}}]}}}`,
			"{\"host\":\"mx2\",\"n\":\"1\"}\n{\"host\":\"mx1\",\"n\":\"2.5\"}\n", 2},
	}
	for _, c := range cases {
		ours, err := c.pair.ours([]byte(c.ours))
		if err != nil {
			t.Fatalf("%s: %v", c.pair.name, err)
		}
		theirs, err := c.pair.theirs([]byte(c.theirs))
		if err != nil {
			t.Fatalf("%s: %v", c.pair.name, err)
		}
		if found := c.pair.found(ours); found != c.found {
			t.Errorf("%s: %d are found, want %d", c.pair.name, found, c.found)
		}
		if err := c.pair.same(ours, theirs); err != nil {
			t.Error(err)
		}
		if err := c.pair.same(ours, theirs[:len(theirs)-1]); err == nil {
			t.Errorf("%s: a figure is missing and nobody tells", c.pair.name)
		}
		theirs[0].value += 20
		if err := c.pair.same(ours, theirs); err == nil {
			t.Errorf("%s: a figure is wrong and nobody tells", c.pair.name)
		}
	}
	if _, err := hitsOf([]byte(`{"timed_out":true,"hits":{"hits":[]}}`)); err == nil {
		t.Error("a partial answer is taken")
	}
}

func TestPageTellsWhoLeads(t *testing.T) {
	t.Parallel()
	took := func(ms ...time.Duration) timed {
		d := timed{}
		for _, m := range ms {
			d.runs = append(d.runs, m*time.Millisecond)
		}
		return d
	}
	r := results{options: options{runs: 1}}
	r.imported = imported{usage: usage{wall: time.Second, cpu: time.Second, peak: 1 << 20}, lines: 1000}
	r.compacted.after = 40_000
	r.rival = rival{feed: feed{lines: 1000}, ingest: usage{wall: 2 * time.Second, cpu: 3 * time.Second, peak: 1 << 20}, settled: usage{cpu: 3 * time.Second}, whole: true, size: 60_000}
	for i := range 10 {
		theirs := took(2)
		if i > 7 {
			theirs = took(0)
		}
		r.rival.asked = append(r.rival.asked, duel{name: "q", ours: took(1), theirs: theirs})
	}
	if a := r.ahead(); a != (ahead{ingest: true, size: true, questions: 10, lead: 8}) || !a.enough() {
		t.Errorf("%+v", a)
	}
	page := string(r.page(nil))
	for _, want := range []string{
		"| ahead of VictoriaLogs | in ingest, size and eight of ten questions | in ingest, in size, 8 of 10 questions | yes |",
		"| on disk | 40.0 B per line | 60.0 B per line | **1.50 times** |",
		"Rastro is faster in 8 of 10 questions.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	r.rival.asked[0].theirs = took(0)
	if r.ahead().enough() {
		t.Error("seven of ten are enough")
	}
}

func TestLargeSectionKeepsItsPlace(t *testing.T) {
	t.Parallel()
	page := withSection([]byte("# P\n\n## One\n\n1\n\n## Again\n\nx\n"), largeSection+"\nold\n\n")
	if want := "# P\n\n## One\n\n1\n\n" + largeSection + "\nold\n\n## Again\n\nx\n"; string(page) != want {
		t.Errorf("%q", page)
	}
	page = withSection(page, largeSection+"\nnew\n\n")
	if want := "# P\n\n## One\n\n1\n\n" + largeSection + "\nnew\n\n## Again\n\nx\n"; string(page) != want {
		t.Errorf("%q", page)
	}
	r := results{options: options{runs: 1}, rival: rival{missing: "x"}}
	if again := string(r.page(page)); !strings.Contains(again, largeSection+"\nnew\n\n## Again") {
		t.Errorf("another run forgets the section:\n%s", again)
	}
}
