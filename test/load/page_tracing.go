package main

import (
	"bytes"
	"fmt"
	"time"
)

// The goals of tracing without a store, for offlineLines lines.
const (
	goalOffline     = 8 * time.Second
	goalOfflinePeak = 1 << 30
)

// goalRow writes a row of the table of goals.
type goalRow func(figure, goal, measured string, ok bool)

// tracingGoals are the goals of tracing and parsing.
func (r *results) tracingGoals(row goalRow) {
	questionGoals(row, r.traced)
	f := r.offline
	what := fmt.Sprintf("`trace --files`, %s lines", count(f.lines))
	row(what, "within "+milli(goalOffline), milli(f.wall), f.wall <= goalOffline)
	row("the same, memory at its peak", "under "+bytesText(goalOfflinePeak), bytesText(f.peak), f.peak < goalOfflinePeak)
	for _, p := range r.parsed {
		if p.goal > 0 {
			row("parser of "+p.name+", one core", fmt.Sprintf("at least %s lines/s", count(p.goal)), count(p.rate)+" lines/s", p.rate >= p.goal)
		}
	}
}

func (r *results) tracingTables(b *bytes.Buffer) {
	b.WriteString("## Tracing\n\nThe same way, through `Tracer.Trace`, asked at the moment the log ends. Every journey and its status was compared with\nwhat the writer of the log meant to happen; the typical address has as many messages as the median of all.\n\n| question | journeys | first | median | slowest |\n|---|---:|---:|---:|---:|\n")
	for _, t := range r.traced {
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", t.name, count(t.found), milli(t.first), milli(t.median()), milli(t.slowest()))
	}
	f := r.offline
	fmt.Fprintf(b, `
Without a store: `+"`rastro trace --files --output ndjson`"+` as a process of its own on the first %s lines of the log, all
journeys with their steps to /dev/null. A second run compared the %s journeys that are over by the end of those lines.

| | |
|---|---|
| time | %.1f s, %s lines/s, %s/s of text |
| processor time | %.1f s, %.2f µs per line, %.0f %% of one core |
| memory, peak | %s, %s B per line |
| journeys | %s |

`, count(f.lines), count(f.compared), f.wall.Seconds(), count(int64(float64(f.lines)/f.wall.Seconds())), bytesText(int64(float64(f.read)/f.wall.Seconds())),
		f.cpu.Seconds(), float64(f.cpu.Microseconds())/float64(f.lines), 100*f.cpu.Seconds()/f.wall.Seconds(),
		bytesText(f.peak), count(f.peak/max(f.lines, 1)), count(f.journeys))
}

func (r *results) parserTable(b *bytes.Buffer) {
	b.WriteString("## Parsers\n\n")
	if len(r.parsed) == 0 {
		b.WriteString("Not measured in this run.\n\n")
		return
	}
	fmt.Fprintf(b, "The dialects alone, on one core, without the envelope of the line: `BenchmarkParse` of each package, %s each.\n\n| dialect | lines | lines/s | a line takes | allocated |\n|---|---|---:|---:|---:|\n", r.benchtime)
	for _, p := range r.parsed {
		fmt.Fprintf(b, "| %s | %s | %s | %s ns | %.1f B |\n", p.name, p.what, count(p.rate), count(1_000_000_000/p.rate), p.allocated)
	}
	b.WriteString("\n")
}
