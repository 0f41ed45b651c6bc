package ask

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
)

// minuteBlocks makes blocks of ten events each, a second apart: block i holds
// the RIDs 10i+1 to 10i+10.
func minuteBlocks(n int) []segment.Block {
	blocks := make([]segment.Block, n)
	for i := range blocks {
		b := segment.NewBuilder()
		for j := range 10 {
			rid := 10*i + j + 1
			e := event.Event{RID: uint64(rid), Time: int64(rid) * 1e9, ReceivedAt: 1}
			e.Add(event.Host, fmt.Sprintf("h%d", rid%3))
			e.Add(event.Message, fmt.Sprintf("line %d", rid))
			b.Add(&e)
		}
		blocks[i] = b.Snapshot()
	}
	return blocks
}

// sourceOf makes a source that opens block i with open; nil opens it as it is.
func sourceOf(blocks []segment.Block, workers int, open func(i int, b segment.Block) (segment.Block, error)) Source {
	src := Source{Workers: workers}
	for i, b := range blocks {
		first, last := b.TimeRange()
		src.Blocks = append(src.Blocks, Block{
			First: first, Last: last, Rows: b.Rows(), Name: fmt.Sprintf("file %d", i),
			Open: func() (segment.Block, func(), error) {
				if open == nil {
					return b, func() {}, nil
				}
				opened, err := open(i, b)
				return opened, func() {}, err
			},
		})
	}
	return src
}

func ridsOf(a query.Answer) []uint64 {
	var list []uint64
	for _, h := range a.Hits {
		list = append(list, h.Event.RID)
	}
	return list
}

// badBlock fails where it is asked for strings.
type badBlock struct {
	segment.Block
	err error
}

func (b badBlock) Strings(event.Field) (segment.Strings, error) { return segment.Strings{}, b.err }

// oddBlock has codes that its dictionary does not have.
type oddBlock struct{ segment.Block }

func (b oddBlock) Strings(event.Field) (segment.Strings, error) {
	return segment.Strings{Dict: []string{""}, Codes: slices.Repeat([]uint32{99}, b.Rows())}, nil
}

