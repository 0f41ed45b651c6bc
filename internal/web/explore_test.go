package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

func TestFields(t *testing.T) {
	b := newBench(t, 1)
	_, text := b.do(t, "GET", "/api/fields", "")
	var answer FieldsAnswer
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Fields) != int(event.FieldCount)-1 {
		t.Fatalf("%v %s", err, text)
	}
	byName := map[string]FieldInfo{}
	for _, f := range answer.Fields {
		byName[f.Name] = f
		if f.Kind == "" || f.Meaning == "" {
			t.Errorf("%+v", f)
		}
	}
	for field, value := range map[string]string{"status": "deferred", "event_type": "message_delivery", "level": "WARN", "dialect": "exim", "reason": "user_unknown", "is_error": "true"} {
		if !slices.Contains(byName[field].Values, value) {
			t.Errorf("%s has the values %q", field, byName[field].Values)
		}
	}
	if f := byName["recipient"]; !f.Multi || f.Values != nil || !slices.Contains(f.Aliases, "rcpt_to") || f.Kind != "keyword" {
		t.Errorf("%+v", f)
	}
}

func TestValidate(t *testing.T) {
	b := newBench(t, 1)
	for body, want := range map[string]string{
		`{"query":""}`: `{"ok":true}`,
		`{"query":"status:deferred AND delay:[5 TO *]"}`:        `{"ok":true}`,
		`{"query":"\"open"}`:                                    `"position":0,"end":`,
		`{"query":"status:deferred AND"}`:                       `"suggestion":"status:deferred"`,
		`{"query":"@timestamp:[2026-13-01 TO *]"}`:              `"ok":false`,
		`{"query":"<img src=x onerror=alert(1)>:x \u202e((("}`:  `"ok":false`,
		`{"query":"` + strings.Repeat("(", 100_000) + `"}`:      `"ok":false`,
		`{"query":"` + strings.Repeat("a* OR ", 9_000) + `b*"}`: `"ok":`,
	} {
		code, text := b.post(t, "/api/validate", body)
		if code != 200 || !strings.Contains(text, want) {
			t.Errorf("%.60s: %d %.300s, want %s", body, code, text, want)
		}
	}
	for body, want := range map[string]string{`{"query":"a","zone":"Mars"}`: "bad_zone", `{"q":"a"}`: "bad_request"} {
		if code, text := b.post(t, "/api/validate", body); code != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", body, code, text)
		}
	}
}

// offsets lists the offsets of documents.
func offsets(t *testing.T, list []EventDocument) string {
	t.Helper()
	var all []string
	for _, raw := range list {
		var e struct{ Offset int }
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, fmt.Sprint(e.Offset))
	}
	return strings.Join(all, " ")
}

func TestContext(t *testing.T) {
	b := newBench(t, 0)
	all := events(1, 12)
	for i := range all {
		// Two hosts in turn, one line without; three lines in each second.
		if host := []string{"mx1", "MX1", "mx2"}[i%3]; i != 11 {
			all[i].Add(event.Host, host)
		}
		all[i].Time -= all[i].Time % 3e9
	}
	if err := b.store.Append(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ body, before, event, after string }{
		{`{"event_id":"f@5","before":2,"after":2}`, "2 4", "5", "7 8"},
		{`{"event_id":"f@1","before":9,"after":1}`, "", "1", "2"},
		{`{"event_id":"f@6","before":0,"after":200}`, "", "6", "9"},
		{`{"event_id":"f@12","before":5,"after":5}`, "", "12", ""},
	} {
		code, text := b.post(t, "/api/context", c.body)
		var a ContextAnswer
		if err := json.Unmarshal([]byte(text), &a); code != 200 || err != nil || a.Before == nil || a.After == nil {
			t.Fatalf("%s: %d %v %s", c.body, code, err, text)
		}
		if before, event, after := offsets(t, a.Before), offsets(t, []EventDocument{a.Event}), offsets(t, a.After); before != c.before || event != c.event || after != c.after {
			t.Errorf("%s: %s, %s, %s; want %s, %s, %s", c.body, before, event, after, c.before, c.event, c.after)
		}
	}
	for body, want := range map[string]string{
		`{"event_id":"f@99","before":1,"after":1}`: "404 not_found", `{"event_id":"","before":1,"after":1}`: "400 no_event",
		`{"event_id":"f@1","before":201,"after":1}`: "400 bad_size", `{"event_id":"f@1","before":1,"after":-1}`: "400 bad_size",
		`{"event_id":"<img onerror>\u202e","before":1,"after":1}`: "404 not_found", `{"id":"f@1"}`: "400 bad_request",
	} {
		code, text := b.post(t, "/api/context", body)
		var e struct{ Error Error }
		if err := json.Unmarshal([]byte(text), &e); err != nil || fmt.Sprintf("%d %s", code, e.Error.Code) != want {
			t.Errorf("%s: %d %s, want %s", body, code, text, want)
		}
	}
}
