package trace

import (
	"cmp"
	"slices"
	"time"
)

// coverSlice is the width of the slices in which an Assembler remembers that a
// server wrote something.
const coverSlice = 10 * time.Minute

// covered remembers what events there were, whether a journey needs them or
// not.
type covered struct {
	hosts map[string]*hostCover
	last  *hostCover // the one that the last event was counted for
	name  string
}

type hostCover struct {
	first, last, events int64
	slices              map[int64]bool
	slice               int64 // the last one, which most events share
}

func (c *covered) add(host string, at int64) {
	h := c.last
	if h == nil || c.name != host {
		if c.hosts == nil {
			c.hosts = map[string]*hostCover{}
		}
		if h = c.hosts[host]; h == nil {
			h = &hostCover{first: at, last: at, slices: map[int64]bool{}, slice: -1}
			c.hosts[host] = h
		}
		c.last, c.name = h, host
	}
	h.events++
	h.first, h.last = min(h.first, at), max(h.last, at)
	if s := at / int64(coverSlice); s != h.slice {
		h.slice, h.slices[s] = s, true
	}
}

func (c *covered) merge(other *covered) {
	for name, o := range other.hosts {
		c.add(name, o.first)
		h := c.hosts[name]
		h.events += o.events - 1
		h.last = max(h.last, o.last)
		for s := range o.slices {
			h.slices[s] = true
		}
	}
}

// list tells what is covered between two times.
func (c *covered) list(from, to time.Time) []Coverage {
	var all []Coverage
	for name, h := range c.hosts {
		if h.last < from.UnixNano() || h.first > to.UnixNano() {
			continue
		}
		entry := Coverage{Host: name, First: stamp(h.first), Last: stamp(h.last), Events: h.events}
		times := make([]int64, 0, len(h.slices))
		for s := range h.slices {
			times = append(times, s*int64(coverSlice))
		}
		slices.Sort(times)
		entry.Gaps = gaps(times, coverSlice)
		entry.Silent = silent(entry, to, coverSlice)
		all = append(all, entry)
	}
	slices.SortFunc(all, func(a, b Coverage) int { return cmp.Compare(a.Host, b.Host) })
	return all
}

// until is the time of a host's last event; 0 if there is none.
func (c *covered) until(host string) int64 {
	if h := c.hosts[host]; h != nil {
		return h.last
	}
	return 0
}

// span is the time that all events cover.
func (c *covered) span() (from, to time.Time) {
	for _, h := range c.hosts {
		if first := stamp(h.first); from.IsZero() || first.Before(from) {
			from = first
		}
		if last := stamp(h.last); last.After(to) {
			to = last
		}
	}
	return from, to
}

// notFound says what the files cover and what is spelled alike in them.
func (a *Assembler) notFound(q Question) *NotFound {
	from, to := a.covered.span()
	if !q.From.IsZero() {
		from = q.From
	}
	if !q.To.IsZero() {
		to = q.To
	}
	return describeNothing(&q, from, to, a.covered.list(from, to), a.near(&q), lacking{})
}

// near finds values in the facts that are like what was asked for.
func (a *Assembler) near(q *Question) []Near {
	found := map[[2]string]*Near{}
	for i := range q.Query.Terms {
		for _, look := range q.Query.Terms[i].lookalikes() {
			known := map[string]bool{}
			for _, f := range a.facts {
				f.eachValue(look.field, func(v string) {
					alike, seen := known[v]
					if !seen {
						alike = spelledAlike(look.value, v)
						known[v] = alike
					}
					if !alike {
						return
					}
					key := [2]string{look.field.Name(), v}
					n := found[key]
					if n == nil {
						n = &Near{Value: v, Field: look.field.Name()}
						found[key] = n
					}
					n.Count++
					if at := stamp(f.time); at.After(n.Last) {
						n.Last = at
					}
				})
			}
		}
	}
	all := make([]Near, 0, len(found))
	for _, n := range found {
		all = append(all, *n)
	}
	return bestNear(all)
}
