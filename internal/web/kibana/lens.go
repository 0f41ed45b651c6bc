package kibana

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"rastro/internal/query/kuery"
)

// lensState is a visualization of Lens: its layers of columns, and how they are
// drawn.
type lensState struct {
	Title      string      `json:"title"`
	Type       string      `json:"visualizationType"`
	References []Reference `json:"references"`
	State      struct {
		Sources struct {
			FormBased    lensSource `json:"formBased"`
			IndexPattern lensSource `json:"indexpattern"` // its name before 8.6
			TextBased    lensSource `json:"textBased"`
		} `json:"datasourceStates"`
		Query   json.RawMessage   `json:"query"`
		Filters []json.RawMessage `json:"filters"`
	} `json:"state"`
}

type lensSource struct {
	Layers map[string]lensLayer `json:"layers"`
}

type lensLayer struct {
	Columns map[string]lensColumn `json:"columns"`
	Order   []string              `json:"columnOrder"`
}

type lensColumn struct {
	Operation string          `json:"operationType"`
	Field     string          `json:"sourceField"`
	Label     string          `json:"label"`
	Own       bool            `json:"customLabel"`
	Filter    json.RawMessage `json:"filter"`
	Params    struct {
		Size       kuery.Scalar    `json:"size"`
		Direction  string          `json:"orderDirection"`
		Percentile kuery.Scalar    `json:"percentile"`
		Type       string          `json:"type"`
		Include    json.RawMessage `json:"include"`
		Exclude    json.RawMessage `json:"exclude"`
		Secondary  []string        `json:"secondaryFields"`
		Filters    []visFilter     `json:"filters"`
		Ranges     []struct {
			From, To kuery.Scalar
			Label    string
		} `json:"ranges"`
	} `json:"params"`
}

// lensKinds are the kinds of Lens that are taken, as the older kinds of
// visualization that look like them.
var lensKinds = map[string]string{
	"lnsXY": "histogram", "lnsPie": "pie", "lnsMetric": "metric", "lnsLegacyMetric": "metric", "lnsDatatable": "table",
	"lnsGauge": "gauge", "lnsTagcloud": "tagcloud", "lnsHeatmap": "heatmap", "lnsChoropleth": "region_map",
}

// lensOperations are the columns that are taken, as aggregations.
var lensOperations = map[string]string{
	"count": "count", "unique_count": "cardinality", "average": "avg", "sum": "sum", "min": "min", "max": "max", "median": "median",
	"percentile": "percentiles", "terms": "terms", "date_histogram": "date_histogram", "filters": "filters", "range": "range",
}

// lens draws a simple Lens: one layer of columns without formulas.
func (b *builder) lens(raw json.RawMessage, refs []Reference, limits kuery.Condition) (drawing, error) {
	var in lensState
	if err := json.Unmarshal(raw, &in); err != nil {
		return drawing{}, fmt.Errorf("reading a Lens: %w", err)
	}
	refs = slices.Concat(refs, in.References)
	kind, known := lensKinds[in.Type]
	layers := in.State.Sources.FormBased.Layers
	if layers == nil {
		layers = in.State.Sources.IndexPattern.Layers
	}
	switch {
	case len(in.State.Sources.TextBased.Layers) > 0:
		return drawing{}, errors.New("a Lens of a query in ES|QL has no panel here")
	case !known:
		return drawing{}, fmt.Errorf("there is no panel for a Lens of the kind %.50q", in.Type)
	case len(layers) != 1:
		return drawing{}, fmt.Errorf("a Lens with %d layers has no panel here", len(layers))
	}
	v := visState{Title: in.Title, Type: kind}
	where := []kuery.Condition{limits}
	for id, layer := range layers {
		if r := referenceIn(refs, "indexpattern-datasource-layer-"+id); r != nil {
			where = append(where, b.ofPattern(r.ID, ""))
		}
		aggs, narrowed, err := layer.aggregations()
		if err != nil {
			return drawing{}, err
		}
		v.Aggs = aggs
		where = append(where, narrowed)
	}
	source := kuery.Source{Query: in.State.Query, Filters: in.State.Filters}
	c, err := source.Condition()
	if err != nil {
		return drawing{}, err
	}
	return draw(v, kuery.AllOf(append(where, c)...))
}

// aggregations reads the columns in their order. A condition of a column's own
// narrows the whole where it is the only figure.
func (l lensLayer) aggregations() (all []visAgg, narrowed kuery.Condition, err error) {
	narrowed = kuery.Everything
	figures := 0
	order := slices.Clone(l.Order)
	for _, id := range slices.Sorted(maps.Keys(l.Columns)) {
		if !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	for _, id := range order {
		c, ok := l.Columns[id]
		if !ok {
			continue
		}
		kind, known := lensOperations[c.Operation]
		if !known {
			return nil, narrowed, fmt.Errorf("the column %.100q is computed by %.50s, which has no panel here", c.Label, c.Operation)
		}
		if _, isMetric := metricKinds[kind]; isMetric {
			figures++
		}
		if f := strings.TrimSpace(string(c.Filter)); f != "" && f != "null" {
			own, err := kuery.FromQuery(c.Filter)
			if err != nil {
				return nil, narrowed, fmt.Errorf("the filter of the column %.100q: %w", c.Label, err)
			}
			narrowed = kuery.AllOf(narrowed, own)
		}
		all = append(all, c.aggregation(kind))
	}
	if figures > 1 && narrowed != kuery.Everything {
		return nil, narrowed, errors.New("figures that are narrowed each in its own way have no panel here")
	}
	return all, narrowed, nil
}

func (c lensColumn) aggregation(kind string) visAgg {
	if kind == "range" && c.Params.Type != "range" {
		kind = "histogram"
	}
	a := visAgg{Type: kind}
	a.Params = visParams{Size: c.Params.Size, Order: c.Params.Direction, OrderBy: "_key", Include: c.Params.Include, Exclude: c.Params.Exclude, Filters: c.Params.Filters, Ranges: c.Params.Ranges}
	if kind == "terms" && c.Params.Direction == "asc" {
		a.Params.OrderBy = "1"
	}
	if c.Field != "" && c.Field != "___records___" {
		if name, err := json.Marshal(c.Field); err == nil {
			a.Params.Field = name
		}
	}
	if c.Own {
		a.Params.Label = c.Label
	}
	if c.Params.Percentile != "" {
		a.Params.Percents = []kuery.Scalar{c.Params.Percentile}
	}
	return a
}
