package main

import (
	"bytes"
	"fmt"
	"runtime"
	"strings"
	"time"
)

// results are all figures of a run.
type results struct {
	options
	machine
	began     time.Time
	took      time.Duration
	imported  imported
	compacted compacted
	costs     costs
	rival     rival
	erased    erased
	bulked    bulked
	served    served
	asked     []timed
	traced    []timed
	offline   offline
	together  together
	parsed    []parser
	benches   []benchmark
}

// page is the whole page in Markdown.
// before is the page that it replaces.
func (r *results) page(before []byte) []byte {
	var b bytes.Buffer
	r.head(&b)
	r.goals(&b)
	r.importTable(&b)
	r.compacted.table(&b, r.imported.lines)
	r.costs.table(&b)
	r.eraseTable(&b)
	r.rivalTables(&b)
	r.bulkTable(&b)
	r.questionTables(&b)
	r.tracingTables(&b)
	b.WriteString(r.browserTables(before))
	r.togetherTable(&b)
	r.parserTable(&b)
	r.benchmarkTable(&b)
	b.WriteString(keptSection(before, largeSection))
	again(&b)
	return b.Bytes()
}

func (r *results) head(b *bytes.Buffer) {
	fmt.Fprintf(b, `# Performance

Measured on %s with %s lines (%s) of a simulated mail farm: Postfix and Dovecot on four hosts, one week, 500,000
addresses. Written by %s, which takes %s; every answer was compared with counts that a plain reading of
the log gave, or with the truth that its writer told.

| machine | |
|---|---|
| processor | %s, %d cores |
| memory | %s |
| disk | %s |
| kernel | Linux %s |
| Go | %s |
| load before the run | %s |

`, r.began.UTC().Format("2006-01-02"), count(r.imported.lines), bytesText(r.imported.read), "`make bench`", minutes(r.took),
		r.processor, r.cores, bytesText(r.memory), r.disk, r.kernel, runtime.Version(), r.load)
	if r.lines != fullLines {
		fmt.Fprintf(b, "The goals speak of %s lines; this run is shorter and shows the way only.\n\n", count(fullLines))
	}
}

func (r *results) importTable(b *bytes.Buffer) {
	i := r.imported
	perLine := func(n int64) string {
		return fmt.Sprintf("%s, %.2f B per line", bytesText(n), float64(n)/float64(i.lines))
	}
	fmt.Fprintf(b, `## Import and serve

`+"`rastro import`"+` as a process of its own into an empty folder, from its start to its end; everything is in segments then.

| | |
|---|---|
| time | %.1f s, %s lines/s, %s/s of text |
| processor time | %.1f s, %.2f µs per line, %.0f %% of one core |
| memory, peak | %s |
| segments | %s |
| journal (bounded; it does not grow with the log) | %s |
| manifest and lock | %s |
| text | %s |
| `+"`serve`"+` on this data: /healthz answers after | %s |
| and a search answers after | %s |
| memory after %s without questions | %s |
| memory after the questions over HTTP | %s |

`, i.wall.Seconds(), count(int64(i.rate())), bytesText(int64(float64(i.read)/i.wall.Seconds())),
		i.cpu.Seconds(), float64(i.cpu.Microseconds())/float64(i.lines), 100*i.cpu.Seconds()/i.wall.Seconds(),
		bytesText(i.peak), perLine(i.segments), perLine(i.journal), perLine(i.rest), perLine(i.read),
		milli(r.served.healthy), milli(r.served.answering), quietAfter, bytesText(r.served.idle), bytesText(r.served.busy))
}

func (r *results) questionTables(b *bytes.Buffer) {
	fmt.Fprintf(b, `## Questions

Server side: inside one process, through the rooms that `+"`serve`"+` uses. *First* is a process that has just opened the
folder, with files that are not in the kernel's memory; *median* and *slowest* are those of %d runs after that. Every
page comes with the exact number of events, but where the question says that they are not counted.

`, r.runs)
	askedTable(b, r.asked)
	b.WriteString("\nThe same through port 9200 (`_search`), with the time to write and read the answer; *first* is the server's first.\n\n| question | first | median | slowest |\n|---|---:|---:|---:|\n")
	for _, t := range r.served.http {
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", t.name, milli(t.first), milli(t.median()), milli(t.slowest()))
	}
	b.WriteString("\n")
}

