package bulk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"rastro/internal/event"
)

// journal is a sink that keeps lines, and acknowledges at once or when told to.
type journal struct {
	mu    sync.Mutex
	lines []event.Line
	hold  bool
	held  []func(error)
}

func (j *journal) take(_ context.Context, b event.Batch) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.lines = append(j.lines, b.Lines...)
	if j.hold {
		j.held = append(j.held, b.Ack)
		return nil
	}
	go b.Ack(nil)
	return nil
}

// release answers the batches that were held.
func (j *journal) release(err error) {
	j.mu.Lock()
	held := j.held
	j.held = nil
	if err != nil {
		j.lines = nil
	}
	j.mu.Unlock()
	for _, ack := range held {
		ack(err)
	}
}

// open makes a receiver that hands to j until the test ends.
func open(t testing.TB, j *journal, opts Options) *Receiver {
	t.Helper()
	r := New(opts)
	sink := Sink(j.take)
	r.sink.Store(&sink)
	return r
}

func one(index, id, source string) []Document {
	return []Document{{Create: true, Index: index, ID: id, Source: []byte(source)}}
}

func results(out []Outcome) string {
	names := map[Result]string{Created: "created", Noop: "noop", Exists: "exists", Differs: "differs", Malformed: "malformed", TooLong: "too long", Busy: "busy", Unknown: "unknown"}
	all := make([]string, len(out))
	for i := range out {
		all[i] = names[out[i].Result]
	}
	return strings.Join(all, " ")
}

