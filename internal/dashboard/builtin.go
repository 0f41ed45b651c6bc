package dashboard

import (
	_ "embed"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

//go:embed builtin.toml
var builtinText string

// builtinFile is the form of builtin.toml.
type builtinFile struct {
	// Queries are parts of queries by name; {name} stands for them.
	Queries    map[string]string `toml:"queries"`
	Dashboards []builtinBoard    `toml:"dashboard"`
}

type builtinBoard struct {
	ID          string         `toml:"id"`
	Title       Words          `toml:"title"`
	Description Words          `toml:"description"`
	Panels      []builtinPanel `toml:"panel"`
}

type builtinPanel struct {
	ID      string          `toml:"id"`
	Kind    string          `toml:"kind"`
	Title   Words           `toml:"title"`
	At      [4]int          `toml:"at"` // x, y, w, h
	Query   string          `toml:"query"`
	Field   string          `toml:"field"`
	Size    int             `toml:"size"`
	ShareOf string          `toml:"share_of"`
	Columns []string        `toml:"columns"`
	Sort    string          `toml:"sort"`
	Growth  bool            `toml:"growth"`
	Metric  *Metric         `toml:"metric"`
	Text    *Words          `toml:"text"`
	Series  []builtinSeries `toml:"series"`
}

type builtinSeries struct {
	Title  Words   `toml:"title"`
	Query  string  `toml:"query"`
	Metric *Metric `toml:"metric"`
	Color  string  `toml:"color"`
}

// Builtins are the dashboards that come with Rastro, in the order in which
// they are shown. The slice is the caller's own.
func Builtins() []Dashboard {
	all, err := readBuiltins(builtinText)
	if err != nil {
		panic("builtin.toml: " + err.Error()) // a test reads it
	}
	return all
}

func readBuiltins(text string) ([]Dashboard, error) {
	var file builtinFile
	meta, err := toml.Decode(text, &file)
	if err != nil {
		return nil, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("nothing is called %v", unknown)
	}
	fill := filler(file.Queries)
	all := make([]Dashboard, len(file.Dashboards))
	for i, b := range file.Dashboards {
		description := b.Description
		all[i] = Dashboard{
			Summary: Summary{ID: b.ID, Version: 1, Title: b.Title, Description: &description, Builtin: true},
			Since:   "now-24h", Refresh: 30,
		}
		for _, p := range b.Panels {
			all[i].Panels = append(all[i].Panels, p.panel(fill))
		}
		if err := checkBoard(&all[i], time.Unix(0, 0)); err != nil {
			return nil, fmt.Errorf("%s: %w", b.ID, err)
		}
	}
	return all, nil
}

// filler puts the parts of queries in. Parts may hold other parts.
func filler(parts map[string]string) func(string) string {
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	sort.Strings(names)
	var pairs []string
	for _, name := range names {
		pairs = append(pairs, "{"+name+"}", "("+parts[name]+")")
	}
	once := strings.NewReplacer(pairs...)
	return func(query string) string {
		for range parts {
			if !strings.Contains(query, "{") {
				break
			}
			query = once.Replace(query)
		}
		return query
	}
}

func (p builtinPanel) panel(fill func(string) string) Panel {
	out := Panel{
		ID: p.ID, Kind: p.Kind, Title: p.Title, X: p.At[0], Y: p.At[1], W: p.At[2], H: p.At[3],
		Query: fill(p.Query), Field: p.Field, Size: p.Size, ShareOf: fill(p.ShareOf),
		Columns: p.Columns, Sort: p.Sort, Growth: p.Growth, Metric: p.Metric, Text: p.Text,
	}
	for _, s := range p.Series {
		out.Series = append(out.Series, Series{Title: s.Title, Query: fill(s.Query), Metric: s.Metric, Color: s.Color})
	}
	return out
}
