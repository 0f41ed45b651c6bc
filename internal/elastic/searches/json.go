package searches

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"rastro/internal/elastic/rest"
)

// member is one member of a JSON object with its place in the request.
type member struct {
	name string
	raw  json.RawMessage
	// line and col are where the value begins, from 1.
	line, col int
}

// document is a text with places.
type document struct {
	text      []byte
	line, col int // where it begins, from 1
}

// place turns an offset into a line and a column.
func (d document) place(offset int) (line, col int) {
	p := placer{document: d}
	return p.place(offset)
}

// placer turns offsets that grow into places; it reads the text once.
type placer struct {
	document
	at, lines, begin int
}

func (p *placer) place(offset int) (line, col int) {
	for ; p.at < min(offset, len(p.text)); p.at++ {
		if p.text[p.at] == '\n' {
			p.lines++
			p.begin = p.at + 1
		}
	}
	if p.lines == 0 {
		return p.line, p.col + p.at
	}
	return p.line + p.lines, p.at - p.begin + 1
}

func whole(text []byte) document { return document{text: text, line: 1, col: 1} }

// of is the document of a member's value.
func (m *member) of() document { return document{text: m.raw, line: m.line, col: m.col} }

// members reads the object that a document is. Its order stays.
func (d document) members() ([]member, error) {
	dec := json.NewDecoder(bytes.NewReader(d.text))
	token, err := dec.Token()
	if err != nil {
		return nil, d.syntax(dec, err)
	}
	if token != json.Delim('{') {
		return nil, rest.Parsing(d.line, d.col, "Expected [START_OBJECT] but found ["+kindOf(d.text)+"]")
	}
	var list []member
	places := placer{document: d}
	seen := map[string]bool{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, d.syntax(dec, err)
		}
		m := member{name: token.(string)}
		if seen[m.name] {
			line, col := d.place(int(dec.InputOffset()))
			return nil, contentFailure(line, col, "Duplicate field '"+m.name+"'")
		}
		seen[m.name] = true
		at := int(dec.InputOffset())
		for at < len(d.text) && strings.IndexByte(" \t\r\n:", d.text[at]) >= 0 {
			at++
		}
		if err := dec.Decode(&m.raw); err != nil {
			return nil, d.syntax(dec, err)
		}
		m.line, m.col = places.place(at)
		list = append(list, m)
	}
	if _, err := dec.Token(); err != nil {
		return nil, d.syntax(dec, err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, d.syntax(dec, errors.New("there is more behind the end of the object"))
	}
	return list, nil
}

// elements reads a list with its places; one value that is no list is a list
// of itself.
func (m *member) elements() ([]member, error) {
	if kindOf(m.raw) != "START_ARRAY" {
		return []member{*m}, nil
	}
	d := m.of()
	dec := json.NewDecoder(bytes.NewReader(m.raw))
	if _, err := dec.Token(); err != nil {
		return nil, d.syntax(dec, err)
	}
	var list []member
	places := placer{document: d}
	for dec.More() {
		at := int(dec.InputOffset())
		for at < len(m.raw) && strings.IndexByte(" \t\r\n,", m.raw[at]) >= 0 {
			at++
		}
		one := member{name: m.name}
		if err := dec.Decode(&one.raw); err != nil {
			return nil, d.syntax(dec, err)
		}
		one.line, one.col = places.place(at)
		list = append(list, one)
	}
	return list, nil
}

// syntax is the failure of a text that is no JSON.
func (d document) syntax(dec *json.Decoder, err error) error {
	at := int(dec.InputOffset())
	var mistake *json.SyntaxError
	if errors.As(err, &mistake) {
		at = int(mistake.Offset) - 1
	}
	line, col := d.place(max(at, 0))
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f := contentFailure(line, col, "Unexpected end-of-input: the body ends before it is whole")
		f.Type = "x_content_e_o_f_exception"
		return f
	}
	return contentFailure(line, col, "the body is no JSON: "+err.Error())
}

// contentFailure is an x_content_parse_exception, which carries its place in
// its reason.
func contentFailure(line, col int, reason string) *rest.Failure {
	return rest.Fail(http.StatusBadRequest, "x_content_parse_exception", fmt.Sprintf("[%d:%d] %s", line, col, reason))
}

// unknownKey is the failure of a key that an object does not have.
func (m *member) unknownKey() error {
	return rest.Parsing(m.line, m.col, "Unknown key for a "+kindOf(m.raw)+" in ["+m.name+"].")
}

// kindOf is Elasticsearch's name of the first token of a value.
func kindOf(raw []byte) string {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	if len(raw) == 0 {
		return "null"
	}
	switch raw[0] {
	case '{':
		return "START_OBJECT"
	case '[':
		return "START_ARRAY"
	case '"':
		return "VALUE_STRING"
	case 't', 'f':
		return "VALUE_BOOLEAN"
	case 'n':
		return "VALUE_NULL"
	}
	return "VALUE_NUMBER"
}

// text is the text of a string, number or boolean.
func (m *member) text() (string, error) {
	switch kindOf(m.raw) {
	case "START_OBJECT", "START_ARRAY", "VALUE_NULL":
		return "", m.unknownKey()
	case "VALUE_STRING":
		var s string
		err := json.Unmarshal(m.raw, &s)
		return s, err
	}
	return string(m.raw), nil
}

func (m *member) bool() (bool, error) {
	text, err := m.text()
	if err != nil {
		return false, err
	}
	switch text {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, rest.Illegal("Failed to parse value [%s] as only [true] or [false] are allowed.", text)
}

// int reads a whole number, of a number or of text.
func (m *member) int() (int, error) {
	text, err := m.text()
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, ferr := strconv.ParseFloat(text, 64)
		if ferr != nil || f != float64(int64(f)) {
			return 0, rest.Fail(http.StatusBadRequest, "number_format_exception", `For input string: "`+text+`" in [`+m.name+`]`)
		}
		n = int64(f)
	}
	if n > 1<<31-1 || n < -(1<<31) {
		return 0, contentFailure(m.line, m.col, "Numeric value ("+text+") out of range of int")
	}
	return int(n), nil
}

// texts reads a text or a list of texts.
func (m *member) texts() ([]string, error) {
	list, err := m.elements()
	if err != nil {
		return nil, err
	}
	out := make([]string, len(list))
	for i := range list {
		if out[i], err = list[i].text(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