// askedTable tells of questions that were asked inside a process.
func askedTable(b *bytes.Buffer, asked []timed) {
	b.WriteString("| question | events | first | median | slowest |\n|---|---:|---:|---:|---:|\n")
	for _, t := range asked {
		found := ""
		if t.found > 0 {
			found = count(t.found)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s | %s |\n", t.name, found, milli(t.first), milli(t.median()), milli(t.slowest()))
	}
}

func (r *results) togetherTable(b *bytes.Buffer) {
	t := r.together
	fmt.Fprintf(b, `## Import while people ask

%s lines sent to a running server by `+"`rastro import --server`"+`, alone (%s lines/s) and while people search through port
9200, each the moment the last answer has come. All processes share the cores.

| people | import | answers | without a turn | median | 95 %% within | memory of the server, peak |
|---|---|---|---|---|---|---|
`, count(t.lines), count(int64(t.rate(t.alone))))
	for _, a := range []asking{t.few, t.many} {
		rate := t.rate(a.usage)
		fmt.Fprintf(b, "| %d | %s lines/s (%.0f %% less) | %d | %d | %s | %s | %s |\n",
			a.people, count(int64(rate)), 100*(1-rate/t.rate(t.alone)), a.answers, a.rejected, milli(a.median), milli(a.p95), bytesText(a.peak))
	}
	b.WriteString("\n")
}

func (r *results) benchmarkTable(b *bytes.Buffer) {
	b.WriteString("## Parts\n\n")
	if len(r.benches) == 0 {
		b.WriteString("Not measured in this run.\n\n")
	} else {
		fmt.Fprintf(b, "`go test -bench` of packages, %s each.\n\n| benchmark | what | figures |\n|---|---|---|\n", r.benchtime)
		for _, n := range r.benches {
			var figures []string
			for _, f := range n.figures {
				figures = append(figures, f[0]+" "+f[1])
			}
			fmt.Fprintf(b, "| %s | %s | %s |\n", n.name, n.what, strings.Join(figures, ", "))
		}
		b.WriteString("\n")
	}
}

// again says how the page is made.
func again(b *bytes.Buffer) {
	b.WriteString(`## Again

` + "```sh" + `
make bench                                                              # this page; the log is kept in bench-data
make bench-100m                                                         # the section about 100 million lines, once
make build && RASTRO=bin/rastro go run ./test/load -lines 200000        # a short one, into bench-data/performance.md
make build && RASTRO=bin/rastro go run ./test/load -lines 1000000 -profile bench-data/profile
` + "```" + `

Close other programs first; figures of a busy machine say little.
`)
}

// milli writes a time with three significant digits or so.
func milli(d time.Duration) string {
	ms := float64(d.Nanoseconds()) / 1e6
	switch {
	case ms >= 1000 && ms == float64(int64(ms)) && int64(ms)%1000 == 0:
		return fmt.Sprintf("%.0f s", ms/1000)
	case ms < 1:
		return fmt.Sprintf("%.2f ms", ms)
	case ms < 10:
		return fmt.Sprintf("%.1f ms", ms)
	case ms < 10_000:
		return fmt.Sprintf("%.0f ms", ms)
	}
	return fmt.Sprintf("%.1f s", ms/1000)
}

// count writes a number with commas.
func count(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// bytesText writes a number of bytes in the unit that fits.
func bytesText(n int64) string {
	v, units := float64(n), []string{"B", "KB", "MB", "GB"}
	for len(units) > 1 && v >= 1024 {
		v, units = v/1024, units[1:]
	}
	if units[0] == "B" || v >= 100 {
		return fmt.Sprintf("%.0f %s", v, units[0])
	}
	return fmt.Sprintf("%.1f %s", v, units[0])
}

// minutes writes a time for a person who waits.
func minutes(d time.Duration) string {
	if n := int(d.Round(time.Minute) / time.Minute); n > 1 {
		return fmt.Sprintf("%d minutes", n)
	}
	return "about a minute"
}
