package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
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
