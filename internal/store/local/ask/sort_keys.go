package ask

import (
	"math"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// keyReader reads the value of one sort key of a row.
type keyReader func(row uint32, key *query.CursorKey)

// readers makes one keyReader per key of the order.
func (o *order) readers(s *scan) ([]keyReader, error) {
	list := make([]keyReader, len(o.keys))
	for i, k := range o.keys {
		var err error
		switch f := k.Field.Field; {
		case k.IsArrival():
			list[i], err = arrivalReader(s)
		case f == event.Timestamp:
			list[i], err = timeReader(s, k)
		case k.AsTime && f == event.NoField:
			list[i], err = dateReader(s, k)
		case o.kinds[i] == keyText || o.kinds[i] == keyUnknown:
			list[i], err = textReader(s, k)
		default:
			list[i], err = numberReader(s, k)
		}
		if err != nil {
			return nil, err
		}
		if k.Missing != nil {
			list[i] = filled(list[i], *k.Missing)
		}
	}
	return list, nil
}

// filled reads another value where there is none.
func filled(read keyReader, other query.CursorKey) keyReader {
	return func(row uint32, key *query.CursorKey) {
		if read(row, key); key.Missing {
			*key = other
		}
	}
}

func arrivalReader(s *scan) (keyReader, error) {
	rids, err := s.rids()
	if err != nil {
		return nil, err
	}
	return func(row uint32, key *query.CursorKey) { *key = query.CursorKey{Int: int64(rids[row])} }, nil
}

func timeReader(s *scan, k query.SortKey) (keyReader, error) {
	times, err := s.times()
	if err != nil {
		return nil, err
	}
	return func(row uint32, key *query.CursorKey) { *key = query.CursorKey{Int: k.Cut(times[row])} }, nil
}

func numberReader(s *scan, k query.SortKey) (keyReader, error) {
	f := k.Field.Field
	col, err := s.numbers(f)
	if err != nil {
		return nil, err
	}
	isFloat, isTime := f.Kind() == event.Number, f.Kind() == event.Time
	return func(row uint32, key *query.CursorKey) {
		switch {
		case !col.Has(int(row)):
			*key = query.CursorKey{Missing: true}
		case isFloat:
			*key = query.CursorKey{Float: math.Float64frombits(col.Bits[row])}
		case isTime:
			*key = query.CursorKey{Int: k.Cut(int64(col.Bits[row]))}
		default:
			*key = query.CursorKey{Int: int64(col.Bits[row])}
		}
	}, nil
}

func textReader(s *scan, k query.SortKey) (keyReader, error) {
	col, err := s.text(k.Field)
	if err != nil {
		return nil, err
	}
	compare := strings.Compare
	if k.Field.Field == event.NoField {
		compare = query.CompareUnknown
	}
	return func(row uint32, key *query.CursorKey) {
		values := col.all(col.codes[row])
		if len(values) == 0 {
			*key = query.CursorKey{Missing: true}
			return
		}
		best := values[0]
		for _, v := range values[1:] {
			if c := compare(v, best); k.Desc == (c > 0) && c != 0 {
				best = v
			}
		}
		*key = query.CursorKey{Text: best}
	}, nil
}

// dateReader reads the values of an unknown field as dates.
func dateReader(s *scan, k query.SortKey) (keyReader, error) {
	col, err := s.text(k.Field)
	if err != nil {
		return nil, err
	}
	return func(row uint32, key *query.CursorKey) { *key = k.Earliest(col.all(col.codes[row])) }, nil
}

// ownKeys copies keys so that they do not keep a block's dictionary in memory.
func ownKeys(keys []query.CursorKey) []query.CursorKey {
	own := make([]query.CursorKey, len(keys))
	for i, k := range keys {
		k.Text = strings.Clone(k.Text)
		own[i] = k
	}
	return own
}

// sizeOf estimates the memory of a candidate.
func sizeOf(c candidate) int64 {
	n := int64(64)
	for i := range c.keys {
		n += 48 + int64(len(c.keys[i].Text))
	}
	return n
}
