package kibana

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// panel adds one panel, or a text that says why it is not there.
func (b *builder) panel(number int, p boardPanel) {
	d, title, err := b.drawn(p)
	if err == nil {
		d.panel.ID, d.panel.Title = panelID(number), dashboard.Words{En: title}
		place(&d.panel, p, number)
		if d.panel.Kind == "table" && d.panel.Size == 0 {
			d.panel.Size = 20
		}
		err = dashboard.CheckPanel(d.panel, b.now)
	}
	if err != nil {
		b.note(title, "it is not taken: %v", err)
		text := dashboard.Words{
			En: fmt.Sprintf("**%s** was not taken from Kibana: %s", plain(title), plain(err.Error())),
			Es: fmt.Sprintf("**%s** no se pudo tomar de Kibana: %s", plain(title), plain(err.Error())),
		}
		d.panel = dashboard.Panel{ID: panelID(number), Kind: "text", Title: dashboard.Words{En: title}, Text: &text}
		place(&d.panel, p, number)
	}
	for _, text := range d.notes {
		b.note(title, "%s", text)
	}
	b.out.Panels = append(b.out.Panels, d.panel)
}

func panelID(number int) string { return "p" + strconv.Itoa(number+1) }

// drawn finds out what a panel shows. The title is never empty.
func (b *builder) drawn(p boardPanel) (drawing, string, error) {
	title := cleanTitle(orText(string(p.Config.Title), string(p.Title)))
	named := func(other string, index kuery.Scalar) string {
		return orText(title, orText(cleanTitle(other), "Panel "+orText(cleanTitle(string(index)), "?")))
	}
	limits, err := b.ownRange(p)
	if err != nil {
		return drawing{}, named("", p.Index), err
	}
	switch {
	case p.Config.SavedVis != nil:
		v := *p.Config.SavedVis
		if v.Aggs == nil {
			v.Aggs = v.Data.Aggs
		}
		d, err := b.draw(v.visState, v.Data.SearchSource, b.panelReferences(p), limits)
		return d, named(v.Title, p.Index), err
	case len(p.Config.Attributes) > 0 && p.RefName == "" && p.ID == "":
		inner := Object{Type: p.Type, ID: "of the panel", Attributes: p.Config.Attributes, References: b.panelReferences(p)}
		if inner.Type == "" {
			inner.Type = typeLens
		}
		d, err := b.saved(inner, limits)
		return d, named(inner.title(), p.Index), err
	}
	typ, id := p.Type, string(p.ID)
	if p.RefName != "" {
		r := b.reference(p.RefName)
		if r == nil {
			return drawing{}, named(p.RefName, p.Index), fmt.Errorf("it refers to %.100q, which the dashboard does not name", p.RefName)
		}
		typ, id = r.Type, r.ID
	}
	if id == "" {
		return drawing{}, named("", p.Index), fmt.Errorf("there is no panel for the kind %.50q", orText(typ, "that it has"))
	}
	o, ok := b.find(typ, id)
	if !ok {
		return drawing{}, named(id, p.Index), fmt.Errorf("%.50s/%.100s is not there", typ, id)
	}
	d, err := b.saved(o, limits)
	return d, named(o.title(), p.Index), err
}

// panelReferences are those that belong to one panel: its index and a colon
// stand before their names.
func (b *builder) panelReferences(p boardPanel) []Reference {
	var all []Reference
	for _, r := range b.object.References {
		if name, ok := strings.CutPrefix(r.Name, string(p.Index)+":"); ok {
			r.Name = name
			all = append(all, r)
		}
	}
	return all
}

// ownRange is the range of time that a panel has beside its dashboard's.
func (b *builder) ownRange(p boardPanel) (kuery.Condition, error) {
	t := p.Config.TimeRange
	if t == nil || t.From == "" && t.To == "" {
		return kuery.Everything, nil
	}
	if err := dashboard.CheckTimes(string(t.From), string(t.To), b.now); err != nil {
		return kuery.Condition{}, fmt.Errorf("its range of time: %w", err)
	}
	return kuery.Between("@timestamp", string(t.From), string(t.To), true, true), nil
}

// saved draws a saved visualization, Lens or search.
func (b *builder) saved(o Object, limits kuery.Condition) (drawing, error) {
	var in struct {
		VisState json.RawMessage `json:"visState"`
		Meta     sourceMeta      `json:"kibanaSavedObjectMeta"`
		SearchID string          `json:"savedSearchId"`
		Search   string          `json:"savedSearchRefName"`
		Columns  []string        `json:"columns"`
		Sort     json.RawMessage `json:"sort"`
	}
	if err := json.Unmarshal(o.Attributes, &in); err != nil {
		return drawing{}, fmt.Errorf("reading %s/%s: %w", o.Type, o.ID, err)
	}
	switch o.Type {
	case typeVis:
		raw, err := kuery.Unwrapped(in.VisState)
		if err != nil {
			return drawing{}, err
		}
		var v visState
		if err := json.Unmarshal(raw, &v); err != nil {
			return drawing{}, fmt.Errorf("reading visState: %w", err)
		}
		if c, err := b.ofSearch(o, in.SearchID, in.Search); err != nil {
			return drawing{}, err
		} else {
			limits = kuery.AllOf(limits, c)
		}
		return b.draw(v, in.Meta.raw(), o.References, limits)
	case typeSearch:
		where, err := b.where(in.Meta.raw(), o.References, limits)
		if err != nil {
			return drawing{}, err
		}
		return listed(where, in.Columns, in.Sort), nil
	case typeLens:
		return b.lens(o.Attributes, o.References, limits)
	}
	return drawing{}, fmt.Errorf("there is no panel for the kind %.50q", o.Type)
}

