package monitor

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"path"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/pprof/profile"
)

const (
	// defaultInterval is how long the processors are watched, maxInterval the
	// longest that may be asked for.
	defaultInterval = 500 * time.Millisecond
	maxInterval     = 10 * time.Second
	// Defaults and bounds of what is told.
	defaultThreads, maxThreads = 10, 500
	defaultStack, maxStack     = 50, 200
)

// hotOptions say what of the threads is told.
type hotOptions struct {
	threads, stack int
	interval       time.Duration
	ignoreIdle     bool
	human          bool
}

// hotThread is a group of goroutines that began with the same function. Go has
// no threads that last; these groups are what stands for them.
type hotThread struct {
	Name    string   `json:"name"`
	ID      int      `json:"thread_id"` // the place in the list of all groups, by name
	Count   int64    `json:"count"`     // goroutines
	Percent float64  `json:"percent_of_cpu_time"`
	State   string   `json:"state"`
	Traces  []string `json:"traces"`

	cpu int64 // nanoseconds
	// weight is how much stands behind Traces: processor time, else goroutines.
	weight int64
}

// hotThreads answers /_node/hot_threads: what the processors are busy with.
func (s *Server) hotThreads(w http.ResponseWriter, r *http.Request) {
	opts, err := hotOptionsOf(r)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	select { // there is one profile of the processors at a time
	case s.hot <- struct{}{}:
		defer func() { <-s.hot }()
	case <-r.Context().Done():
		return
	}
	threads, err := watch(opts, r.Context().Done())
	if err != nil {
		refuse(w, r, http.StatusServiceUnavailable, err.Error())
		return
	}
	now := time.Now()
	if opts.human {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		// The client is gone when this fails; there is nobody left to tell.
		_, _ = w.Write([]byte(hotText(s.opts.Host, now, threads)))
		return
	}
	v := s.look()
	answer := s.full(r, &v)
	answer["hot_threads"] = object{"time": now.Format(time.RFC3339), "busiest_threads": len(threads), "threads": threads}
	respond(w, r, http.StatusOK, answer)
}

// hotOptionsOf reads the parameters.
func hotOptionsOf(r *http.Request) (hotOptions, error) {
	q := r.URL.Query()
	opts := hotOptions{threads: defaultThreads, stack: defaultStack, interval: defaultInterval, human: asked(r, "human"), ignoreIdle: true}
	for _, number := range []struct {
		name string
		to   *int
		most int
	}{{"threads", &opts.threads, maxThreads}, {"stacktrace_size", &opts.stack, maxStack}} {
		if text := q.Get(number.name); text != "" {
			n, err := strconv.Atoi(text)
			if err != nil || n < 1 || n > number.most {
				return opts, fmt.Errorf("%s=%q: write a number from 1 to %d", number.name, text, number.most)
			}
			*number.to = n
		}
	}
	if text := q.Get("interval"); text != "" {
		d, ok := timeValue(text)
		if !ok || d <= 0 || d > maxInterval {
			return opts, fmt.Errorf("interval=%q: write a time such as 500ms, at most %v", text, maxInterval)
		}
		opts.interval = d
	}
	if q.Has("ignore_idle_threads") {
		opts.ignoreIdle = asked(r, "ignore_idle_threads")
	}
	return opts, nil
}

// watch profiles the processors for the interval, and looks at what all
// goroutines do.
func watch(opts hotOptions, gone <-chan struct{}) ([]hotThread, error) {
	var cpu bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err != nil {
		return nil, errors.New("the processors are being profiled already; ask again in a moment")
	}
	select {
	case <-time.After(opts.interval):
	case <-gone:
	}
	pprof.StopCPUProfile()
	var stacks bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&stacks, 0); err != nil {
		return nil, fmt.Errorf("looking at the goroutines: %w", err)
	}
	busy, err := profile.Parse(&cpu)
	if err != nil {
		return nil, fmt.Errorf("reading the profile of the processors: %w", err)
	}
	all, err := profile.Parse(&stacks)
	if err != nil {
		return nil, fmt.Errorf("reading the stacks of the goroutines: %w", err)
	}
	return hottest(busy, all, opts), nil
}

