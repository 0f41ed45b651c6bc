package sources

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/search"
	"rastro/internal/store"
)

var now = time.Date(2026, 11, 26, 15, 0, 0, 0, time.UTC)

// bench is a server in miniature: a collector that says what it is told to, and
// a real store.
type bench struct {
	t       *testing.T
	status  []collect.FileStatus
	absent  []collect.Absent
	follows []string
	beats   collect.BeatsStatus
	imports []Import
	ingest  ingest.Stats
	events  []event.Event
}

func (b *bench) Status() []collect.FileStatus { return b.status }
func (b *bench) Absent() []collect.Absent     { return b.absent }
func (b *bench) Follows(path string) (bool, bool) {
	return slices.Contains(b.follows, path), true
}

// line adds an event of a source; the first word is its program.
func (b *bench) line(id, source, host, text string, at time.Time, late time.Duration) {
	e := event.Event{RID: uint64(len(b.events) + 1), Time: at.UnixNano(), ReceivedAt: at.Add(late).UnixNano()}
	program, _, _ := strings.Cut(text, " ")
	kind := event.TypeDelivery
	if strings.Contains(text, "nonsense") {
		kind = event.TypeUnparsed
	}
	for f, value := range map[event.Field]string{
		event.Message: text, event.Host: host, event.SourceID: id, event.Source: source, event.EventType: kind, event.Program: program,
	} {
		if value != "" && value != "-" {
			e.Add(f, value)
		}
	}
	e.AddInt(event.Offset, int64(len(b.events)))
	b.events = append(b.events, e)
}

// steady adds a line every step from a time to another.
func (b *bench) steady(id, source, host string, from, to time.Time, step, late time.Duration) {
	for at := from; at.Before(to); at = at.Add(step) {
		b.line(id, source, host, "postfix/smtp sent", at, late)
	}
}

func (b *bench) desk() *Desk {
	b.t.Helper()
	s, err := store.OpenLocal(disk.OS(), b.t.TempDir(), store.LocalOptions{})
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { _ = s.Close() })
	if err := s.Append(context.Background(), b.events); err != nil {
		b.t.Fatal(err)
	}
	return New(Options{
		Searcher: search.New(search.Options{Store: s, Now: func() time.Time { return now }}),
		Files:    b,
		Beats:    func() collect.BeatsStatus { return b.beats },
		Imports:  func() []Import { return b.imports },
		Ingest:   func() ingest.Stats { return b.ingest },
		Journal:  func() journal.Stats { return journal.Stats{} },
		Store:    s.Stats,
	})
}

func (b *bench) ask() Answer {
	b.t.Helper()
	a, err := b.desk().Answer(context.Background(), auth.Everything())
	if err != nil {
		b.t.Fatal(err)
	}
	return a
}

