package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
)

// compacted is what putting small files together cost, and what it saved.
type compacted struct {
	usage
	// missing: the program cannot do it; nothing was changed then.
	missing       bool
	before, after int64 // bytes of the data folder
}

// compactData compacts a folder that no server runs on.
func compactData(ctx context.Context, binary, data string) (c compacted, err error) {
	if c.before, err = sizeOf(data); err != nil {
		return c, err
	}
	if !hasCommand(ctx, binary, "compact") {
		c.missing, c.after = true, c.before
		return c, nil
	}
	if c.usage, err = runChild(ctx, nil, nil, binary, "compact", "--data", data); err != nil {
		return c, err
	}
	c.after, err = sizeOf(data)
	return c, err
}

// hasCommand tells whether a program has a command; one that lacks it shows its
// general help.
func hasCommand(ctx context.Context, binary, name string) bool {
	out, err := exec.CommandContext(ctx, binary, name, "--help").Output()
	return err == nil && bytes.Contains(out, []byte("rastro "+name))
}

// table tells it on the page.
func (c *compacted) table(b *bytes.Buffer, lines int64) {
	b.WriteString("### Compaction\n\n")
	if c.missing {
		b.WriteString("This program does not compact.\n\n")
		return
	}
	perLine := func(n int64) float64 { return float64(n) / float64(lines) }
	fmt.Fprintf(b, `%s puts the files of the import together, as a process of its own; a server does it by itself, bit by bit.
All that follows was measured on the compacted folder.

| | |
|---|---|
| time | %.1f s, %s lines/s |
| processor time | %.1f s, %.2f µs per line |
| memory, peak | %s |
| data folder before | %s, %.2f B per line |
| data folder after | %s, %.2f B per line |

`, "`rastro compact`", c.wall.Seconds(), count(int64(float64(lines)/c.wall.Seconds())), c.cpu.Seconds(), float64(c.cpu.Microseconds())/float64(lines),
		bytesText(c.peak), bytesText(c.before), perLine(c.before), bytesText(c.after), perLine(c.after))
}
