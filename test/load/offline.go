package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"
)

// offlineLines is how much of the log is traced without a store.
const offlineLines = 1_000_000

// settled is how long before the end of a cut log the fate of a message is
// decided, unless it is tried until it expires.
const settled = 3 * time.Hour

// offline is a `rastro trace --files` on the beginning of the log.
type offline struct {
	usage
	path        string
	lines, read int64
	journeys    int64 // that it told of
	compared    int64 // with the truth
}

// measureOffline traces the beginning of the log in a process of its own, whose
// answer nobody reads.
func measureOffline(ctx context.Context, o options, log *logFile) (offline, error) {
	f := offline{path: filepath.Join(o.dir, "mail-head.log"), lines: min(offlineLines, log.totals.Lines)}
	var err error
	if f.read, err = cutLog(log.path, f.path, f.lines); err != nil {
		return f, err
	}
	f.usage, err = runChild(ctx, nil, nil, o.binary, "trace", "--files", f.path, "--output", "ndjson")
	return f, err
}

// cutLog copies the first lines of a log and returns their size.
func cutLog(from, to string, lines int64) (size int64, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(out, newHead(in, lines))
	return size, errors.Join(err, out.Close())
}

// told is what is compared of a journey in NDJSON.
type told struct {
	Hosts     []string
	QueueIDs  []string `json:"queue_ids"`
	Recipient string
	Status    string
}

// check traces the cut log again and compares every journey whose end it has
// with the truth; then the cut log is removed.
func (f *offline) check(ctx context.Context, binary, truth string) error {
	want, err := f.statuses(truth)
	if err != nil {
		return err
	}
	c := exec.CommandContext(ctx, binary, "trace", "--files", f.path, "--output", "ndjson", "--steps", "none")
	c.Stderr = os.Stderr
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	err = f.compare(out, want)
	if err != nil {
		err = errors.Join(err, c.Process.Kill())
		_ = c.Wait() // it was killed
		return err
	}
	if err := c.Wait(); err != nil {
		return fmt.Errorf("trace --files: %w", err)
	}
	return os.Remove(f.path)
}

// compare reads journeys and takes them out of want.
func (f *offline) compare(in io.Reader, want map[string][]string) error {
	whole := int64(len(want))
	answer := json.NewDecoder(bufio.NewReaderSize(in, 1<<20))
	for {
		var j told
		err := answer.Decode(&j)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading the answer of trace --files: %w", err)
		}
		f.journeys++
		if len(j.Hosts) == 0 || len(j.QueueIDs) == 0 {
			continue
		}
		key := journeyKey(j.Hosts[0], j.QueueIDs, j.Recipient)
		statuses, ok := want[key]
		if ok && !slices.Contains(statuses, j.Status) {
			return fmt.Errorf("journey %q is %s, the log says %v", key, j.Status, statuses)
		}
		delete(want, key)
	}
	for key := range want {
		return fmt.Errorf("%d of %d journeys are missing, one of them %q", len(want), whole, key)
	}
	f.compared = whole
	return nil
}

// statuses are those of all copies with a queue id that were settled when the
// cut log ends, by key. A message that expires later waits in the queue then.
func (f *offline) statuses(truth string) (map[string][]string, error) {
	end, err := lastStamp(f.path, f.read)
	if err != nil {
		return nil, err
	}
	want := map[string][]string{}
	err = eachFate(truth, 0, func(c fate) bool {
		if len(c.ids) > 0 && end.Sub(c.began) > settled {
			key := c.key()
			want[key] = append(want[key], c.status)
			if c.status == "expired" {
				want[key] = append(want[key], "deferred")
			}
		}
		return true
	})
	if err == nil && len(want) == 0 {
		err = errors.New("the cut log has no message that was settled")
	}
	return want, err
}

// lastStamp is the time of the last line of a log.
func lastStamp(path string, size int64) (time.Time, error) {
	file, err := os.Open(path)
	if err != nil {
		return time.Time{}, err
	}
	defer file.Close()
	const longest = 4096
	text := make([]byte, min(size, longest))
	if _, err := file.ReadAt(text, size-int64(len(text))); err != nil {
		return time.Time{}, err
	}
	text = text[:len(text)-1]
	for i := len(text) - 1; i >= 0; i-- {
		if text[i] == '\n' {
			text = text[i+1:]
			break
		}
	}
	return time.Parse(stampForm, string(text[:len(stampForm)]))
}
