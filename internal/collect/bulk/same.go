package bulk

import (
	"encoding/json"
	"strings"
	"time"

	"rastro/internal/event"
)

// belongs tells whether a stored event was written to the index. For one that
// names no index that is known only where its day says so: else it went to the
// index of another day, unless it is this very line and the line's own stamp is
// what took it to its day.
func belongs(e *event.Event, index, day, text string) bool {
	if name := e.Str(event.Index); name != "" || day == "" {
		return name == index
	}
	if time.Unix(0, e.Time).UTC().Format(time.DateOnly) == day {
		return true
	}
	return stamped(text) && sameText(e.Str(event.Message), text)
}

// stamped tells whether a line seems to have a time of its own.
func stamped(text string) bool {
	text = text[:min(len(text), 256)]
	for i := 2; i+2 < len(text); i++ {
		if text[i] == ':' && digit(text[i-2]) && digit(text[i-1]) && digit(text[i+1]) && digit(text[i+2]) {
			return true
		}
	}
	return false
}

func digit(c byte) bool { return c-'0' < 10 }

// redacted is what parse puts in the place of a secret.
const redacted = "[redacted]"

// sameText compares the stored text of a line with the line. Where a secret was
// removed it may have been any.
func sameText(stored, text string) bool {
	parts := strings.Split(stored, redacted)
	if len(parts) == 1 {
		return stored == text
	}
	last := len(parts) - 1
	if !strings.HasPrefix(text, parts[0]) || !strings.HasSuffix(text[len(parts[0]):], parts[last]) {
		return false
	}
	text = text[len(parts[0]) : len(text)-len(parts[last])]
	for _, part := range parts[1:last] {
		_, rest, ok := strings.Cut(text, part)
		if !ok {
			return false
		}
		text = rest
	}
	return true
}

// same tells whether a stored event was made of this document.
func same(e *event.Event, text string, fields []event.Pair) bool {
	if !sameText(e.Str(event.Message), text) {
		return false
	}
	for _, p := range fields {
		if !holds(e, p) {
			return false
		}
	}
	for _, x := range e.Extra {
		if !hasPair(fields, x) && strings.IndexByte(text, '{') < 0 {
			return false // fields of the text are extras too where it holds JSON
		}
	}
	return true
}

// holds tells whether an event has the sender's field: in the field of ours
// that it names, or as it came.
func holds(e *event.Event, p event.Pair) bool {
	if hasPair(e.Extra, p) {
		return true
	}
	f, _ := event.Lookup(p.Name)
	switch f {
	case event.NoField:
		return false
	case event.Timestamp, event.Message, event.LogMessage, event.Tags:
		return true // the line's own wins, or is added to
	}
	if p.JSON == "" || p.JSON[0] == '[' || p.JSON[0] == '{' || !e.Has(f) {
		return p.JSON != "" && p.JSON[0] == '['
	}
	text := p.JSON
	if text[0] == '"' && json.Unmarshal([]byte(p.JSON), &text) != nil {
		return false
	}
	if f.Kind() == event.Number || f.Kind() == event.Time || f.Kind() == event.IP {
		return true // written in another form
	}
	for _, v := range e.Values {
		if v.Field == f && (strings.EqualFold(v.String(), text) || strings.Contains(v.Text, redacted)) {
			return true
		}
	}
	return false
}

func hasPair(pairs []event.Pair, p event.Pair) bool {
	for _, x := range pairs {
		if x.Name == p.Name && (x.JSON == p.JSON || strings.Contains(x.JSON, redacted)) {
			return true
		}
	}
	return false
}