// TestLines shows what becomes of documents.
func TestLines(t *testing.T) {
	t.Parallel()
	const today = "elemta-logs-2026.11.27"
	for _, c := range []struct{ index, source, text, line, fields string }{
		{today, `{"message":"a\tb"}`, "a\tb", "", ""},
		{today, `{"event":{"original":"raw","kind":"event"}}`, "raw", "", `event={"kind":"event"}`},
		{today, `{"event":{"original":"raw"},"message":"msg"}`, "msg", "", `event.original="raw"`},
		{today, `{"a":{"b":{"c":1},"d":[1,2]},"n":null}`, `{"a":{"b":{"c":1},"d":[1,2]},"n":null}`, "", `a={"b":{"c":1},"d":[1,2]} n=null`},
		{today, `{"message":"m","host":{"name":"mx1","os":{"family":"debian","x":{}},"cpu":2},"source":{"ip":"192.0.2.1","bytes":7}}`, "m", "",
			`host.name="mx1" host.os={"family":"debian","x":{}} host.cpu=2 source.ip="192.0.2.1" source.bytes=7`},
		{today, `{"message":"m","log":{"file":{"path":"/x"},"offset":5,"syslog":{"a":{"b":1}}},"user":{"name":"ana","id":"7","roles":["x"]},"email":{"from":{"address":"a@x.example"}}}`, "m", "",
			`log.file.path="/x" log={"offset":5,"syslog":{"a":{"b":1}}} user.name="ana" user={"id":"7","roles":["x"]} email.from.address="a@x.example"`},
		{today, `{"message":"m","@timestamp":"2026-11-27T23:59:59.999Z"}`, "m", "", `@timestamp="2026-11-27T23:59:59.999Z"`},
		{today, `{"message":"m","@timestamp":"2026-11-27T23:59:59-05:00"}`, "m", today, `@timestamp="2026-11-27T23:59:59-05:00"`},
		{today, `{"message":"m","@timestamp":"2026-11-26T10:00:00Z"}`, "m", today, `@timestamp="2026-11-26T10:00:00Z"`},
		{today, `{"message":"m","@timestamp":1795737600000}`, "m", "", `@timestamp=1795737600000`},
		{"test", `{"message":"m"}`, "m", "test", ""},
		{"elemta-logs-2026.13.27", `{"message":"m"}`, "m", "elemta-logs-2026.13.27", ""},
		{today, "{\n \"message\" : \"m\",\n \"a\" : { \"b\" : \"x \\\" y\" }\n}\n", "m", "", `a={"b":"x \" y"}`},
		{today, "{\n \"a\" : [ 1,\n 2 ]\n}", `{"a":[1,2]}`, "", `a=[1,2]`},
		{today, `{"message":17,"x":true}`, "17", "", "x=true"},
	} {
		j := &journal{}
		r := open(t, j, Options{Prefix: "elemta-logs-"})
		out := r.Write(context.Background(), "192.0.2.7", one(c.index, "", c.source))
		if results(out) != "created" || len(j.lines) != 1 {
			t.Errorf("%s: %+v", c.source, out)
			continue
		}
		l := j.lines[0]
		fields := make([]string, len(l.Fields))
		for i, p := range l.Fields {
			fields[i] = p.Name + "=" + p.JSON
			if !json.Valid([]byte(p.JSON)) {
				t.Errorf("%s: field %s is no JSON", c.source, fields[i])
			}
		}
		if l.Text != c.text || l.Index != c.line || strings.Join(fields, " ") != c.fields {
			t.Errorf("%s gives\ntext %q\nindex %q\nfields %s, want\n%s", c.source, l.Text, l.Index, strings.Join(fields, " "), c.fields)
		}
		if l.ID != out[0].ID || len(l.ID) != idLength || l.Origin.Name != "192.0.2.7" {
			t.Errorf("id %q, outcome %+v, origin %+v", l.ID, out, l.Origin)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	j := &journal{}
	r := open(t, j, Options{})
	var docs []Document
	for _, source := range []string{`[]`, `{"a":`, `{"_id":1}`, ``, `{"a":1}x`, `{"m":"` + strings.Repeat("x", MaxDocument) + `"}`, `{"a":1}`} {
		docs = append(docs, one("i", "", source)...)
	}
	out := r.Write(context.Background(), "c", docs)
	if got, want := results(out), "malformed malformed malformed malformed malformed too long created"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for _, o := range out[:6] {
		if o.Reason == "" {
			t.Errorf("%+v says no reason", o)
		}
	}
	if len(j.lines) != 1 {
		t.Errorf("%d lines", len(j.lines))
	}
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	j := &journal{}
	r := open(t, j, Options{})
	doc := func(create bool, index, id, source string) Document {
		return Document{Create: create, Index: index, ID: id, Source: []byte(source)}
	}
	got := results(r.Write(context.Background(), "c", []Document{
		doc(true, "i", "1", `{"a":1}`), doc(true, "i", "1", `{"a":1}`), doc(false, "i", "1", `{"a":1}`), doc(false, "i", "1", `{"a":2}`),
		doc(true, "other", "1", `{"a":1}`), doc(true, "i", "", `{"a":1}`), doc(true, "i", "", `{"a":1}`),
	}))
	if want := "created exists noop differs created created created"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	got = results(r.Write(context.Background(), "c", []Document{doc(true, "i", "1", `{"a":1}`), doc(false, "i", "1", `{"a":1}`), doc(false, "i", "1", `{"a":2}`)}))
	if want := "exists noop differs"; got != want {
		t.Errorf("later: %s, want %s", got, want)
	}
	r.Forget("i")
	if got := results(r.Write(context.Background(), "c", one("i", "1", `{"a":1}`))); got != "created" {
		t.Errorf("after its index was deleted: %s", got)
	}
	if len(j.lines) != 5 {
		t.Errorf("%d lines were handed on", len(j.lines))
	}
	for i, l := range j.lines {
		for _, other := range j.lines[:i] {
			if event.MakeID(l.Origin.ID, l.Offset) == event.MakeID(other.Origin.ID, other.Offset) {
				t.Error("two lines have the same place")
			}
		}
	}
}

// TestTheSecondWaitsForTheFirst has two requests with the same id at a time: the
// second is told what became of the first, and may take its place if nothing did.
func TestTheSecondWaitsForTheFirst(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("disk gone")} {
		synctest.Test(t, func(t *testing.T) {
			j := &journal{hold: true}
			r := open(t, j, Options{})
			first := r.Send(context.Background(), "c", one("i", "1", `{"a":1}`))
			second := r.Send(context.Background(), "d", one("i", "1", `{"a":1}`))
			told := make(chan string)
			go func() { told <- results(second.Wait(context.Background())) }()
			synctest.Wait()
			select {
			case got := <-told:
				t.Errorf("told %s before the first was durable", got)
			default:
			}
			j.release(err)
			wantFirst, wantSecond := "created", "exists"
			if err != nil {
				wantFirst, wantSecond = "busy", "busy"
			}
			if got := results(first.Wait(context.Background())); got != wantFirst {
				t.Errorf("the first is %s", got)
			}
			if got := <-told; got != wantSecond {
				t.Errorf("the second is %s", got)
			}
			if err != nil {
				j.hold = false
				if got := results(r.Write(context.Background(), "d", one("i", "1", `{"a":1}`))); got != "created" {
					t.Errorf("sent again it is %s", got)
				}
			}
		})
	}
}

// TestBackPressure has a full journal, one that pauses and one that never
// answers.
func TestBackPressure(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := New(Options{})
		if out := r.Write(context.Background(), "c", one("i", "1", `{}`)); results(out) != "busy" || out[0].Reason == "" {
			t.Errorf("before Serve: %+v", out)
		}
		full := Sink(func(ctx context.Context, _ event.Batch) error { <-ctx.Done(); return ctx.Err() })
		r.sink.Store(&full)
		if out := r.Write(context.Background(), "c", one("i", "1", `{}`)); results(out) != "busy" {
			t.Errorf("full: %+v", out)
		}
		j := &journal{hold: true}
		sink := Sink(j.take)
		r.sink.Store(&sink)
		if out := r.Write(context.Background(), "c", one("i", "1", `{}`)); results(out) != "unknown" {
			t.Errorf("never confirmed: %+v", out)
		}
		j.release(nil)
		if out := r.Write(context.Background(), "c", one("i", "1", `{}`)); results(out) != "exists" {
			t.Errorf("confirmed late: %+v", out)
		}
		r.opts.Paused = func() string { return "the disk is full" }
		start := time.Now()
		if out := r.Write(context.Background(), "c", one("i", "2", `{}`)); results(out) != "busy" || !strings.Contains(out[0].Reason, "disk is full") || time.Since(start) > 0 {
			t.Errorf("paused: %+v after %s", out, time.Since(start))
		}
		if !r.unacked.TryAcquire(maxFlight) {
			t.Error("memory is held that nobody uses")
		}
	})
}

