package ask

import (
	"context"
	"math"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/segment"
	"rastro/internal/store/local/rowset"
)

// scan is one block while one question looks at it. It keeps the columns that
// it has read, because an order and several aggregations often want the same.
// It belongs to one goroutine.
type scan struct {
	ctx    context.Context
	block  segment.Block
	number int // of the block in the walk
	rows   int
	budget *budget

	// selected is the rows that match, ascending; set after filtering.
	selected []uint32

	timeColumn []int64
	ridColumn  []uint64
	texts      [event.FieldCount]*textColumn
	extras     map[string]*textColumn // by name, of unknown fields
	wordsSeen  map[wordKey][]segment.Run
	numberCols [event.FieldCount]*segment.Numbers
	strings    [event.FieldCount]*segment.Strings
	codeCols   [event.FieldCount][]uint32
	held       int64 // bytes taken from the budget for texts; given back by close

	*scratch
}

// scratch is memory that a worker uses again for each block.
type scratch struct {
	scan scan
	list []uint32 // of selected
	// upward is 0, 1, 2 and so on: the list of all rows.
	upward []uint32
	lent   lent
	// verdicts are what filters found out about entries with numbers.
	verdicts map[*textLeaf]*verdicts
	// levels is for the bucket aggregations, by depth.
	levels [maxAggDepth + 1]levelScratch
}

// levelScratch is for one bucket aggregation at work.
type levelScratch struct {
	pairs  pairs
	rows   []uint32
	counts []uint32
}

// zeros lends n zeros; they are lent again at the next call.
func (l *levelScratch) zeros(n int) []uint32 {
	if cap(l.counts) < n {
		l.counts = make([]uint32, n+n/4)
	}
	l.counts = l.counts[:n]
	clear(l.counts)
	return l.counts
}

// places lends n row numbers with no meaning.
func (l *levelScratch) places(n int) []uint32 {
	if cap(l.rows) < n {
		l.rows = make([]uint32, n+n/4)
	}
	return l.rows[:n]
}

// newScan begins with a block; mem's scan before it has ended.
func newScan(ctx context.Context, block segment.Block, b *budget, mem *scratch) *scan {
	mem.scan = scan{ctx: ctx, block: block, rows: block.Rows(), budget: b, scratch: mem}
	return &mem.scan
}

// close gives back what the columns took from the budget, and their memory to
// the next scan.
func (s *scan) close() {
	s.lent.next()
	// Giving back never fails.
	_ = s.budget.grow(-s.held)
	s.held = 0
}

// hold takes bytes from the budget until close.
func (s *scan) hold(n int64) error {
	s.held += n
	return tooBig(s.budget.grow(n), query.PartColumns, nil, 0)
}

// fewTimes is the part of a block's rows (one in so many) below which times are
// read for the selected rows only: the pages are then kept for the next time.
const fewTimes = 256

// times is the column @timestamp; after filtering, where few rows are selected,
// of these rows only.
func (s *scan) times() ([]int64, error) {
	if n := len(s.selected); s.timeColumn == nil && n > 0 && n < s.rows/fewTimes {
		return s.timesOfFew()
	}
	if s.timeColumn == nil {
		var times []int64
		var err error
		if lender, ok := s.block.(segment.Lender); ok {
			times, err = lender.TimesInto(s.lent.times)
			s.lent.times = times
		} else {
			times, err = s.block.Times()
		}
		if err != nil {
			return nil, err
		}
		s.timeColumn = times
		return times, s.hold(8 * int64(len(times)))
	}
	return s.timeColumn, nil
}

func (s *scan) timesOfFew() ([]int64, error) {
	col, err := s.block.NumbersAt(event.Timestamp, s.selected)
	if err != nil {
		return nil, err
	}
	if cap(s.lent.times) < s.rows {
		s.lent.times = make([]int64, s.rows)
	}
	s.timeColumn = s.lent.times[:s.rows]
	for i, row := range s.selected {
		s.timeColumn[row] = int64(col.Bits[i])
	}
	return s.timeColumn, nil
}

func (s *scan) rids() ([]uint64, error) {
	if s.ridColumn == nil {
		rids, err := s.block.RIDs()
		if err != nil {
			return nil, err
		}
		s.ridColumn = rids
		return rids, s.hold(8 * int64(len(rids)))
	}
	return s.ridColumn, nil
}

