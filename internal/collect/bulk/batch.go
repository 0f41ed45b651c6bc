package bulk

import (
	"context"
	"errors"
	"strings"
	"time"

	"rastro/internal/collect/document"
	"rastro/internal/event"
)

// batch is a part of a flight: documents that go on together.
type batch struct {
	f      *Flight
	g      *gatherer
	client string
	docs   []Document
	from   int // the number of the first one in the flight
	now    time.Time
	held   int64 // of Receiver.unacked

	made   document.Frozen
	claims []print
	// asked are the documents whose ids the store is asked for.
	asked []int
	count int // of lines
}

// send makes lines of the documents that are new and hands them on. After an
// error none of them is on its way.
func (b *batch) send(ctx context.Context) error {
	r := b.f.r
	if why := r.opts.Paused(); why != "" {
		b.held = 0
		return errors.New(why)
	}
	if err := r.unacked.Acquire(ctx, b.held); err != nil {
		b.held = 0
		return err
	}
	if err := r.ledger.turn(ctx); err != nil {
		return err
	}
	b.read()
	b.claim()
	if len(b.asked) > 0 {
		if err := b.ask(ctx); err != nil {
			return err
		}
	}
	lines := b.lines()
	if len(lines) == 0 {
		r.unacked.Release(b.held)
		r.ledger.settle(b.claims, true)
		return nil
	}
	b.f.leave()
	if err := r.take(ctx, event.Batch{Lines: lines, Ack: b.ack}); err != nil {
		b.f.arrived()
		return err
	}
	return nil
}

// read makes drafts of the documents.
func (b *batch) read() {
	index, day := "", ""
	number := b.f.r.ids.reserve(len(b.docs), b.now)
	for i := range b.docs {
		d := &b.docs[i]
		if d.Index != index || i == 0 {
			index, day = d.Index, dayOf(b.f.r.opts.Prefix, d.Index)
		}
		out := &b.f.fates[b.from+i]
		if len(d.Source) > MaxDocument {
			b.g.drafts = append(b.g.drafts, draft{})
			out.result, out.reason = TooLong, tooLong
			continue
		}
		if reason := b.g.add(d.Source, day); reason != "" {
			out.result, out.reason = Malformed, reason
			continue
		}
		dr := &b.g.drafts[i]
		dr.id.From = len(b.g.Arena)
		if d.ID == "" {
			b.g.Arena = b.f.r.ids.appendID(b.g.Arena, number+uint64(i))
		} else {
			b.g.Arena = append(b.g.Arena, d.ID...)
		}
		dr.id.To = len(b.g.Arena)
		out.named = dr.away
		dr.away = dr.away || day == ""
	}
	b.made = b.g.Freeze()
}

const tooLong = "the document is longer than 10 MiB, the most that one may have; split it, or leave out what is not a log"

// claim looks in memory for documents with an id of their own.
func (b *batch) claim() {
	index := ""
	var printOf func(string) print
	for i := range b.docs {
		d, out := &b.docs[i], &b.f.fates[b.from+i]
		if out.result != sending {
			continue
		}
		out.id = b.made.Text(b.g.drafts[i].id)
		if d.ID == "" {
			b.count++
			continue
		}
		if printOf == nil || d.Index != index {
			index, printOf = d.Index, b.f.r.ledger.printer(d.Index)
		}
		p, mine := printOf(d.ID), entry{content: contentOf(d.Source), flight: b.f, at: int32(b.from + i)}
		switch other, known := b.f.r.ledger.claim(p, mine); {
		case !known:
			b.claims = append(b.claims, p)
			b.asked = append(b.asked, i)
			b.count++
		case other.flight == nil:
			out.stored(d.Create, other.content == mine.content)
		default:
			out.result = waiting
			b.f.waits = append(b.f.waits, wait{at: b.from + i, create: d.Create, same: other.content == mine.content, on: other.flight, of: int(other.at)})
		}
	}
}

// ask asks the store for the ids that memory does not know.
func (b *batch) ask(ctx context.Context) error {
	byIndex := map[string][]string{}
	for _, i := range b.asked {
		d := &b.docs[i]
		byIndex[d.Index] = append(byIndex[d.Index], b.f.fates[b.from+i].id)
	}
	for index, ids := range byIndex {
		found, err := b.f.r.opts.Known(ctx, index, ids)
		if err != nil {
			return err
		}
		if len(found) > 0 {
			b.found(index, found)
		}
	}
	return nil
}

// found takes the documents out that the store has.
func (b *batch) found(index string, found []event.Event) {
	stored := make(map[string][]*event.Event, len(found))
	for i := range found {
		stored[found[i].ID()] = append(stored[found[i].ID()], &found[i])
	}
	day := dayOf(b.f.r.opts.Prefix, index)
	for _, i := range b.asked {
		d, out := &b.docs[i], &b.f.fates[b.from+i]
		if d.Index != index {
			continue
		}
		dr := &b.g.drafts[i]
		text, fields := b.made.Text(dr.text), b.made.Fields(dr.pairs)
		for _, e := range stored[out.id] {
			if belongs(e, index, day, text) {
				out.stored(d.Create, same(e, text, fields))
				if b.count--; !out.same {
					b.f.r.ledger.differs(b.f.r.ledger.printer(index)(d.ID))
				}
				break
			}
		}
	}
}

// lines makes lines of the documents that are new.
func (b *batch) lines() []event.Line {
	if b.count == 0 {
		return nil
	}
	lines := make([]event.Line, 0, b.count)
	var from *origin
	index := ""
	for i := range b.docs {
		if b.f.fates[b.from+i].result != sending {
			continue
		}
		if from == nil || b.docs[i].Index != index {
			index = b.docs[i].Index
			from = b.f.r.origin(sender{b.client, index})
			index = strings.Clone(index)
		}
		dr := &b.g.drafts[i]
		line := event.Line{
			Text: b.made.Text(dr.text), Origin: &from.Origin, Offset: from.next.Add(1) - 1, Length: int64(dr.text.To - dr.text.From),
			ReceivedAt: b.now.UnixNano(), Marks: dr.marks, Fields: b.made.Fields(dr.pairs), ID: b.made.Text(dr.id),
		}
		if dr.away {
			line.Index = index
		}
		lines = append(lines, line)
	}
	return lines
}

// ack is told the fate of the lines. It never blocks.
func (b *batch) ack(err error) {
	r := b.f.r
	r.unacked.Release(b.held)
	var count int64
	for i := range b.docs {
		out := &b.f.fates[b.from+i]
		if out.result != sending {
			continue
		}
		if err != nil {
			out.result, out.reason = Busy, err.Error()
			r.counts.busy.Add(1)
			continue
		}
		out.result = Created
		count++
	}
	r.counts.created.Add(count)
	r.ledger.settle(b.claims, err == nil)
	b.f.arrived()
}

// giveBack says of all documents that are not on their way why they are not.
func (b *batch) giveBack(err error) {
	r := b.f.r
	if b.held > 0 {
		r.unacked.Release(b.held)
	}
	reason := busyReason(err)
	for i := range b.docs {
		if out := &b.f.fates[b.from+i]; out.result == sending {
			out.result, out.reason = Busy, reason
			r.counts.busy.Add(1)
		}
	}
	r.ledger.settle(b.claims, false)
}
