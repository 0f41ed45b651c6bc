package ask

import (
	"fmt"
	"slices"

	"rastro/internal/query"
	"rastro/internal/store/local/rowset"
)

// maxFilterDepth bounds the nesting of a filter: each level may hold one set
// of rows.
const maxFilterDepth = 200

// condition is a compiled filter. It is safe for concurrent use by many scans.
type condition interface {
	// may is false only where no row of the block can match. It reads no
	// column.
	may(s *scan) (bool, error)
	// narrow removes from rows those that do not match.
	narrow(s *scan, rows rowset.Set) error
	// cost orders the filters of an And: the cheap ones first, so that the
	// dear ones look at few rows.
	cost() int
}

// compileFilter prepares a filter; nil means All.
func compileFilter(f query.Filter, depth int) (condition, error) {
	if depth > maxFilterDepth {
		return nil, fmt.Errorf("%w: the filter is nested more than %d deep", query.ErrTooBig, maxFilterDepth)
	}
	switch f := f.(type) {
	case nil, query.All:
		return everything{}, nil
	case query.None:
		return nothing{}, nil
	case query.And:
		return compileAnd(f, depth)
	case query.Mention:
		return compileMention(f)
	case query.Or:
		return compileOr(f, depth)
	case query.Not:
		inner, err := compileFilter(f.Filter, depth+1)
		if err != nil {
			return nil, err
		}
		return not{inner}, nil
	default:
		return compileLeaf(f)
	}
}

func compileAll(filters []query.Filter, depth int) ([]condition, error) {
	list := make([]condition, 0, len(filters))
	for _, f := range filters {
		c, err := compileFilter(f, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

func compileAnd(f query.And, depth int) (condition, error) {
	list, err := compileAll(f.Filters, depth)
	if err != nil {
		return nil, err
	}
	switch len(list) {
	case 0:
		return everything{}, nil
	case 1:
		return list[0], nil
	}
	slices.SortStableFunc(list, func(a, b condition) int { return a.cost() - b.cost() })
	return and(list), nil
}

func compileOr(f query.Or, depth int) (condition, error) {
	list, err := compileAll(f.Filters, depth)
	if err != nil {
		return nil, err
	}
	least := max(f.Min, 1)
	switch {
	case least > len(list):
		return nothing{}, nil
	case len(list) == 1:
		return list[0], nil
	case least == len(list):
		slices.SortStableFunc(list, func(a, b condition) int { return a.cost() - b.cost() })
		return and(list), nil
	case least > 1:
		return atLeast{list, least}, nil
	}
	// The cheap ones first: what they find the dear ones need not look at.
	slices.SortStableFunc(list, func(a, b condition) int { return a.cost() - b.cost() })
	return or(list), nil
}

type everything struct{}

func (everything) may(*scan) (bool, error)        { return true, nil }
func (everything) narrow(*scan, rowset.Set) error { return nil }
func (everything) cost() int                      { return 0 }

type nothing struct{}

func (nothing) may(*scan) (bool, error) { return false, nil }
func (nothing) cost() int               { return 0 }
func (nothing) narrow(_ *scan, rows rowset.Set) error {
	rows.Clear()
	return nil
}

// and holds two or more conditions, the cheapest first.
type and []condition

func (a and) may(s *scan) (bool, error) {
	for _, c := range a {
		if ok, err := c.may(s); err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

func (a and) narrow(s *scan, rows rowset.Set) error {
	for _, c := range a {
		if rows.Empty() {
			return nil
		}
		if err := c.narrow(s, rows); err != nil {
			return err
		}
	}
	return nil
}

func (a and) cost() int { return costOf(a) }

// or holds two or more conditions, the cheapest first.
type or []condition

func (o or) may(s *scan) (bool, error) {
	for _, c := range o {
		if ok, err := c.may(s); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func (o or) narrow(s *scan, rows rowset.Set) error {
	found := make(rowset.Set, len(rows))
	rest := rows.Clone()
	for _, c := range o {
		if rest.Empty() {
			break
		}
		hits := rest.Clone()
		if err := narrowIfMay(c, s, hits); err != nil {
			return err
		}
		found.Plus(hits)
		rest.Minus(hits)
	}
	copy(rows, found)
	return nil
}

func (o or) cost() int { return costOf(o) }

// atLeast matches where so many of its conditions do.
type atLeast struct {
	list  []condition
	least int
}

func (a atLeast) may(s *scan) (bool, error) {
	n := 0
	for _, c := range a.list {
		ok, err := c.may(s)
		if err != nil {
			return false, err
		}
		if ok {
			n++
		}
	}
	return n >= a.least, nil
}

func (a atLeast) narrow(s *scan, rows rowset.Set) error {
	counts := make([]uint16, s.rows)
	for _, c := range a.list {
		hits := rows.Clone()
		if err := narrowIfMay(c, s, hits); err != nil {
			return err
		}
		hits.Keep(func(row uint32) bool {
			if counts[row] < ^uint16(0) {
				counts[row]++
			}
			return true
		})
	}
	rows.Keep(func(row uint32) bool { return int(counts[row]) >= a.least })
	return nil
}

func (a atLeast) cost() int { return costOf(a.list) }

type not struct{ inner condition }

func (n not) may(*scan) (bool, error) { return true, nil }

func (n not) narrow(s *scan, rows rowset.Set) error {
	hits := rows.Clone()
	if err := narrowIfMay(n.inner, s, hits); err != nil {
		return err
	}
	rows.Minus(hits)
	return nil
}

func (n not) cost() int { return n.inner.cost() }

// narrowIfMay spares the columns of a condition that cannot match in a block.
func narrowIfMay(c condition, s *scan, rows rowset.Set) error {
	ok, err := c.may(s)
	if err != nil {
		return err
	}
	if !ok {
		rows.Clear()
		return nil
	}
	return c.narrow(s, rows)
}

// costOf is the cost of several conditions together.
func costOf(list []condition) int {
	total := 0
	for _, c := range list {
		total = min(total+c.cost(), 1<<20)
	}
	return total
}
