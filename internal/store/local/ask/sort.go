package ask

import (
	"cmp"
	"fmt"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// keyKind is how the values of one sort key compare.
type keyKind uint8

const (
	keyText    keyKind = iota
	keyUnknown         // of a field that the table does not know
	keyInt
	keyFloat
)

// order is the order of hits, total by the RID.
type order struct {
	keys  []query.SortKey
	kinds []keyKind
	// byTime tells that the first key is @timestamp: blocks are then walked in
	// the order of the hits.
	byTime bool
	// desc is the direction of the first key and of the RID.
	desc bool
}

func newOrder(keys []query.SortKey) order {
	if len(keys) == 0 {
		keys = []query.SortKey{{Field: query.FieldOf(event.Timestamp), Desc: true}}
	}
	o := order{
		keys: keys, kinds: make([]keyKind, len(keys)),
		byTime: keys[0].Field.Field == event.Timestamp, desc: keys[0].Desc,
	}
	for i, k := range keys {
		if o.kinds[i] = keyKindOf(k.Field.Field); k.IsArrival() || k.AsTime {
			o.kinds[i] = keyInt
		}
	}
	return o
}

func keyKindOf(f event.Field) keyKind {
	switch {
	case f == event.NoField:
		return keyUnknown
	case f.Kind().IsText():
		return keyText
	case f.Kind() == event.Number:
		return keyFloat
	default:
		return keyInt
	}
}

// candidate is a matching event that may become a hit.
type candidate struct {
	keys  []query.CursorKey
	rid   uint64
	block int // index into the walk's blocks
	row   uint32
}

// compare orders two candidates; 0 only for the same event.
func (o *order) compare(a, b candidate) int {
	for i := range o.keys {
		if c := o.compareKey(i, &a.keys[i], &b.keys[i]); c != 0 {
			return c
		}
	}
	if o.desc {
		return cmp.Compare(b.rid, a.rid)
	}
	return cmp.Compare(a.rid, b.rid)
}

func (o *order) compareKey(i int, a, b *query.CursorKey) int {
	if a.Missing || b.Missing {
		switch {
		case a.Missing && b.Missing:
			return 0
		case a.Missing != o.keys[i].MissingFirst:
			return 1
		default:
			return -1
		}
	}
	var c int
	switch o.kinds[i] {
	case keyText:
		c = strings.Compare(a.Text, b.Text)
	case keyUnknown:
		c = query.CompareUnknown(a.Text, b.Text)
	case keyInt:
		c = cmp.Compare(a.Int, b.Int)
	default:
		c = cmp.Compare(a.Float, b.Float)
	}
	if o.keys[i].Desc {
		return -c
	}
	return c
}

// cursor checks that a cursor fits the order and makes a candidate of it.
func (o *order) cursor(after *query.Cursor) (candidate, error) {
	if len(after.Keys) != len(o.keys) {
		return candidate{}, fmt.Errorf("%w: the cursor has %d keys, the order has %d",
			query.ErrBadQuestion, len(after.Keys), len(o.keys))
	}
	return candidate{keys: after.Keys, rid: after.RID}, nil
}

// beyond tells whether every event of a block comes behind c in the order.
func (o *order) beyond(ref *Block, c *candidate) bool {
	if !o.byTime || c.keys[0].Missing {
		return false
	}
	if o.desc {
		return o.keys[0].Cut(ref.Last) < c.keys[0].Int
	}
	return o.keys[0].Cut(ref.First) > c.keys[0].Int
}

// before tells whether every event of a block comes before c in the order.
func (o *order) before(ref *Block, c *candidate) bool {
	if !o.byTime || c.keys[0].Missing {
		return false
	}
	if o.desc {
		return o.keys[0].Cut(ref.First) > c.keys[0].Int
	}
	return o.keys[0].Cut(ref.Last) < c.keys[0].Int
}
