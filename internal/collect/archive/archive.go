package archive

import (
	"context"
	"errors"
	"io"
	"time"

	"rastro/internal/collect/frame"
	"rastro/internal/event"
)

// ErrRefused: the sink did not make lines durable. The import stopped; another
// one goes on after the last lines that are durable.
var ErrRefused = errors.New("the lines were refused")

// Sink takes a batch. It blocks while there is no room and returns an error only
// when ctx ends. Batches must become durable in their order: after a refused
// one, those behind it must be refused too.
type Sink func(ctx context.Context, b event.Batch) error

// Options say how a content is read.
type Options struct {
	// Zone, Host, Dialect and Newest go into event.Origin. Newest is the
	// modification time of the file; a later time in a gzip header is not
	// taken, an earlier one is: that is when the content was last changed.
	Zone          *time.Location
	Host, Dialect string
	Newest        time.Time
	// Format and Multiline are the framing rules, see package frame.
	Format    string
	Multiline *frame.Multiline
	// Progress, if set, is called after every piece from the goroutine of
	// Import.
	Progress func(Progress)
	// TempDir is where a stream is kept that must be read twice; "" for the
	// system's.
	TempDir string
}

// Progress is how far an import has come.
type Progress struct {
	// Read counts the bytes of the file as it is, packed or not.
	Read int64
	// Lines counts what was handed on.
	Lines int64
	// Comparing is true while the beginning is compared with earlier imports;
	// then Read starts again afterwards.
	Comparing bool
}

// Result says what an import did.
type Result struct {
	// ID is the identity of the content's lines; "" if it was empty.
	ID string
	// Skipped is how many bytes of the content were imported before, Bytes how
	// many it has in all as far as it could be read.
	Skipped, Bytes int64
	// Lines counts the records that this import added.
	Lines int64
	// Unfinished: the last line has no end.
	Unfinished bool
}

// Import reads a content to its end and returns when all its lines are durable.
// name is what a person calls it. positions are the last durable ones of all
// sources; the map is only read.
//
// The error wraps ErrFormat, ErrRefused, frame.ErrRules, the error of ctx or
// that of r. Where a content is damaged, its lines before the damage are
// imported, without the line that the damage lies in, and the error says where.
// Two imports of the same content must not run at the same time.
func Import(ctx context.Context, name string, r io.Reader, opts Options, positions map[string][]byte, sink Sink) (Result, error) {
	rules, err := frame.Rules{Format: opts.Format, Multiline: opts.Multiline}.Compile()
	if err != nil {
		return Result{}, err
	}
	rr := newRereader(r, opts.TempDir)
	defer rr.forget()
	d, at, err := locate(ctx, rr, opts, positions)
	if err != nil || d == nil {
		return Result{}, err
	}
	defer d.end()
	at.Name = name
	im := &importer{
		opts: opts, dec: d, at: at, base: at.Offset, digest: at.digest,
		framer: frame.New(rules.Of(name), at.Offset, at.Unfinished),
		origin: &event.Origin{
			Name: name, ID: at.id(), Zone: opts.Zone, Host: opts.Host, Dialect: opts.Dialect, Newest: newest(opts, d),
			Input: event.InputImport,
		},
		desk: newDesk(sink),
	}
	return im.run(ctx)
}

// locate finds out where reading has to begin. The decoder stands there; it is
// nil if the content is empty.
func locate(ctx context.Context, rr *rereader, opts Options, positions map[string][]byte) (*decoder, *known, error) {
	d, err := decode(rr)
	if err != nil {
		return nil, nil, err
	}
	head, err := d.Peek(headBytes)
	if len(head) == 0 {
		d.end()
		if err == io.EOF {
			err = nil
		} else {
			err = d.damage(0, err)
		}
		return nil, nil, err
	}
	list := candidates(positions, head)
	first := fresh(positions, head)
	if len(list) == 0 {
		return d, first, rr.forget()
	}
	best, err := furthest(d, list, func() error {
		if opts.Progress != nil {
			opts.Progress(Progress{Read: d.taken.n, Comparing: true})
		}
		return ctx.Err()
	})
	d.end()
	if err != nil {
		return nil, nil, err
	}
	if best == nil {
		best = first
	}
	again, err := rr.again()
	if err != nil {
		return nil, nil, err
	}
	if d, err = decode(again); err != nil {
		return nil, nil, err
	}
	if _, err := io.CopyN(io.Discard, d, best.Offset); err != nil {
		d.end()
		return nil, nil, d.damage(best.Offset, err)
	}
	return d, best, nil
}

// newest is the latest time a line can have been written.
func newest(opts Options, d *decoder) int64 {
	if opts.Newest.IsZero() {
		return d.newer
	}
	n := opts.Newest.UnixNano()
	if d.newer != 0 && d.newer < n {
		return d.newer
	}
	return n
}
