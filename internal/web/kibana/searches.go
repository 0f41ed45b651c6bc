package kibana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// typeSearchLink says which saved search of ours was made of one of Kibana's.
const typeSearchLink = "rastro-search-link"

// searchLink is link for a saved search.
type searchLink struct {
	Search  string `json:"search"`
	Version int64  `json:"version"`
}

// deriveSearches makes saved searches of ours of those that were written, so
// that they are in Discover's list. One that somebody changed or deleted here
// is left alone. The caller holds h.changing.
func (h *Handler) deriveSearches(ctx context.Context, objects []Object, touched map[key]bool, find finder, m *made) error {
	for _, o := range objects {
		if o.Type != typeSearch || !touched[keyOf(o)] {
			continue
		}
		b := builder{find: find, now: h.opts.Now(), prefix: h.opts.Prefix, object: o}
		search, err := b.search()
		if err == nil {
			err = h.putSearch(ctx, o.ID, search, m)
		}
		var mistake *dashboard.Mistake
		switch {
		case err == nil:
		case errors.Is(err, dashboard.ErrFull):
			b.note("", "no saved search was made of it, nor of those behind it: %v", err)
			m.notes = append(m.notes, b.notes...)
			return nil
		case errors.As(err, &mistake), errors.Is(err, errNoSearch):
			b.note("", "no saved search was made of it: %v", err)
		default:
			return err
		}
		m.notes = append(m.notes, b.notes...)
	}
	return nil
}

// errNoSearch is wrapped by reasons why a search cannot be taken.
var errNoSearch = errors.New("its query cannot be taken")

// search translates a saved search into the state of Discover.
func (b *builder) search() (dashboard.SavedSearch, error) {
	var in struct {
		Meta    sourceMeta      `json:"kibanaSavedObjectMeta"`
		Columns []string        `json:"columns"`
		Sort    json.RawMessage `json:"sort"`
	}
	if err := json.Unmarshal(b.object.Attributes, &in); err != nil {
		return dashboard.SavedSearch{}, fmt.Errorf("%w: its attributes are of other kinds", errNoSearch)
	}
	where, err := b.where(in.Meta.raw(), b.object.References, kuery.Everything)
	if err != nil {
		return dashboard.SavedSearch{}, fmt.Errorf("%w: %w", errNoSearch, err)
	}
	if err := dashboard.CheckQuery(where.Query(), b.now); err != nil {
		return dashboard.SavedSearch{}, err
	}
	panel := listed(where, in.Columns, in.Sort).panel
	state := url.Values{"columns": {strings.Join(panel.Columns, ",")}}
	if panel.Query != "" {
		state.Set("q", panel.Query)
	}
	if panel.Sort != "-@timestamp" {
		state.Set("sort", panel.Sort)
	}
	title := orText(cleanTitle(b.object.title()), cleanTitle(b.object.ID))
	return dashboard.SavedSearch{Title: title, State: state.Encode()}, nil
}

// putSearch saves a search, as a new one or in place of the one that was made
// before.
func (h *Handler) putSearch(ctx context.Context, id string, search dashboard.SavedSearch, m *made) error {
	var l searchLink
	f, err := h.opts.Saved.Foreign(ctx, typeSearchLink, id)
	switch {
	case err == nil:
		if err := json.Unmarshal(f.Body, &l); err != nil {
			return fmt.Errorf("reading what the saved search %s was made of: %w", id, err)
		}
		search.ID, search.Version = l.Search, l.Version
		search, err = h.opts.Saved.UpdateSearch(ctx, search)
	case errors.Is(err, dashboard.ErrNotFound):
		search, err = h.opts.Saved.CreateSearch(ctx, search)
	}
	if errors.Is(err, dashboard.ErrConflict) || errors.Is(err, dashboard.ErrNotFound) {
		return nil // somebody changed or deleted it here
	}
	if err != nil {
		return err
	}
	m.shown[key{typeSearch, id}] = true
	body, err := json.Marshal(searchLink{Search: search.ID, Version: search.Version})
	if err != nil {
		return fmt.Errorf("writing what a saved search was made of: %w", err)
	}
	return h.opts.Saved.SaveForeigns(ctx, []dashboard.Foreign{{Type: typeSearchLink, ID: id, Body: body}})
}

// unlinkSearch deletes what was made of a saved search that is no more, unless
// somebody changed it since.
func (h *Handler) unlinkSearch(ctx context.Context, id string) error {
	f, err := h.opts.Saved.Foreign(ctx, typeSearchLink, id)
	if errors.Is(err, dashboard.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	var l searchLink
	if err := json.Unmarshal(f.Body, &l); err != nil {
		return fmt.Errorf("reading what the saved search %s was made of: %w", id, err)
	}
	err = h.opts.Saved.DeleteSearch(ctx, l.Search, l.Version)
	if err != nil && !errors.Is(err, dashboard.ErrConflict) && !errors.Is(err, dashboard.ErrNotFound) {
		return err
	}
	return h.opts.Saved.RemoveForeign(ctx, typeSearchLink, id)
}
