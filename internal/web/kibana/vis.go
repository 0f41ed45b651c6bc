package kibana

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// The bounds of what is taken of one visualization.
const (
	maxSeries = 20
	maxSize   = 1000
	maxTitle  = dashboard.MaxTitle
)

// visState is a visualization as Kibana keeps it, saved (visState) or within a
// panel (savedVis).
type visState struct {
	Title  string          `json:"title"`
	Type   string          `json:"type"`
	Params json.RawMessage `json:"params"`
	Aggs   []visAgg        `json:"aggs"`
}

// visAgg is a metric or a way of making buckets.
type visAgg struct {
	Enabled *bool     `json:"enabled"`
	Type    string    `json:"type"`
	Schema  string    `json:"schema"`
	Params  visParams `json:"params"`
}

type visParams struct {
	Field    json.RawMessage `json:"field"`
	Size     kuery.Scalar    `json:"size"`
	Order    string          `json:"order"`
	OrderBy  string          `json:"orderBy"`
	Label    string          `json:"customLabel"`
	Include  json.RawMessage `json:"include"`
	Exclude  json.RawMessage `json:"exclude"`
	JSON     string          `json:"json"`
	Percents []kuery.Scalar  `json:"percents"`
	Ranges   []struct {
		From, To kuery.Scalar
		Label    string
	} `json:"ranges"`
	Filters []visFilter `json:"filters"`
}

type visFilter struct {
	Input json.RawMessage `json:"input"`
	Label string          `json:"label"`
}

// field is the name: a text, or a member of the object that old Kibanas wrote.
func (p visParams) field() string {
	var name kuery.Scalar
	if json.Unmarshal(p.Field, &name) == nil && name != "" {
		return string(name)
	}
	var object struct{ Name string }
	if json.Unmarshal(p.Field, &object) == nil {
		return object.Name
	}
	return ""
}

func (p visParams) size() int {
	n, err := strconv.Atoi(string(p.Size))
	if err != nil || n < 1 {
		return 5 // what Kibana takes
	}
	return min(n, maxSize)
}

// drawing makes one panel of ours of a visualization. notes are what was left
// out of it.
type drawing struct {
	panel dashboard.Panel
	notes []string
}

func (d *drawing) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(d.notes) < 20 && !slices.Contains(d.notes, text) {
		d.notes = append(d.notes, text)
	}
}

// The kinds of visualizations that are taken, and the kind of panel that each
// becomes where it has buckets.
var visKinds = map[string]string{
	"histogram": "bar", "vertical_bar": "bar", "line": "bar", "area": "bar", "horizontal_bar": "bar", "tagcloud": "bar", "heatmap": "bar", "region_map": "bar",
	"pie": "pie", "table": "table", "metric": "number", "gauge": "number", "goal": "number", "markdown": "text",
}

// draw translates a visualization whose events are those of where.
func draw(v visState, where kuery.Condition) (drawing, error) {
	d := drawing{}
	d.panel.Query = where.Query()
	base, known := visKinds[v.Type]
	if !known {
		return d, fmt.Errorf("there is no panel for the kind of visualization %.50q", v.Type)
	}
	if base == "text" {
		return d, d.markdown(v.Params)
	}
	metrics, buckets := d.aggregations(v.Aggs)
	if len(d.notes) > 0 && len(metrics) == 0 {
		return d, errors.New(strings.Join(d.notes, "; "))
	}
	if len(metrics) == 0 {
		metrics = []series{{}}
	}
	d.panel.Kind = base
	var err error
	switch over := slices.IndexFunc(buckets, overTime); {
	case over >= 0:
		err = d.timeline(metrics, slices.Delete(slices.Clone(buckets), over, over+1))
	case base == "table" && slices.ContainsFunc(buckets, listsTimes):
		d.events(buckets)
	case len(buckets) == 0:
		d.figures(metrics)
	default:
		err = d.values(base, metrics, buckets)
	}
	return d, err
}

func overTime(a visAgg) bool { return a.Type == "date_histogram" }

