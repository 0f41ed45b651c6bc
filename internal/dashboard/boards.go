package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// boardBody is what of a Dashboard is in the body of an object, and in a file
// of dashboards.
type boardBody struct {
	Title       Words   `json:"title"`
	Description *Words  `json:"description,omitempty"`
	Since       string  `json:"since"`
	Until       string  `json:"until,omitempty"`
	Query       string  `json:"query,omitempty"`
	Refresh     int     `json:"refresh"`
	Panels      []Panel `json:"panels"`
}

// Dashboards lists the dashboards that come with Rastro, in their order, then
// the others by title.
func (s *Store) Dashboards(ctx context.Context) ([]Summary, error) {
	objects, err := s.list(ctx, kindDashboard, headOnly)
	if err != nil {
		return nil, err
	}
	all := make([]Summary, 0, len(s.builtins)+len(objects))
	for i := range s.builtins {
		all = append(all, s.builtins[i].Summary)
	}
	for _, o := range objects {
		d, err := toBoard(o)
		if err != nil {
			return nil, err
		}
		all = append(all, d.Summary)
	}
	slices.SortStableFunc(all[len(s.builtins):], func(a, b Summary) int {
		return strings.Compare(strings.ToLower(anyOf(a.Title)), strings.ToLower(anyOf(b.Title)))
	})
	return all, nil
}

// Dashboard reads one dashboard; ErrNotFound when there is none.
func (s *Store) Dashboard(ctx context.Context, id string) (Dashboard, error) {
	if b := s.builtin(id); b != nil {
		return *b, nil
	}
	o, err := s.get(ctx, kindDashboard, id)
	if err != nil {
		return Dashboard{}, err
	}
	return toBoard(o)
}

func (s *Store) builtin(id string) *Dashboard {
	for i := range s.builtins {
		if s.builtins[i].ID == id {
			return &s.builtins[i]
		}
	}
	return nil
}

// CreateDashboard saves a new dashboard; its id and version are given here.
func (s *Store) CreateDashboard(ctx context.Context, in Dashboard) (Dashboard, error) {
	o, err := s.fromBoard(in)
	if err != nil {
		return Dashboard{}, err
	}
	o.id = ""
	objects := []object{o}
	if err := s.create(ctx, kindDashboard, objects); err != nil {
		return Dashboard{}, err
	}
	return toBoard(objects[0])
}

// UpdateDashboard replaces the dashboard in.ID when it is still in.Version; a
// *Conflict[Dashboard] otherwise, ErrBuiltin for one that comes with Rastro.
func (s *Store) UpdateDashboard(ctx context.Context, in Dashboard) (Dashboard, error) {
	if s.builtin(in.ID) != nil {
		return Dashboard{}, ErrBuiltin
	}
	o, err := s.fromBoard(in)
	if err != nil {
		return Dashboard{}, err
	}
	now, err := s.update(ctx, kindDashboard, o)
	return answer(now, err, toBoard)
}

// DeleteDashboard deletes a dashboard when it is still of the version seen; a
// *Conflict[Dashboard] otherwise, ErrBuiltin for one that comes with Rastro.
func (s *Store) DeleteDashboard(ctx context.Context, id string, seen int64) error {
	if s.builtin(id) != nil {
		return ErrBuiltin
	}
	now, err := s.remove(ctx, kindDashboard, id, seen)
	_, err = answer(now, err, toBoard)
	return err
}

// DashboardVersions lists the versions of a dashboard that are kept, newest
// first.
func (s *Store) DashboardVersions(ctx context.Context, id string) ([]Version, error) {
	if b := s.builtin(id); b != nil {
		return nil, ErrBuiltin
	}
	return s.versions(ctx, kindDashboard, id)
}

// DashboardVersion reads a dashboard as it was; also one that was deleted.
func (s *Store) DashboardVersion(ctx context.Context, id string, version int64) (Dashboard, error) {
	if b := s.builtin(id); b != nil {
		return Dashboard{}, ErrBuiltin
	}
	o, err := s.version(ctx, kindDashboard, id, version)
	if err != nil {
		return Dashboard{}, err
	}
	return toBoard(o)
}

func (s *Store) fromBoard(in Dashboard) (object, error) {
	if err := checkBoard(&in, s.opts.Now()); err != nil {
		return object{}, err
	}
	body, err := json.Marshal(bodyOf(in))
	if err != nil {
		return object{}, fmt.Errorf("writing a dashboard: %w", err)
	}
	if len(body) > MaxBody {
		return object{}, wrong("", "shorten its texts or part it into two", "the dashboard has %d bytes, %d are the most", len(body), MaxBody)
	}
	return object{id: in.ID, version: in.Version, body: body}, nil
}

func bodyOf(d Dashboard) boardBody {
	return boardBody{Title: d.Title, Description: d.Description, Since: d.Since, Until: d.Until, Query: d.Query, Refresh: d.Refresh, Panels: d.Panels}
}

func (b boardBody) board(id string) Dashboard {
	d := Dashboard{
		Summary: Summary{ID: id, Title: b.Title, Description: b.Description},
		Since:   b.Since, Until: b.Until, Query: b.Query, Refresh: b.Refresh, Panels: b.Panels,
	}
	if d.Panels == nil {
		d.Panels = []Panel{}
	}
	return d
}

func toBoard(o object) (Dashboard, error) {
	var body boardBody
	if err := json.Unmarshal(o.body, &body); err != nil {
		return Dashboard{}, fmt.Errorf("reading the dashboard %s: %w", o.id, err)
	}
	d := body.board(o.id)
	d.Version, d.UpdatedAt = o.version, stamp(o.updated)
	return d, nil
}