// numbers is the column of a number kind, @timestamp too.
func (s *scan) numbers(f event.Field) (*segment.Numbers, error) {
	if col := s.numberCols[f]; col != nil {
		return col, nil
	}
	var col segment.Numbers
	switch {
	case f == event.Timestamp:
		times, err := s.times()
		if err != nil {
			return nil, err
		}
		col.Bits = make([]uint64, len(times))
		for i, t := range times {
			col.Bits[i] = uint64(t)
		}
	case !s.block.Holds(f):
		col = segment.Numbers{Bits: make([]uint64, s.rows), Present: make([]uint64, (s.rows+63)/64)}
	default:
		var err error
		if lender, ok := s.block.(segment.Lender); ok {
			memory := s.lent.bits.take()
			col, err = lender.NumbersInto(f, *memory)
			*memory = col.Bits
		} else {
			col, err = s.block.Numbers(f)
		}
		if err != nil {
			return nil, err
		}
	}
	s.numberCols[f] = &col
	return &col, s.hold(8 * int64(len(col.Bits)))
}

// named returns the numbers of the entries of a text kind's dictionary, which
// are the same in other blocks with the same Names; nil where there are none.
func (s *scan) named(f event.Field) (*segment.Names, []uint32, error) {
	lender, ok := s.block.(segment.Lender)
	if !ok || f == event.NoField || f == event.EventID || f == event.Message || f == event.LogMessage || !s.block.Holds(f) {
		return nil, nil, nil
	}
	return lender.EntryNumbers(f)
}

// codes is the codes of a column whose entries have numbers.
func (s *scan) codes(f event.Field) ([]uint32, error) {
	if col := s.strings[f]; col != nil {
		return col.Codes, nil
	}
	if s.codeCols[f] != nil {
		return s.codeCols[f], nil
	}
	memory := s.lent.codes.take()
	codes, err := s.block.(segment.Lender).CodesInto(f, *memory)
	if err != nil {
		return nil, err
	}
	*memory, s.codeCols[f] = codes, codes
	return codes, nil
}

// coded is the column of a text kind that has a dictionary.
func (s *scan) coded(f event.Field) (*segment.Strings, error) {
	if col := s.strings[f]; col != nil {
		return col, nil
	}
	var col segment.Strings
	var err error
	if lender, ok := s.block.(segment.Lender); ok {
		memory := s.lent.codes.take()
		col, err = lender.StringsInto(f, *memory)
		*memory = col.Codes
	} else {
		col, err = s.block.Strings(f)
	}
	if err != nil {
		return nil, err
	}
	s.strings[f] = &col
	return &col, nil
}

// listed lists the rows of a set; the list is valid until the next use of dst
// or until the next scan.
func (s *scan) listed(set rowset.Set, dst []uint32) []uint32 {
	if set.Count() < s.rows {
		return set.List(dst[:0])
	}
	for i := len(s.upward); i < s.rows; i++ {
		s.upward = append(s.upward, uint32(i))
	}
	return s.upward[:s.rows]
}

// inRuns calls do with a few thousand rows at a time and looks at the context
// in between.
func (s *scan) inRuns(rows []uint32, do func(run []uint32) error) error {
	for len(rows) > 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		n := min(len(rows), rowsPerCheck)
		if err := do(rows[:n]); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// floats appends the numbers that rows have in a field: the values of number
// kinds, and of unknown fields those that read as a number.
func (s *scan) floats(ref query.FieldRef, rows []uint32, dst []float64) ([]float64, error) {
	if ref.Field == event.NoField {
		col, err := s.text(ref)
		if err != nil {
			return dst, err
		}
		for _, row := range rows {
			for _, v := range col.all(col.codes[row]) {
				if bits, ok := query.ParseBits(event.Number, v); ok {
					dst = append(dst, math.Float64frombits(bits))
				}
			}
		}
		return dst, nil
	}
	col, err := s.numbers(ref.Field)
	if err != nil {
		return dst, err
	}
	isFloat := ref.Field.Kind() == event.Number
	for _, row := range rows {
		if !col.Has(int(row)) {
			continue
		}
		if isFloat {
			dst = append(dst, math.Float64frombits(col.Bits[row]))
		} else {
			dst = append(dst, float64(int64(col.Bits[row])))
		}
	}
	return dst, nil
}
