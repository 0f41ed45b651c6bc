package searches

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/event"
	"rastro/internal/query"
)

// sampled is how many of the newest events are looked at for fields that the
// table does not know.
const sampled = 500

var fieldCapsParams = []string{"fields", "filters", "types", "include_unmapped", "include_empty_fields"}

// capability is what one type of one field can do.
type capability struct {
	Type         string   `json:"type"`
	Metadata     bool     `json:"metadata_field"`
	Searchable   bool     `json:"searchable"`
	Aggregatable bool     `json:"aggregatable"`
	Indices      []string `json:"indices,omitempty"`
}

// capsRequest is a request of field capabilities.
type capsRequest struct {
	fields, filters, types []string
	unmapped               bool
	indexFilter            query.Filter
}

// caps are the indices of fields by name and type.
type caps struct {
	all    []string // every index
	byName map[string]map[string][]string
}

func (c *caps) add(name, kind, index string) {
	types := c.byName[name]
	if types == nil {
		types = map[string][]string{}
		c.byName[name] = types
	}
	if !slices.Contains(types[kind], index) {
		types[kind] = append(types[kind], index)
	}
}

// fieldCaps answers _field_caps.
func (s *Searches) fieldCaps(w http.ResponseWriter, r *rest.Request) error {
	q, err := s.readCaps(r)
	if err != nil {
		return err
	}
	set, err := s.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	if q.indexFilter != nil && len(set.Indices) > 0 {
		if set.Indices, err = s.holding(r, set, q.indexFilter); err != nil {
			return err
		}
	}
	c := &caps{all: set.Names(), byName: map[string]map[string][]string{}}
	if err := s.gatherCaps(r, set, c); err != nil {
		return err
	}
	return rest.WriteJSON(w, r, http.StatusOK, struct {
		Indices []string                         `json:"indices"`
		Fields  map[string]map[string]capability `json:"fields"`
	}{c.all, c.answer(q)})
}

func (s *Searches) readCaps(r *rest.Request) (*capsRequest, error) {
	q := &capsRequest{fields: source.List(r.Get("fields")), filters: source.List(r.Get("filters")), types: source.List(r.Get("types"))}
	var err error
	if q.unmapped, err = r.Bool("include_unmapped", false); err != nil {
		return nil, err
	}
	if _, err := r.Bool("include_empty_fields", true); err != nil {
		return nil, err
	}
	body, err := r.Body()
	if err != nil {
		return nil, err
	}
	if len(body) > 0 {
		list, err := whole(body).members()
		if err != nil {
			return nil, err
		}
		for i := range list {
			if err := s.readCapsKey(q, &list[i]); err != nil {
				return nil, err
			}
		}
	}
	if len(q.fields) == 0 {
		return nil, rest.Validation("no fields specified")
	}
	if len(q.fields) > source.MaxPatterns {
		return nil, rest.Illegal("[fields] names more than %d fields", source.MaxPatterns)
	}
	return q, nil
}

func (s *Searches) readCapsKey(q *capsRequest, m *member) (err error) {
	switch m.name {
	case "fields":
		q.fields, err = m.texts()
	case "filters":
		q.filters, err = m.texts()
	case "types":
		q.types, err = m.texts()
	case "index_filter":
		q.indexFilter, err = s.parseQuery(m.raw, m.line, m.col, mappedSet{})
	case "runtime_mappings":
		return refuseFilled("scripts are not supported")(nil, m)
	default:
		err = contentFailure(m.line, m.col, "[field_caps_request] unknown field ["+m.name+"]")
	}
	return err
}

// holding are the indices of a set with events that a filter matches.
func (s *Searches) holding(r *rest.Request, set names.Set, f query.Filter) ([]names.Index, error) {
	var out []names.Index
	for _, i := range set.Indices {
		a, err := s.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: allOf(s.node.Names.Filter(i), f), Count: 1})
		if err != nil {
			return nil, err
		}
		if a.Total > 0 {
			out = append(out, i)
		}
	}
	return out, nil
}

// gatherCaps finds the fields of the indices: Rastro's own where lines are
// kept, those of mappings, and those that the newest events have.
func (s *Searches) gatherCaps(r *rest.Request, set names.Set, c *caps) error {
	var own []names.Index
	for _, i := range set.Indices {
		for _, name := range []string{"_id", "_index", "_source"} {
			c.add(name, name, i.Name)
		}
		if i.Kind == names.Own {
			own = append(own, i)
		} else {
			for f := event.Timestamp; f < event.FieldCount; f++ {
				c.addKnown(f, i.Name)
			}
		}
		for name, kind := range mappedTypes(names.Set{Indices: []names.Index{i}}) {
			c.add(name, kind, i.Name)
			c.addParents(name, i.Name)
		}
	}
	if err := s.sample(r.Context(), r, set.Filter(), set, c); err != nil {
		return err
	}
	if len(own) == 0 || len(own) == len(set.Indices) {
		return nil
	}
	return s.sample(r.Context(), r, s.node.Names.FilterAll(own), set, c)
}

