package ask

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// The costs of leaves, by what they read.
const (
	costNone    = 0    // the catalogue only
	costTimes   = 1    // a column of numbers
	costEqual   = 2    // a dictionary, compared for equality
	costPattern = 4    // a dictionary, every entry tried against a pattern
	costID      = 20   // three columns
	costExtra   = 200  // JSON of rows
	costLine    = 1000 // text of rows
)

// maxProbes bounds how many values of a long list are looked up in a Bloom
// filter: beyond it a block is read at once.
const maxProbes = 256

// maxIDProbes is the same for ids: whoever writes documents in bulk asks for
// thousands that are not there, and their filters are finer.
const maxIDProbes = 4096

// fewRows is the part of a block's rows (one in so many) below which texts are
// fetched by row; above it the whole column is walked.
const fewRows = 16

// rowsPerCheck is how many rows of text are read between two looks at the
// context.
const rowsPerCheck = 4096

// compileLeaf prepares a condition on one field.
func compileLeaf(f query.Filter) (condition, error) {
	leaf, err := query.CompileLeaf(f)
	if err != nil {
		return nil, err
	}
	switch field := leaf.Field.Field; {
	case field == event.NoField:
		return extraLeaf{leaf}, nil
	case field == event.EventID:
		return newIDLeaf(leaf), nil
	case field == event.Message || field == event.LogMessage:
		return lineLeaf{leaf}, nil
	case field == event.Timestamp:
		r, _ := f.(query.Range)
		return timeLeaf{leaf, r}, nil
	case leaf.MatchBits != nil:
		_, exists := f.(query.Exists)
		return numberLeaf{leaf, exists}, nil
	default:
		return &textLeaf{leaf}, nil
	}
}

// textLeaf looks at a column with a dictionary.
type textLeaf struct{ leaf query.Leaf }

func (l *textLeaf) cost() int {
	if l.leaf.Equal != nil {
		return costEqual
	}
	return costPattern
}

func (l *textLeaf) may(s *scan) (bool, error) {
	if ok, err := mayHold(s, l.leaf.Field.Field, l.leaf.Equal); err != nil || !ok {
		return false, err
	}
	return mayHoldWords(s, &l.leaf)
}

