package beats

import (
	"rastro/internal/collect/document"
	"rastro/internal/event"
)

// builder makes drafts of events and then lines of those drafts that are no
// repeats. It is for one goroutine.
type builder struct {
	document.Builder
	// peer names the sender of events that name none.
	peer   string
	drafts []draft

	names, values document.Names
	scan          document.Scanner
	doc           gathered
}

// add takes one event into the batch.
func (b *builder) add(in incoming) {
	b.drafts = append(b.drafts, draft{pairs: document.Span{From: len(b.Pairs)}})
	dr := &b.drafts[len(b.drafts)-1]
	start := len(b.Arena)
	b.doc = gathered{b: b}
	valid := b.scan.Scan(in.payload, in.cut, &b.doc) && !b.doc.tooMany
	if !valid {
		b.Pairs = b.Pairs[:dr.pairs.From]
		b.Arena = b.Arena[:start]
		b.doc = gathered{b: b}
	}
	b.doc.finish(dr, in.payload, valid, in.cut)
	dr.pairs.To = len(b.Pairs)
}

// keep adds a field to the present event. One that has more than
// document.MaxFields becomes a line with all its JSON for a text.
func (b *builder) keep(name string, raw []byte) {
	if len(b.Pairs)-b.drafts[len(b.drafts)-1].pairs.From >= document.MaxFields {
		b.doc.tooMany = true
		return
	}
	b.Keep(name, raw)
}

// full tells that the batch should be handed on.
func (b *builder) full() bool {
	return len(b.drafts) >= batchLines || len(b.Arena) >= batchBytes
}

// bytes is about what the batch takes in memory.
func (b *builder) bytes() int64 {
	return int64(len(b.Arena) + 40*len(b.Pairs) + 160*len(b.drafts))
}

// lines makes the lines of the drafts that have an origin, count of them, and
// empties the batch.
func (b *builder) lines(origins []*event.Origin, count int, now int64) []event.Line {
	made := b.Freeze()
	lines := make([]event.Line, 0, count)
	for i := range b.drafts {
		dr := &b.drafts[i]
		if origins[i] == nil {
			continue
		}
		lines = append(lines, event.Line{
			Text:   made.Text(dr.text),
			Origin: origins[i], Offset: dr.offset, Length: int64(dr.text.To - dr.text.From),
			ReceivedAt: now, Marks: dr.marks,
			Fields: made.Fields(dr.pairs),
		})
	}
	return lines
}

// clear empties the batch and lets go of memory that is unusually large.
func (b *builder) clear() {
	b.drafts = b.drafts[:0]
	b.Clear(2*batchBytes, 32*batchLines)
}
