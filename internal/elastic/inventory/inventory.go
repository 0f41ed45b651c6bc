// Package inventory says how many events and bytes each index has, and how the
// server is: what lists, statistics and health of port 9200 have in common.
//
// What comes in are indices; what goes out are figures. It asks the store
// through search, within the caller's scope, and changes nothing.
package inventory

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"sync"
	"time"

	"rastro/internal/auth"
	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/ingest"
	"rastro/internal/journal"
	"rastro/internal/search"
)

// Options are what an Inventory needs. Searcher, Names and Content are
// required; another function that is nil gives figures of 0.
type Options struct {
	Searcher *search.Searcher
	Names    *names.Book
	// Content is what clients have set.
	Content func() *cluster.Content
	Ingest  func() ingest.Stats
	Journal func() journal.Stats
	// Disk tells the free and all bytes of the data folder's disk.
	Disk func() (free, total uint64, err error)
	// Folder is the data folder.
	Folder string
	// Address tells the address of port 9200; "" where it is not open.
	Address func() string
	// Start is when the server began, ID its id.
	Start time.Time
	ID    string
	Now   func() time.Time
}

// Inventory gives figures. It is safe for concurrent use.
type Inventory struct {
	opts Options
	cpu  usage

	mu     sync.Mutex
	cached owned
}

// New makes an Inventory.
func New(opts Options) *Inventory {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Inventory{opts: opts}
}

// Options are what the Inventory was made from.
func (v *Inventory) Options() Options { return v.opts }

// Row is one index with its figures.
type Row struct {
	names.Index
	UUID string
	// Created is milliseconds since 1970: of a day its beginning.
	Created int64
	Docs    int64
	// Bytes are its part of the files of its days, by the number of events.
	Bytes int64
}

// Hidden tells whether wildcards leave the index out.
func (r *Row) Hidden() bool { return r.Kind == names.View || r.Meta != nil && r.Meta.Hidden }

// Closed tells whether the index answers no question.
func (r *Row) Closed() bool { return r.Meta != nil && r.Meta.Closed }

// UUID is the id of an index: the one it got when it was made, or one that
// follows from its name.
func (v *Inventory) UUID(i names.Index) string {
	if i.Meta != nil && i.Meta.UUID != "" {
		return i.Meta.UUID
	}
	sum := sha256.Sum256([]byte(v.opts.ID + "\x00" + i.Name))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Created is when an index began, in milliseconds since 1970.
func Created(i names.Index) int64 {
	if i.Meta != nil && i.Meta.Created > 0 {
		return i.Meta.Created
	}
	return i.Start.UnixMilli()
}

// Rows are the figures of indices, in their order.
func (v *Inventory) Rows(ctx context.Context, scope auth.Scope, indices []names.Index) ([]Row, error) {
	own, err := v.owned(ctx, scope)
	if err != nil {
		return nil, err
	}
	views, err := v.views(ctx, scope, indices)
	if err != nil {
		return nil, err
	}
	days := v.days()
	rows := make([]Row, len(indices))
	for n, i := range indices {
		r := Row{Index: i, UUID: v.UUID(i), Created: Created(i)}
		switch i.Kind {
		case names.Own:
			for day, docs := range own.docs[i.Name] {
				r.Docs += docs
				r.Bytes += days[day].part(docs)
			}
		case names.Day:
			day := i.Start.Format(time.DateOnly)
			r.Docs = max(0, days[day].Events-own.perDay[day])
			r.Bytes = days[day].part(r.Docs)
			for day, docs := range own.docs[i.Name] { // sent to it by name
				r.Docs += docs
				r.Bytes += days[day].part(docs)
			}
		case names.View:
			r.Docs = views[i.Name]
			r.Bytes = days[i.Start.Format(time.DateOnly)].part(r.Docs)
		}
		rows[n] = r
	}
	return rows, nil
}

// day are the figures of one day.
type day struct{ Events, Bytes int64 }

// part is the part of the day's bytes that docs of its events have.
func (d day) part(docs int64) int64 {
	if d.Events <= 0 {
		return 0
	}
	return int64(float64(d.Bytes) * float64(docs) / float64(d.Events))
}

func (v *Inventory) days() map[string]day {
	all := map[string]day{}
	for _, d := range v.opts.Searcher.Stats().Days {
		all[d.Day] = day{d.Events, d.Bytes}
	}
	return all
}
