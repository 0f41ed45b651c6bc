package parse

import (
	"strings"
	"unicode/utf8"

	"rastro/internal/event"
)

// Limits of what is stored as it came.
const (
	maxValue  = 32 << 10 // longest value of a field other than the line itself
	maxFuture = 24 * 3600 * int64(1e9)
	maxPast   = 10 * 365.25 * 24 * 3600 * int64(1e9)
)

// separator is the byte that parts the values of a field in a stored segment;
// it must not occur inside a value.
const separator = "\x1f"

// derive adds what follows from other fields: domains, lower case, is_error,
// logins.
// present holds the fields of e that derive asks about.
func derive(e *event.Event, present *fieldSet) {
	domains := [...]struct{ from, to event.Field }{
		{event.Sender, event.SenderDomain},
		{event.Recipient, event.RecipientDomain},
		{event.OriginalRecipient, event.OriginalRecipientDomain},
	}
	for _, d := range &domains {
		if present.has(d.from) {
			addDomains(e, d.from, d.to, present.has(d.to))
		}
	}
	if present.has(event.Username) && present.has(event.Success) {
		addLogin(e)
	}
	if !present.has(event.IsError) && present.has(event.Level) {
		if level := e.Str(event.Level); level == event.LevelError || level == event.LevelFatal {
			e.AddBool(event.IsError, true)
		}
	}
}

// addLogin makes a login of a line that tells it beside something else: most
// mail servers log a successful one only with the message that came by it, or
// with its refusal. Such an event has both types, its own first.
func addLogin(e *event.Event) {
	if !e.Bool(event.Success) {
		return
	}
	switch e.Str(event.EventType) {
	case event.TypeReception, event.TypeRejection:
		e.Add(event.EventType, event.TypeAuthentication)
	}
}

// addDomains lowers the addresses in the field from and adds their domains,
// unless these are known already.
func addDomains(e *event.Event, from, to event.Field, known bool) {
	for i, n := 0, len(e.Values); i < n; i++ {
		if e.Values[i].Field != from {
			continue
		}
		address := fold(e.Values[i].Text)
		e.Values[i].Text = address
		if known {
			continue
		}
		if at := strings.LastIndexByte(address, '@'); at >= 0 {
			if domain := strings.TrimRight(address[at+1:], ">"); !hasValue(e, to, domain) {
				e.Add(to, domain)
			}
		}
	}
}

func hasValue(e *event.Event, f event.Field, text string) bool {
	for i := range e.Values {
		if e.Values[i].Field == f && e.Values[i].Text == text {
			return true
		}
	}
	return false
}

// fold returns s in lower case. It copies only what has to change, and leaves
// bytes that are no UTF-8 as they are.
func fold(s string) string {
	upper, wide := false, false
	for i := range len(s) {
		c := s[i]
		upper = upper || c-'A' < 26
		wide = wide || c >= utf8.RuneSelf
	}
	switch {
	case wide && utf8.ValidString(s):
		return strings.ToLower(s)
	case !upper:
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if c-'A' < 26 {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// mark tags what is odd about the line and makes every value storable.
func mark(line *event.Line, rec *event.Record, odd looks, e *event.Event) {
	if line.Marks != 0 {
		markReading(line.Marks, e)
	}
	if odd.control && hasControl(rec.Raw, line.Marks&event.MarkJoined != 0) {
		e.Tag(event.TagControl)
	}
	if odd.wide && !utf8.ValidString(rec.Raw) {
		e.Tag(event.TagInvalidUTF8)
	}
	if e.Time > e.ReceivedAt+maxFuture {
		e.Tag(event.TagFuture)
	} else if e.Time < e.ReceivedAt-maxPast {
		e.Tag(event.TagPast)
	}
	// A program's JSON may spell the separator as an escape.
	if odd.control || odd.escape || len(line.Text) > maxValue || len(line.Fields) > 0 {
		makeStorable(e)
	}
}

// markReading turns the marks of reading into tags.
func markReading(marks event.Marks, e *event.Event) {
	if marks&event.MarkCut != 0 {
		e.Tag(event.TagCut)
	}
	if marks&event.MarkJoined != 0 {
		e.Tag(event.TagJoined)
	}
	if marks&event.MarkUnfinished != 0 {
		e.Tag(event.TagUnfinished)
	}
	if marks&event.MarkDocument != 0 {
		e.Tag(event.TagDocument)
	}
}

// hasControl tells whether s has control characters other than tabulators, a
// carriage return at the end and the line ends of joined lines.
func hasControl(s string, joined bool) bool {
	s = strings.TrimSuffix(s, "\r")
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\t', c == '\n' && joined, c == '\r' && joined && i+1 < len(s) && s[i+1] == '\n':
		case c < ' ', c == 0x7f:
			return true
		}
	}
	return false
}

// makeStorable cuts values that are too long and takes the byte out of them
// that parts the values of a field in a segment.
func makeStorable(e *event.Event) {
	for i := 0; i < len(e.Values); i++ {
		v := &e.Values[i]
		if !v.Field.Kind().IsText() || v.Field == event.Message || v.Field == event.LogMessage {
			continue
		}
		if len(v.Text) > maxValue {
			v.Text = cutText(v.Text)
			e.Tag(event.TagTruncated)
			v = &e.Values[i]
		}
		if strings.Contains(v.Text, separator) {
			v.Text = strings.ReplaceAll(v.Text, separator, " ")
			e.Tag(event.TagAdjusted)
		}
	}
	for i := range e.Extra {
		if len(e.Extra[i].JSON) > maxValue {
			e.Extra[i].JSON = string(event.AppendJSONString(nil, cutText(e.Extra[i].JSON)))
			e.Tag(event.TagTruncated)
		}
	}
}

// cutText cuts a text to the longest storable length between two characters.
func cutText(s string) string {
	n := maxValue
	for back := 0; back < utf8.UTFMax && !utf8.RuneStart(s[n]); back++ {
		n--
	}
	return s[:n]
}
