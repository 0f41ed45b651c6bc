package local

import (
	"context"
	"errors"
	"fmt"
	"math"

	"rastro/internal/query"
	"rastro/internal/store/local/ask"
)

// AddressErasure says whose events are to be erased.
type AddressErasure struct {
	Address string
	// Forms asks for forms of the address, too; see query.Mention.
	Forms bool
	// DryRun counts and changes nothing.
	DryRun bool
	// Progress is told how far it is, from any goroutine; nil for nobody.
	Progress func(Progress)
}

// AddressErased says what an erasure found, and what it removed.
type AddressErased struct {
	// Events have the address; Fields and Days count them by the fields in which
	// it stands, and by UTC day.
	Events int64
	Fields map[string]int64
	Days   map[string]int64
	// Alike are events with a form of the address only, where these were not
	// asked for. They stay.
	Alike   int64
	Removed query.Removed
}

// EraseAddress removes every event that mentions an address and was appended
// before the call, as Erase does; everything in memory is written to files
// first. With DryRun it only counts. After an error the result says what was
// done before.
func (e *Engine) EraseAddress(ctx context.Context, opts AddressErasure) (AddressErased, error) {
	match, err := query.CompileMention(query.Mention{Address: opts.Address, Forms: true})
	if err != nil {
		return AddressErased{}, err
	}
	least, tally := query.Whole, &ask.MentionTally{}
	if opts.Forms {
		least = query.AForm
	}
	ctx, done, err := e.takeAlone(ctx, e.erasing)
	if err != nil {
		return AddressErased{}, err
	}
	defer done()
	x := &erasure{engine: e, filter: ask.Mentions(match, least, tally), last: e.Next() - 1, until: math.MaxInt64, progress: opts.Progress}
	var out AddressErased
	if opts.DryRun {
		if err = x.inTails(ctx); err == nil {
			var unread error
			_, unread, err = x.search(ctx, map[*fileHold]bool{})
			err = errors.Join(err, unread)
		}
	} else {
		if err := e.Flush(ctx); err != nil {
			return AddressErased{}, fmt.Errorf("writing the events in memory before erasing some: %w", err)
		}
		out.Removed, err = x.run(ctx)
	}
	e.mu.RLock()
	out.Removed.Unreadable = len(e.view.catalog.lost)
	e.mu.RUnlock()
	out.Events, out.Fields, out.Days, out.Alike = tally.Events, tally.Fields, tally.Days, tally.Alike
	return out, err
}

// inTails looks at the events that are only in memory.
func (x *erasure) inTails(ctx context.Context) error {
	v, err := x.engine.hold()
	if err != nil {
		return err
	}
	defer x.engine.work.Done()
	defer v.catalog.release()
	for _, t := range append(v.frozen[:len(v.frozen):len(v.frozen)], v.tail) {
		if ref, ok := t.block(); ok {
			if _, err := x.match(ctx, &ref, math.MaxUint64); err != nil {
				return err
			}
		}
	}
	return nil
}
