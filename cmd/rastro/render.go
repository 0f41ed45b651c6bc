package main

import (
	"bufio"
	"encoding/json"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"rastro/internal/event"
	"rastro/internal/query"
)

// printer writes one event given as JSON.
type printer func(out *bufio.Writer, event json.RawMessage) error

// newPrinter makes the printer for --output. fields are the names asked for,
// none for a summary; zone is that of the times in text.
func newPrinter(output string, fields []string, zone *time.Location) (printer, error) {
	switch output {
	case "ndjson":
		return func(out *bufio.Writer, event json.RawMessage) error {
			out.Write(event)
			return out.WriteByte('\n')
		}, nil
	case "text":
		return textPrinter(fields, zone), nil
	}
	return nil, usagef("--output is text or ndjson, not %q", output)
}

// textPrinter shows one event as one line: the named fields parted by tabs, or
// a summary.
func textPrinter(fields []string, zone *time.Location) printer {
	refs := make([]query.FieldRef, len(fields))
	for i, f := range fields {
		refs[i] = query.Ref(f)
	}
	var parser fastjson.Parser
	return func(out *bufio.Writer, raw json.RawMessage) error {
		e, err := parser.ParseBytes(raw)
		if err != nil {
			// Deeper than anybody writes on purpose: better shown raw than not.
			_, err := out.WriteString(printable(string(raw)) + "\n")
			return err
		}
		if len(refs) == 0 {
			_, err := out.WriteString(summary(e, zone) + "\n")
			return err
		}
		cells := make([]string, len(refs))
		for i, ref := range refs {
			cells[i] = cell(e.Get(ref.Name))
			if ref.Field.Kind() == event.Time {
				cells[i] = inZone(cells[i], zone, time.RFC3339Nano)
			}
		}
		_, err = out.WriteString(strings.Join(cells, "\t") + "\n")
		return err
	}
}

// facts are shown behind the program's text where that does not hold them
// already: some programs write a title and keep the facts beside it.
var facts = []event.Field{
	event.QueueID, event.Sender, event.Recipient, event.ClientIP, event.Username, event.Success, event.RelayHost, event.Reason, event.Reply,
}

// maxFact bounds the characters of one fact.
const maxFact = 200

// summary is time, host, program, kind and the program's text.
func summary(e *fastjson.Value, zone *time.Location) string {
	get := func(f event.Field) string { return cell(e.Get(f.Name())) }
	kind := get(event.EventType)
	if status := get(event.Status); status != "" {
		kind += "/" + status
	}
	text := get(event.LogMessage)
	if text == "" {
		text = get(event.Message)
	}
	parts := []string{
		inZone(get(event.Timestamp), zone, "2006-01-02 15:04:05.000"),
		orDash(get(event.Host)), orDash(get(event.Program)), kind, text,
	}
	lower := strings.ToLower(text)
	for _, f := range facts {
		value := get(f)
		if value == "" || strings.Contains(lower, strings.ToLower(value)) {
			continue
		}
		if strings.ContainsAny(value, " ,") {
			value = `"` + shorten(value, maxFact) + `"`
		}
		parts = append(parts, f.Name()+"="+value)
	}
	return strings.Join(parts, " ")
}

func shorten(s string, most int) string {
	for i := range s {
		if most--; most < 0 {
			return s[:i] + "…"
		}
	}
	return s
}

// inZone writes a time of an event in a zone; what is no time stays.
func inZone(text string, zone *time.Location, form string) string {
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.In(zone).Format(form)
	}
	return text
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// cell shows a value of an event as text that is safe on a terminal.
func cell(v *fastjson.Value) string {
	if v == nil {
		return ""
	}
	switch v.Type() {
	case fastjson.TypeNull:
		return ""
	case fastjson.TypeString:
		return printable(string(v.GetStringBytes()))
	case fastjson.TypeArray:
		var parts []string
		for _, item := range v.GetArray() {
			parts = append(parts, cell(item))
		}
		return strings.Join(parts, ", ")
	}
	return printable(v.String())
}
