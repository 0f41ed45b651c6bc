package kibana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"rastro/internal/dashboard"
	"rastro/internal/event"
)

// viewNames are the members and paths that version 8 calls data view and
// version 7 index pattern.
type viewNames struct{ one, many, path, standard string }

// viewRoutes serves data views below a path; they are saved objects of the type
// index-pattern.
func (h *Handler) viewRoutes(base string, n viewNames) {
	one := base + "/" + n.path
	for pattern, handle := range map[string]func(http.ResponseWriter, *http.Request, viewNames) error{
		"GET " + base:               h.listViews,
		"POST " + one:               h.createView,
		"GET " + one + "/{id}":      h.readView,
		"POST " + one + "/{id}":     h.updateView,
		"DELETE " + one + "/{id}":   h.removeView,
		"GET " + base + "/default":  h.readDefault,
		"POST " + base + "/default": h.setDefault,
		"GET " + base + "/{$}":      h.listViews,
	} {
		h.mux.Handle(pattern, h.guarded(func(w http.ResponseWriter, r *http.Request) error { return handle(w, r, n) }))
	}
}

// viewAttributes are the attributes of a saved index pattern.
type viewAttributes struct {
	Title           string `json:"title"`
	Name            string `json:"name,omitempty"`
	TimeFieldName   string `json:"timeFieldName,omitempty"`
	Type            string `json:"type,omitempty"`
	TypeMeta        string `json:"typeMeta,omitempty"`
	Fields          string `json:"fields,omitempty"`
	FieldFormatMap  string `json:"fieldFormatMap,omitempty"`
	SourceFilters   string `json:"sourceFilters,omitempty"`
	FieldAttrs      string `json:"fieldAttrs,omitempty"`
	RuntimeFieldMap string `json:"runtimeFieldMap,omitempty"`
	AllowNoIndex    bool   `json:"allowNoIndex,omitempty"`
	AllowHidden     bool   `json:"allowHidden,omitempty"`
}

// viewSpec is a data view as its API shows it.
type viewSpec struct {
	ID              string          `json:"id,omitempty"`
	Version         string          `json:"version,omitempty"`
	Title           *string         `json:"title,omitempty"`
	Type            *string         `json:"type,omitempty"`
	TimeFieldName   *string         `json:"timeFieldName,omitempty"`
	SourceFilters   json.RawMessage `json:"sourceFilters,omitempty"`
	Fields          json.RawMessage `json:"fields,omitempty"`
	TypeMeta        json.RawMessage `json:"typeMeta,omitempty"`
	FieldFormats    json.RawMessage `json:"fieldFormats,omitempty"`
	RuntimeFieldMap json.RawMessage `json:"runtimeFieldMap,omitempty"`
	FieldAttrs      json.RawMessage `json:"fieldAttrs,omitempty"`
	AllowNoIndex    *bool           `json:"allowNoIndex,omitempty"`
	Namespaces      []string        `json:"namespaces,omitempty"`
	Name            *string         `json:"name,omitempty"`
	AllowHidden     *bool           `json:"allowHidden,omitempty"`
}

// into puts what a client sent into attributes.
func (s viewSpec) into(a *viewAttributes) {
	for _, one := range []struct {
		from *string
		to   *string
	}{{s.Title, &a.Title}, {s.Name, &a.Name}, {s.TimeFieldName, &a.TimeFieldName}, {s.Type, &a.Type}} {
		if one.from != nil {
			*one.to = *one.from
		}
	}
	for _, one := range []struct {
		from json.RawMessage
		to   *string
	}{{s.SourceFilters, &a.SourceFilters}, {s.Fields, &a.Fields}, {s.TypeMeta, &a.TypeMeta}, {s.FieldFormats, &a.FieldFormatMap}, {s.RuntimeFieldMap, &a.RuntimeFieldMap}, {s.FieldAttrs, &a.FieldAttrs}} {
		if len(one.from) > 0 && string(one.from) != "null" {
			*one.to = string(compact(one.from))
		}
	}
	if s.AllowNoIndex != nil {
		a.AllowNoIndex = *s.AllowNoIndex
	}
	if s.AllowHidden != nil {
		a.AllowHidden = *s.AllowHidden
	}
}

// attributesOf reads what can be read: an import may bring a pattern whose
// attributes are of other kinds.
func attributesOf(o Object) (viewAttributes, error) {
	var a viewAttributes
	var kind *json.UnmarshalTypeError
	if err := json.Unmarshal(o.Attributes, &a); err != nil && !errors.As(err, &kind) {
		return a, fmt.Errorf("reading the index pattern %s: %w", o.ID, err)
	}
	a.Title = orText(a.Title, o.title())
	return a, nil
}

