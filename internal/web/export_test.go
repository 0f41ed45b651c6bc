package web

import (
	"bufio"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/store"
	"rastro/internal/trace"
)

// export asks for a file.
func (b *bench) export(t *testing.T, path string, params ...string) (*http.Response, string) {
	t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(params); i += 2 {
		v.Set(params[i], params[i+1])
	}
	return b.do(t, "GET", path+"?"+v.Encode(), "")
}

func rows(t *testing.T, text string) [][]string {
	t.Helper()
	text, ok := strings.CutPrefix(text, "\ufeff")
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil || !ok || strings.Count(text, "\r\n") < len(all) {
		t.Fatalf("%v: %.500s", err, text)
	}
	return all
}

func TestExportOfEverything(t *testing.T) {
	const count = 2*exportPage + 17
	b := newBench(t, count)
	resp, text := b.export(t, "/api/export", "format", "csv", "fields", "@timestamp,offset,status", "zone", "America/Bogota")
	all := rows(t, text)
	if len(all) != count+1 || strings.Join(all[0], " ") != "@timestamp offset status" {
		t.Fatalf("%d lines, the first is %q", len(all), all[0])
	}
	for i, row := range all[1:] {
		if row[1] != fmt.Sprint(count-i) {
			t.Fatalf("line %d is %q", i+1, row)
		}
	}
	if all[count][0] != "2026-02-28T19:00:01-05:00" {
		t.Errorf("the last line is %q", all[count])
	}
	if d := resp.Header.Get("Content-Disposition"); !strings.HasPrefix(d, "attachment; filename=rastro-events-") || !strings.HasSuffix(d, ".csv") || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("%v", resp.Header)
	}
	resp, text = b.export(t, "/api/export", "format", "ndjson", "query", "status:deferred", "sort", "@timestamp")
	if n := strings.Count(text, "\n"); n != count/2 || !strings.HasPrefix(text, `{"@timestamp":"2026-03-01T00:00:02Z"`) || resp.Header.Get("Content-Type") != "application/x-ndjson" {
		t.Errorf("%d lines: %.300s", n, text)
	}
	for line := range strings.Lines(text) {
		if !json.Valid([]byte(line)) {
			t.Fatalf("no JSON: %s", line)
		}
	}
	_, text = b.export(t, "/api/export", "query", "nothing_here")
	if all := rows(t, text); len(all) != 1 || len(all[0]) != len(exportFields) {
		t.Errorf("an empty file is %q", text)
	}
}

