package ask

import "slices"

// top keeps the first limit of many items in an order. It sorts when twice as
// many have come, which costs less than a heap and keeps the code plain.
type top[T any] struct {
	limit   int
	compare func(a, b T) int
	items   []T
	// full tells that items[limit-1] is a bound: what comes behind it is not
	// wanted any more.
	full bool
}

func newTop[T any](limit int, compare func(a, b T) int) *top[T] {
	return &top[T]{limit: limit, compare: compare}
}

// wants tells whether item may be among the first.
func (t *top[T]) wants(item T) bool {
	return t.limit > 0 && (!t.full || t.compare(item, t.items[t.limit-1]) < 0)
}

// add takes an item and reports how many it dropped.
func (t *top[T]) add(item T) (dropped []T) {
	t.items = append(t.items, item)
	if len(t.items) >= 2*t.limit+64 {
		return t.settle()
	}
	return nil
}

// settle sorts the items, cuts them to the limit and returns those it dropped;
// they are valid until the next add.
func (t *top[T]) settle() []T {
	slices.SortFunc(t.items, t.compare)
	if len(t.items) < t.limit || t.limit == 0 {
		return nil
	}
	dropped := t.items[t.limit:]
	t.items = t.items[:t.limit]
	t.full = true
	return dropped
}

// last returns the bound, if there is one.
func (t *top[T]) last() (item T, ok bool) {
	if !t.full {
		return item, false
	}
	return t.items[t.limit-1], true
}