func TestAskCorruptBlock(t *testing.T) {
	t.Parallel()
	corrupt := fmt.Errorf("file 2: bad checksum: %w", segment.ErrCorrupt)
	for name, open := range map[string]func(segment.Block) (segment.Block, error){
		"when opened": func(segment.Block) (segment.Block, error) { return nil, corrupt },
		"when read":   func(b segment.Block) (segment.Block, error) { return badBlock{b, corrupt}, nil },
	} {
		src := sourceOf(minuteBlocks(4), 2, func(i int, b segment.Block) (segment.Block, error) {
			if i == 2 {
				return open(b)
			}
			return b, nil
		})
		var told []string
		src.OnCorrupt = func(ref Block, err error) {
			if !errors.Is(err, segment.ErrCorrupt) {
				t.Errorf("%s: told of %v", name, err)
			}
			told = append(told, ref.Name)
		}
		a, err := Run(t.Context(), src, query.Question{
			Filter: query.Exists{Field: query.Ref("host")}, Limit: 100, Count: query.CountExact,
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if a.Total != 30 || a.TotalExact || len(a.Hits) != 30 || !a.Partial {
			t.Errorf("%s: total %d, exact %v, %d hits, partial %v", name, a.Total, a.TotalExact, len(a.Hits), a.Partial)
		}
		if len(a.PartialReasons) != 1 || !strings.Contains(a.PartialReasons[0], "file 2") {
			t.Errorf("%s: reasons %q", name, a.PartialReasons)
		}
		if !slices.Equal(told, []string{"file 2"}) {
			t.Errorf("%s: told of %q", name, told)
		}
	}
}

// TestAskCorruptWhenFetched damages a block between the search and the reading
// of its hits.
func TestAskCorruptWhenFetched(t *testing.T) {
	t.Parallel()
	var opened atomic.Int32
	src := sourceOf(minuteBlocks(2), 1, func(i int, b segment.Block) (segment.Block, error) {
		if i == 1 && opened.Add(1) == 2 {
			return nil, segment.ErrCorrupt
		}
		return b, nil
	})
	a, err := Run(t.Context(), src, query.Question{Limit: 12})
	if err != nil {
		t.Fatal(err)
	}
	if got := ridsOf(a); !slices.Equal(got, []uint64{10, 9}) || !a.Partial {
		t.Errorf("hits %v, partial %v; want 10 and 9 of the sound block", got, a.Partial)
	}
}

func TestAskFailures(t *testing.T) {
	t.Parallel()
	broken := errors.New("no such device")
	for name, open := range map[string]func(int, segment.Block) (segment.Block, error){
		"no such device": func(int, segment.Block) (segment.Block, error) { return nil, broken },
		"panic":          func(_ int, b segment.Block) (segment.Block, error) { return oddBlock{b}, nil },
	} {
		_, err := Run(t.Context(), sourceOf(minuteBlocks(3), 2, open), query.Question{
			Aggs: []query.Agg{{Name: "hosts", Kind: query.AggTerms, Field: query.Ref("host")}},
		})
		if err == nil || !strings.Contains(err.Error(), name) || errors.Is(err, segment.ErrCorrupt) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestAskUnreadable(t *testing.T) {
	t.Parallel()
	src := sourceOf(minuteBlocks(1), 1, nil)
	src.Unreadable = []string{"a.parquet was set aside"}
	a, err := Run(t.Context(), src, query.Question{Count: query.CountExact})
	if err != nil {
		t.Fatal(err)
	}
	if !a.Partial || a.TotalExact || !slices.Equal(a.PartialReasons, src.Unreadable) {
		t.Errorf("partial %v %q, exact %v", a.Partial, a.PartialReasons, a.TotalExact)
	}
}

// TestAskStopsEarly counts how many blocks are opened.
func TestAskStopsEarly(t *testing.T) {
	t.Parallel()
	timeUp := []query.SortKey{{Field: query.Ref("@timestamp")}}
	behind := &query.Cursor{Keys: []query.CursorKey{{Int: 505e9}}, RID: 505}
	for _, test := range []struct {
		name  string
		q     query.Question
		opens int32
		first uint64 // RID of the first hit
	}{
		{"newest", query.Question{Limit: 5}, 2, 1000},
		{"newest, counted as far as needed", query.Question{Limit: 5, Count: 5}, 2, 1000},
		{"oldest", query.Question{Limit: 5, Sort: timeUp}, 2, 1},
		{"skipped", query.Question{Limit: 5, Skip: 20}, 5, 980},
		{"behind a cursor", query.Question{Limit: 3, After: behind}, 2, 504},
		{"before a time", query.Question{Limit: 3, To: 505e9}, 2, 504},
		{"of a time", query.Question{Limit: 30, From: 505e9, To: 515e9}, 4, 514},
		{"counted only", query.Question{Count: query.CountExact}, 0, 0},
		{"absent field", query.Question{Filter: query.Exists{Field: query.Ref("sender")}, Count: query.CountExact}, 100, 0},
	} {
		var opens atomic.Int32
		src := sourceOf(minuteBlocks(100), 1, func(_ int, b segment.Block) (segment.Block, error) {
			opens.Add(1)
			return b, nil
		})
		a, err := Run(t.Context(), src, test.q)
		if err != nil {
			t.Fatalf("%s: %v", test.name, err)
		}
		var first uint64
		if rids := ridsOf(a); len(rids) > 0 {
			first = rids[0]
		}
		if n := opens.Load(); n > test.opens || first != test.first {
			t.Errorf("%s: opened %d blocks, want at most %d; first hit %d, want %d", test.name, n, test.opens, first, test.first)
		}
	}
}

// overContext is a context whose deadline passes when the test says so.
type overContext struct {
	context.Context
	over atomic.Bool
}

func (c *overContext) Err() error {
	if c.over.Load() {
		return context.DeadlineExceeded
	}
	return c.Context.Err()
}

// TestAskDeadlineLeavesNoGap lets the time be over somewhere in the middle: the
// hits must be the newest ones without a gap, whichever worker was faster.
func TestAskDeadlineLeavesNoGap(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{1, 4} {
		for stop := 0; stop < 20; stop++ {
			ctx := &overContext{Context: t.Context()}
			src := sourceOf(minuteBlocks(20), workers, func(i int, b segment.Block) (segment.Block, error) {
				if i == stop {
					ctx.over.Store(true)
				}
				return b, nil
			})
			a, err := Run(ctx, src, query.Question{Filter: query.Prefix{Field: query.Ref("message"), Value: "line"}, Limit: 500})
			if err != nil {
				t.Fatal(err)
			}
			for i, rid := range ridsOf(a) {
				if rid != uint64(200-i) {
					t.Fatalf("%d workers, stopped at block %d: hits %v", workers, stop, ridsOf(a))
				}
			}
			if !a.Partial || a.TotalExact || !slices.Contains(a.PartialReasons, reasonDeadline) {
				t.Errorf("stopped at block %d: partial %v %q, exact %v", stop, a.Partial, a.PartialReasons, a.TotalExact)
			}
			if len(a.Hits) > 10*(19-stop) {
				t.Errorf("stopped at block %d: %d hits", stop, len(a.Hits))
			}
		}
	}
}

func TestAskCancelWhileReading(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	src := sourceOf(minuteBlocks(20), 2, func(i int, b segment.Block) (segment.Block, error) {
		if i == 10 {
			cancel()
		}
		return b, nil
	})
	_, err := Run(ctx, src, query.Question{Filter: query.Prefix{Field: query.Ref("message"), Value: "line"}, Count: query.CountExact})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// timelessBlock does not give its times.
type timelessBlock struct {
	segment.Block
	t *testing.T
}

func (b timelessBlock) Times() ([]int64, error) {
	b.t.Error("the times of a block wholly inside the range were read")
	return b.Block.Times()
}

func TestAskSparesTimes(t *testing.T) {
	t.Parallel()
	src := sourceOf(minuteBlocks(3), 1, func(_ int, b segment.Block) (segment.Block, error) { return timelessBlock{b, t}, nil })
	inside := query.Range{
		Field: query.Ref("@timestamp"),
		From:  query.Bound{Set: true, Int: 0}, To: query.Bound{Set: true, Int: 1000e9},
	}
	a, err := Run(t.Context(), src, query.Question{
		From: 1e9, To: 31e9, Count: query.CountExact,
		Filter: query.And{Filters: []query.Filter{inside, query.Term{Field: query.Ref("host"), Value: "H1"}}},
	})
	if err != nil || a.Total != 10 {
		t.Errorf("total %d, error %v; want 10", a.Total, err)
	}
}

// TestAskGivesMemoryBack asks with a bound that one question just fits in.
func TestAskGivesMemoryBack(t *testing.T) {
	t.Parallel()
	q := query.Question{Limit: 20, Sort: []query.SortKey{{Field: query.Ref("message")}}}
	src := sourceOf(minuteBlocks(50), 1, nil)
	p, err := newPlan(&src, q)
	if err != nil {
		t.Fatal(err)
	}
	w := newWalk(t.Context(), &src, p)
	if err := w.run(); err != nil {
		t.Fatal(err)
	}
	w.free(w.hits.settle()...)
	var kept int64
	for _, c := range w.hits.items {
		kept += sizeOf(c)
	}
	if used := p.budget.used.Load(); used != kept || len(w.hits.items) != 20 {
		t.Errorf("%d bytes counted after the walk, %d candidates hold %d", used, len(w.hits.items), kept)
	}
}
