package ask

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"rastro/internal/query"
	"rastro/internal/segment"
)

func inOf(field string, f query.Filter) query.In {
	return query.In{Field: query.Ref(field), Of: f, Values: query.Ref(field)}
}

// TestInnerTooBig ends a question whose in(…) comes to more than it may hold
// with an error that says what to narrow.
func TestInnerTooBig(t *testing.T) {
	q := query.Question{Filter: inOf("message", query.All{}), Limit: 1, MaxMemory: 4000}
	_, err := Run(t.Context(), sourceOf(minuteBlocks(5), 2, nil), q)
	if !errors.Is(err, query.ErrTooBig) || !strings.Contains(err.Error(), "in(…)") {
		t.Errorf("%v", err)
	}
	q.MaxMemory = 1 << 20
	if _, err := Run(t.Context(), sourceOf(minuteBlocks(5), 2, nil), q); err != nil {
		t.Errorf("with enough memory: %v", err)
	}
	v := newValueSet(&aggPlan{}, &budget{limit: 1 << 40})
	for i := range uint64(query.MaxInValues) {
		v.numbers[i] = struct{}{}
	}
	if err := v.add("one more"); !errors.Is(err, query.ErrTooBig) || !strings.Contains(err.Error(), "narrow") {
		t.Errorf("a value too many: %v", err)
	}
}

// TestInnerPartial says of an answer that its in(…) may have missed values.
func TestInnerPartial(t *testing.T) {
	broken := func(n int, b segment.Block) (segment.Block, error) {
		if n == 1 {
			return nil, segment.ErrCorrupt
		}
		return b, nil
	}
	q := query.Question{Filter: inOf("message", query.All{}), Count: query.CountExact}
	a, err := Run(t.Context(), sourceOf(minuteBlocks(3), 2, broken), q)
	if err != nil || !a.Partial || a.TotalExact || len(a.PartialReasons) != 1 {
		t.Errorf("a damaged block: %+v, error %v", a, err)
	}
	ctx, cancel := context.WithDeadline(t.Context(), time.Unix(1, 0))
	defer cancel()
	a, err = Run(ctx, sourceOf(minuteBlocks(3), 2, nil), query.Question{Filter: query.Not{Filter: q.Filter}, Limit: 5, Count: query.CountExact})
	if err != nil || !a.Partial || a.TotalExact || len(a.Hits) != 0 {
		t.Errorf("after the deadline: %+v, error %v", a, err)
	}
}
