package main

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// plan is all that is asked. It holds no more of the census than the right
// answers, so that a large heap does not change what is measured.
type plan struct {
	asked  []question
	traced []traced
	pairs  []pair
	// hot is the busiest recipient, with its events.
	hot      string
	hotLines int64
	overHTTP []httpQuestion
	// ready is the question that a server must answer to count as ready.
	ready httpQuestion
}

// planOf reads the log and plans what to ask of it.
func planOf(log *logFile) (plan, error) {
	truth, err := takeCensus(log)
	if err != nil {
		return plan{}, err
	}
	p := planWithout(truth)
	rare, _ := nearest(truth.recipients, rareEvents)
	ofIDs, err := linesOfIDs(log, rare, p.hot)
	if err != nil {
		return p, err
	}
	p.asked = append(p.asked, subqueries(rare, p.hot, ofIDs)...)
	p.pairs = append(pairsOf(truth), subqueryPairs(rare, p.hot, ofIDs)...)
	p.traced, err = traces(log, truth.last)
	return p, err
}

// planWithout plans what can be asked without loggen's truth about messages.
func planWithout(truth *census) plan {
	p := plan{asked: slices.Concat(searches(truth), aggregations(truth), facts(truth)), overHTTP: searchesOverHTTP(truth)}
	p.ready = p.overHTTP[0]
	p.hot, p.hotLines = most(truth.recipients)
	return p
}

// question is something that people ask, with what is right.
type question struct {
	name string
	// goal is the time that was promised; 0 for none.
	goal time.Duration
	// text is the condition in Lucene syntax.
	text string
	// ask holds everything but the condition.
	ask query.Question
	// right compares the answer with the log.
	right func(query.Answer) error
}

// whole is the question with its condition.
func (q question) whole(now time.Time) (query.Question, error) {
	filter, err := search.Parse(q.text, search.ParseOptions{Now: now})
	if err != nil {
		return query.Question{}, fmt.Errorf("%s: %w", q.name, err)
	}
	ask := q.ask
	ask.Filter = filter
	return ask, nil
}

// The pages of the questions.
var (
	newest100 = query.Question{Limit: 100, Count: query.CountExact}
	countOnly = query.Question{Count: query.CountExact}
)

// searches are the questions of people who look for lines.
func searches(truth *census) []question {
	hot, hotLines := most(truth.recipients)
	rare, rareLines := nearest(truth.recipients, rareEvents)
	ofDomain := truth.sendersOf(senderDomain)
	return []question{
		{"one queue id", 5 * time.Millisecond, "queue_id:" + truth.queueID, newest100, finds(truth.idLines)},
		{"a queue id that is not there", 2 * time.Millisecond, "queue_id:" + absentID, newest100, finds(0)},
		{"newest 100 of the busiest recipient", 0, `recipient:"` + hot + `"`, newest100, finds(hotLines)},
		{"newest 100 of the busiest recipient, not counted", 20 * time.Millisecond, `recipient:"` + hot + `"`, query.Question{Limit: 100}, shows(hot, min(100, int(hotLines)))},
		{"all events of a rare recipient", 40 * time.Millisecond, `recipient:"` + rare + `"`, query.Question{Limit: search.MaxHits, Count: query.CountExact}, finds(rareLines)},
		{"a rare word in the lines, newest 100", 10 * time.Millisecond, truth.queueID, newest100, finds(truth.mentions)},
		{"a word that is in no line", 0, absentWord, newest100, finds(0)},
		{"a phrase, newest 100", 0, `"` + overQuotaPhrase + `"`, newest100, finds(truth.overQuota)},
		{"a phrase, newest 100, not counted", 30 * time.Millisecond, `"` + overQuotaPhrase + `"`, query.Question{Limit: 100}, shows(overQuotaPhrase, min(100, int(truth.overQuota)))},
		{"senders of a domain (*@domain), newest 100", 0, "sender:*" + senderDomain, newest100, finds(ofDomain)},
		{"senders of a domain (*@domain), counted", 0, "sender:*" + senderDomain, countOnly, finds(ofDomain)},
		{"clients of a network (CIDR), counted", 0, `client_ip:"` + clientNetwork + `"`, countOnly, finds(truth.network)},
		{"newest 100 of everything", 0, "", newest100, finds(truth.lines)},
		{"everything, counted", 0, "", countOnly, finds(truth.lines)},
	}
}

