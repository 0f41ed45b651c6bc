package ask

import (
	"encoding/json"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
)

// fieldList is the fields wanted in hits.
type fieldList struct {
	known [event.FieldCount]bool
	// extraAll asks for all unknown fields, extra for some.
	extraAll bool
	extra    []string
}

func newFieldList(refs []query.FieldRef) fieldList {
	var l fieldList
	if refs == nil {
		for i := range l.known {
			l.known[i] = true
		}
		l.extraAll = true
		return l
	}
	l.known[event.SourceID], l.known[event.Offset], l.known[event.EventID], l.known[event.Index] = true, true, true, true
	for _, ref := range refs {
		if ref.Field == event.NoField {
			name := ref.Name
			if ref.Exact { // Elasticsearch's exact sub-field is the field
				name = name[:max(0, len(name)-len(".keyword"))]
			}
			l.extra = append(l.extra, name)
			continue
		}
		l.known[ref.Field] = true
	}
	return l
}

// Events rebuilds whole events: all fields of some rows of a block, ascending,
// without their RIDs.
func Events(b segment.Block, rows []uint32) ([]event.Event, error) {
	l := newFieldList(nil)
	return l.read(b, rows)
}

// read rebuilds the events of some rows, ascending, without their RIDs. Values
// stand in the order of the table of fields.
func (l *fieldList) read(b segment.Block, rows []uint32) ([]event.Event, error) {
	events := make([]event.Event, len(rows))
	times, err := b.NumbersAt(event.Timestamp, rows)
	if err != nil {
		return nil, err
	}
	for i := range events {
		events[i].Time = int64(times.Bits[i])
	}
	for f := event.Timestamp + 1; f < event.FieldCount; f++ {
		if !l.known[f] || !b.Holds(f) {
			continue
		}
		if f.Kind().IsText() {
			err = readStrings(b, f, rows, events)
		} else {
			err = readNumbers(b, f, rows, events)
		}
		if err != nil {
			return nil, err
		}
	}
	if (l.extraAll || len(l.extra) > 0) && b.HoldsExtra() {
		err = l.readExtras(b, rows, events)
	}
	return events, err
}

func readStrings(b segment.Block, f event.Field, rows []uint32, events []event.Event) error {
	entries, err := b.StringsAt(f, rows)
	if err != nil {
		return err
	}
	line := f == event.Message || f == event.LogMessage
	for i, entry := range entries {
		if line {
			events[i].Add(f, entry)
			continue
		}
		for more := entry != ""; more; {
			var value string
			value, entry, more = strings.Cut(entry, segment.Sep)
			events[i].Add(f, value)
		}
	}
	return nil
}

func readNumbers(b segment.Block, f event.Field, rows []uint32, events []event.Event) error {
	col, err := b.NumbersAt(f, rows)
	if err != nil {
		return err
	}
	for i := range events {
		switch {
		case !col.Has(i):
		case f == event.ReceivedAt:
			events[i].ReceivedAt = int64(col.Bits[i])
		default:
			events[i].Values = append(events[i].Values, event.Value{Field: f, Bits: col.Bits[i]})
		}
	}
	return nil
}

func (l *fieldList) readExtras(b segment.Block, rows []uint32, events []event.Event) error {
	objects, err := b.ExtrasAt(rows)
	if err != nil {
		return err
	}
	for i, object := range objects {
		for _, p := range pairsOf(object) {
			if l.extraAll || l.wantsExtra(p.Name) {
				events[i].Extra = append(events[i].Extra, p)
			}
		}
	}
	return nil
}

// wantsExtra tells whether an unknown field is wanted, or holds one that is.
func (l *fieldList) wantsExtra(name string) bool {
	for _, wanted := range l.extra {
		if rest, ok := strings.CutPrefix(wanted, name); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// pairsOf takes a JSON object apart into its members, whose values stay as
// they are written. What follows a mistake is left out.
func pairsOf(object string) []event.Pair {
	var pairs []event.Pair
	rest := strings.TrimPrefix(object, "{")
	for {
		rest = strings.TrimLeft(rest, " \t\r\n,")
		if rest == "" || rest[0] != '"' {
			return pairs
		}
		end := valueEnd(rest)
		name := unquoted(rest[:end])
		rest = strings.TrimLeft(rest[end:], " \t\r\n:")
		end = valueEnd(rest)
		if end == 0 {
			return pairs
		}
		pairs = append(pairs, event.Pair{Name: name, JSON: strings.TrimRight(rest[:end], " \t\r\n")})
		rest = rest[end:]
	}
}

// valueEnd is where the JSON value at the start of s ends: at the comma or
// bracket behind it.
func valueEnd(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '"':
			i = stringEnd(s, i)
			if depth == 0 {
				return min(i+1, len(s))
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
	return len(s)
}

// stringEnd is where the closing quote of the string that opens at i stands.
func stringEnd(s string, i int) int {
	for i++; i < len(s) && s[i] != '"'; i++ {
		if s[i] == '\\' {
			i++
		}
	}
	return i
}

// unquoted reads a JSON string.
func unquoted(s string) string {
	if len(s) >= 2 && strings.IndexByte(s, '\\') < 0 {
		return s[1 : len(s)-1]
	}
	var name string
	// Engines write the names themselves; what they did not write stays "".
	_ = json.Unmarshal([]byte(s), &name)
	return name
}
