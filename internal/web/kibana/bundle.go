package kibana

import (
	"io"
	"net/http"
	"slices"
)

// The dashboards API of Kibana before version 8: a dashboard with all that
// belongs to it in one JSON object, {"version", "objects"}. Filebeat 7 sets its
// dashboards up with it.

// importBundle saves the objects of a bundle; with force over what is there.
func (h *Handler) importBundle(w http.ResponseWriter, r *http.Request) error {
	done, err := h.admit()
	if err != nil {
		return err
	}
	defer done()
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile))
	if err != nil {
		return reading(err)
	}
	f, err := readFile(text)
	if err != nil {
		return badRequest("[request body]: %s", err)
	}
	if len(f.objects) == 0 {
		return badRequest("[request body.objects]: expected value of type [array] but got [undefined]")
	}
	exclude := r.URL.Query()["exclude"]
	f.keep(func(o Object) bool { return !slices.Contains(exclude, o.Type) })
	if twice := f.twice(); len(twice) > 0 {
		return badRequest("[request body.objects]: there is more than one %s", twice[0])
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	answer, err := h.take(r.Context(), f, importRequest{overwrite: asked(r, "force")})
	if err != nil {
		return err
	}
	list := make([]Object, 0, len(f.objects))
	for _, one := range answer.SuccessResults {
		o, err := h.object(r.Context(), one.Type, one.ID)
		if err != nil {
			return err
		}
		list = append(list, o)
	}
	for _, one := range answer.Errors {
		p := conflict(one.Type, one.ID)
		if one.Error["type"] != "conflict" {
			p = badRequest("Unsupported saved object type: '%.100s': Bad Request", one.Type)
		}
		list = append(list, Object{Type: one.Type, ID: one.ID, Error: &p, References: []Reference{}})
	}
	write(w, http.StatusOK, map[string]any{"objects": list, "warnings": answer.Warnings})
	return nil
}

// keep leaves the objects that are wanted in a file.
func (f *file) keep(want func(Object) bool) {
	var out file
	for i, o := range f.objects {
		if want(o) {
			out.objects, out.group = append(out.objects, o), append(out.group, f.group[i])
		}
	}
	*f = out
}

// exportBundle gives dashboards with all that they refer to.
func (h *Handler) exportBundle(w http.ResponseWriter, r *http.Request) error {
	ids := r.URL.Query()["dashboard"]
	if len(ids) == 0 || len(ids) > 100 {
		return badRequest("[request query.dashboard]: expected 1 to 100 ids of dashboards")
	}
	var list []Object
	for _, id := range ids {
		o, err := h.object(r.Context(), typeDashboard, id)
		if err != nil {
			if o, err = h.failed(typeDashboard, id, err); err != nil {
				return err
			}
		}
		list = append(list, o)
	}
	list, _, err := h.withReferences(r.Context(), list)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Disposition", `attachment; filename="kibana-dashboards.json"`)
	write(w, http.StatusOK, map[string]any{"version": h.opts.Version, "objects": list})
	return nil
}
