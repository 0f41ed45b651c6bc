package kibana

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/dashboard"
)

// exportRequest is the body of _export.
type exportRequest struct {
	Type           json.RawMessage `json:"type"`
	Objects        []wanted        `json:"objects"`
	Search         string          `json:"search"`
	HasReference   json.RawMessage `json:"hasReference"`
	Deep           bool            `json:"includeReferencesDeep"`
	ExcludeDetails bool            `json:"excludeExportDetails"`
}

// exportDetails is the last line of an export.
type exportDetails struct {
	Excluded          []struct{} `json:"excludedObjects"`
	ExcludedCount     int        `json:"excludedObjectsCount"`
	Exported          int        `json:"exportedCount"`
	MissingRefCount   int        `json:"missingRefCount"`
	MissingReferences []wantedID `json:"missingReferences"`
}

type wantedID struct {
	ID   string `json:"id"`
	Type string `json:"type"`
}

func (h *Handler) export(w http.ResponseWriter, r *http.Request) error {
	var in exportRequest
	if err := h.body(w, r, &in); err != nil {
		return err
	}
	picked, err := h.pick(r.Context(), in)
	if err != nil {
		return err
	}
	details := exportDetails{Excluded: []struct{}{}, MissingReferences: []wantedID{}}
	if in.Deep {
		if picked, details.MissingReferences, err = h.withReferences(r.Context(), picked); err != nil {
			return err
		}
	}
	if len(picked) > maxObjects {
		return badRequest("Can't export more than %d objects", maxObjects)
	}
	details.Exported, details.MissingRefCount = len(picked), len(details.MissingReferences)
	var out bytes.Buffer
	for _, o := range inOrder(picked) {
		o.Namespaces = nil
		if err := appendJSON(&out, o); err != nil {
			return err
		}
	}
	if !in.ExcludeDetails {
		if err := appendJSON(&out, details); err != nil {
			return err
		}
	}
	w.Header().Set("Content-Type", "application/ndjson")
	w.Header().Set("Content-Disposition", `attachment; filename="export.ndjson"`)
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = out.WriteTo(w)
	return nil
}

func appendJSON(out *bytes.Buffer, v any) error {
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("writing an export: %w", err)
	}
	return nil
}

// pick finds the objects that a request names.
func (h *Handler) pick(ctx context.Context, in exportRequest) ([]Object, error) {
	var types []string
	var single string
	switch {
	case len(in.Type) == 0:
	case json.Unmarshal(in.Type, &single) == nil:
		types = []string{single}
	case json.Unmarshal(in.Type, &types) != nil:
		return nil, badRequest("[request body.type]: expected value of type [string] or [array]")
	}
	switch {
	case len(types) == 0 && in.Objects == nil:
		return nil, badRequest("Either `type` or `objects` are required.")
	case len(types) > 0 && in.Objects != nil:
		return nil, badRequest("Can't specify both \"types\" and \"objects\" properties when exporting")
	case in.Objects != nil:
		return h.pickObjects(ctx, in.Objects)
	}
	if slices.Contains(types, "*") {
		types = allTypes
	}
	for _, typ := range types {
		if !isType(typ) {
			return nil, badRequest("Trying to export non-exportable type(s): %.100s", typ)
		}
	}
	all, err := h.objects(ctx, types)
	if err != nil {
		return nil, err
	}
	s := findRequest{words: strings.Fields(strings.ToLower(in.Search))}
	if len(in.HasReference) > 0 && string(in.HasReference) != "null" {
		if json.Unmarshal(in.HasReference, &s.references) != nil {
			s.references = make([]Reference, 1)
			if err := json.Unmarshal(in.HasReference, &s.references[0]); err != nil {
				return nil, badRequest("[request body.hasReference]: expected a type and an id")
			}
		}
	}
	return slices.DeleteFunc(all, func(o Object) bool { return !s.matches(o) }), nil
}

func (h *Handler) pickObjects(ctx context.Context, list []wanted) ([]Object, error) {
	if len(list) > maxObjects {
		return nil, badRequest("Can't export more than %d objects", maxObjects)
	}
	var found, lost []Object
	seen := map[key]bool{}
	for _, one := range list {
		if seen[key{one.Type, one.ID}] {
			continue
		}
		seen[key{one.Type, one.ID}] = true
		o, err := h.object(ctx, one.Type, one.ID)
		if err != nil {
			if o, err = h.failed(one.Type, one.ID, err); err != nil {
				return nil, err
			}
			lost = append(lost, o)
			continue
		}
		found = append(found, o)
	}
	if len(lost) > 0 {
		p := badRequest("Error fetching objects to export")
		p.Attributes = map[string]any{"objects": lost}
		return nil, p
	}
	return found, nil
}

// withReferences adds what the objects refer to, and what that refers to.
func (h *Handler) withReferences(ctx context.Context, list []Object) ([]Object, []wantedID, error) {
	seen := map[key]bool{}
	for _, o := range list {
		seen[keyOf(o)] = true
	}
	missing := []wantedID{}
	for i := 0; i < len(list) && i <= maxObjects; i++ {
		for _, r := range list[i].References {
			if seen[key{r.Type, r.ID}] {
				continue
			}
			seen[key{r.Type, r.ID}] = true
			o, err := h.object(ctx, r.Type, r.ID)
			switch {
			case errors.Is(err, dashboard.ErrNotFound):
				missing = append(missing, wantedID{ID: r.ID, Type: r.Type})
			case err != nil:
				return nil, nil, err
			default:
				list = append(list, o)
			}
		}
	}
	return list, missing, nil
}

// inOrder puts what is referred to before what refers to it.
func inOrder(list []Object) []Object {
	at := make(map[key]int, len(list))
	for i, o := range list {
		at[keyOf(o)] = i
	}
	out := make([]Object, 0, len(list))
	visited := make([]bool, len(list))
	// step is an object whose references are being looked at.
	type step struct{ object, next int }
	for i := range list {
		if visited[i] {
			continue
		}
		visited[i] = true
		for stack := []step{{object: i}}; len(stack) > 0; {
			top := &stack[len(stack)-1]
			references := list[top.object].References
			if top.next == len(references) {
				out = append(out, list[top.object])
				stack = stack[:len(stack)-1]
				continue
			}
			r := references[top.next]
			top.next++
			if n, ok := at[key{r.Type, r.ID}]; ok && !visited[n] {
				visited[n] = true
				stack = append(stack, step{object: n})
			}
		}
	}
	return out
}
