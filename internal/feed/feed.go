// Package feed tells followers of events the moment they are durable.
//
// What comes in are batches of accepted events; what goes out are the same
// batches, to everybody who follows. The feed keeps nothing, waits for nobody
// and never slows the writer: a follower that falls behind loses batches and
// is told how many events it lost.
package feed

import (
	"sync"

	"rastro/internal/event"
)

// Backlog is the number of batches a follower may be behind before it loses
// some. At ingest's usual batch size that is a few seconds of a busy server.
const Backlog = 64

// Feed hands batches from one writer to any number of followers. The zero Feed
// is ready for use. All methods are safe for concurrent use.
type Feed struct {
	mu        sync.Mutex
	followers map[*Follower]struct{}
}

// Follower receives batches until it is closed.
type Follower struct {
	feed    *Feed
	batches chan []event.Event

	mu   sync.Mutex
	lost int64
}

// Follow starts following with the next batch. The caller closes the follower.
func (f *Feed) Follow() *Follower {
	follower := &Follower{feed: f, batches: make(chan []event.Event, Backlog)}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.followers == nil {
		f.followers = make(map[*Follower]struct{})
	}
	f.followers[follower] = struct{}{}
	return follower
}

// Publish hands a batch to every follower and tells whether any took it: the
// events are then no longer changed by anybody. It never blocks.
func (f *Feed) Publish(events []event.Event) (taken bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for follower := range f.followers {
		select {
		case follower.batches <- events:
			taken = true
		default:
			follower.mu.Lock()
			follower.lost += int64(len(events))
			follower.mu.Unlock()
		}
	}
	return taken
}

// Followers is the number of followers now.
func (f *Feed) Followers() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.followers)
}

// Batches is where the batches arrive. It is closed by Close.
func (f *Follower) Batches() <-chan []event.Event { return f.batches }

// Lost returns the number of events lost since the last call.
func (f *Follower) Lost() int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.lost
	f.lost = 0
	return n
}

// Close stops following. A second call does nothing.
func (f *Follower) Close() {
	f.feed.mu.Lock()
	defer f.feed.mu.Unlock()
	if _, follows := f.feed.followers[f]; follows {
		delete(f.feed.followers, f)
		close(f.batches)
	}
}
