package search

import (
	"context"
	"errors"
	"fmt"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
)

// ErrNothingComesIn: there is no intake to follow, for example in a data
// folder that no server runs on.
var ErrNothingComesIn = errors.New("nothing comes in here: live tail needs a running server")

// Follow calls visit with every new event that the scope may see and the
// filter matches, in the order they became durable, until ctx ends (nil) or
// visit fails (its error). lost is the number of events that went by unseen
// because visit was too slow, told with the next event. Events are read only.
func (s *Searcher) Follow(ctx context.Context, scope auth.Scope, f query.Filter, visit func(e *event.Event, lost int64) error) error {
	if s.opts.Feed == nil {
		return ErrNothingComesIn
	}
	matcher, err := query.Compile(restrict(scope, f))
	if err != nil {
		return fmt.Errorf("compiling the filter: %w", err)
	}
	follower := s.opts.Feed.Follow()
	defer follower.Close()
	var lost int64
	for {
		select {
		case <-ctx.Done():
			return nil
		case events := <-follower.Batches():
			lost += follower.Lost()
			for i := range events {
				if !matcher.Match(&events[i]) {
					continue
				}
				if err := visit(&events[i], lost); err != nil {
					return err
				}
				lost = 0
			}
		}
	}
}
