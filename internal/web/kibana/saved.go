package kibana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"rastro/internal/dashboard"
)

// newObject is the body of a request that makes an object.
type newObject struct {
	Type                 string          `json:"type"`
	ID                   string          `json:"id"`
	Attributes           json.RawMessage `json:"attributes"`
	References           []Reference     `json:"references"`
	Version              string          `json:"version"`
	CoreMigrationVersion string          `json:"coreMigrationVersion"`
	TypeMigrationVersion string          `json:"typeMigrationVersion"`
	MigrationVersion     json.RawMessage `json:"migrationVersion"`
	OriginID             string          `json:"originId"`
}

func (n newObject) object() Object {
	o := Object{
		Type: n.Type, ID: n.ID, Attributes: compact(n.Attributes), References: n.References, OriginID: n.OriginID,
		CoreMigrationVersion: orText(n.CoreMigrationVersion, coreVersion), TypeMigrationVersion: n.TypeMigrationVersion, MigrationVersion: n.MigrationVersion,
	}
	if o.ID == "" {
		o.ID = newID()
	}
	return o
}

// check says what hinders an object from being saved.
func (n newObject) check() error {
	switch {
	case !isType(n.Type):
		return badRequest("Unsupported saved object type: '%.100s': Bad Request", n.Type)
	case !isAttributes(n.Attributes):
		return badRequest("[request body.attributes]: expected value of type [object] but got [%s]", kindOf(n.Attributes))
	case len(n.ID) > dashboard.MaxForeignName:
		return badRequest("the id has %d bytes, %d are the most", len(n.ID), dashboard.MaxForeignName)
	}
	return nil
}

// kindOf names the kind of a JSON value as Kibana does.
func kindOf(raw json.RawMessage) string {
	switch {
	case len(raw) == 0:
		return "undefined"
	case raw[0] == '"':
		return "string"
	case raw[0] == '[':
		return "Array"
	case raw[0] == 't' || raw[0] == 'f':
		return "boolean"
	case raw[0] == 'n':
		return "null"
	}
	return "number"
}

func (h *Handler) get(w http.ResponseWriter, r *http.Request) error {
	o, err := h.object(r.Context(), r.PathValue("type"), r.PathValue("id"))
	if err != nil {
		return named(err, r.PathValue("type"), r.PathValue("id"))
	}
	write(w, http.StatusOK, o)
	return nil
}

// named gives an error about a thing that is not there its words.
func named(err error, typ, id string) error {
	if errors.Is(err, dashboard.ErrNotFound) {
		return notThere(typ, id)
	}
	return err
}

func (h *Handler) resolve(w http.ResponseWriter, r *http.Request) error {
	o, err := h.object(r.Context(), r.PathValue("type"), r.PathValue("id"))
	if err != nil {
		return named(err, r.PathValue("type"), r.PathValue("id"))
	}
	write(w, http.StatusOK, map[string]any{"saved_object": o, "outcome": "exactMatch"})
	return nil
}

func (h *Handler) create(w http.ResponseWriter, r *http.Request) error {
	var in newObject
	if err := h.body(w, r, &in); err != nil {
		return err
	}
	in.Type, in.ID = r.PathValue("type"), r.PathValue("id")
	if err := in.check(); err != nil {
		return err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	results, err := h.save(r.Context(), []newObject{in}, asked(r, "overwrite"))
	if err != nil {
		return err
	}
	if p := results[0].Error; p != nil {
		return *p
	}
	write(w, http.StatusOK, results[0])
	return nil
}

// save saves those of the objects that can be, and gives each back as it is
// now, or with what is wrong with it. The caller holds h.changing.
func (h *Handler) save(ctx context.Context, list []newObject, overwrite bool) ([]Object, error) {
	results := make([]Object, len(list))
	var foreign []dashboard.Foreign
	var at []int
	seen := map[key]bool{}
	for i, in := range list {
		o := in.object()
		err := in.check()
		if err == nil {
			err = h.mayWrite(ctx, o, in.Version, overwrite, seen)
		}
		var f dashboard.Foreign
		if err == nil {
			if f, err = toForeign(o); err == nil && len(f.Body) > dashboard.MaxBody {
				err = badRequest("the object has %d bytes, %d are the most", len(f.Body), dashboard.MaxBody)
			}
		}
		var p Problem
		switch {
		case errors.As(err, &p):
			results[i] = Object{Type: o.Type, ID: o.ID, Error: &p, References: []Reference{}}
			continue
		case err != nil:
			return nil, err
		}
		seen[keyOf(o)] = true
		foreign, at = append(foreign, f), append(at, i)
	}
	if len(foreign) == 0 {
		return results, nil
	}
	if err := h.opts.Saved.SaveForeigns(ctx, foreign); err != nil {
		return nil, err
	}
	changed := make([]key, len(foreign))
	for n, f := range foreign {
		o, err := fromForeign(f)
		if err != nil {
			return nil, err
		}
		results[at[n]], changed[n] = o, keyOf(o)
	}
	_, err := h.rebuild(ctx, changed, nil)
	return results, err
}

// mayWrite refuses to write over an object unseen.
func (h *Handler) mayWrite(ctx context.Context, o Object, version string, overwrite bool, seen map[key]bool) error {
	if seen[keyOf(o)] {
		return conflict(o.Type, o.ID)
	}
	f, err := h.opts.Saved.Foreign(ctx, o.Type, o.ID)
	switch {
	case errors.Is(err, dashboard.ErrNotFound):
		return nil
	case err != nil:
		return err
	case !overwrite || version != "" && version != versionOf(f.Version):
		return conflict(o.Type, o.ID)
	}
	return nil
}

// change is the body of a request that changes attributes of an object.
type change struct {
	Type       string          `json:"type"`
	ID         string          `json:"id"`
	Attributes json.RawMessage `json:"attributes"`
	References *[]Reference    `json:"references"`
	Version    string          `json:"version"`
	Upsert     json.RawMessage `json:"upsert"`
}

func (h *Handler) update(w http.ResponseWriter, r *http.Request) error {
	var in change
	if err := h.body(w, r, &in); err != nil {
		return err
	}
	in.Type, in.ID = r.PathValue("type"), r.PathValue("id")
	h.changing.Lock()
	defer h.changing.Unlock()
	o, err := h.apply(r.Context(), in)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, o)
	return nil
}