// spec shows a saved index pattern as a data view, with the fields of events.
func spec(o Object) (viewSpec, error) {
	a, err := attributesOf(o)
	if err != nil {
		return viewSpec{}, err
	}
	orJSON := func(text, other string) json.RawMessage {
		if text == "" || !json.Valid([]byte(text)) {
			return json.RawMessage(other)
		}
		return json.RawMessage(text)
	}
	s := viewSpec{
		ID: o.ID, Version: o.Version, Title: &a.Title, Name: &a.Name, Namespaces: o.Namespaces,
		SourceFilters: orJSON(a.SourceFilters, "[]"), TypeMeta: orJSON(a.TypeMeta, "{}"), FieldFormats: orJSON(a.FieldFormatMap, "{}"),
		RuntimeFieldMap: orJSON(a.RuntimeFieldMap, "{}"), FieldAttrs: orJSON(a.FieldAttrs, "{}"), AllowNoIndex: &a.AllowNoIndex, AllowHidden: &a.AllowHidden,
		Fields: eventFields,
	}
	if a.TimeFieldName != "" {
		s.TimeFieldName = &a.TimeFieldName
	}
	if a.Type != "" {
		s.Type = &a.Type
	}
	return s, nil
}

// eventFields describes the fields of events as Kibana does.
var eventFields = func() json.RawMessage {
	kinds := map[event.Kind][2]string{
		event.Keyword: {"string", "keyword"}, event.Text: {"string", "text"}, event.IP: {"ip", "ip"}, event.Integer: {"number", "long"},
		event.Number: {"number", "double"}, event.Bool: {"boolean", "boolean"}, event.Time: {"date", "date"},
	}
	all := map[string]any{}
	for _, f := range event.Fields() {
		kind := kinds[f.Kind]
		counted := f.Kind != event.Text
		all[f.Name] = map[string]any{
			"name": f.Name, "type": kind[0], "esTypes": []string{kind[1]}, "count": 0, "scripted": false, "searchable": true,
			"aggregatable": counted, "readFromDocValues": counted, "isMapped": true, "shortDotsEnable": false,
		}
		if !counted {
			all[f.Name+".keyword"] = map[string]any{
				"name": f.Name + ".keyword", "type": "string", "esTypes": []string{"keyword"}, "count": 0, "scripted": false, "searchable": true,
				"aggregatable": true, "readFromDocValues": true, "isMapped": true, "shortDotsEnable": false,
				"subType": map[string]any{"multi": map[string]any{"parent": f.Name}},
			}
		}
	}
	text, err := json.Marshal(all)
	if err != nil {
		panic("BUG: " + err.Error()) // names and truths can always be written
	}
	return text
}()

func (h *Handler) listViews(w http.ResponseWriter, r *http.Request, n viewNames) error {
	all, err := h.objects(r.Context(), []string{typePattern})
	if err != nil {
		return err
	}
	type item struct {
		ID         string          `json:"id"`
		Namespaces []string        `json:"namespaces"`
		Title      string          `json:"title"`
		TypeMeta   json.RawMessage `json:"typeMeta,omitempty"`
		Name       string          `json:"name,omitempty"`
	}
	list := make([]item, 0, len(all))
	for _, o := range all {
		a, err := attributesOf(o)
		if err != nil {
			return err
		}
		list = append(list, item{ID: o.ID, Namespaces: o.Namespaces, Title: a.Title, Name: a.Name, TypeMeta: json.RawMessage("{}")})
	}
	write(w, http.StatusOK, map[string]any{n.many: list})
	return nil
}

// viewBody reads the data view of a body, whose member is called as n says.
func (h *Handler) viewBody(w http.ResponseWriter, r *http.Request, n viewNames) (viewSpec, bool, error) {
	var in map[string]json.RawMessage
	if err := h.body(w, r, &in); err != nil {
		return viewSpec{}, false, err
	}
	raw, ok := in[n.one]
	if !ok {
		return viewSpec{}, false, badRequest("[request body.%s.title]: expected value of type [string] but got [undefined]", n.one)
	}
	var s viewSpec
	if err := unmarshal(raw, &s); err != nil {
		return s, false, err
	}
	return s, string(in["override"]) == "true", nil
}

