package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// searchBody is what of a SavedSearch is in the body of an object.
type searchBody struct {
	Title string `json:"title"`
	State string `json:"state"`
}

// Searches lists the saved searches by title.
func (s *Store) Searches(ctx context.Context) ([]SavedSearch, error) {
	objects, err := s.list(ctx, kindSearch, wholeBody)
	if err != nil {
		return nil, err
	}
	all := make([]SavedSearch, 0, len(objects))
	for _, o := range objects {
		found, err := toSearch(o)
		if err != nil {
			return nil, err
		}
		all = append(all, found)
	}
	slices.SortStableFunc(all, func(a, b SavedSearch) int {
		return strings.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	})
	return all, nil
}

// Search reads one saved search; ErrNotFound when there is none.
func (s *Store) Search(ctx context.Context, id string) (SavedSearch, error) {
	o, err := s.get(ctx, kindSearch, id)
	if err != nil {
		return SavedSearch{}, err
	}
	return toSearch(o)
}

// CreateSearch saves a new search; its id and version are given here.
func (s *Store) CreateSearch(ctx context.Context, in SavedSearch) (SavedSearch, error) {
	o, err := fromSearch(in)
	if err != nil {
		return SavedSearch{}, err
	}
	o.id = ""
	objects := []object{o}
	if err := s.create(ctx, kindSearch, objects); err != nil {
		return SavedSearch{}, err
	}
	return toSearch(objects[0])
}

// UpdateSearch replaces the search in.ID when it is still in.Version; a
// *Conflict[SavedSearch] otherwise.
func (s *Store) UpdateSearch(ctx context.Context, in SavedSearch) (SavedSearch, error) {
	o, err := fromSearch(in)
	if err != nil {
		return SavedSearch{}, err
	}
	now, err := s.update(ctx, kindSearch, o)
	return answer(now, err, toSearch)
}

// DeleteSearch deletes a search when it is still of the version seen; a
// *Conflict[SavedSearch] otherwise.
func (s *Store) DeleteSearch(ctx context.Context, id string, seen int64) error {
	now, err := s.remove(ctx, kindSearch, id, seen)
	_, err = answer(now, err, toSearch)
	return err
}

// SearchVersions lists the versions of a search that are kept, newest first.
func (s *Store) SearchVersions(ctx context.Context, id string) ([]Version, error) {
	return s.versions(ctx, kindSearch, id)
}

// SearchVersion reads a search as it was; also one that was deleted.
func (s *Store) SearchVersion(ctx context.Context, id string, version int64) (SavedSearch, error) {
	o, err := s.version(ctx, kindSearch, id, version)
	if err != nil {
		return SavedSearch{}, err
	}
	return toSearch(o)
}

// answer gives what came of a change: the object, or the conflict with it.
func answer[T any](now object, err error, read func(object) (T, error)) (T, error) {
	var none T
	if err != nil && !errors.Is(err, ErrConflict) {
		return none, err
	}
	got, readErr := read(now)
	switch {
	case readErr != nil:
		return none, readErr
	case err != nil:
		return none, &Conflict[T]{Current: got}
	}
	return got, nil
}

func fromSearch(in SavedSearch) (object, error) {
	in.Title = strings.TrimSpace(in.Title)
	in.State = strings.TrimPrefix(in.State, "?")
	if err := checkSearch(in); err != nil {
		return object{}, err
	}
	body, err := json.Marshal(searchBody{Title: in.Title, State: in.State})
	if err != nil {
		return object{}, fmt.Errorf("writing a saved search: %w", err)
	}
	return object{id: in.ID, version: in.Version, body: body}, nil
}

func toSearch(o object) (SavedSearch, error) {
	var body searchBody
	if err := json.Unmarshal(o.body, &body); err != nil {
		return SavedSearch{}, fmt.Errorf("reading the saved search %s: %w", o.id, err)
	}
	return SavedSearch{ID: o.id, Version: o.version, Title: body.Title, State: body.State, UpdatedAt: stamp(o.updated)}, nil
}
