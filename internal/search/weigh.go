package search

import (
	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	// quickEvents is how many events are looked at in a few milliseconds.
	quickEvents = 200_000
	// quickPage is the largest page that still is a small one.
	quickPage = 1000
	// newestShare is the part of the events that a page of the newest is
	// expected to look at.
	newestShare = 8
)

// sized is a store that can tell how much a question would have to look at.
type sized interface {
	// EventsBetween is about how many events lie in the files and the tails
	// that reach into a range of @timestamp; 0 leaves an end open. It is cheap.
	EventsBetween(from, to int64) int64
}

// weigh guesses how long a question takes.
func (s *Searcher) weigh(q *query.Question) class {
	in := query.HasIn(q.Filter) // asks another question first, of another time
	if !in && needle(q.Filter) || q.Limit == 0 && len(q.Aggs) == 0 && everything(q.Filter) {
		return quick
	}
	store, ok := s.opts.Store.(sized)
	if !ok {
		return long
	}
	from, to := bounds(q.Filter, q.From, q.To)
	if in {
		from, to = 0, 0
	}
	events := store.EventsBetween(from, to)
	newest := len(q.Sort) == 0 || q.Sort[0].Field.Field == event.Timestamp
	if newest && !in && len(q.Aggs) == 0 && q.Limit > 0 && q.Limit+q.Skip <= quickPage {
		switch {
		case everything(q.Filter):
			return quick
		case q.Count >= 0:
			events /= newestShare
		}
	}
	if events <= quickEvents {
		return quick
	}
	return long
}

func everything(f query.Filter) bool {
	switch f.(type) {
	case nil, query.All:
		return true
	}
	return false
}

// needles are the fields whose values few events share, and that tell from
// little of a file whether a value is in it.
var needles = map[event.Field]bool{event.QueueID: true, event.MessageID: true}

// needle tells whether a filter asks for identifiers.
func needle(f query.Filter) bool {
	switch f := f.(type) {
	case query.None:
		return true
	case query.Term:
		return needles[f.Field.Field]
	case query.Terms:
		return needles[f.Field.Field] && len(f.Values) <= 100
	case query.And:
		for _, part := range f.Filters {
			if needle(part) {
				return true
			}
		}
	case query.Or:
		for _, part := range f.Filters {
			if !needle(part) {
				return false
			}
		}
		return len(f.Filters) > 0
	}
	return false
}

// bounds narrows a range of time by what a filter says about @timestamp.
func bounds(f query.Filter, from, to int64) (int64, int64) {
	switch f := f.(type) {
	case query.And:
		for _, part := range f.Filters {
			from, to = bounds(part, from, to)
		}
	case query.Range:
		if f.Field.Field != event.Timestamp {
			break
		}
		if f.From.Set && (from == 0 || f.From.Int > from) {
			from = f.From.Int
		}
		if f.To.Set && (to == 0 || f.To.Int < to) {
			to = f.To.Int
		}
	}
	return from, to
}
