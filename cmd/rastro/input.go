package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"rastro/internal/web"
)

// standardInput is what - is called in results and events.
const standardInput = "standard input"

// input is an opened file or standard input.
type input struct {
	io.Reader
	close func() error
	name  string // as a person knows it
	size  int64  // 0: unknown
}

// openInput opens a file and notes its name and age in the request. A read that
// waits for standard input ends with ctx.
func (p *program) openInput(ctx context.Context, name string, req *web.ImportRequest) (*input, error) {
	if name == "-" {
		req.Name = standardInput
		return &input{Reader: interruptible(ctx, p.stdin), close: func() error { return nil }, name: standardInput}, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, withoutPath(err)
	}
	in, err := inspect(f)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	in.name, req.Name = name, name
	if full, err := filepath.Abs(name); err == nil {
		req.Name = full
	}
	if info, err := f.Stat(); err == nil {
		req.Newest = info.ModTime()
	}
	return in, nil
}

// inspect refuses what is no log file.
func inspect(f *os.File) (*input, error) {
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, withoutPath(err)
	case info.IsDir():
		return nil, errors.New("this is a folder; name the files in it")
	case !info.Mode().IsRegular():
		return &input{Reader: f, close: f.Close}, nil
	}
	sample := make([]byte, 8<<10)
	n, err := f.ReadAt(sample, 0)
	if err != nil && err != io.EOF {
		return nil, withoutPath(err)
	}
	if isBinary(sample[:n]) {
		return nil, fmt.Errorf("this is no log file, but a binary one; if it is to be read all the same, send it through standard input (- < %s)", filepath.Base(f.Name()))
	}
	return &input{Reader: f, close: f.Close, size: info.Size()}, nil
}

// isBinary tells by the beginning of a file that it holds no lines of text.
// Packed files are not binary here. Neither is a file that begins with nothing
// but zero bytes: that is how a log looks whose writer went on where it was
// after somebody emptied the file.
func isBinary(sample []byte) bool {
	for _, magic := range []string{"\x1f\x8b", "\x28\xb5\x2f\xfd", "BZh", "\xfd7zXZ", "\x04\x22\x4d\x18", "PK\x03\x04"} {
		if len(sample) >= len(magic) && string(sample[:len(magic)]) == magic {
			return false // import knows, or says what it does not know
		}
	}
	zeros, odd := 0, 0
	for _, c := range sample {
		switch {
		case c == 0:
			zeros++
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\x1b':
			odd++
		}
	}
	return zeros < len(sample) && (zeros+odd)*20 > len(sample)
}

// interruptible lets ctx end a read from a terminal or a pipe. What waits in
// the pipe then is lost, as it is for any program that is interrupted.
func interruptible(ctx context.Context, r io.Reader) io.Reader {
	out, in := io.Pipe()
	go func() {
		_, err := bufio.NewReaderSize(r, 256<<10).WriteTo(in)
		in.CloseWithError(err) // nil is io.EOF
	}()
	context.AfterFunc(ctx, func() { in.CloseWithError(ctx.Err()) })
	return out
}

// eachInput calls do for each file, goes on after one that fails, and tells
// about it at once. The error is errPartial when something was done.
func (p *program) eachInput(ctx context.Context, what string, names []string, do func(name string) (done bool, err error)) error {
	var first error
	failed, anyDone := 0, false
	for _, name := range names {
		done, err := do(name)
		anyDone = anyDone || done || err == nil
		switch {
		case ctx.Err() != nil:
			return errInterrupted
		case err == nil:
			continue
		case endsAll(err):
			return err
		}
		if name == "-" {
			name = standardInput
		}
		err = fmt.Errorf("%s %s: %w", what, printable(name), err)
		if failed++; failed == 1 {
			first = err
		}
		if len(names) > 1 {
			fmt.Fprintln(p.stderr, "rastro:", explain(err))
		}
	}
	switch {
	case failed == 0:
		return nil
	case len(names) == 1 && !anyDone:
		return first
	case len(names) == 1:
		return fmt.Errorf("%w: %w", errPartial, first)
	case !anyDone:
		return fmt.Errorf("none of the %d files could be read", len(names))
	}
	return fmt.Errorf("%w: %d of %d files failed", errPartial, failed, len(names))
}
