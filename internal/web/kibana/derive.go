package kibana

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"rastro/internal/dashboard"
)

// link says which dashboard of ours was made of one of Kibana's.
type link struct {
	// Dashboard is its id, and Version the one that was made; another version
	// there means that somebody changed it since.
	Dashboard string `json:"dashboard"`
	Version   int64  `json:"version"`
	// Guessed stand in for references that the saved object does not have.
	Guessed []Reference `json:"guessed,omitempty"`
}

// made is what came of the dashboards that a change touched.
type made struct {
	notes []Note
	// dashboards are the ids of ours, by that of Kibana's.
	dashboards map[string]string
	// shown are the objects that some dashboard shows.
	shown map[key]bool
}

// drawnTypes are those that a dashboard is made of.
var drawnTypes = []string{typeDashboard, typeVis, typeSearch, typeLens, typePattern}

// rebuild makes the dashboards of ours anew that the changed objects are, or
// are part of. guesses are stand-ins for references of dashboards that were
// just read from a file. The caller holds h.changing.
func (h *Handler) rebuild(ctx context.Context, changed []key, guesses map[key][]Reference) (made, error) {
	m := made{dashboards: map[string]string{}, shown: map[key]bool{}}
	touched := map[key]bool{}
	relevant := false
	for _, k := range changed {
		touched[k] = true
		for _, typ := range drawnTypes {
			relevant = relevant || typ == k.typ
		}
	}
	if !relevant {
		return m, nil
	}
	objects, err := h.objects(ctx, drawnTypes)
	if err != nil {
		return m, err
	}
	links, err := h.links(ctx)
	if err != nil {
		return m, err
	}
	find := finderOf(objects)
	if err := h.deriveSearches(ctx, objects, touched, find, &m); err != nil {
		return m, err
	}
	var fresh []dashboard.Foreign
	for _, o := range objects {
		if o.Type != typeDashboard {
			continue
		}
		l := links[o.ID]
		itself := touched[keyOf(o)]
		if list, ok := guesses[keyOf(o)]; ok {
			l.Guessed = list
		} else if itself && len(o.References) > 0 {
			l.Guessed = nil
		}
		if !itself && !h.concerns(o, l, changed) {
			continue
		}
		now, err := h.derive(ctx, o, l, itself, find, &m)
		if err != nil {
			return m, err
		}
		if !reflect.DeepEqual(now, links[o.ID]) {
			body, err := json.Marshal(now)
			if err != nil {
				return m, fmt.Errorf("writing what a dashboard was made of: %w", err)
			}
			fresh = append(fresh, dashboard.Foreign{Type: typeLink, ID: o.ID, Body: body})
		}
	}
	if len(fresh) == 0 {
		return m, nil
	}
	return m, h.opts.Saved.SaveForeigns(ctx, fresh)
}

// finderOf finds objects by their id, or by the one that they had where they
// were copied from.
func finderOf(objects []Object) finder {
	all := map[key]Object{}
	for _, o := range objects {
		if o.OriginID != "" {
			all[key{o.Type, o.OriginID}] = o
		}
	}
	for _, o := range objects {
		all[keyOf(o)] = o
	}
	return func(typ, id string) (Object, bool) {
		o, ok := all[key{typ, id}]
		return o, ok
	}
}

func (h *Handler) links(ctx context.Context) (map[string]link, error) {
	list, err := h.opts.Saved.Foreigns(ctx, typeLink)
	if err != nil {
		return nil, err
	}
	all := map[string]link{}
	for _, f := range list {
		var l link
		if err := json.Unmarshal(f.Body, &l); err != nil {
			return nil, fmt.Errorf("reading what the dashboard %s was made of: %w", f.ID, err)
		}
		all[f.ID] = l
	}
	return all, nil
}

// concerns tells whether a dashboard shows one of the objects. It may say yes
// too often, which costs a look and changes nothing.
func (h *Handler) concerns(o Object, l link, changed []key) bool {
	refers := map[key]bool{}
	for _, list := range [][]Reference{o.References, l.Guessed} {
		for _, r := range list {
			refers[key{r.Type, r.ID}] = true
		}
	}
	for _, k := range changed {
		switch {
		case k.typ == typeDashboard:
		case refers[k], k.typ == typePattern:
			return true
		case len(changed) < 100 && bytes.Contains(o.Attributes, []byte(k.id)):
			return true
		}
	}
	return len(changed) >= 100
}