// mayHold asks the block whether it may hold one of the values; nil stands for
// any value.
func mayHold(s *scan, f event.Field, equal []string) (bool, error) {
	if !s.block.Holds(f) {
		return false, nil
	}
	limit := maxProbes
	if f == event.EventID {
		limit = maxIDProbes
	}
	if equal == nil || len(equal) > limit {
		return true, nil
	}
	for _, v := range equal {
		if ok, err := s.block.MayHold(f, v); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func (l *textLeaf) narrow(s *scan, rows rowset.Set) error {
	names, numbers, err := s.named(l.leaf.Field.Field)
	if err != nil {
		return err
	}
	if names != nil {
		return l.narrowNamed(s, rows, names, numbers)
	}
	col, err := s.coded(l.leaf.Field.Field)
	if err != nil {
		return err
	}
	wanted := make([]uint8, len(col.Dict))
	any := false
	for code, entry := range col.Dict {
		if code%rowsPerCheck == 0 && s.ctx.Err() != nil {
			return s.ctx.Err()
		}
		if entry != "" && matchEntry(l.leaf.MatchText, entry) {
			wanted[code] = 1
			any = true
		}
	}
	if !any {
		rows.Clear()
		return nil
	}
	rows.KeepCodes(col.Codes, wanted)
	return nil
}

// matchEntry tries a dictionary entry, value by value.
func matchEntry(match func(string) bool, entry string) bool {
	for {
		i := strings.IndexByte(entry, segment.Sep[0])
		if i < 0 {
			return match(entry)
		}
		if match(entry[:i]) {
			return true
		}
		entry = entry[i+1:]
	}
}

// numberLeaf looks at a column of numbers.
type numberLeaf struct {
	leaf   query.Leaf
	exists bool // any value will do
}

func (l numberLeaf) cost() int                 { return costTimes }
func (l numberLeaf) may(s *scan) (bool, error) { return s.block.Holds(l.leaf.Field.Field), nil }

func (l numberLeaf) narrow(s *scan, rows rowset.Set) error {
	col, err := s.numbers(l.leaf.Field.Field)
	if err != nil {
		return err
	}
	if col.Present != nil {
		rows.Both(col.Present)
	}
	if l.exists {
		return nil
	}
	match := l.leaf.MatchBits
	rows.Keep(func(row uint32) bool { return match(col.Bits[row]) })
	return nil
}

// timeLeaf looks at @timestamp; a range is decided without the column where
// the block lies wholly on one side.
type timeLeaf struct {
	leaf   query.Leaf
	bounds query.Range
}

func (l timeLeaf) cost() int { return costTimes }

func (l timeLeaf) may(s *scan) (bool, error) {
	first, last := s.block.TimeRange()
	from, to := l.bounds.From, l.bounds.To
	if from.Set && (last < from.Int || last == from.Int && !from.Inclusive) {
		return false, nil
	}
	if to.Set && (first > to.Int || first == to.Int && !to.Inclusive) {
		return false, nil
	}
	return true, nil
}

func (l timeLeaf) narrow(s *scan, rows rowset.Set) error {
	first, last := s.block.TimeRange()
	from, to := l.bounds.From, l.bounds.To
	if (from.Set || to.Set) && (!from.Set || first > from.Int) && (!to.Set || last < to.Int) {
		return nil
	}
	times, err := s.times()
	if err != nil {
		return err
	}
	match := l.leaf.MatchBits
	rows.Keep(func(row uint32) bool { return match(uint64(times[row])) })
	return nil
}

// lineLeaf looks at the texts of rows, which have no dictionary.
type lineLeaf struct{ leaf query.Leaf }

func (l lineLeaf) cost() int { return costLine }

func (l lineLeaf) may(s *scan) (bool, error) {
	if !s.block.Holds(l.leaf.Field.Field) {
		return false, nil
	}
	return mayHoldWords(s, &l.leaf)
}

func (l lineLeaf) narrow(s *scan, rows rowset.Set) error {
	if err := keepWords(s, &l.leaf, rows); err != nil {
		return err
	}
	// A part that is the whole value asked for does not make the line that value.
	if l.leaf.Words == nil || l.leaf.Field.Exact || rows.Count() <= s.rows/fewRows {
		return l.look(s, rows)
	}
	d, err := segment.Decide(s.block, l.leaf.Field.Field, segment.WordCondition{
		Match: l.leaf.MatchText, Choices: l.leaf.Words,
		Has: func(word string) (has, may func(string) bool) {
			m := query.CompilePhrase(word, 0)
			return m.Match, m.MayMatch
		},
	})
	if err != nil {
		return err
	}
	if d == nil {
		return l.look(s, rows)
	}
	open := rows.Clone()
	open.Both(d.Maybe)
	if err := l.look(s, open); err != nil {
		return err
	}
	for i := range rows {
		rows[i] = rows[i]&d.Yes[i] | open[i]
	}
	return nil
}

// look reads the texts of rows and drops those that do not match.
func (l lineLeaf) look(s *scan, rows rowset.Set) error {
	field, match := l.leaf.Field.Field, l.leaf.MatchText
	if n := rows.Count(); n > s.rows/fewRows {
		return l.walk(s, rows)
	}
	return s.inRuns(rows.List(nil), func(run []uint32) error {
		texts, err := s.block.StringsAt(field, run)
		if err != nil {
			return err
		}
		for i, text := range texts {
			if text == "" || !match(text) {
				rows.Drop(run[i])
			}
		}
		return nil
	})
}

// walk goes over the column, past the stretches in which no row is left.
func (l lineLeaf) walk(s *scan, rows rowset.Set) error {
	match := l.leaf.MatchText
	var stop error
	err := s.block.Texts(l.leaf.Field.Field, rows.Runs(), func(row int, text string) bool {
		if row%rowsPerCheck == 0 {
			if stop = s.ctx.Err(); stop != nil {
				return false
			}
		}
		if rows.Has(uint32(row)) && (text == "" || !match(text)) {
			rows.Drop(uint32(row))
		}
		return true
	})
	if stop != nil {
		return stop
	}
	return err
}
