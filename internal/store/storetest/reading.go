package storetest

import (
	"net/netip"
	"regexp"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// exampleFilters holds every kind of filter on every kind of field.
func exampleFilters() []query.Filter {
	ref := query.Ref
	exact := query.FieldRef{Field: event.Reply, Name: "reply", Exact: true}
	set := func(b query.Bound) query.Bound { b.Set = true; return b }
	noon := start.Add(30 * time.Hour).UnixNano()
	return []query.Filter{
		nil, query.All{}, query.None{}, query.And{}, query.Or{}, query.Not{Filter: query.None{}},
		query.Term{Field: ref("status"), Value: "DEFERRED"},
		query.Term{Field: ref("recipient"), Value: "ana@example.org"},
		query.Term{Field: ref("dsn"), Value: "5.1.1"},
		query.Term{Field: ref("delay"), Value: "1e2"},
		query.Term{Field: ref("is_error"), Value: "true"},
		query.Term{Field: ref("client_ip"), Value: "2001:db8:0::26"},
		query.Term{Field: ref("message"), Value: "mailbox full"},
		query.Term{Field: ref("username"), Value: "σίσυφος"},
		query.Term{Field: exact, Value: "452 4.2.2 Mailbox full; mailbox full"},
		query.Term{Field: ref("container.name"), Value: "MAIL-2"},
		query.Term{Field: ref("event_id"), Value: "file@11@0"},
		query.Terms{Field: ref("status"), Values: []string{"bounced", "rejected", "no such"}},
		query.Terms{Field: ref("smtp_code"), Values: []string{"250", "x"}},
		query.Terms{Field: ref("rules"), Values: []string{"12", "dkim_valid"}},
		query.Terms{Field: ref("host")},
		query.Phrase{Field: ref("log_message"), Text: "again in 300"},
		query.Phrase{Field: ref("reply"), Text: "full mailbox", Slop: 2},
		query.Prefix{Field: ref("sender"), Value: "BOB@"},
		query.Prefix{Field: ref("message"), Value: "grey"},
		query.Prefix{Field: ref("event_id"), Value: "own-"},
		query.Wildcard{Field: ref("recipient"), Pattern: "*@bücher.*"},
		query.Wildcard{Field: ref("subject"), Pattern: "inv?ice"},
		query.Regexp{Field: ref("queue_id"), Pattern: "A[0-9]+", Compiled: regexp.MustCompile(`\A(?:A[0-9]+)\z`)},
		query.Fuzzy{Field: ref("status"), Value: "defered", Distance: 1},
		query.Range{Field: ref("delay"), From: set(query.Bound{Float: 10, Inclusive: true}), To: set(query.Bound{Float: 500})},
		query.Range{Field: ref("size"), From: set(query.Bound{Int: 1_000_000})},
		query.Range{Field: ref("@timestamp"), From: set(query.Bound{Int: noon}), To: set(query.Bound{Int: noon + int64(50*time.Hour), Inclusive: true})},
		query.Range{Field: ref("received_at"), To: set(query.Bound{Int: noon})},
		query.Range{Field: ref("next_retry"), From: set(query.Bound{Int: noon})},
		query.Range{Field: ref("dsn"), From: set(query.Bound{Text: "4", Inclusive: true}), To: set(query.Bound{Text: "5"})},
		query.Range{Field: ref("client_ip"), From: set(query.Bound{Text: "192.0.2.8"}), To: set(query.Bound{Text: "203.0.113.9", Inclusive: true})},
		query.Range{Field: ref("retries"), From: set(query.Bound{Text: "5"})},
		query.CIDR{Field: ref("relay_ip"), Network: netip.MustParsePrefix("192.0.2.0/26")},
		query.CIDR{Field: ref("client_ip"), Network: netip.MustParsePrefix("2001:db8::/32")},
		query.Exists{Field: ref("recipient")},
		query.Exists{Field: ref("next_retry")},
		query.Exists{Field: ref("event_id")},
		query.Exists{Field: ref("@timestamp")},
		query.Exists{Field: ref("container")},
		query.Exists{Field: ref("virus_name")},
		query.And{Filters: []query.Filter{
			query.Term{Field: ref("message"), Value: "status"},
			query.Term{Field: ref("status"), Value: "deferred"},
			query.Exists{Field: ref("retries")},
		}},
		query.Or{Min: 2, Filters: []query.Filter{
			query.Term{Field: ref("level"), Value: "info"},
			query.Exists{Field: ref("queue_id")},
			query.Prefix{Field: ref("message"), Value: "deliv"},
		}},
	}
}

// borderFilters holds filters whose bounds are exactly what events have, and
// the ids of events.
func borderFilters(events []event.Event) []query.Filter {
	var list []query.Filter
	ids := query.Terms{Field: query.Ref("event_id")}
	for i := 0; i < len(events); i += 29 {
		at := query.Bound{Set: true, Int: events[i].Time}
		in := query.Bound{Set: true, Int: events[i].Time, Inclusive: true}
		for _, b := range []query.Bound{at, in} {
			list = append(list,
				query.Range{Field: query.Ref("@timestamp"), From: b},
				query.Range{Field: query.Ref("@timestamp"), To: b})
		}
		list = append(list,
			query.Range{Field: query.Ref("@timestamp"), From: in, To: in},
			query.Term{Field: query.Ref("event_id"), Value: events[i].ID()})
		ids.Values = append(ids.Values, events[i].ID())
	}
	return append(list, ids)
}

// testPaging walks through all hits page by page in several orders: every
// event must come once, in order.
func testPaging(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	events := Events(700, 13)
	fill(t, s, events)
	o := newOracle(Events(700, 13))
	for _, keys := range [][]query.SortKey{
		nil,
		{{Field: query.Ref("@timestamp")}},
		{{Field: query.Ref("delay"), Desc: true}, {Field: query.Ref("@timestamp")}},
		{{Field: query.Ref("recipient")}, {Field: query.Ref("success"), Desc: true}},
		{{Field: query.Ref("retries"), Desc: true}},
		{{Field: query.Ref("event_id")}},
		{{Field: query.Ref("@timestamp"), Unit: 3600e9}, {Field: query.ByArrival()}},
		{{Field: query.Ref("@timestamp"), Desc: true, Unit: 60e9}},
		{{Field: query.ByArrival()}},
		{{Field: query.Ref("delay"), MissingFirst: true}, {Field: query.ByArrival(), Desc: true}},
		{{Field: query.Ref("retries"), Desc: true, Missing: &query.CursorKey{Int: 2}}},
		{{Field: query.Ref("message"), Desc: true}},
	} {
		whole, err := o.ask(query.Question{Sort: keys, Limit: 1000})
		if err != nil {
			t.Fatal(err)
		}
		size := 64
		if len(keys) < 2 { // many pages, so that some begin among equal times
			size = 7
		}
		var after *query.Cursor
		for page := 0; ; page++ {
			a := mustAsk(t, s, query.Question{Sort: keys, Limit: size, After: after})
			want := whole.Hits[min(page*size, len(whole.Hits)):min(page*size+size, len(whole.Hits))]
			compareHits(t, a.Hits, want)
			if t.Failed() {
				t.Fatalf("page %d in the order %v", page, keys)
			}
			if len(want) == 0 {
				break
			}
			after = &a.Hits[len(a.Hits)-1].Cursor
		}
	}
}

func testCounts(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(500, 14))
	o := newOracle(Events(500, 14))
	filter := query.Exists{Field: query.Ref("status")}
	for _, count := range []int{0, 1, 20, 100_000, query.CountExact} {
		for _, limit := range []int{0, 5, 1000} {
			checkSame(t, s, o, query.Question{Filter: filter, Count: count, Limit: limit})
			checkSame(t, s, o, query.Question{Count: count, Limit: limit, From: start.Add(24 * time.Hour).UnixNano()})
		}
	}
}

