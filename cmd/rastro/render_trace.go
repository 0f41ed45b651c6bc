package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"rastro/internal/trace"
)

// tracePrinter writes the answer of a trace.
type tracePrinter func(out io.Writer, a *trace.Answer) error

// traceStyle is how text is written.
type traceStyle struct {
	tongue *tongue
	zone   *time.Location
	color  bool
	// lines shows raw lines below the steps.
	lines bool
}

// The bounds of what strangers wrote, in characters.
const (
	maxTraceFact = 300
	maxTraceLine = 2000
)

// newTracePrinter makes the printer for --output.
func newTracePrinter(output string, style traceStyle) (tracePrinter, error) {
	switch output {
	case "ndjson":
		return func(to io.Writer, a *trace.Answer) error {
			w := newJourneyWriter(to)
			for i := range a.Journeys {
				if w.add(&a.Journeys[i]) != nil {
					break
				}
			}
			return w.close()
		}, nil
	case "text":
		return func(to io.Writer, a *trace.Answer) error {
			out := bufio.NewWriterSize(to, 64<<10)
			r := &traceText{traceStyle: style, out: out, labels: &style.tongue.labels}
			r.answer(a)
			return out.Flush()
		}, nil
	}
	return nil, usagef("--output is text or ndjson, not %q", output)
}

// colored tells whether out shows colors: a terminal, and nobody objects
// (https://no-color.org).
func colored(out io.Writer) bool {
	return isTerminal(out) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// traceText writes answers as a person would paste them to a colleague. Errors
// of out come back from its Flush.
type traceText struct {
	traceStyle
	labels *labels
	out    *bufio.Writer
}

func (r *traceText) line(format string, args ...any) {
	fmt.Fprintf(r.out, format, args...)
	r.out.WriteByte('\n')
}

// The codes of colors.
const (
	plain  = ""
	bold   = "1"
	faint  = "2"
	red    = "31"
	green  = "32"
	yellow = "33"
)

func (r *traceText) paint(code, text string) string {
	if !r.color || code == plain || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// statusColor: arrived, still open, lost.
func statusColor(s trace.Status) string {
	switch s {
	case trace.Delivered:
		return green
	case trace.Accepted, trace.Deferred, trace.Held, trace.Quarantined, trace.Unknown:
		return yellow
	}
	return red
}

func (r *traceText) answer(a *trace.Answer) {
	switch {
	case a.NotFound != nil:
		r.notFound(a)
	case len(a.Journeys) == 1:
		r.single(&a.Journeys[0])
	case len(a.Journeys) > 1:
		r.several(a.Journeys)
	default:
		r.line("%s", r.labels.nothing)
	}
}

// several shows a summary and then message after message.
func (r *traceText) several(all []trace.Journey) {
	messages := byMessage(all)
	counts := map[trace.Status]int{}
	for i := range all {
		counts[all[i].Status]++
	}
	head := fmt.Sprintf(r.labels.journeys, len(all), len(messages))
	if len(messages) == 1 {
		head = fmt.Sprintf(r.labels.oneJourney, len(all))
	}
	r.line("%s: %s", r.paint(bold, head), r.counts(counts))
	r.zoneLine(latest(all))
	for _, m := range messages {
		r.line("")
		r.message(m)
	}
}

// byMessage groups journeys by message, in their order.
func byMessage(all []trace.Journey) [][]*trace.Journey {
	var out [][]*trace.Journey
	at := map[string]int{}
	for i := range all {
		j := &all[i]
		n, known := at[j.MessageKey]
		if !known || j.MessageKey == "" {
			n = len(out)
			at[j.MessageKey] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], j)
	}
	return out
}

// counts writes how many have which status, the most frequent first.
func (r *traceText) counts(counts map[trace.Status]int) string {
	var keys []trace.Status
	for s := range counts {
		keys = append(keys, s)
	}
	slices.SortFunc(keys, func(a, b trace.Status) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		return strings.Compare(string(a), string(b))
	})
	var parts []string
	for _, s := range keys {
		parts = append(parts, r.paint(statusColor(s), fmt.Sprintf("%d %s", counts[s], r.tongue.status(s))))
	}
	return strings.Join(parts, ", ")
}

func latest(all []trace.Journey) time.Time {
	var last time.Time
	for i := range all {
		if all[i].LastTime.After(last) {
			last = all[i].LastTime
		}
	}
	return last
}

// zoneLine names the zone of the times, with its offset at one of them.
func (r *traceText) zoneLine(at time.Time) {
	if at.IsZero() {
		at = time.Now()
	}
	at = at.In(r.zone)
	name := r.zone.String()
	offset := at.Format("-07:00")
	switch {
	case name == offset, strings.HasSuffix(name, "UTC"):
	default:
		name += " (" + offset + ")"
	}
	r.line("%s", r.paint(faint, fmt.Sprintf(r.labels.times, name)))
}

