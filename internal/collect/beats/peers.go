package beats

import (
	"cmp"
	"slices"
	"sync"
	"time"
)

// Peer is an open connection.
type Peer struct {
	// Address is the sender's, with its port.
	Address string
	Since   time.Time
	// Lines were handed to the sink.
	Lines int64
}

// peers are the open connections.
type peers struct {
	mu   sync.Mutex
	open map[*conn]time.Time
}

// welcome notes a connection; what it returns forgets it.
func (p *peers) welcome(n *conn) func() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[*conn]time.Time{}
	}
	p.open[n] = time.Now()
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.open, n)
	}
}

func (p *peers) list() []Peer {
	p.mu.Lock()
	defer p.mu.Unlock()
	out := make([]Peer, 0, len(p.open))
	for n, since := range p.open {
		out = append(out, Peer{Address: n.peer, Since: since, Lines: n.lines.Load()})
	}
	slices.SortFunc(out, func(a, b Peer) int { return cmp.Compare(a.Address, b.Address) })
	return out
}
