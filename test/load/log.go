package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// logFile is a log that loggen wrote, with its counts and the truth about all
// its messages.
type logFile struct {
	path   string
	packed bool // by zstd; only bytes are not known then before all is read
	truth  string
	bytes  int64 // of text
	totals totals
}

// totals are loggen's counts. Lines and ByProgram are exact; the others may
// count a few lines that lie behind the end of the log.
type totals struct {
	Lines              int64
	ByProgram          map[string]int64
	ByStatus           map[string]int64
	Rejects            int64
	LoginOK, LoginFail int64
}

// packedEnd ends the name of a log that somebody packed to save room.
const packedEnd = ".zst"

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// openLog finds the log in dir or has it written. What an interrupted run left
// is written again.
func openLog(ctx context.Context, dir string, lines int64) (*logFile, error) {
	return writtenLog(ctx, dir, lines, "-addrs", "500000", "-sample", strconv.FormatInt(lines, 10))
}

// writtenLog is openLog with flags of loggen's.
func writtenLog(ctx context.Context, dir string, lines int64, flags ...string) (*logFile, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	base := filepath.Join(dir, fmt.Sprintf("mail-%d", lines))
	log, truth, counts := base+".log", base+".tsv", base+".json"
	_, err := os.Stat(counts)
	if err == nil { // one that was written before the truth was wanted
		_, err = os.Stat(truth)
	}
	if err != nil {
		note("writing %s", log)
		// The counts are written last: where they are, the log is whole.
		c := exec.CommandContext(ctx, "go", append([]string{"run", "rastro/test/load/loggen", "-lines", strconv.FormatInt(lines, 10),
			"-out", log, "-truth", truth, "-totals", counts}, flags...)...)
		c.Stderr = os.Stderr
		if err := c.Run(); err != nil {
			return nil, fmt.Errorf("writing the log: %w", err)
		}
	}
	l := &logFile{path: log, truth: truth}
	if _, err := os.Stat(log); err != nil && exists(log+packedEnd) {
		l.path, l.packed = log+packedEnd, true
	}
	text, err := os.ReadFile(counts)
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &l.totals); err != nil {
		return nil, fmt.Errorf("reading %s: %w; remove it and the log is written again", counts, err)
	}
	info, err := os.Stat(l.path)
	if err != nil {
		return nil, err
	}
	if !l.packed {
		l.bytes = info.Size()
	}
	if l.totals.Lines != lines {
		return nil, fmt.Errorf("%s tells of %d lines, not %d; remove it and the log is written again", counts, l.totals.Lines, lines)
	}
	return l, nil
}
