package web

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/search"
)

// TestExportOfLines gives the raw lines, the oldest first, with the line ends
// that they hold.
func TestExportOfLines(t *testing.T) {
	b := newBench(t, 0)
	lines := []string{"first \xff\x00 line", "two\nlines", "", "\ttab \"and\" é\r", "last"}
	var all []event.Event
	for i, text := range lines {
		e := events(i+1, 1)[0]
		e.Values = nil
		if text != "" {
			e.Set(event.Message, text)
		}
		all = append(all, e)
	}
	if err := b.store.Append(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	resp, text := b.export(t, "/api/export", "format", "lines")
	if want := "first \xff\x00 line\ntwo\nlines\n\ttab \"and\" é\r\nlast\n"; text != want {
		t.Errorf("%q, want %q", text, want)
	}
	if d := resp.Header.Get("Content-Disposition"); !strings.HasSuffix(d, ".log") {
		t.Error(d)
	}
	if _, text = b.export(t, "/api/export", "format", "lines", "sort", "-@timestamp"); !strings.HasPrefix(text, "last\n") {
		t.Errorf("%q", text)
	}
	if resp, text = b.export(t, "/api/export", "format", "lines", "fields", "host"); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("%d %s", resp.StatusCode, text)
	}
}

// TestExportForTheCommandLine compares what is written to a writer with what
// the server answers.
func TestExportForTheCommandLine(t *testing.T) {
	b := newBench(t, exportPage+5)
	searcher := search.New(search.Options{Store: b.store})
	for _, form := range exportForms {
		var out strings.Builder
		err := Export(t.Context(), searcher, auth.Everything(), url.Values{"format": {form}}, func(lacking []string) (io.Writer, error) { return &out, nil })
		_, want := b.export(t, "/api/export", "format", form)
		if err != nil || out.String() != want || out.Len() == 0 {
			t.Errorf("%s: %v, %d bytes instead of %d", form, err, out.Len(), len(want))
		}
	}
	refused := errors.New("refused")
	if err := Export(t.Context(), searcher, auth.Everything(), url.Values{}, func([]string) (io.Writer, error) { return nil, refused }); !errors.Is(err, refused) {
		t.Errorf("%v", err)
	}
	full := errors.New("full")
	for _, form := range exportForms {
		err := Export(t.Context(), searcher, auth.Everything(), url.Values{"format": {form}}, func([]string) (io.Writer, error) { return fullWriter{full}, nil })
		if !errors.Is(err, full) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

type fullWriter struct{ err error }

func (w fullWriter) Write([]byte) (int, error) { return 0, w.err }
