package ask

// lent is the memory of columns, which one block after the other is read into.
type lent struct {
	times []int64
	bits  pile[uint64]
	codes pile[uint32]
}

// next makes all memory free again.
func (l *lent) next() {
	l.bits.taken, l.codes.taken = 0, 0
}

// pile is memory for several columns at a time.
type pile[T uint32 | uint64] struct {
	list  []*[]T
	taken int
}

// take lends the memory of one column.
func (p *pile[T]) take() *[]T {
	if p.taken == len(p.list) {
		p.list = append(p.list, new([]T))
	}
	p.taken++
	return p.list[p.taken-1]
}
