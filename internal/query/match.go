package query

import (
	"slices"

	"rastro/internal/event"
)

// Match tells whether e meets f, and false for a filter that cannot be
// compiled. Compile once where many events are to be matched.
func Match(f Filter, e *event.Event) bool {
	m, err := Compile(f)
	return err == nil && m.Match(e)
}

// Matcher is a filter made ready to run on events. It is safe for concurrent
// use.
type Matcher struct {
	root condition
}

// Compile prepares a filter; nil means All. It gives an error for a Regexp
// without Compiled, for a filter that is none of this package's types, and
// ErrNeedsStore for an In.
func Compile(f Filter) (*Matcher, error) {
	root, err := compile(f)
	if err != nil {
		return nil, err
	}
	return &Matcher{root: root}, nil
}

// Match tells whether e meets the filter.
func (m *Matcher) Match(e *event.Event) bool { return m.root.holds(e) }

// condition is one compiled filter.
type condition interface {
	holds(e *event.Event) bool
	// cost orders the conditions of an And or Or: the cheap ones first.
	cost() int
}

func compile(f Filter) (condition, error) {
	switch f := f.(type) {
	case nil, All:
		return constant(true), nil
	case None:
		return constant(false), nil
	case Not:
		inner, err := compile(f.Filter)
		if err != nil {
			return nil, err
		}
		return negation{inner}, nil
	case And:
		all, err := compileList(f.Filters)
		if err != nil {
			return nil, err
		}
		return conjunction(all), nil
	case Mention:
		m, err := CompileMention(f)
		return mentionCondition{m}, err
	case Or:
		any, err := compileList(f.Filters)
		if err != nil {
			return nil, err
		}
		return disjunction{any: any, least: max(f.Min, 1)}, nil
	case In:
		return nil, ErrNeedsStore
	}
	leaf, err := CompileLeaf(f)
	if err != nil {
		return nil, err
	}
	return leafCondition(leaf), nil
}

func compileList(filters []Filter) ([]condition, error) {
	list := make([]condition, 0, len(filters))
	for _, f := range filters {
		c, err := compile(f)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b condition) int { return a.cost() - b.cost() })
	return list, nil
}

// leafCondition picks the way in which an event holds the leaf's field.
func leafCondition(leaf Leaf) condition {
	switch leaf.Field.Field {
	case event.NoField:
		return extraCondition(leaf)
	case event.EventID:
		return idCondition(leaf)
	case event.Timestamp:
		return timeCondition(leaf)
	case event.ReceivedAt:
		return receivedCondition(leaf)
	}
	if leaf.MatchBits != nil {
		return bitsCondition(leaf)
	}
	return textCondition(leaf)
}

type (
	constant    bool
	negation    struct{ inner condition }
	conjunction []condition
	disjunction struct {
		any   []condition
		least int
	}
	textCondition     Leaf
	bitsCondition     Leaf
	extraCondition    Leaf
	idCondition       Leaf
	timeCondition     Leaf
	receivedCondition Leaf
)

func (c constant) holds(*event.Event) bool { return bool(c) }

func (c negation) holds(e *event.Event) bool { return !c.inner.holds(e) }

func (c conjunction) holds(e *event.Event) bool {
	for _, inner := range c {
		if !inner.holds(e) {
			return false
		}
	}
	return true
}

func (c disjunction) holds(e *event.Event) bool {
	count := 0
	for i, inner := range c.any {
		if count+len(c.any)-i < c.least {
			return false
		}
		if inner.holds(e) {
			if count++; count >= c.least {
				return true
			}
		}
	}
	return false
}

func (c textCondition) holds(e *event.Event) bool {
	for i := range e.Values {
		if v := &e.Values[i]; v.Field == c.Field.Field && c.MatchText(v.Text) {
			return true
		}
	}
	return false
}

func (c bitsCondition) holds(e *event.Event) bool {
	for i := range e.Values {
		if v := &e.Values[i]; v.Field == c.Field.Field && c.MatchBits(v.Bits) {
			return true
		}
	}
	return false
}

func (c extraCondition) holds(e *event.Event) bool {
	return visitPairs(e.Extra, c.Field, c.MatchText)
}

func (c idCondition) holds(e *event.Event) bool { return c.MatchText(e.ID()) }

func (c timeCondition) holds(e *event.Event) bool { return c.MatchBits(uint64(e.Time)) }

func (c receivedCondition) holds(e *event.Event) bool { return c.MatchBits(uint64(e.ReceivedAt)) }

func (c constant) cost() int { return 0 }

func (c negation) cost() int { return c.inner.cost() + 1 }

func (c conjunction) cost() int { return sumOfCosts(c) }

func (c disjunction) cost() int { return sumOfCosts(c.any) }

func sumOfCosts(list []condition) int {
	sum := 1
	for _, c := range list {
		sum = min(sum+c.cost(), 1<<20)
	}
	return sum
}

func (c textCondition) cost() int {
	if c.Field.Field.Kind() == event.Text {
		return 50
	}
	return 5
}

func (c bitsCondition) cost() int { return 4 }

func (c extraCondition) cost() int { return 100 }

func (c idCondition) cost() int { return 20 }

func (c timeCondition) cost() int { return 1 }

func (c receivedCondition) cost() int { return 1 }
