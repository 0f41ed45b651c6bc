package kibana

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// one keeps the first of several metrics.
func (d *drawing) one(metrics []series) {
	d.panel.Metric = metrics[0].metric
	if len(metrics) > 1 {
		d.note("of %d metrics the first is shown", len(metrics))
	}
}

func (d *drawing) figures(metrics []series) {
	d.panel.Kind = "number"
	if len(metrics) == 1 {
		d.panel.Metric = metrics[0].metric
		return
	}
	for _, m := range metrics {
		d.line(m.title, "", m.metric)
	}
}

// line adds one of series, with a title that is its own.
func (d *drawing) line(title, query string, metric *dashboard.Metric) {
	if len(d.panel.Series) == maxSeries {
		d.note("more than %d series were left out", maxSeries)
		return
	}
	if title = cleanTitle(title); title == "" {
		if title = cleanTitle(query); title == "" {
			title = "Count"
		}
	}
	d.panel.Series = append(d.panel.Series, dashboard.Series{Title: dashboard.Words{En: title}, Query: query, Metric: metric})
}

func (d *drawing) timeline(metrics []series, split []visAgg) error {
	d.panel.Kind = "timeline"
	if len(split) == 0 {
		if len(metrics) == 1 {
			d.panel.Metric = metrics[0].metric
			return nil
		}
		for _, m := range metrics {
			d.line(m.title, "", m.metric)
		}
		return nil
	}
	d.first(split)
	a := split[0]
	d.one(metrics)
	if a.Type == "terms" || a.Type == "significant_terms" {
		return d.terms(a)
	}
	return d.parts(a, metrics[0].metric)
}

// first notes that only the outermost of several ways to make buckets is shown.
func (d *drawing) first(buckets []visAgg) {
	for _, a := range buckets[1:] {
		d.note("buckets within buckets: those of %s are not shown", strings.TrimSpace(a.Type+" "+kuery.Name(a.Params.field())))
	}
}

// values shows what a field holds, or what several queries count.
func (d *drawing) values(base string, metrics []series, buckets []visAgg) error {
	d.first(buckets)
	a := buckets[0]
	if a.Type == "filters" || a.Type == "range" {
		d.panel.Kind = "number"
		d.one(metrics)
		m := d.panel.Metric
		d.panel.Metric = nil
		if base != "number" {
			d.note("the buckets are shown as figures")
		}
		return d.parts(a, m)
	}
	if base == "number" {
		base = "bar" // one figure for each value
	}
	d.panel.Kind = base
	d.one(metrics)
	return d.terms(a)
}

func (d *drawing) terms(a visAgg) error {
	field := a.Params.field()
	if field == "" {
		return errors.New("an aggregation names no field; scripts are not taken")
	}
	d.panel.Field, d.panel.Size = kuery.Counted(field), a.Params.size()
	if d.panel.Field == "attempt" && field != "attempt" {
		d.note("attempts are shown, which are one more than retries")
	}
	switch {
	case a.Type == "histogram":
		d.panel.Size = 20
		d.note("each value of %s is shown, not intervals of values", d.panel.Field)
	case a.Type == "significant_terms":
		d.note("the most frequent values of %s are shown, not the most significant", d.panel.Field)
	case a.Params.Order == "asc" && a.Params.OrderBy != "_key" && a.Params.OrderBy != "_term":
		d.note("the most frequent values of %s are shown, not the rarest", d.panel.Field)
	}
	if given(a.Params.Include) || given(a.Params.Exclude) {
		d.note("include and exclude of %s are not taken", d.panel.Field)
	}
	if strings.Trim(a.Params.JSON, " {}") != "" {
		d.note("the JSON of the aggregation of %s is not taken", d.panel.Field)
	}
	return nil
}

// given tells a list or pattern that says something.
func given(raw json.RawMessage) bool {
	text := strings.Trim(string(raw), " \t\r\n[]\"{}")
	return text != "" && text != "null"
}

// parts makes a series of each filter or range.
func (d *drawing) parts(a visAgg, metric *dashboard.Metric) error {
	switch a.Type {
	case "filters":
		for _, f := range a.Params.Filters {
			c, err := kuery.FromQuery(f.Input)
			if err != nil {
				return fmt.Errorf("the filter %.100q: %w", f.Label, err)
			}
			title := f.Label
			if title == "" && c == kuery.Everything {
				title = "*"
			}
			d.line(title, c.Query(), metric)
		}
	case "range":
		field := a.Params.field()
		for _, r := range a.Params.Ranges {
			title := r.Label
			if title == "" {
				title = fmt.Sprintf("%s to %s", orText(string(r.From), "*"), orText(string(r.To), "*"))
			}
			d.line(title, kuery.Between(field, string(r.From), string(r.To), true, false).Query(), metric)
		}
	default:
		return fmt.Errorf("lines that are split by %s cannot be shown", a.Type)
	}
	if len(d.panel.Series) == 0 {
		return fmt.Errorf("the aggregation %s names no buckets", a.Type)
	}
	return nil
}