// hottest puts both profiles together, the busiest group first.
func hottest(busy, all *profile.Profile, opts hotOptions) []hotThread {
	groups := map[string]*hotThread{}
	at := func(sample *profile.Sample) *hotThread {
		name := rootOf(sample)
		if groups[name] == nil {
			groups[name] = &hotThread{Name: name}
		}
		return groups[name]
	}
	for _, sample := range all.Sample {
		g, n := at(sample), sample.Value[0]
		g.Count += n
		if n > g.weight {
			g.weight, g.State, g.Traces = n, stateOf(sample), frames(sample, opts.stack)
		}
	}
	for _, g := range groups {
		g.weight = 0
	}
	for _, sample := range busy.Sample {
		g, nanos := at(sample), sample.Value[len(sample.Value)-1]
		g.cpu += nanos
		if nanos > g.weight {
			g.weight, g.State, g.Traces = nanos, "runnable", frames(sample, opts.stack)
		}
	}
	names := make([]string, 0, len(groups))
	for name := range groups {
		names = append(names, name)
	}
	slices.Sort(names)
	threads := make([]hotThread, 0, len(names))
	for i, name := range names {
		g := groups[name]
		g.ID = i + 1
		g.Percent = float64(int64(10000*float64(g.cpu)/float64(opts.interval))) / 100
		if opts.ignoreIdle && g.cpu == 0 && g.State != "runnable" {
			continue
		}
		threads = append(threads, *g)
	}
	slices.SortStableFunc(threads, func(a, b hotThread) int {
		return cmp.Or(cmp.Compare(b.cpu, a.cpu), cmp.Compare(b.Count, a.Count))
	})
	return threads[:min(len(threads), opts.threads)]
}

// rootOf is the function that a goroutine began with.
func rootOf(sample *profile.Sample) string {
	for i := len(sample.Location) - 1; i >= 0; i-- {
		lines := sample.Location[i].Line
		for j := len(lines) - 1; j >= 0; j-- {
			if f := lines[j].Function; f != nil && f.Name != "runtime.goexit" {
				return f.Name
			}
		}
	}
	return "runtime"
}

// frames are the functions of a stack, the innermost first: names and lines of
// the program, never values.
func frames(sample *profile.Sample, most int) []string {
	out := []string{}
	for _, location := range sample.Location {
		for _, line := range location.Line {
			if line.Function == nil {
				continue
			}
			if len(out) == most {
				return out
			}
			out = append(out, fmt.Sprintf("%s(%s:%d)", line.Function.Name, path.Base(line.Function.Filename), line.Line))
		}
	}
	return out
}

// stateOf reads from the innermost functions of a stack what it waits for.
func stateOf(sample *profile.Sample) string {
	top := strings.Join(frames(sample, 6), " ")
	if !strings.HasPrefix(top, "runtime.gopark") && !strings.HasPrefix(top, "runtime.notetsleepg") {
		return "runnable"
	}
	for _, w := range []struct{ name, state string }{
		{"time.Sleep", "timed_waiting"}, {"netpollblock", "waiting (network)"}, {"selectgo", "waiting (select)"},
		{"chanrecv", "waiting (channel)"}, {"chansend", "blocked (channel)"}, {"semacquire", "blocked (lock)"},
	} {
		if strings.Contains(top, w.name) {
			return w.state
		}
	}
	return "waiting"
}

// hotText is the answer for people.
func hotText(host string, now time.Time, threads []hotThread) string {
	var b strings.Builder
	fmt.Fprintf(&b, "::: {%s}\nHot threads at %s, busiestThreads=%d: \n%s\n", host, now.Format(time.RFC3339), len(threads), strings.Repeat("=", 80))
	for _, t := range threads {
		fmt.Fprintf(&b, "%.2f %% of cpu usage, state: %s, thread name: '%s', thread id: %d, goroutines: %d\n", t.Percent, t.State, t.Name, t.ID, t.Count)
		for _, frame := range t.Traces {
			b.WriteString("\t" + frame + "\n")
		}
		b.WriteString(strings.Repeat("-", 80) + "\n")
	}
	return b.String()
}
