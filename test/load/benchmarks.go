package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
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
	{"parse", "Parse", "a line of a mixed log, from text to event"},
	{"query", "Words|Match", "cut a line into words; compare an event with a condition"},
	{"journal", "Encode|Decode|Commit", "500 events to the journal and back"},
	{"segment", "Add|Write|Verify|MayHold", "events to a Parquet file, and reading it back"},
}

// parser is how fast a dialect reads.
type parser struct {
	pkg, name, what string
	goal            int64   // lines/s on one core; 0 for none
	rate            int64   // lines/s
	allocated       float64 // bytes per line
}

// parsers are the packages whose BenchmarkParse tells lines/s.
var parsers = []parser{
	{pkg: "postfix", name: "Postfix", what: "a busy server's mixture", goal: 1_000_000},
	{pkg: "elemta", name: "Elemta", what: "JSON of a running server", goal: 250_000},
	{pkg: "dovecot", name: "Dovecot", what: "a busy server's mixture"},
	{pkg: "exim", name: "Exim", what: "a main log"},
	{pkg: "opensmtpd", name: "OpenSMTPD", what: "a server's day"},
	{pkg: "sendmail", name: "Sendmail", what: "a server's day"},
	{pkg: "filters", name: "filters", what: "amavis, policyd-spf, postgrey, opendkim, rspamd"},
}

// runParsers measures the parsers one after the other, each on one core.
func runParsers(ctx context.Context, benchtime string) ([]parser, error) {
	all := slices.Clone(parsers)
	for i := range all {
		p := &all[i]
		found, err := runBenchmark(ctx, suite{"parse/" + p.pkg, "Parse", ""}, "-benchtime", benchtime, "-cpu", "1")
		if err != nil {
			return nil, err
		}
		if err := p.read(found[0]); err != nil {
			return nil, fmt.Errorf("the benchmark of parse/%s: %w", p.pkg, err)
		}
	}
	return all, nil
}

// read takes the figures of a benchmark whose operation is one line or a whole
// log.
func (p *parser) read(b benchmark) error {
	rate, perOperation := b.figure("lines/s"), b.figure("ns/op")
	if rate < 1 || perOperation <= 0 {
		return fmt.Errorf("it tells no lines/s: %v", b.figures)
	}
	p.rate = int64(rate)
	p.allocated = b.figure("B/op") / (rate * perOperation / 1e9)
	return nil
}

// figure is the number with a unit; 0 if there is none.
func (b benchmark) figure(unit string) float64 {
	for _, f := range b.figures {
		if f[1] == unit {
			n, _ := strconv.ParseFloat(f[0], 64) // 0 where it is no number
			return n
		}
	}
	return 0
}

// runBenchmarks runs the suites one after the other.
func runBenchmarks(ctx context.Context, benchtime string) ([]benchmark, error) {
	var all []benchmark
	for _, s := range suites {
		found, err := runBenchmark(ctx, s, "-benchtime", benchtime)
		if err != nil {
			return nil, err
		}
		for _, b := range found {
			b.name, b.what = s.pkg+" "+b.name, s.what
			all = append(all, b)
		}
	}
	return all, nil
}

// runBenchmark runs one suite; it has at least one line.
func runBenchmark(ctx context.Context, s suite, flags ...string) ([]benchmark, error) {
	args := append([]string{"test", "-run", "^$", "-bench", "^Benchmark(" + s.pattern + ")"}, flags...)
	c := exec.CommandContext(ctx, "go", append(args, "./internal/"+s.pkg)...)
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(c.Args, " "), err, out)
	}
	found := readBenchmarks(out)
	if len(found) == 0 {
		return nil, fmt.Errorf("%s printed no benchmark:\n%s", strings.Join(c.Args, " "), out)
	}
	return found, nil
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
