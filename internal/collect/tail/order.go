package tail

import (
	"cmp"
	"slices"
)

// line puts the streams of a rotation that have not started in the order in
// which they were written: each is read after the one before it. live is the
// name they share without their rotation marks; logs that only look like
// rotated ones (node-1.log) stand for themselves.
func (t *Tailer) line(live string) {
	waiting := map[string][]*stream{}
	for _, s := range t.families[live] {
		idle := s.dropped || s.Done != 0 || s.CopyOf != "" || !s.lost.IsZero() || s.src == nil
		if !idle && !s.started() {
			family := t.familyOf(s)
			waiting[family] = append(waiting[family], s)
		}
	}
	for _, order := range waiting {
		slices.SortStableFunc(order, func(a, b *stream) int {
			return cmp.Or(cmp.Compare(a.sighted.mtime, b.sighted.mtime), -cmp.Compare(len(a.where()), len(b.where())), -cmp.Compare(a.where(), b.where()))
		})
		var before *stream
		for _, s := range order {
			t.ranks++
			s.rank = t.ranks
			s.after, s.waiting = before, false
			before = s
			t.enqueue(s)
		}
	}
}

// familyOf names the rotation that a stream belongs to: the log that grows if
// it is known, or else the stream's own name.
func (t *Tailer) familyOf(s *stream) string {
	if len(t.names[s.live]) > 0 {
		return s.live
	}
	return s.home()
}

// mayRead reports whether a stream can be read now. One that cannot is queued
// again by what it waits for.
func (t *Tailer) mayRead(s *stream) bool {
	// One that was settled without being read, because it was empty or went
	// away, may itself have had to wait.
	for s.after != nil && s.after.settled() {
		s.after = s.after.after
	}
	switch {
	case s.held || s.dropped || s.src == nil || s.refused || s.Done != 0 || !s.lost.IsZero():
		return false
	case len(s.flight) >= maxFlight:
		s.parked = true
		return false
	case s.after != nil:
		s.waitFor(s.after)
		return false
	}
	if o := t.blocker(s); o != nil {
		s.waitFor(o)
		return false
	}
	return true
}

// waitFor makes another stream wake s when it has come further.
func (s *stream) waitFor(o *stream) {
	if !s.waiting {
		s.waiting = true
		o.followers = append(o.followers, s)
	}
}

// started reports whether anything was read of a stream, in this run or before.
func (s *stream) started() bool { return s.posted || s.Offset > 0 || s.read > 0 }

// blocker is an older stream of the rotation that a stream must wait for before
// it starts: one that was rotated away and is not read to its end, or one of
// which nothing is durable yet.
func (t *Tailer) blocker(s *stream) *stream {
	if s.started() {
		return nil
	}
	for _, o := range t.families[s.live] {
		if o != s && o.rank < s.rank && (o.away || !o.known) && o.started() && !o.settled() && t.familyOf(o) == t.familyOf(s) {
			return o
		}
	}
	return nil
}

// settled reports whether a stream was read to its end and all its lines are
// durable. Its successors wait for that, so that what is durable of a rotation
// never has a gap: where reading has to begin after a crash follows from it.
func (s *stream) settled() bool {
	read := s.drained || s.Done != 0 || s.CopyOf != ""
	return read && len(s.flight) == 0 || s.dropped
}

// markDrained notes that a stream was read to its end.
func (t *Tailer) markDrained(s *stream) {
	s.drained = true
	t.wakeFollowers(s)
}

// wakeFollowers lets those look again that wait for a stream.
func (t *Tailer) wakeFollowers(s *stream) {
	followers := s.followers
	s.followers = nil
	for _, f := range followers {
		f.waiting = false
		t.enqueue(f)
	}
}
