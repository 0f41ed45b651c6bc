package kibana

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// maxNotes bounds what is told of one dashboard.
const maxNotes = 100

// Note is something of a saved object that was not taken, and why.
type Note struct {
	Type string
	ID   string
	// Panel is the title of the panel that it is about; "" for the whole.
	Panel string
	Text  string
}

// Error is the note in one line.
func (n Note) String() string {
	if n.Panel == "" {
		return fmt.Sprintf("%s/%s: %s", n.Type, n.ID, n.Text)
	}
	return fmt.Sprintf("%s/%s, panel %q: %s", n.Type, n.ID, n.Panel, n.Text)
}

// boardAttributes are those of a dashboard that are read.
type boardAttributes struct {
	Title           kuery.Scalar    `json:"title"`
	Description     kuery.Scalar    `json:"description"`
	PanelsJSON      json.RawMessage `json:"panelsJSON"`
	Panels          json.RawMessage `json:"panels"`
	TimeFrom        kuery.Scalar    `json:"timeFrom"`
	TimeTo          kuery.Scalar    `json:"timeTo"`
	RefreshInterval json.RawMessage `json:"refreshInterval"`
	Controls        json.RawMessage `json:"controlGroupInput"`
	Meta            sourceMeta      `json:"kibanaSavedObjectMeta"`
}

type sourceMeta struct {
	Source       json.RawMessage `json:"searchSourceJSON"`
	SearchSource json.RawMessage `json:"searchSource"`
}

func (m sourceMeta) raw() json.RawMessage {
	if len(m.Source) > 0 {
		return m.Source
	}
	return m.SearchSource
}

// boardPanel is one panel of a dashboard.
type boardPanel struct {
	Grid *struct {
		X, Y, W, H float64
	} `json:"gridData"`
	Index   kuery.Scalar `json:"panelIndex"`
	RefName string       `json:"panelRefName"`
	Type    string       `json:"type"`
	ID      kuery.Scalar `json:"id"`
	Title   kuery.Scalar `json:"title"`
	Config  struct {
		Title    kuery.Scalar `json:"title"`
		SavedVis *savedVis    `json:"savedVis"`
		// Attributes are those of a saved object that is part of its panel.
		Attributes json.RawMessage `json:"attributes"`
		TimeRange  *struct {
			From, To kuery.Scalar
		} `json:"timeRange"`
	} `json:"embeddableConfig"`
	// The place in the grid of version 5.
	SizeX float64 `json:"size_x"`
	SizeY float64 `json:"size_y"`
	Col   float64 `json:"col"`
	Row   float64 `json:"row"`
}

// savedVis is a visualization that is part of its panel.
type savedVis struct {
	visState
	Data struct {
		Aggs         []visAgg        `json:"aggs"`
		SearchSource json.RawMessage `json:"searchSource"`
	} `json:"data"`
}

func readPanels(o Object) ([]boardPanel, error) {
	var in boardAttributes
	if err := json.Unmarshal(o.Attributes, &in); err != nil {
		return nil, fmt.Errorf("reading the dashboard: %w", err)
	}
	raw, err := kuery.Unwrapped(in.PanelsJSON)
	if err != nil {
		return nil, err
	}
	if raw == nil {
		raw = in.Panels
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, nil
	}
	var panels []boardPanel
	if err := json.Unmarshal(raw, &panels); err != nil {
		return nil, fmt.Errorf("reading panelsJSON: %w", err)
	}
	return panels, nil
}

// finder finds the saved objects that a dashboard refers to.
type finder func(typ, id string) (Object, bool)

// builder makes a dashboard of ours of one of Kibana's.
type builder struct {
	find    finder
	now     time.Time
	prefix  string
	object  Object
	guessed []Reference
	out     dashboard.Dashboard
	notes   []Note
}

func (b *builder) note(panel, format string, args ...any) {
	n := Note{b.object.Type, b.object.ID, panel, fmt.Sprintf(format, args...)}
	if len(b.notes) < maxNotes && !slices.Contains(b.notes, n) {
		b.notes = append(b.notes, n)
	}
}

// build translates a dashboard. A panel that cannot be taken becomes a text
// that says why, so that nobody takes a wrong number for a right one. guessed
// are the visualizations that stand in for references that are not there.
func (b *builder) build() (dashboard.Dashboard, []Note, error) {
	var in boardAttributes
	if err := json.Unmarshal(b.object.Attributes, &in); err != nil {
		return b.out, nil, fmt.Errorf("reading the dashboard: %w", err)
	}
	panels, err := readPanels(b.object)
	if err != nil {
		return b.out, nil, err
	}
	b.head(in)
	narrowed := b.narrow(in)
	panels = b.withGuessed(panels)
	if len(panels) > dashboard.MaxPanels-1 {
		b.note("", "%d panels were left out: %d are the most", len(panels)-(dashboard.MaxPanels-1), dashboard.MaxPanels-1)
		panels = panels[:dashboard.MaxPanels-1]
	}
	for i, p := range panels {
		b.panel(i, p)
	}
	settle(b.out.Panels)
	if narrowed != nil {
		b.warn(narrowed)
	}
	if b.out.Panels == nil {
		b.out.Panels = []dashboard.Panel{}
	}
	return b.out, b.notes, nil
}

