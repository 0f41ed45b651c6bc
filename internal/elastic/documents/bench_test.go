package documents

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/disk"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/parse"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/store"
)

// bench is the endpoints on a folder of their own, with everything behind them.
type bench struct {
	t      testing.TB
	node   *rest.Node
	router *rest.Router
	stop   func()
	paused string
}

// openBench opens a folder; a second one on the same dir is a restart.
func openBench(t testing.TB, dir string) *bench {
	t.Helper()
	b := &bench{t: t}
	fs, log := disk.OS(), slog.New(slog.NewTextHandler(io.Discard, nil))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s, err := store.OpenLocal(fs, dir, store.LocalOptions{Log: log})
	must(err)
	j, err := journal.Open(fs, filepath.Join(dir, "journal"), journal.Options{AtLeast: s.Durable() + 1, Log: log})
	must(err)
	_, err = ingest.Recover(context.Background(), j, s)
	must(err)
	belt := ingest.New(ingest.Options{Journal: j, Store: s, Log: log, NewParser: func() ingest.Parser { return parse.New(parse.Options{}) }})
	belt.Start(context.Background())
	state, err := cluster.Open(fs, filepath.Join(dir, cluster.FileName), cluster.Options{})
	must(err)
	days := func() (days []string) {
		for _, d := range s.Stats().Days {
			days = append(days, d.Day)
		}
		return days
	}
	searcher := search.New(search.Options{Store: s})
	book := names.New(names.Options{Days: days, Content: state.Content})
	bulk := collect.NewBulk(collect.BulkOptions{
		Prefix: book.Prefix(), Known: Known(searcher, book), Settled: belt.Settled, Zone: time.UTC, Log: log,
		Paused: func() string { return b.paused },
	})
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan struct{})
	go func() { defer close(served); _ = bulk.Serve(ctx, belt.Take) }() // it ends with ctx only
	b.node = &rest.Node{Searcher: searcher, Names: book, Cluster: state, Bulk: bulk, Name: "n1", ClusterID: "c1", ID: "n1id", Release: "test"}
	b.node.SetDefaults()
	b.router = rest.NewRouter(b.node, New(b.node).Routes())
	b.stop = func() {
		b.stop = func() {}
		cancel()
		<-served
		_ = belt.Stop(context.Background())
		_ = j.Close()
		_ = s.Close()
	}
	t.Cleanup(func() { b.stop() })
	for !bulk.Ready() {
		time.Sleep(time.Millisecond)
	}
	return b
}

func (b *bench) do(method, target, body string) elastictest.Answer {
	b.t.Helper()
	return elastictest.Do(b.t, b.router, method, target, body)
}

// bulk sends a bulk request to all indices.
func (b *bench) bulk(target string, lines ...string) elastictest.Answer {
	b.t.Helper()
	return b.do(http.MethodPost, target, strings.Join(lines, "\n")+"\n")
}

// recorder is httptest's, for tests that need the request itself.
func (b *bench) serve(r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	b.router.ServeHTTP(w, r)
	return w
}

var defaultResolve = names.DefaultResolve()

func (b *bench) countOf(filter query.Filter) float64 {
	b.t.Helper()
	answer, err := b.node.Searcher.Ask(context.Background(), auth.Everything(), query.Question{Filter: filter, Count: query.CountExact})
	if err != nil {
		b.t.Fatal(err)
	}
	return float64(answer.Total)
}

func routerOf(d *Documents) *rest.Router { return rest.NewRouter(d.node, d.Routes()) }