func (c *caps) addKnown(f event.Field, index string) {
	if f == event.Index {
		return
	}
	c.add(f.Name(), typeOf(f), index)
	if f.Kind() == event.Text {
		c.add(f.Name()+".keyword", "keyword", index)
	}
}

// addParents adds the objects that a name lies in.
func (c *caps) addParents(name, index string) {
	for i := range name {
		if name[i] == '.' && c.byName[name[:i]] == nil {
			c.add(name[:i], "object", index)
		}
	}
}

// sample looks at the newest events that match.
func (s *Searches) sample(ctx context.Context, r *rest.Request, f query.Filter, set names.Set, c *caps) error {
	if len(set.Indices) == 0 {
		return nil
	}
	a, err := s.node.Searcher.Ask(ctx, r.Scope, query.Question{Filter: f, Limit: sampled})
	if err != nil {
		return err
	}
	types := mappedTypes(set)
	for i := range a.Hits {
		e := &a.Hits[i].Event
		index := s.node.Names.Of(e)
		if !slices.Contains(c.all, index) {
			continue // found through a view
		}
		document := e.IsDocument()
		for k := range e.Values {
			if f := e.Values[k].Field; !document || !f.Lent() {
				c.addKnown(f, index)
			}
		}
		if c.addKnown(event.Timestamp, index); !document {
			c.addKnown(event.EventID, index)
		}
		l := extraLeaves(e)
		for _, name := range l.names {
			if types.of(name) == "" {
				c.addLeaf(name, l.held[name][0], index)
			}
		}
	}
	return nil
}

// addLeaf adds an unknown field by the kind of its value, as Elasticsearch's
// dynamic mapping does.
func (c *caps) addLeaf(name string, raw json.RawMessage, index string) {
	c.addParents(name, index)
	switch kindOf(raw) {
	case "VALUE_BOOLEAN":
		c.add(name, "boolean", index)
	case "VALUE_NUMBER":
		kind := "long"
		if strings.ContainsAny(string(raw), ".eE") {
			kind = "float"
		}
		c.add(name, kind, index)
	default:
		var text string
		if json.Unmarshal(raw, &text) == nil {
			if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
				c.add(name, "date", index)
				return
			}
		}
		c.add(name, "text", index)
		c.add(name+".keyword", "keyword", index)
	}
}

// answer picks what was asked for.
func (c *caps) answer(q *capsRequest) map[string]map[string]capability {
	out := map[string]map[string]capability{}
	for name, types := range c.byName {
		if !slices.ContainsFunc(q.fields, func(p string) bool { return names.Match(p, name) }) || c.hides(q, name) {
			continue
		}
		if made := c.capabilities(q, name, types); len(made) > 0 {
			out[name] = made
		}
	}
	for _, name := range q.fields { // names of other products, where they are asked for
		f, exact := event.Lookup(name)
		if out[name] != nil || f == event.NoField || exact || strings.ContainsAny(name, "*?") {
			continue
		}
		if types := c.byName[f.Name()]; types != nil {
			out[name] = c.capabilities(q, name, types)
		}
	}
	return out
}

// hides tells whether a filter leaves a field out.
func (c *caps) hides(q *capsRequest, name string) bool {
	metadata := strings.HasPrefix(name, "_")
	_, isObject := c.byName[name]["object"]
	bare, hasDot := strings.CutSuffix(name, ".keyword")
	for _, f := range q.filters {
		switch {
		case f == "-metadata" && metadata, f == "+metadata" && !metadata,
			f == "-parent" && isObject, f == "-multifield" && hasDot && c.byName[bare] != nil:
			return true
		}
	}
	return false
}

func (c *caps) capabilities(q *capsRequest, name string, types map[string][]string) map[string]capability {
	out := map[string]capability{}
	mapped := map[string]bool{}
	for kind, indices := range types {
		for _, i := range indices {
			mapped[i] = true
		}
		if len(q.types) > 0 && !slices.Contains(q.types, kind) || kind == "object" && len(types) > 1 {
			continue
		}
		one := capability{Type: kind, Metadata: strings.HasPrefix(name, "_"), Searchable: true, Aggregatable: true}
		switch kind {
		case "text", "match_only_text", "_id":
			one.Aggregatable = false
		case "object", "nested", "_source":
			one.Searchable, one.Aggregatable = false, false
		}
		one.Indices = slices.Sorted(slices.Values(indices))
		out[kind] = one
	}
	if q.unmapped && len(out) > 0 && len(mapped) < len(c.all) {
		var without []string
		for _, i := range c.all {
			if !mapped[i] {
				without = append(without, i)
			}
		}
		out["unmapped"] = capability{Type: "unmapped", Indices: without}
	}
	if len(out) == 1 { // one type everywhere: the indices say nothing
		for kind, one := range out {
			one.Indices = nil
			out[kind] = one
		}
	}
	return out
}
