package local

import (
	"testing"
	"time"

	"rastro/internal/disk"
)

func TestEventsBetween(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := openEngine(t, disk.OS(), dir, 1000)
	appendAll(t, e, engineEvents(100, 1))
	flushAll(t, e)
	appendAll(t, e, engineEvents(50, 101))
	at := func(rid int64) int64 { return testDay + rid*int64(time.Second) }
	for _, c := range []struct{ from, to, want int64 }{
		{0, 0, 150}, {at(100), 0, 150}, {at(101), 0, 50}, {0, at(101), 100}, {0, at(102), 150}, {at(151), 0, 0}, {0, at(1), 0},
	} {
		if n := e.EventsBetween(c.from, c.to); n != c.want {
			t.Errorf("between %d and %d: %d events, want %d", c.from, c.to, n, c.want)
		}
	}
}
