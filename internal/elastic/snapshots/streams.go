package snapshots

import (
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/store"
)

// expand puts the backing indices of data streams in the place of the streams'
// names and beside wildcards that mean them.
func (a *about) expand(patterns []string) []string {
	var all []string
	for _, p := range patterns {
		bare, _ := strings.CutPrefix(p, "-")
		sign := p[:len(p)-len(bare)]
		named := false
		for name, stream := range a.Streams {
			if name == bare || strings.Contains(bare, "*") && names.Match(bare, name) {
				named = named || name == bare
				for _, b := range stream.Backing {
					all = append(all, sign+b)
				}
			}
		}
		if !named {
			all = append(all, p)
		}
	}
	return all
}

// streamOf is the data stream that a restored index will back: one all of whose
// indices come back under their own names.
func (a *about) streamOf(source string, sources []string, renamer *renamer) string {
	for name, stream := range a.Streams {
		comes := func(b string) bool { return slices.Contains(sources, b) && renamer.rename(b) == b }
		if slices.Contains(stream.Backing, source) && !slices.ContainsFunc(stream.Backing, func(b string) bool { return !comes(b) }) {
			return name
		}
	}
	return ""
}

// restoreStreams makes the data streams of restored indices, where there are
// none of the name.
func (s *Snapshots) restoreStreams(sn *store.Snapshot, plan []restoring) error {
	a := readAbout(sn)
	wanted := map[string]*cluster.DataStream{}
	for i := range plan {
		if name := plan[i].stream; name != "" {
			wanted[name] = a.Streams[name]
		}
	}
	if len(wanted) == 0 {
		return nil
	}
	return s.node.Cluster.Change(func(c *cluster.Content) error {
		for name, stream := range wanted {
			if c.DataStreams[name] == nil {
				c.DataStreams[name] = stream
			}
		}
		return nil
	})
}
