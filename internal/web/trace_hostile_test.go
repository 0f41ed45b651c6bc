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
	"rastro/internal/parse"
	"rastro/internal/trace"
)

// parsedEvents reads lines of Postfix, with RIDs behind those of newBench(t, 1).
func parsedEvents(lines []string) []event.Event {
	all := make([]event.Event, len(lines))
	p, origin, now := parse.New(parse.Options{}), &event.Origin{Name: "f", ID: "f", Zone: time.UTC}, time.Now().UnixNano()
	for i, text := range lines {
		p.Parse(&event.Line{Text: text, Origin: origin, Offset: int64(100 * i), ReceivedAt: now}, &all[i])
		all[i].RID = uint64(i + 2)
	}
	return all
}

// TestTraceOfHostileLogs asks a store for a message with more events than a
// question may gather, and for a Message-ID that many messages have: the answer
// comes, and says that it is not whole.
func TestTraceOfHostileLogs(t *testing.T) {
	count := 60_000
	if testing.Short() {
		count = 12_000
	}
	b := newBench(t, 1)
	stamp := time.Now().UTC().Add(-time.Hour).Format(time.RFC3339)
	var lines []string
	add := func(format string, args ...any) {
		lines = append(lines, stamp+" mx1 postfix/"+fmt.Sprintf(format, args...))
	}
	for i := range count {
		add("smtp[3]: AAAAAAAAAA: to=<r%d@b.example>, relay=mx.b.example[203.0.113.25]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)", i)
		add("cleanup[4]: %010X: message-id=<same@a.example>", i)
	}
	if err := b.store.Append(context.Background(), parsedEvents(lines)); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"AAAAAAAAAA", "<same@a.example>", "r7@b.example"} {
		start := time.Now()
		code, text := b.post(t, "/api/trace", `{"query":"`+query+`","limit":10000}`)
		var answer trace.Answer
		if err := json.Unmarshal([]byte(text), &answer); code != http.StatusOK || err != nil {
			t.Fatalf("%s: %d %v", query, code, err)
		}
		t.Logf("%s: %d journeys, partial %t %q, %d MB, %s", query, len(answer.Journeys), answer.Partial, answer.Reasons, len(text)>>20, time.Since(start).Round(time.Millisecond))
		if !answer.Partial || len(answer.Reasons) == 0 {
			t.Errorf("%s: partial %t, because %q", query, answer.Partial, answer.Reasons)
		}
	}
}

func TestTraceOfHostileRequests(t *testing.T) {
	b := newBench(t, 3)
	for body, want := range map[string]int{
		`{"query":"a@b.example","limit":10001}`:                                400,
		`{"query":"a@b.example","limit":-1}`:                                   400,
		`{"query":"a@b.example","limit":99999999999999999999}`:                 400,
		`{"query":["a"]}`:                                                      400,
		`{"query":"a"}{"query":"b"}`:                                           400,
		strings.Repeat("[", 100_000):                                           400,
		strings.Repeat(`{"query":`, 100_000):                                   400,
		`{"query":"` + strings.Repeat("word ", 10_000) + `"}`:                  200,
		`{"query":"` + strings.Repeat("a@b.example ", 10_000) + `"}`:           200,
		`{"query":"` + strings.Repeat(`<a@b.example>\n`, 20_000) + `"}`:        200,
		`{"query":"` + strings.Repeat("x", 4<<20) + `"}`:                       400,
		`{"query":"a@b.example","zone":"` + strings.Repeat("../", 1000) + `"}`: 400,
	} {
		if code, text := b.post(t, "/api/trace", body); code != want || len(text) > 1<<20 {
			t.Errorf("%.60s: %d, want %d: %.200s", body, code, want, text)
		}
	}
}
