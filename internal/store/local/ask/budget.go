package ask

import (
	"fmt"
	"sync/atomic"

	"rastro/internal/query"
)

const (
	// defaultMemory bounds a question that sets no bound of its own, in bytes.
	defaultMemory = 256 << 20
	// maxBuckets bounds the buckets of one answer, all levels together.
	maxBuckets = 65_536
)

// budget counts what one question holds in memory. It counts the things that
// grow with the data (buckets, values, hits), not the columns of the few blocks
// that are read at a time. It is safe for concurrent use.
type budget struct {
	limit   int64
	used    atomic.Int64
	buckets atomic.Int64
}

// grow takes n bytes more, or gives back where n is negative.
func (b *budget) grow(n int64) error {
	if b.used.Add(n) > b.limit {
		return fmt.Errorf("%w (%d MB)", query.ErrTooBig, b.limit>>20)
	}
	return nil
}

// answer takes n buckets of the answer.
func (b *budget) answer(n int) error {
	if b.buckets.Add(int64(n)) > maxBuckets {
		return fmt.Errorf("%w: more than %d", query.ErrTooManyBuckets, maxBuckets)
	}
	return nil
}