// ofSearch is the condition of the saved search that a visualization builds on.
func (b *builder) ofSearch(o Object, id, refName string) (kuery.Condition, error) {
	if r := referenceIn(o.References, refName); refName != "" && r != nil {
		id = r.ID
	}
	if id == "" {
		return kuery.Everything, nil
	}
	search, ok := b.find(typeSearch, id)
	if !ok {
		return kuery.Condition{}, fmt.Errorf("the saved search %.100s that it builds on is not there", id)
	}
	var in struct {
		Meta sourceMeta `json:"kibanaSavedObjectMeta"`
	}
	if err := json.Unmarshal(search.Attributes, &in); err != nil {
		return kuery.Condition{}, fmt.Errorf("reading the saved search %.100s: %w", id, err)
	}
	return b.where(in.Meta.raw(), search.References, kuery.Everything)
}

func (b *builder) draw(v visState, source json.RawMessage, refs []Reference, limits kuery.Condition) (drawing, error) {
	if v.Type == "metrics" {
		return b.timeSeries(v.Params, limits)
	}
	where, err := b.where(source, refs, limits)
	if err != nil && v.Type != "markdown" {
		return drawing{}, err
	}
	return draw(v, where)
}

// where is which events a search source means: its query, its filters and its
// index pattern.
func (b *builder) where(raw json.RawMessage, refs []Reference, limits kuery.Condition) (kuery.Condition, error) {
	source, err := kuery.ReadSource(raw)
	if err != nil {
		return kuery.Condition{}, err
	}
	c, err := source.Condition()
	if err != nil {
		return kuery.Condition{}, err
	}
	id, title := source.IndexID()
	if r := referenceIn(refs, source.IndexRef); source.IndexRef != "" && r != nil {
		id = r.ID
	}
	return kuery.AllOf(b.ofPattern(id, title), c, limits), nil
}

// ofPattern is which events an index pattern means: those of Elemta's views by
// their flow, all for a pattern that means the daily indices. Another one means
// the events that a client sent to such an index, and those that were sent to
// none: what had gone through a shipper into a stack may be read from files here.
func (b *builder) ofPattern(id, title string) kuery.Condition {
	if title == "" {
		title = id
		o, ok := b.find(typePattern, id)
		if ok && o.title() != "" {
			title = o.title()
		}
		if !ok && id != "" && !strings.Contains(id, "*") {
			b.note("", "the index pattern %.100q is not there: all events are counted", id)
			return kuery.Everything
		}
	}
	if title == "" {
		return kuery.Everything
	}
	var parts []kuery.Condition
	for pattern := range strings.SplitSeq(title, ",") {
		pattern = strings.TrimSpace(pattern)
		c, ok := kuery.Index(pattern)
		switch {
		case glob(pattern, b.prefix+"2026.01.31"):
			return kuery.Everything
		case flowOf(pattern) != "":
			c = kuery.Is("mta_flow", flowOf(pattern))
		case !ok:
			b.note("", "the index pattern %.100q narrows nothing here: all events are counted", title)
			return kuery.Everything
		default:
			b.note("", "the index pattern %.100q means also events that no client sent to an index: those read from files", title)
		}
		if parts = append(parts, c); len(parts) > 20 {
			return kuery.Everything
		}
	}
	return kuery.AnyOf(parts...)
}

// flowOf is the flow of one of Elemta's views.
func flowOf(pattern string) string {
	for _, f := range flows {
		if pattern == "elemta-"+f.name+"-*" || pattern == "elemta-"+f.name+"*" {
			return f.name
		}
	}
	return ""
}

// listed is the panel of a saved search: a table of events.
func listed(where kuery.Condition, columns []string, order json.RawMessage) drawing {
	var d drawing
	d.panel = dashboard.Panel{Kind: "table", Query: where.Query(), Columns: []string{"@timestamp"}, Sort: "-@timestamp", Size: 50}
	for _, name := range columns {
		name = strings.TrimSuffix(kuery.Name(name), ".keyword")
		if name == "_source" {
			name = "message"
		}
		if name != "" && !slices.Contains(d.panel.Columns, name) && len(d.panel.Columns) < 20 {
			d.panel.Columns = append(d.panel.Columns, name)
		}
	}
	if len(d.panel.Columns) == 1 {
		d.panel.Columns = append(d.panel.Columns, "message")
	}
	var pairs [][]string
	if json.Unmarshal(order, &pairs) != nil {
		var pair []string
		if json.Unmarshal(order, &pair) == nil {
			pairs = [][]string{pair}
		}
	}
	if len(pairs) > 0 && len(pairs[0]) == 2 && pairs[0][0] != "" {
		name := strings.TrimSuffix(kuery.Name(pairs[0][0]), ".keyword")
		if pairs[0][1] != "asc" {
			name = "-" + name
		}
		d.panel.Sort = name
	}
	return d
}
