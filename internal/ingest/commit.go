package ingest

import (
	"context"
	"time"

	"rastro/internal/journal"
)

// commitLoop makes batches durable in the order they were taken, until the
// queue is closed and empty or ctx ends.
func (b *Belt) commitLoop(ctx context.Context) {
	defer close(b.applied)
	trim := time.NewTicker(trimEvery)
	defer trim.Stop()
	for {
		select {
		case j, open := <-b.ordered:
			if !open {
				return
			}
			b.commit(ctx, b.gather(j))
		case <-trim.C:
			b.trim()
		case <-ctx.Done():
			b.refuse(ctx.Err())
			return
		}
	}
}

// gather collects the batches of one commit: all that are waiting, up to
// commitEvents, and for a moment those that are about to come.
func (b *Belt) gather(first *job) []*job {
	jobs := []*job{first}
	count := first.size()
	wait := time.NewTimer(linger)
	defer wait.Stop()
	for count < commitEvents {
		select {
		case j, open := <-b.ordered:
			if !open {
				return jobs
			}
			jobs = append(jobs, j)
			count += j.size()
		case <-wait.C:
			return jobs
		}
	}
	return jobs
}

// commit writes jobs to the journal, waiting for space and for a failing disk
// to recover, and acknowledges them.
func (b *Belt) commit(ctx context.Context, jobs []*job) {
	groups := make([]journal.Group, len(jobs))
	for i, j := range jobs {
		<-j.parsed
		groups[i] = journal.Group{Encoded: j.encoded, Count: len(j.events), Positions: j.batch.Positions}
	}
	first, err := b.commitGroups(ctx, groups)
	if err != nil {
		for _, j := range jobs {
			b.counts.add(&b.counts.stats.Refused, len(j.batch.Lines))
			acknowledge(j, err)
		}
		return
	}
	done := committed{jobs: make([]*job, 0, len(jobs))}
	next := first
	for _, j := range jobs {
		next += uint64(len(j.events))
	}
	if next > first {
		b.settling.committed(next)
	}
	for _, j := range jobs {
		for i := range j.events {
			j.events[i].RID = first
			first++
		}
		if len(j.events) > 0 {
			done.jobs = append(done.jobs, j)
			b.counts.durable(&j.tally)
		}
		acknowledge(j, nil)
	}
	select {
	case b.applied <- done:
	case <-ctx.Done():
		// The events are durable: the next start replays them into the store.
	}
}

// commitGroups tries until the journal has taken the groups or ctx ends.
func (b *Belt) commitGroups(ctx context.Context, groups []journal.Group) (uint64, error) {
	for {
		if err := b.guard.wait(ctx); err != nil {
			return 0, err
		}
		start := time.Now()
		first, err := b.opts.Journal.Commit(groups)
		if err == nil {
			b.counts.committed(groups, time.Since(start))
			b.guard.wrote(groups)
			return first, nil
		}
		b.counts.add(&b.counts.stats.CommitFailures, 1)
		if err := b.guard.pause(ctx, Pause{Cause: PauseJournal, Err: err.Error()}); err != nil {
			return 0, err
		}
	}
}

// trim drops journal files that the store no longer needs.
func (b *Belt) trim() {
	if err := b.opts.Journal.Trim(b.opts.Store.Durable()); err != nil {
		b.counts.add(&b.counts.stats.TrimFailures, 1)
		b.opts.Log.Warn("trimming the journal failed; it is tried again", "err", err)
	}
}

// refuse ends the intake and tells the sources of all queued batches that they
// were not taken.
func (b *Belt) refuse(err error) {
	b.closeIntake()
	for j := range b.ordered {
		<-j.parsed
		b.counts.add(&b.counts.stats.Refused, len(j.batch.Lines))
		acknowledge(j, err)
	}
}

func acknowledge(j *job, err error) {
	if j.batch.Ack != nil {
		j.batch.Ack(err)
	}
}

// applyLoop gives durable events to the store and then to the feed. When the
// store refuses events the belt ends: going on would leave a gap in the store,
// which only a replay from the journal can fill.
func (b *Belt) applyLoop(ctx context.Context) {
	for c := range b.applied {
		if err := b.apply(ctx, c); err != nil {
			if ctx.Err() == nil {
				b.opts.Log.Error("the store refused events; they are safe in the journal and come back at the next start", "err", err)
				b.guard.fail(Pause{Cause: PauseStore, Err: err.Error()})
				b.cancel()
			}
			break
		}
	}
	for c := range b.applied { // emptied so that commit never waits
		_ = c
	}
}

func (b *Belt) apply(ctx context.Context, c committed) error {
	for _, j := range c.jobs {
		events := j.events
		began := b.counts.storing.Begin()
		err := b.opts.Store.Append(ctx, events)
		b.counts.storing.End(began)
		if err != nil {
			b.counts.add(&b.counts.stats.StoreFailures, 1)
			return err
		}
		b.settling.reached(events[len(events)-1].RID + 1)
		b.counts.add(&b.counts.stats.Stored, len(events))
		if b.opts.Feed == nil || !b.opts.Feed.Publish(events) {
			j.slab.giveBack()
		}
		j.events, j.encoded, j.slab = nil, nil, nil
	}
	return nil
}
