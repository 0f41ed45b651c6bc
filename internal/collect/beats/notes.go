package beats

import (
	"log/slog"
	"sync"
	"time"
)

// noteEvery keeps peers from filling our log.
const noteEvery = time.Second

// notes writes warnings about peers, not more than one in noteEvery, and
// remembers the last.
type notes struct {
	mu      sync.Mutex
	last    time.Time
	skipped int
	text    string
	at      time.Time // of text
}

func (n *notes) warn(log *slog.Logger, text, peer string, err error) {
	n.mu.Lock()
	n.text, n.at = err.Error(), time.Now()
	if peer != "" {
		n.text = peer + ": " + n.text
	}
	if time.Since(n.last) < noteEvery {
		n.skipped++
		n.mu.Unlock()
		return
	}
	skipped := n.skipped
	n.last, n.skipped = time.Now(), 0
	n.mu.Unlock()
	// Count is how many warnings like it were left out before.
	log.Warn(text, "source", peer, "err", err, "count", skipped)
}

func (n *notes) lastErr() (string, time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text, n.at
}
