package segment

import "rastro/internal/event"

// mergeWalk reads the rows of the inputs of a Merge, one row group of the new
// file after the other. Two walks over the same inputs give the same groups.
type mergeWalk struct {
	m     *merging
	input int // the next one to open
	queue []*walkBlock
	// window are the blocks from which the next group is taken, skip the rows of
	// the first one that are in a group already.
	window []*walkBlock
	skip   int
}

// walkBlock is a row group of an input with its lines in memory: they decide
// how many rows fit into a group.
type walkBlock struct {
	Block
	number int // of the input
	file   *walkFile
	lines  []string
	extras []string
	bytes  int
}

// walkFile is an open input and how many of its row groups are still needed.
type walkFile struct {
	file *File
	left int
}

func (m *merging) walk() *mergeWalk { return &mergeWalk{m: m} }

// close gives up what is still open.
func (w *mergeWalk) close() {
	for _, b := range append(w.window, w.queue...) {
		b.done()
	}
	w.window, w.queue = nil, nil
}

// done tells that a block is not needed any more.
func (b *walkBlock) done() {
	if b.file.left--; b.file.left == 0 {
		_ = b.file.file.Close() // it was only read
	}
}

// next returns the rows of the next group, nil at the end.
func (w *mergeWalk) next() (*source, error) {
	if w.m.pause != nil {
		if err := w.m.pause(); err != nil {
			return nil, err
		}
	}
	rows, err := w.fill()
	if err != nil || rows == 0 {
		return nil, err
	}
	src, err := w.gather(min(rows, groupRows))
	if err != nil {
		return nil, err
	}
	if first := src.groups()[0]; first[1] < len(src.rows) { // the text is too much
		if src, err = w.gather(first[1]); err != nil {
			return nil, err
		}
	}
	w.take(len(src.rows))
	return src, nil
}

// fill brings a group's worth of rows into the window, as far as there are
// any, and returns how many it holds.
func (w *mergeWalk) fill() (rows int, err error) {
	bytes := 0
	for _, b := range w.window {
		rows += b.Rows()
		bytes += b.bytes
	}
	for rows -= w.skip; rows < groupRows && bytes < groupBytes; {
		b, err := w.load()
		if err != nil {
			return 0, err
		}
		if b == nil {
			break
		}
		w.window = append(w.window, b)
		rows += b.Rows()
		bytes += b.bytes
	}
	return rows, nil
}

// load reads the lines of the next block; nil at the end.
func (w *mergeWalk) load() (*walkBlock, error) {
	for len(w.queue) == 0 {
		if w.input == len(w.m.inputs) {
			return nil, nil
		}
		file, err := w.m.open(w.input)
		if err != nil {
			return nil, &BadInput{Number: w.input, Err: err}
		}
		blocks := file.Blocks()
		f := &walkFile{file: file, left: len(blocks)}
		for _, b := range blocks {
			w.queue = append(w.queue, &walkBlock{Block: b, number: w.input, file: f})
		}
		w.input++
	}
	b := w.queue[0]
	if err := b.read(); err != nil {
		return nil, &BadInput{Number: b.number, Err: err}
	}
	w.queue = w.queue[1:]
	return b, nil
}

// read reads the lines and unknown fields of a block.
func (b *walkBlock) read() (err error) {
	all := make([]uint32, b.Rows())
	for i := range all {
		all[i] = uint32(i)
	}
	if b.lines, err = b.Block.StringsAt(event.Message, all); err != nil {
		return err
	}
	if b.HoldsExtra() {
		if b.extras, err = b.Block.ExtrasAt(all); err != nil {
			return err
		}
	}
	for i := range all {
		b.bytes += len(b.lines[i])
		if b.extras != nil {
			b.bytes += len(b.extras[i])
		}
	}
	return nil
}

// StringsAt answers for lines from memory.
func (b *walkBlock) StringsAt(f event.Field, rows []uint32) ([]string, error) {
	if f == event.Message {
		return choose(b.lines, rows, nil)
	}
	return b.Block.StringsAt(f, rows)
}

// ExtrasAt answers from memory.
func (b *walkBlock) ExtrasAt(rows []uint32) ([]string, error) {
	if b.extras == nil {
		return make([]string, len(rows)), nil
	}
	return choose(b.extras, rows, nil)
}

// gather reads the first rows of the window.
func (w *mergeWalk) gather(rows int) (*source, error) {
	var blocks []Block
	total := 0
	for _, b := range w.window {
		if total >= w.skip+rows {
			break
		}
		blocks = append(blocks, b)
		total += b.Rows()
	}
	chosen := make([]uint32, rows)
	for i := range chosen {
		chosen[i] = uint32(w.skip + i)
	}
	src, err := gather(Join(blocks), chosen)
	if err != nil {
		return nil, &BadInput{Number: w.window[0].number, Err: err}
	}
	return src, nil
}

// take gives up the first rows of the window.
func (w *mergeWalk) take(rows int) {
	w.skip += rows
	for len(w.window) > 0 && w.skip >= w.window[0].Rows() {
		w.skip -= w.window[0].Rows()
		w.window[0].done()
		w.window = w.window[1:]
	}
}
