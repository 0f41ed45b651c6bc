package kibana

import (
	"errors"
	"net/http"
	"slices"
)

// wanted names an object in a request.
type wanted struct {
	Type   string   `json:"type"`
	ID     string   `json:"id"`
	Fields []string `json:"fields"`
}

func (h *Handler) bulkGet(w http.ResponseWriter, r *http.Request) error {
	in, err := bulk[wanted](h, w, r, maxObjects)
	if err != nil {
		return err
	}
	list := make([]Object, len(in))
	for i, one := range in {
		o, err := h.object(r.Context(), one.Type, one.ID)
		if err != nil {
			if list[i], err = h.failed(one.Type, one.ID, err); err != nil {
				return err
			}
			continue
		}
		list[i] = o.only(one.Fields)
	}
	write(w, http.StatusOK, map[string]any{"saved_objects": list})
	return nil
}

// maxChanges is the most objects that one request changes or deletes one by
// one.
const maxChanges = 1000

// bulk reads the list of a request of at most most things.
func bulk[T any](h *Handler, w http.ResponseWriter, r *http.Request, most int) (list []T, err error) {
	if err := h.body(w, r, &list); err != nil {
		return nil, err
	}
	if n := len(list); n > most {
		return nil, badRequest("[request body]: array size is [%d], but cannot be greater than [%d]", n, most)
	}
	return list, nil
}

// failed is an object in whose place an error stands; errors that are not about
// the object come back.
func (h *Handler) failed(typ, id string, err error) (Object, error) {
	var p Problem
	if err = named(err, typ, id); !errors.As(err, &p) {
		return Object{}, err
	}
	return Object{Type: typ, ID: id, Error: &p, References: []Reference{}}, nil
}

func (h *Handler) bulkCreate(w http.ResponseWriter, r *http.Request) error {
	in, err := bulk[newObject](h, w, r, maxObjects)
	if err != nil {
		return err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	results, err := h.save(r.Context(), in, asked(r, "overwrite"))
	if err != nil {
		return err
	}
	write(w, http.StatusOK, map[string]any{"saved_objects": results})
	return nil
}

func (h *Handler) bulkUpdate(w http.ResponseWriter, r *http.Request) error {
	in, err := bulk[change](h, w, r, maxChanges)
	if err != nil {
		return err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	list := make([]Object, len(in))
	for i, one := range in {
		o, err := h.apply(r.Context(), one)
		if err != nil {
			if o, err = h.failed(one.Type, one.ID, err); err != nil {
				return err
			}
		}
		list[i] = o
	}
	write(w, http.StatusOK, map[string]any{"saved_objects": list})
	return nil
}

func (h *Handler) bulkDelete(w http.ResponseWriter, r *http.Request) error {
	in, err := bulk[wanted](h, w, r, maxChanges)
	if err != nil {
		return err
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	type status struct {
		ID      string   `json:"id"`
		Type    string   `json:"type"`
		Success bool     `json:"success"`
		Error   *Problem `json:"error,omitempty"`
	}
	list := make([]status, len(in))
	for i, one := range in {
		list[i] = status{ID: one.ID, Type: one.Type, Success: true}
		if err := h.drop(r.Context(), one.Type, one.ID); err != nil {
			o, err := h.failed(one.Type, one.ID, err)
			if err != nil {
				return err
			}
			list[i].Success, list[i].Error = false, o.Error
		}
	}
	write(w, http.StatusOK, map[string]any{"statuses": list})
	return nil
}

// only keeps some attributes; all without names.
func (o Object) only(fields []string) Object {
	if len(fields) == 0 {
		return o
	}
	o.Attributes = keep(o.Attributes, func(name string) bool { return slices.Contains(fields, name) })
	return o
}
