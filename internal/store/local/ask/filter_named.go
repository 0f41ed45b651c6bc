package ask

import (
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// verdicts remembers which entries match a leaf, by their number.
type verdicts struct {
	names *segment.Names
	known []verdict
}

// verdict is what is known of one entry.
type verdict uint8

const (
	untried verdict = iota
	matches
	differs
)

// verdictsOn are what a worker knows of the entries of some names.
func (s *scan) verdictsOn(l *textLeaf, names *segment.Names) *verdicts {
	v := s.verdicts[l]
	if v == nil {
		if s.verdicts == nil {
			s.verdicts = make(map[*textLeaf]*verdicts)
		}
		v = &verdicts{}
		s.verdicts[l] = v
	}
	if v.names != names {
		v.names, v.known = names, nil
	}
	if n := names.Count(); n > len(v.known) {
		v.known = append(v.known, make([]verdict, n+n/8-len(v.known))...)
	}
	return v
}

// narrowNamed is narrow where entries have numbers: each entry is tried once in
// the whole question, and codes are read only where some entries match and
// others do not.
func (l *textLeaf) narrowNamed(s *scan, rows rowset.Set, names *segment.Names, numbers []uint32) error {
	v, entries := s.verdictsOn(l, names), names.List()
	wanted := make([]uint8, len(numbers))
	count := 0
	for code, number := range numbers {
		if v.known[number] == untried {
			if s.ctx.Err() != nil {
				return s.ctx.Err()
			}
			v.known[number] = differs
			if text := entries.Of(number); text != "" && matchEntry(l.leaf.MatchText, text) {
				v.known[number] = matches
			}
		}
		if v.known[number] == matches {
			wanted[code] = 1
			count++
		}
	}
	switch count {
	case 0:
		rows.Clear()
		return nil
	case len(numbers):
		return nil
	}
	codes, err := s.codes(l.leaf.Field.Field)
	if err != nil {
		return err
	}
	rows.KeepCodes(codes, wanted)
	return nil
}
