package web

import (
	"net/http"
	"net/url"

	"rastro/internal/dashboard"
)

// SavedSearchList is the answer of GET /api/searches.
type SavedSearchList struct {
	Items []dashboard.SavedSearch `json:"items"`
	// Notes tell what hinders saving.
	Notes []dashboard.Words `json:"notes,omitempty"`
}

// SearchConflict is the answer about a change of a search that was changed by
// somebody else.
type SearchConflict struct {
	Error   Error                 `json:"error"`
	Current dashboard.SavedSearch `json:"current"`
}

func listSearches(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	items, err := saved.Searches(r.Context())
	if err != nil {
		return err
	}
	write(w, http.StatusOK, SavedSearchList{Items: items, Notes: saved.Notes()})
	return nil
}

func createSearch(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	var in dashboard.SavedSearch
	if err := readSaved(w, r, &in); err != nil {
		return err
	}
	made, err := saved.CreateSearch(r.Context(), in)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/searches/"+url.PathEscape(made.ID))
	write(w, http.StatusCreated, made)
	return nil
}

func readSearch(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	got, err := saved.Search(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	write(w, http.StatusOK, got)
	return nil
}

func updateSearch(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	var in dashboard.SavedSearch
	if err := readSaved(w, r, &in); err != nil {
		return err
	}
	if err := checkChange(r, in.ID, in.Version); err != nil {
		return err
	}
	in.ID = r.PathValue("id")
	now, err := saved.UpdateSearch(r.Context(), in)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, now)
	return nil
}

func deleteSearch(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	seen, err := seenVersion(r)
	if err != nil {
		return err
	}
	if err := saved.DeleteSearch(r.Context(), r.PathValue("id"), seen); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func searchVersions(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	items, err := saved.SearchVersions(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	write(w, http.StatusOK, VersionList{Items: items})
	return nil
}

func searchVersion(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	version, err := pathVersion(r)
	if err != nil {
		return err
	}
	got, err := saved.SearchVersion(r.Context(), r.PathValue("id"), version)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, got)
	return nil
}
