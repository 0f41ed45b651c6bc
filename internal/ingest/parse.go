package ingest

import (
	"rastro/internal/event"
	"rastro/internal/journal"
)

// usualValues is what one event of a busy server holds, and usualBytes what it
// takes in the journal, both rounded up; they size the memory of a batch.
const (
	usualValues = 20
	usualBytes  = 256
)

func (b *Belt) parseLoop() {
	parser := b.opts.NewParser()
	var scratch event.Event
	for j := range b.work {
		if j.ready {
			j.encoded = journal.Encode(make([]byte, 0, usualBytes*len(j.events)), j.events)
		} else {
			b.parseBatch(parser, j, &scratch)
		}
		close(j.parsed)
	}
}

// parseBatch turns the job's lines into events and encodes them for the
// journal. All values of a batch share one piece of memory.
func (b *Belt) parseBatch(parser Parser, j *job, scratch *event.Event) {
	lines := j.batch.Lines
	mem := take(len(lines))
	events, values := mem.events, mem.values
	var faults int64
	began := b.counts.parsing.Begin()
	for i := range lines {
		scratch.Reset()
		if !parseLine(parser, &lines[i], scratch) {
			faults++
			scratch.Reset()
			storeRaw(&lines[i], scratch)
		}
		j.tally.count(scratch)
		e := &events[i]
		e.Time, e.ReceivedAt = scratch.Time, scratch.ReceivedAt
		start := len(values)
		values = append(values, scratch.Values...)
		e.Values = values[start:len(values):len(values)]
		if len(scratch.Extra) > 0 {
			e.Extra = append([]event.Pair(nil), scratch.Extra...)
		}
	}
	// What grew is kept; events that were given their values before that hold
	// the older memory.
	mem.values = values
	mem.encoded = journal.Encode(mem.encoded, events)
	j.slab, j.events, j.encoded = mem, events, mem.encoded
	b.counts.parsed(lines, faults, &j.tally, b.counts.parsing.End(began))
}

// parseLine is false when the parser panicked. Log text is written by
// attackers: one line that finds a fault of ours must not stop the others.
func parseLine(parser Parser, line *event.Line, e *event.Event) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	parser.Parse(line, e)
	return true
}

// storeRaw keeps the place of a line that broke the parser, without its text:
// redaction may not have been reached, and a secret must not be stored.
func storeRaw(line *event.Line, e *event.Event) {
	e.Time, e.ReceivedAt = line.ReceivedAt, line.ReceivedAt
	e.Add(event.EventType, event.TypeUnparsed)
	e.Add(event.Message, "[withheld: reading this line failed inside Rastro; its source and offset are kept]")
	e.Add(event.Tags, event.TagNoTime)
	e.Add(event.Tags, TagParserFault)
	e.Add(event.Source, line.Origin.Name)
	e.Add(event.SourceID, line.Origin.ID)
	e.AddInt(event.Offset, line.Offset)
	e.Add(event.Index, line.Index)
	e.Add(event.EventID, line.ID)
}

// TagParserFault marks an event whose line made a parser of ours fail.
const TagParserFault = "_parser_fault"
