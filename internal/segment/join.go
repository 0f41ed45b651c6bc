package segment

import "rastro/internal/event"

// joined is several blocks, one after the other.
type joined struct {
	parts  []Block
	starts []int // first row of each part
	rows   int
}

// Join returns the rows of blocks, one after the other, as one Block; blocks
// must not be empty, and the RIDs of each must lie behind those of the one
// before it. It reads nothing by itself. The blocks must stay usable as long
// as the result is.
func Join(blocks []Block) Block {
	if len(blocks) == 1 {
		return blocks[0]
	}
	j := &joined{parts: blocks}
	for _, b := range blocks {
		j.starts = append(j.starts, j.rows)
		j.rows += b.Rows()
	}
	return j
}

func (j *joined) Rows() int { return j.rows }

func (j *joined) TimeRange() (first, last int64) {
	first, last = j.parts[0].TimeRange()
	for _, b := range j.parts[1:] {
		from, to := b.TimeRange()
		first, last = min(first, from), max(last, to)
	}
	return first, last
}

func (j *joined) RIDs() ([]uint64, error) { return concat(j, Block.RIDs) }

func (j *joined) Times() ([]int64, error) { return concat(j, Block.Times) }

// concat reads a column of every part.
func concat[T any](j *joined, read func(Block) ([]T, error)) ([]T, error) {
	all := make([]T, 0, j.rows)
	for _, b := range j.parts {
		column, err := read(b)
		if err != nil {
			return nil, err
		}
		all = append(all, column...)
	}
	return all, nil
}

func (j *joined) Holds(f event.Field) bool {
	for _, b := range j.parts {
		if b.Holds(f) {
			return true
		}
	}
	return false
}

func (j *joined) HoldsExtra() bool {
	for _, b := range j.parts {
		if b.HoldsExtra() {
			return true
		}
	}
	return false
}

func (j *joined) MayHold(f event.Field, value string) (bool, error) {
	for _, b := range j.parts {
		if ok, err := b.MayHold(f, value); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func (j *joined) WordRuns(f event.Field, words []string) ([]Run, error) {
	var all []Run
	for i, b := range j.parts {
		runs, err := b.WordRuns(f, words)
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			all = append(all, Run{r.From + uint32(j.starts[i]), r.End + uint32(j.starts[i])})
		}
	}
	return all, nil
}

// Strings makes one dictionary of those of the parts.
func (j *joined) Strings(f event.Field) (Strings, error) {
	out := Strings{Codes: make([]uint32, 0, j.rows)}
	codes := map[string]uint32{}
	for _, b := range j.parts {
		c, err := b.Strings(f)
		if err != nil {
			return Strings{}, err
		}
		to := make([]uint32, len(c.Dict))
		for i, entry := range c.Dict {
			code, ok := codes[entry]
			if !ok {
				code = uint32(len(out.Dict))
				codes[entry] = code
				out.Dict = append(out.Dict, entry)
			}
			to[i] = code
		}
		for _, code := range c.Codes {
			out.Codes = append(out.Codes, to[code])
		}
	}
	return out, nil
}

func (j *joined) Numbers(f event.Field) (Numbers, error) {
	out := newNumbers(j.rows)
	for i, b := range j.parts {
		if !b.Holds(f) {
			continue
		}
		n, err := b.Numbers(f)
		if err != nil {
			return Numbers{}, err
		}
		out.put(j.starts[i], n, b.Rows())
	}
	return out, nil
}

func (j *joined) NumbersAt(f event.Field, rows []uint32) (Numbers, error) {
	out, at := newNumbers(len(rows)), 0
	err := j.split(rows, func(b Block, part []uint32) error {
		from := at
		at += len(part)
		if !b.Holds(f) {
			return nil
		}
		n, err := b.NumbersAt(f, part)
		if err == nil {
			out.put(from, n, len(part))
		}
		return err
	})
	return out, err
}

// newNumbers returns a column in which no row has a value yet.
func newNumbers(rows int) Numbers {
	return Numbers{Bits: make([]uint64, rows), Present: make([]uint64, (rows+63)>>6)}
}

// put copies the values of another column's rows to the place at.
func (n Numbers) put(at int, from Numbers, rows int) {
	for i := range rows {
		if from.Has(i) {
			n.Bits[at+i] = from.Bits[i]
			n.Present[(at+i)>>6] |= 1 << ((at + i) & 63)
		}
	}
}

func (j *joined) StringsAt(f event.Field, rows []uint32) ([]string, error) {
	return j.textsAt(rows, func(b Block, part []uint32) ([]string, error) { return b.StringsAt(f, part) })
}

func (j *joined) ExtrasAt(rows []uint32) ([]string, error) {
	return j.textsAt(rows, Block.ExtrasAt)
}

func (j *joined) textsAt(rows []uint32, read func(Block, []uint32) ([]string, error)) ([]string, error) {
	out := make([]string, 0, len(rows))
	err := j.split(rows, func(b Block, part []uint32) error {
		texts, err := read(b, part)
		out = append(out, texts...)
		return err
	})
	return out, err
}

// split gives every part its share of some rows, numbered as the part does.
func (j *joined) split(rows []uint32, visit func(b Block, part []uint32) error) error {
	for i, b := range j.parts {
		start := uint32(j.starts[i])
		end := start + uint32(b.Rows())
		n := 0
		for n < len(rows) && rows[n] < end {
			n++
		}
		if n == 0 {
			continue
		}
		part := make([]uint32, n)
		for k, row := range rows[:n] {
			part[k] = row - start
		}
		if err := visit(b, part); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// Texts visits the rows of all parts that a run touches.
func (j *joined) Texts(f event.Field, runs []Run, visit func(row int, text string) bool) error {
	goOn := true
	for i, b := range j.parts {
		part := runs
		if runs != nil {
			part = cutRuns(runs, uint32(j.starts[i]), uint32(b.Rows()))
		}
		err := b.Texts(f, part, func(row int, text string) bool {
			goOn = visit(j.starts[i]+row, text)
			return goOn
		})
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

// cutRuns is the runs that lie in the rows from start on, numbered from there.
func cutRuns(runs []Run, start, rows uint32) []Run {
	part := []Run{}
	for _, r := range runs {
		from, end := max(r.From, start), min(r.End, start+rows)
		if from < end {
			part = append(part, Run{from - start, end - start})
		}
	}
	return part
}
