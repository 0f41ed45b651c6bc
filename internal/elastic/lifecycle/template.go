package lifecycle

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/settings"
)

// Part is what templates give an index.
type Part struct {
	// Settings are nested, with values as text.
	Settings  json.RawMessage           `json:"settings,omitempty"`
	Mappings  json.RawMessage           `json:"mappings,omitempty"`
	Aliases   map[string]*cluster.Alias `json:"aliases,omitempty"`
	Lifecycle json.RawMessage           `json:"lifecycle,omitempty"`
	// StreamOptions are kept and shown.
	StreamOptions json.RawMessage `json:"data_stream_options,omitempty"`
}

// Template is a composable index template.
type Template struct {
	IndexPatterns   List            `json:"index_patterns"`
	Template        *Part           `json:"template,omitempty"`
	ComposedOf      []string        `json:"composed_of"`
	Priority        *int64          `json:"priority,omitempty"`
	Version         *int64          `json:"version,omitempty"`
	Meta            json.RawMessage `json:"_meta,omitempty"`
	DataStream      *StreamOptions  `json:"data_stream,omitempty"`
	AllowAutoCreate *bool           `json:"allow_auto_create,omitempty"`
	IgnoreMissing   []string        `json:"ignore_missing_component_templates,omitempty"`
	Deprecated      *bool           `json:"deprecated,omitempty"`
}

// StreamOptions say that the template makes data streams.
type StreamOptions struct {
	Hidden             bool            `json:"hidden"`
	AllowCustomRouting bool            `json:"allow_custom_routing"`
	FailureStore       json.RawMessage `json:"failure_store,omitempty"`
}

// Component is a component template.
type Component struct {
	Template   *Part           `json:"template"`
	Version    *int64          `json:"version,omitempty"`
	Meta       json.RawMessage `json:"_meta,omitempty"`
	Deprecated *bool           `json:"deprecated,omitempty"`
}

// Legacy is a template of the older kind.
type Legacy struct {
	Order         int64                     `json:"order"`
	Version       *int64                    `json:"version,omitempty"`
	IndexPatterns List                      `json:"index_patterns"`
	Settings      json.RawMessage           `json:"settings"`
	Mappings      json.RawMessage           `json:"mappings"`
	Aliases       map[string]*cluster.Alias `json:"aliases"`
}

// List is a list of texts; clients may write one text.
type List []string

// UnmarshalJSON reads a text or a list of texts.
func (l *List) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		var one string
		if err := json.Unmarshal(text, &one); err != nil {
			return err
		}
		*l = List{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(l))
}

// Read reads the body of a template strictly: a misspelt member is a mistake.
// kind names it in errors.
func Read[T any](kind string, text []byte) (*T, error) {
	out := new(T)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &Mistake{Type: "parse_exception", Reason: "request body is required"}
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(out); err != nil {
		reason := strings.TrimPrefix(err.Error(), "json: ")
		if field, ok := strings.CutPrefix(reason, "unknown field "); ok {
			reason = "unknown field [" + strings.Trim(field, `"`) + "]"
		}
		return nil, &Mistake{Type: "x_content_parse_exception", Reason: "[" + kind + "] " + reason}
	}
	return out, nil
}

// Mistake is something wrong in what a client sent.
type Mistake struct {
	// Type is Elasticsearch's name of the error.
	Type, Reason string
}

func (m *Mistake) Error() string { return m.Reason }

// Kind is Elasticsearch's name of the error.
func (m *Mistake) Kind() string { return m.Type }

func illegal(format string, args ...any) error {
	return &Mistake{Type: "illegal_argument_exception", Reason: fmt.Sprintf(format, args...)}
}

// Normalise checks the settings of a part and writes them as Elasticsearch does.
func (p *Part) Normalise() error {
	if p == nil {
		return nil
	}
	flat, err := FlatSettings(p.Settings)
	if err != nil {
		return err
	}
	if len(p.Lifecycle) > 0 && string(p.Lifecycle) != "null" {
		if _, err := ReadLifecycle(p.Lifecycle); err != nil {
			return err
		}
	}
	if p.Mappings != nil && !isObject(p.Mappings) {
		return &Mistake{Type: "mapper_parsing_exception", Reason: "the mappings must be an object"}
	}
	if p.Settings != nil {
		p.Settings, err = json.Marshal(settings.Nested(flat))
	}
	return err
}

