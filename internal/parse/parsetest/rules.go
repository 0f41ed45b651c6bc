package parsetest

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// Rules say what must hold for every event of a dialect, whatever the line. For
// all dialects: a refused line leaves event and record as they were; an event
// has one type; type, level and status are of the closed lists; an additional
// field is valid JSON under a name that no field has; texts and secrets stand
// in the line, but for the fields that the dialect or the header chooses.
type Rules struct {
	// Always are fields that every event has exactly once.
	Always []event.Field
	// Once are fields that no event has twice.
	Once []event.Field
	// Free are fields whose text need not stand in the line: it is lower-cased,
	// decoded or chosen from a list.
	Free []event.Field
	// Statuses are those that the dialect gives; nil: all.
	Statuses []string
	// Decodes tells whether the texts of a line need not stand in it; nil: all
	// of them must.
	Decodes func(text string) bool
	// HidesRefused tells that a refused line may leave secrets.
	HidesRefused bool
	// Also returns what else is wrong with an event, "" if nothing; nil:
	// nothing can be.
	Also func(e *event.Event) string
}

var (
	types = []string{
		event.TypeConnection, event.TypeCommand, event.TypeReception, event.TypeQueue, event.TypeDelivery, event.TypeRejection,
		event.TypeAuthentication, event.TypeContentCheck, event.TypeMailboxAccess, event.TypeSystem, event.TypeError,
	}
	levels   = []string{event.LevelDebug, event.LevelInfo, event.LevelWarn, event.LevelError, event.LevelFatal}
	statuses = []string{
		event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced, event.StatusExpired,
		event.StatusRejected, event.StatusDiscarded, event.StatusHeld, event.StatusQuarantined, event.StatusForwarded,
	}
	// chosen are fields whose text never comes from the line's own.
	chosen = []event.Field{event.Connection, event.Host, event.Program, event.EventType, event.Component, event.Level, event.Status}
)

// AllBut returns all fields of the table without some.
func AllBut(without ...event.Field) []event.Field {
	var all []event.Field
	for _, info := range event.Fields() {
		if !slices.Contains(without, info.Field) {
			all = append(all, info.Field)
		}
	}
	return all
}

// Check parses a record, fails the test if a rule is broken, and tells whether
// the record was taken. It is what a fuzz test does with every text.
func (d *Dialect) Check(t *testing.T, rec *event.Record) (taken bool) {
	t.Helper()
	e, taken, fault := d.parse(rec)
	if fault != "" {
		t.Fatalf("%s: %s", fault, Write(e, rec.Secrets))
	}
	return taken
}

// parse parses a record into an event that has a value already, as the door's
// has, and takes that off again. fault says which rule is broken, "" if none.
func (d *Dialect) parse(rec *event.Record) (e *event.Event, taken bool, fault string) {
	before := *rec
	e = &event.Event{}
	e.Add(event.SourceID, "before")
	switch taken = d.Parse(rec, e); {
	case len(e.Values) == 0 || e.Values[0] != (event.Value{Field: event.SourceID, Text: "before"}):
		return e, taken, "what the event had before is gone"
	case !taken && (len(e.Values) != 1 || len(e.Extra) != 0 || e.Time != 0 || !d.Rules.untouched(*rec, before)):
		return e, taken, "a refused line left something behind"
	}
	e.Values = e.Values[1:]
	if fault = secretFault(rec); fault == "" && taken {
		fault = d.Rules.fault(rec, e)
	}
	return e, taken, fault
}

// Fuzz checks the rules on any text under any program's name. The seeds are the
// lines of files of testdata, beside those that f has.
func (d *Dialect) Fuzz(f *testing.F, files ...string) {
	f.Helper()
	for _, name := range files {
		for _, rec := range d.Records(f, name) {
			f.Add(rec.Program, rec.Text)
		}
	}
	f.Fuzz(func(t *testing.T, program, text string) {
		d.Check(t, Record(program, text))
	})
}

// untouched tells whether a refused record is as it was.
func (r *Rules) untouched(rec, before event.Record) bool {
	if r.HidesRefused {
		rec.Secrets = before.Secrets
	}
	return reflect.DeepEqual(rec, before)
}

// secretFault returns which secret is none of the line's.
func secretFault(rec *event.Record) string {
	for _, secret := range rec.Secrets {
		if secret == "" || !strings.Contains(rec.Text, secret) {
			return fmt.Sprintf("secret %q is not in the line", secret)
		}
	}
	return ""
}

// fault returns the first broken rule of an event.
func (r *Rules) fault(rec *event.Record, e *event.Event) string {
	if n := len(e.Strs(event.EventType)); n != 1 {
		return fmt.Sprintf("%d types", n)
	}
	for _, f := range r.Always {
		if n := len(e.Strs(f)); n != 1 {
			return fmt.Sprintf("%d values of %s", n, f)
		}
	}
	for _, f := range r.Once {
		if n := len(e.Strs(f)); n > 1 {
			return fmt.Sprintf("%d values of %s", n, f)
		}
	}
	for _, p := range e.Extra {
		if known, _ := event.Lookup(p.Name); p.Name == "" || known != event.NoField {
			return fmt.Sprintf("an additional field has the name %q", p.Name)
		}
		if !json.Valid([]byte(p.JSON)) {
			return fmt.Sprintf("%s is no JSON: %q", p.Name, p.JSON)
		}
	}
	for i := range e.Values {
		if why := r.valueFault(rec.Text, &e.Values[i]); why != "" {
			return why
		}
	}
	if r.Also != nil {
		return r.Also(e)
	}
	return ""
}

// valueFault returns what is wrong with one value.
func (r *Rules) valueFault(text string, v *event.Value) string {
	list := []string(nil)
	switch v.Field {
	case event.EventType:
		list = types
	case event.Level:
		list = levels
	case event.Status:
		if list = r.Statuses; list == nil {
			list = statuses
		}
	}
	switch {
	case list != nil && !slices.Contains(list, v.Text):
		return fmt.Sprintf("%s %q is not in the list", v.Field, v.Text)
	case !v.Field.Kind().IsText() || slices.Contains(chosen, v.Field) || slices.Contains(r.Free, v.Field):
	case v.Field == event.Sender && v.Text == "<>": // also where the line has nothing
	case r.Decodes != nil && r.Decodes(text):
	case !strings.Contains(text, v.Text):
		return fmt.Sprintf("%s %q is not in the line", v.Field, v.Text)
	}
	return ""
}

// ends are what hostile lines end with on every dialect.
var ends = []string{
	"", "<", ">", `"`, "'", "[", "]", "(", ")", `\`, "=", ": ", ", ", "\xff\xfe\x00",
	strings.Repeat("x", 100_000), strings.Repeat("<", 100_000), strings.Repeat(")", 100_000), strings.Repeat(": ", 50_000),
}

// Hostile feeds texts that are long, unbalanced or no text at all: each start
// with each end, and with ends that many lines of strangers have. Nothing of
// them may panic or take long.
func (d *Dialect) Hostile(t *testing.T, programs, starts, more []string) {
	t.Helper()
	for _, start := range starts {
		for _, end := range slices.Concat(ends, more) {
			for _, program := range programs {
				d.Parse(Record(program, start+end), &event.Event{})
			}
		}
	}
}
