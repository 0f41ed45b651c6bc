// Package days says which days have an index of their own on port 9200.
//
// What comes in are the store's days and what clients have set; what goes out
// is a list of days. It asks the store through search, for the existence of
// events only.
package days

import (
	"context"
	"sync"
	"time"

	"rastro/internal/auth"
	"rastro/internal/elastic/cluster"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// daysEvery bounds how often one day is looked at.
const daysEvery = time.Second

// Days knows which days have an index: those with an event that belongs to no
// index of a client's own. It is safe for concurrent use.
type Days struct {
	searcher *search.Searcher
	content  func() *cluster.Content

	mu   sync.Mutex
	days map[string]dayState
}

// dayState is what was found of a day when it had so many events.
type dayState struct {
	events int64
	index  bool
	at     time.Time
}

// New makes Days; content is what clients have set.
func New(searcher *search.Searcher, content func() *cluster.Content) *Days {
	return &Days{searcher: searcher, content: content}
}

// List are the UTC days that have an index, as 2006-01-02, ascending. While
// events come into a day the list may hold it a moment too long.
func (l *Days) List() []string {
	stats := l.searcher.Stats()
	owns := len(l.content().Indices) > 0
	l.mu.Lock()
	defer l.mu.Unlock()
	found := make(map[string]dayState, len(stats.Days))
	var days []string
	for _, d := range stats.Days {
		state := dayState{events: d.Events, index: true}
		if owns {
			state = l.look(d, l.days[d.Day])
		}
		found[d.Day] = state
		// One that has grown since it was looked at is taken for a day with an
		// index: an empty index too many is no wrong answer.
		if state.index || state.events != d.Events {
			days = append(days, d.Day)
		}
	}
	l.days = found
	return days
}

// look finds out whether a day has an event without an index of its own. That
// it has one stays true while events only come.
func (l *Days) look(d query.DayStats, before dayState) dayState {
	grows := !before.at.IsZero() && d.Events >= before.events
	switch {
	case grows && before.index:
		before.events = d.Events
		return before
	case grows && d.Events == before.events, time.Since(before.at) < daysEvery:
		return before
	}
	day, err := time.Parse(time.DateOnly, d.Day)
	if err != nil {
		return dayState{events: d.Events} // a day of the store always has this form
	}
	answer, err := l.searcher.Ask(search.As(context.Background(), search.APIInternal), auth.Everything(), query.Question{
		Filter: query.Not{Filter: query.Exists{Field: query.FieldOf(event.Index)}},
		From:   day.UnixNano(), To: day.AddDate(0, 0, 1).UnixNano(), Count: 1,
	})
	unsure := err != nil || answer.Partial
	return dayState{events: d.Events, index: unsure || answer.Total > 0, at: time.Now()}
}
