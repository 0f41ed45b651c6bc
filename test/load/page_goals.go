package main

import (
	"bytes"
	"fmt"
	"time"
)

// The goals, for the full log.
const (
	goalRate         = 200_000 // lines/s
	goalPeak         = 400 << 20
	goalBytesPerLine = 40
	goalWhileAsking  = 50 // percent of the rate without searches
	goalErase        = 20 * time.Second
	goalReady        = time.Second
	goalIdle         = 150 << 20
)

// perLine is what everything in the data folder takes for a line, in bytes.
func (r *results) perLine() float64 { return float64(r.compacted.after) / float64(r.imported.lines) }

// goals is the table of what was promised.
func (r *results) goals(b *bytes.Buffer) {
	b.WriteString("## Goals\n\n")
	row := goalTable(b)
	i := r.imported
	row("import, end to end", fmt.Sprintf("at least %s lines/s", count(goalRate)), count(int64(i.rate()))+" lines/s", i.rate() >= goalRate)
	row("memory while importing, peak", "under "+bytesText(goalPeak), bytesText(i.peak), i.peak < goalPeak)
	share := 100 * r.together.rate(r.together.busy) / r.together.rate(r.together.alone)
	row(fmt.Sprintf("ingest while %d people search", searchers), fmt.Sprintf("at least %d %% of it alone", goalWhileAsking), fmt.Sprintf("%.0f %%", share), share >= goalWhileAsking)
	row("disk, everything in the data folder, compacted", fmt.Sprintf("at most %d B per line", goalBytesPerLine), fmt.Sprintf("%.1f B per line", r.perLine()), r.perLine() <= goalBytesPerLine)
	r.rivalGoals(row)
	r.eraseGoals(row)
	questionGoals(row, r.asked)
	row("documents over HTTP, one each line", fmt.Sprintf("at least %s lines/s", count(goalBulk)), count(int64(r.bulked.rate()))+" lines/s", r.bulked.rate() >= goalBulk)
	row("`serve` ready: health and a search answer", "within "+milli(goalReady), milli(r.served.answering), r.served.answering <= goalReady)
	row("memory of an idle `serve`", "under "+bytesText(goalIdle), bytesText(r.served.idle), r.served.idle < goalIdle)
	r.tracingGoals(row)
	b.WriteString("\n")
}

// goalTable begins a table of goals and returns what writes its rows.
func goalTable(b *bytes.Buffer) goalRow {
	b.WriteString("| figure | goal | measured | reached |\n|---|---|---|---|\n")
	return func(figure, goal, measured string, ok bool) {
		reached := "yes"
		if !ok {
			reached = "**no**"
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", figure, goal, measured, reached)
	}
}

// questionGoals are the rows of questions that have a goal.
func questionGoals(row goalRow, asked []timed) {
	for _, t := range asked {
		if t.goal > 0 {
			row(t.name, "at most "+milli(t.goal), milli(t.median()), t.median() <= t.goal)
		}
	}
}
