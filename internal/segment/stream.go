package segment

import (
	"fmt"
	"io"
	"slices"

	"github.com/cespare/xxhash/v2"

	"rastro/internal/event"
)

// exportVersion stands in the place of formatVersion in a file that Stream
// wrote, so that nobody takes it for a segment.
const exportVersion = "export 1"

// streamBytes is the memory of a row group of a Stream beyond which it ends.
const streamBytes = 32 << 20

// Stream writes events as one Parquet file for other programs. It has the
// columns of a segment, all of them whatever the events hold, with these
// differences: there are no Bloom filters, log_message is always its own text,
// every row has its event_id, and numbers but rid, @timestamp and received_at are optional. Events stand
// in the order in which they come; memory is bounded by one row group.
//
// It is not safe for concurrent use.
type Stream struct {
	w       *writer
	pending *Builder
}

// NewStream begins a file in out. Nothing but Close makes it whole.
func NewStream(out io.Writer) *Stream {
	w := &writer{export: true, src: &source{}, columns: streamColumns(), out: output{file: out, hash: xxhash.New()}}
	w.out.write([]byte(magic))
	return &Stream{w: w, pending: NewBuilder()}
}

// Add appends an event; its strings must not change until Close. An error of
// an earlier write sticks.
func (s *Stream) Add(e *event.Event) error {
	whole := *e
	if !e.Has(event.EventID) {
		whole.Values = append(slices.Clip(e.Values), event.Value{Field: event.EventID, Text: e.ID()})
	}
	s.pending.Add(&whole)
	if s.pending.Rows() < groupRows && s.pending.MemoryBytes() < streamBytes {
		return nil
	}
	return s.flush()
}

// flush writes the pending events as a row group.
func (s *Stream) flush() error {
	b := s.pending.Snapshot()
	if b == nil {
		return s.w.out.err
	}
	s.pending = NewBuilder()
	if err := s.w.src.fill(b, s.w.columns); err != nil {
		return fmt.Errorf("reading rows to write: %w", err)
	}
	s.w.meta.Rows += b.Rows()
	if err := s.w.writeGroup(0, b.Rows()); err != nil {
		return err
	}
	s.w.out.flush()
	return s.w.out.err
}

// Close writes what is pending and the footer. It does not close the writer
// below.
func (s *Stream) Close() error {
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.w.writeTail(); err != nil {
		return err
	}
	s.w.out.flush()
	return s.w.out.err
}

// streamColumns are the columns of a Stream, without values.
func streamColumns() []sourceColumn {
	columns := []sourceColumn{{id: columnRID, required: true}}
	for _, info := range event.Fields() {
		switch layouts[info.Field] {
		case layoutFixed, layoutDict, layoutLine:
			columns = append(columns, sourceColumn{id: column(info.Field), required: true})
		case layoutNumber:
			columns = append(columns, sourceColumn{id: column(info.Field)})
		}
	}
	return append(columns, sourceColumn{id: columnExtra, required: true})
}

// fill gives columns the values of a block, all of its rows.
func (s *source) fill(b Block, columns []sourceColumn) (err error) {
	s.rows = make([]uint32, b.Rows())
	for i := range s.rows {
		s.rows[i] = uint32(i)
	}
	if s.rids, err = b.RIDs(); err != nil {
		return err
	}
	if s.times, err = b.Times(); err != nil {
		return err
	}
	for i := range columns {
		c := &columns[i]
		switch f := event.Field(c.id); {
		case c.id == columnRID:
			c.numbers = Numbers{Bits: s.rids}
		case c.id == columnExtra:
			c.texts, err = b.ExtrasAt(s.rows)
		case f == event.Timestamp:
			c.numbers = Numbers{Bits: asBits(s.times)}
		case layouts[f] == layoutLine:
			c.texts, err = b.StringsAt(f, s.rows)
		case layouts[f] == layoutDict:
			c.strings, err = b.Strings(f)
		default:
			c.numbers, err = b.Numbers(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
