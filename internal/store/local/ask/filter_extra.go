package ask

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store/local/rowset"
)

// extraLeaf looks at a field that the table does not know.
type extraLeaf struct{ leaf query.Leaf }

func (l extraLeaf) cost() int { return costExtra }

func (l extraLeaf) may(s *scan) (bool, error) {
	if !s.block.HoldsExtra() {
		return false, nil
	}
	return mayHoldWords(s, &l.leaf)
}

func (l extraLeaf) narrow(s *scan, rows rowset.Set) error {
	if err := keepWords(s, &l.leaf, rows); err != nil {
		return err
	}
	return s.inRuns(rows.List(nil), func(run []uint32) error {
		objects, err := s.block.ExtrasAt(run)
		if err != nil {
			return err
		}
		for i, object := range objects {
			if object == "" || !query.VisitExtra(object, l.leaf.Field, l.leaf.MatchText) {
				rows.Drop(run[i])
			}
		}
		return nil
	})
}

// extraColumn makes the column of a field that the table does not know. Empty
// strings are left out: they stand for nothing, as in known fields.
func (s *scan) extraColumn(ref query.FieldRef) (*textColumn, error) {
	col := &textColumn{dict: []string{""}, codes: make([]uint32, s.rows), lists: [][]string{nil}}
	if !s.block.HoldsExtra() {
		return col, nil
	}
	singles := make(map[string]uint32)
	err := s.inRuns(s.selected, func(run []uint32) error {
		objects, err := s.block.ExtrasAt(run)
		if err != nil {
			return err
		}
		var bytes int64
		for i, object := range objects {
			list := extraValues(object, ref)
			if len(list) == 0 {
				continue
			}
			if len(list) == 1 {
				if code, known := singles[list[0]]; known {
					col.codes[run[i]] = code
					continue
				}
				singles[list[0]] = uint32(len(col.lists))
			}
			col.codes[run[i]] = uint32(len(col.lists))
			col.lists = append(col.lists, list)
			col.dict = append(col.dict, "")
			for _, v := range list {
				bytes += int64(len(v)) + 64
			}
		}
		return s.hold(bytes)
	})
	return col, err
}

// extraValues lists the values that are not empty.
func extraValues(object string, ref query.FieldRef) []string {
	if object == "" {
		return nil
	}
	var list []string
	query.VisitExtra(object, ref, func(v string) bool {
		if v != "" {
			list = append(list, v)
		}
		return false
	})
	return list
}

// idLeaf looks at event ids, which are made of the source and the offset where
// the sender gave none.
type idLeaf struct {
	leaf query.Leaf
	// sources and offsets are what the wanted ids may be made of; nil where
	// the condition is no equality.
	sources []string
	offsets map[int64]struct{}
}

func newIDLeaf(leaf query.Leaf) idLeaf {
	l := idLeaf{leaf: leaf}
	if leaf.Equal == nil {
		return l
	}
	l.sources, l.offsets = []string{}, make(map[int64]struct{})
	ref := query.FieldOf(event.SourceID)
	for _, id := range leaf.Equal {
		at := strings.LastIndexByte(id, '@')
		if at < 0 {
			continue
		}
		if n, ok := query.ParseBits(event.Integer, id[at+1:]); ok {
			l.sources = append(l.sources, query.Canonical(ref, id[:at]))
			l.offsets[int64(n)] = struct{}{}
		}
	}
	return l
}

func (l idLeaf) cost() int { return costID }

func (l idLeaf) may(s *scan) (bool, error) {
	if l.leaf.Equal == nil {
		return true, nil
	}
	if ok, err := mayHold(s, event.EventID, l.leaf.Equal); err != nil || ok {
		return ok, err
	}
	if !s.block.Holds(event.SourceID) {
		return len(l.offsets) > 0, nil
	}
	for _, source := range l.sources {
		if source == "" {
			return true, nil
		}
	}
	return mayHold(s, event.SourceID, l.sources)
}

func (l idLeaf) narrow(s *scan, rows rowset.Set) error {
	if l.offsets != nil && !s.block.Holds(event.EventID) {
		offsets, err := s.numbers(event.Offset)
		if err != nil {
			return err
		}
		rows.Keep(func(row uint32) bool {
			_, ok := l.offsets[int64(offsets.Bits[row])] // 0 where absent
			return ok
		})
	}
	return s.inRuns(rows.List(nil), func(run []uint32) error {
		ids, err := s.eventIDs(run)
		if err != nil {
			return err
		}
		for i, id := range ids {
			if !l.leaf.MatchText(id) {
				rows.Drop(run[i])
			}
		}
		return nil
	})
}
