package aggs

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// maxNesting bounds how deep the JSON may nest.
const maxNesting = 100

// value is one JSON value with its place.
type value struct {
	start, end int
	text       string // of strings, and of numbers and booleans as written
	kind       valueKind
	members    []member // of objects, in their order
	items      []value  // of lists
}

type valueKind uint8

const (
	isNull valueKind = iota
	isString
	isNumber
	isBool
	isObject
	isList
)

func (k valueKind) String() string {
	return [...]string{"VALUE_NULL", "VALUE_STRING", "VALUE_NUMBER", "VALUE_BOOLEAN", "START_OBJECT", "START_ARRAY"}[k]
}

type member struct {
	name string
	at   int
	value
}

// get finds a member of an object.
func (v *value) get(name string) *value {
	for i := range v.members {
		if v.members[i].name == name {
			return &v.members[i].value
		}
	}
	return nil
}

// reader makes values of JSON text.
type reader struct {
	src []byte
	dec *json.Decoder
}

func newReader(src []byte) *reader {
	dec := json.NewDecoder(bytes.NewReader(src))
	dec.UseNumber()
	return &reader{src: src, dec: dec}
}

// read reads the one value of the text.
func (r *reader) read() (value, error) {
	tok, err := r.dec.Token()
	if err != nil {
		return value{}, r.broken(err)
	}
	v, err := r.value(tok, 0)
	if err != nil {
		return v, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return v, r.fail(typeParsing, int(r.dec.InputOffset()), "there is more behind the end of the aggregations")
	}
	return v, nil
}

func (r *reader) value(tok json.Token, depth int) (value, error) {
	v := value{end: int(r.dec.InputOffset())}
	v.start = v.end
	switch t := tok.(type) {
	case string:
		v.kind, v.text = isString, t
	case json.Number:
		v.kind, v.text, v.start = isNumber, t.String(), v.end-len(t)
	case bool:
		v.kind, v.text = isBool, "false"
		if t {
			v.text = "true"
		}
	case json.Delim:
		v.start--
		if depth >= maxNesting {
			return v, r.fail(typeParsing, v.start, "the aggregations nest more than 100 levels deep")
		}
		if t == '{' {
			v.kind = isObject
			return r.object(v, depth)
		}
		v.kind = isList
		return r.list(v, depth)
	}
	return v, nil
}

func (r *reader) object(v value, depth int) (value, error) {
	for r.dec.More() {
		key, err := r.dec.Token()
		if err != nil {
			return v, r.broken(err)
		}
		name, _ := key.(string) // the decoder hands out no other keys
		m := member{name: name, at: int(r.dec.InputOffset())}
		if v.get(name) != nil {
			return v, r.fail(typeContent, m.at, "Duplicate field '"+name+"'")
		}
		tok, err := r.dec.Token()
		if err != nil {
			return v, r.broken(err)
		}
		if m.value, err = r.value(tok, depth+1); err != nil {
			return v, err
		}
		v.members = append(v.members, m)
	}
	return r.closed(v)
}

func (r *reader) list(v value, depth int) (value, error) {
	for r.dec.More() {
		tok, err := r.dec.Token()
		if err != nil {
			return v, r.broken(err)
		}
		item, err := r.value(tok, depth+1)
		if err != nil {
			return v, err
		}
		v.items = append(v.items, item)
	}
	return r.closed(v)
}

func (r *reader) closed(v value) (value, error) {
	if _, err := r.dec.Token(); err != nil {
		return v, r.broken(err)
	}
	v.end = int(r.dec.InputOffset())
	return v, nil
}

// raw is the text of an object or a list, or a value written again.
func (r *reader) raw(v *value) json.RawMessage {
	switch v.kind {
	case isObject, isList:
		var b bytes.Buffer
		if json.Compact(&b, r.src[v.start:v.end]) == nil { // it has been read before
			return b.Bytes()
		}
		return json.RawMessage("null")
	case isString:
		return quoted(v.text)
	case isNull:
		return json.RawMessage("null")
	}
	return json.RawMessage(v.text)
}

func (r *reader) broken(err error) error {
	if errors.Is(err, io.EOF) {
		err = errors.New("unexpected end of the text")
	}
	return r.fail("json_parse_exception", int(r.dec.InputOffset()), err.Error())
}

// fail makes an Error at an offset of the text.
func (r *reader) fail(kind string, at int, reason string) *Error {
	e := failf(kind, "%s", reason)
	e.Line, e.Col = r.place(at)
	return e
}

func (r *reader) place(at int) (line, col int) {
	before := string(r.src[:min(max(at, 0), len(r.src))])
	return 1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')
}
