package ask

import (
	"context"
	"fmt"
	"math"
	"runtime/debug"

	"rastro/internal/query"
	"rastro/internal/store/local/rowset"
)

// Filter is a compiled filter for those who want rows, not hits. It is safe
// for concurrent use.
type Filter struct{ condition condition }

// Compile prepares a filter; nil means all events. Its errors wrap
// query.ErrTooBig or query.ErrBadQuestion.
func Compile(f query.Filter) (Filter, error) {
	c, err := compileFilter(f, 0)
	return Filter{c}, err
}

// Bounds leave out rows whatever the filter says.
type Bounds struct {
	// Until is the @timestamp in nanoseconds at and after which rows are left
	// out.
	Until int64
	// UpTo is the RID after which rows are left out; math.MaxUint64 for none.
	UpTo uint64
}

// Rows returns the rows of a block that match within the bounds; nil where
// none can. Errors of bad bytes wrap segment.ErrCorrupt.
func (f Filter) Rows(ctx context.Context, b *Block, bounds Bounds) (rows rowset.Set, err error) {
	defer func() { err = Caught(recover(), b.Name, err) }()
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	if b.First >= bounds.Until {
		return nil, nil
	}
	block, release, err := b.Open()
	if err != nil {
		return nil, err
	}
	defer release()
	s := newScan(ctx, block, &budget{limit: math.MaxInt64}, &scratch{})
	defer s.close()
	if ok, err := f.condition.may(s); err != nil || !ok {
		return nil, err
	}
	rows = rowset.All(s.rows)
	if b.Last >= bounds.Until {
		times, err := s.times()
		if err != nil {
			return nil, err
		}
		rows.Keep(func(row uint32) bool { return times[row] < bounds.Until })
	}
	if bounds.UpTo < math.MaxUint64 {
		if err := s.keepArrived(rows, 0, bounds.UpTo); err != nil {
			return nil, err
		}
	}
	return rows, f.condition.narrow(s, rows)
}

// Caught makes an error of what recover returned: a bug met on one odd block
// must cost one question, not the process. name says where the block is; where
// nothing was recovered, err is returned as it is.
func Caught(r any, name string, err error) error {
	if r == nil {
		return err
	}
	return fmt.Errorf("reading %s: panic: %v\n%s", name, r, debug.Stack())
}
