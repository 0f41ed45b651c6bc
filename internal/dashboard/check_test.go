package dashboard

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

func TestEveryMistakeIsNamedWithItsPlace(t *testing.T) {
	s := fresh(t)
	long := strings.Repeat("x", MaxTitle+1)
	for name, c := range map[string]struct {
		spoil func(*Dashboard)
		want  []string
	}{
		"no title":          {func(d *Dashboard) { d.Title = Words{En: " "} }, []string{"title", "missing", "1 to 200"}},
		"long title":        {func(d *Dashboard) { d.Title.Es = long }, []string{"title.es", "201 characters"}},
		"line break":        {func(d *Dashboard) { d.Title.En = "a\nb" }, []string{"title.en", "control characters"}},
		"turned title":      {func(d *Dashboard) { d.Title.En = "a\u202egnp.exe" }, []string{"title.en", "direction"}},
		"long description":  {func(d *Dashboard) { d.Description.Es = strings.Repeat("x", 2001) }, []string{"description", "2001"}},
		"bad time":          {func(d *Dashboard) { d.Since = "yesterdayish" }, []string{"since", "date math"}},
		"bad end":           {func(d *Dashboard) { d.Until = "now-1fortnight" }, []string{"until"}},
		"refresh":           {func(d *Dashboard) { d.Refresh = -1 }, []string{"refresh", "-1"}},
		"query":             {func(d *Dashboard) { d.Query = `status:"deferred` }, []string{"query: "}},
		"many panels":       {func(d *Dashboard) { d.Panels = make([]Panel, MaxPanels+1) }, []string{"panels", "61 panels", "60"}},
		"same id":           {func(d *Dashboard) { d.Panels[1].ID = "a" }, []string{"panels[1].id", `"a"`}},
		"panel id":          {func(d *Dashboard) { d.Panels[1].ID = "../x" }, []string{"panels[1].id", "no id"}},
		"kind":              {func(d *Dashboard) { d.Panels[2].Kind = "gauge" }, []string{"panels[2].kind", `"gauge"`, "timeline, bar"}},
		"panel title":       {func(d *Dashboard) { d.Panels[0].Title = Words{} }, []string{"panels[0].title", "missing"}},
		"too wide":          {func(d *Dashboard) { d.Panels[0].X = 7 }, []string{"panels[0]", "x 7", "12 columns"}},
		"no height":         {func(d *Dashboard) { d.Panels[0].H = 0 }, []string{"panels[0]", "h 0"}},
		"overflow":          {func(d *Dashboard) { d.Panels[0].X, d.Panels[0].W = 1<<62, 1<<62 }, []string{"panels[0]"}},
		"above":             {func(d *Dashboard) { d.Panels[0].Y = -1 }, []string{"panels[0]", "y -1"}},
		"panel query":       {func(d *Dashboard) { d.Panels[3].Query = "a AND" }, []string{"panels[3].query"}},
		"long query":        {func(d *Dashboard) { d.Panels[3].Query = strings.Repeat("a ", 6000) }, []string{"panels[3].query", "12000 bytes"}},
		"share":             {func(d *Dashboard) { d.Panels[3].ShareOf = "(" }, []string{"panels[3].share_of"}},
		"bar without field": {func(d *Dashboard) { d.Panels[1].Field = "" }, []string{"panels[1].field", "needs a field"}},
		"running text":      {func(d *Dashboard) { d.Panels[1].Field = "reply" }, []string{"panels[1].field", "running text"}},
		"empty table":       {func(d *Dashboard) { d.Panels[2].Columns = nil }, []string{"panels[2]", "columns or a field"}},
		"column":            {func(d *Dashboard) { d.Panels[2].Columns[1] = "" }, []string{"panels[2].columns[1]"}},
		"sort":              {func(d *Dashboard) { d.Panels[2].Sort = "-" }, []string{"panels[2].sort"}},
		"size":              {func(d *Dashboard) { d.Panels[1].Size = 1001 }, []string{"panels[1].size", "1000"}},
		"no text":           {func(d *Dashboard) { d.Panels[4].Text = nil }, []string{"panels[4].text"}},
		"one stage":         {func(d *Dashboard) { d.Panels[5].Series = d.Panels[5].Series[:1] }, []string{"panels[5].series", "stages"}},
		"many series":       {func(d *Dashboard) { d.Panels[5].Series = make([]Series, 21) }, []string{"panels[5].series", "21"}},
		"series query":      {func(d *Dashboard) { d.Panels[5].Series[1].Query = "[" }, []string{"panels[5].series[1].query"}},
		"series title":      {func(d *Dashboard) { d.Panels[5].Series[1].Title = Words{} }, []string{"panels[5].series[1].title"}},
		"colour":            {func(d *Dashboard) { d.Panels[5].Series[0].Color = "red;x" }, []string{"panels[5].series[0].color", `"red;x"`}},
		"metric":            {func(d *Dashboard) { d.Panels[3].Metric.Kind = "median" }, []string{"panels[3].metric.kind", `"median"`}},
		"percent":           {func(d *Dashboard) { d.Panels[3].Metric.Percent = 0 }, []string{"panels[3].metric.percent"}},
		"unit":              {func(d *Dashboard) { d.Panels[3].Metric.Unit = "parsecs" }, []string{"panels[3].metric.unit"}},
		"metric of a name":  {func(d *Dashboard) { d.Panels[3].Metric.Field = "sender" }, []string{"panels[3].metric.field", "no numbers"}},
		"metric of nothing": {func(d *Dashboard) { d.Panels[3].Metric = &Metric{Kind: "avg"} }, []string{"panels[3].metric.field"}},
		"large":             {func(d *Dashboard) { tooLarge(d) }, []string{"1048576 are the most"}},
	} {
		d := sample("Mine")
		c.spoil(&d)
		_, err := s.CreateDashboard(context.Background(), d)
		var mistake *Mistake
		if !errors.As(err, &mistake) {
			t.Errorf("%s: got %v", name, err)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(mistake.Error(), want) {
				t.Errorf("%s: %q does not tell %q", name, mistake.Error(), want)
			}
		}
	}
	if list, err := s.Dashboards(context.Background()); err != nil || len(list) != len(Builtins()) {
		t.Errorf("%v: something was saved: %d", err, len(list))
	}
}