func (b *builder) head(in boardAttributes) {
	title := cleanTitle(string(in.Title))
	if title == "" {
		title = orText(cleanTitle(b.object.ID), "Kibana")
	}
	b.out.Title = dashboard.Words{En: title}
	if text := strings.TrimSpace(strings.ToValidUTF8(string(in.Description), "")); text != "" {
		if runes := []rune(text); len(runes) > 2000 {
			text = string(runes[:2000])
		}
		b.out.Description = &dashboard.Words{En: text}
	}
	b.out.Since = "now-24h"
	since, until := string(in.TimeFrom), string(in.TimeTo)
	if until == "now" {
		until = ""
	}
	if since != "" {
		if err := dashboard.CheckTimes(since, until, b.now); err != nil {
			b.note("", "its range of time is not taken: %v", err)
		} else {
			b.out.Since, b.out.Until = since, until
		}
	}
	var refresh struct {
		Pause bool
		Value float64
	}
	_ = json.Unmarshal(in.RefreshInterval, &refresh) // what is none refreshes nothing
	if seconds := refresh.Value / 1000; !refresh.Pause && seconds > 0 {
		b.out.Refresh = int(math.Max(5, math.Min(seconds, 24*60*60)))
	}
	if raw := strings.Trim(string(in.Controls), "{} "); raw != "" && raw != "null" {
		b.note("", "its controls are not taken: every panel can be narrowed by a click on what it shows")
	}
}

// narrow takes the query and the filters of the whole dashboard, or says why
// it could not.
func (b *builder) narrow(in boardAttributes) error {
	source, err := kuery.ReadSource(in.Meta.raw())
	if err == nil {
		var c kuery.Condition
		if c, err = source.Condition(); err == nil {
			if err = dashboard.CheckQuery(c.Query(), b.now); err == nil {
				b.out.Query = c.Query()
				return nil
			}
		}
	}
	b.note("", "its query is not taken, so that its panels count more than Kibana's: %v", err)
	return err
}

// warn puts a text above all panels.
func (b *builder) warn(err error) {
	for i := range b.out.Panels {
		b.out.Panels[i].Y += 3
	}
	why := plain(err.Error())
	text := dashboard.Words{
		En: "**Kibana's query of this dashboard was not taken**, so that the numbers below are larger than Kibana's: " + why,
		Es: "**No se tomó la consulta de este panel en Kibana**, así que los números de abajo son mayores que los de Kibana: " + why,
	}
	b.out.Panels = append(b.out.Panels, dashboard.Panel{ID: "not-taken", Kind: "text", X: 0, Y: 0, W: dashboard.Columns, H: 3, Text: &text})
}

// plain takes the signs out of a text that Markdown would read.
func plain(text string) string {
	return strings.NewReplacer("`", "'", "*", "∗", "_", "＿", "[", "(", "]", ")", "<", "‹", ">", "›", "\n", " ").Replace(strings.ToValidUTF8(text, "�"))
}

// withGuessed gives panels that name references which are not there the
// visualizations that stand in for them, and adds those that are left below.
func (b *builder) withGuessed(panels []boardPanel) []boardPanel {
	if len(b.guessed) == 0 {
		return panels
	}
	left := b.guessed
	for i := range panels {
		p := &panels[i]
		if p.RefName == "" || b.reference(p.RefName) != nil || len(left) == 0 {
			continue
		}
		p.Type, p.ID, p.RefName = left[0].Type, kuery.Scalar(left[0].ID), ""
		left = left[1:]
	}
	b.note("", "its panels refer to visualizations that it does not name; they show those of the file, in the file's order")
	if len(left) == 0 {
		return panels
	}
	b.note("", "%d visualizations of the file that no panel shows were added", len(left))
	if room := max(0, dashboard.MaxPanels-1-len(panels)); len(left) > room {
		b.note("", "%d visualizations were left out: %d panels are the most", len(left)-room, dashboard.MaxPanels-1)
		left = left[:room]
	}
	for _, r := range left {
		p := boardPanel{Type: r.Type, ID: kuery.Scalar(r.ID)}
		x, y := freePlace(panels)
		p.Grid = &struct{ X, Y, W, H float64 }{x, y, defaultWidth, defaultHeight}
		panels = append(panels, p)
	}
	return panels
}

// reference finds one by its name; newer Kibanas put the panel's index and a
// colon before it.
func (b *builder) reference(name string) *Reference {
	return referenceIn(b.object.References, name)
}

func referenceIn(all []Reference, name string) *Reference {
	for i, r := range all {
		if r.Name == name || strings.HasSuffix(r.Name, ":"+name) {
			return &all[i]
		}
	}
	return nil
}
