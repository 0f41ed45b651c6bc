package segment

import (
	"rastro/internal/event"
)

// snapshot is the tail at one moment. Its slices share the Builder's memory
// and end where the Builder goes on writing; columns may be shorter than rows,
// and what is missing is absent.
type snapshot struct {
	rows            int
	first, last     int64
	rids            []uint64
	times, received []int64
	dicts           [event.FieldCount]Strings
	numbers         [event.FieldCount]numberView
	lines           []string
	starts, spans   []int32
	logs            []string
	extras          []string
	noted           presence
}

// numberView is a numberColumn at one moment: complete words of presence, and
// the one that is being filled.
type numberView struct {
	bits    []uint64
	present []uint64
	word    uint64
	full    bool
}

func (n *numberView) has(row int) bool {
	at := row >> 6
	switch {
	case at < len(n.present):
		return n.present[at]&(1<<(row&63)) != 0
	case at == len(n.present):
		return n.word&(1<<(row&63)) != 0
	}
	return false
}

func (s *snapshot) Rows() int { return s.rows }

func (s *snapshot) TimeRange() (first, last int64) { return s.first, s.last }

func (s *snapshot) RIDs() ([]uint64, error) { return s.rids, nil }

func (s *snapshot) Times() ([]int64, error) { return s.times, nil }

func (s *snapshot) HoldsExtra() bool { return s.noted.extra }

func (s *snapshot) Holds(f event.Field) bool {
	switch layouts[f] {
	case layoutFixed:
		return true
	case layoutLine:
		return f == event.Message && s.noted.line || f == event.LogMessage && s.noted.log
	case layoutDict:
		return len(s.dicts[f].Dict) > 0
	case layoutNumber:
		return len(s.numbers[f].bits) > 0
	}
	return false
}

// MayHold knows only whether the field has values: the tail has no filter.
func (s *snapshot) MayHold(f event.Field, _ string) (bool, error) { return s.Holds(f), nil }

// WordRuns leaves out nothing: the tail has no index of words.
func (s *snapshot) WordRuns(event.Field, []string) ([]Run, error) { return allOf(s.rows), nil }

func (s *snapshot) Strings(f event.Field) (Strings, error) {
	if err := checkKind(f, layoutDict); err != nil {
		return Strings{}, err
	}
	c := s.dicts[f]
	if len(c.Dict) == 0 {
		return Strings{Dict: []string{""}, Codes: make([]uint32, s.rows)}, nil
	}
	c.Codes = padded(c.Codes, s.rows)
	return c, nil
}

func (s *snapshot) Numbers(f event.Field) (Numbers, error) {
	if err := checkKind(f, layoutNumber, layoutFixed); err != nil {
		return Numbers{}, err
	}
	if f == event.ReceivedAt || f == event.Timestamp {
		return Numbers{Bits: asBits(s.fixed(f))}, nil
	}
	n := &s.numbers[f]
	out := Numbers{Bits: padded(n.bits, s.rows)}
	if n.full {
		return out, nil
	}
	out.Present = make([]uint64, (s.rows+63)>>6)
	copy(out.Present, n.present)
	if len(n.present) < len(out.Present) {
		out.Present[len(n.present)] = n.word
	}
	return out, nil
}

func (s *snapshot) fixed(f event.Field) []int64 {
	if f == event.Timestamp {
		return s.times
	}
	return s.received
}

func (s *snapshot) StringsAt(f event.Field, rows []uint32) ([]string, error) {
	if err := checkKind(f, layoutDict, layoutLine); err != nil {
		return nil, err
	}
	out := make([]string, len(rows))
	c := &s.dicts[f]
	for i, row := range rows {
		if layouts[f] == layoutLine {
			out[i] = s.text(f, int(row))
		} else if int(row) < len(c.Codes) {
			out[i] = c.Dict[c.Codes[row]]
		}
	}
	return out, nil
}

func (s *snapshot) NumbersAt(f event.Field, rows []uint32) (Numbers, error) {
	if err := checkKind(f, layoutNumber, layoutFixed); err != nil {
		return Numbers{}, err
	}
	out := Numbers{Bits: make([]uint64, len(rows))}
	if layouts[f] == layoutFixed {
		from := s.fixed(f)
		for i, row := range rows {
			out.Bits[i] = uint64(from[row])
		}
		return out, nil
	}
	n := &s.numbers[f]
	out.Present = make([]uint64, (len(rows)+63)>>6)
	for i, row := range rows {
		if n.has(int(row)) {
			out.Bits[i] = n.bits[row]
			out.Present[i>>6] |= 1 << (i & 63)
		}
	}
	return out, nil
}

// Texts leaves out no row: everything is in memory.
func (s *snapshot) Texts(f event.Field, _ []Run, visit func(row int, text string) bool) error {
	if err := checkKind(f, layoutLine); err != nil {
		return err
	}
	for row := range s.rows {
		if !visit(row, s.text(f, row)) {
			return nil
		}
	}
	return nil
}

// text is one row's Message or LogMessage.
func (s *snapshot) text(f event.Field, row int) string {
	if f == event.Message {
		return at(s.lines, row)
	}
	if row >= len(s.starts) {
		return ""
	}
	switch start, span := s.starts[row], s.spans[row]; {
	case start == 0:
		return ""
	case start == logOwn:
		return s.logs[span]
	default:
		return s.lines[row][start-1 : start-1+span]
	}
}

func (s *snapshot) ExtrasAt(rows []uint32) ([]string, error) {
	out := make([]string, len(rows))
	for i, row := range rows {
		out[i] = at(s.extras, int(row))
	}
	return out, nil
}

// at is s[i], or the zero value beyond the end.
func at[T any](s []T, i int) (v T) {
	if i < len(s) {
		v = s[i]
	}
	return v
}

// padded returns a column with exactly so many rows; it copies only when the
// column is shorter.
func padded[T any](s []T, rows int) []T {
	if len(s) == rows {
		return s
	}
	out := make([]T, rows)
	copy(out, s)
	return out
}

// asBits turns signed numbers into the bits of event.Value.
func asBits(s []int64) []uint64 {
	out := make([]uint64, len(s))
	for i, v := range s {
		out[i] = uint64(v)
	}
	return out
}