// TestTheStoreIsAsked has ids that only the store knows.
func TestTheStoreIsAsked(t *testing.T) {
	t.Parallel()
	stored := func(id, index, text string, at time.Time, extra ...event.Pair) event.Event {
		e := event.Event{Time: at.UnixNano(), Extra: extra}
		e.Add(event.EventID, id)
		e.Add(event.Index, index)
		e.Add(event.Message, text)
		return e
	}
	day := time.Date(2026, 11, 27, 10, 0, 0, 0, time.UTC)
	all := []event.Event{
		stored("1", "i", "m", day, event.Pair{Name: "a", JSON: "1"}),
		stored("2", "", "Nov 20 10:00:00 mx1 x", day.AddDate(0, 0, -7)),
		stored("3", "", "no stamp", day.AddDate(0, 0, -7)),
		stored("4", "", "password=[redacted] end", day),
	}
	var asked []string
	opts := Options{Prefix: "p-", Known: func(_ context.Context, index string, ids []string) ([]event.Event, error) {
		asked = append(asked, fmt.Sprint(index, ids))
		if index == "broken" {
			return nil, errors.New("no answer")
		}
		return all, nil
	}}
	j := &journal{}
	r := open(t, j, opts)
	docs := []Document{
		{Create: true, Index: "i", ID: "1", Source: []byte(`{"message":"m","a":1}`)},
		{Index: "p-2026.11.27", ID: "2", Source: []byte(`{"message":"Nov 20 10:00:00 mx1 x"}`)},
		{Index: "p-2026.11.27", ID: "3", Source: []byte(`{"message":"no stamp"}`)},
		{Index: "p-2026.11.27", ID: "4", Source: []byte(`{"message":"password=hunter22 end"}`)},
		{Index: "p-2026.11.27", ID: "5", Source: []byte(`{"message":"new"}`)},
		{Index: "broken", ID: "1", Source: []byte(`{}`)},
	}
	if got, want := results(r.Write(context.Background(), "c", docs[:5])), "exists noop created noop created"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	if got := results(r.Write(context.Background(), "c", docs[5:])); got != "busy" {
		t.Errorf("without an answer: %s", got)
	}
	r = open(t, j, opts)
	docs[0].Create = false
	if got := results(r.Write(context.Background(), "c", docs[:1])); got != "noop" {
		t.Errorf("the same again is %s", got)
	}
	r = open(t, j, opts)
	docs[0].Source = []byte(`{"message":"m","a":2}`)
	for range 2 {
		if got := results(r.Write(context.Background(), "c", docs[:1])); got != "differs" {
			t.Errorf("another of this id is %s", got)
		}
	}
	if len(asked) != 5 {
		t.Errorf("the store was asked %d times: %q", len(asked), asked)
	}
}

