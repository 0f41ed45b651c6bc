package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/feed"
	"rastro/internal/reply"
	"rastro/internal/search"
	"rastro/internal/store"
	"rastro/internal/trace"
)

type bench struct {
	store *store.Local
	feed  *feed.Feed
	http  *httptest.Server
}

func newBench(t testing.TB, count int) *bench {
	t.Helper()
	s, err := store.OpenLocal(disk.OS(), t.TempDir(), store.LocalOptions{})
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{store: s, feed: &feed.Feed{}}
	if err := s.Append(context.Background(), events(1, count)); err != nil {
		t.Fatal(err)
	}
	searcher := search.New(search.Options{Store: s, Feed: b.feed})
	b.http = httptest.NewServer(New(Options{
		Searcher: searcher,
		Tracer:   trace.New(trace.Options{Searcher: searcher, Book: reply.Default}),
		Import: func(_ context.Context, r io.Reader, req ImportRequest) (ImportResult, error) {
			text, err := io.ReadAll(r)
			switch {
			case req.Name == "bad":
				return ImportResult{Lines: 1}, fmt.Errorf("the file is damaged")
			case req.Zone != "":
				return ImportResult{}, Error{Code: "bad_zone", Message: "no such zone"}
			}
			return ImportResult{Lines: int64(strings.Count(string(text), "\n")), Bytes: int64(len(text))}, err
		},
		Release: "test",
	}))
	t.Cleanup(func() {
		b.http.CloseClientConnections()
		b.http.Close()
		_ = s.Close()
	})
	return b
}

func events(first, count int) []event.Event {
	all := make([]event.Event, count)
	for i := range all {
		e := &all[i]
		e.RID = uint64(first + i)
		e.Time = time.Date(2026, 3, 1, 0, 0, first+i, 0, time.UTC).UnixNano()
		e.ReceivedAt = e.Time
		e.Add(event.Message, fmt.Sprintf("line %d <b>", first+i))
		e.Add(event.Status, []string{"delivered", "deferred"}[i%2])
		e.Add(event.SourceID, "f")
		e.AddInt(event.Offset, int64(first+i))
	}
	return all
}

func (b *bench) post(t testing.TB, path, body string) (int, string) {
	t.Helper()
	resp, err := http.Post(b.http.URL+path, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(text)
}

func TestSearchPagesThroughEverything(t *testing.T) {
	b := newBench(t, 25)
	req := SearchRequest{Query: "line", Size: 10}
	var seen []string
	for page := range 4 {
		body, err := json.Marshal(req)
		if err != nil {
			t.Fatal(err)
		}
		code, text := b.post(t, "/api/search", string(body))
		var answer SearchAnswer
		if err := json.Unmarshal([]byte(text), &answer); code != 200 || err != nil || answer.Total != 25 || !answer.TotalExact {
			t.Fatalf("page %d: %d %v %s", page, code, err, text)
		}
		for _, hit := range answer.Hits {
			var e struct {
				ID string `json:"event_id"`
			}
			if err := json.Unmarshal(hit, &e); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, e.ID)
		}
		if req.After = answer.Next; answer.Next == nil {
			break
		}
	}
	if len(seen) != 25 || seen[0] != "f@25" || seen[24] != "f@1" {
		t.Errorf("paged through %v", seen)
	}
}

func TestSearchPicksFieldsAndTime(t *testing.T) {
	b := newBench(t, 10)
	_, text := b.post(t, "/api/search", `{"query":"status:deferred","size":3,"fields":["status"],"since":"2026-03-01T00:00:05Z","until":"2026-03-01T00:00:09Z","sort":"@timestamp"}`)
	if !strings.Contains(text, `"total":2`) || strings.Contains(text, "line") || !strings.Contains(text, "00:00:06Z") {
		t.Errorf("got %s", text)
	}
}

func TestMistakes(t *testing.T) {
	b := newBench(t, 1)
	for body, want := range map[string]string{
		`{"query":"\"open","size":1}`: "query_", `{"size":-1}`: "bad_size", `{"size":1,"zone":"Mars"}`: "bad_zone",
		`{"size":1,"since":"soon"}`: "bad_time", `{"sise":1}`: "bad_request", `nonsense`: "bad_request",
	} {
		code, text := b.post(t, "/api/search", body)
		var e struct{ Error Error }
		if err := json.Unmarshal([]byte(text), &e); err != nil || code != 400 || !strings.HasPrefix(e.Error.Code, want) || e.Error.Message == "" {
			t.Errorf("%s: %d %s, want code %s", body, code, text, want)
		}
	}
	if code, text := b.post(t, "/api/nothing", ""); code != 404 || !strings.Contains(text, "not_found") {
		t.Errorf("an unknown path: %d %s", code, text)
	}
}

