package main

import (
	"bytes"
	"fmt"
	"strings"
)

// ahead tells in which figures Rastro leads.
type ahead struct {
	ingest, size    bool
	questions, lead int
}

// enough is the goal: ingest, size and eight of ten questions.
func (a ahead) enough() bool {
	const share, of = 8, 10
	return a.ingest && a.size && a.questions > 0 && a.lead*of >= a.questions*share
}

// ahead compares the import and what is on disk in the end with the other
// engine's, and the medians of all questions.
func (r *results) ahead() ahead {
	a := ahead{ingest: r.imported.rate() > r.rival.rate(), size: r.perLine() < r.rival.perLine(), questions: len(r.rival.asked)}
	for i := range r.rival.asked {
		if r.rival.asked[i].ratio() > 1 {
			a.lead++
		}
	}
	return a
}

// rivalGoals are the rows of the table of goals.
func (r *results) rivalGoals(row goalRow) {
	const figure, goal = "ahead of VictoriaLogs", "in ingest, size and eight of ten questions"
	if r.rival.missing != "" {
		row(figure, goal, "not measured", false)
		return
	}
	a := r.ahead()
	in := []string{"not in ingest", "not in size"}
	if a.ingest {
		in[0] = "in ingest"
	}
	if a.size {
		in[1] = "in size"
	}
	row(figure, goal, fmt.Sprintf("%s, %d of %d questions", strings.Join(in, ", "), a.lead, a.questions), a.enough())
}

func (r *results) rivalTables(b *bytes.Buffer) {
	b.WriteString("## Beside VictoriaLogs\n\n")
	v := &r.rival
	if v.missing != "" {
		fmt.Fprintf(b, "Not measured in this run: %s\n\n", v.missing)
		return
	}
	kind := "without the C library for zstd, as there is no C compiler"
	if v.program.cgo {
		kind = "with the C library for zstd, as its makers ship it"
	}
	fmt.Fprintf(b, `VictoriaLogs %s (module %s), built on this machine %s, in the same run, with its defaults.
It was sent the same %s events in JSON (%s): %d connections, %s a request, host and program as stream fields, the raw
line as message, and every field that Rastro finds in a line. So it did not have to parse mail logs, and it holds neither
a journal nor ids: what it takes is on the disk some seconds later. Rastro reads the text, and all is durable at the end.
Writing the JSON is not counted. A ratio above 1 is Rastro ahead.

| | Rastro | VictoriaLogs | ratio |
|---|---:|---:|---:|
`, v.program.version, "`"+rivalModule+"`", kind, count(v.feed.lines), bytesText(v.feed.bytes), feedSenders, bytesText(feedRequest))
	row := func(what string, ours, theirs string, ratio float64) {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", what, ours, theirs, times(ratio))
	}
	lines := float64(v.feed.lines)
	i, us := r.imported, func(u usage) float64 { return float64(u.cpu.Microseconds()) }
	row("ingest, until all is found", count(int64(i.rate()))+" lines/s", count(int64(v.rate()))+" lines/s", i.rate()/v.rate())
	row("processor time of it", fmt.Sprintf("%.2f µs per line", us(i.usage)/float64(i.lines)), fmt.Sprintf("%.2f µs per line", us(v.ingest)/lines), us(v.ingest)/lines/(us(i.usage)/float64(i.lines)))
	row("memory while taking in, peak", bytesText(i.peak), bytesText(v.ingest.peak), float64(v.ingest.peak)/float64(i.peak))
	ours := us(i.usage) + us(r.compacted.usage)
	row("processor time with compaction, with the forced merge", fmt.Sprintf("%.2f µs per line", ours/float64(i.lines)), fmt.Sprintf("%.2f µs per line", us(v.settled)/lines), us(v.settled)/lines/(ours/float64(i.lines)))
	row("on disk", fmt.Sprintf("%.1f B per line", r.perLine()), fmt.Sprintf("%.1f B per line", v.perLine()), v.perLine()/r.perLine())
	row("memory after the questions", bytesText(v.ours.resident), bytesText(v.theirs.resident), float64(v.theirs.resident)/float64(v.ours.resident))
	row("of it not pages of files", bytesText(v.ours.own), bytesText(v.theirs.own), float64(v.theirs.own)/float64(v.ours.own))
	if !v.whole {
		fmt.Fprintf(b, "\nIts forced merge was not over after %s.\n", feedSettles)
	}
	r.duelTable(b)
}

func (r *results) duelTable(b *bytes.Buffer) {
	fmt.Fprintf(b, `
Both asked over HTTP, Rastro through port 9200, answers not compressed. *First* is a new process whose files are not in the
kernel's memory; then both are up and the median is that of %d runs. Pages come with all fields and without the number of
all hits. All answers were compared with each other, and the counts with the log.

| question | events or figures | Rastro first | median | VictoriaLogs first | median | ratio |
|---|---:|---:|---:|---:|---:|---:|
`, r.runs)
	for i := range r.rival.asked {
		d := &r.rival.asked[i]
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s | %s | %s |\n", d.name, count(d.ours.found), milli(d.ours.first), milli(d.ours.median()), milli(d.theirs.first), milli(d.theirs.median()), times(d.ratio()))
	}
	a := r.ahead()
	fmt.Fprintf(b, "\nRastro is faster in %d of %d questions.\n\n", a.lead, a.questions)
}

// times writes a ratio; above 1 Rastro leads.
func times(ratio float64) string {
	text := fmt.Sprintf("%.2f times", ratio)
	if ratio >= 10 {
		text = fmt.Sprintf("%.0f times", ratio)
	}
	if ratio > 1 {
		return "**" + text + "**"
	}
	return text
}