// one finds the source of a name.
func one(t *testing.T, a Answer, name string) Source {
	t.Helper()
	for _, s := range a.Sources {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("no source %s among %+v", name, a.Sources)
	return Source{}
}

// expect checks the state and the code of a source, and that its words have no
// holes.
func expect(t *testing.T, s Source, state, code string) {
	t.Helper()
	got := ""
	if s.Problem != nil {
		got = s.Problem.Code
		for _, text := range []string{s.Problem.Message.En, s.Problem.Message.Es, s.Problem.Hint.En, s.Problem.Hint.Es} {
			if text == "" || strings.ContainsAny(text, "{}") {
				t.Errorf("%s says %q", s.Name, text)
			}
		}
	}
	if s.State != state || got != code {
		t.Errorf("%s is %s (%s), want %s (%s)", s.Name, s.State, got, state, code)
	}
}

// idOf is an identity of a file: it has no hyphens, unlike those of imports.
func idOf(name string) string { return strings.ReplaceAll("of"+name, "-", "_") }

func file(path string) collect.FileStatus {
	return collect.FileStatus{Path: path, Live: collect.LiveName(path), ID: idOf(path), Offset: 100, Size: 100, Lines: 10, Zone: "UTC"}
}

func TestAHealthySource(t *testing.T) {
	t.Parallel()
	b := &bench{t: t, status: []collect.FileStatus{file("/var/log/mail.log"), file("/var/log/mail.log.1")}}
	b.steady("f0", "/var/log/mail.log", "mx1", now.Add(-30*time.Hour), now.Add(-time.Second), 10*time.Minute, time.Second)
	b.line("f1", "/var/log/mail.log", "mx1", "postfix/smtp "+strings.Repeat("é", 400), now.Add(-time.Second), time.Second)
	b.line("f1", "/var/log/mail.log", "mx1", "postfix/smtp nonsense", now.Add(-2*time.Minute), time.Second)
	a := b.ask()
	if len(a.Sources) != 1 || a.More != 0 || a.Problems != nil || a.Time != "2026-11-26T15:00:00Z" {
		t.Fatalf("%+v", a)
	}
	s := one(t, a, "/var/log/mail.log")
	expect(t, s, StateOK, "")
	if s.ID != "file:/var/log/mail.log" || s.Kind != KindFile || s.Lines != 20 || s.Zone != "UTC" || !slices.Equal(s.Hosts, []string{"mx1"}) {
		t.Errorf("%+v", s)
	}
	if s.Recent != 24*6+2 || s.Unparsed != 1 || s.Rate != 2.0/300 {
		t.Errorf("recent %d, unparsed %d, rate %v", s.Recent, s.Unparsed, s.Rate)
	}
	if s.LastEvent != "2026-11-26T14:59:59Z" || s.LastRead != "2026-11-26T15:00:00Z" {
		t.Errorf("last event %s, last read %s", s.LastEvent, s.LastRead)
	}
	if !strings.HasPrefix(s.LastLine, "postfix/smtp é") || !strings.HasSuffix(s.LastLine, "é…") || len(s.LastLine) > maxLine+3 {
		t.Errorf("last line %q", s.LastLine)
	}
}

func TestFilesThatAreNotThere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t}
	for _, p := range []string{"logs/mail.log", "logs/*.log", "logz/a/mail.log", "logs/old/*.log", "logs/packed.*"} {
		b.absent = append(b.absent, collect.Absent{Pattern: filepath.Join(dir, p), Zone: "America/Bogota", Excluded: strings.Contains(p, "packed")})
	}
	b.absent = append(b.absent, collect.Absent{Pattern: "/rotated/just/now", Since: time.Now()})
	a := b.ask()
	for name, code := range map[string]string{
		"logs/mail.log": "missing_file", "logs/*.log": "missing_match", "logz/a/mail.log": "missing_folder",
		"logs/old/*.log": "missing_folder", "logs/packed.*": "missing_excluded",
	} {
		s := one(t, a, filepath.Join(dir, name))
		expect(t, s, StateMissing, code)
		if s.Zone != "America/Bogota" {
			t.Errorf("zone %q", s.Zone)
		}
	}
	if len(a.Sources) != 5 {
		t.Errorf("%d sources", len(a.Sources))
	}
	if m := one(t, a, filepath.Join(dir, "logz/a/mail.log")).Problem.Message.En; !strings.Contains(m, dir+" holds no \"logz\".") {
		t.Errorf("%q", m)
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := file("/mnt/share/mail.log")
	broken.Err = "read /mnt/share/mail.log: input/output error"
	folder := file(dir)
	folder.Err = "not a regular file"
	behind := file("/var/log/busy.log")
	behind.Size = 50 << 20
	empty := file("/var/log/empty.log")
	empty.Size, empty.Offset, empty.Lines = 0, 0, 0
	pod := file("/var/log/pods/mail/0.log")
	pod.Container = true
	b := &bench{t: t, status: []collect.FileStatus{pod, empty, behind, folder, broken}}
	a := b.ask()
	expect(t, one(t, a, broken.Path), StateFailed, "failed")
	if m := one(t, a, broken.Path).Problem.Message.Es; m != "/mnt/share/mail.log no se puede leer: input/output error." {
		t.Errorf("%q", m)
	}
	expect(t, one(t, a, dir), StateFailed, "folder")
	expect(t, one(t, a, behind.Path), StateBehind, "behind")
	expect(t, one(t, a, empty.Path), StateSilent, "empty")
	expect(t, one(t, a, pod.Path), StateOK, "")
	if one(t, a, pod.Path).Kind != KindContainer || a.Sources[0].State != StateFailed || a.Sources[4].State != StateOK {
		t.Errorf("%+v", a.Sources)
	}
}

func TestWhatWas(t *testing.T) {
	t.Parallel()
	b := &bench{t: t, status: []collect.FileStatus{file("/var/log/mail.log")}, follows: []string{"/var/log/old/mail.log", "/var/log/mail.log.1"}}
	for _, name := range []string{"/var/log/old/mail.log", "/srv/removed.log", "/var/log/mail.log.1", "/var/log/mail.log"} {
		b.line(idOf(name), name, "mx1", "postfix/smtp sent", now.Add(-time.Hour), time.Second)
	}
	b.line("ab-1", "lost.log", "mx1", "postfix/smtp sent", now.Add(-time.Hour), time.Second)
	a := b.ask()
	expect(t, one(t, a, "/var/log/old/mail.log"), StateMissing, "gone")
	expect(t, one(t, a, "/srv/removed.log"), StateSilent, "not_followed")
	if len(a.Sources) != 3 {
		t.Errorf("%+v", a.Sources)
	}
}

