package documents

import (
	"bytes"
	"fmt"

	"rastro/internal/collect/document"
	"rastro/internal/elastic/rest"
)

// verb is what an action wants.
type verb uint8

const (
	verbIndex verb = iota
	verbCreate
	verbUpdate
	verbDelete
)

// String is the verb's name in requests and answers.
func (v verb) String() string { return [...]string{"index", "create", "update", "delete"}[v] }

// action is the line before a document.
type action struct {
	verb verb
	// index and id are parts of the line, unescaped; nil where they are not given.
	index, id []byte
	hasID     bool
	pipeline  string
	// alias: the index must be an alias; stream: it must be a data stream.
	alias, stream bool
	aliasGiven    bool
	// version tells that the document was to have a given version or number.
	version string
}

// actionReader reads actions. It is for one goroutine.
type actionReader struct {
	scan document.Scanner
	got  action
	// name is the action's own, inner its object, count of members.
	name    string
	inner   []byte
	members int
	wrong   string // what is wrong with a parameter
	depth   int
}

// read reads the line with that number. What it returns is valid until the next
// call, as long as the line is. Errors are *rest.Failure.
func (a *actionReader) read(line []byte, number int) (action, error) {
	malformed := func(text string, args ...any) (action, error) {
		return action{}, rest.Illegal("Malformed action/metadata line [%d], %s", number, fmt.Sprintf(text, args...))
	}
	if len(line) > maxAction {
		return malformed("it is longer than %d bytes", maxAction)
	}
	trimmed := bytes.TrimSpace(line)
	if trimmed[0] != '{' {
		return malformed("expected START_OBJECT but found [%s]", token(trimmed))
	}
	a.got, a.name, a.inner, a.members, a.wrong, a.depth = action{}, "", nil, 0, "", 0
	a.scan.Nest = 1
	if !a.scan.Scan(trimmed, false, a) {
		if a.members > 0 && bytes.HasSuffix(trimmed, []byte("}")) {
			return malformed("it is no JSON; the mistake is at byte %d", a.scan.Offset())
		}
		return malformed("it is no JSON object: it ends or breaks at byte %d", a.scan.Offset())
	}
	switch {
	case a.members == 0:
		return malformed("expected FIELD_NAME but found [END_OBJECT]")
	case !a.verb():
		return malformed("expected field [create], [delete], [index] or [update] but found [%s]", a.name)
	case a.members > 1:
		return malformed("expected END_OBJECT but found [FIELD_NAME]")
	case a.inner[0] != '{':
		return malformed("expected START_OBJECT or END_OBJECT but found [%s]", token(a.inner))
	}
	a.depth = 1
	a.scan.Scan(a.inner, false, a) // the line was valid as a whole
	if a.wrong != "" {
		return action{}, rest.Illegal("Action/metadata line [%d] contains an unknown parameter [%s]", number, a.wrong)
	}
	return a.got, nil
}

// verb reads the action's name.
func (a *actionReader) verb() bool {
	for v := verbIndex; v <= verbDelete; v++ {
		if a.name == v.String() {
			a.got.verb = v
			return true
		}
	}
	return false
}

// Leaf takes a member of the action or of its object.
func (a *actionReader) Leaf(name, raw []byte, _ bool) {
	if a.depth == 0 {
		if a.members++; a.members == 1 {
			a.name, a.inner = string(name), raw
		}
		return
	}
	text := value(raw)
	switch string(name) {
	case "_index":
		a.got.index = text
	case "_id":
		a.got.hasID = raw[0] != 'n'
		a.got.id = text
	case "op_type":
		if string(text) == "create" && a.got.verb == verbIndex {
			a.got.verb = verbCreate
		}
	case "pipeline":
		a.got.pipeline = string(text)
	case "require_alias":
		a.got.alias, a.got.aliasGiven = string(text) == "true", true
	case "require_data_stream":
		a.got.stream = string(text) == "true"
	case "_version", "version", "if_seq_no", "if_primary_term":
		a.got.version = string(name)
	case "_type": // of version 6 and 7, which shippers still send
	case "routing", "_routing", "version_type", "_version_type", "retry_on_conflict", "_retry_on_conflict", "_source", "dynamic_templates", "list_executed_pipelines":
	default:
		a.wrong = string(name)
	}
}

// value is what a simple JSON value stands for.
func value(raw []byte) []byte {
	inside, isText := document.Inside(raw, false)
	switch {
	case !isText && raw[0] == 'n':
		return nil
	case !isText:
		return raw
	case bytes.IndexByte(inside, '\\') >= 0:
		return document.AppendText(nil, inside)
	}
	return inside
}

// token names the kind of a JSON value as Elasticsearch's parser does.
func token(raw []byte) string {
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
	case '}':
		return "END_OBJECT"
	case ']':
		return "END_ARRAY"
	}
	if c := raw[0]; c == '-' || c-'0' < 10 {
		return "VALUE_NUMBER"
	}
	return "no JSON"
}