// TestMemoryIsBounded forgets what the store has, and nothing that is on its way.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	j := &journal{hold: true}
	settled := 0
	r := open(t, j, Options{Remember: 100, Settled: func(context.Context) error { settled++; return nil }})
	flying := r.Send(context.Background(), "c", one("i", "flying", `{}`))
	j.hold = false
	for i := range 50 {
		docs := make([]Document, 50)
		for k := range docs {
			docs[k] = one("i", fmt.Sprintf("%d-%d", i, k), `{}`)[0]
		}
		if got := results(r.Write(context.Background(), "c", docs)); strings.Contains(got, "exists") {
			t.Fatal(got)
		}
	}
	if n := len(r.ledger.fresh) + len(r.ledger.old); n > 300 || settled < 20 {
		t.Errorf("%d fingerprints are remembered; the store was waited for %d times", n, settled)
	}
	again := r.Send(context.Background(), "c", one("i", "flying", `{}`))
	j.release(nil)
	if got := results(flying.Wait(context.Background())) + results(again.Wait(context.Background())); got != "createdexists" {
		t.Error(got)
	}
}

func TestIDsAreInTheOrderOfTime(t *testing.T) {
	t.Parallel()
	m, now := newMaker(), time.Now()
	last := ""
	for i := range 10_000 {
		id := string(m.appendID(nil, m.reserve(1, now.Add(time.Duration(i%7)*time.Nanosecond))))
		if id <= last || len(id) != idLength || strings.Trim(id, "-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" || id[0] == '-' || id[0] == '_' {
			t.Fatalf("%q after %q", id, last)
		}
		last = id
	}
}

// FuzzDocument: whatever comes becomes a line with fields that are JSON, or is
// refused with a reason.
func FuzzDocument(f *testing.F) {
	for _, in := range []string{`{"message":"a","host":{"name":"x","a":{"b":{}}},"event":{"original":"y"}}`, "{\n\"a\":{\"b\":[1,{}]}}", `{"source":{"ip":{"ip":1}},"user":{"name":"x"}}`, `{"":{"":{}}}`, `[`} {
		f.Add([]byte(in))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		j := &journal{}
		r := open(t, j, Options{Prefix: "p-"})
		out := r.Write(context.Background(), "c", []Document{{Index: "p-2026.11.27", Source: in}, {Index: "i", ID: "1", Source: in}})
		for i, o := range out {
			if o.Result == Malformed && o.Reason == "" || o.Result != Malformed && o.Result != Created {
				t.Errorf("%q: %+v", in, o)
			}
			if i > 0 && o.Result != out[0].Result {
				t.Errorf("%q: %+v and %+v", in, out[0], o)
			}
		}
		for _, l := range j.lines {
			for _, p := range l.Fields {
				if !json.Valid([]byte(p.JSON)) {
					t.Errorf("%q: field %q = %q", in, p.Name, p.JSON)
				}
			}
		}
	})
}

// BenchmarkWrite measures a document with a raw mail line, from its JSON to the
// sink.
func BenchmarkWrite(b *testing.B) {
	const line = `{"message":"Nov 27 08:00:01 mx1 postfix/smtp[12345]: 4F1T2G3H4J: to=<ana@example.org>, relay=mx.example.org[192.0.2.5]:25, delay=0.72, delays=0.05/0.01/0.3/0.36, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 8B2C1D)","@timestamp":"2026-11-27T08:00:01.000Z"}`
	docs := make([]Document, 1000)
	for i := range docs {
		docs[i] = Document{Create: true, Index: "elemta-logs-2026.11.27", Source: []byte(line)}
	}
	sink := Sink(func(_ context.Context, batch event.Batch) error { batch.Ack(nil); return nil })
	r := New(Options{Prefix: "elemta-logs-"})
	r.sink.Store(&sink)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for i := 0; i < b.N; i += len(docs) {
		r.Write(context.Background(), "c", docs)
	}
}
