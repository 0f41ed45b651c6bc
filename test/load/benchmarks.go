package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// benchmark is one line of go test -bench.
type benchmark struct {
	name string
	// what says it for a person.
	what string
	// figures are pairs of a number and its unit, as go test prints them.
	figures [][2]string
}

// suite is a package with the benchmarks that are worth a line on the page.
type suite struct{ pkg, pattern, what string }

var suites = []suite{
	{"parse/envelope", "Unwrap", "take a wrapper off a line"},
	{"parse/postfix", "Parse", "read lines of Postfix"},
	{"parse/dovecot", "Parse", "read lines of Dovecot"},
	{"parse/elemta", "Parse", "read lines of Elemta"},
	{"parse", "Parse", "a line of a mixed log, from text to event"},
	{"query", "Words|Match", "cut a line into words; compare an event with a condition"},
	{"journal", "Encode|Decode|Commit", "500 events to the journal and back"},
	{"segment", "Add|Write|Verify|MayHold", "events to a Parquet file, and reading it back"},
}

// runBenchmarks runs the suites one after the other.
func runBenchmarks(ctx context.Context, benchtime string) ([]benchmark, error) {
	var all []benchmark
	for _, s := range suites {
		c := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark("+s.pattern+")", "-benchtime", benchtime, "./internal/"+s.pkg)
		c.Stderr = os.Stderr
		out, err := c.Output()
		if err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, out)
		}
		found := readBenchmarks(out)
		if len(found) == 0 {
			return nil, fmt.Errorf("%s printed no benchmark:\n%s", strings.Join(c.Args, " "), out)
		}
		for _, b := range found {
			b.name, b.what = s.pkg+" "+b.name, s.what
			all = append(all, b)
		}
	}
	return all, nil
}

// readBenchmarks reads the output of go test -bench.
func readBenchmarks(out []byte) []benchmark {
	var all []benchmark
	for line := range bytes.Lines(out) {
		f := strings.Fields(string(line))
		if len(f) < 4 || len(f)%2 != 0 || !strings.HasPrefix(f[0], "Benchmark") {
			continue
		}
		name := strings.TrimPrefix(f[0], "Benchmark")
		// The number of processors stands behind the last dash.
		if i := strings.LastIndexByte(name, '-'); i > 0 {
			name = name[:i]
		}
		b := benchmark{name: name}
		for i := 2; i+1 < len(f); i += 2 {
			b.figures = append(b.figures, [2]string{f[i], f[i+1]})
		}
		all = append(all, b)
	}
	return all
}