// derive makes one dashboard of ours. itself: the dashboard was written, and
// not only a part of it; then it takes the place also of one that somebody
// changed here, whose history keeps that state.
func (h *Handler) derive(ctx context.Context, o Object, l link, itself bool, find finder, m *made) (link, error) {
	there, err := h.opts.Saved.Dashboard(ctx, l.Dashboard)
	isThere := err == nil
	if err != nil && !errors.Is(err, dashboard.ErrNotFound) {
		return l, err
	}
	own := isThere && there.Version == l.Version
	if !itself && l.Dashboard != "" && !own {
		return l, nil
	}
	b := builder{find: remembering(find, m.shown), now: h.opts.Now(), prefix: h.opts.Prefix, object: o, guessed: l.Guessed}
	board, notes, err := b.build()
	m.notes = append(m.notes, notes...)
	if err != nil {
		m.notes = append(m.notes, Note{Type: o.Type, ID: o.ID, Text: "no dashboard was made of it: " + err.Error()})
		return l, nil
	}
	if l.Dashboard == "" {
		if l.Dashboard, err = h.freeID(ctx, o.ID); err != nil {
			return l, err
		}
	}
	board.ID = l.Dashboard
	if own && alike(board, there) {
		m.dashboards[o.ID] = l.Dashboard
		return l, nil
	}
	saved, err := h.opts.Saved.PutDashboard(ctx, board)
	var mistake *dashboard.Mistake
	switch {
	case errors.As(err, &mistake) || errors.Is(err, dashboard.ErrFull):
		m.notes = append(m.notes, Note{Type: o.Type, ID: o.ID, Text: "no dashboard was made of it: " + err.Error()})
		return l, nil
	case err != nil:
		return l, err
	}
	if isThere && !own {
		m.notes = append(m.notes, Note{Type: o.Type, ID: o.ID, Text: "the dashboard had been changed here; that state is in its history"})
	}
	l.Version = saved.Version
	m.dashboards[o.ID] = l.Dashboard
	return l, nil
}

// remembering notes what was found.
func remembering(find finder, shown map[key]bool) finder {
	return func(typ, id string) (Object, bool) {
		o, ok := find(typ, id)
		if ok {
			shown[keyOf(o)] = true
		}
		return o, ok
	}
}

// alike tells dashboards that show the same.
func alike(a, b dashboard.Dashboard) bool {
	a.Summary, b.Summary = dashboard.Summary{Title: a.Title, Description: a.Description}, dashboard.Summary{Title: b.Title, Description: b.Description}
	x, err := json.Marshal(a)
	if err != nil {
		return false
	}
	y, err := json.Marshal(b)
	return err == nil && bytes.Equal(x, y)
}

// freeID is Kibana's id where a dashboard of ours can have it and none has, and
// one that is made of it otherwise.
func (h *Handler) freeID(ctx context.Context, id string) (string, error) {
	sum := sha256.Sum256([]byte(id))
	for _, candidate := range []string{id, "kibana-" + hex.EncodeToString(sum[:8])} {
		if !h.opts.Saved.Free(candidate) {
			continue
		}
		_, err := h.opts.Saved.Dashboard(ctx, candidate)
		if errors.Is(err, dashboard.ErrNotFound) {
			return candidate, nil
		}
		if err != nil {
			return "", err
		}
	}
	return "kibana-" + newID(), nil
}

// unlink deletes what was made of a dashboard that is no more, unless somebody
// changed it since.
func (h *Handler) unlink(ctx context.Context, id string) error {
	f, err := h.opts.Saved.Foreign(ctx, typeLink, id)
	if errors.Is(err, dashboard.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var l link
	if err := json.Unmarshal(f.Body, &l); err != nil {
		return fmt.Errorf("reading what the dashboard %s was made of: %w", id, err)
	}
	if l.Version > 0 {
		err = h.opts.Saved.DeleteDashboard(ctx, l.Dashboard, l.Version)
		if err != nil && !errors.Is(err, dashboard.ErrConflict) && !errors.Is(err, dashboard.ErrNotFound) {
			return err
		}
	}
	return h.opts.Saved.RemoveForeign(ctx, typeLink, id)
}
