package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"rastro/internal/trace"
)

// TestTraceOfANotice asks a store for a message and for the notice about it:
// each leads to the other.
func TestTraceOfANotice(t *testing.T) {
	b := newBench(t, 1)
	lines := strings.Split(strings.TrimSpace(`
2026-11-23T01:17:10.1Z mx1 postfix/smtpd[1]: DC7E115A3EF: client=pc.a.example[203.0.113.130], sasl_method=PLAIN, sasl_username=ana@a.example
2026-11-23T01:17:10.2Z mx1 postfix/cleanup[2]: DC7E115A3EF: message-id=<1@a.example>
2026-11-23T01:17:10.3Z mx1 postfix/qmgr[3]: DC7E115A3EF: from=<ana@a.example>, size=6469, nrcpt=1 (queue active)
2026-11-23T01:17:11.1Z mx1 postfix/smtp[4]: DC7E115A3EF: to=<luis@b.example>, relay=mx.b.example[198.51.100.31]:25, delay=1, delays=0/0/0/1, dsn=5.3.4, status=bounced (host mx.b.example[198.51.100.31] said: 552 5.3.4 Message size exceeds fixed limit (in reply to DATA command))
2026-11-23T01:17:11.2Z mx1 postfix/cleanup[2]: 1676215A3F4: message-id=<2@mx1.a.example>
2026-11-23T01:17:11.3Z mx1 postfix/bounce[5]: DC7E115A3EF: sender non-delivery notification: 1676215A3F4
2026-11-23T01:17:11.4Z mx1 postfix/qmgr[3]: 1676215A3F4: from=<>, size=8000, nrcpt=1 (queue active)
2026-11-23T01:17:11.5Z mx1 postfix/qmgr[3]: DC7E115A3EF: removed
2026-11-23T01:17:12.1Z mx1 postfix/smtp[4]: 1676215A3F4: to=<ana@a.example>, relay=store.a.example[192.0.2.20]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)
2026-11-23T01:17:12.2Z mx1 postfix/qmgr[3]: 1676215A3F4: removed`), "\n")
	if err := b.store.Append(context.Background(), parsedEvents(lines)); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]trace.Related{
		"DC7E115A3EF": {Kind: "failure_notice", QueueID: "1676215A3F4", Host: "mx1", Confidence: trace.Exact},
		"1676215A3F4": {Kind: "original", QueueID: "DC7E115A3EF", Host: "mx1", Confidence: trace.Exact},
	} {
		code, text := b.post(t, "/api/trace", `{"query":"`+query+`"}`)
		var answer trace.Answer
		if err := json.Unmarshal([]byte(text), &answer); err != nil || code != http.StatusOK || len(answer.Journeys) != 1 || len(answer.Journeys[0].Related) != 1 {
			t.Errorf("%s: %d %v %s", query, code, err, text)
			continue
		}
		got := answer.Journeys[0].Related[0]
		if got.MessageKey == "" {
			t.Errorf("%s: the other message has no key", query)
		}
		if got.MessageKey = ""; got != want {
			t.Errorf("%s: %+v, want %+v", query, got, want)
		}
	}
}
