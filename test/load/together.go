package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// How measureTogether asks.
const (
	searchers     = 8
	betweenAsking = 100 * time.Millisecond
	togetherLines = 1_000_000
)

// together is an import into a running server, alone and while people ask.
type together struct {
	lines       int64
	alone, busy usage // of the importing process
	answers     int
	median, p95 time.Duration
	peak        int64 // of the server that is asked
}

func (t together) rate(u usage) float64 { return float64(t.lines) / u.wall.Seconds() }

// measureTogether imports the beginning of the log through a server twice: once
// alone, once while people search.
func measureTogether(ctx context.Context, o options, log *logFile) (together, error) {
	t := together{lines: min(togetherLines, log.totals.Lines)}
	alone, _, err := importThrough(ctx, o, log, t.lines, nil)
	if err != nil {
		return t, err
	}
	t.alone = alone
	var times []time.Duration
	ask := func(ctx context.Context, s *server) error {
		var err error
		times, err = searchUntil(ctx, s)
		return err
	}
	if t.busy, t.peak, err = importThrough(ctx, o, log, t.lines, ask); err != nil {
		return t, err
	}
	if len(times) == 0 {
		return t, errors.New("no question was answered during the import")
	}
	slices.Sort(times)
	t.answers, t.median, t.p95 = len(times), times[len(times)/2], times[len(times)*95/100]
	return t, nil
}

// importThrough starts a server on a new folder and imports the first lines
// through it. ask, when given, runs until the import has ended.
func importThrough(ctx context.Context, o options, log *logFile, lines int64, ask func(context.Context, *server) error) (u usage, peak int64, err error) {
	data := filepath.Join(o.dir, "data-together")
	if err := os.RemoveAll(data); err != nil {
		return u, 0, err
	}
	s, err := startServer(ctx, o.binary, data)
	if err != nil {
		return u, 0, err
	}
	u, err = importInto(ctx, s, o.binary, log, lines, ask)
	err = errors.Join(err, s.stop())
	return u, usage{}.with(s.command.ProcessState).peak, errors.Join(err, os.RemoveAll(data))
}

func importInto(ctx context.Context, s *server, binary string, log *logFile, lines int64, ask func(context.Context, *server) error) (usage, error) {
	if _, err := s.wait(ctx, s.healthy); err != nil {
		return usage{}, err
	}
	f, err := os.Open(log.path)
	if err != nil {
		return usage{}, err
	}
	defer f.Close()
	asking, stopAsking := context.WithCancel(ctx)
	defer stopAsking()
	asked := make(chan error, 1)
	if ask == nil {
		asked <- nil
	} else {
		go func() { asked <- ask(asking, s) }()
	}
	u, err := runChild(ctx, newHead(f, lines), nil, binary, "import", "--server", "http://"+s.ui, "-")
	stopAsking()
	if err = errors.Join(err, <-asked); err != nil {
		return u, err
	}
	// An import ends when its lines are durable; a moment later they are found.
	_, err = s.wait(ctx, func() error {
		_, err := s.ask(httpQuestion{query: "*", want: lines})
		return err
	})
	return u, err
}

// searchUntil lets several people search until ctx ends and returns how long
// each answer took.
func searchUntil(ctx context.Context, s *server) ([]time.Duration, error) {
	queries := []string{"status:deferred", "recipient:*@banco-delta.example", `"` + overQuotaPhrase + `"`, "client_ip:\"" + clientNetwork + "\"", "program:dovecot AND success:false"}
	var mu sync.Mutex
	var times []time.Duration
	var errs []error
	var people sync.WaitGroup
	for person := range searchers {
		people.Go(func() {
			for n := person; ctx.Err() == nil; n++ {
				began := time.Now()
				_, err := s.search(queries[n%len(queries)], 100)
				took := time.Since(began)
				mu.Lock()
				times = append(times, took)
				if err != nil {
					errs = append(errs, err)
				}
				mu.Unlock()
				time.Sleep(betweenAsking)
			}
		})
	}
	people.Wait()
	if len(errs) > 0 {
		return times, fmt.Errorf("%d of %d questions failed: %w", len(errs), len(times), errs[0])
	}
	return times, nil
}

// head reads the first lines of a text.
type head struct {
	from *bufio.Reader
	left int64
	line []byte
}

func newHead(r io.Reader, lines int64) *head {
	return &head{from: bufio.NewReaderSize(r, 1<<20), left: lines}
}

// Read implements io.Reader.
func (h *head) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(h.line) == 0 {
			if h.left == 0 {
				break
			}
			line, err := h.from.ReadSlice('\n')
			if err != nil {
				return n, err
			}
			h.line, h.left = line, h.left-1
		}
		k := copy(p[n:], h.line)
		n, h.line = n+k, h.line[k:]
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
