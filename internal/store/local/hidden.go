package local

import (
	"encoding/binary"
	"errors"

	"rastro/internal/segment"
	"rastro/internal/store/local/ask"
	"rastro/internal/store/local/rowset"
)

// hiddenRows is which rows of a file are erased and hidden until the file is
// written anew: row group after row group, a byte that tells the form, and
//
//	0  none of its rows
//	1  their number and the rows, ascending, each as the difference to the one
//	   before, all as uvarints
//	2  a bit for each row, the lowest of each byte first
//
// Row groups at the end of which none are hidden may be left out.
type hiddenRows []byte

const (
	hiddenNone = iota
	hiddenList
	hiddenBits
)

var errHidden = errors.New("hidden rows that cannot be")

// encodeHidden writes the sets of the hidden rows of each row group; nil is
// none. groups are those of the file.
func encodeHidden(groups []segment.GroupMeta, sets []rowset.Set) hiddenRows {
	var out hiddenRows
	for i, set := range sets {
		n := set.Count()
		switch {
		case n == 0:
			out = append(out, hiddenNone)
		case n > groups[i].Rows/10:
			out = append(out, hiddenBits)
			for row := 0; row < groups[i].Rows; row += 8 {
				out = append(out, byte(set[row>>6]>>(row&63)))
			}
		default:
			out = binary.AppendUvarint(append(out, hiddenList), uint64(n))
			before := uint32(0)
			for _, row := range set.List(nil) {
				out = binary.AppendUvarint(out, uint64(row-before))
				before = row
			}
		}
	}
	return out
}

// decode returns the set of each row group, nil where no row is hidden, and
// how many rows are hidden in all.
func (h hiddenRows) decode(groups []segment.GroupMeta) (sets []rowset.Set, count int, err error) {
	sets = make([]rowset.Set, len(groups))
	for i := 0; len(h) > 0; i++ {
		if i == len(groups) {
			return nil, 0, errHidden
		}
		form, rows := h[0], groups[i].Rows
		h = h[1:]
		if form == hiddenNone {
			continue
		}
		size := (rows + 7) / 8
		if form == hiddenBits && (len(h) < size || rows%8 != 0 && h[size-1]>>(rows%8) != 0) {
			return nil, 0, errHidden
		}
		set := make(rowset.Set, (rows+63)/64)
		switch form {
		case hiddenBits:
			for k, b := range h[:size] {
				set[k>>3] |= uint64(b) << (k & 7 * 8)
			}
			h = h[size:]
		case hiddenList:
			if h, err = h.list(set, rows); err != nil {
				return nil, 0, err
			}
		default:
			return nil, 0, errHidden
		}
		sets[i] = set
		count += set.Count()
	}
	return sets, count, nil
}

// list reads a list of rows into a set and returns what follows it.
func (h hiddenRows) list(set rowset.Set, rows int) (hiddenRows, error) {
	n, size := binary.Uvarint(h)
	if size <= 0 || n == 0 || n > uint64(rows) {
		return nil, errHidden
	}
	h = h[size:]
	at := uint64(0)
	for i := range n {
		by, size := binary.Uvarint(h)
		if size <= 0 || by > uint64(rows) || i > 0 && by == 0 || at+by >= uint64(rows) {
			return nil, errHidden
		}
		at += by
		set.Add(uint32(at))
		h = h[size:]
	}
	return h, nil
}

// hide shows a file without hidden rows: its row groups that have other rows,
// each without them. Whoever read the manifest has looked whether they can be
// decoded.
func (f *segmentFile) hide() {
	sets, count, err := f.meta.Hidden.decode(f.meta.Groups)
	if err != nil {
		return
	}
	f.hidden, f.hiddenRows = sets, count
	var left []ask.Block
	var groups []int
	for i, ref := range f.blocks {
		set := sets[i]
		if set == nil {
			left, groups = append(left, ref), append(groups, i)
			continue
		}
		if ref.Rows -= set.Count(); ref.Rows == 0 {
			continue
		}
		all, open := f.meta.Groups[i].Rows, ref.Open
		ref.Open = func() (segment.Block, func(), error) {
			block, release, err := open()
			if err != nil {
				return nil, nil, err
			}
			rest := rowset.All(all)
			rest.Minus(set)
			return segment.Pick(block, rest.List(make([]uint32, 0, all)), ref.First, ref.Last), release, nil
		}
		left, groups = append(left, ref), append(groups, i)
	}
	f.blocks, f.groups = left, groups
}

// rows is the number of events that a file shows.
func (f *segmentFile) rows() int { return f.meta.Rows - f.hiddenRows }

// under are the rows of a row group of the file that a set of the rows of its
// block stands for.
func (f *segmentFile) under(group int, rows rowset.Set) rowset.Set {
	if f.hidden == nil || f.hidden[group] == nil {
		return rows
	}
	all := rowset.All(f.meta.Groups[group].Rows)
	all.Minus(f.hidden[group])
	shown := all.List(nil)
	all.Clear()
	for _, row := range rows.List(nil) {
		all.Add(shown[row])
	}
	return all
}