// subqueries ask for all lines of the messages of the rare and of the busiest
// recipient.
func subqueries(rare, hot string, lines []int64) []question {
	all := query.Question{Limit: search.MaxHits, Count: query.CountExact}
	return []question{
		{"all events of a rare recipient's queue ids", 0, `queue_id:in(recipient:"` + rare + `")`, all, finds(lines[0])},
		{"events of the busiest recipient's queue ids, counted", 0, `queue_id:in(recipient:"` + hot + `")`, countOnly, finds(lines[1])},
	}
}

// aggregations are the questions of dashboards.
func aggregations(truth *census) []question {
	terms := func(field string, size int) query.Question {
		return with(query.Agg{Kind: query.AggTerms, Field: query.Ref(field), Size: size})
	}
	deferred := truth.statuses["deferred"]
	width := float64(truth.last.Sub(truth.first).Nanoseconds()) / 99
	histogram := with(query.Agg{Kind: query.AggDateHistogram, Field: query.Ref("@timestamp"), Interval: math.Ceil(width)})
	percentiles := with(query.Agg{Kind: query.AggTerms, Field: query.Ref("host"), Subs: []query.Agg{
		{Name: "p", Kind: query.AggPercentiles, Field: query.Ref("delay"), Percents: []float64{95}},
	}})
	return []question{
		{"histogram of status:deferred, 100 buckets", 40 * time.Millisecond, "status:deferred", histogram, sums(deferred, 90, 101)},
		{"top 10 senders", 100 * time.Millisecond, "", terms("sender", 10), leads(truth.senders, 10)},
		{"top 10 senders of refusals", 0, "status:rejected", terms("sender", 10), leads(truth.refusedSenders, 10)},
		{"distinct recipients", 50 * time.Millisecond, "", with(query.Agg{Kind: query.AggCardinality, Field: query.Ref("recipient")}), about(float64(len(truth.recipients)))},
		{"95th percentile of the delay, by host", 120 * time.Millisecond, "delay:*", percentiles, percentilesNear(truth.delays)},
		{"events by program", 0, "", terms("program", 50), leads(truth.programs, len(truth.programs))},
	}
}

// facts are counts that show that lines were understood.
func facts(truth *census) []question {
	delivered := truth.statuses["sent"]
	return []question{
		{"count: handed on by Postfix", 0, "program:postfix* AND (status:delivered OR status:discarded)", countOnly, finds(delivered)},
		{"count: status:deferred", 0, "status:deferred", countOnly, finds(truth.statuses["deferred"])},
		{"count: status:bounced", 0, "status:bounced", countOnly, finds(truth.statuses["bounced"])},
		{"count: status:expired", 0, "status:expired", countOnly, finds(truth.statuses["expired"])},
		{"count: refusals", 0, "status:rejected", countOnly, finds(truth.rejects)},
		{"count: logins", 0, "success:true", countOnly, finds(truth.loginOK)},
		{"count: failed logins", 0, "event_type:authentication AND success:false AND NOT component:*-login", countOnly, finds(truth.loginFail)},
	}
}

// with asks for one aggregation and nothing else.
func with(a query.Agg) query.Question {
	a.Name = "a"
	return query.Question{Aggs: []query.Agg{a}}
}

// finds checks the number of events, and that a page is full and in order.
func finds(want int64) func(query.Answer) error {
	return func(a query.Answer) error {
		if a.Partial || !a.TotalExact || a.Total != want {
			return fmt.Errorf("%d events (exact: %t, partial: %v), the log has %d", a.Total, a.TotalExact, a.PartialReasons, want)
		}
		newestFirst := func(x, y query.Hit) int { return cmp.Compare(y.Event.Time, x.Event.Time) }
		if !slices.IsSortedFunc(a.Hits, newestFirst) {
			return fmt.Errorf("the hits are not in order")
		}
		for _, h := range a.Hits {
			if h.Event.Str(event.Message) == "" {
				return fmt.Errorf("a hit has no line")
			}
		}
		return nil
	}
}