// apply changes one object and gives back what Kibana does: the attributes that
// were sent. The caller holds h.changing.
func (h *Handler) apply(ctx context.Context, in change) (Object, error) {
	if !isType(in.Type) {
		return Object{}, notThere(in.Type, in.ID)
	}
	if !isAttributes(in.Attributes) {
		return Object{}, badRequest("[request body.attributes]: expected value of type [object] but got [%s]", kindOf(in.Attributes))
	}
	o, err := h.object(ctx, in.Type, in.ID)
	if errors.Is(err, dashboard.ErrNotFound) && isAttributes(in.Upsert) {
		o, err = newObject{Type: in.Type, ID: in.ID, Attributes: in.Upsert}.object(), nil
		in.Attributes = in.Upsert
	}
	switch {
	case err != nil:
		return o, named(err, in.Type, in.ID)
	case in.Version != "" && in.Version != o.Version:
		return o, conflict(in.Type, in.ID)
	}
	if o.Attributes, err = merged(o.Attributes, in.Attributes); err != nil {
		return o, err
	}
	if in.References != nil {
		o.References = *in.References
	}
	now, err := h.saveOne(ctx, o)
	if err != nil {
		return o, err
	}
	now.Attributes = compact(in.Attributes)
	return now, nil
}

// saveOne saves an object whatever is there, with what is made of it. The
// caller holds h.changing.
func (h *Handler) saveOne(ctx context.Context, o Object) (Object, error) {
	f, err := toForeign(o)
	if err != nil {
		return o, err
	}
	foreign := []dashboard.Foreign{f}
	if err := h.opts.Saved.SaveForeigns(ctx, foreign); err != nil {
		return o, err
	}
	if o, err = fromForeign(foreign[0]); err != nil {
		return o, err
	}
	_, err = h.rebuild(ctx, []key{keyOf(o)}, nil)
	return o, err
}

// merged puts members into an object; the order of the others stays that of
// their names.
func merged(old, new json.RawMessage) (json.RawMessage, error) {
	all := map[string]json.RawMessage{}
	for _, raw := range []json.RawMessage{old, new} {
		if err := json.Unmarshal(raw, &all); err != nil {
			return nil, badRequest("[request body.attributes]: %s", err)
		}
	}
	out, err := json.Marshal(all)
	if err != nil {
		return nil, fmt.Errorf("writing attributes: %w", err)
	}
	return out, nil
}

func (h *Handler) remove(w http.ResponseWriter, r *http.Request) error {
	h.changing.Lock()
	defer h.changing.Unlock()
	if err := h.drop(r.Context(), r.PathValue("type"), r.PathValue("id")); err != nil {
		return err
	}
	write(w, http.StatusOK, struct{}{})
	return nil
}

// drop deletes one object, and what was made of it. The caller holds
// h.changing.
func (h *Handler) drop(ctx context.Context, typ, id string) error {
	if !isType(typ) {
		return notThere(typ, id)
	}
	err := h.opts.Saved.RemoveForeign(ctx, typ, id)
	if _, ok := h.builtin(typ, id); ok && errors.Is(err, dashboard.ErrNotFound) {
		return badRequest("the index pattern %s comes with Rastro and cannot be deleted", id)
	}
	if err != nil {
		return named(err, typ, id)
	}
	switch typ {
	case typeDashboard:
		return h.unlink(ctx, id)
	case typeSearch:
		if err := h.unlinkSearch(ctx, id); err != nil {
			return err
		}
	}
	_, err = h.rebuild(ctx, []key{{typ, id}}, nil)
	return err
}
