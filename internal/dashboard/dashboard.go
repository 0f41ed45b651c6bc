// Package dashboard keeps what users save: searches under a name, and
// dashboards; and it knows the dashboards that come with Rastro.
//
// What comes in are saved searches, dashboards and files of dashboards; what
// goes out are the same with an id and a version, or a Mistake that says what
// is wrong, where, and how to mend it. They are kept in one SQLite file, apart
// from the events. A change names the version it was made from; another one is
// refused with ErrConflict, so that of two people who save at once nobody
// loses anything unseen. The package never reads an event, and it never keeps
// the server from starting: without its file it says so, and the dashboards
// that come with Rastro are there.
package dashboard

import "rastro/internal/reply"

// Words are a text in the languages of the house. In what users make, one of
// them is enough.
type Words = reply.Words

// anyOf is the text in English, or the other one.
func anyOf(w Words) string {
	if w.En != "" {
		return w.En
	}
	return w.Es
}

// SavedSearch is what is stored in Discover under a name.
type SavedSearch struct {
	ID string `json:"id"`
	// Version counts up with every change.
	Version int64  `json:"version"`
	Title   string `json:"title"`
	// State is the search part of Discover's address, without the question mark.
	State string `json:"state"`
	// UpdatedAt is the time of the last change, as in RFC 3339.
	UpdatedAt string `json:"updated_at"`
}

// Summary is a dashboard without its panels.
type Summary struct {
	ID          string `json:"id"`
	Version     int64  `json:"version"`
	Title       Words  `json:"title"`
	Description *Words `json:"description,omitempty"`
	// Builtin dashboards come with Rastro; they cannot be changed, only
	// duplicated.
	Builtin   bool   `json:"builtin,omitempty"`
	UpdatedAt string `json:"updated_at,omitempty"`
}

// Dashboard is a page of panels.
type Dashboard struct {
	Summary
	// Since and Until are the time range it opens with, as in a search.
	Since string `json:"since"`
	Until string `json:"until,omitempty"`
	// Query narrows every panel.
	Query string `json:"query,omitempty"`
	// Refresh is the number of seconds between refreshes; 0 for none.
	Refresh int     `json:"refresh"`
	Panels  []Panel `json:"panels"`
}

// Panel is one part of a dashboard. Which members count depends on Kind;
// docs/dashboards.md tells.
type Panel struct {
	ID    string `json:"id"`
	Kind  string `json:"kind" enum:"timeline,bar,pie,table,number,map,text,flow"`
	Title Words  `json:"title"`
	// X, Y, W and H are its place in a grid of Columns columns.
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
	// Query narrows it beside the dashboard's own.
	Query string `json:"query,omitempty"`
	// Field is whose values are counted (bar, pie, map, table of values), or
	// what a timeline is split by.
	Field string `json:"field,omitempty"`
	Size  int    `json:"size,omitempty"`
	// Series are the lines of a timeline, the stages of a flow, the figures of a
	// number.
	Series []Series `json:"series,omitempty"`
	// ShareOf makes a number a share of this query's count, in percent.
	ShareOf string `json:"share_of,omitempty"`
	// Columns and Sort are those of a table of events.
	Columns []string `json:"columns,omitempty"`
	Sort    string   `json:"sort,omitempty"`
	// Metric is what is measured; nil for the number of events.
	Metric *Metric `json:"metric,omitempty"`
	// Growth compares with the range before and orders by growth.
	Growth bool `json:"growth,omitempty"`
	// Text is Markdown without HTML.
	Text *Words `json:"text,omitempty"`
}

// Series is one line, stage or figure of a panel.
type Series struct {
	Title  Words   `json:"title"`
	Query  string  `json:"query"`
	Metric *Metric `json:"metric,omitempty"`
	// Color is semantic: delivered, deferred, bounced, rejected, neutral.
	Color string `json:"color,omitempty"`
}

// Metric is what is measured.
type Metric struct {
	Kind    string  `json:"kind" enum:"count,cardinality,percentile,avg,sum,min,max"`
	Field   string  `json:"field,omitempty"`
	Percent float64 `json:"percent,omitempty"`
	// Unit is bytes, seconds or percent.
	Unit string `json:"unit,omitempty"`
}

// The limits of what is saved.
const (
	// Columns is the width of the grid.
	Columns    = 12
	MaxTitle   = 200
	MaxPanels  = 60
	MaxObjects = 2000
	// MaxBody bounds one object as JSON, MaxState the state of a search.
	MaxBody  = 1 << 20
	MaxState = 64 << 10
	// KeptVersions is how many versions of an object can be looked at.
	KeptVersions = 20
)
