package ask

import (
	"errors"
	"sync"
	"testing"

	"rastro/internal/query"
)

func TestQuestionsShareThePool(t *testing.T) {
	t.Parallel()
	pool := NewPool(10 << 20)
	a, b := &budget{limit: 8 << 20, pool: pool}, &budget{limit: 8 << 20, pool: pool}
	if err := a.grow(6 << 20); err != nil {
		t.Fatal(err)
	}
	var e *query.TooBigError
	if err := b.grow(5 << 20); !errors.As(err, &e) || !e.Together || e.Limit != 10<<20 {
		t.Errorf("the second question got %v", err)
	}
	_ = b.grow(-5 << 20)
	if err := b.grow(4 << 20); err != nil {
		t.Errorf("what fits was refused: %v", err)
	}
	if err := a.grow(3 << 20); !errors.As(err, &e) || e.Together {
		t.Errorf("more than one may have: %v", err)
	}
	if use := pool.Use(); use.Used != 10<<20 || use.Limit != 10<<20 || use.RefusedAlone != 1 || use.RefusedTogether != 1 {
		t.Errorf("%+v", use)
	}
	a.close()
	b.close()
	if n := pool.Use().Used; n != 0 {
		t.Errorf("%d bytes are left in use", n)
	}
}

func TestWhatIsGivenBackIsFreeForOthers(t *testing.T) {
	t.Parallel()
	pool := NewPool(64 << 20)
	b := &budget{limit: 64 << 20, pool: pool}
	if err := b.grow(60 << 20); err != nil {
		t.Fatal(err)
	}
	_ = b.grow(-59 << 20)
	if n := pool.Use().Used; n > poolSlack+1<<20 {
		t.Errorf("%d bytes are kept", n)
	}
	b.close()
}

// TestPoolIsExact lets many workers of many questions take and give back.
func TestPoolIsExact(t *testing.T) {
	t.Parallel()
	pool := NewPool(20 << 20)
	var questions sync.WaitGroup
	for range 8 {
		questions.Go(func() {
			b := &budget{limit: 16 << 20, pool: pool}
			defer b.close()
			var workers sync.WaitGroup
			for n := range 4 {
				workers.Go(func() {
					for i := range 200 {
						_ = b.grow(int64(i * n * 1000))
						if used := pool.Use().Used; used > 2*20<<20 {
							t.Errorf("%d bytes in use", used)
						}
						_ = b.grow(-int64(i * n * 1000))
					}
				})
			}
			workers.Wait()
		})
	}
	questions.Wait()
	if n := pool.Use().Used; n != 0 {
		t.Errorf("%d bytes are left in use", n)
	}
}

func TestTooBigNamesWhatGrew(t *testing.T) {
	t.Parallel()
	agg := func(kind query.AggKind, field string) []query.Agg {
		return []query.Agg{{Name: "mine", Kind: kind, Field: query.Ref(field)}}
	}
	for name, c := range map[string]struct {
		q    query.Question
		want query.TooBigError
	}{
		"buckets": {query.Question{MaxMemory: 5000, Aggs: agg(query.AggTerms, "message")}, query.TooBigError{Part: query.PartBuckets, Agg: "mine", Field: "message"}},
		"hits":    {query.Question{MaxMemory: 8000, Limit: 100}, query.TooBigError{Part: query.PartHits}},
		"a page":  {query.Question{MaxMemory: 8000, Limit: 200}, query.TooBigError{Part: query.PartHits, Count: 200}},
		"columns": {query.Question{MaxMemory: 60, Limit: 1, Aggs: agg(query.AggMax, "@timestamp")}, query.TooBigError{Part: query.PartColumns}},
	} {
		src := sourceOf(minuteBlocks(20), 1, nil)
		src.Pool = NewPool(1 << 30)
		if name == "columns" {
			c.q.Limit = 0
		}
		_, err := Run(t.Context(), src, c.q)
		var e *query.TooBigError
		if !errors.As(err, &e) || e.Part != c.want.Part || e.Agg != c.want.Agg || e.Field != c.want.Field || c.want.Count > 0 && e.Count != c.want.Count {
			t.Errorf("%s: %v (%+v)", name, err, e)
		}
		if n := src.Pool.Use().Used; n != 0 {
			t.Errorf("%s: %d bytes are left in use", name, n)
		}
	}
}