func TestExportOfHostileValues(t *testing.T) {
	b := newBench(t, 0)
	hostile := []string{
		`<img src=x onerror=alert(1)>`, `=cmd|' /C calc'!A1`, `+1`, `-1`, `@SUM(A1)`, "\tx", "\rx", "\n=x", `a "quoted", value`,
		"two\r\nlines", "\u202e=cmd()", " =cmd()", "＝cmd()", "plain", "", "not \xff utf-8", "'", strings.Repeat("x", 1<<20),
	}
	var all []event.Event
	for i, text := range hostile {
		e := events(i+1, 1)[0]
		e.Set(event.Message, "line")
		e.Set(event.Subject, text)
		e.Add(event.Recipient, "a@b.example")
		e.Add(event.Recipient, "c@d.example")
		e.AddFloat(event.SpamScore, -1.5)
		e.AddExtra("odd", string(event.AppendJSONString(nil, text)))
		e.AddExtra("odd", `{"n":1}`)
		all = append(all, e)
	}
	if err := b.store.Append(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	_, text := b.export(t, "/api/export", "sort", "offset", "fields", "subject,recipient,spam_score,odd,event_id")
	got := rows(t, text)[1:]
	if len(got) != len(hostile) {
		t.Fatalf("%d lines", len(got))
	}
	for i, row := range got {
		want := strings.ToValidUTF8(hostile[i], "\ufffd")
		if strings.ContainsAny(string([]rune(strings.TrimLeft(want, " \u202e") + "x")[0]), "=+-@\t\r\n＝") {
			want = "'" + want
		}
		if want = strings.ReplaceAll(want, "\r\n", "\n"); row[0] != want { // the reader of the test does so
			t.Errorf("%.40q came as %.40q, want %.40q", hostile[i], row[0], want)
		}
		if row[1] != "a@b.example, c@d.example" || row[2] != "-1.5" || !strings.HasSuffix(row[3], `, {"n":1}`) || row[4] != fmt.Sprintf("f@%d", i+1) {
			t.Errorf("line %d is %.100q", i, row[1:])
		}
		if strings.HasPrefix(row[3], "=") {
			t.Errorf("an unknown field begins with =: %.40q", row[3])
		}
	}
}

func TestExportMistakes(t *testing.T) {
	b := newBench(t, 3)
	for path, want := range map[string]string{
		"/api/export?format=xls": "bad_format", "/api/export?qeury=a": "bad_parameter", "/api/export?query=%22open": "query_",
		"/api/export?zone=Mars": "bad_zone", "/api/export?sort=-": "bad_sort", "/api/export?since=soon": "bad_time",
		"/api/export?fields=" + strings.Repeat("a,", 300): "bad_fields",
		"/api/trace/export?format=ndjson":                 "bad_format", "/api/trace/export?lang=fr": "bad_lang", "/api/trace/export?status=lost": "bad_status",
		"/api/trace/export?limit=5": "bad_parameter", "/api/trace/export?since=soon": "bad_time",
	} {
		resp, text := b.do(t, "GET", path, "")
		if resp.StatusCode != 400 || !strings.Contains(text, `"code":"`+want) || resp.Header.Get("Content-Disposition") != "" {
			t.Errorf("%s: %s %s", path, resp.Status, text)
		}
	}
}

// askingStore lets a test decide what comes back.
type askingStore struct {
	store.Store
	ask func(ctx context.Context, n int, q query.Question) (query.Answer, error)
	n   int
}

func (s *askingStore) Ask(ctx context.Context, q query.Question) (query.Answer, error) {
	s.n++
	return s.ask(ctx, s.n, q)
}

func hits(count int) []query.Hit {
	list := make([]query.Hit, count)
	for i, e := range events(1, count) {
		list[i] = query.Hit{Event: e, Cursor: query.Cursor{RID: e.RID, Keys: []query.CursorKey{{Int: e.Time}}}}
	}
	return list
}

func TestAnExportThatIsNotWholeIsAborted(t *testing.T) {
	for name, second := range map[string]query.Answer{
		"deadline": {Partial: true, PartialReasons: []string{query.ReasonDeadline}, Hits: hits(3)},
		"damage":   {Partial: true, PartialReasons: []string{"lost", "segment 7 cannot be read"}, Hits: hits(3)},
	} {
		st := &askingStore{ask: func(_ context.Context, n int, _ query.Question) (query.Answer, error) {
			if n == 1 {
				return query.Answer{Hits: hits(exportPage), Partial: true, PartialReasons: []string{"lost"}}, nil
			}
			return second, nil
		}}
		server := httptest.NewServer(New(Options{Searcher: search.New(search.Options{Store: st})}))
		resp, err := http.Get(server.URL + "/api/export?format=ndjson")
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err == nil || len(text) == 0 {
			t.Errorf("%s: the transfer ended well after %d bytes", name, len(text))
		}
		if resp.Header.Get("Rastro-Partial") != "lost" || !strings.Contains(resp.Header.Get("Content-Disposition"), "-partial.ndjson") {
			t.Errorf("%s: %v", name, resp.Header)
		}
		server.Close()
	}
}

func TestAnExportThatCannotBeginSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		answer query.Answer
		err    error
		status int
	}{
		"partial": {query.Answer{Partial: true, PartialReasons: []string{query.ReasonDeadline}}, nil, 503},
		"too big": {query.Answer{}, query.ErrTooBig, 422},
		"busy":    {query.Answer{}, search.ErrBusy, 429},
	} {
		st := &askingStore{ask: func(context.Context, int, query.Question) (query.Answer, error) { return c.answer, c.err }}
		w := httptest.NewRecorder()
		New(Options{Searcher: search.New(search.Options{Store: st})}).ServeHTTP(w, httptest.NewRequest("GET", "/api/export", nil))
		if w.Code != c.status || !strings.Contains(w.Body.String(), `"error":`) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
	}
}

// TestExportOfMonstrousLines asks in smaller parts for what does not fit.
func TestExportOfMonstrousLines(t *testing.T) {
	st := &askingStore{}
	left := 3
	st.ask = func(_ context.Context, _ int, q query.Question) (query.Answer, error) {
		if q.Limit > 100 {
			return query.Answer{}, fmt.Errorf("reading: %w", query.ErrTooBig)
		}
		if left--; left < 0 {
			return query.Answer{}, nil
		}
		return query.Answer{Hits: hits(1)}, nil
	}
	w := httptest.NewRecorder()
	New(Options{Searcher: search.New(search.Options{Store: st})}).ServeHTTP(w, httptest.NewRequest("GET", "/api/export?format=ndjson", nil))
	if n := strings.Count(w.Body.String(), "\n"); w.Code != 200 || n != 3 {
		t.Errorf("%d: %d lines", w.Code, n)
	}
}

func TestAnExportEndsWithItsClient(t *testing.T) {
	ended := make(chan struct{})
	st := &askingStore{ask: func(ctx context.Context, n int, _ query.Question) (query.Answer, error) {
		if n > 1 {
			<-ctx.Done()
			return query.Answer{}, ctx.Err()
		}
		return query.Answer{Hits: hits(exportPage)}, nil
	}}
	handler := New(Options{Searcher: search.New(search.Options{Store: st, Timeout: time.Hour})})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		handler.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/export?format=ndjson", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	cancel()
	<-ended
}

