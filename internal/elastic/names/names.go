// Package names says which events the names of indices mean.
//
// What comes in are index expressions as Elasticsearch has them (names, lists,
// wildcards, exclusions, date math), the days that have events, and what
// clients have set; what goes out are indices and filters. It never asks a
// store and holds no state of its own.
//
// # Three kinds of index
//
//   - A day: <prefix>YYYY.MM.dd holds the events of that UTC day which no client
//     sent to another index, and documents that clients sent to it by name though
//     they are of another day. It is there when the day has events, or when a
//     client has made it.
//   - An own index: a client made it, or wrote to it. Its events carry its name
//     in the field index.
//   - A view: <base><flow>-YYYY.MM.dd, the events of a day that belong to one of
//     Elemta's flows (query.Flows). Views are hidden: a wildcard finds them only
//     where its text before the first star goes into the view's name.
//
// An alias stands for its indices, a data stream for its backing indices.
package names

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/event"
	"rastro/internal/query"
)

// DefaultPrefix begins the names of days.
const DefaultPrefix = "elemta-logs-"

const dayForm = "2006.01.02"

// Kind is the kind of an index.
type Kind uint8

// The kinds of index.
const (
	Day Kind = iota
	Own
	View
)

// Index is one index that exists.
type Index struct {
	Name string
	Kind Kind
	// Start is the beginning of its day, of days and views.
	Start time.Time
	// Flow of views.
	Flow string
	// Meta is what clients have set for it; nil for nothing. Not to be changed.
	Meta *cluster.Index
}

// Options are what a Book needs. All are required.
type Options struct {
	// Prefix begins the names of days; "" is DefaultPrefix.
	Prefix string
	// Days lists the UTC days with events, as 2006-01-02.
	Days func() []string
	// Content is what clients have set.
	Content func() *cluster.Content
	// Now is the clock of date math. Default: time.Now.
	Now func() time.Time
}

// Book resolves names. It is safe for concurrent use.
type Book struct {
	opts Options
	base string // of views
}

// New makes a Book.
func New(opts Options) *Book {
	if opts.Prefix == "" {
		opts.Prefix = DefaultPrefix
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Book{opts: opts, base: strings.TrimSuffix(opts.Prefix, "logs-")}
}

// Prefix begins the names of days.
func (b *Book) Prefix() string { return b.opts.Prefix }

// ViewPrefix begins the names of a flow's views.
func (b *Book) ViewPrefix(flow string) string { return b.base + flow + "-" }

// DayName is the name of the day that holds a moment (nanoseconds since 1970).
func (b *Book) DayName(ns int64) string {
	return b.opts.Prefix + time.Unix(0, ns).UTC().Format(dayForm)
}

// Of is the name of the index that an event belongs to.
func (b *Book) Of(e *event.Event) string {
	if own := e.Str(event.Index); own != "" {
		return own
	}
	return b.DayName(e.Time)
}

// IsDay tells whether a name has the form of a day's, and which day it is.
func (b *Book) IsDay(name string) (time.Time, bool) {
	return dated(name, b.opts.Prefix)
}

// IsView tells whether a name has the form of a view's.
func (b *Book) IsView(name string) (flow string, day time.Time, ok bool) {
	for _, flow := range query.Flows() {
		if day, ok := dated(name, b.ViewPrefix(flow)); ok {
			return flow, day, true
		}
	}
	return "", time.Time{}, false
}

func dated(name, prefix string) (time.Time, bool) {
	rest, ok := strings.CutPrefix(name, prefix)
	if !ok || len(rest) != len(dayForm) {
		return time.Time{}, false
	}
	day, err := time.Parse(dayForm, rest)
	return day, err == nil
}

// All lists every index that is no view, by name.
func (b *Book) All() []Index { return b.list(false) }

// Everything lists every index, the views too, by name.
func (b *Book) Everything() []Index { return b.list(true) }

// list lists the indices, views too where they are wanted.
func (b *Book) list(views bool) []Index {
	content := b.opts.Content()
	var all []Index
	for _, text := range b.opts.Days() {
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			continue // a day of the store always has this form
		}
		name := b.opts.Prefix + day.Format(dayForm)
		all = append(all, Index{Name: name, Kind: Day, Start: day, Meta: content.Indices[name]})
		if !views {
			continue
		}
		for _, flow := range query.Flows() {
			name := b.ViewPrefix(flow) + day.Format(dayForm)
			all = append(all, Index{Name: name, Kind: View, Start: day, Flow: flow, Meta: content.Indices[name]})
		}
	}
	for name, meta := range content.Indices {
		_, isDay := b.IsDay(name)
		_, _, isView := b.IsView(name)
		switch {
		case !isDay && !isView:
			all = append(all, Index{Name: name, Kind: Own, Meta: meta})
		case isDay && !slices.ContainsFunc(all, func(i Index) bool { return i.Name == name }):
			// Made by a client, and no event yet.
			day, _ := b.IsDay(name)
			all = append(all, Index{Name: name, Kind: Day, Start: day, Meta: meta})
		}
	}
	slices.SortFunc(all, func(x, y Index) int { return cmp.Compare(x.Name, y.Name) })
	return all
}
