package ingest

import (
	"sync"

	"rastro/internal/event"
)

// slab is what the events of one batch stand in. It goes back to the shelf
// when nobody needs the events any more, because making it anew for every batch
// is a third of what a busy belt would allocate.
type slab struct {
	events  []event.Event
	values  []event.Value
	encoded []byte
}

var shelf = sync.Pool{New: func() any { return new(slab) }}

// Memory that a few huge batches needed is not kept.
const (
	keepValues  = 64 << 10
	keepEncoded = 4 << 20
)

// take lends memory for so many lines, the values with room for what they
// usually hold.
func take(lines int) *slab {
	m := shelf.Get().(*slab)
	if cap(m.events) < lines {
		m.events = make([]event.Event, lines)
	}
	m.events = m.events[:lines]
	if cap(m.values) < lines*usualValues {
		m.values = make([]event.Value, 0, lines*usualValues)
	}
	m.values = m.values[:0]
	if cap(m.encoded) < lines*usualBytes {
		m.encoded = make([]byte, 0, lines*usualBytes)
	}
	m.encoded = m.encoded[:0]
	return m
}

// giveBack puts memory on the shelf. Nobody may hold its events or their slices
// any more; texts stay what they are. A nil slab is not ours.
func (m *slab) giveBack() {
	if m == nil || cap(m.values) > keepValues || cap(m.encoded) > keepEncoded {
		return
	}
	// What lies here must not keep the texts of lines in memory.
	clear(m.events[:cap(m.events)])
	clear(m.values[:cap(m.values)])
	shelf.Put(m)
}
