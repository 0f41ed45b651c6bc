package local_test

import (
	"context"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/disk/disktest"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
	"rastro/internal/store/local"
	"rastro/internal/store/storetest"
)

// shaped is a store on its way into a shape, with the events that it should
// hold.
type shaped struct {
	*testing.T
	engine *local.Engine
	opts   local.Options
	fs     disk.FS
	dir    string
	seed   uint64
	held   []event.Event
}

// shapes are the ways in which events may lie. Each ends with some hundreds.
var shapes = []struct {
	name string
	opts local.Options
	make func(s *shaped)
}{
	{"tail", local.Options{SegmentAge: time.Hour}, func(s *shaped) { s.append(400) }},
	{"many small files", local.Options{SegmentRows: 40, OpenFiles: 4, CacheBytes: 1 << 20}, func(s *shaped) { s.append(400); s.flush() }},
	{"files and tail", local.Options{SegmentRows: 150, SegmentAge: time.Hour}, func(s *shaped) { s.append(150); s.flush(); s.append(400) }},
	{"after erase and retain", local.Options{SegmentRows: 100, SegmentAge: time.Hour}, eraseAndRetain},
	{"compacted", local.Options{SegmentRows: 40, SegmentAge: time.Hour}, compact},
	{"after restart", local.Options{SegmentRows: 120, SegmentAge: time.Hour}, restart},
}

// TestGeneratedQuestions compares the answers to 10,000 made-up questions with
// those of a scan over the same events, which lie in files, in memory, or both.
func TestGeneratedQuestions(t *testing.T) {
	t.Parallel()
	seed := storetest.Seed(t)
	questions := 10_000
	if testing.Short() {
		questions = 1_000
	}
	for i, shape := range shapes {
		t.Run(shape.name, func(t *testing.T) {
			t.Parallel()
			s := &shaped{T: t, opts: shape.opts, dir: t.TempDir(), seed: seed + uint64(i)}
			s.fs = disktest.New(disk.OS(), s.dir) // waits for no real disk
			s.open()
			shape.make(s)
			storetest.Generated(t, s.engine, s.held, questions/len(shapes), s.seed)
		})
	}
}

func (s *shaped) open() {
	s.Helper()
	e, err := local.Open(s.fs, s.dir, s.opts)
	if err != nil {
		s.Fatal(err)
	}
	s.engine = e
	s.Cleanup(func() {
		if err := e.Close(); err != nil {
			s.Error(err)
		}
	})
}

// append adds the events that come next, up to one.
func (s *shaped) append(to int) {
	s.Helper()
	from := int(s.engine.Next()) - 1
	if err := s.engine.Append(context.Background(), storetest.Hostile(to, s.seed)[from:]); err != nil {
		s.Fatal(err)
	}
	s.held = append(s.held, storetest.Hostile(to, s.seed)[from:]...)
}

func (s *shaped) flush() {
	s.Helper()
	if err := s.engine.Flush(context.Background()); err != nil {
		s.Fatal(err)
	}
}

// eraseAndRetain removes events from files and from memory, by a person and by
// age.
func eraseAndRetain(s *shaped) {
	s.append(500)
	for _, gone := range []query.Filter{
		query.Term{Field: query.Ref("recipient"), Value: "bob@example.org"},
		query.Phrase{Field: query.Ref("message"), Text: "connect from"},
	} {
		if _, err := s.engine.Erase(context.Background(), gone); err != nil {
			s.Fatal(err)
		}
		s.held = storetest.Without(s.T, s.held, gone)
		s.append(int(s.engine.Next()) + 60)
	}
	s.flush()
	host := query.Term{Field: query.Ref("host"), Value: "mx2.example"}
	now := time.Unix(0, s.held[len(s.held)-1].ReceivedAt)
	rule := store.RetainRule{Filter: host, KeepFor: 48 * time.Hour}
	if _, err := s.engine.Retain(context.Background(), store.Policy{Rules: []store.RetainRule{rule}}, now); err != nil {
		s.Fatal(err)
	}
	old := query.Bound{Set: true, Int: now.UTC().Add(-48 * time.Hour).Truncate(24 * time.Hour).UnixNano()}
	s.held = storetest.Without(s.T, s.held, query.And{Filters: []query.Filter{host, query.Range{Field: query.FieldOf(event.Timestamp), To: old}}})
	s.append(int(s.engine.Next()) + 40)
}

// restart closes the store and opens it again; what was in memory only comes
// again, as the journal brings it.
func restart(s *shaped) {
	s.append(300)
	if err := s.engine.Close(); err != nil {
		s.Fatal(err)
	}
	s.open()
	s.held = s.held[:s.engine.Next()-1]
	s.append(400)
}

// compact puts small files together, then has some more, and a tail.
func compact(s *shaped) {
	s.append(400)
	s.flush()
	if _, err := s.engine.Compact(context.Background(), local.CompactOptions{All: true}); err != nil {
		s.Fatal(err)
	}
	s.append(500)
}
