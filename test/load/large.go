package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// The large log: ten weeks of the same farm. Its truth is not told but of few
// messages; nobody traces them.
const (
	largeLines   = 100_000_000
	largeSection = "## 100 million lines\n"
)

// largeGoals are the goals on the large log, by the names of the questions;
// others have none.
var largeGoals = map[string]time.Duration{
	"one queue id":                         25 * time.Millisecond,
	"a queue id that is not there":         25 * time.Millisecond,
	"a rare word in the lines, newest 100": 40 * time.Millisecond,
	"a word that is in no line":            20 * time.Millisecond,
}

// measureLarge imports, compacts and asks a large log, and writes its section
// of the page.
func measureLarge(ctx context.Context, o options) error {
	const days, lines = 7, 10_000_000 // as the other log
	log, err := writtenLog(ctx, o.dir, o.lines, "-addrs", "500000", "-sample", "100000",
		"-days", fmt.Sprint(max(1, days*o.lines/lines)))
	if err != nil {
		return err
	}
	r := results{options: o, machine: describeMachine(o.dir), began: time.Now()}
	data := filepath.Join(o.dir, "data-large")
	if err := r.fill(ctx, log, data); err != nil {
		return err
	}
	note("reading the log to know the right answers")
	truth, err := takeCensus(log)
	if err != nil {
		return err
	}
	r.imported.read = truth.bytes
	p := planWithout(truth)
	truth = nil
	runtime.GC()
	for i := range p.asked {
		p.asked[i].goal = largeGoals[p.asked[i].name]
	}
	note("serving")
	if r.served, err = measureServing(ctx, o, data, p); err != nil {
		return err
	}
	note("asking")
	if r.asked, err = measureQuestions(ctx, data, probesOf(p.asked), o.runs); err != nil {
		return err
	}
	if !o.keep {
		if err := os.RemoveAll(data); err != nil {
			return err
		}
	}
	r.took = time.Since(r.began)
	return writePage(o.out, func(before []byte) []byte { return withSection(before, r.largePage()) })
}

// withSection puts the section of the large log in the place of the one that
// is there, or before the last section.
func withSection(page []byte, section string) []byte {
	text := string(page)
	if kept := keptSection(page, largeSection); kept != "" {
		at := strings.Index(text, largeSection)
		end := len(text)
		if next := strings.Index(text[at+1:], "\n## "); next >= 0 {
			end = at + 1 + next + 1
		}
		return []byte(text[:at] + section + text[end:])
	}
	if at := strings.LastIndex(text, "\n## "); at >= 0 {
		return []byte(text[:at+1] + section + text[at+1:])
	}
	return []byte(text + section)
}

// largePage is the section.
func (r *results) largePage() string {
	var b bytes.Buffer
	i := r.imported
	fmt.Fprintf(&b, `%s
Measured once, on %s, on %s lines (%s) of the same farm, ten weeks of it; %s. A later %s keeps
this section. Imported, compacted, served and asked in the ways that the sections above tell of; every answer was
compared with the log.

`, largeSection, r.began.UTC().Format("2006-01-02"), count(i.lines), bytesText(i.read), r.processor, "`make bench`")
	if r.lines != largeLines {
		fmt.Fprintf(&b, "The goals speak of %s lines; this run is shorter and shows the way only.\n\n", count(largeLines))
	}
	row := goalTable(&b)
	questionGoals(row, r.asked)
	fmt.Fprintf(&b, `
| | |
|---|---|
| import | %.0f s, %s lines/s, %.2f µs of processor time per line |
| memory while importing, peak | %s |
| compaction | %.0f s, %.2f µs of processor time per line, memory at its peak %s |
| data folder before and after | %.2f and %.2f B per line, %s |
| files | %s |
| `+"`serve`"+`: a search answers after | %s |
| memory of an idle %s | %s |
| and after the questions over HTTP | %s |

`, i.wall.Seconds(), count(int64(i.rate())), float64(i.cpu.Microseconds())/float64(i.lines), bytesText(i.peak),
		r.compacted.wall.Seconds(), float64(r.compacted.cpu.Microseconds())/float64(i.lines), bytesText(r.compacted.peak),
		float64(r.compacted.before)/float64(i.lines), r.perLine(), bytesText(r.compacted.after), count(int64(r.costs.files)),
		milli(r.served.answering), "`serve`", bytesText(r.served.idle), bytesText(r.served.busy))
	askedTable(&b, r.asked)
	b.WriteString("\n")
	return b.String()
}
