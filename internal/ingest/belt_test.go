package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
	"rastro/internal/feed"
	"rastro/internal/journal"
	"rastro/internal/query"
	"rastro/internal/store"
)

// memory is a store that keeps events in a slice and refuses when told to.
type memory struct {
	mu     sync.Mutex
	events []event.Event
	refuse error
}

func (m *memory) Append(_ context.Context, events []event.Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		return m.refuse
	}
	for _, e := range events {
		if e.RID != uint64(len(m.events))+1 {
			return fmt.Errorf("event %d where %d was expected", e.RID, len(m.events)+1)
		}
		e.Values, e.Extra = slices.Clone(e.Values), slices.Clone(e.Extra) // the belt uses the slices again
		m.events = append(m.events, e)
	}
	return nil
}

func (m *memory) Next() uint64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return uint64(len(m.events)) + 1
}
func (m *memory) Durable() uint64             { return 0 }
func (m *memory) Flush(context.Context) error { return nil }
func (m *memory) Ask(context.Context, query.Question) (query.Answer, error) {
	return query.Answer{}, errors.New("not asked in this test")
}
func (m *memory) Retain(context.Context, store.Policy, time.Time) (store.Removed, error) {
	return store.Removed{}, nil
}
func (m *memory) Erase(context.Context, query.Filter) (store.Removed, error) {
	return store.Removed{}, errors.New("nothing is erased in this test")
}
func (m *memory) Stats() store.Stats { return store.Stats{} }
func (m *memory) Close() error       { return nil }

func (m *memory) texts(source string) []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var texts []string
	for i := range m.events {
		if m.events[i].Str(event.Source) == source {
			texts = append(texts, m.events[i].Str(event.Message))
		}
	}
	return texts
}

// plain is a parser that keeps the text and panics on request.
type plain struct{}

func (plain) Parse(line *event.Line, e *event.Event) {
	if line.Text == "panic" {
		panic("a fault of ours")
	}
	e.Time, e.ReceivedAt = line.ReceivedAt, line.ReceivedAt
	e.Add(event.Message, line.Text)
	e.Add(event.Source, line.Origin.Name)
}

type bench struct {
	t       *testing.T
	fs      *disktest.FS
	dir     string
	journal *journal.Journal
	store   *memory
	belt    *Belt
}

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t, dir: t.TempDir(), store: &memory{}}
	b.fs = disktest.New(disk.OS(), b.dir)
	var err error
	if b.journal, err = journal.Open(b.fs, b.dir, journal.Options{}); err != nil {
		t.Fatal(err)
	}
	opts := Options{
		Journal: b.journal, Store: b.store, FS: b.fs, Dir: b.dir, ReserveBytes: 1 << 20,
		NewParser: func() Parser { return plain{} }, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
	}
	if change != nil {
		change(&opts)
	}
	b.belt = New(opts)
	b.belt.Start(context.Background())
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_ = b.belt.Stop(ctx) // a test that stopped it already has looked at the error
		_ = b.journal.Close()
	})
	return b
}

func batchOf(source string, acked *atomic.Int64, texts ...string) event.Batch {
	origin := &event.Origin{Name: source, ID: source}
	b := event.Batch{Positions: []event.Position{{Key: source, State: []byte(texts[len(texts)-1])}}}
	for _, text := range texts {
		b.Lines = append(b.Lines, event.Line{Text: text, Origin: origin, Length: int64(len(text)), ReceivedAt: 1})
	}
	b.Ack = func(err error) {
		if err == nil {
			acked.Add(int64(len(texts)))
		}
	}
	return b
}

func (b *bench) stop() {
	b.t.Helper()
	if err := b.belt.Stop(context.Background()); err != nil {
		b.t.Fatal(err)
	}
}

// eventually fails the test when ok does not become true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 2000 {
		if ok() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatalf("it never came true: %s", what)
}