// listsTimes tells a table whose rows are the times of events from one of
// values: such a table is a list of events.
func listsTimes(a visAgg) bool {
	return (a.Type == "terms" || a.Type == "significant_terms") && kuery.Name(a.Params.field()) == "@timestamp"
}

// series is one metric with its own name.
type series struct {
	title  string
	metric *dashboard.Metric
}

var metricKinds = map[string]string{
	"count": "count", "avg": "avg", "sum": "sum", "min": "min", "max": "max", "cardinality": "cardinality", "median": "percentile", "percentiles": "percentile",
}

// aggregations parts metrics from buckets, outermost bucket first.
func (d *drawing) aggregations(all []visAgg) (metrics []series, buckets []visAgg) {
	for _, a := range all {
		if a.Enabled != nil && !*a.Enabled {
			continue
		}
		kind, isMetric := metricKinds[a.Type]
		switch {
		case isMetric:
			metrics = append(metrics, metricsOf(a, kind)...)
		case slices.Contains([]string{"terms", "significant_terms", "date_histogram", "histogram", "range", "filters"}, a.Type):
			buckets = append(buckets, a)
		default:
			d.note("the aggregation %.50s was not taken", a.Type)
		}
	}
	return metrics, buckets
}

func metricsOf(a visAgg, kind string) []series {
	field := kuery.Counted(a.Params.field())
	if kind == "count" {
		return []series{{title: a.Params.Label}}
	}
	m := dashboard.Metric{Kind: kind, Field: field, Unit: unitOf(field, kind)}
	title := a.Params.Label
	if title == "" {
		title = a.Type + " " + field
	}
	if kind != "percentile" {
		return []series{{title, &m}}
	}
	percents := a.Params.Percents
	if len(percents) == 0 {
		percents = []kuery.Scalar{"1", "5", "25", "50", "75", "95", "99"}
	}
	if a.Type == "median" {
		percents = []kuery.Scalar{"50"}
	}
	var all []series
	for _, text := range percents {
		percent, err := strconv.ParseFloat(string(text), 64)
		if err != nil || !(percent > 0 && percent <= 100) {
			continue
		}
		one := m
		one.Percent = percent
		name := title
		if len(percents) > 1 {
			name = fmt.Sprintf("%s %v %%", title, percent)
		}
		all = append(all, series{name, &one})
	}
	return all
}

func unitOf(field, kind string) string {
	switch {
	case kind == "cardinality":
	case field == "size":
		return "bytes"
	case field == "delay":
		return "seconds"
	}
	return ""
}

// events makes a list of events of a table of times.
func (d *drawing) events(buckets []visAgg) {
	d.panel.Kind, d.panel.Sort = "table", "-@timestamp"
	d.panel.Columns = []string{"@timestamp"}
	for _, a := range buckets {
		if listsTimes(a) {
			d.panel.Size = max(d.panel.Size, a.Params.size())
			continue
		}
		name := strings.TrimSuffix(kuery.Name(a.Params.field()), ".keyword")
		if name != "" && !slices.Contains(d.panel.Columns, name) {
			d.panel.Columns = append(d.panel.Columns, name)
		}
	}
	if len(d.panel.Columns) == 1 {
		d.panel.Columns = append(d.panel.Columns, "message")
	}
	d.note("the table lists events, newest first, instead of counting those of the same time")
}

func (d *drawing) markdown(raw json.RawMessage) error {
	var params struct{ Markdown string }
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &params); err != nil {
			return fmt.Errorf("reading the text: %w", err)
		}
	}
	text := strings.ToValidUTF8(params.Markdown, "�")
	if strings.TrimSpace(text) == "" {
		return errors.New("the text is empty")
	}
	d.panel = dashboard.Panel{Kind: "text", Text: &dashboard.Words{En: text}}
	return nil
}

func orText(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// cleanTitle makes a text a title of ours: without what is not seen, and short
// enough.
func cleanTitle(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return ' '
		case unicode.IsControl(r) || r == utf8.RuneError || r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
			return -1
		}
		return r
	}, text)
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxTitle {
		text = string([]rune(text)[:maxTitle-1]) + "…"
	}
	return text
}
