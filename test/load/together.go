package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"
)

// How measureTogether asks: many people at once, each the moment the answer is
// there, and a whole company.
const (
	searchers     = 20
	company       = 100
	togetherLines = 1_000_000
)

// asking is an import into a running server while people ask.
type asking struct {
	people            int
	usage             usage // of the importing process
	answers, rejected int
	median, p95       time.Duration
	peak              int64 // of the server that is asked
}

// together is an import into a running server, alone and while people ask.
type together struct {
	lines       int64
	alone, busy usage  // of the importing process
	few, many   asking // by searchers and by the company
}

func (t together) rate(u usage) float64 { return float64(t.lines) / u.wall.Seconds() }

// measureTogether imports the beginning of the log through a server three times:
// alone, while some people search, and while a company does.
func measureTogether(ctx context.Context, o options, log *logFile) (together, error) {
	t := together{lines: min(togetherLines, log.totals.Lines)}
	var err error
	if t.alone, _, err = importThrough(ctx, o, log, t.lines, nil); err != nil {
		return t, err
	}
	if t.few, err = importAsked(ctx, o, log, t.lines, searchers); err != nil {
		return t, err
	}
	t.busy = t.few.usage
	t.many, err = importAsked(ctx, o, log, t.lines, company)
	return t, err
}

// importAsked imports while so many people search.
func importAsked(ctx context.Context, o options, log *logFile, lines int64, people int) (asking, error) {
	a := asking{people: people}
	var times []time.Duration
	ask := func(ctx context.Context, s *server) error {
		var err error
		times, a.rejected, err = searchUntil(ctx, s, people)
		return err
	}
	var err error
	if a.usage, a.peak, err = importThrough(ctx, o, log, lines, ask); err != nil {
		return a, err
	}
	if len(times) == 0 {
		return a, errors.New("no question was answered during the import")
	}
	slices.Sort(times)
	a.answers, a.median, a.p95 = len(times), times[len(times)/2], times[len(times)*95/100]
	return a, nil
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

// searchUntil lets people search until ctx ends and returns how long each answer
// took, and how many questions had no turn. Each is a caller of his own.
func searchUntil(ctx context.Context, s *server, people int) (times []time.Duration, rejected int, err error) {
	queries := []string{"status:deferred", "recipient:*@banco-delta.example", `"` + overQuotaPhrase + `"`, "client_ip:\"" + clientNetwork + "\"", "program:dovecot AND success:false"}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: people}}
	var mu sync.Mutex
	var errs []error
	var all sync.WaitGroup
	for person := range people {
		all.Go(func() {
			for n := person; ctx.Err() == nil; n++ {
				began := time.Now()
				status, err := s.searchAs(client, fmt.Sprintf("person %d", person), queries[n%len(queries)])
				took := time.Since(began)
				mu.Lock()
				switch {
				case err != nil:
					errs = append(errs, err)
				case status == http.StatusTooManyRequests:
					rejected++
				default:
					times = append(times, took)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if len(errs) > 0 {
		return times, rejected, fmt.Errorf("%d of %d questions failed: %w", len(errs), len(errs)+len(times)+rejected, errs[0])
	}
	return times, rejected, nil
}

// searchAs asks port 9200 for the newest 100 that match, and for their number.
// 429 is an answer too: the server says when it has too much to do.
func (s *server) searchAs(client *http.Client, person, query string) (status int, err error) {
	v := url.Values{"q": {query}, "size": {"100"}, "sort": {"@timestamp:desc"}, "track_total_hits": {"true"}}
	r, err := http.NewRequest(http.MethodGet, "http://"+s.elastic+"/_search?"+v.Encode(), nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("User-Agent", person)
	resp, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return 0, fmt.Errorf("reading the answer to %s: %w", query, err)
	}
	if resp.StatusCode != http.StatusOK && resp.StatusCode != http.StatusTooManyRequests {
		return resp.StatusCode, fmt.Errorf("%s: %s", query, resp.Status)
	}
	return resp.StatusCode, nil
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
