package dashboard

import (
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

var (
	kinds       = []string{"timeline", "bar", "pie", "table", "number", "map", "text", "flow"}
	metricKinds = []string{"count", "cardinality", "percentile", "avg", "sum", "min", "max"}
	units       = []string{"", "bytes", "seconds", "percent"}
	colors      = []string{"", "delivered", "deferred", "bounced", "rejected", "neutral"}
)

const (
	maxSeries  = 20
	maxColumns = 50
	maxName    = 200
	maxQuery   = 10_000
	maxText    = 100_000
	maxSize    = 1000
	// maxRow bounds y and h.
	maxRow, maxHeight = 10_000, 100
	maxRefresh        = 24 * 60 * 60
	maxDescription    = 2000
)

func checkSearch(in SavedSearch) error {
	if err := checkTitle("title", in.Title); err != nil {
		return err
	}
	const hint = "save the part of Discover's address behind the question mark"
	switch {
	case len(in.State) > MaxState:
		return wrong("state", "", "it has %d bytes, %d are the most", len(in.State), MaxState)
	case strings.ContainsFunc(in.State, func(r rune) bool { return r <= ' ' || r == 0x7f || r == '#' }):
		return wrong("state", hint, "it holds characters that no address holds")
	}
	if _, err := url.ParseQuery(in.State); err != nil {
		return wrong("state", hint, "it is no part of an address: %v", err)
	}
	return nil
}

// checkTitle refuses what could not be told apart in a list: nothing, and
// characters that are not seen.
func checkTitle(where, title string) error {
	switch {
	case strings.TrimSpace(title) == "":
		return wrong(where, fmt.Sprintf("write 1 to %d characters", MaxTitle), "a title is missing")
	case utf8.RuneCountInString(title) > MaxTitle:
		return wrong(where, "", "the title has %d characters, %d are the most", utf8.RuneCountInString(title), MaxTitle)
	case strings.ContainsFunc(title, unseen):
		return wrong(where, "type the title anew", "the title holds control characters, or marks that turn the direction of writing")
	}
	return nil
}

// unseen are controls and the marks that turn the direction of what follows.
func unseen(r rune) bool {
	return unicode.IsControl(r) || r == 0x2028 || r == 0x2029 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

func checkTitles(where string, w Words, needed bool) error {
	if w.En == "" && w.Es == "" {
		if needed {
			return checkTitle(where, "")
		}
		return nil
	}
	for _, one := range []struct{ lang, text string }{{"en", w.En}, {"es", w.Es}} {
		if one.text == "" {
			continue
		}
		if err := checkTitle(where+"."+one.lang, one.text); err != nil {
			return err
		}
	}
	return nil
}

// checkText looks at a text of several lines.
func checkText(where string, w *Words, most int) error {
	if w == nil {
		return nil
	}
	for _, text := range []string{w.En, w.Es} {
		if n := utf8.RuneCountInString(text); n > most {
			return wrong(where, "", "the text has %d characters, %d are the most", n, most)
		}
	}
	return nil
}

// checkBoard says what is wrong with a dashboard, and fills in what may be
// left out.
func checkBoard(d *Dashboard, now time.Time) error {
	if d.Since == "" {
		d.Since = "now-24h"
	}
	d.Title = Words{En: strings.TrimSpace(d.Title.En), Es: strings.TrimSpace(d.Title.Es)}
	if err := checkTitles("title", d.Title, true); err != nil {
		return err
	}
	if err := checkText("description", d.Description, maxDescription); err != nil {
		return err
	}
	if err := checkTimes(d, now); err != nil {
		return err
	}
	if d.Refresh < 0 || d.Refresh > maxRefresh {
		return wrong("refresh", "give seconds, or 0 for none", "%d is not between 0 and %d", d.Refresh, maxRefresh)
	}
	if len(d.Panels) > MaxPanels {
		return wrong("panels", "part the dashboard into two", "there are %d panels, %d are the most", len(d.Panels), MaxPanels)
	}
	if err := checkQuery("query", d.Query, now); err != nil {
		return err
	}
	seen := map[string]bool{}
	for i := range d.Panels {
		p := &d.Panels[i]
		where := fmt.Sprintf("panels[%d]", i)
		if err := checkPanel(where, p, now); err != nil {
			return err
		}
		if seen[p.ID] {
			return wrong(where+".id", "give every panel an id of its own", "another panel has the id %q", p.ID)
		}
		seen[p.ID] = true
	}
	return nil
}

func checkTimes(d *Dashboard, now time.Time) error {
	for _, bound := range []struct{ where, text string }{{"since", d.Since}, {"until", d.Until}} {
		if bound.text == "" {
			continue
		}
		if _, err := search.Moment(bound.text, now, false, time.UTC); err != nil {
			problem := err.Error()
			var syntax *query.SyntaxError
			if errors.As(err, &syntax) {
				problem = syntax.Problem // its hint is about queries
			}
			return wrong(bound.where, "write an age such as 90m or 3d, a date, or date math such as now-24h", "%.100q: %s", bound.text, problem)
		}
	}
	return nil
}

// isID tells whether a text can be an id: it stands in addresses.
func isID(id string) bool {
	return id != "" && len(id) <= 64 && !strings.ContainsFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	})
}

