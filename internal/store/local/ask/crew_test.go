package ask

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"rastro/internal/query"
	"rastro/internal/segment"
)

// TestWorkersFollowTheirShare reads blocks of which each takes a second, while
// the share of the question changes, and looks at how many are read at a time.
func TestWorkersFollowTheirShare(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var share, reading atomic.Int64
		share.Store(1)
		src := sourceOf(minuteBlocks(40), 4, func(_ int, b segment.Block) (segment.Block, error) {
			reading.Add(1)
			time.Sleep(time.Second)
			reading.Add(-1)
			return b, nil
		})
		q := query.Question{
			Aggs:    []query.Agg{{Name: "n", Kind: query.AggValueCount, Field: query.Ref("host")}},
			Workers: func() int { return int(share.Load()) },
		}
		done := make(chan query.Answer, 1)
		go func() {
			a, err := Run(t.Context(), src, q)
			if err != nil {
				t.Error(err)
			}
			done <- a
		}()
		time.Sleep(time.Second / 2)
		for _, s := range []struct{ share, want int64 }{{1, 1}, {3, 3}, {9, 4}, {2, 2}, {0, 1}, {4, 4}} {
			share.Store(s.share)
			time.Sleep(2 * time.Second) // every worker has asked for its share once
			if n := reading.Load(); n != s.want {
				t.Errorf("with a share of %d, %d blocks are read at a time, want %d", s.share, n, s.want)
			}
		}
		if a := <-done; a.Total != 400 || a.Aggs[0].Value != 400 {
			t.Errorf("%d events, %v counted", a.Total, a.Aggs[0].Value)
		}
	})
}
