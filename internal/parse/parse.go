// Package parse turns raw lines into events.
//
// A Line comes in and an Event goes out: the envelope is taken off, the dialect
// that the program writes says what the text means, secrets are removed, and
// what follows from the fields is added (reasons, places, domains, marks,
// limits). Parsing never
// fails and never drops a line: what no dialect understands is an event of type
// unparsed. It keeps no state between lines, joins no two lines, asks no
// network and never reads a clock.
package parse

import (
	"strconv"

	"rastro/internal/event"
	"rastro/internal/parse/envelope"
	"rastro/internal/parse/geoip"
	"rastro/internal/reply"
)

// Options are what a Parser needs. The zero Options are good.
type Options struct {
	// Stats counts what was parsed; nil counts nothing. Several parsers may
	// share one.
	Stats *Stats
	// Reasons is the book that says why something was not delivered; nil is
	// the built-in one. A book that changes is taken with the next line.
	Reasons *reply.Live
	// Places says where the clients are; nil says nothing. Databases that change
	// are taken with the next line.
	Places *Places
}

// Parser turns lines into events. It remembers time zones and keeps buffers, so
// it is for one goroutine at a time: make one for each, they are cheap.
type Parser struct {
	stats    *Stats
	reasons  *reply.Live
	places   *geoip.Finder
	envelope envelope.Unwrapper
	rec      event.Record
	parts    []part // secrets of the raw line
	found    []part // secrets of one field
}

// New makes a Parser.
func New(opts Options) *Parser {
	opts.Reasons.Book() // is read now, not at the first line
	return &Parser{stats: opts.Stats, reasons: opts.Reasons, places: opts.Places.Finder()}
}

// Parse fills e with what line says; e is reset first, so that one Event may be
// used again and again. It never fails. The strings of e share the memory of
// line's text where they can.
//
// line.Origin must not be nil. line.Text longer than event.MaxLineBytes is the
// caller's to cut.
func (p *Parser) Parse(line *event.Line, e *event.Event) {
	e.Reset()
	e.ReceivedAt = line.ReceivedAt
	rec := &p.rec
	p.envelope.Unwrap(line, rec, e)
	if rec.Program == "" && len(line.Fields) > 0 {
		hint(line.Fields, rec)
	}
	header := rec.Host
	if rec.Host == "" {
		rec.Host = line.Origin.Host
	}
	index, refused := recognize(line.Origin.Dialect, rec, e)
	present := presence(e)
	if index == noDialect {
		p.unknown(rec, e, &present)
	} else {
		e.Add(event.Dialect, dialects[index].name)
	}
	p.describe(line, rec, e, &present, header)
	p.settleTime(rec, e)
	foreign := len(line.Fields) > 0
	if foreign {
		p.senders(line, e, header)
		present = presence(e)
	}
	odd := look(rec.Raw)
	if odd.suspect || foreign || len(rec.Secrets) > 0 || quotesCommand(rec.Text) {
		p.redact(rec, e)
	}
	if present.has(event.Status) && !present.has(event.Reason) {
		p.reason(e, &present, index)
	}
	if p.places != nil && present.has(event.ClientIP) {
		p.place(e, &present)
	}
	derive(e, &present)
	mark(line, rec, odd, e)
	if p.stats != nil {
		p.stats.count(index, refused, rec, e)
	}
}

// unknown makes an event of a text that no dialect took.
func (p *Parser) unknown(rec *event.Record, e *event.Event, present *fieldSet) {
	if present.has(event.EventType) {
		return
	}
	kind := event.TypeUnparsed
	if present.has(event.Tags) && e.Str(event.Tags) == event.TagRepeated && envelope.IsRepeatNotice(rec.Text) {
		kind = event.TypeSystem // the syslog daemon's own line
	}
	e.Add(event.EventType, kind)
	present.add(event.EventType)
}

// describe adds what the envelope and the source tell.
func (p *Parser) describe(line *event.Line, rec *event.Record, e *event.Event, present *fieldSet, header string) {
	e.Add(event.Message, rec.Raw)
	if !present.has(event.LogMessage) {
		e.Add(event.LogMessage, rec.Text)
	}
	if !present.has(event.Host) {
		if header != "" || len(line.Fields) == 0 {
			e.Add(event.Host, rec.Host)
		}
	}
	if !present.has(event.Program) {
		e.Add(event.Program, rec.Program)
	}
	if !present.has(event.PID) && rec.PID != "" {
		if n, err := strconv.ParseUint(rec.PID, 10, 63); err == nil {
			e.AddInt(event.PID, int64(n))
		}
	}
	if !present.has(event.Level) && rec.Level != "" {
		e.Add(event.Level, rec.Level)
		present.add(event.Level)
	}
	e.Add(event.Source, line.Origin.Name)
	e.Add(event.SourceID, line.Origin.ID)
	e.AddInt(event.Offset, line.Offset)
	e.Add(event.Index, line.Index)
	if line.ID != "" {
		e.Add(event.EventID, line.ID)
		present.add(event.EventID)
	}
}

// settleTime gives e its time: the dialect's, else the envelope's, else ours.
func (p *Parser) settleTime(rec *event.Record, e *event.Event) {
	if e.Time == 0 {
		e.Time = rec.Time
	}
	if e.Time == 0 {
		e.Time = e.ReceivedAt
		e.Tag(event.TagNoTime)
	}
}

// fieldSet is a set of fields.
type fieldSet [(int(event.FieldCount) + 63) / 64]uint64

func (s *fieldSet) add(f event.Field)      { s[f>>6] |= 1 << (f & 63) }
func (s *fieldSet) remove(f event.Field)   { s[f>>6] &^= 1 << (f & 63) }
func (s *fieldSet) has(f event.Field) bool { return s[f>>6]&(1<<(f&63)) != 0 }

// presence returns the fields that e has values for.
func presence(e *event.Event) (s fieldSet) {
	for i := range e.Values {
		s.add(e.Values[i].Field)
	}
	return s
}
