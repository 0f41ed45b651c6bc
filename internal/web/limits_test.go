package web

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"rastro/internal/query"
	"rastro/internal/search"
)

func TestLimitsAreToldInTheReadersLanguage(t *testing.T) {
	t.Parallel()
	big := fmt.Errorf("aggregating: %w", &query.TooBigError{Part: query.PartHits, Count: 300, Limit: 1 << 20})
	for _, c := range []struct {
		err    error
		lang   string
		status int
		parts  []string
	}{
		{big, "", 422, []string{`"code":"too_big"`, "300 events of hits", "ask for fewer hits"}},
		{big, "es-CO,es;q=0.9,en;q=0.8", 422, []string{`"code":"too_big"`, "300 eventos de resultados", "pida menos resultados"}},
		{search.ErrBusy, "en", 429, []string{`"code":"busy"`, "ask again in a moment"}},
		{search.ErrBusy, "es", 429, []string{`"code":"busy"`, "demasiadas preguntas", "pregunte de nuevo"}},
	} {
		st := &askingStore{ask: func(context.Context, int, query.Question) (query.Answer, error) { return query.Answer{}, c.err }}
		w := httptest.NewRecorder()
		r := httptest.NewRequest("POST", "/api/search", strings.NewReader(`{"query":""}`))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept-Language", c.lang)
		New(Options{Searcher: search.New(search.Options{Store: st})}).ServeHTTP(w, r)
		if w.Code != c.status || (w.Header().Get("Retry-After") != "") != (c.status == 429) {
			t.Errorf("%v: status %d, headers %v", c.err, w.Code, w.Header())
		}
		for _, part := range c.parts {
			if !strings.Contains(w.Body.String(), part) {
				t.Errorf("%s: no %q in %s", c.lang, part, w.Body)
			}
		}
	}
}
