package bulk

import (
	"context"
	"hash/maphash"
	"sync"
)

// print is the fingerprint of a document's place: its index and id.
type print [2]uint64

// seeds are drawn at the start, so that nobody can make two ids look alike.
var seeds = [3]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed(), maphash.MakeSeed()}

// entry is what is remembered of a document with an id.
type entry struct {
	// content is a hash of its JSON.
	content uint64
	// flight is on its way with it as number at; nil when it is durable.
	flight *Flight
	at     int32
}

// ledger remembers the documents that were written lately. Its methods are
// safe for concurrent use.
type ledger struct {
	remember int
	settled  func(ctx context.Context) error

	mu sync.Mutex
	// fresh and old are the two generations. When fresh is full it becomes old,
	// and old is forgotten: the store has all of it then.
	fresh, old map[print]entry
	// lives counts how often an index was deleted: its ids are new again.
	lives map[string]uint64
}

func newLedger(opts *Options) *ledger {
	return &ledger{remember: opts.Remember, settled: opts.Settled, fresh: map[print]entry{}, lives: map[string]uint64{}}
}

// printer makes the fingerprints of ids in one index.
func (l *ledger) printer(index string) func(id string) print {
	l.mu.Lock()
	life := l.lives[index]
	l.mu.Unlock()
	return func(id string) (p print) {
		for i := range p {
			var h maphash.Hash
			h.SetSeed(seeds[i])
			_, _ = h.WriteString(index) // it never fails
			_, _ = h.Write([]byte{0, byte(life), byte(life >> 8), byte(life >> 16), byte(life >> 24)})
			_, _ = h.WriteString(id)
			p[i] = h.Sum64()
		}
		return p
	}
}

func contentOf(source []byte) uint64 { return maphash.Bytes(seeds[2], source) }

// claim returns what is known of a document; if that is nothing, it notes that
// the flight has it.
func (l *ledger) claim(p print, mine entry) (other entry, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if other, known = l.fresh[p]; known {
		return other, true
	}
	if other, known = l.old[p]; known {
		return other, true
	}
	l.fresh[p] = mine
	return entry{}, false
}

// settle notes that documents are durable, or forgets them.
func (l *ledger) settle(prints []print, durable bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range prints {
		for _, generation := range [...]map[print]entry{l.fresh, l.old} {
			e, ok := generation[p]
			switch {
			case !ok:
			case durable:
				e.flight = nil
				generation[p] = e
			default:
				delete(generation, p)
			}
		}
	}
}

// differs notes that the content of a document that was claimed is not the one
// that is stored.
func (l *ledger) differs(p print) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, generation := range [...]map[print]entry{l.fresh, l.old} {
		if e, ok := generation[p]; ok {
			e.content = 0
			generation[p] = e
		}
	}
}

// forget makes every id of an index new.
func (l *ledger) forget(index string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lives[index]++
}

// turn begins a new generation if the present one is full. What it forgets is
// in the store; what is on its way goes along.
func (l *ledger) turn(ctx context.Context) error {
	l.mu.Lock()
	old := l.old
	if len(l.fresh) < l.remember {
		l.mu.Unlock()
		return nil
	}
	next := make(map[print]entry, l.remember/4)
	for p, e := range old {
		if e.flight != nil {
			next[p] = e
		}
	}
	l.mu.Unlock()
	if err := l.settled(ctx); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.fresh) < l.remember {
		return nil // somebody else was quicker
	}
	for p := range next {
		if e, still := old[p]; still {
			next[p] = e
		} else {
			delete(next, p)
		}
	}
	l.old, l.fresh = l.fresh, next
	return nil
}
