package web

import (
	"encoding/json"
	"strings"
	"time"

	"rastro/internal/event"
)

// head is the first line of CSV. The names of the table, such as @timestamp,
// are no formulas; others are the caller's.
func (e *exporter) head() []byte {
	var line []byte
	for i, ref := range e.fields {
		if i > 0 {
			line = append(line, ',')
		}
		if ref.Field != event.NoField {
			line = appendPlainCell(line, ref.Name)
		} else {
			line = appendCell(line, ref.Name)
		}
	}
	return append(line, '\r', '\n')
}

// appendCSV appends one event as a line.
func (e *exporter) appendCSV(dst []byte, ev *event.Event) []byte {
	for i, ref := range e.fields {
		if i > 0 {
			dst = append(dst, ',')
		}
		switch ref.Field {
		case event.Timestamp:
			dst = append(dst, e.time(ev.Time)...)
		case event.ReceivedAt:
			dst = append(dst, e.time(ev.ReceivedAt)...)
		case event.EventID:
			dst = appendCell(dst, ev.ID())
		case event.NoField:
			dst = appendCell(dst, extras(ev, ref.Name))
		default:
			dst = e.appendValues(dst, ev, ref.Field)
		}
	}
	return append(dst, '\r', '\n')
}

// time writes a moment in the zone that was asked for.
func (e *exporter) time(ns int64) string { return time.Unix(0, ns).In(e.zone).Format(time.RFC3339Nano) }

// appendValues writes all values of a field in one cell.
func (e *exporter) appendValues(dst []byte, ev *event.Event, f event.Field) []byte {
	var all []string
	for _, v := range ev.Values {
		switch {
		case v.Field != f:
		case f.Kind() == event.Time:
			all = append(all, e.time(v.Int()))
		default:
			all = append(all, v.String())
		}
	}
	text := strings.Join(all, ", ")
	if !f.Kind().IsText() { // a number: -1 is no formula
		return appendPlainCell(dst, text)
	}
	return appendCell(dst, text)
}

// extras are the values of a field that the table does not know.
func extras(ev *event.Event, name string) string {
	var all []string
	for _, p := range ev.Extra {
		if p.Name != name {
			continue
		}
		var text string
		if json.Unmarshal([]byte(p.JSON), &text) != nil {
			text = p.JSON // no string: as it stands
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