func isObject(text []byte) bool {
	trimmed := bytes.TrimSpace(text)
	return len(trimmed) > 0 && trimmed[0] == '{' || string(trimmed) == "null"
}

// FlatSettings reads the settings of an index to be made, or of a template, and
// refuses those that Elasticsearch does not know.
func FlatSettings(text []byte) (map[string]string, error) {
	change, err := settings.Flatten(text, "index.")
	if err != nil {
		return nil, &Mistake{Type: "parse_exception", Reason: err.Error()}
	}
	for _, name := range change.Names() {
		if err := CheckSetting(name, change[name]); err != nil {
			return nil, err
		}
	}
	flat := map[string]string{}
	change.Set(flat, false)
	return flat, nil
}

// CheckSetting refuses index settings that Elasticsearch does not know, and
// values that make no sense.
func CheckSetting(name string, value *string) error {
	if value == nil {
		return nil
	}
	if !settings.KnownIndex(name) {
		return illegal("unknown setting [%s] please check that any required plugins are installed, or check the breaking changes documentation for removed settings", name)
	}
	if name == "index.soft_deletes.enabled" && *value == "false" {
		return illegal("Creating indices with soft-deletes disabled is no longer supported. Please do not specify a value for setting [index.soft_deletes.enabled].")
	}
	if wrong := settings.Check(name, *value); wrong != "" {
		return &Mistake{Type: "illegal_argument_exception", Reason: wrong}
	}
	return nil
}

// find reads a template that is stored; what is stored was read before.
func find[T any](of map[string]json.RawMessage, name string) *T {
	text, ok := of[name]
	if !ok {
		return nil
	}
	out := new(T)
	if json.Unmarshal(text, out) != nil {
		return nil // written by another release: as if it were not there
	}
	return out
}

// Matching lists the composable templates whose patterns match a name, the one
// that counts first.
func Matching(c *cluster.Content, name string) []string {
	type match struct {
		name     string
		priority int64
	}
	var all []match
	for n := range c.Templates {
		t := find[Template](c.Templates, n)
		if t != nil && slices.ContainsFunc(t.IndexPatterns, func(p string) bool { return names.Match(p, name) }) {
			all = append(all, match{n, value(t.Priority)})
		}
	}
	slices.SortFunc(all, func(a, b match) int { return cmp.Or(cmp.Compare(b.priority, a.priority), cmp.Compare(a.name, b.name)) })
	out := make([]string, len(all))
	for i := range all {
		out[i] = all[i].name
	}
	return out
}

func value(n *int64) int64 {
	if n == nil {
		return 0
	}
	return *n
}

// Overlapping lists composable templates of the same priority that may match
// the same name, other than the one called name.
func Overlapping(c *cluster.Content, name string, t *Template) []string {
	var all []string
	for n := range c.Templates {
		other := find[Template](c.Templates, n)
		if n == name || other == nil || value(other.Priority) != value(t.Priority) {
			continue
		}
		if Overlap(t.IndexPatterns, other.IndexPatterns) {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// Overlap tells whether one name can match patterns of both lists.
func Overlap(a, b []string) bool {
	for _, p := range a {
		if slices.ContainsFunc(b, func(q string) bool { return overlap(p, q) }) {
			return true
		}
	}
	return false
}

// overlap tells whether one name can match both patterns.
func overlap(p, q string) bool {
	// may[j] tells whether the part of p seen so far and q[:j] can be one text.
	may := make([]bool, len(q)+1)
	may[0] = true
	for j := 0; j < len(q) && q[j] == '*'; j++ {
		may[j+1] = true
	}
	for i := range len(p) {
		next := make([]bool, len(q)+1)
		next[0] = may[0] && p[i] == '*'
		for j := range len(q) {
			switch {
			case p[i] == '*', q[j] == '*':
				next[j+1] = may[j+1] || next[j] || may[j]
			default:
				next[j+1] = may[j] && p[i] == q[j]
			}
		}
		may = next
	}
	return may[len(q)]
}
