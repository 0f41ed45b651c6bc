package kibana

import (
	"encoding/json"
	"errors"
	"fmt"

	"rastro/internal/query/kuery"
)

// tsvb is a visualization of the time series builder ("metrics"): everything
// is in its params.
type tsvb struct {
	Type    string          `json:"type"`
	Index   json.RawMessage `json:"index_pattern"`
	Filter  json.RawMessage `json:"filter"`
	Series  []tsvbSeries    `json:"series"`
	Pivot   kuery.Scalar    `json:"pivot_id"`
	PivotBy kuery.Scalar    `json:"pivot_rows"`
}

type tsvbSeries struct {
	Label     string          `json:"label"`
	Hidden    bool            `json:"hidden"`
	SplitMode string          `json:"split_mode"`
	Field     string          `json:"terms_field"`
	Size      kuery.Scalar    `json:"terms_size"`
	Filter    json.RawMessage `json:"filter"`
	Filters   []struct {
		Filter json.RawMessage `json:"filter"`
		Label  string          `json:"label"`
	} `json:"split_filters"`
	Metrics []struct {
		Type        string       `json:"type"`
		Field       kuery.Scalar `json:"field"`
		Percentiles []struct {
			Value kuery.Scalar `json:"value"`
		} `json:"percentiles"`
	} `json:"metrics"`
}

// tsvbKinds are the kinds of panel that its types become.
var tsvbKinds = map[string]string{"timeseries": "timeline", "metric": "number", "gauge": "number", "top_n": "bar", "table": "table"}

// timeSeries draws a visualization of the time series builder.
func (b *builder) timeSeries(params json.RawMessage, limits kuery.Condition) (drawing, error) {
	var in tsvb
	var d drawing
	if err := json.Unmarshal(params, &in); err != nil {
		return d, fmt.Errorf("reading the time series: %w", err)
	}
	kind, known := tsvbKinds[in.Type]
	if !known {
		return d, fmt.Errorf("there is no panel for time series of the kind %.50q", in.Type)
	}
	c, err := kuery.FromQuery(in.Filter)
	if err != nil {
		return d, err
	}
	id, title := kuery.Source{Index: in.Index}.IndexID()
	d.panel.Kind, d.panel.Query = kind, kuery.AllOf(b.ofPattern(id, title), c, limits).Query()
	if in.Type == "table" && in.Pivot != "" && len(in.Series) > 0 {
		in.Series[0].SplitMode, in.Series[0].Field, in.Series[0].Size = "terms", string(in.Pivot), in.PivotBy
		in.Series = in.Series[:1]
		d.note("of the columns of the table the first is shown")
	}
	for _, s := range in.Series {
		if s.Hidden {
			continue
		}
		if err := d.timeSeriesLine(s, len(in.Series) == 1); err != nil {
			return d, err
		}
	}
	switch {
	case d.panel.Field == "" && len(d.panel.Series) == 0:
		return d, errors.New("it has no series")
	case d.panel.Field == "" && (kind == "bar" || kind == "table"):
		d.panel.Kind = "number"
	case d.panel.Field != "" && kind == "number":
		d.panel.Kind = "bar"
	}
	return d, nil
}

// timeSeriesLine adds one series; alone it may be split by the values of a
// field.
func (d *drawing) timeSeriesLine(s tsvbSeries, alone bool) error {
	if len(s.Metrics) != 1 {
		return fmt.Errorf("the series %.100q is computed from several metrics, which has no panel here", s.Label)
	}
	m := s.Metrics[0]
	kind, known := metricKinds[m.Type]
	if m.Type == "percentile" {
		kind, known = "percentile", true
	}
	if !known {
		return fmt.Errorf("the series %.100q is computed by %.50s, which has no panel here", s.Label, m.Type)
	}
	a := visAgg{Type: m.Type, Params: visParams{Label: s.Label}}
	if name, err := json.Marshal(string(m.Field)); err == nil {
		a.Params.Field = name
	}
	for _, p := range m.Percentiles {
		a.Params.Percents = append(a.Params.Percents, p.Value)
	}
	metrics := metricsOf(a, kind)
	if s.SplitMode == "terms" {
		if !alone {
			return fmt.Errorf("the series %.100q is split by values beside other series, which has no panel here", s.Label)
		}
		d.one(metrics)
		d.panel.Field, d.panel.Size = kuery.Counted(s.Field), visParams{Size: orScalar(s.Size, "10")}.size()
		return nil
	}
	parts := []visFilter{{Input: s.Filter, Label: s.Label}}
	switch s.SplitMode {
	case "", "everything":
		parts[0].Input = nil
	case "filter":
	case "filters":
		parts = nil
		for _, f := range s.Filters {
			parts = append(parts, visFilter{Input: f.Filter, Label: f.Label})
		}
	default:
		return fmt.Errorf("the series %.100q is split by %.50s, which has no panel here", s.Label, s.SplitMode)
	}
	for _, part := range parts {
		c, err := kuery.FromQuery(part.Input)
		if err != nil {
			return fmt.Errorf("the filter of the series %.100q: %w", s.Label, err)
		}
		for _, one := range metrics {
			title := part.Label
			if title == "" || len(metrics) > 1 {
				title = one.title
			}
			d.line(title, c.Query(), one.metric)
		}
	}
	return nil
}

func orScalar(s, other kuery.Scalar) kuery.Scalar {
	if s == "" {
		return other
	}
	return s
}
