// Command load measures Rastro on a large log of a mail farm and writes
// docs/performance.md.
//
//	RASTRO=bin/rastro go run ./test/load [-lines 10000000] [-out FILE]
//
// What comes in is the program (the environment's RASTRO) and a log that
// loggen writes and that is kept for the next time; what goes out is a page
// with figures. The program is measured from outside, as a process with real
// files and ports; questions are measured inside, through the rooms that a
// server uses. Every answer is compared with counts that were made by reading
// the log, or with the truth that loggen told, without any code of Rastro: a
// fast wrong answer fails. It is no
// test of speed: a figure that misses its goal is written down and fails
// nothing.
//
// With -large it measures less, on ten times as many lines, and writes that
// section of the page only.
//
// With -profile DIR it measures nothing and writes profiles of the import and
// of the questions for `go tool pprof`.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
)

// fullLines is the size that the goals speak of.
const fullLines = 10_000_000

// options say what is measured.
type options struct {
	binary    string // the program
	lines     int64
	dir       string // folder for logs and data
	out       string // page to write
	runs      int    // measured runs of each question
	benchtime string // of each package benchmark; "0" for none
	keep      bool   // keep the data that was imported
	large     bool   // measure the large log, less of it, and write its section only
	profile   string
}

func main() {
	o := options{binary: os.Getenv("RASTRO")}
	flag.Int64Var(&o.lines, "lines", 0, "lines of the log; default: 10 million, with -large 100 million")
	flag.BoolVar(&o.large, "large", false, "measure the import and questions only and write the page's section about a large log")
	flag.StringVar(&o.dir, "dir", "bench-data", "folder for the log and the data")
	flag.StringVar(&o.out, "out", "", "page to write; default: docs/performance.md, with another -lines performance.md in -dir")
	flag.IntVar(&o.runs, "runs", 7, "measured runs of each question")
	flag.StringVar(&o.benchtime, "benchtime", "1s", "time of each package benchmark; 0 for none")
	flag.BoolVar(&o.keep, "keep", false, "keep the imported data")
	flag.StringVar(&o.profile, "profile", "", "write CPU and heap profiles into this folder instead of measuring")
	flag.Parse()
	full, run := int64(fullLines), measure
	if o.large {
		full, run = largeLines, measureLarge
	}
	if o.lines == 0 {
		o.lines = full
	}
	if o.out == "" {
		o.out = filepath.Join("docs", "performance.md")
		if o.lines != full {
			o.out = filepath.Join(o.dir, "performance.md")
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if o.profile != "" {
		run = profile
	}
	if o.binary == "" && o.profile == "" {
		fmt.Fprintln(os.Stderr, "load: RASTRO must name the program; make bench sets it")
		os.Exit(2)
	}
	if err := run(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		stop()
		os.Exit(1)
	}
}

// measure does everything in the order of a day with Rastro: import, serve,
// ask, and writes the page.
func measure(ctx context.Context, o options) error {
	log, err := openLog(ctx, o.dir, o.lines)
	if err == nil && log.packed {
		err = fmt.Errorf("%s: only a log of -large may be packed", log.path)
	}
	if err != nil {
		return err
	}
	r := results{options: o, machine: describeMachine(o.dir), began: time.Now()}
	data := filepath.Join(o.dir, "data")
	// The import comes before anything that makes this process large: a child
	// begins with the peak of its parent.
	if err := r.fill(ctx, log, data); err != nil {
		return err
	}
	note("sending lines over HTTP")
	if r.bulked, err = measureBulk(ctx, o, log); err != nil {
		return err
	}
	note("tracing files")
	if r.offline, err = measureOffline(ctx, o, log); err != nil {
		return err
	}
	note("reading the log to know the right answers")
	p, err := planOf(log)
	if err != nil {
		return err
	}
	runtime.GC() // the census is not needed any more
	if err := r.offline.check(ctx, o.binary, log.truth); err != nil {
		return err
	}
	if err := r.measureServed(ctx, data, log, p); err != nil {
		return err
	}
	var failed error // of what the page tells too
	r.rival, failed = measureRival(ctx, o, log, data, p.pairs)
	if r.erased, err = measureErasing(ctx, o, data, p.hot, p.hotLines); err != nil {
		return err
	}
	if o.benchtime != "0" {
		note("benchmarks of packages")
		if r.parsed, err = runParsers(ctx, o.benchtime); err != nil {
			return err
		}
		if r.benches, err = runBenchmarks(ctx, o.benchtime); err != nil {
			return err
		}
	}
	if !o.keep {
		if err := os.RemoveAll(data); err != nil {
			return err
		}
	}
	r.took = time.Since(r.began)
	return errors.Join(failed, writePage(o.out, r.page))
}

// fill imports the log into a new folder and compacts it.
func (r *results) fill(ctx context.Context, log *logFile, data string) (err error) {
	note("importing %d lines", r.lines)
	if r.imported, err = importLog(ctx, r.binary, log, data); err != nil {
		return err
	}
	note("compacting")
	if r.compacted, err = compactData(ctx, r.binary, data); err != nil {
		return err
	}
	r.costs, err = costsOf(data)
	return err
}

// writePage makes a page of the one that is there.
func writePage(path string, page func(before []byte) []byte) error {
	before, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(path, page(before), 0o644); err != nil {
		return err
	}
	note("written to %s", path)
	return nil
}

// measureServed asks what was imported, in every way.
func (r *results) measureServed(ctx context.Context, data string, log *logFile, p plan) (err error) {
	note("serving")
	if r.served, err = measureServing(ctx, r.options, data, p); err != nil {
		return err
	}
	note("asking")
	if r.asked, err = measureQuestions(ctx, data, probesOf(p.asked), r.runs); err != nil {
		return err
	}
	note("tracing")
	if r.traced, err = measureQuestions(ctx, data, probesOf(p.traced), r.runs); err != nil {
		return err
	}
	note("importing while people ask")
	r.together, err = measureTogether(ctx, r.options, log)
	return err
}

// note tells the person at the terminal what is going on.
func note(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format("15:04:05")}, args...)...)
}