// tooLarge fills a dashboard with texts that are each short enough.
func tooLarge(d *Dashboard) {
	for i := range 20 {
		d.Panels = append(d.Panels, Panel{ID: "t" + string(rune('a'+i)), Kind: "text", W: 1, H: 1, Text: &Words{En: strings.Repeat("x", maxText)}})
	}
}

func TestAMistakeInAQueryHasItsPosition(t *testing.T) {
	d := sample("Mine")
	d.Panels[3].Query = "status:delivered AND"
	var mistake *Mistake
	if err := checkBoard(&d, time.Unix(0, 0)); !errors.As(err, &mistake) || mistake.Position == 0 {
		t.Errorf("got %+v", err)
	}
}

func TestWhatMayBeLeftOut(t *testing.T) {
	s := fresh(t)
	d, err := s.CreateDashboard(context.Background(), Dashboard{Summary: Summary{Title: Words{Es: "Vacío"}}})
	if err != nil || d.Since != "now-24h" || d.Panels == nil || anyOf(d.Title) != "Vacío" {
		t.Errorf("%v: %+v", err, d)
	}
}

func TestHostileTitlesStayText(t *testing.T) {
	s := fresh(t)
	for _, title := range []string{`<img src=x onerror=alert(1)>`, `=cmd()`, `'; DROP TABLE objects; --`, `{{constructor}}`, "עברית", strings.Repeat("é", MaxTitle)} {
		made, err := s.CreateSearch(context.Background(), SavedSearch{Title: title, State: "q=%3Cb%3E"})
		if err != nil || made.Title != title {
			t.Errorf("%v: %q came back as %q", err, title, made.Title)
		}
	}
	for _, state := range []string{"q=a b", "q=a#b", "q=%zz", "q=\x00", strings.Repeat("a", MaxState+1)} {
		if _, err := s.CreateSearch(context.Background(), SavedSearch{Title: "x", State: state}); err == nil || !strings.Contains(err.Error(), "state") {
			t.Errorf("the state %.20q gave %v", state, err)
		}
	}
}

func TestBuiltinsAreWhole(t *testing.T) {
	all := Builtins()
	var ids []string
	for _, d := range all {
		ids = append(ids, d.ID)
		if d.Title.En == "" || d.Title.Es == "" || d.Description.En == "" || d.Description.Es == "" || !d.Builtin {
			t.Errorf("%s: %+v", d.ID, d.Summary)
		}
		for i, p := range d.Panels {
			if p.Title.En == "" || p.Title.Es == "" {
				t.Errorf("%s/%s lacks a title: %+v", d.ID, p.ID, p.Title)
			}
			for _, one := range p.Series {
				if one.Title.En == "" || one.Title.Es == "" {
					t.Errorf("%s/%s lacks a title: %+v", d.ID, p.ID, one.Title)
				}
				checkFilled(t, d.ID+"/"+p.ID, one.Query)
			}
			checkFilled(t, d.ID+"/"+p.ID, p.Query)
			checkFilled(t, d.ID+"/"+p.ID, p.ShareOf)
			for _, other := range d.Panels[:i] {
				if p.X < other.X+other.W && other.X < p.X+p.W && p.Y < other.Y+other.H && other.Y < p.Y+p.H {
					t.Errorf("%s: %s lies on %s", d.ID, p.ID, other.ID)
				}
			}
		}
	}
	if got := strings.Join(ids, " "); got != "overview smtp reception delivery rejection tempfail bounces" {
		t.Errorf("got %s", got)
	}
}

func checkFilled(t *testing.T, where, query string) {
	t.Helper()
	if strings.ContainsAny(query, "{}") {
		t.Errorf("%s: a part is missing in %s", where, query)
	}
}

func TestBuiltinsMustBeRight(t *testing.T) {
	for text, want := range map[string]string{
		"[[dashboard]]\nid = \"x\"\n":                                     "title",
		"[[dashboard]]\nid = \"x\"\ntitle = { en = \"x\" }\ncolour = 1\n": "colour",
		"[queries]\na = 'status:'\n[[dashboard]]\nid = \"x\"\ntitle = { en = \"x\" }\n[[dashboard.panel]]\nid = \"p\"\nkind = \"number\"\ntitle = { en = \"x\" }\nat = [0,0,1,1]\nquery = '{a}\"'\n":      "panels[0].query",
		"[queries]\na = '{b}'\nb = '{a}'\n[[dashboard]]\nid = \"x\"\ntitle = { en = \"x\" }\n[[dashboard.panel]]\nid = \"p\"\nkind = \"number\"\ntitle = { en = \"x\" }\nat = [0,0,1,1]\nquery = '{a}'\n": "panels[0].query",
	} {
		if _, err := readBuiltins(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s gave %v", text, err)
		}
	}
}
