package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

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
