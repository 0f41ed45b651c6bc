package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"rastro/internal/dashboard"
)

// maxSaved bounds the body of a request that saves: an object, and room for
// the spaces in it.
const maxSaved = dashboard.MaxBody + dashboard.MaxBody/4

// VersionList is the answer of GET /api/dashboards/{id}/versions and of the
// same for searches.
type VersionList struct {
	// Items are newest first.
	Items []dashboard.Version `json:"items"`
}

// savedHandler serves one method of one path of saved things.
type savedHandler = func(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error

// versionParam names the version that a deletion has seen.
var versionParam = []Param{{Name: "version", Meaning: "The version that was seen last; another one is refused with 409", Required: true}}

// savedRoutes are those of saved searches and dashboards.
func savedRoutes() []Route {
	const get, post, put, del = http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	return []Route{
		{Method: get, Path: "/api/searches", Summary: "The saved searches", Answer: SavedSearchList{}, handle: saved(listSearches)},
		{Method: post, Path: "/api/searches", Summary: "Save a search", Request: dashboard.SavedSearch{}, Answer: dashboard.SavedSearch{}, Status: http.StatusCreated, handle: saved(createSearch)},
		{Method: get, Path: "/api/searches/{id}", Summary: "One saved search", Answer: dashboard.SavedSearch{}, handle: saved(readSearch)},
		{Method: put, Path: "/api/searches/{id}", Summary: "Change a saved search; the version must be the present one", Request: dashboard.SavedSearch{}, Answer: dashboard.SavedSearch{}, Fails: []any{SearchConflict{}}, handle: saved(updateSearch)},
		{Method: del, Path: "/api/searches/{id}", Summary: "Remove a saved search", Params: versionParam, Fails: []any{SearchConflict{}}, Status: http.StatusNoContent, handle: saved(deleteSearch)},
		{Method: get, Path: "/api/searches/{id}/versions", Summary: "The last versions of a saved search", Answer: VersionList{}, handle: saved(searchVersions)},
		{Method: get, Path: "/api/searches/{id}/versions/{version}", Summary: "A saved search as it was", Answer: dashboard.SavedSearch{}, handle: saved(searchVersion)},
		{Method: get, Path: "/api/dashboards", Summary: "The dashboards, those that come with Rastro first", Answer: DashboardList{}, handle: saved(listDashboards)},
		{Method: post, Path: "/api/dashboards", Summary: "Make a dashboard", Request: dashboard.Dashboard{}, Answer: dashboard.Dashboard{}, Status: http.StatusCreated, handle: saved(createDashboard)},
		{Method: post, Path: "/api/dashboards/import", Summary: "Take dashboards from a file, all or none; also from an export of Kibana", Takes: "application/x-ndjson", Answer: DashboardList{}, Fails: []any{ImportMistakes{}}, Status: http.StatusCreated, handle: importAny},
		{
			Method: get, Path: "/api/dashboards/export", Summary: "Dashboards in a file, one per line",
			Params: []Param{{Name: "ids", Meaning: "Which ones, parted by commas; default all that were made here"}},
			Gives:  []string{"application/x-ndjson"}, handle: saved(exportDashboards),
		},
		{Method: get, Path: "/api/dashboards/{id}", Summary: "One dashboard", Answer: dashboard.Dashboard{}, handle: saved(readDashboard)},
		{Method: put, Path: "/api/dashboards/{id}", Summary: "Change a dashboard; the version must be the present one", Request: dashboard.Dashboard{}, Answer: dashboard.Dashboard{}, Fails: []any{DashboardConflict{}}, handle: saved(updateDashboard)},
		{Method: del, Path: "/api/dashboards/{id}", Summary: "Remove a dashboard", Params: versionParam, Fails: []any{DashboardConflict{}}, Status: http.StatusNoContent, handle: saved(deleteDashboard)},
		{Method: get, Path: "/api/dashboards/{id}/versions", Summary: "The last versions of a dashboard", Answer: VersionList{}, handle: saved(dashboardVersions)},
		{Method: get, Path: "/api/dashboards/{id}/versions/{version}", Summary: "A dashboard as it was", Answer: dashboard.Dashboard{}, handle: saved(dashboardVersion)},
	}
}

// saved gives a handler the store, if there is one and the caller may see it.
func saved(handle savedHandler) func(*Server, http.ResponseWriter, *http.Request) {
	return func(s *Server, w http.ResponseWriter, r *http.Request) {
		switch {
		case s.opts.Saved == nil:
			fail(w, http.StatusServiceUnavailable, Error{Code: "saved_unavailable", Message: "this server saves nothing"})
		case !s.opts.Scope(r).SeesEverything():
			// What is saved is shared by all, and its queries name people.
			fail(w, http.StatusForbidden, Error{Code: "forbidden", Message: "you may not see what is saved here", Hint: "ask the administrator of this server"})
		default:
			w.Header().Set("Cache-Control", "no-store")
			if err := handle(w, r, s.opts.Saved); err != nil {
				failSaved(w, err)
			}
		}
	}
}

// failSaved tells what went wrong with saved things.
func failSaved(w http.ResponseWriter, err error) {
	var search *dashboard.Conflict[dashboard.SavedSearch]
	var board *dashboard.Conflict[dashboard.Dashboard]
	var file *dashboard.BadFile
	status, e := savedError(err)
	switch {
	case errors.As(err, &search):
		write(w, status, SearchConflict{Error: e, Current: search.Current})
	case errors.As(err, &board):
		write(w, status, DashboardConflict{Error: e, Current: board.Current})
	case errors.As(err, &file):
		write(w, status, ImportMistakes{Error: e, Mistakes: file.Mistakes, More: file.More})
	default:
		fail(w, status, e)
	}
}

// savedError gives every error of the room dashboard its status and its words.
func savedError(err error) (int, Error) {
	var known Error
	var mistake *dashboard.Mistake
	var file *dashboard.BadFile
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return http.StatusBadRequest, known
	case errors.As(err, &mistake):
		text := mistake.Problem
		if mistake.Where != "" {
			text = mistake.Where + ": " + text
		}
		e := Error{Code: "invalid", Message: text, Hint: mistake.Hint, Suggestion: mistake.Suggestion}
		if mistake.Position > 0 {
			e.Position = &mistake.Position
		}
		return http.StatusBadRequest, e
	case errors.As(err, &file):
		return http.StatusBadRequest, Error{Code: "bad_file", Message: "nothing was imported: " + err.Error(), Hint: "mend the lines that are listed in mistakes and import the file again"}
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge, Error{Code: "too_large", Message: fmt.Sprintf("the request has more than %d bytes", large.Limit), Hint: "send less at a time"}
	case errors.Is(err, dashboard.ErrConflict):
		return http.StatusConflict, Error{Code: "version_conflict", Message: err.Error(), Hint: "look at current, what is there now, and save with its version, or save under another name"}
	case errors.Is(err, dashboard.ErrNotFound):
		return http.StatusNotFound, Error{Code: "not_found", Message: err.Error(), Hint: "it may have been deleted; the list tells what there is"}
	case errors.Is(err, dashboard.ErrBuiltin):
		return http.StatusForbidden, Error{Code: "builtin", Message: err.Error(), Hint: "save a copy of it and change that"}
	case errors.Is(err, dashboard.ErrFull):
		return http.StatusInsufficientStorage, Error{Code: "full", Message: err.Error(), Hint: "delete what nobody needs, or make room on the disk"}
	case errors.Is(err, dashboard.ErrUnavailable):
		return http.StatusServiceUnavailable, Error{Code: "saved_unavailable", Message: err.Error(), Hint: "mend the file in the data folder and start the server again"}
	case errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable, Error{Code: "cancelled", Message: "the request was cancelled"}
	}
	return http.StatusInternalServerError, Error{Code: "internal", Message: err.Error(), Hint: "the server's log may say more"}
}