func TestEverySourceKeepsItsOrder(t *testing.T) {
	b := newBench(t, nil)
	var acked atomic.Int64
	var sources sync.WaitGroup
	for s := range 8 {
		sources.Go(func() {
			for i := range 50 {
				if err := b.belt.Take(context.Background(), batchOf(fmt.Sprint("s", s), &acked, fmt.Sprint(2*i), fmt.Sprint(2*i+1))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	sources.Wait()
	b.stop()
	if got := acked.Load(); got != 800 {
		t.Errorf("%d lines were acknowledged, want 800", got)
	}
	for s := range 8 {
		texts := b.store.texts(fmt.Sprint("s", s))
		if len(texts) != 100 {
			t.Fatalf("source %d has %d events, want 100", s, len(texts))
		}
		for i, text := range texts {
			if text != fmt.Sprint(i) {
				t.Fatalf("source %d: event %d is %q", s, i, text)
			}
		}
		if got := string(b.journal.Positions()[fmt.Sprint("s", s)]); got != "99" {
			t.Errorf("source %d has the position %q, want 99", s, got)
		}
	}
	if err := b.belt.Take(context.Background(), batchOf("late", &acked, "x")); !errors.Is(err, ErrStopped) {
		t.Errorf("Take after Stop gives %v, want ErrStopped", err)
	}
}

func TestAFailingDiskPausesAndNothingIsLost(t *testing.T) {
	b := newBench(t, nil)
	var acked atomic.Int64
	b.fs.Inject(disktest.Fault{Op: disktest.OpWrite, Err: syscall.ENOSPC, Short: true, Sticky: true})
	if err := b.belt.Take(context.Background(), batchOf("a", &acked, "1", "2")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the belt says that it pauses", func() bool { return strings.Contains(b.belt.Stats().Paused, "writing the journal") })
	if acked.Load() != 0 {
		t.Error("lines were acknowledged that are not durable")
	}
	b.fs.Heal()
	eventually(t, "the lines are acknowledged", func() bool { return acked.Load() == 2 })
	if why := b.belt.Stats().Paused; why != "" {
		t.Errorf("still paused: %s", why)
	}
	b.stop()
	if got := b.store.texts("a"); len(got) != 2 {
		t.Errorf("stored %q", got)
	}
}

func TestTheReserveIsKept(t *testing.T) {
	b := newBench(t, nil)
	var acked atomic.Int64
	b.fs.SetQuota(b.fs.Used() + 1<<19)
	if err := b.belt.Take(context.Background(), batchOf("a", &acked, "1")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the belt says that space is short", func() bool { return strings.Contains(b.belt.Stats().Paused, "below the reserve") })
	b.fs.SetQuota(1 << 30)
	eventually(t, "it resumes by itself", func() bool { return acked.Load() == 1 && b.belt.Stats().Paused == "" })
}

func TestStopDuringAPauseGivesLinesBack(t *testing.T) {
	b := newBench(t, nil)
	var acked atomic.Int64
	refused := make(chan error, 1)
	b.fs.Inject(disktest.Fault{Op: disktest.OpWrite, Err: syscall.ENOSPC, Short: true, Sticky: true})
	batch := batchOf("a", &acked, "1")
	batch.Ack = func(err error) { refused <- err }
	if err := b.belt.Take(context.Background(), batch); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := b.belt.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stop gives %v, want a deadline", err)
	}
	if err := <-refused; err == nil {
		t.Error("a line that is not durable was acknowledged")
	}
}

func TestOneBadLineStopsNobody(t *testing.T) {
	b := newBench(t, nil)
	var acked atomic.Int64
	if err := b.belt.Take(context.Background(), batchOf("a", &acked, "1", "panic", "3")); err != nil {
		t.Fatal(err)
	}
	b.stop()
	texts := b.store.texts("a")
	if len(texts) != 3 || texts[2] != "3" || strings.Contains(texts[1], "panic") {
		t.Errorf("stored %q; the text of a line that was not redacted must not be kept", texts)
	}
	if n := b.belt.Stats().ParserFault; n != 1 {
		t.Errorf("%d parser faults counted, want 1", n)
	}
}

func TestARefusingStoreStopsTheBelt(t *testing.T) {
	b := newBench(t, nil)
	b.store.refuse = errors.New("no")
	var acked atomic.Int64
	if err := b.belt.Take(context.Background(), batchOf("a", &acked, "1")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the belt tells why", func() bool { return strings.Contains(b.belt.Stats().Paused, "restart Rastro") })
	eventually(t, "Take is turned away", func() bool {
		return errors.Is(b.belt.Take(context.Background(), batchOf("a", &acked, "2")), ErrStopped)
	})
	b.store.refuse = nil
	n, err := Recover(context.Background(), b.journal, b.store)
	if err != nil || n < 1 || n != acked.Load() {
		t.Errorf("recovered %d events (%v), %d were acknowledged", n, err, acked.Load())
	}
}

func TestTakeEventsAsTheyAre(t *testing.T) {
	b := newBench(t, nil)
	events := make([]event.Event, 3)
	for i := range events {
		events[i].Time, events[i].ReceivedAt = int64(i), 5
		events[i].RID = 77                    // of another store
		events[i].Add(event.Message, "panic") // nobody parses it
		events[i].Add(event.Source, "s")
	}
	at := func(state string) []event.Position { return []event.Position{{Key: "restore", State: []byte(state)}} }
	if err := b.belt.TakeEvents(context.Background(), events, at("0:3")); err != nil {
		t.Fatal(err)
	}
	if got := string(b.journal.Positions()["restore"]); got != "0:3" {
		t.Errorf("the position is %q", got)
	}
	// A position alone, which forgets the restore.
	if err := b.belt.TakeEvents(context.Background(), nil, at("")); err != nil {
		t.Fatal(err)
	}
	if got, ok := b.journal.Positions()["restore"]; ok {
		t.Errorf("the position is still %q", got)
	}
	b.stop()
	if got := b.store.texts("s"); len(got) != 3 || got[0] != "panic" {
		t.Errorf("stored %q", got)
	}
	if err := b.belt.TakeEvents(context.Background(), events, nil); !errors.Is(err, ErrStopped) {
		t.Errorf("TakeEvents after Stop gives %v", err)
	}
}

func TestFollowersHearOfDurableEvents(t *testing.T) {
	f := &feed.Feed{}
	b := newBench(t, func(o *Options) { o.Feed = f })
	follower := f.Follow()
	defer follower.Close()
	var acked atomic.Int64
	if err := b.belt.Take(context.Background(), batchOf("a", &acked, "1")); err != nil {
		t.Fatal(err)
	}
	if events := <-follower.Batches(); len(events) != 1 || events[0].RID != 1 || events[0].Str(event.Message) != "1" {
		t.Errorf("the feed told of %v", events)
	}
}
