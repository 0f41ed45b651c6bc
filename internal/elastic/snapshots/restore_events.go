package snapshots

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"rastro/internal/auth"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store"
)

// progress is how far an index was restored. It stands in the journal, in the
// same record as the events, so that a restore that is asked for again after a
// crash goes on at the next event.
type progress struct {
	place store.SnapshotPlace
	count int64 // events restored
}

func (p progress) String() string { return fmt.Sprintf("%s:%d", p.place, p.count) }

func readProgress(text string) (p progress, ok bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return p, false
	}
	var err error
	p.place, ok = store.ParseSnapshotPlace(text[:at])
	p.count, err = strconv.ParseInt(text[at+1:], 10, 64)
	return p, ok && err == nil && p.count >= 0
}

// progressKey names the progress of an index among the positions of sources.
func progressKey(sn *store.Snapshot, p *restoring) string {
	return "restore/" + sn.UUID + "/" + p.source + "/" + p.target
}

// resumes tells whether an index that exists is one whose restore was not
// finished, and where it goes on: its events are all still there.
func (s *Snapshots) resumes(ctx context.Context, sn *store.Snapshot, p *restoring, i names.Index) bool {
	from, ok := readProgress(string(s.opts.Positions()[progressKey(sn, p)]))
	if !ok {
		return false
	}
	total, err := s.count(ctx, i, query.CountExact)
	if err != nil || total < from.count {
		return false
	}
	p.from = from
	return true
}

// isEmpty tells whether an index has no event for sure.
func (s *Snapshots) isEmpty(ctx context.Context, i names.Index) bool {
	total, err := s.count(ctx, i, 1)
	return err == nil && total == 0
}

// count counts the events of an index up to a limit.
func (s *Snapshots) count(ctx context.Context, i names.Index, limit int) (int64, error) {
	a, err := s.node.Searcher.Ask(ctx, auth.Everything(), query.Question{Filter: s.node.Names.Filter(i), Count: limit})
	if err == nil && a.Partial {
		err = fmt.Errorf("counting the events of [%s]: %s", i.Name, strings.Join(a.PartialReasons, "; "))
	}
	return a.Total, err
}

// carryOut restores the indices of a plan, one after the other.
func (s *Snapshots) carryOut(ctx context.Context, repo *store.Repository, sn *store.Snapshot, plan []restoring) error {
	for i := range plan {
		if err := s.restoreOne(ctx, repo, sn, &plan[i]); err != nil {
			return fmt.Errorf("restoring index [%s]: %w", plan[i].target, err)
		}
	}
	return s.restoreStreams(sn, plan)
}

func (s *Snapshots) restoreOne(ctx context.Context, repo *store.Repository, sn *store.Snapshot, p *restoring) error {
	if p.replace != nil {
		if err := s.opts.Belt.Settled(ctx); err != nil {
			return err
		}
		if _, err := s.opts.Engine.Erase(ctx, s.node.Names.Filter(*p.replace)); err != nil {
			return fmt.Errorf("removing the closed index of the name: %w", err)
		}
	}
	if p.meta != nil {
		err := s.node.Cluster.Change(func(c *cluster.Content) error {
			if was := c.Indices[p.target]; was != nil && p.replace == nil {
				return nil // its restore goes on
			}
			next := *p.meta
			next.Created = s.node.Now().UnixMilli()
			c.Indices[p.target] = &next
			return nil
		})
		if err != nil {
			return err
		}
	}
	key, at := progressKey(sn, p), p.from
	want := func(day, index string) bool { return partName(s.node.Names, day, index) == p.source }
	err := repo.Events(ctx, sn.Name, want, at.place, func(events []event.Event, behind store.SnapshotPlace) error {
		for i := range events {
			if p.own != "" {
				events[i].Set(event.Index, p.own)
			}
		}
		at = progress{place: behind, count: at.count + int64(len(events))}
		return s.opts.Belt.TakeEvents(ctx, events, []event.Position{{Key: key, State: []byte(at.String())}})
	})
	if err != nil {
		return err
	}
	// It is done: the next restore of the same begins at the beginning.
	if err := s.opts.Belt.TakeEvents(ctx, nil, []event.Position{{Key: key}}); err != nil {
		return err
	}
	return s.opts.Belt.Settled(ctx)
}
