package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"rastro/internal/auth"
	"rastro/internal/search"
)

func TestErase(t *testing.T) {
	b := newBench(t, 1)
	began := make(chan struct{}, 1)
	var scope auth.Scope
	s := httptest.NewServer(New(Options{
		Searcher: search.New(search.Options{Store: b.store, Feed: b.feed}),
		Scope:    func(*http.Request) auth.Scope { return scope },
		Erase: func(ctx context.Context, req EraseRequest, progress func(EraseProgress)) (EraseReport, error) {
			progress(EraseProgress{Phase: "search", Done: 1, Total: 2})
			switch req.Address {
			case "bad@x.example":
				return EraseReport{Events: 1}, errors.New("the disk is full")
			case "slow@x.example":
				began <- struct{}{}
				<-ctx.Done()
				began <- struct{}{}
				return EraseReport{}, ctx.Err()
			}
			return EraseReport{Events: 3, Forms: req.Forms}, nil
		},
	}))
	defer s.Close()
	ask := func(ctx context.Context, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/erase", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err.Error()
		}
		defer resp.Body.Close()
		text, _ := io.ReadAll(resp.Body) // one that breaks off is compared below
		return resp.StatusCode, string(text)
	}
	if code, text := ask(t.Context(), `{"address":"joan@x.example"}`); code != http.StatusForbidden {
		t.Errorf("who sees not everything erases: %d %s", code, text)
	}
	scope = auth.Everything()
	code, text := ask(t.Context(), `{"address":"joan@x.example","forms":true}`)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	var last EraseLine
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &last); err != nil || code != 200 || len(lines) != 2 ||
		last.Report == nil || last.Report.Events != 3 || !last.Report.Forms || last.Error != nil || !strings.Contains(lines[0], `"phase":"search"`) {
		t.Errorf("%d %v %s", code, err, text)
	}
	if code, text := ask(t.Context(), `{"address":"bad@x.example"}`); code != 200 || !strings.Contains(text, "erase_failed") || !strings.Contains(text, `"events":1`) {
		t.Errorf("an erasure that fails: %d %s", code, text)
	}
	for body, want := range map[string]string{`{"address":"joan"}`: "bad_address", `{}`: "bad_address", `{"adress":"a@b"}`: "bad_request"} {
		if code, text := ask(t.Context(), body); code != 400 || !strings.Contains(text, want) {
			t.Errorf("%s: %d %s", body, code, text)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	ask(ctx, `{"address":"slow@x.example"}`)
	<-began // it ended because the caller went away
	if code, text := b.post(t, "/api/erase", `{"address":"joan@x.example"}`); code != 503 || !strings.Contains(text, "no_erasure") {
		t.Errorf("a server that erases nothing: %d %s", code, text)
	}
}
