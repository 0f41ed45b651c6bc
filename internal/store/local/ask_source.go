package local

import "rastro/internal/segment"

// source is what one question is asked of: a list of blocks in which every
// event stands exactly once. It must stay valid, files included, until ask
// returns.
type source struct {
	blocks []blockRef
	// unreadable says, one reason a file, what the list should have held but
	// cannot: every answer from this source is partial for these reasons.
	unreadable []string
	// onCorrupt is told of a block whose bytes are bad, once per question and
	// block, from any goroutine; nil if nobody cares. It must not block.
	onCorrupt func(ref blockRef, err error)
	// workers bounds how many blocks are read at a time; 0 means GOMAXPROCS.
	workers int
	// memory is the bound of questions that set none; 0 means defaultMemory.
	memory int64
}

// blockRef is one block that is opened when its turn comes.
type blockRef struct {
	// first and last bound the block's @timestamp, both inclusive.
	first, last int64
	// rows is the number of events.
	rows int
	// name says where the block is, for reasons and logs: a file's path and the
	// number of its row group, or "tail".
	name string
	// open returns the block and what gives it back. It is called once or twice
	// per question, from any goroutine. An error that wraps segment.ErrCorrupt
	// leaves the block out and makes the answer partial; any other error fails
	// the question.
	open func() (segment.Block, func(), error)
}