// moment is the form of times in heads; steps have their own.
const moment = "2006-01-02 15:04:05"

func (r *traceText) time(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.In(r.zone).Format(moment)
}

// message shows a message with its recipients.
func (r *traceText) message(m []*trace.Journey) {
	first := m[0]
	head := []string{r.paint(bold, r.time(first.FirstTime)+"  "+orDash(fact(first.Sender)))}
	if len(m) > 1 {
		head = append(head, "→ "+fmt.Sprintf(r.labels.recipients, len(m)))
	}
	if first.Subject != "" {
		head = append(head, `"`+fact(first.Subject)+`"`)
	}
	head = append(head, fact(first.MessageID), strings.Join(factList(first.QueueIDs), " "))
	r.line("%s", strings.Join(slices.DeleteFunc(head, func(s string) bool { return s == "" }), "  "))
	for _, j := range m {
		r.line("  %s  %s", r.headline(j), orDash(fact(j.Recipient)))
		if text := r.tongue.words(j.Verdict); text != "" {
			r.line("    %s", text)
		}
		r.advice("    ", j)
		r.steps("    ", j)
	}
}

// headline is the status, loud.
func (r *traceText) headline(j *trace.Journey) string {
	return r.paint(statusColor(j.Status), strings.ToUpper(r.tongue.status(j.Status)))
}

// advice is what follows from a journey.
func (r *traceText) advice(indent string, j *trace.Journey) {
	if text := r.tongue.words(j.Action); text != "" {
		r.line("%s%s: %s", indent, r.labels.action, text)
	}
	for _, note := range j.Notes {
		r.line("%s%s: %s", indent, r.labels.note, r.tongue.words(note))
	}
	if text := r.doubt(j.Confidence, ""); text != "" {
		r.line("%s%s: %s", indent, r.labels.sure, text)
	}
}

// single shows one journey: the verdict, the facts, the steps.
func (r *traceText) single(j *trace.Journey) {
	r.line("%s  %s", r.headline(j), r.paint(bold, r.tongue.words(j.Verdict)))
	r.advice("", j)
	r.line("")
	r.facts(j)
	r.zoneLine(j.LastTime)
	if len(j.Steps) > 0 {
		r.line("")
		r.steps("", j)
	}
}

// doubt says how sure something is that is not exact.
func (r *traceText) doubt(c trace.Confidence, why string) string {
	word := ""
	switch c {
	case trace.Exact, "":
		return ""
	case trace.Probable:
		word = r.labels.probable
	case trace.Guess:
		word = r.labels.guess
	default:
		word = printable(string(c))
	}
	if why != "" {
		word += ": " + fact(why)
	}
	return word
}

// fact is a stranger's value, bounded and safe on a terminal.
func fact(s string) string { return shorten(printable(s), maxTraceFact) }

func factList(all []string) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = fact(s)
	}
	return out
}

// notFound shows what was looked for, and what there is.
func (r *traceText) notFound(a *trace.Answer) {
	n := a.NotFound
	r.line("%s", r.paint(bold, r.tongue.words(n.Verdict)))
	if text := r.tongue.words(n.Action); text != "" {
		r.line("%s: %s", r.labels.action, text)
	}
	if len(a.Query.Values) > 0 {
		r.line("%s: %s", r.labels.lookedFor, strings.Join(factList(a.Query.Values), ", "))
	}
	r.zoneLine(time.Time{})
	if len(n.Near) > 0 {
		r.line("\n%s:", r.labels.near)
		width := 0
		for _, near := range n.Near {
			width = max(width, cells(fact(near.Value)))
		}
		for _, near := range n.Near {
			r.line("  %s  %s", pad(fact(near.Value), width), fmt.Sprintf(r.labels.seen, near.Count, r.time(near.Last)))
		}
	}
	if len(n.Coverage) > 0 {
		r.line("\n%s:", r.labels.coverage)
		r.coverage(n.Coverage)
	}
}

func (r *traceText) coverage(all []trace.Coverage) {
	width := 0
	for _, c := range all {
		width = max(width, cells(orDash(fact(c.Host))))
	}
	for _, c := range all {
		text := r.labels.noLines
		if c.Events > 0 {
			text = fmt.Sprintf("%s … %s  "+r.labels.lines, r.time(c.First), r.time(c.Last), c.Events)
		}
		if c.Silent {
			text += "  " + r.paint(yellow, r.labels.silent)
		}
		r.line("  %s  %s", pad(orDash(fact(c.Host)), width), text)
		for _, g := range c.Gaps {
			r.line("  %s  %s", pad("", width), r.paint(yellow, fmt.Sprintf(r.labels.gap, r.time(g.From), r.time(g.To), span(g.To.Sub(g.From)))))
		}
	}
}

// pad fills a text up to a width on the terminal.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-cells(s), 0))
}
