package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"
)

// pairsOf are the questions that both engines are asked. The pages show the
// newest events with all their fields and without their number in all, which
// VictoriaLogs does not tell beside a page.
func pairsOf(truth *census) []pair {
	hot, _ := most(truth.recipients)
	rare, rareLines := nearest(truth.recipients, rareEvents)
	ofDomain := truth.sendersOf(senderDomain)
	lastHour := truth.last.Truncate(time.Second).Add(-time.Hour).UTC().Format(time.RFC3339)
	suffix := fmt.Sprintf(`sender:%q sender:~%q`, strings.TrimPrefix(senderDomain, "@"), strings.ReplaceAll(senderDomain, ".", `\.`)+"$")
	return append([]pair{
		page("one queue id", "queue_id:"+truth.queueID, "queue_id:="+truth.queueID, 100, truth.idLines),
		page("a queue id that is not there", "queue_id:"+absentID, "queue_id:="+absentID, 100, 0),
		page("a rare word in the lines, newest 100", truth.queueID, truth.queueID, 100, truth.mentions),
		page("a word that is in no line", absentWord, absentWord, 100, 0),
		page("newest 100 of the last hour", `@timestamp:>="`+lastHour+`"`, "_time:>="+lastHour, 100, 100),
		page("newest 100 of the busiest recipient", fmt.Sprintf("recipient:%q", hot), fmt.Sprintf("recipient:=%q", hot), 100, 100),
		page("all events of a rare recipient", fmt.Sprintf("recipient:%q", rare), fmt.Sprintf("recipient:=%q", rare), 0, rareLines),
		page("a phrase, newest 100", `"`+overQuotaPhrase+`"`, `"`+overQuotaPhrase+`"`, 100, min(100, truth.overQuota)),
		counted("a phrase, counted", `"`+overQuotaPhrase+`"`, `"`+overQuotaPhrase+`"`, truth.overQuota),
		page("senders of a domain (*@domain), newest 100", "sender:*"+senderDomain, suffix, 100, min(100, ofDomain)),
		counted("senders of a domain (*@domain), counted", "sender:*"+senderDomain, suffix, ofDomain),
		counted("clients of a network (CIDR), counted", fmt.Sprintf("client_ip:%q", clientNetwork), fmt.Sprintf("client_ip:ipv4_range(%q)", clientNetwork), truth.network),
	}, aggregationPairs(truth)...)
}

// subqueryPairs are the questions of subqueries for both.
func subqueryPairs(rare, hot string, lines []int64) []pair {
	ours := func(name string) string { return fmt.Sprintf("queue_id:in(recipient:%q)", name) }
	theirs := func(name string) string {
		return fmt.Sprintf("queue_id:in(recipient:=%q queue_id:* | fields queue_id)", name)
	}
	return []pair{
		page("all events of a rare recipient's queue ids", ours(rare), theirs(rare), 0, lines[0]),
		counted("events of the busiest recipient's queue ids, counted", ours(hot), theirs(hot), lines[1]),
	}
}

// aggregationPairs are the questions of dashboards.
func aggregationPairs(truth *census) []pair {
	step := int64(math.Ceil(truth.last.Sub(truth.first).Seconds() / 99))
	deferred := truth.statuses["deferred"]
	histogram := map[string]any{"date_histogram": map[string]any{"field": "@timestamp", "fixed_interval": fmt.Sprintf("%ds", step)}}
	top := map[string]any{"terms": map[string]any{"field": "sender", "size": 10}}
	distinct := map[string]any{"cardinality": map[string]any{"field": "recipient"}}
	delays := map[string]any{
		"terms": map[string]any{"field": "host"},
		"aggs":  map[string]any{"p": map[string]any{"percentiles": map[string]any{"field": "delay", "percents": []int{95}}}},
	}
	const estimates, percentiles = 0.03, 0.3 // VictoriaLogs takes them of a sample
	return []pair{
		{
			name: "histogram of status:deferred, 100 buckets", body: searchBody("status:deferred", 0, histogram), ours: datesOf, want: deferred,
			logsQL: fmt.Sprintf("status:=deferred | stats by (_time:%ds) count() n", step), theirs: columns("n", dateKey),
		},
		{
			name: "top 10 senders", body: searchBody("*", 0, top), ours: ranksOf, want: -1,
			logsQL: "sender:* | stats by (sender) count() n | sort by (n desc) limit 10", theirs: columns("n", rankKey),
		},
		{
			name: "distinct recipients", body: searchBody("*", 0, distinct), ours: valueOf, want: -1, within: estimates,
			logsQL: "recipient:* | stats count_uniq_hash(recipient) n", theirs: columns("n", noKey),
		},
		{
			name: "95th percentile of the delay, by host", body: searchBody("delay:*", 0, delays), ours: percentileOf, want: -1, within: percentiles,
			logsQL: "delay:* | stats by (host) quantile(0.95, delay) n", theirs: columns("n", hostKey),
		},
	}
}

// page asks for the newest events, all of them with limit 0.
func page(name, lucene, logsQL string, limit int, want int64) pair {
	size := limit
	if limit == 0 {
		size = 1000
	}
	return pair{name: name, body: searchBody(lucene, size, nil), ours: hitsOf, logsQL: logsQL, limit: limit, theirs: rowsOf, want: want}
}

// counted asks for a number of events.
func counted(name, lucene, logsQL string, want int64) pair {
	return pair{name: name, count: lucene, ours: countOf, logsQL: logsQL + " | stats count() n", theirs: columns("n", noKey), want: want}
}

// searchBody is the body of a search that does not ask for the number of all
// hits; aggregation may be nil.
func searchBody(lucene string, size int, aggregation map[string]any) string {
	body := map[string]any{
		"query": map[string]any{"query_string": map[string]any{"query": lucene}},
		"size":  size, "track_total_hits": false,
	}
	if size > 0 {
		body["sort"] = []any{map[string]any{"@timestamp": "desc"}}
	}
	if aggregation != nil {
		body["aggs"] = map[string]any{"a": aggregation}
	}
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // maps of strings and numbers can be written
	}
	return string(text)
}
