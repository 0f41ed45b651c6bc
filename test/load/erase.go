package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// erased is what erasing one recipient cost.
type erased struct {
	usage
	// missing: the program cannot do it.
	missing bool
	events  int64 // of the recipient, as the log has them
	// searched is the bytes that were searched for the address afterwards, as
	// they are and unpacked; left names the files where it was found.
	searched int64
	left     []string
}

// measureErasing erases a recipient from a copy of the data and searches every
// file of it for the address.
func measureErasing(ctx context.Context, o options, data, address string, events int64) (e erased, err error) {
	e.events = events
	if e.missing = !hasCommand(ctx, o.binary, "erase"); e.missing {
		return e, nil
	}
	note("erasing the busiest recipient")
	copied := filepath.Join(o.dir, "data-erase")
	if err := copyData(data, copied); err != nil {
		return e, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(copied)) }()
	before, err := findBytes(copied, []byte(address))
	if err != nil || len(before.files) == 0 {
		return e, errors.Join(err, fmt.Errorf("the search of %s for bytes does not find what is there", copied))
	}
	if e.usage, err = runChild(ctx, nil, nil, o.binary, "erase", "--data", copied, "--yes", address); err != nil {
		return e, err
	}
	after, err := findBytes(copied, []byte(address))
	e.searched, e.left = after.searched, after.files
	return e, err
}

// copyData makes hard links of segments, which nobody writes again, and copies
// of all else.
func copyData(from, to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		inside, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, inside)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755)
		case strings.HasSuffix(path, ".parquet"):
			return os.Link(path, target)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(target, text, 0o600)
	})
}

// eraseGoals are the rows of the table of goals.
func (r *results) eraseGoals(row goalRow) {
	e := &r.erased
	const figure = "erase the busiest recipient, no byte of the address left"
	goal := "under " + milli(goalErase)
	switch {
	case e.missing:
		row(figure, goal, "not measured", false)
	case len(e.left) > 0:
		row(figure, goal, fmt.Sprintf("%s, left in %d files", milli(e.wall), len(e.left)), false)
	default:
		row(figure, goal, milli(e.wall), e.wall < goalErase)
	}
}

func (r *results) eraseTable(b *bytes.Buffer) {
	e := &r.erased
	b.WriteString("### Erasing a person\n\n")
	if e.missing {
		b.WriteString("This program does not erase.\n\n")
		return
	}
	left := "found nowhere"
	if len(e.left) > 0 {
		left = "**found** in " + strings.Join(e.left, ", ")
	}
	fmt.Fprintf(b, `%s of the recipient with the most events, on a copy of the compacted folder, as a process of its own. Every file was
searched for the bytes of the address before, where they were found, and afterwards: as it is, and all its pages unpacked.

| | |
|---|---|
| events with this recipient | %s |
| time | %.1f s |
| processor time | %.1f s |
| memory, peak | %s |
| searched | %s |
| the address is | %s |

`, "`rastro erase`", count(e.events), e.wall.Seconds(), e.cpu.Seconds(), bytesText(e.peak), bytesText(e.searched), left)
}
