package segment

import (
	"slices"

	"rastro/internal/event"
)

// picked is some rows of a block.
type picked struct {
	block       Block
	rows        []uint32
	first, last int64
}

// Pick returns some rows of a block, ascending and at least one, as a Block of
// its own: nothing of it tells of the other rows, but that Holds, HoldsExtra,
// MayHold and WordRuns may rule out less. first and last bound the times of
// the rows. It reads nothing by itself; the block must stay usable as long as
// the result is.
func Pick(b Block, rows []uint32, first, last int64) Block {
	return &picked{block: b, rows: rows, first: first, last: last}
}

func (p *picked) Rows() int                      { return len(p.rows) }
func (p *picked) TimeRange() (first, last int64) { return p.first, p.last }
func (p *picked) Holds(f event.Field) bool       { return p.block.Holds(f) }
func (p *picked) HoldsExtra() bool               { return p.block.HoldsExtra() }

func (p *picked) MayHold(f event.Field, value string) (bool, error) {
	return p.block.MayHold(f, value)
}

func (p *picked) RIDs() ([]uint64, error) {
	all, err := p.block.RIDs()
	return choose(all, p.rows, err)
}

func (p *picked) Times() ([]int64, error) {
	all, err := p.block.Times()
	return choose(all, p.rows, err)
}

// choose copies the values of some rows.
func choose[T any](all []T, rows []uint32, err error) ([]T, error) {
	if err != nil {
		return nil, err
	}
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = all[row]
	}
	return out, nil
}

func (p *picked) WordRuns(f event.Field, words []string) ([]Run, error) {
	runs, err := p.block.WordRuns(f, words)
	if err != nil {
		return nil, err
	}
	var out []Run
	for _, r := range runs {
		from, _ := slices.BinarySearch(p.rows, r.From)
		end, _ := slices.BinarySearch(p.rows, r.End)
		if from < end {
			out = append(out, Run{uint32(from), uint32(end)})
		}
	}
	return out, nil
}

// Strings leaves out the entries that none of the rows has.
func (p *picked) Strings(f event.Field) (Strings, error) {
	all, err := p.block.Strings(f)
	if err != nil {
		return Strings{}, err
	}
	out := Strings{Codes: make([]uint32, len(p.rows))}
	to := make([]uint32, len(all.Dict)) // the new code and one
	for i, row := range p.rows {
		code := all.Codes[row]
		if to[code] == 0 {
			out.Dict = append(out.Dict, all.Dict[code])
			to[code] = uint32(len(out.Dict))
		}
		out.Codes[i] = to[code] - 1
	}
	return out, nil
}

func (p *picked) Numbers(f event.Field) (Numbers, error) {
	all, err := p.block.Numbers(f)
	if err != nil {
		return Numbers{}, err
	}
	out := Numbers{Bits: make([]uint64, len(p.rows))}
	if all.Present != nil {
		out.Present = make([]uint64, (len(p.rows)+63)>>6)
	}
	for i, row := range p.rows {
		out.Bits[i] = all.Bits[row]
		if all.Present != nil && all.Has(int(row)) {
			out.Present[i>>6] |= 1 << (i & 63)
		}
	}
	return out, nil
}

// under numbers rows as the block does.
func (p *picked) under(rows []uint32) ([]uint32, error) {
	out := make([]uint32, len(rows))
	for i, row := range rows {
		if int(row) >= len(p.rows) {
			return nil, errRowOrder
		}
		out[i] = p.rows[row]
	}
	return out, nil
}

func (p *picked) StringsAt(f event.Field, rows []uint32) ([]string, error) {
	under, err := p.under(rows)
	if err != nil {
		return nil, err
	}
	return p.block.StringsAt(f, under)
}

func (p *picked) NumbersAt(f event.Field, rows []uint32) (Numbers, error) {
	under, err := p.under(rows)
	if err != nil {
		return Numbers{}, err
	}
	return p.block.NumbersAt(f, under)
}

func (p *picked) ExtrasAt(rows []uint32) ([]string, error) {
	under, err := p.under(rows)
	if err != nil {
		return nil, err
	}
	return p.block.ExtrasAt(under)
}

func (p *picked) Texts(f event.Field, runs []Run, visit func(row int, text string) bool) error {
	var under []Run // nil stands for all rows
	if runs != nil {
		under = make([]Run, 0, len(runs))
		for _, r := range runs {
			if end := min(r.End, uint32(len(p.rows))); r.From < end {
				under = append(under, Run{p.rows[r.From], p.rows[end-1] + 1})
			}
		}
	}
	next := 0
	return p.block.Texts(f, under, func(row int, text string) bool {
		for next < len(p.rows) && int(p.rows[next]) < row {
			next++
		}
		if next == len(p.rows) {
			return false
		}
		return int(p.rows[next]) != row || visit(next, text)
	})
}

// Entries returns the distinct values of a text field other than Message and
// LogMessage, as Strings has them in Dict, without reading which row has which.
func Entries(b Block, f event.Field) ([]string, error) {
	if g, ok := b.(*group); ok {
		return g.entries(f)
	}
	c, err := b.Strings(f)
	return c.Dict, err
}

func (g *group) entries(f event.Field) ([]string, error) {
	if err := checkKind(f, layoutDict); err != nil {
		return nil, err
	}
	r, err := g.column(column(f))
	if err != nil {
		return nil, err
	}
	defer r.done()
	if r.chunk == nil {
		return []string{""}, nil
	}
	return r.dictionary()
}

// OwnLogs tells whether some row of the block may have a LogMessage that is no
// part of its Message.
func OwnLogs(b Block) bool {
	switch b := b.(type) {
	case *group:
		return b.holds(column(event.LogMessage))
	case *picked:
		return OwnLogs(b.block)
	}
	return true
}