func TestTraceExport(t *testing.T) {
	b := newBench(t, 1)
	lines := []string{
		"postfix/cleanup[4]: 4F0001A2B3: message-id=<m1@a.example>",
		"postfix/cleanup[4]: 4F0001A2B3: warning: header Subject: =cmd() from mail.a.example[192.0.2.1]; from=<ana@a.example> to=<bob@b.example> proto=ESMTP helo=<x>",
		"postfix/qmgr[2]: 4F0001A2B3: from=<ana@a.example>, size=1234, nrcpt=2 (queue active)",
		"postfix/smtp[3]: 4F0001A2B3: to=<bob@b.example>, relay=mx.b.example[203.0.113.25]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)",
		"postfix/smtp[3]: 4F0001A2B3: to=<eve@b.example>, relay=mx.b.example[203.0.113.25]:25, delay=1, delays=0/0/0/1, dsn=5.1.1, status=bounced (host mx.b.example[203.0.113.25] said: 550 5.1.1 <eve@b.example>: no such user)",
	}
	stamp := time.Now().UTC().Add(-time.Hour).Format(time.RFC3339)
	for i := range lines {
		lines[i] = stamp + " mx1 " + lines[i]
	}
	if err := b.store.Append(context.Background(), parsedEvents(lines)); err != nil {
		t.Fatal(err)
	}
	resp, text := b.export(t, "/api/trace/export", "query", "ana@a.example", "lang", "es")
	all := rows(t, text)
	if len(all) != 3 || len(all[0]) != len(journeyColumns) || !strings.Contains(resp.Header.Get("Content-Disposition"), "rastro-journeys-") {
		t.Fatalf("%v %q", resp.Header, all)
	}
	cell := func(row int, name string) string {
		for i, n := range all[0] {
			if n == name {
				return all[row][i]
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	statuses := map[string]string{}
	for row := 1; row < 3; row++ {
		statuses[cell(row, "recipient")] = cell(row, "status")
		if cell(row, "verdict") == "" || cell(row, "size") != "1234" || strings.HasPrefix(cell(row, "subject"), "=") || cell(row, "first_time") == "" {
			t.Errorf("line %d: %q", row, all[row])
		}
	}
	if statuses["bob@b.example"] != "delivered" || statuses["eve@b.example"] != "bounced" {
		t.Errorf("%v", statuses)
	}
	_, text = b.export(t, "/api/trace/export", "format", "json", "query", "4F0001A2B3", "status", "bounced,held")
	var journeys []trace.Journey
	if err := json.Unmarshal([]byte(text), &journeys); err != nil || len(journeys) != 1 || journeys[0].Recipient != "eve@b.example" || len(journeys[0].Steps) == 0 {
		t.Errorf("%v %s", err, text)
	}
	_, text = b.export(t, "/api/trace/export", "format", "json", "query", "nobody@x.example")
	if err := json.Unmarshal([]byte(text), &journeys); err != nil || len(journeys) != 0 {
		t.Errorf("%v %s", err, text)
	}
}

// TestTraceExportOfMoreThanOneAnswer has more journeys than one trace gives.
func TestTraceExportOfMoreThanOneAnswer(t *testing.T) {
	const count = 2*sliceLimit + 500
	b := newBench(t, 1)
	start := time.Now().UTC().Add(-time.Hour).Truncate(time.Second)
	var lines []string
	for i := range count {
		stamp := start.Add(time.Duration(i) * 100 * time.Millisecond).Format(time.RFC3339Nano)
		lines = append(lines, fmt.Sprintf("%s mx1 postfix/smtpd[2]: %010X: client=mail.a.example[192.0.2.1]", stamp, 0xA000000000+i))
		lines = append(lines, fmt.Sprintf("%s mx1 postfix/smtp[3]: %010X: to=<r%d@b.example>, relay=mx.b.example[203.0.113.25]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 ok)", stamp, 0xA000000000+i, i))
	}
	if err := b.store.Append(context.Background(), parsedEvents(lines)); err != nil {
		t.Fatal(err)
	}
	resp, text := b.export(t, "/api/trace/export", "status", "delivered")
	if resp.StatusCode != 200 {
		t.Fatalf("%s %s", resp.Status, text)
	}
	seen := map[string]bool{}
	for _, row := range rows(t, text)[1:] {
		if seen[row[3]] {
			t.Fatalf("%s is there twice", row[3])
		}
		seen[row[3]] = true
	}
	if len(seen) != count {
		t.Errorf("%d journeys, want %d", len(seen), count)
	}
	if resp, text = b.export(t, "/api/trace/export", "status", "bounced"); resp.StatusCode != 200 || len(rows(t, text)) != 1 {
		t.Errorf("%s %.300s", resp.Status, text)
	}
}
