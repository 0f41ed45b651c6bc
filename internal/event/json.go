package event

import (
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends e as one JSON object without line end: known fields under
// their canonical names, in the order of the table, then the unknown ones as
// they came. A field with several values is an array. Bytes that are no UTF-8
// become U+FFFD. event_id is always there; fields, when not nil, picks what is
// shown beside it and @timestamp.
//
// An unknown field never hides a known one: where names collide it is shown
// with a leading "extra.".
func AppendJSON(dst []byte, e *Event, fields func(name string) bool) []byte {
	dst = append(dst, `{"@timestamp":"`...)
	dst = append(dst, FormatTime(e.Time)...)
	dst = append(dst, '"')
	for f := Timestamp + 1; f < FieldCount; f++ {
		if f == EventID || fields != nil && !fields(f.Name()) {
			continue
		}
		dst = appendField(dst, e, f)
	}
	dst = append(dst, `,"event_id":`...)
	dst = AppendJSONString(dst, e.ID())
	for i, p := range e.Extra {
		if fields != nil && !fields(p.Name) || repeated(e.Extra[:i], p.Name) {
			continue
		}
		dst = appendExtra(dst, e.Extra[i:], p.Name)
	}
	return append(dst, '}')
}

func appendField(dst []byte, e *Event, f Field) []byte {
	if f == ReceivedAt {
		dst = append(dst, `,"received_at":"`...)
		dst = append(dst, FormatTime(e.ReceivedAt)...)
		return append(dst, '"')
	}
	first, array := -1, false
	for i := range e.Values {
		if e.Values[i].Field != f {
			continue
		}
		switch {
		case first < 0:
			first = i
			dst = append(dst, ',')
			dst = AppendJSONString(dst, f.Name())
			dst = append(dst, ':')
			if array = hasMore(e.Values[i+1:], f); array {
				dst = append(dst, '[')
			}
		default:
			dst = append(dst, ',')
		}
		dst = appendValue(dst, e.Values[i])
	}
	if array {
		dst = append(dst, ']')
	}
	return dst
}

func hasMore(values []Value, f Field) bool {
	for i := range values {
		if values[i].Field == f {
			return true
		}
	}
	return false
}

func appendValue(dst []byte, v Value) []byte {
	switch v.Field.Kind() {
	case Integer, Number, Bool:
		return append(dst, v.String()...)
	default:
		return AppendJSONString(dst, v.String())
	}
}

func repeated(pairs []Pair, name string) bool {
	for i := range pairs {
		if pairs[i].Name == name {
			return true
		}
	}
	return false
}

// appendExtra writes all values of one unknown name.
func appendExtra(dst []byte, pairs []Pair, name string) []byte {
	shown := name
	if f, known := names[name]; known && f.Name() == name {
		shown = "extra." + name
	}
	dst = append(dst, ',')
	dst = AppendJSONString(dst, shown)
	dst = append(dst, ':')
	array := repeated(pairs[1:], name)
	if array {
		dst = append(dst, '[')
	}
	for i, count := 0, 0; i < len(pairs); i++ {
		if pairs[i].Name != name {
			continue
		}
		if count++; count > 1 {
			dst = append(dst, ',')
		}
		dst = appendRaw(dst, pairs[i].JSON)
	}
	if array {
		dst = append(dst, ']')
	}
	return dst
}

// appendRaw appends a value that should be JSON; what is not is shown as text,
// so that the object around it stays readable.
func appendRaw(dst []byte, raw string) []byte {
	if !json.Valid([]byte(raw)) {
		return AppendJSONString(dst, raw)
	}
	if utf8.ValidString(raw) {
		return append(dst, raw...)
	}
	for _, r := range raw { // invalid bytes come out as U+FFFD
		dst = utf8.AppendRune(dst, r)
	}
	return dst
}

// AppendJSONString appends s as a JSON string. Bytes that are no UTF-8 become
// U+FFFD; < > and & are escaped, so that the text may stand in HTML.
func AppendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&' && c != 0x7f {
				i++
				continue
			}
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, c)
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || r == '\u2028' || r == '\u2029' {
			dst = append(dst, s[start:i]...)
			dst = append(dst, `\u`...)
			dst = append(dst, strconv.FormatInt(int64(r), 16)...)
			start = i + size
		}
		i += size
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	}
	return append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}