func TestSendersAndImports(t *testing.T) {
	t.Parallel()
	since := time.Now().Add(-10 * time.Minute)
	b := &bench{t: t}
	b.beats = collect.BeatsStatus{Err: "192.0.2.9:4711: lumberjack protocol: version G", ErrAt: time.Now(), Peers: []collect.BeatsPeer{
		{Address: "192.0.2.7:5000", Since: since}, {Address: "192.0.2.8:5000", Since: since}, {Address: "192.0.2.8:5001", Since: since, Lines: 3},
		{Address: "192.0.2.10:5000", Since: time.Now()},
	}}
	b.imports = []Import{
		{Name: "march.log", Start: now.Add(-time.Hour), End: now.Add(-time.Hour), Lines: 5, Bytes: 500},
		{Name: "march.log", Start: now.Add(-time.Minute), End: now, Lines: 2, Bytes: 700, Err: "disk full"},
		{Name: "april.log", Start: now.Add(-time.Minute), Lines: 4},
	}
	b.line("ab-1", "april.log", "mx1", "postfix/smtp nonsense", now.Add(-time.Hour), time.Second)
	b.ingest.ParserFault = 2
	b.ingest.Pause = ingest.Pause{Cause: ingest.PauseFull, Dir: "/srv", Free: 100 << 20, Reserve: 512 << 20}
	a := b.ask()
	expect(t, one(t, a, "192.0.2.7"), StateSilent, "beats_nothing")
	expect(t, one(t, a, "march.log"), StateFailed, "import_failed")
	april := one(t, a, "april.log")
	expect(t, april, StateOK, "")
	if april.Kind != KindImport || april.Lines != 4 || april.Unparsed != 1 || one(t, a, "march.log").Lines != 7 || len(a.Sources) != 3 {
		t.Errorf("%+v", a.Sources)
	}
	var codes []string
	for _, p := range a.Problems {
		codes = append(codes, p.Code)
		expect(t, Source{Name: p.Code, State: "x", Problem: &p}, "x", p.Code)
	}
	if !slices.Equal(codes, []string{"paused_full", "parser_fault", "beats_refused"}) {
		t.Errorf("problems %v", codes)
	}
}

func TestUnparsed(t *testing.T) {
	t.Parallel()
	b := &bench{t: t, status: []collect.FileStatus{file("/var/log/mail.log")}}
	add := func(text string, n int, age time.Duration) {
		for i := range n {
			b.line("f", "/var/log/mail.log", "mx1", fmt.Sprintf("%s nonsense %d", text, i), now.Add(-age+time.Duration(i)*time.Second), time.Second)
		}
	}
	add("old", 5, 30*time.Hour)
	add("rare", 4, 20*time.Hour)
	add("loud", 400, 2*time.Hour)
	add("-", 3, time.Hour)
	for i := range 30 {
		add(fmt.Sprintf("many%d", i), 2, 3*time.Hour)
	}
	a := b.ask()
	if len(a.Unparsed) != maxPrograms || a.Unparsed[0].Program != "loud" || a.Unparsed[0].Count != 400 || a.Unparsed[1].Program != "rare" || a.Unparsed[2].Program != "" {
		t.Fatalf("%+v", a.Unparsed)
	}
	for _, p := range a.Unparsed {
		if len(p.Examples) != min(3, int(p.Count)) || p.Examples[0].EventID == "" || p.Examples[0].Time <= p.Examples[1].Time || p.Examples[0].Host != "mx1" {
			t.Errorf("%+v", p)
		}
	}
	if line := a.Unparsed[1].Examples[0].Line; line != "rare nonsense 3" {
		t.Errorf("the newest rare line is %q", line)
	}
}

// TestManyFiles lists those that matter first, and bounds the rest.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	b := &bench{t: t}
	for i := range 2000 {
		name := fmt.Sprintf("/var/log/hosts/mx%04d/mail.log", i)
		st := file(name)
		if i == 1999 {
			st.Err = "input/output error"
		}
		b.status = append(b.status, st)
		b.line(fmt.Sprint("f", i), name, fmt.Sprint("mx", i), "postfix/smtp sent", now.Add(-time.Minute), time.Second)
	}
	a := b.ask()
	if len(a.Sources) != maxSources || a.More != 1500 || a.Sources[0].State != StateFailed || a.Sources[0].LastLine == "" {
		t.Errorf("%d sources, %d more, first %+v", len(a.Sources), a.More, a.Sources[0])
	}
}

// TestScope: a caller who may see nothing sees nothing, not even names.
func TestScope(t *testing.T) {
	t.Parallel()
	b := &bench{t: t, status: []collect.FileStatus{file("/var/log/mail.log")}, ingest: ingest.Stats{ParserFault: 1}}
	b.line("f", "/var/log/mail.log", "mx1", "postfix/smtp nonsense", now.Add(-time.Minute), time.Second)
	a, err := b.desk().Answer(context.Background(), auth.Scope{})
	if err != nil || len(a.Sources) != 0 || len(a.Unparsed) != 0 || len(a.Problems) != 0 {
		t.Errorf("%+v, %v", a, err)
	}
}
