package snapshots

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/store"
)

// bench is a node with everything that snapshots need.
type bench struct {
	t         *testing.T
	dir       string
	folder    string // of repositories
	store     *store.Local
	journal   *journal.Journal
	belt      *ingest.Belt
	node      *rest.Node
	snapshots *Snapshots
	http      http.Handler
	// taking, when set, comes before the belt's own.
	taking func(n int) error
	taken  int
}

// TakeEvents counts, and fails on demand.
func (b *bench) TakeEvents(ctx context.Context, events []event.Event, positions []event.Position) error {
	b.taken++
	if b.taking != nil {
		if err := b.taking(b.taken); err != nil {
			return err
		}
	}
	return b.belt.TakeEvents(ctx, events, positions)
}

func (b *bench) Settled(ctx context.Context) error { return b.belt.Settled(ctx) }

// noParser: nothing is parsed here.
type noParser struct{}

func (noParser) Parse(*event.Line, *event.Event) { panic("a restored event was parsed") }

func newBench(t *testing.T) *bench {
	b := &bench{t: t, dir: t.TempDir()}
	b.folder = filepath.Join(b.dir, "backups")
	b.start()
	t.Cleanup(b.stop)
	return b
}

func (b *bench) start() {
	b.t.Helper()
	var err error
	if b.store, err = store.OpenLocal(disk.OS(), b.dir, store.LocalOptions{}); err != nil {
		b.t.Fatal(err)
	}
	if b.journal, err = journal.Open(disk.OS(), filepath.Join(b.dir, "journal"), journal.Options{AtLeast: b.store.Durable() + 1}); err != nil {
		b.t.Fatal(err)
	}
	if _, err := ingest.Recover(context.Background(), b.journal, b.store); err != nil {
		b.t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	b.belt = ingest.New(ingest.Options{Journal: b.journal, Store: b.store, NewParser: func() ingest.Parser { return noParser{} }, Log: log})
	b.belt.Start(context.Background())
	now := func() time.Time { return elastictest.Now }
	state, err := cluster.Open(disk.OS(), filepath.Join(b.dir, cluster.FileName), cluster.Options{Now: now})
	if err != nil {
		b.t.Fatal(err)
	}
	days := func() (days []string) {
		for _, d := range b.store.Stats().Days {
			days = append(days, d.Day)
		}
		return days
	}
	b.node = &rest.Node{
		Searcher: search.New(search.Options{Store: b.store, Now: now}),
		Names:    names.New(names.Options{Days: days, Content: state.Content, Now: now}),
		Cluster:  state, Now: now, Name: "n1", ClusterID: "c1", ID: "n1id", Release: "test",
	}
	b.node.SetDefaults()
	b.snapshots = New(b.node, Options{Engine: b.store, Belt: b, Positions: b.journal.Positions, Folders: []string{b.folder}})
	b.http = rest.NewRouter(b.node, b.snapshots.Routes())
}

func (b *bench) stop() {
	b.snapshots.Close()
	err := errors.Join(b.belt.Stop(context.Background()), b.journal.Close(), b.store.Close())
	if err != nil {
		b.t.Error(err)
	}
}

// add writes events: per day of March 2026 so many of the day's index, and so
// many of the index "mine".
func (b *bench) add(perDay, mine int) {
	b.t.Helper()
	var events []event.Event
	for day := 1; day <= 3; day++ {
		for i := range perDay + mine {
			e := event.Event{Time: time.Date(2026, 3, day, 10, 0, i, 0, time.UTC).UnixNano(), ReceivedAt: 7}
			e.Add(event.Message, fmt.Sprintf("line %d of day %d", i, day))
			e.Add(event.SourceID, "f")
			e.AddInt(event.Offset, int64(day*10_000+i))
			e.AddExtra("odd", `{"a":[1,"x"]}`)
			if i >= perDay {
				e.Add(event.Index, "mine")
			}
			events = append(events, e)
		}
	}
	if err := errors.Join(b.belt.TakeEvents(context.Background(), events, nil), b.belt.Settled(context.Background())); err != nil {
		b.t.Fatal(err)
	}
	if mine > 0 {
		b.change(func(c *cluster.Content) {
			c.Indices["mine"] = &cluster.Index{UUID: "u", Settings: map[string]string{"index.number_of_shards": "1", "index.codec": "x"}, Aliases: map[string]*cluster.Alias{"m": {}}}
		})
	}
}

func (b *bench) change(do func(*cluster.Content)) {
	b.t.Helper()
	if err := b.node.Cluster.Change(func(c *cluster.Content) error { do(c); return nil }); err != nil {
		b.t.Fatal(err)
	}
}

// count counts the events of an index by the names' own filter.
func (b *bench) count(index string) int64 {
	b.t.Helper()
	set, err := b.node.Names.Resolve(index, names.ResolveOptions{IgnoreUnavailable: true, AllowNoIndices: true, Closed: true})
	if err != nil {
		b.t.Fatal(err)
	}
	a, err := b.store.Ask(context.Background(), query.Question{Filter: set.Filter(), Count: query.CountExact})
	if err != nil {
		b.t.Fatal(err)
	}
	return a.Total
}

// erase removes an index as a client would.
func (b *bench) erase(index string) {
	b.t.Helper()
	set, err := b.node.Names.Resolve(index, names.ResolveOptions{IgnoreUnavailable: true, AllowNoIndices: true})
	if err != nil {
		b.t.Fatal(err)
	}
	if err := b.belt.Settled(context.Background()); err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.store.Erase(context.Background(), set.Filter()); err != nil {
		b.t.Fatal(err)
	}
	b.change(func(c *cluster.Content) {
		for _, name := range set.Names() {
			delete(c.Indices, name)
		}
	})
}

func (b *bench) do(method, target, body string) elastictest.Answer {
	b.t.Helper()
	return elastictest.Do(b.t, b.http, method, target, body)
}

// ok sends a request that must succeed.
func (b *bench) ok(method, target, body string) elastictest.Answer {
	b.t.Helper()
	a := b.do(method, target, body)
	if a.Code != http.StatusOK {
		b.t.Fatalf("%s %s gives %d: %s", method, target, a.Code, a.Text)
	}
	return a
}

// fails sends a request that must fail with a type, a status, and a reason that
// holds a text.
func (b *bench) fails(method, target, body string, status int, kind, text string) {
	b.t.Helper()
	a := b.do(method, target, body)
	if a.Code != status || a.At("error", "type") != kind || !strings.Contains(a.Text, text) {
		b.t.Errorf("%s %s gives %d: %s; want %d, %s, %q", method, target, a.Code, a.Text, status, kind, text)
	}
}

const makeRepo = `{"type":"fs","settings":{"location":"/usr/share/elasticsearch/backups","compress":true}}`

func TestRepositories(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if a := b.ok("GET", "/_snapshot", ""); a.Text != "{}" {
		t.Errorf("without repositories: %s", a.Text)
	}
	if a := b.ok("PUT", "/_snapshot/backup", makeRepo); a.Text != `{"acknowledged":true}` {
		t.Errorf("made: %s", a.Text)
	}
	folder := filepath.Join(b.folder, "usr/share/elasticsearch/backups")
	if _, err := os.Stat(filepath.Join(folder, "repository.json")); err != nil {
		t.Error(err)
	}
	a := b.ok("GET", "/_snapshot/backup", "")
	if a.At("backup", "type") != "fs" || a.At("backup", "settings", "compress") != "true" || a.At("backup", "uuid") == "" || a.Header.Get(folderHeader) != folder {
		t.Errorf("got %s %v", a.Text, a.Header)
	}
	b.ok("POST", "/_snapshot/second?verify=false", `{"type":"fs","settings":{"location":"deep/er","max_snapshot_bytes_per_sec":"40mb"}}`)
	if a := b.ok("GET", "/_snapshot/b*,sec*", ""); a.At("second") == nil || a.At("backup") == nil {
		t.Errorf("by wildcards: %s", a.Text)
	}
	if a := b.ok("GET", "/_snapshot/_all", ""); a.At("second") == nil {
		t.Errorf("all: %s", a.Text)
	}
	if a := b.ok("POST", "/_snapshot/backup/_verify", ""); a.At("nodes", "n1id", "name") != "n1" {
		t.Errorf("verified: %s", a.Text)
	}
	if a := b.ok("POST", "/_snapshot/backup/_cleanup", ""); a.At("results", "deleted_blobs") != 0.0 {
		t.Errorf("cleaned: %s", a.Text)
	}
	b.fails("POST", "/_snapshot/second/_verify", "", 500, "repository_verification_exception", "there is no repository")
	b.fails("GET", "/_snapshot/none", "", 404, "repository_missing_exception", "[none] missing")
	b.fails("DELETE", "/_snapshot/none", "", 404, "repository_missing_exception", "[none] missing")
	b.fails("POST", "/_snapshot/none/_verify", "", 404, "repository_missing_exception", "[none] missing")
	b.fails("PUT", "/_snapshot/x", `{"type":"s3","settings":{"bucket":"b"}}`, 400, "repository_exception", "repository type [s3] does not exist")
	b.fails("PUT", "/_snapshot/x", `{"type":"fs","settings":{}}`, 400, "repository_exception", "missing location")
	b.fails("PUT", "/_snapshot/x", `{"type":"fs","settings":{"location":"../../etc"}}`, 400, "repository_exception", "out of its folder")
	b.fails("PUT", "/_snapshot/x", `{"type":"fs","settings":{"location":{}}}`, 400, "repository_exception", "[location]")
	b.fails("PUT", "/_snapshot/x", `{"settings":{}}`, 400, "action_request_validation_exception", "type is missing")
	b.fails("PUT", "/_snapshot/x", `{"typ":"fs"}`, 400, "parsing_exception", "typ")
	b.fails("PUT", "/_snapshot/x%23", makeRepo, 400, "repository_exception", "Invalid repository name")
	b.fails("PUT", "/_snapshot/x?verify=maybe", makeRepo, 400, "illegal_argument_exception", "maybe")
	b.ok("DELETE", "/_snapshot/sec*", "")
	b.ok("DELETE", "/_snapshot/backup", "")
	if a := b.ok("GET", "/_snapshot", ""); a.Text != "{}" {
		t.Errorf("after deleting: %s", a.Text)
	}
	if _, err := os.Stat(folder); err != nil {
		t.Errorf("forgetting a repository removed its folder: %v", err)
	}
}

func TestMakeAndListSnapshots(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(5, 2)
	b.change(func(c *cluster.Content) { c.Indices["empty"] = &cluster.Index{UUID: "e"} })
	b.ok("PUT", "/_snapshot/r", makeRepo)
	a := b.ok("PUT", "/_snapshot/r/one?wait_for_completion=true", `{"metadata":{"by":"me"},"include_global_state":false}`)
	if a.At("snapshot", "snapshot") != "one" || a.At("snapshot", "state") != "SUCCESS" || a.At("snapshot", "repository") != "r" ||
		fmt.Sprint(a.At("snapshot", "indices")) != "[elemta-logs-2026.03.01 elemta-logs-2026.03.02 elemta-logs-2026.03.03 empty mine]" ||
		a.At("snapshot", "shards", "total") != 5.0 || a.At("snapshot", "shards", "successful") != 5.0 || a.At("snapshot", "metadata", "by") != "me" ||
		a.At("snapshot", "include_global_state") != false || a.At("snapshot", "start_time") != "2026-03-02T09:30:00.000Z" ||
		fmt.Sprint(a.At("snapshot", "failures")) != "[]" || a.At("snapshot", "uuid") == "" {
		t.Errorf("made: %s", a.Text)
	}
	a = b.ok("POST", "/_snapshot/r/two?wait_for_completion=true", `{"indices":"elemta-logs-*,-elemta-logs-2026.03.02"}`)
	if fmt.Sprint(a.At("snapshot", "indices")) != "[elemta-logs-2026.03.01 elemta-logs-2026.03.03]" {
		t.Errorf("chosen: %s", a.Text)
	}
	a = b.ok("PUT", "/_snapshot/r/none?wait_for_completion=true", `{"indices":["missing"],"ignore_unavailable":true}`)
	if a.At("snapshot", "shards", "total") != 0.0 {
		t.Errorf("of nothing: %s", a.Text)
	}
	a = b.ok("GET", "/_snapshot/r/_all", "")
	if a.At("total") != 3.0 || a.At("remaining") != 0.0 || a.At("snapshots", 0, "snapshot") != "none" || a.At("snapshots", 2, "snapshot") != "two" {
		t.Errorf("all: %s", a.Text)
	}
	a = b.ok("GET", "/_snapshot/*/o*,t*?verbose=false&include_repository=false", "")
	if a.At("total") != 2.0 || a.At("snapshots", 0, "version") != nil || a.At("snapshots", 0, "repository") != nil || a.At("snapshots", 0, "state") != "SUCCESS" || a.At("snapshots", 0, "failures") != nil {
		t.Errorf("short: %s", a.Text)
	}
	a = b.ok("GET", "/_snapshot/r/*?size=1&sort=name&order=desc", "")
	next, _ := a.At("next").(string)
	if a.At("snapshots", 0, "snapshot") != "two" || a.At("remaining") != 2.0 || next == "" {
		t.Errorf("the first page: %s", a.Text)
	}
	a = b.ok("GET", "/_snapshot/r/*?size=5&sort=name&order=desc&after="+next, "")
	if a.At("snapshots", 0, "snapshot") != "one" || a.At("snapshots", 1, "snapshot") != "none" || a.At("remaining") != 0.0 || a.At("next") != nil {
		t.Errorf("the next page: %s", a.Text)
	}
	a = b.ok("GET", "/_snapshot/r/one?index_details=true&human", "")
	if size, _ := a.At("snapshots", 0, "index_details", "empty", "size_in_bytes").(float64); size <= 0 || a.At("snapshots", 0, "index_details", "mine", "size") == nil {
		t.Errorf("details: %s", a.Text)
	}
	if list, err := b.snapshots.Briefs("r"); err != nil || len(list) != 3 || list[2].Status != "SUCCESS" || list[0].Repository != "r" {
		t.Errorf("in brief: %+v, %v", list, err)
	}
	if a := b.ok("GET", "/_snapshot/r/_current", ""); a.At("total") != 0.0 {
		t.Errorf("current: %s", a.Text)
	}
	a = b.ok("GET", "/_snapshot/r/one/_status", "")
	if count, _ := a.At("snapshots", 0, "stats", "incremental", "file_count").(float64); count <= 0 || a.At("snapshots", 0, "state") != "SUCCESS" ||
		a.At("snapshots", 0, "shards_stats", "done") != 5.0 || a.At("snapshots", 0, "indices", "mine", "shards", "0", "stage") != "DONE" {
		t.Errorf("status: %s", a.Text)
	}
	if a := b.ok("GET", "/_snapshot/_status", ""); fmt.Sprint(a.At("snapshots")) != "[]" {
		t.Errorf("status of those under way: %s", a.Text)
	}
	b.ok("GET", "/_snapshot/r/missing?ignore_unavailable=true", "")
	b.ok("GET", "/_snapshot/r/missing/_status?ignore_unavailable=true", "")
	b.fails("GET", "/_snapshot/r/missing", "", 404, "snapshot_missing_exception", "[r:missing] is missing")
	b.fails("GET", "/_snapshot/r/missing/_status", "", 404, "snapshot_missing_exception", "[r:missing] is missing")
	b.fails("GET", "/_snapshot/x/one", "", 404, "repository_missing_exception", "[x] missing")
	b.fails("PUT", "/_snapshot/x/one", "", 404, "repository_missing_exception", "[x] missing")
	b.fails("PUT", "/_snapshot/r/one", "", 400, "invalid_snapshot_name_exception", "snapshot with the same name already exists")
	b.fails("PUT", "/_snapshot/r/Upper", "", 400, "invalid_snapshot_name_exception", "must be lowercase")
	b.fails("PUT", "/_snapshot/r/a%20b", "", 400, "invalid_snapshot_name_exception", "must not contain whitespace")
	b.fails("PUT", "/_snapshot/r/new", `{"indices":"missing"}`, 404, "index_not_found_exception", "no such index [missing]")
	b.fails("PUT", "/_snapshot/r/new", `{"indices":"elemta-reception-2026.03.01"}`, 400, "illegal_argument_exception", "is a view")
	b.fails("PUT", "/_snapshot/r/new", `{"index":"x"}`, 400, "parsing_exception", "index")
	b.fails("PUT", "/_snapshot/r/new", `{"metadata":[1]}`, 400, "illegal_argument_exception", "[metadata]")
	b.fails("GET", "/_snapshot/r/*?sort=color", "", 400, "illegal_argument_exception", "[color]")
	b.fails("GET", "/_snapshot/r/*?after=%21", "", 400, "illegal_argument_exception", "[after]")
	b.fails("PUT", "/_snapshot/r/one/_clone/copy", `{"indices":"*"}`, 400, "illegal_argument_exception", "[_clone] is not supported")
	b.fails("POST", "/_snapshot/r/one/_mount", `{"index":"x"}`, 400, "illegal_argument_exception", "[_mount] is not supported")
	b.ok("DELETE", "/_snapshot/r/one,t*", "")
	b.fails("DELETE", "/_snapshot/r/one", "", 404, "snapshot_missing_exception", "[r:one] is missing")
	if a := b.ok("GET", "/_snapshot/r/_all", ""); a.At("total") != 1.0 {
		t.Errorf("left: %s", a.Text)
	}
}

func TestSnapshotInTheBackground(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(5, 0)
	b.ok("PUT", "/_snapshot/r", makeRepo)
	if a := b.ok("PUT", "/_snapshot/r/%3Cnightly-%7Bnow%2Fd%7D%3E", ""); a.At("accepted") != true {
		t.Errorf("accepted: %s", a.Text)
	}
	for range 1000 {
		a := b.do("GET", "/_snapshot/r/nightly-2026.03.02", "")
		if state := a.At("snapshots", 0, "state"); state == "SUCCESS" {
			return
		} else if a.Code != 200 && a.Code != 404 || state != nil && state != "IN_PROGRESS" {
			t.Fatalf("got %s", a.Text)
		}
		time.Sleep(2 * time.Millisecond)
	}
	t.Error("it never ended")
}

// list lists the events of an index as text, with their index or without.
func (b *bench) list(index string, withIndex bool) string {
	b.t.Helper()
	set, err := b.node.Names.Resolve(index, names.ResolveOptions{AllowNoIndices: true, Hidden: true})
	if err != nil {
		b.t.Fatal(err)
	}
	a, err := b.store.Ask(context.Background(), query.Question{Filter: set.Filter(), Limit: 20_000})
	if err != nil {
		b.t.Fatal(err)
	}
	var lines []string
	for i := range a.Hits {
		e := &a.Hits[i].Event
		if !withIndex {
			e.Remove(event.Index)
		}
		lines = append(lines, string(event.AppendJSON(nil, e, nil)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