// readSaved reads the body of a request that saves.
func readSaved(w http.ResponseWriter, r *http.Request, into any) error {
	control := http.NewResponseController(w)
	// A server without deadlines (tests) cannot set one; reading still works.
	_ = control.SetReadDeadline(time.Now().Add(requestTimeout))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxSaved))
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	return dashboard.Decode(text, into)
}

// checkChange looks whether a change names what it changes: the id of the
// address, and the version that it was made from.
func checkChange(r *http.Request, id string, version int64) error {
	if id != "" && id != r.PathValue("id") {
		return Error{Code: "bad_id", Message: fmt.Sprintf("the address names %.100q and the object %.100q", r.PathValue("id"), id), Hint: "send the object to its own address"}
	}
	if version < 1 {
		return Error{Code: "no_version", Message: "the version is missing that the change was made from", Hint: "send the version that was read"}
	}
	return nil
}

// seenVersion is the parameter version of DELETE.
func seenVersion(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.URL.Query().Get("version"), 10, 64)
	if err != nil || n < 1 {
		return 0, Error{Code: "no_version", Message: "the parameter version is missing, or is no number", Hint: "send the version that was read, as in ?version=3"}
	}
	return n, nil
}

// pathVersion is the version in the address; one that is no number is not
// there.
func pathVersion(r *http.Request) (int64, error) {
	n, err := strconv.ParseInt(r.PathValue("version"), 10, 64)
	if err != nil {
		return 0, dashboard.ErrNotFound
	}
	return n, nil
}
