package beats

import (
	"rastro/internal/event"
)

// builder makes drafts of events and then lines of those drafts that are no
// repeats. All texts of a batch share one piece of memory. It is for one
// goroutine.
type builder struct {
	// peer names the sender of events that name none.
	peer   string
	arena  []byte
	pairs  []pair
	drafts []draft

	names, values interned
	scan          scanner
	doc           document
}

// add takes one event into the batch.
func (b *builder) add(in incoming) {
	b.drafts = append(b.drafts, draft{seq: in.seq, pairs: span{from: len(b.pairs)}})
	dr := &b.drafts[len(b.drafts)-1]
	start := len(b.arena)
	b.doc = document{b: b}
	valid := b.scan.scan(in.payload, in.cut, &b.doc) && !b.doc.tooMany
	if !valid {
		b.pairs = b.pairs[:dr.pairs.from]
		b.arena = b.arena[:start]
		b.doc = document{b: b}
	}
	b.doc.finish(dr, in.payload, valid, in.cut)
	dr.pairs.to = len(b.pairs)
}

// maxFields bounds the fields of one event; one that has more becomes a line
// with all its JSON for a text.
const maxFields = 4096

// keep adds a field to the present event.
func (b *builder) keep(name string, raw []byte) {
	if len(b.pairs)-b.drafts[len(b.drafts)-1].pairs.from >= maxFields {
		b.doc.tooMany = true
		return
	}
	from := len(b.arena)
	b.arena = append(b.arena, raw...)
	b.pairs = append(b.pairs, pair{name, span{from, len(b.arena)}})
}

// full tells that the batch should be handed on.
func (b *builder) full() bool {
	return len(b.drafts) >= batchLines || len(b.arena) >= batchBytes
}

// bytes is about what the batch takes in memory.
func (b *builder) bytes() int64 {
	return int64(len(b.arena) + 40*len(b.pairs) + 160*len(b.drafts))
}

// lines makes the lines of the drafts that have an origin, count of them, and
// empties the batch.
func (b *builder) lines(origins []*event.Origin, count int, now int64) []event.Line {
	text := string(b.arena)
	pairs := make([]event.Pair, len(b.pairs))
	for i, p := range b.pairs {
		pairs[i] = event.Pair{Name: p.name, JSON: text[p.value.from:p.value.to]}
	}
	lines := make([]event.Line, 0, count)
	for i := range b.drafts {
		dr := &b.drafts[i]
		if origins[i] == nil {
			continue
		}
		lines = append(lines, event.Line{
			Text:   text[dr.text.from:dr.text.to],
			Origin: origins[i], Offset: dr.offset, Length: int64(dr.text.to - dr.text.from),
			ReceivedAt: now, Marks: dr.marks,
			Fields: pairs[dr.pairs.from:dr.pairs.to:dr.pairs.to],
		})
	}
	return lines
}

// clear empties the batch and lets go of memory that is unusually large.
func (b *builder) clear() {
	b.drafts, b.pairs, b.arena = b.drafts[:0], b.pairs[:0], b.arena[:0]
	if cap(b.arena) > 2*batchBytes {
		b.arena = nil
	}
	if cap(b.pairs) > 32*batchLines {
		b.pairs = nil
	}
}

// interned holds short strings that come again and again.
type interned map[string]string

// Bounds of what is held.
const (
	maxInterned      = 1024
	maxInternedBytes = 256
)

// of returns b as a string.
func (m *interned) of(b []byte) string {
	if s, ok := (*m)[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(s) > maxInternedBytes {
		return s
	}
	if *m == nil || len(*m) >= maxInterned {
		*m = make(interned)
	}
	(*m)[s] = s
	return s
}

// text returns what raw, the inside of a JSON string, stands for.
func (m *interned) text(raw []byte) string {
	if s, ok := (*m)[string(raw)]; ok {
		return s
	}
	s := string(appendText(nil, raw))
	if len(raw) > maxInternedBytes {
		return s
	}
	if *m == nil || len(*m) >= maxInterned {
		*m = make(interned)
	}
	(*m)[string(raw)] = s
	return s
}