func checkPanel(where string, p *Panel, now time.Time) error {
	if !isID(p.ID) {
		return wrong(where+".id", "use 1 to 64 letters, digits, - and _", "%.100q is no id", p.ID)
	}
	if !slices.Contains(kinds, p.Kind) {
		return wrong(where+".kind", "use one of "+strings.Join(kinds, ", "), "there is no kind of panel %.100q", p.Kind)
	}
	if err := checkTitles(where+".title", p.Title, p.Kind != "text"); err != nil {
		return err
	}
	if p.X < 0 || p.W < 1 || p.X > Columns || p.W > Columns || p.X+p.W > Columns || p.Y < 0 || p.Y > maxRow || p.H < 1 || p.H > maxHeight {
		return wrong(where, fmt.Sprintf("x and w count from 0 within %d columns, y from 0, and h is 1 to %d", Columns, maxHeight), "x %d, y %d, w %d, h %d is no place in the grid", p.X, p.Y, p.W, p.H)
	}
	for _, q := range []struct{ name, text string }{{"query", p.Query}, {"share_of", p.ShareOf}} {
		if err := checkQuery(where+"."+q.name, q.text, now); err != nil {
			return err
		}
	}
	if p.Size < 0 || p.Size > maxSize {
		return wrong(where+".size", "", "%d is not between 0 and %d", p.Size, maxSize)
	}
	if err := checkText(where+".text", p.Text, maxText); err != nil {
		return err
	}
	for _, check := range []func() error{
		func() error { return checkSeries(where, p.Series, now) },
		func() error { return checkMetric(where+".metric", p.Metric) },
		func() error { return checkColumns(where, p) },
		func() error { return checkNeeds(where, p) },
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// checkNeeds looks for what a kind cannot do without.
func checkNeeds(where string, p *Panel) error {
	switch p.Kind {
	case "bar", "pie", "map":
		if p.Field == "" {
			return wrong(where+".field", "name the field whose values are counted", "a panel of the kind %s needs a field", p.Kind)
		}
	case "table":
		if p.Field == "" && len(p.Columns) == 0 {
			return wrong(where, "give columns for a table of events, or field for a table of its values", "a table needs columns or a field")
		}
	case "flow":
		if len(p.Series) < 2 {
			return wrong(where+".series", "give at least two", "a flow needs stages")
		}
	case "text":
		if p.Text == nil || anyOf(*p.Text) == "" {
			return wrong(where+".text", "write one, or remove the panel", "a text is missing")
		}
	}
	return checkCounted(where+".field", p.Field)
}

// checkCounted refuses fields that hold running text: it has no values to count.
func checkCounted(where, field string) error {
	if field == "" {
		return nil
	}
	if err := checkName(where, field); err != nil {
		return err
	}
	if f, exact := event.Lookup(field); f != event.NoField && !exact && f.Kind() == event.Text {
		return wrong(where, "choose a field such as recipient, status or reason", "%s holds running text, whose values cannot be counted", field)
	}
	return nil
}

func checkName(where, name string) error {
	if name == "" || len(name) > maxName || strings.ContainsFunc(name, unseen) {
		return wrong(where, "use the name of a field", "%.100q is no name", name)
	}
	return nil
}

func checkSeries(where string, all []Series, now time.Time) error {
	if len(all) > maxSeries {
		return wrong(where+".series", "", "there are %d, %d are the most", len(all), maxSeries)
	}
	for i, one := range all {
		where := fmt.Sprintf("%s.series[%d]", where, i)
		if err := checkTitles(where+".title", one.Title, true); err != nil {
			return err
		}
		if err := checkQuery(where+".query", one.Query, now); err != nil {
			return err
		}
		if err := checkMetric(where+".metric", one.Metric); err != nil {
			return err
		}
		if !slices.Contains(colors, one.Color) {
			return wrong(where+".color", "use delivered, deferred, bounced, rejected or neutral, or leave it out", "there is no colour %.100q", one.Color)
		}
	}
	return nil
}

func checkMetric(where string, m *Metric) error {
	switch {
	case m == nil:
		return nil
	case !slices.Contains(metricKinds, m.Kind):
		return wrong(where+".kind", "use one of "+strings.Join(metricKinds, ", "), "there is no metric %.100q", m.Kind)
	case !slices.Contains(units, m.Unit):
		return wrong(where+".unit", "use bytes, seconds or percent, or leave it out", "there is no unit %.100q", m.Unit)
	case m.Percent < 0 || m.Percent > 100 || m.Kind == "percentile" && m.Percent == 0:
		return wrong(where+".percent", "write 95 for the value that 95 of 100 do not exceed", "%v is not between 0 and 100", m.Percent)
	case m.Kind == "count" && m.Field == "":
		return nil
	case m.Field == "":
		return wrong(where+".field", "name the field that is measured", "the metric %s needs a field", m.Kind)
	}
	if err := checkCounted(where+".field", m.Field); err != nil {
		return err
	}
	f, _ := event.Lookup(m.Field)
	if f != event.NoField && f.Kind().IsText() && m.Kind != "cardinality" && m.Kind != "count" {
		return wrong(where+".field", "use a number such as delay or size, or the metric cardinality", "%s holds no numbers", m.Field)
	}
	return nil
}

func checkColumns(where string, p *Panel) error {
	if len(p.Columns) > maxColumns {
		return wrong(where+".columns", "", "there are %d, %d are the most", len(p.Columns), maxColumns)
	}
	for i, name := range p.Columns {
		if err := checkName(fmt.Sprintf("%s.columns[%d]", where, i), name); err != nil {
			return err
		}
	}
	if p.Sort == "" {
		return nil
	}
	for name := range strings.SplitSeq(p.Sort, ",") {
		if err := checkName(where+".sort", strings.TrimPrefix(strings.TrimSpace(name), "-")); err != nil {
			return err
		}
	}
	return nil
}

func checkQuery(where, text string, now time.Time) error {
	if len(text) > maxQuery {
		return wrong(where, "", "the query has %d bytes, %d are the most", len(text), maxQuery)
	}
	_, err := search.Parse(text, search.ParseOptions{Now: now})
	var syntax *query.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return &Mistake{Where: where, Problem: syntax.Problem, Hint: syntax.Hint, Position: syntax.Pos, Suggestion: syntax.Suggestion}
	case err != nil:
		return wrong(where, "", "%v", err)
	}
	return nil
}