func (h *Handler) createView(w http.ResponseWriter, r *http.Request, n viewNames) error {
	s, override, err := h.viewBody(w, r, n)
	if err != nil {
		return err
	}
	if s.Title == nil {
		return badRequest("[request body.%s.title]: expected value of type [string] but got [undefined]", n.one)
	}
	if strings.TrimSpace(*s.Title) == "" {
		return badRequest("[request body.%s.title]: value has length [0] but it must have a minimum length of [1].", n.one)
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	same, err := h.sameView(r.Context(), s)
	if err != nil {
		return err
	}
	if len(same) > 0 && !override {
		return badRequest("Duplicate data view: %.200s", orText(deref(s.Name), *s.Title))
	}
	for _, o := range same {
		if err := h.opts.Saved.RemoveForeign(r.Context(), typePattern, o.ID); err != nil && !errors.Is(err, dashboard.ErrNotFound) {
			return err
		}
	}
	var a viewAttributes
	s.into(&a)
	o := newObject{Type: typePattern, ID: s.ID}.object()
	if len(o.ID) > dashboard.MaxForeignName {
		return badRequest("[request body.%s.id]: value has length [%d] but it must have a maximum length of [%d].", n.one, len(o.ID), dashboard.MaxForeignName)
	}
	return h.saveView(w, r, o, a, n)
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// sameView finds saved views that a new one would be taken for: those with its
// id, and those with its name, or its title where they have no name.
func (h *Handler) sameView(ctx context.Context, s viewSpec) ([]Object, error) {
	all, err := h.opts.Saved.Foreigns(ctx, typePattern)
	if err != nil {
		return nil, err
	}
	var same []Object
	for _, f := range all {
		o, err := fromForeign(f)
		if err != nil {
			return nil, err
		}
		a, err := attributesOf(o)
		if err != nil {
			return nil, err
		}
		if o.ID == s.ID || orText(a.Name, a.Title) == orText(deref(s.Name), *s.Title) {
			same = append(same, o)
		}
	}
	return same, nil
}

// saveView saves a view and answers with it. The caller holds h.changing.
func (h *Handler) saveView(w http.ResponseWriter, r *http.Request, o Object, a viewAttributes, n viewNames) error {
	attributes, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("writing a data view: %w", err)
	}
	// What the API of views does not know stays.
	if len(o.Attributes) > 0 {
		if attributes, err = merged(o.Attributes, attributes); err != nil {
			return err
		}
	}
	o.Attributes, o.TypeMigrationVersion = attributes, orText(o.TypeMigrationVersion, "8.0.0")
	if o, err = h.saveOne(r.Context(), o); err != nil {
		return err
	}
	return answerView(w, o, n)
}

func answerView(w http.ResponseWriter, o Object, n viewNames) error {
	s, err := spec(o)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, map[string]any{n.one: s})
	return nil
}

func (h *Handler) readView(w http.ResponseWriter, r *http.Request, n viewNames) error {
	o, err := h.object(r.Context(), typePattern, r.PathValue("id"))
	if err != nil {
		return named(err, typePattern, r.PathValue("id"))
	}
	return answerView(w, o, n)
}

func (h *Handler) updateView(w http.ResponseWriter, r *http.Request, n viewNames) error {
	s, _, err := h.viewBody(w, r, n)
	if err != nil {
		return err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	o, err := h.object(r.Context(), typePattern, r.PathValue("id"))
	if err != nil {
		return named(err, typePattern, r.PathValue("id"))
	}
	if s.Version != "" && s.Version != o.Version {
		return conflict(typePattern, o.ID)
	}
	a, err := attributesOf(o)
	if err != nil {
		return err
	}
	s.into(&a)
	if strings.TrimSpace(a.Title) == "" {
		return badRequest("[request body.%s.title]: value has length [0] but it must have a minimum length of [1].", n.one)
	}
	return h.saveView(w, r, o, a, n)
}

func (h *Handler) removeView(w http.ResponseWriter, r *http.Request, _ viewNames) error {
	h.changing.Lock()
	defer h.changing.Unlock()
	if err := h.drop(r.Context(), typePattern, r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// The default view is a setting of Kibana's own configuration.
const defaultMember = "defaultIndex"

func (h *Handler) configID() string { return h.opts.Version }

func (h *Handler) readDefault(w http.ResponseWriter, r *http.Request, n viewNames) error {
	id, _, err := h.defaultView(r.Context())
	if err != nil {
		return err
	}
	write(w, http.StatusOK, map[string]any{n.standard: id})
	return nil
}

// defaultView is the one that was set, or the pattern of all days.
func (h *Handler) defaultView(ctx context.Context) (id string, set bool, err error) {
	o, err := h.object(ctx, typeConfig, h.configID())
	if err != nil && !errors.Is(err, dashboard.ErrNotFound) {
		return "", false, err
	}
	var in map[string]json.RawMessage
	if err == nil && json.Unmarshal(o.Attributes, &in) == nil && json.Unmarshal(in[defaultMember], &id) == nil && id != "" {
		return id, true, nil
	}
	return h.opts.Prefix + "*", false, nil
}

func (h *Handler) setDefault(w http.ResponseWriter, r *http.Request, n viewNames) error {
	var in map[string]json.RawMessage
	if err := h.body(w, r, &in); err != nil {
		return err
	}
	var id *string
	raw, ok := in[n.standard]
	if !ok || json.Unmarshal(raw, &id) != nil {
		return badRequest("[request body.%s]: expected value of type [string] but got [%s]", n.standard, kindOf(raw))
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	_, set, err := h.defaultView(r.Context())
	if err != nil {
		return err
	}
	if !set || string(in["force"]) == "true" {
		change := change{Type: typeConfig, ID: h.configID()}
		if change.Attributes, err = json.Marshal(map[string]*string{defaultMember: id}); err != nil {
			return fmt.Errorf("writing the default data view: %w", err)
		}
		change.Upsert = change.Attributes
		if _, err := h.apply(r.Context(), change); err != nil {
			return err
		}
	}
	write(w, http.StatusOK, map[string]any{"acknowledged": true})
	return nil
}