func TestForeignPagesCannotWrite(t *testing.T) {
	b := newBench(t, 1)
	req, err := http.NewRequest(http.MethodPost, b.http.URL+"/api/import?name=x", strings.NewReader("a\n"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a page of another site got %s", resp.Status)
	}
}

func TestImport(t *testing.T) {
	b := newBench(t, 1)
	if code, text := b.post(t, "/api/import?name=mail.log", "a\nb\n"); code != 200 || !strings.Contains(text, `"lines":2`) {
		t.Errorf("%d %s", code, text)
	}
	if code, text := b.post(t, "/api/import?name=bad", "a\n"); code != 422 || !strings.Contains(text, "damaged") {
		t.Errorf("%d %s", code, text)
	}
	if code, text := b.post(t, "/api/import", "a\n"); code != 400 || !strings.Contains(text, "no_name") {
		t.Errorf("%d %s", code, text)
	}
}

func TestTailFollowsTheQuery(t *testing.T) {
	b := newBench(t, 1)
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, b.http.URL+"/api/tail?q=status:deferred", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	for b.feed.Followers() == 0 {
		time.Sleep(time.Millisecond)
	}
	b.feed.Publish(events(100, 3))
	var data []string
	lines := bufio.NewScanner(resp.Body)
	for len(data) < 1 && lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			data = append(data, text)
		}
	}
	if len(data) != 1 || !strings.Contains(data[0], `"line 101 \u003cb\u003e"`) {
		t.Errorf("tailed %q", data)
	}
}

func TestHomeAndInfo(t *testing.T) {
	b := newBench(t, 2)
	resp, err := http.Get(b.http.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != 200 || !strings.Contains(string(text), "2 events") || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Errorf("%s %v %s", resp.Status, err, text)
	}
	resp, err = http.Get(b.http.URL + "/api/info")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var info Info
	if err := json.NewDecoder(resp.Body).Decode(&info); err != nil || info.Events != 2 || info.Newest != "2026-03-01T00:00:02Z" {
		t.Errorf("%+v %v", info, err)
	}
}

func TestACursorSurvivesJavaScript(t *testing.T) {
	b := newBench(t, 3)
	_, text := b.post(t, "/api/search", `{"size":2}`)
	var answer struct {
		Next any
		Hits []any
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	next, ok := answer.Next.(string) // a number would lose its last digits
	if !ok {
		t.Fatalf("next is %T", answer.Next)
	}
	_, text = b.post(t, "/api/search", `{"size":2,"after":"`+next+`"}`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Hits) != 1 || !strings.Contains(text, "f@1") {
		t.Errorf("%v %s", err, text)
	}
	for _, bad := range []string{`"x"`, `"AAAA"`, `5`, `{}`} {
		if code, text := b.post(t, "/api/search", `{"size":2,"after":`+bad+`}`); code != 400 || !strings.Contains(text, "bad_request") {
			t.Errorf("after %s: %d %s", bad, code, text)
		}
	}
}

// TestRangesAreReadAlikeEverywhere has an event at noon of today and asks for
// today, whose end has not come yet.
func TestRangesAreReadAlikeEverywhere(t *testing.T) {
	b := newBench(t, 0)
	now := time.Now().In(time.FixedZone("", -5*3600))
	e := events(1, 1)[0]
	e.Time = time.Date(now.Year(), now.Month(), now.Day(), 23, 59, 59, 5e8, now.Location()).UnixNano()
	if err := b.store.Append(context.Background(), []event.Event{e}); err != nil {
		t.Fatal(err)
	}
	asks := map[string]func(members string) (int, string){}
	for _, path := range []string{"/api/search", "/api/trace", "/api/aggregate"} {
		asks[path] = func(members string) (int, string) { return b.post(t, path, "{"+members+"}") }
	}
	for _, path := range []string{"/api/export", "/api/trace/export"} {
		asks[path] = func(members string) (int, string) {
			var m map[string]string
			if err := json.Unmarshal([]byte("{"+members+"}"), &m); err != nil {
				t.Fatal(err)
			}
			v := url.Values{}
			for name, value := range m {
				v.Set(name, value)
			}
			resp, text := b.do(t, "GET", path+"?"+v.Encode(), "")
			return resp.StatusCode, text
		}
	}
	for path, ask := range asks {
		for members, want := range map[string]string{
			`"since":"now","until":"now-1h"`: "bad_range", `"since":"now-5000y"`: "bad_time", `"until":"soon"`: "bad_time", `"zone":"Mars"`: "bad_zone",
		} {
			if code, text := ask(members); code != 400 || !strings.Contains(text, want) {
				t.Errorf("%s %s: %d %s", path, members, code, text)
			}
		}
		code, text := ask(`"since":"now/d","until":"now/d","zone":"-05:00"`)
		if code != 200 {
			t.Errorf("%s: %d %s", path, code, text)
		}
		if !strings.Contains(path, "trace") && !strings.Contains(text, "line 1") && !strings.Contains(text, `"total":1,`) {
			t.Errorf("%s: today lacks its last second: %s", path, text)
		}
	}
}
