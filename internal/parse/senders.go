package parse

import (
	"encoding/json"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// senders adds the fields that the sender had beside the text. A field that the
// table knows gets its value, unless parsing found one; everything else is kept
// as it came.
func (p *Parser) senders(line *event.Line, e *event.Event, header string) {
	present := presence(e)
	present.remove(event.Source) // the sender knows the file, we know the sender
	noTime := e.Time == e.ReceivedAt && hasValue(e, event.Tags, event.TagNoTime)
	own := len(e.Extra)
	for _, pair := range line.Fields {
		// A text that is JSON may say the same as the fields beside it.
		if !p.adopt(pair, e, &present, noTime) && !slices.Contains(e.Extra[:own], pair) {
			e.AddExtra(pair.Name, pair.JSON)
		}
	}
	if header == "" && !e.Has(event.Host) {
		e.Add(event.Host, line.Origin.Host)
	}
}

// hint takes the program's name from the sender's fields, so that a text which
// came without a header finds its dialect.
func hint(fields []event.Pair, rec *event.Record) {
	for _, pair := range fields {
		if f, _ := event.Lookup(pair.Name); f == event.Program {
			if text, ok := jsonText(pair.JSON); ok {
				rec.Program = text
				return
			}
		}
	}
}

// adopt gives the known field of that name the sender's value. It returns false
// if there is none, or it has a value, or the value does not fit.
func (p *Parser) adopt(pair event.Pair, e *event.Event, present *fieldSet, noTime bool) bool {
	f, _ := event.Lookup(pair.Name)
	switch f {
	case event.NoField, event.ReceivedAt, event.SourceID, event.Offset, event.Index:
		return false // these are ours
	case event.Message, event.LogMessage:
		text, ok := jsonText(pair.JSON)
		return ok && (text == "" || hasValue(e, event.Message, text) || hasValue(e, event.LogMessage, text))
	case event.Timestamp:
		ns, ok := jsonTime(pair.JSON)
		if ok && noTime {
			e.Time = ns
			untag(e, event.TagNoTime)
		}
		return ok // with a stamp of its own, the sender's is when it read the line
	case event.Source:
		if text, ok := jsonText(pair.JSON); ok && text != "" {
			e.Set(event.Source, text)
			return true
		}
		return false
	}
	if present.has(f) && f != event.Tags {
		return sameText(pair.JSON, e.Strs(f))
	}
	if strings.HasPrefix(pair.JSON, "[") && event.Describe(f).Multi {
		return addAll(f, pair.JSON, e)
	}
	return addValue(f, pair.JSON, e)
}

// untag takes one mark off.
func untag(e *event.Event, mark string) {
	e.Values = slices.DeleteFunc(e.Values, func(v event.Value) bool {
		return v.Field == event.Tags && v.Text == mark
	})
}

// sameText tells whether a field's values say the same as the sender's.
func sameText(value string, have []string) bool {
	text, ok := jsonText(value)
	return ok && len(have) == 1 && have[0] == text
}

// addAll adds the elements of a list, all or none.
func addAll(f event.Field, list string, e *event.Event) bool {
	var elements []json.RawMessage
	if json.Unmarshal([]byte(list), &elements) != nil {
		return false
	}
	before := len(e.Values)
	for _, element := range elements {
		if !addValue(f, string(element), e) {
			e.Values = e.Values[:before]
			return false
		}
	}
	return true
}

// addValue adds one JSON value to f if it fits the field's kind.
func addValue(f event.Field, value string, e *event.Event) bool {
	text, ok := jsonText(value)
	if !ok {
		return false
	}
	switch f.Kind() {
	case event.IP:
		addr, err := netip.ParseAddr(text)
		if err != nil {
			return false
		}
		e.Add(f, addr.Unmap().String())
	case event.Integer:
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return false
		}
		e.AddInt(f, n)
	case event.Number:
		n, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
			return false
		}
		e.AddFloat(f, n)
	case event.Bool:
		if text != "true" && text != "false" {
			return false
		}
		e.AddBool(f, text == "true")
	case event.Time:
		ns, ok := jsonTime(value)
		if !ok {
			return false
		}
		e.AddTime(f, ns)
	default:
		if f == event.Tags {
			e.Tag(text)
			return true
		}
		if f == event.Level {
			text = strings.ToUpper(text)
		}
		e.Add(f, text)
	}
	return true
}

// jsonText returns a string, number or boolean as text; ok is false for the
// rest.
func jsonText(value string) (text string, ok bool) {
	if value == "" {
		return "", false
	}
	switch c := value[0]; {
	case c == '"':
		return text, json.Unmarshal([]byte(value), &text) == nil
	case c == '{', c == '[', c == 'n':
		return "", false
	}
	return value, true
}

// jsonTime reads a stamp as documents hold them, in UTC where it names no zone,
// or a number of milliseconds since 1970. The very beginning of 1970 is no time.
func jsonTime(value string) (ns int64, ok bool) {
	text, ok := jsonText(value)
	if !ok {
		return 0, false
	}
	ns, ok = query.ParseDate(text)
	return ns, ok && ns != 0
}
