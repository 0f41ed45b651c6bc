package collect

import (
	"context"
	"io"

	"rastro/internal/collect/archive"
)

// ImportOptions say how a finished content is read.
type ImportOptions = archive.Options

// ImportProgress is how far an import has come.
type ImportProgress = archive.Progress

// ImportResult says what an import did.
type ImportResult = archive.Result

// Errors of Import.
var (
	// ErrFormat: the content is compressed in a way that cannot be read.
	ErrFormat = archive.ErrFormat
	// ErrRefused: the sink did not make lines durable; another import of the
	// content goes on after the last lines that are.
	ErrRefused = archive.ErrRefused
)

// Import reads one finished file or stream to its end and returns when all its
// lines are durable. What was imported of the same content before, under any
// name and packed or not, is skipped. See archive.Import for the errors.
func Import(ctx context.Context, name string, r io.Reader, opts ImportOptions, positions map[string][]byte, sink Sink) (ImportResult, error) {
	return archive.Import(ctx, name, r, opts, positions, archive.Sink(sink))
}
