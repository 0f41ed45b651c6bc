package web

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"rastro/internal/dashboard"
)

// DashboardList is the answer of GET /api/dashboards.
type DashboardList struct {
	// Items are those that come with Rastro first.
	Items []dashboard.Summary `json:"items"`
	// Notes tell what hinders saving, or what was not taken of a file of Kibana's.
	Notes []dashboard.Words `json:"notes,omitempty"`
}

// DashboardConflict is the answer about a change of a dashboard that was
// changed by somebody else.
type DashboardConflict struct {
	Error   Error               `json:"error"`
	Current dashboard.Dashboard `json:"current"`
}

// ImportMistakes is the answer about a file of dashboards that holds mistakes;
// nothing of it was taken.
type ImportMistakes struct {
	Error    Error                   `json:"error"`
	Mistakes []dashboard.LineMistake `json:"mistakes"`
	// More is how many mistakes are not listed.
	More int `json:"more,omitempty"`
}

func listDashboards(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	items, err := saved.Dashboards(r.Context())
	if err != nil {
		return err
	}
	write(w, http.StatusOK, DashboardList{Items: items, Notes: saved.Notes()})
	return nil
}

func createDashboard(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	var in dashboard.Dashboard
	if err := readSaved(w, r, &in); err != nil {
		return err
	}
	made, err := saved.CreateDashboard(r.Context(), in)
	if err != nil {
		return err
	}
	w.Header().Set("Location", "/api/dashboards/"+url.PathEscape(made.ID))
	write(w, http.StatusCreated, made)
	return nil
}

func readDashboard(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	got, err := saved.Dashboard(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	write(w, http.StatusOK, got)
	return nil
}

func updateDashboard(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	var in dashboard.Dashboard
	if err := readSaved(w, r, &in); err != nil {
		return err
	}
	if err := checkChange(r, in.ID, in.Version); err != nil {
		return err
	}
	in.ID = r.PathValue("id")
	now, err := saved.UpdateDashboard(r.Context(), in)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, now)
	return nil
}

func deleteDashboard(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	seen, err := seenVersion(r)
	if err != nil {
		return err
	}
	if err := saved.DeleteDashboard(r.Context(), r.PathValue("id"), seen); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func dashboardVersions(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	items, err := saved.DashboardVersions(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	write(w, http.StatusOK, VersionList{Items: items})
	return nil
}

func dashboardVersion(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	version, err := pathVersion(r)
	if err != nil {
		return err
	}
	got, err := saved.DashboardVersion(r.Context(), r.PathValue("id"), version)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, got)
	return nil
}

// importAny takes dashboards from a file, ours or Kibana's.
func importAny(s *Server, w http.ResponseWriter, r *http.Request) {
	saved(s.importDashboards)(s, w, r)
}

// importDashboards takes the file that exportDashboards gives, or one of
// Kibana's, as the body.
func (s *Server) importDashboards(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	body := &patientReader{r: http.MaxBytesReader(w, r.Body, dashboard.MaxImport+1), control: http.NewResponseController(w)}
	text, err := io.ReadAll(body)
	if err != nil {
		return fmt.Errorf("reading the file: %w", err)
	}
	ids, notes, ours, err := s.kibana.Import(r.Context(), text)
	if err != nil {
		return err
	}
	if !ours {
		items, err := saved.Import(r.Context(), bytes.NewReader(text))
		if err != nil {
			return err
		}
		write(w, http.StatusCreated, DashboardList{Items: items})
		return nil
	}
	list := DashboardList{Items: []dashboard.Summary{}}
	for _, id := range ids {
		d, err := saved.Dashboard(r.Context(), id)
		if err != nil {
			return err
		}
		list.Items = append(list.Items, d.Summary)
	}
	for _, text := range notes {
		list.Notes = append(list.Notes, dashboard.Words{En: text})
	}
	write(w, http.StatusCreated, list)
	return nil
}

// exportDashboards gives the dashboards of the parameter ids, parted by commas;
// without it all that users made.
func exportDashboards(w http.ResponseWriter, r *http.Request, saved *dashboard.Store) error {
	var ids []string
	if text := r.URL.Query().Get("ids"); text != "" {
		ids = strings.Split(text, ",")
	}
	var file bytes.Buffer
	if err := saved.Export(r.Context(), &file, ids); err != nil {
		return err
	}
	name := "rastro-dashboards.ndjson"
	if len(ids) == 1 {
		name = "rastro-dashboard-" + ids[0] + ".ndjson"
	}
	w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = file.WriteTo(w)
	return nil
}
