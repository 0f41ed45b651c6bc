package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// usage is what a child process cost.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory at the highest
}

// runChild runs the program to its end. stdin and stdout may be nil: it reads
// nothing then, and nobody reads what it writes.
func runChild(ctx context.Context, stdin io.Reader, stdout io.Writer, binary string, args ...string) (usage, error) {
	c := exec.CommandContext(ctx, binary, args...)
	var said bytes.Buffer
	c.Stdin, c.Stdout, c.Stderr = stdin, stdout, &said
	began := time.Now()
	err := c.Run()
	u := usage{wall: time.Since(began)}
	if err != nil {
		return u, fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, said.String())
	}
	return u.with(c.ProcessState), nil
}

// with adds what the kernel counted for a process that has ended.
func (u usage) with(p *os.ProcessState) usage {
	u.cpu = p.UserTime() + p.SystemTime()
	if r, ok := p.SysUsage().(*syscall.Rusage); ok {
		u.peak = r.Maxrss * 1024
	}
	return u
}

// imported is what an import into an empty folder cost.
type imported struct {
	usage
	lines, read       int64
	segments, journal int64 // bytes on disk
	rest              int64
}

func (i imported) rate() float64 { return float64(i.lines) / i.wall.Seconds() }

// importLog reads a log into a new folder, as a user would.
func importLog(ctx context.Context, binary string, log *logFile, data string) (imported, error) {
	i := imported{lines: log.totals.Lines, read: log.bytes}
	if err := os.RemoveAll(data); err != nil {
		return i, err
	}
	var err error
	if i.usage, err = runChild(ctx, nil, nil, binary, "import", "--data", data, log.path); err != nil {
		return i, err
	}
	err = filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(data, path)
		switch {
		case strings.HasPrefix(inside, "segments"):
			i.segments += info.Size()
		case strings.HasPrefix(inside, "journal"):
			i.journal += info.Size()
		default:
			i.rest += info.Size()
		}
		return err
	})
	return i, err
}
