package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"rastro/internal/trace"
)

func TestTraceQuestion(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	q, err := TraceRequest{Query: "ana@x.example", Since: "1d", Until: "2026-03-02", Zone: "America/Bogota", Limit: 7, NoSteps: true}.Question(now)
	if err != nil {
		t.Fatal(err)
	}
	if !q.From.Equal(now.AddDate(0, 0, -1)) || !q.To.Equal(time.Date(2026, 3, 2, 5, 0, 0, 0, time.UTC)) || q.Limit != 7 || !q.NoSteps || q.Query.Text != "ana@x.example" || !q.Now.Equal(now) {
		t.Errorf("got %+v", q)
	}
	q, err = TraceRequest{Query: " \n"}.Question(now)
	if err != nil || q.Query.Text != "" || !q.From.IsZero() || !q.To.IsZero() {
		t.Errorf("without a query: %+v %v", q, err)
	}
	var known Error
	if err := badQuery(fmt.Errorf("reading: %w", trace.ErrQuery)); !errors.As(err, &known) || known.Code != "bad_query" || known.Hint == "" {
		t.Errorf("a query without an identifier gives %v", err)
	}
}

func TestTrace(t *testing.T) {
	b := newBench(t, 1)
	code, text := b.post(t, "/api/trace", `{"query":"nobody@nowhere.example","since":"2026-03-01"}`)
	var answer trace.Answer
	if err := json.Unmarshal([]byte(text), &answer); err != nil || code != 200 || !strings.HasPrefix(text, `{"journeys":[`) {
		t.Errorf("%d %v %s", code, err, text)
	}
	for body, want := range map[string]string{
		`{"zone":"Mars"}`: "bad_zone", `{"since":"soon"}`: "bad_time", `{"until":"soon"}`: "bad_time",
		`{"limit":-1}`: "bad_limit", `{"limit":10001}`: "bad_limit", `{"sise":1}`: "bad_request", `nonsense`: "bad_request",
	} {
		code, text := b.post(t, "/api/trace", body)
		var e struct{ Error Error }
		if err := json.Unmarshal([]byte(text), &e); err != nil || code != 400 || e.Error.Code != want || e.Error.Message == "" {
			t.Errorf("%s: %d %s, want code %s", body, code, text, want)
		}
	}
}

func TestAServerThatTracesNothing(t *testing.T) {
	w := httptest.NewRecorder()
	New(Options{}).ServeHTTP(w, httptest.NewRequest("POST", "/api/trace", strings.NewReader(`{}`)))
	if w.Code != 503 || !strings.Contains(w.Body.String(), `"code":"no_trace"`) {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
