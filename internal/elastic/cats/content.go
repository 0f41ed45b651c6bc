package cats

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

func (x *Cats) aliases(r *rest.Request) (*table, error) {
	t := &table{columns: columns("alias|a|alias name", "index|i,idx|index alias points to", "filter|f,fi|filter", "routing.index|ri,routingIndex|index routing", "routing.search|rs,routingSearch|search routing", "is_write_index|w,isWriteIndex|write index")}
	wanted := r.PathValue("name")
	type row struct {
		name, index string
		alias       *cluster.Alias
	}
	var all []row
	for _, i := range x.node.Names.Everything() {
		if i.Meta == nil {
			continue
		}
		for name, a := range i.Meta.Aliases {
			hidden := (a.Hidden != nil && *a.Hidden || hiddenIndex(i)) && wanted == "" && !strings.Contains(r.Get("expand_wildcards"), "hidden") && r.Get("expand_wildcards") != "all"
			if !hidden && (wanted == "" || in(wanted, name)) {
				all = append(all, row{name, i.Name, a})
			}
		}
	}
	slices.SortFunc(all, func(a, b row) int { return strings.Compare(a.name+"\x00"+a.index, b.name+"\x00"+b.index) })
	for _, one := range all {
		filter, write := "-", "-"
		if len(one.alias.Filter) > 0 {
			filter = "*"
		}
		if one.alias.Write != nil {
			write = map[bool]string{true: "true", false: "false"}[*one.alias.Write]
		}
		t.add(one.name, one.index, filter, orDash(one.alias.IndexRouting), orDash(one.alias.SearchRouting), write)
	}
	return t, nil
}

func hiddenIndex(i names.Index) bool { return i.Kind == names.View || i.Meta.Hidden }

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func brackets(texts []string) string { return "[" + strings.Join(texts, ", ") + "]" }

func (x *Cats) templates(r *rest.Request) (*table, error) {
	t := &table{columns: columns("name|n|template name", "index_patterns|t|template index patterns", "order|o,p|template application order/priority number", "version|v|version", "composed_of|c|component templates comprising index template")}
	wanted, c := r.PathValue("name"), x.node.Cluster.Content()
	for _, name := range slices.Sorted(maps.Keys(c.LegacyTemplates)) {
		var tpl lifecycle.Legacy
		if wanted != "" && !in(wanted, name) || json.Unmarshal(c.LegacyTemplates[name], &tpl) != nil {
			continue
		}
		t.add(name, brackets(tpl.IndexPatterns), tpl.Order, orNothing(tpl.Version), "")
	}
	for _, name := range slices.Sorted(maps.Keys(c.Templates)) {
		var tpl lifecycle.Template
		if wanted != "" && !in(wanted, name) || json.Unmarshal(c.Templates[name], &tpl) != nil {
			continue
		}
		t.add(name, brackets(tpl.IndexPatterns), orNothing(tpl.Priority), orNothing(tpl.Version), brackets(tpl.ComposedOf))
	}
	return t, nil
}

func orNothing(n *int64) any {
	if n == nil {
		return nil
	}
	return *n
}

func (x *Cats) componentTemplates(r *rest.Request) (*table, error) {
	t := &table{columns: columns("name|n|component template name", "version|v|version", ">alias_count|a|alias count", ">mapping_count|m|mapping count", ">settings_count|s|settings count", ">metadata_count|me|metadata count", "included_in|i|included in")}
	wanted, c := r.PathValue("name"), x.node.Cluster.Content()
	for _, name := range slices.Sorted(maps.Keys(c.ComponentTemplates)) {
		var tpl lifecycle.Component
		if wanted != "" && !in(wanted, name) || json.Unmarshal(c.ComponentTemplates[name], &tpl) != nil {
			continue
		}
		var users []string
		for _, user := range slices.Sorted(maps.Keys(c.Templates)) {
			var of lifecycle.Template
			if json.Unmarshal(c.Templates[user], &of) == nil && slices.Contains(of.ComposedOf, name) {
				users = append(users, user)
			}
		}
		var mappings struct{ Properties map[string]any }
		var meta map[string]any
		_ = json.Unmarshal(tpl.Template.Mappings, &mappings) // counts nothing where there is none
		_ = json.Unmarshal(tpl.Meta, &meta)
		settings, err := lifecycle.FlatSettings(tpl.Template.Settings)
		if err != nil {
			settings = nil // written by another release
		}
		t.add(name, orNothing(tpl.Version), len(tpl.Template.Aliases), len(mappings.Properties), len(settings), len(meta), brackets(users))
	}
	return t, nil
}

func (x *Cats) repositories(*rest.Request) (*table, error) {
	t := &table{columns: columns("id|id,repoId|unique repository id", "type|t,type|repository type")}
	c := x.node.Cluster.Content()
	for _, name := range slices.Sorted(maps.Keys(c.Repositories)) {
		t.add(name, c.Repositories[name].Type)
	}
	return t, nil
}

func (x *Cats) snapshots(r *rest.Request) (*table, error) {
	t := &table{columns: columns(
		"id|id,snapshot|unique snapshot id", "repository|re,repo|repository name", "status|s|snapshot name", "start_epoch|ste,startEpoch|start time in seconds since 1970-01-01 00:00:00", "start_time|sti,startTime|start time in HH:MM:SS",
		"end_epoch|ete,endEpoch|end time in seconds since 1970-01-01 00:00:00", "end_time|eti,endTime|end time in HH:MM:SS", "duration|dur|duration", ">indices|i|number of indices",
		">successful_shards|ss|number of successful shards", ">failed_shards|fs|number of failed shards", ">total_shards|ts|number of total shards", "-reason|r|reason for failures")}
	c := x.node.Cluster.Content()
	wanted := r.PathValue("repository")
	repositories := slices.Sorted(maps.Keys(c.Repositories))
	if wanted != "" && wanted != "_all" {
		repositories = slices.DeleteFunc(repositories, func(name string) bool { return !in(wanted, name) })
		if len(repositories) == 0 && !strings.Contains(wanted, "*") {
			return nil, rest.Fail(http.StatusNotFound, "repository_missing_exception", "["+wanted+"] missing")
		}
	}
	if x.opts.Snapshots == nil {
		return t, nil
	}
	for _, name := range repositories {
		all, err := x.opts.Snapshots(r.Context(), name)
		if err != nil {
			return nil, err
		}
		for _, s := range all {
			t.add(s.ID, s.Repository, s.Status, s.Start.Unix(), s.Start.UTC().Format(time.TimeOnly), s.End.Unix(), s.End.UTC().Format(time.TimeOnly), span(s.End.Sub(s.Start)), s.Indices, s.Indices, 0, s.Indices, nil)
		}
	}
	return t, nil
}
