package indices

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// destructive is the setting that lets wildcards delete when it is false.
const destructive = "action.destructive_requires_name"

// remove answers DELETE /{index}: the index goes with its events.
func (x *Indices) remove(w http.ResponseWriter, r *rest.Request) error {
	expression := r.PathValue("index")
	opts, err := rest.ResolveOptions(r)
	if err != nil {
		return err
	}
	opts.Closed = true
	found, err := x.doomed(expression, opts)
	if err != nil {
		return err
	}
	if err := x.delete(r.Context(), found); err != nil {
		return err
	}
	return rest.Acknowledge(w, r)
}

// doomed finds the indices that an expression of DELETE means, and refuses what
// must not be deleted that way.
func (x *Indices) doomed(expression string, opts names.ResolveOptions) ([]names.Index, error) {
	c := x.node.Cluster.Content()
	wild := strings.ContainsAny(expression, "*?") || expression == "_all" || expression == ""
	if wild && !wildcardsMayDelete(c) {
		return nil, rest.Illegal("Wildcard expressions or all indices are not allowed")
	}
	for part := range strings.SplitSeq(expression, ",") {
		if part = strings.TrimSpace(part); strings.ContainsAny(part, "*?") {
			continue
		}
		switch {
		case c.DataStreams[part] != nil:
			return nil, rest.Illegal("The provided expression [%s] matches a data stream, use the delete data stream API instead (DELETE /_data_stream/%s).", part, part)
		case hasAlias(c, part):
			if opts.IgnoreUnavailable {
				continue
			}
			return nil, rest.Illegal("The provided expression [%s] matches an alias, specify the corresponding concrete indices instead.", part)
		}
	}
	set, err := x.node.ResolveWith(expression, opts)
	if err != nil {
		return nil, err
	}
	return x.deletable(c, set.Indices, expression, wild)
}

// deletable are those of the indices that an expression found which may be
// deleted. A wildcard passes views over; a name of a view is refused.
func (x *Indices) deletable(c *cluster.Content, all []names.Index, expression string, wild bool) (found []names.Index, err error) {
	var view *names.Index
	for _, i := range all {
		switch s := streamOf(c, i); {
		case wild && !x.named(expression, i.Name): // found through an alias or a data stream
		case !wild && !slices.Contains(x.literals(expression), i.Name): // an alias that ignore_unavailable passes over
		case i.Kind == names.View:
			view = &i
		case s != nil && s.Backing[len(s.Backing)-1] == i.Name:
			return nil, rest.Illegal("index [%s] is the write index for data stream [%s] and cannot be deleted", i.Name, i.Meta.DataStream)
		default:
			found = append(found, i)
		}
	}
	if view != nil && (!wild || len(found) == 0) {
		return nil, rest.Illegal("[%s] is a view of events of [%s] and cannot be deleted; delete the index of the day instead", view.Name, x.node.Names.DayName(view.Start.UnixNano()))
	}
	return found, nil
}

// literals are the names of an expression with date math written out.
func (x *Indices) literals(expression string) []string {
	parts := strings.Split(expression, ",")
	for i, part := range parts {
		if name, err := x.node.Names.DateMath(strings.TrimSpace(part)); err == nil {
			parts[i] = name
		}
	}
	return parts
}

// named tells whether a pattern of an expression matches the index's own name.
func (x *Indices) named(expression, index string) bool {
	if expression == "_all" || expression == "" {
		return true
	}
	return slices.ContainsFunc(x.literals(expression), func(p string) bool { return names.Match(p, index) })
}

func wildcardsMayDelete(c *cluster.Content) bool {
	return c.Setting(destructive) == "false"
}

func hasAlias(c *cluster.Content, name string) bool {
	for _, i := range c.Indices {
		if i.Aliases[name] != nil {
			return true
		}
	}
	return false
}

func streamOf(c *cluster.Content, i names.Index) *cluster.DataStream {
	if i.Meta == nil || i.Meta.DataStream == "" {
		return nil
	}
	return c.DataStreams[i.Meta.DataStream]
}

// delete erases the events of indices and forgets what was set for them. Events
// are erased before and after: what came in between must not stay behind
// without an index that it is found by.
func (x *Indices) delete(ctx context.Context, found []names.Index) error {
	if len(found) == 0 {
		return nil
	}
	if err := x.erase(ctx, found); err != nil {
		return err
	}
	err := x.change(func(c *cluster.Content) error {
		for _, i := range found {
			delete(c.Indices, i.Name)
			if s := streamOf(c, i); s != nil {
				s.Backing = slices.DeleteFunc(s.Backing, func(n string) bool { return n == i.Name })
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return x.erase(ctx, found)
}

func (x *Indices) erase(ctx context.Context, found []names.Index) error {
	if x.opts.Erase == nil {
		return rest.Fail(http.StatusServiceUnavailable, "process_cluster_event_timeout_exception", "events cannot be deleted now")
	}
	if _, err := x.opts.Erase(ctx, x.node.Names.FilterAll(found)); err != nil {
		return fmt.Errorf("erasing the events of [%s]: %w", found[0].Name, err)
	}
	if x.node.Bulk != nil {
		for _, i := range found {
			x.node.Bulk.Forget(i.Name) // its ids are new again
		}
	}
	return nil
}
