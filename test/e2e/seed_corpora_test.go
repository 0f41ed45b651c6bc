package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/test/seed"
)

// plainly says for each query of the document, in Go and without the query
// language, which events it means.
func plainly(now time.Time) map[string]func(r record, at time.Time) bool {
	has := func(r record, field, value string) bool {
		return slices.ContainsFunc(r.texts(field), func(v string) bool { return strings.EqualFold(v, value) })
	}
	lastHour := func(at time.Time) bool { return !at.Before(now.Add(-time.Hour)) && !at.After(now.Add(time.Minute)) }
	today := func(at time.Time) bool {
		return !at.Before(now.Truncate(24*time.Hour)) && !at.After(now.Add(time.Minute))
	}
	return map[string]func(r record, at time.Time) bool{
		`client_ip:"192.168.1.100"`:     func(r record, _ time.Time) bool { return has(r, "client_ip", "192.168.1.100") },
		`level:"ERROR"`:                 func(r record, _ time.Time) bool { return has(r, "level", "ERROR") },
		`sender:"user@example.com"`:     func(r record, _ time.Time) bool { return has(r, "sender", "user@example.com") },
		`event_type:"queue_processing"`: func(r record, _ time.Time) bool { return has(r, "event_type", "queue_processing") },
		`event_type:"message_delivery" AND level:"ERROR"`: func(r record, _ time.Time) bool {
			return has(r, "event_type", "message_delivery") && has(r, "level", "ERROR")
		},
		`event_type:"authentication"`: func(r record, _ time.Time) bool { return has(r, "event_type", "authentication") },
		`level:"ERROR" AND @timestamp:[now-1h TO now]`: func(r record, at time.Time) bool {
			return has(r, "level", "ERROR") && lastHour(at)
		},
		`event_type:"smtp_connection" AND @timestamp:[now/d TO now]`: func(r record, at time.Time) bool {
			return has(r, "event_type", "smtp_connection") && today(at)
		},
		`@timestamp:[now-1h TO now] AND event_type:"smtp_connection"`: func(r record, at time.Time) bool {
			return has(r, "event_type", "smtp_connection") && lastHour(at)
		},
	}
}

// TestTheSeedDocumentsQueriesAmongRealLogs asks each query in four ways, with
// the logs of all servers beside the document's own lines.
func TestTheSeedDocumentsQueriesAmongRealLogs(t *testing.T) {
	t.Parallel()
	s, _ := seedServer(t)
	meant := plainly(time.Now().UTC())
	all := records(t, must(t, "search", "*", "--data", s.data, "--all", "--output", "ndjson"))
	if len(all) < 10_000 {
		t.Fatalf("only %d events are there", len(all))
	}
	for _, q := range seed.Queries() {
		var want []string
		for _, r := range all {
			if meant[q](r, r.time(t)) {
				want = append(want, r.text("event_id"))
			}
		}
		slices.Sort(want)
		if len(want) == 0 {
			t.Errorf("%s: no event is meant, so that nothing is tried", q)
		}
		body := fmt.Sprintf(`{"size":10000,"_source":["event_id"],"query":{"query_string":{"query":%q}}}`, q)
		for way, got := range map[string][]string{
			"rastro search": idsOf(records(t, must(t, "search", q, "--data", s.data, "--all", "--output", "ndjson"))),
			"?q=":           idsOf(s.hits(q, "size=10000")),
			"query_string":  idsOf(s.posted("/elemta-logs-*/_search", body)),
			"query_string, AND": idsOf(s.posted("/_all/_search", fmt.Sprintf(
				`{"size":10000,"query":{"bool":{"must":[{"query_string":{"query":%q,"default_operator":"AND","time_zone":"UTC"}}],"filter":[{"exists":{"field":"@timestamp"}}]}}}`, q))),
		} {
			if !slices.Equal(got, want) {
				t.Errorf("%s, asked by %s: %d events, want %d", q, way, len(got), len(want))
			}
		}
	}
}

// idsOf are the ids of events, sorted.
func idsOf(events []record) []string {
	ids := make([]string, len(events))
	for i := range events {
		ids[i] = events[i].text("event_id")
	}
	slices.Sort(ids)
	return ids
}
