package ask

import (
	"context"

	"rastro/internal/query"
	"rastro/internal/segment"
)

// TestSource lets tests outside the package ask questions of blocks without an
// engine.
type TestSource struct {
	Blocks  []segment.Block
	Workers int
	// Open, when set, replaces the opening of a block.
	Open func(n int) (segment.Block, error)
	// Corrupt is told of blocks that cannot be read.
	Corrupt func(name string, err error)
}

// Ask is Run.
func (t TestSource) Ask(ctx context.Context, q query.Question) (query.Answer, error) {
	src := Source{Workers: t.Workers}
	if t.Corrupt != nil {
		src.OnCorrupt = func(ref Block, err error) { t.Corrupt(ref.Name, err) }
	}
	for i, b := range t.Blocks {
		first, last := b.TimeRange()
		src.Blocks = append(src.Blocks, Block{
			First: first, Last: last, Rows: b.Rows(), Name: "block",
			Open: func() (segment.Block, func(), error) {
				if t.Open != nil {
					b, err := t.Open(i)
					return b, func() {}, err
				}
				return b, func() {}, nil
			},
		})
	}
	return Run(ctx, src, q)
}
