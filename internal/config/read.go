package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Problem is one mistake in a configuration.
type Problem struct {
	// Line and Column place it, from 1; 0 when it is about no place.
	Line, Column int
	// Key is the path of the key, such as sources[0].zone.
	Key string
	// Text says what is wrong and how to mend it.
	Text string
}

// Problems are all mistakes of a file, in the order of their lines.
type Problems []Problem

// Error lists every problem on a line of its own.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = problem.String()
	}
	return strings.Join(lines, "\n")
}

// String is "line 4: sources[0].zone: …".
func (p Problem) String() string {
	text := p.Text
	if p.Key != "" {
		text = p.Key + ": " + text
	}
	if p.Line > 0 {
		text = fmt.Sprintf("line %d: %s", p.Line, text)
	}
	return text
}

// maxFile bounds a configuration file; a larger one is no configuration.
const maxFile = 4 << 20

// Read reads a configuration, fills in the defaults and checks every value.
// All mistakes come back at once as Problems.
func Read(r io.Reader) (Config, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return Config{}, fmt.Errorf("reading the configuration: %w", err)
	}
	if len(text) > maxFile {
		return Config{}, Problems{{Text: fmt.Sprintf("the file is larger than %s", Size(maxFile))}}
	}
	c := Default()
	root, problem := parse(text)
	if problem != nil {
		return Config{}, Problems{*problem}
	}
	d := decoder{}
	if len(root.Content) > 0 {
		d.value(root.Content[0], reflect.ValueOf(&c).Elem(), "")
	}
	d.problems = append(d.problems, check(&c, d.lines)...)
	if len(d.problems) > 0 {
		slices.SortStableFunc(d.problems, func(a, b Problem) int { return a.Line - b.Line })
		return Config{}, d.problems
	}
	return c, nil
}

// parse reads the one document of a file; an empty file gives an empty node.
func parse(text []byte) (yaml.Node, *Problem) {
	var root, second yaml.Node
	d := yaml.NewDecoder(bytes.NewReader(text))
	switch err := d.Decode(&root); {
	case err == io.EOF:
		return root, nil
	case err != nil:
		return root, syntaxProblem(err)
	}
	switch err := d.Decode(&second); {
	case err == io.EOF:
		return root, nil
	case err != nil:
		return root, syntaxProblem(err)
	}
	return root, &Problem{Line: second.Line, Text: "a second document begins here and would be ignored; keep one, without --- lines"}
}

// syntaxProblem takes the line out of the text of an error.
func syntaxProblem(err error) *Problem {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	p := &Problem{}
	if m := errorPlace.FindStringSubmatch(text); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		text = strings.TrimPrefix(text, m[0])
	}
	p.Text = "this is no YAML: " + text
	if strings.Contains(text, "cannot start any token") {
		p.Text += "; indent with spaces, not with tabs"
	}
	return p
}

// errorPlace is the place of an error in the parser's words.
var errorPlace = regexp.MustCompile(`^(?:while parsing [^:]*: )?line (\d+)(?:, column \d+)?: `)

// decoder fills a Config from YAML nodes and collects what is wrong.
type decoder struct {
	problems Problems
	lines    map[string]int // where each key stands
}

func (d *decoder) fail(n *yaml.Node, key, format string, args ...any) {
	d.problems = append(d.problems, Problem{Line: n.Line, Column: n.Column, Key: key, Text: fmt.Sprintf(format, args...)})
}

func (d *decoder) value(n *yaml.Node, to reflect.Value, key string) {
	if d.lines == nil {
		d.lines = map[string]int{}
	}
	d.lines[key] = n.Line
	if n.Kind == yaml.AliasNode {
		d.fail(n, key, "aliases are not understood here; write the value out")
		return
	}
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return // "key:" with nothing behind it keeps the default
	}
	switch to.Kind() {
	case reflect.Struct:
		d.mapping(n, to, key)
	case reflect.Slice:
		d.list(n, to, key)
	default:
		d.scalar(n, to, key)
	}
}

func (d *decoder) mapping(n *yaml.Node, to reflect.Value, key string) {
	if n.Kind != yaml.MappingNode {
		d.fail(n, key, "keys with values are expected here, such as %q", keysOf(to.Type())[0]+": …")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		name, value := n.Content[i], n.Content[i+1]
		path := strings.TrimPrefix(key+"."+name.Value, ".")
		field, ok := fieldOf(to, name.Value)
		switch {
		case !ok:
			d.fail(name, path, "unknown key%s", suggestion(name.Value, keysOf(to.Type())))
		case seen[name.Value]:
			d.fail(name, path, "this key stands twice; keep one of them")
		default:
			seen[name.Value] = true
			d.value(value, field, path)
		}
	}
}

func (d *decoder) list(n *yaml.Node, to reflect.Value, key string) {
	items := n.Content
	if n.Kind == yaml.ScalarNode && to.Type().Elem().Kind() == reflect.String {
		items = []*yaml.Node{n} // one path needs no list
	} else if n.Kind != yaml.SequenceNode {
		d.fail(n, key, "a list is expected here; begin each entry with \"- \"")
		return
	}
	for i, item := range items {
		entry := reflect.New(to.Type().Elem()).Elem()
		if s, ok := entry.Addr().Interface().(*Source); ok {
			*s = DefaultSource()
		}
		d.value(item, entry, fmt.Sprintf("%s[%d]", key, i))
		to.Set(reflect.Append(to, entry))
	}
}

func (d *decoder) scalar(n *yaml.Node, to reflect.Value, key string) {
	if n.Kind != yaml.ScalarNode {
		d.fail(n, key, "one value is expected here, not a list or keys")
		return
	}
	if err := setScalar(to, n.Value); err != nil {
		d.fail(n, key, "%s", err.Error())
	}
}

// setScalar reads text into a value of any scalar kind of Config.
func setScalar(to reflect.Value, text string) error {
	switch v := to.Addr().Interface().(type) {
	case *Duration:
		d, err := ParseDuration(text)
		*v = d
		return err
	case *Size:
		s, err := ParseSize(text)
		*v = s
		return err
	case *Address:
		*v = Address(text)
	case *string:
		*v = text
	case *bool:
		switch strings.ToLower(text) {
		case "true", "yes", "on":
			*v = true
		case "false", "no", "off":
			*v = false
		default:
			return fmt.Errorf("%q is neither true nor false", text)
		}
	case *int:
		n, err := strconv.Atoi(text)
		if err != nil {
			return fmt.Errorf("%q is no whole number", text)
		}
		*v = n
	default:
		return errors.New("BUG: a key of a kind that cannot be read")
	}
	return nil
}

func fieldOf(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		if v.Type().Field(i).Tag.Get("key") == key {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func keysOf(t reflect.Type) []string {
	keys := make([]string, t.NumField())
	for i := range keys {
		keys[i] = t.Field(i).Tag.Get("key")
	}
	return keys
}