// shows checks a page of lines with a phrase, of which nobody counts the rest.
func shows(phrase string, hits int) func(query.Answer) error {
	return func(a query.Answer) error {
		if a.Partial || len(a.Hits) != hits {
			return fmt.Errorf("%d hits (partial: %v), want %d", len(a.Hits), a.PartialReasons, hits)
		}
		for _, h := range a.Hits {
			if line := h.Event.Str(event.Message); !strings.Contains(line, phrase) {
				return fmt.Errorf("a hit without %q: %s", phrase, line)
			}
		}
		return nil
	}
}

// sums checks a histogram.
func sums(want int64, fewest, most int) func(query.Answer) error {
	return func(a query.Answer) error {
		sum := int64(0)
		for _, b := range a.Aggs[0].Buckets {
			sum += b.Count
		}
		if n := len(a.Aggs[0].Buckets); a.Partial || sum != want || n < fewest || n > most {
			return fmt.Errorf("%d events in %d buckets, the log has %d", sum, n, want)
		}
		return nil
	}
}

// leads checks that the buckets are the n highest counts, each one right. Of
// equal counts any may be left out.
func leads(counts map[string]int64, n int) func(query.Answer) error {
	want := slices.SortedFunc(maps.Values(counts), func(a, b int64) int { return cmp.Compare(b, a) })
	want = slices.Clone(want[:min(n, len(want))])
	// Only these may be in the answer; the other counts need not be kept.
	high := map[string]int64{}
	for key, count := range counts {
		if count >= want[len(want)-1] {
			high[key] = count
		}
	}
	return func(a query.Answer) error {
		buckets := a.Aggs[0].Buckets
		if a.Partial || len(buckets) != len(want) {
			return fmt.Errorf("%d buckets (partial: %v), want %d", len(buckets), a.PartialReasons, len(want))
		}
		for i, b := range buckets {
			if b.Count != want[i] || b.Count != high[b.Key] {
				return fmt.Errorf("bucket %d is %q with %d events; the log has %d of it, and %d in that place", i, b.Key, b.Count, high[b.Key], want[i])
			}
		}
		return nil
	}
}

// about checks a number that is an estimate.
func about(want float64) func(query.Answer) error {
	const within = 0.03
	return func(a query.Answer) error {
		if got := a.Aggs[0].Value; a.Partial || math.Abs(got-want) > within*want {
			return fmt.Errorf("%.0f, the log has %.0f", got, want)
		}
		return nil
	}
}

// percentilesNear checks the 95th percentiles by host, which are estimates: a
// little off in rank, and in value.
func percentilesNear(delays map[string][]float64) func(query.Answer) error {
	type bounds struct{ low, high float64 }
	want := map[string]bounds{}
	for host, all := range delays {
		slices.Sort(all)
		want[host] = bounds{all[len(all)*945/1000] * 0.98, all[len(all)*955/1000] * 1.02}
	}
	return func(a query.Answer) error {
		if n := len(a.Aggs[0].Buckets); a.Partial || n != len(want) {
			return fmt.Errorf("%d hosts, the log has %d", n, len(want))
		}
		for _, b := range a.Aggs[0].Buckets {
			got, right := b.Subs[0].Percentiles[0].Value, want[b.Key]
			if got < right.low || got > right.high {
				return fmt.Errorf("%s: %.3f s, by the log it lies between %.3f s and %.3f s", b.Key, got, right.low, right.high)
			}
		}
		return nil
	}
}

// most is the key with the highest count, the first by name of several.
func most(counts map[string]int64) (string, int64) {
	return pick(counts, func(n, best int64) bool { return n > best })
}

// nearest is the key whose count is nearest to n.
func nearest(counts map[string]int64, n int64) (string, int64) {
	off := func(m int64) int64 { return max(m-n, n-m) }
	return pick(counts, func(m, best int64) bool { return off(m) < off(best) })
}

func pick(counts map[string]int64, better func(n, best int64) bool) (string, int64) {
	name, best := "", int64(-1)
	for key, n := range counts {
		if best < 0 || better(n, best) || n == best && key < name {
			name, best = key, n
		}
	}
	return name, best
}
