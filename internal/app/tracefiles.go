package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"rastro/internal/collect"
	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/reply"
	"rastro/internal/trace"
)

// LogFile is a finished file, or a stream, for TraceFiles.
type LogFile struct {
	// Name is what a person calls it.
	Name string
	// Open opens it and says how it is read; Progress of the options is not
	// used.
	Open func(ctx context.Context) (io.ReadCloser, LogOptions, error)
}

// LogOptions say how one file is read.
type LogOptions struct {
	// Source is what its events are said to come from, usually the full path.
	Source string
	collect.ImportOptions
}

// TraceFilesOptions are the settings of TraceFiles. The zero value is good.
type TraceFilesOptions struct {
	// Book explains answers. Default: reply.Default.
	Book *reply.Book
	// Workers parse at the same time. Default: one for each core.
	Workers int
	// Progress, if set, is told how many bytes of all files, as they are on
	// disk, and how many lines have been read.
	Progress func(read, lines int64)
	// Failed, if set, is told at once about a file that could not be read, or
	// only in part.
	Failed func(name string, err error)
}

// TraceFilesResult says what TraceFiles has read.
type TraceFilesResult struct {
	// Files gave something or were empty; Failed could not be read in full.
	// A damaged file whose beginning was read counts in both.
	Files, Failed int
	// First is the error of the first file that failed.
	First error
	// Repeated is how many bytes, unpacked, were the content of another file
	// again and were left out; Bytes is the size of the rest.
	Lines, Bytes, Repeated int64
}

// TraceFiles reads files as an import does and gathers their events, without a
// store. What several files have in common from their first byte on (a copy, a
// packed copy, a longer version) is read once. A file that cannot be read does
// not hinder the others; the error is that of ctx alone.
//
// Files are read one after the other and parsed by all workers; the lines on
// their way are bounded, what the Assembler keeps is not.
func TraceFiles(ctx context.Context, files []LogFile, opts TraceFilesOptions) (*trace.Assembler, TraceFilesResult, error) {
	if opts.Book == nil {
		opts.Book = reply.Default()
	}
	if opts.Workers <= 0 {
		opts.Workers = runtime.GOMAXPROCS(0)
	}
	r := &logReader{opts: opts, positions: map[string][]byte{}, batches: make(chan event.Batch)}
	gathered := make([]*trace.Assembler, opts.Workers)
	var working sync.WaitGroup
	for i := range gathered {
		gathered[i] = trace.NewAssembler(opts.Book)
		working.Go(func() { gather(gathered[i], r.batches) })
	}
	for _, f := range files {
		if ctx.Err() != nil {
			break
		}
		r.read(ctx, f)
	}
	close(r.batches)
	working.Wait()
	if err := ctx.Err(); err != nil {
		return nil, r.result, err
	}
	for _, other := range gathered[1:] {
		gathered[0].Merge(other)
	}
	return gathered[0], r.result, nil
}

// gather parses batches until there are no more.
func gather(into *trace.Assembler, batches <-chan event.Batch) {
	parser := parse.New(parse.Options{})
	var e event.Event
	for b := range batches {
		for i := range b.Lines {
			parser.Parse(&b.Lines[i], &e)
			into.Add(&e)
		}
		b.Ack(nil)
	}
}

// logReader reads file after file.
type logReader struct {
	opts      TraceFilesOptions
	batches   chan event.Batch
	positions map[string][]byte // how far each content was read
	before    int64             // bytes of the files before, as they are on disk
	result    TraceFilesResult
}

func (r *logReader) read(ctx context.Context, f LogFile) {
	added, err := r.readOne(ctx, f)
	if err == nil || added {
		r.result.Files++
	}
	if err == nil || ctx.Err() != nil {
		return
	}
	r.result.Failed++
	if r.result.First == nil {
		r.result.First = err
	}
	if r.opts.Failed != nil {
		r.opts.Failed(f.Name, err)
	}
}

// readOne tells whether the file gave something.
func (r *logReader) readOne(ctx context.Context, f LogFile) (bool, error) {
	in, opts, err := f.Open(ctx)
	if err != nil {
		return false, err
	}
	var read int64
	opts.Progress = func(p collect.ImportProgress) {
		read = p.Read
		if r.opts.Progress != nil {
			r.opts.Progress(r.before+p.Read, r.result.Lines+p.Lines)
		}
	}
	result, err := collect.Import(ctx, opts.Source, in, opts.ImportOptions, r.positions, r.take)
	if closeErr := in.Close(); closeErr != nil {
		err = errors.Join(err, fmt.Errorf("closing: %w", closeErr))
	}
	r.before += read
	r.result.Lines += result.Lines
	r.result.Repeated += result.Skipped
	r.result.Bytes += result.Bytes - result.Skipped
	return result.Lines > 0 || result.Skipped > 0, err
}

// take hands a batch to the workers. It runs on the goroutine that reads, so
// that positions needs no lock.
func (r *logReader) take(ctx context.Context, b event.Batch) error {
	for _, p := range b.Positions {
		r.positions[p.Key] = p.State
	}
	select {
	case r.batches <- b:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
