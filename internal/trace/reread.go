package trace

import (
	"time"

	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/query"
)

// lineFields are the fields that a journey fetches of its events. All others
// stand in the line and are read from it again: a store of columns gives one
// column of many rows far sooner than all columns of a few.
var lineFields = []query.FieldRef{
	query.FieldOf(event.Message), query.FieldOf(event.Host), query.FieldOf(event.Program), query.FieldOf(event.PID),
	query.FieldOf(event.Dialect), query.FieldOf(event.EventType),
}

// lineReader reads stored lines again, with the parser that read them first.
type lineReader struct {
	parser *parse.Parser
	event  event.Event
	origin event.Origin
}

func newLineReader() lineReader { return lineReader{parser: parse.New(parse.Options{})} }

// read reads the line of a stored event. It returns false where the line does
// not say what is stored: the event has fields that its sender gave.
func (r *lineReader) read(stored *event.Event) bool {
	text := stored.Str(event.Message)
	if text == "" {
		return false
	}
	source, _ := stored.Value(event.SourceID)
	r.origin = event.Origin{ID: source.Text, Zone: time.UTC, Host: stored.Str(event.Host), Dialect: stored.Str(event.Dialect)}
	line := event.Line{Text: text, Origin: &r.origin, Offset: stored.Int(event.Offset), ReceivedAt: stored.Time}
	r.parser.Parse(&line, &r.event)
	if r.event.Str(event.EventType) != stored.Str(event.EventType) || r.event.Str(event.Dialect) != r.origin.Dialect {
		return false
	}
	r.event.RID, r.event.Time = stored.RID, stored.Time
	for _, f := range [...]event.Field{event.Host, event.Program} {
		if s := stored.Str(f); s != "" {
			r.event.Set(f, s)
		}
	}
	if pid, ok := stored.Value(event.PID); ok {
		r.event.Remove(event.PID)
		r.event.AddInt(event.PID, pid.Int())
	}
	if id := stored.Str(event.EventID); id != "" {
		r.event.Set(event.EventID, id)
	}
	return true
}
