package ask

import "rastro/internal/segment"

// Source is what one question is asked of: a list of blocks in which every
// event stands exactly once. It must stay valid, files included, until Run
// returns.
type Source struct {
	Blocks []Block
	// Unreadable says, one reason a file, what the list should have held but
	// cannot: every answer from this source is partial for these reasons.
	Unreadable []string
	// OnCorrupt is told of a block whose bytes are bad, once per question and
	// block, from any goroutine; nil if nobody cares. It must not block.
	OnCorrupt func(b Block, err error)
	// Workers bounds how many blocks are read at a time; 0 means GOMAXPROCS.
	Workers int
	// Memory is the bound of questions that set none, in bytes; 0 means 256 MiB.
	Memory int64
	// Pool is the memory of all questions together; nil for no bound.
	Pool *Pool
}

// Block is one block of events that is opened when its turn comes.
type Block struct {
	// First and Last bound the block's @timestamp in nanoseconds, both inclusive.
	First, Last int64
	// Rows is the number of events.
	Rows int
	// Name says where the block is, for reasons and logs: a file's path and the
	// number of its row group, or "tail".
	Name string
	// Open returns the block and what gives it back. It is called once or twice
	// per question, from any goroutine. An error that wraps segment.ErrCorrupt
	// leaves the block out and makes the answer partial; any other error fails
	// the question.
	Open func() (segment.Block, func(), error)
}
