package dsl

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxJSONDepth bounds the nesting of the text: a level of a query takes up to
// four levels of JSON.
const maxJSONDepth = 4*MaxDepth + 20

// The kinds of JSON values, by Elasticsearch's names for their first token.
const (
	objectKind = "START_OBJECT"
	arrayKind  = "START_ARRAY"
	stringKind = "VALUE_STRING"
	numberKind = "VALUE_NUMBER"
	boolKind   = "VALUE_BOOLEAN"
	nullKind   = "VALUE_NULL"
)

// node is one JSON value with its place in the text.
type node struct {
	kind      string
	text      string // of strings (unquoted), numbers and booleans
	line, col int
	members   []member
	list      []*node
}

// member is one member of an object.
type member struct {
	name  string
	place *node // of the name; only its place counts
	value *node
}

// fail makes the error of an exception at the node.
func (n *node) fail(kind, format string, args ...any) *Error {
	return &Error{Type: kind, Reason: fmt.Sprintf(format, args...), Line: n.line, Col: n.col}
}

// parsing makes a parsing_exception at the node.
func (n *node) parsing(format string, args ...any) *Error {
	return n.fail("parsing_exception", format, args...)
}

// content makes an x_content_parse_exception, which carries its place in the
// reason.
func (n *node) content(format string, args ...any) *Error {
	return &Error{Type: contentError, Reason: fmt.Sprintf("[%d:%d] ", n.line, n.col) + fmt.Sprintf(format, args...)}
}

// jsonReader reads one JSON value.
type jsonReader struct {
	text    []byte
	dec     *json.Decoder
	opts    Options
	at      int // up to where lines are counted
	line    int
	lineBeg int // where the line at `at` begins
}

// readJSON reads the whole text as one value.
func readJSON(text []byte, opts Options) (*node, error) {
	r := &jsonReader{text: text, dec: json.NewDecoder(bytes.NewReader(text)), opts: opts}
	r.dec.UseNumber()
	n, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := r.dec.Token(); !errors.Is(err, io.EOF) {
		return nil, r.here().content("unexpected text after the end of the query")
	}
	return n, nil
}

// here is the place of the next token.
func (r *jsonReader) here() *node {
	pos := int(r.dec.InputOffset())
	for pos < len(r.text) && strings.IndexByte(" \t\r\n,:", r.text[pos]) >= 0 {
		pos++
	}
	return r.place(pos)
}

func (r *jsonReader) place(pos int) *node {
	for ; r.at < pos && r.at < len(r.text); r.at++ {
		if r.text[r.at] == '\n' {
			r.line++
			r.lineBeg = r.at + 1
		}
	}
	n := &node{line: max(r.opts.Line, 1) + r.line, col: pos - r.lineBeg + 1}
	if r.line == 0 {
		n.col += max(r.opts.Col, 1) - 1
	}
	return n
}

func (r *jsonReader) value(depth int) (*node, error) {
	n := r.here()
	if depth > maxJSONDepth {
		return nil, n.content("The nested depth of the query exceeds the maximum nested depth for queries set in [indices.query.bool.max_nested_depth]")
	}
	token, err := r.token(n)
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			n.kind = arrayKind
			return n, r.elements(n, depth)
		}
		n.kind = objectKind
		return n, r.members(n, depth)
	case string:
		n.kind, n.text = stringKind, t
	case json.Number:
		n.kind, n.text = numberKind, t.String()
	case bool:
		n.kind, n.text = boolKind, strconv.FormatBool(t)
	default:
		n.kind = nullKind
	}
	return n, nil
}

func (r *jsonReader) elements(n *node, depth int) error {
	for r.dec.More() {
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.list = append(n.list, v)
	}
	_, err := r.token(r.here())
	return err
}

func (r *jsonReader) members(n *node, depth int) error {
	names := map[string]bool{}
	for r.dec.More() {
		place := r.here()
		token, err := r.token(place)
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if names[name] {
			return place.content("Duplicate field '%s'", name)
		}
		names[name] = true
		v, err := r.value(depth + 1)
		if err != nil {
			return err
		}
		n.members = append(n.members, member{name, place, v})
	}
	_, err := r.token(r.here())
	return err
}

// token reads the next token, which is at the place given.
func (r *jsonReader) token(at *node) (json.Token, error) {
	t, err := r.dec.Token()
	if err == nil {
		return t, nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		e := at.content("Unexpected end-of-input: the query ends before it is whole")
		e.Type = "x_content_e_o_f_exception"
		return nil, e
	}
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) && int(syntax.Offset) > 0 && int(syntax.Offset)-1 >= r.at {
		at = r.place(int(syntax.Offset) - 1)
	}
	return nil, at.content("the query is no JSON: %s", err)
}
