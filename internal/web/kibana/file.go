package kibana

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"rastro/internal/query/kuery"
)

// maxObjects is the most objects of one file, as Kibana has it.
const maxObjects = 10_000

// file is the content of a file of saved objects.
type file struct {
	objects []Object
	// group tells which objects stood in one list: a file may hold several.
	group []int
}

// errTooMany refuses a file in Kibana's words.
var errTooMany = badRequest("Can't import more than %d objects", maxObjects)

// readFile reads saved objects: one JSON object per line as Kibana exports
// them, or JSON written in any other way: objects one after the other, lists
// of them, and lists under "objects", as older Kibanas and Elemta's files have
// them.
func readFile(text []byte) (file, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	var f file
	d := json.NewDecoder(bytes.NewReader(text))
	for group := 0; ; group++ {
		var value json.RawMessage
		rest := text[d.InputOffset():]
		err := d.Decode(&value)
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			begin := len(text) - len(bytes.TrimLeft(rest, " \t\r\n"))
			line := 1 + bytes.Count(text[:begin], []byte("\n"))
			return file{}, fmt.Errorf("the JSON value that begins on line %d cannot be read: %w", line, err)
		}
		if err := f.take(value, group, 0); err != nil {
			return file{}, err
		}
	}
}

// rawObject is a saved object in a file; also in the form that Kibana had
// before version 7.
type rawObject struct {
	Object
	Objects     []json.RawMessage `json:"objects"`
	Exported    *int              `json:"exportedCount"`
	OldType     string            `json:"_type"`
	OldID       kuery.Scalar      `json:"_id"`
	Source      json.RawMessage   `json:"_source"`
	OldID2      kuery.Scalar      `json:"id"`
	Version     json.RawMessage   `json:"version"`
	Namespaces  json.RawMessage   `json:"namespaces"`
	CreatedAt   json.RawMessage   `json:"created_at"`
	UpdatedAt   json.RawMessage   `json:"updated_at"`
	Error       json.RawMessage   `json:"error"`
	Score       json.RawMessage   `json:"score"`
	Managed     json.RawMessage   `json:"managed"`
	OldRelation json.RawMessage   `json:"_references"`
}

func (f *file) take(value json.RawMessage, group, depth int) error {
	value = bytes.TrimSpace(value)
	if depth > 3 {
		return errors.New("lists of saved objects are nested too deep")
	}
	if bytes.HasPrefix(value, []byte("[")) {
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return fmt.Errorf("reading a list of saved objects: %w", err)
		}
		return f.takeAll(list, group, depth)
	}
	var in rawObject
	if err := json.Unmarshal(value, &in); err != nil {
		return fmt.Errorf("%.60q is no saved object: %w", value, err)
	}
	o := in.Object
	o.ID = string(in.OldID2)
	switch {
	case o.Type == "" && in.Objects != nil:
		return f.takeAll(in.Objects, group, depth)
	case o.Type == "" && in.Exported != nil:
		return nil // the last line of an export counts it
	case o.Type == "" && in.OldType != "":
		o.Type, o.ID, o.Attributes = in.OldType, string(in.OldID), in.Source
	}
	switch {
	case o.Type == "":
		return fmt.Errorf("a saved object has no type: %.60q", value)
	case !isAttributes(o.Attributes):
		return fmt.Errorf("the saved object %s/%.100s has no attributes", o.Type, o.ID)
	case len(o.ID) > 512:
		return fmt.Errorf("the id %.100q… is longer than 512 bytes", o.ID)
	}
	if o.ID == "" {
		o.ID = newID()
	}
	if len(f.objects) == maxObjects {
		return errTooMany
	}
	o.Attributes = compact(o.Attributes)
	f.objects = append(f.objects, o)
	f.group = append(f.group, group)
	return nil
}

func (f *file) takeAll(list []json.RawMessage, group, depth int) error {
	for _, one := range list {
		if err := f.take(one, group, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// compact takes the blanks out of JSON that was read already.
func compact(raw json.RawMessage) json.RawMessage {
	var out bytes.Buffer
	if err := json.Compact(&out, raw); err != nil {
		return raw
	}
	return out.Bytes()
}

// guesses tells which visualizations a dashboard shows whose panels name
// references that the file does not have: the n-th panel shows the n-th of the
// visualizations that nobody else refers to, those behind the dashboard first,
// and the others follow below. Elemta's files are like this.
func (f *file) guesses() map[key][]Reference {
	var lost []int
	used := map[key]bool{}
	for i, o := range f.objects {
		if o.Type != typeDashboard {
			continue
		}
		for _, r := range o.References {
			used[key{r.Type, r.ID}] = true
		}
		if len(o.References) == 0 && lacksReferences(o) {
			lost = append(lost, i)
		}
	}
	all := map[key][]Reference{}
	for n, i := range lost {
		end := len(f.objects)
		if n+1 < len(lost) {
			end = lost[n+1]
		}
		list := f.loose(used, i+1, end, f.group[i])
		if len(list) == 0 && len(lost) == 1 {
			list = f.loose(used, 0, i, f.group[i])
		}
		all[keyOf(f.objects[i])] = list
	}
	return all
}

// loose are the objects from first to end that can be panels and that no
// dashboard refers to; those of the same list, or of the whole file where each
// object stands alone.
func (f *file) loose(used map[key]bool, first, end, group int) []Reference {
	var list []Reference
	alone := f.group[len(f.group)-1]+1 == len(f.objects)
	for i := first; i < end; i++ {
		o := f.objects[i]
		panel := o.Type == typeVis || o.Type == typeLens || o.Type == typeSearch
		if panel && !used[keyOf(o)] && (alone || f.group[i] == group) {
			list = append(list, Reference{Type: o.Type, ID: o.ID})
		}
	}
	return list
}

// lacksReferences tells a dashboard whose panels name references that it does
// not have.
func lacksReferences(o Object) bool {
	panels, err := readPanels(o)
	if err != nil {
		return false
	}
	for _, p := range panels {
		if p.RefName != "" {
			return true
		}
	}
	return false
}
