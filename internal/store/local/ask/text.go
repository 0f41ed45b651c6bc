package ask

import (
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
)

// textColumn is a field's strings with a dictionary, whether the block has one
// (most fields) or it was made for the selected rows (lines, event ids, unknown
// fields). In a made column only the codes of selected rows mean something.
type textColumn struct {
	dict  []string
	codes []uint32
	// lists holds the values of each code where a value may hold any byte
	// (unknown fields); nil where dict and segment.Sep tell them.
	lists [][]string
	// whole tells that an entry is one value, whatever it holds.
	whole bool
}

// values returns the distinct values of a code, nil for none. The caller must
// not change them.
func (c *textColumn) values(code uint32) []string {
	list := c.all(code)
	if len(list) < 2 {
		return list
	}
	return distinct(list)
}

// all returns the values of a code, repeated ones included. The caller must
// not change them.
func (c *textColumn) all(code uint32) []string {
	if c.lists != nil {
		return c.lists[code]
	}
	entry := c.dict[code]
	switch {
	case entry == "":
		return nil
	case c.whole || strings.IndexByte(entry, segment.Sep[0]) < 0:
		return c.dict[code : code+1 : code+1]
	default:
		return strings.Split(entry, segment.Sep)
	}
}

// count is the number of values that all returns.
func (c *textColumn) count(code uint32) int {
	entry := c.dict[code]
	switch {
	case c.lists != nil:
		return len(c.lists[code])
	case entry == "":
		return 0
	case c.whole:
		return 1
	default:
		return strings.Count(entry, segment.Sep) + 1
	}
}

// distinct returns a list without repeated values, in the same order. Lists are
// short as a rule (an event's recipients); long ones come back sorted.
func distinct(list []string) []string {
	if len(list) > 64 {
		list = slices.Clone(list)
		slices.Sort(list)
		return slices.Compact(list)
	}
	kept := make([]string, 0, len(list))
	for _, v := range list {
		if !slices.Contains(kept, v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// text is the column of a text kind or of an unknown field, with the codes of
// the selected rows at least.
func (s *scan) text(ref query.FieldRef) (*textColumn, error) {
	known := ref.Field != event.NoField
	col := s.texts[ref.Field]
	if !known {
		col = s.extras[ref.Name]
	}
	if col != nil {
		return col, nil
	}
	col, err := s.readText(ref)
	if err != nil {
		return nil, err
	}
	if known {
		s.texts[ref.Field] = col
		return col, nil
	}
	if s.extras == nil {
		s.extras = make(map[string]*textColumn)
	}
	s.extras[ref.Name] = col
	return col, nil
}

func (s *scan) readText(ref query.FieldRef) (*textColumn, error) {
	switch f := ref.Field; {
	case f == event.NoField:
		return s.extraColumn(ref)
	case f == event.EventID:
		return s.madeColumn(s.eventIDs)
	case !s.block.Holds(f):
		return &textColumn{dict: []string{""}, codes: make([]uint32, s.rows)}, nil
	case f == event.Message || f == event.LogMessage:
		return s.madeColumn(func(rows []uint32) ([]string, error) { return s.block.StringsAt(f, rows) })
	default:
		col, err := s.coded(f)
		if err != nil {
			return nil, err
		}
		return &textColumn{dict: col.Dict, codes: col.Codes}, s.hold(4*int64(len(col.Codes)) + dictBytes*int64(len(col.Dict)))
	}
}

// dictBytes estimates the memory of one entry of a dictionary.
const dictBytes = 48

// madeColumn makes a dictionary of what fetch returns for the selected rows.
func (s *scan) madeColumn(fetch func(rows []uint32) ([]string, error)) (*textColumn, error) {
	col := &textColumn{dict: []string{""}, codes: make([]uint32, s.rows), whole: true}
	index := map[string]uint32{"": 0}
	err := s.inRuns(s.selected, func(run []uint32) error {
		texts, err := fetch(run)
		if err != nil {
			return err
		}
		var bytes int64
		for i, text := range texts {
			code, known := index[text]
			if !known {
				code = uint32(len(col.dict))
				col.dict = append(col.dict, text)
				index[text] = code
				bytes += int64(len(text)) + 64
			}
			col.codes[run[i]] = code
		}
		return s.hold(bytes)
	})
	return col, err
}

// eventIDs returns the stable ids of some rows: the sender's own, else the one
// made of source and offset.
func (s *scan) eventIDs(rows []uint32) ([]string, error) {
	own := make([]string, len(rows))
	sources := own
	var err error
	if s.block.Holds(event.EventID) {
		if own, err = s.block.StringsAt(event.EventID, rows); err != nil {
			return nil, err
		}
	}
	if s.block.Holds(event.SourceID) {
		if sources, err = s.block.StringsAt(event.SourceID, rows); err != nil {
			return nil, err
		}
	}
	offsets := segment.Numbers{Bits: make([]uint64, len(rows))}
	if s.block.Holds(event.Offset) {
		if offsets, err = s.block.NumbersAt(event.Offset, rows); err != nil {
			return nil, err
		}
	}
	ids := make([]string, len(rows))
	for i := range ids {
		if ids[i] = firstValue(own[i]); ids[i] != "" {
			continue
		}
		var offset int64
		if offsets.Has(i) {
			offset = int64(offsets.Bits[i])
		}
		ids[i] = event.MakeID(firstValue(sources[i]), offset)
	}
	return ids, nil
}

// firstValue is the first of the values in an entry.
func firstValue(entry string) string {
	first, _, _ := strings.Cut(entry, segment.Sep)
	return first
}