// testAggregations asks what dashboards ask.
func testAggregations(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	fill(t, s, Events(600, 15))
	o := newOracle(Events(600, 15))
	ref := query.Ref
	byStatus := query.Agg{Name: "status", Kind: query.AggTerms, Field: ref("status"), Missing: "none", Size: 20}
	delays := query.Agg{Name: "delays", Kind: query.AggPercentiles, Field: ref("delay")}
	for name, agg := range map[string]query.Agg{
		"top recipients": {Name: "a", Kind: query.AggTerms, Field: ref("recipient"), Size: 5, Subs: []query.Agg{byStatus, delays}},
		"all recipients": {Name: "a", Kind: query.AggTerms, Field: ref("recipient"), Size: 100},
		"slowest domains": {Name: "a", Kind: query.AggTerms, Field: ref("recipient_domain"), Size: 3,
			Order: []query.AggOrder{{By: "d.95", Desc: true}, {By: query.ByKey}},
			Subs:  []query.Agg{{Name: "d", Kind: query.AggPercentiles, Field: ref("delay"), Percents: []float64{95}}}},
		"deferred by hour": {Name: "a", Kind: query.AggDateHistogram, Field: ref("@timestamp"), Interval: float64(time.Hour), Subs: []query.Agg{byStatus}},
		"days in New York": {Name: "a", Kind: query.AggDateHistogram, Field: ref("@timestamp"), Calendar: "day", Zone: "America/New_York",
			Subs: []query.Agg{{Name: "s", Kind: query.AggStats, Field: ref("size")}}},
		"sizes":     {Name: "a", Kind: query.AggHistogram, Field: ref("size"), Interval: 500_000, Subs: []query.Agg{{Name: "u", Kind: query.AggCardinality, Field: ref("sender")}}},
		"codes":     {Name: "a", Kind: query.AggTerms, Field: ref("smtp_code"), Missing: "250", Order: []query.AggOrder{{By: query.ByKey}}},
		"scores":    {Name: "a", Kind: query.AggTerms, Field: ref("spam_score"), Size: 300},
		"score ids": {Name: "a", Kind: query.AggCardinality, Field: ref("spam_score")},
		"lines":     {Name: "a", Kind: query.AggTerms, Field: ref("message"), Size: 3},
		"unknown":   {Name: "a", Kind: query.AggTerms, Field: ref("rules"), Missing: "-"},
		"ids":       {Name: "a", Kind: query.AggCardinality, Field: ref("event_id")},
		"ip values": {Name: "a", Kind: query.AggValueCount, Field: ref("recipient")},
		"retries":   {Name: "a", Kind: query.AggAvg, Field: ref("retries")},
	} {
		for _, filter := range []query.Filter{nil, query.Term{Field: ref("message"), Value: "deferred"}} {
			t.Log(name)
			checkSame(t, s, o, query.Question{Filter: filter, Aggs: []query.Agg{agg}})
		}
	}
	testMidnight(t, open)
}

// testMidnight checks histograms on the days on which clocks are changed.
func testMidnight(t *testing.T, open func(t *testing.T) store.Store) {
	s := open(t)
	times := func() []event.Event {
		var list []int64
		for at := time.Date(2025, 10, 25, 21, 0, 0, 0, time.UTC); at.Month() < 11 || at.Day() < 4; at = at.Add(17 * time.Minute) {
			list = append(list, at.UnixNano())
		}
		return eventsWith(list...)
	}
	fill(t, s, times())
	o := newOracle(times())
	for _, zone := range []string{"Europe/Madrid", "America/New_York", "Australia/Lord_Howe"} {
		for _, hours := range []float64{0.5, 1, 3, 12, 24} {
			checkSame(t, s, o, query.Question{Aggs: []query.Agg{{
				Name: "a", Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Zone: zone, Interval: hours * float64(time.Hour),
			}}})
		}
		checkSame(t, s, o, query.Question{Aggs: []query.Agg{{
			Name: "a", Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Zone: zone, Calendar: "day",
		}}})
	}
}
