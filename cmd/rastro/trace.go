package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/trace"
	"rastro/internal/web"
)

// maxPasted bounds a query from standard input: a pasted bounce with headers.
const maxPasted = 256 << 10

// traceCall is one call of rastro trace.
type traceCall struct {
	p      *program
	target target
	req    web.TraceRequest
	logs   []logArg // --files and what stands behind them
	stored bool     // a store is asked, not files

	files               []string // as given with --files
	output, lang, steps string
	all, lines          bool
	tongue              *tongue
	show                tracePrinter
}

func (p *program) traceCommand() *cobra.Command {
	t := &traceCall{p: p}
	c := &cobra.Command{
		Use:   "trace [QUERY]",
		Short: "Tell what happened to a message",
		Long: `Trace finds messages and tells for each recipient what happened, why, and who
must act, with the steps on the way. QUERY is any identifier: an address, two
addresses, a domain, a Message-ID, a queue id, the receipt of a remote server, an
IP address. With - it is read from standard input, where a whole bounce may be
pasted. Without it everything is shown, from a store the newest 200.

It asks the server that runs on the data folder, or opens the folder itself. With
--files it reads log files instead (plain, .gz, .zst, .bz2, - is standard input)
and needs neither a server nor any set-up. --files may be repeated, and where it
is given, arguments that name files are read too, so that a shell may expand a
pattern; what stands behind -- is the query in any case. FILE=ZONE names the time
zone of stamps that carry none; without it they are in this machine's.`,
		Example: `  rastro trace ana@hostco.example --since 3d
  rastro trace ana@hostco.example luis@cliente.example
  rastro trace - < bounce.eml
  rastro trace --files '/var/log/mail.log*' '<20261123.1@cliente.example>'
  rastro trace --files hosts/*/mail.log=America/Bogota --output ndjson | jq -r .status`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if err := t.read(c, args); err != nil {
				return err
			}
			return t.run(c.Context())
		},
	}
	t.target.flags(c)
	fl := c.Flags()
	fl.StringArrayVar(&t.files, "files", nil, "read these log files, as GLOB or GLOB=ZONE, may be repeated; ** stands for folders in between")
	fl.StringVar(&t.req.Since, "since", "", "messages that were on their way after this time: an age (90m, 3d), a date, or date math (now/d)")
	fl.StringVar(&t.req.Until, "until", "", "messages that were on their way before this time")
	fl.IntVar(&t.req.Limit, "size", 0, "most journeys to show, the newest; default: 200 from a store, all from files")
	fl.BoolVar(&t.all, "all", false, fmt.Sprintf("show every journey, from a store up to %d", web.MaxJourneys))
	fl.StringVar(&t.lang, "lang", "", "language of the text, en or es; default: this machine's")
	fl.StringVar(&t.steps, "steps", "auto", "when text shows the steps: auto (up to 10 journeys), all or none")
	fl.BoolVar(&t.lines, "lines", false, "show the raw line below each step")
	zoneFlag(c, &t.req.Zone)
	c.Flag("zone").Usage = "time zone of the times shown and of the days in --since and --until; default: this machine's"
	outputFlag(c, &t.output, "text")
	completeWords(c, "lang", "en", "es")
	completeWords(c, "steps", "auto", "all", "none")
	return c
}

// read takes the flags and arguments in; nothing is opened yet.
func (t *traceCall) read(c *cobra.Command, args []string) error {
	t.stored = !c.Flags().Changed("files")
	// Words behind -- are the query.
	var words []string
	if dash := c.ArgsLenAtDash(); dash >= 0 {
		args, words = args[:dash], args[dash:]
	}
	if err := t.divide(args, words); err != nil {
		return err
	}
	switch {
	case !t.stored && (t.target.server != "" || t.target.data != "" || t.target.file != ""):
		return usagef("--files reads files; leave --server, --data and --config out")
	case t.req.Limit < 0 || t.req.Limit == 0 && c.Flags().Changed("size"):
		return usagef("--size is at least 1; --all shows every journey")
	case t.all && t.req.Limit > 0:
		return usagef("--size and --all contradict each other; give one of them")
	case t.steps != "auto" && t.steps != "all" && t.steps != "none":
		return usagef("--steps is auto, all or none, not %q", t.steps)
	}
	if t.all && t.stored {
		t.req.Limit = web.MaxJourneys
	}
	zone, err := displayZone(&t.req.Zone)
	if err != nil {
		return err
	}
	if t.tongue, err = tongueOf(t.lang); err != nil {
		return err
	}
	if t.show, err = newTracePrinter(t.output, traceStyle{tongue: t.tongue, zone: zone, color: colored(t.p.stdout), lines: t.lines}); err != nil {
		return err
	}
	return t.paste()
}

// divide parts the arguments into files and the query, which is words and what
// is no file.
func (t *traceCall) divide(args, words []string) error {
	if t.stored {
		if len(args) == 1 && !strings.Contains(args[0], "@") && isFile(args[0]) {
			return usagef("%s is a file; to read it, write --files %s", args[0], args[0])
		}
		t.req.Query = strings.Join(append(args, words...), " ")
		return nil
	}
	for _, text := range t.files {
		found, err := logArgs(text)
		if err != nil {
			return usagef("--files %s: %w", text, err)
		}
		t.logs = append(t.logs, found...)
	}
	var query []string
	for _, arg := range args {
		path, zone := splitZone(arg)
		switch {
		case arg != "-" && exists(path):
			t.logs = append(t.logs, logArg{path: path, zone: zone})
		case meantAsFile(path):
			return usagef("there is no file %q; if it is the query, put it behind --", arg)
		default:
			query = append(query, arg)
		}
	}
	t.req.Query = strings.Join(append(query, words...), " ")
	return nil
}

// meantAsFile tells that an argument that names no file was hardly meant for a
// query: a slip must not become the search for a domain named mail.log.
func meantAsFile(arg string) bool {
	if strings.ContainsAny(arg, "@<> ") {
		return false
	}
	switch filepath.Ext(arg) {
	case ".log", ".gz", ".zst", ".bz2", ".xz", ".jsonl", ".ndjson", ".txt":
		return true
	}
	return strings.Contains(arg, "/") && exists(filepath.Dir(arg))
}

// paste reads the query - from standard input.
func (t *traceCall) paste() error {
	if t.req.Query != "-" {
		return nil
	}
	for _, l := range t.logs {
		if l.path == "-" {
			return usagef("standard input cannot be the query and a log at once; write one of them into a file")
		}
	}
	text, err := io.ReadAll(io.LimitReader(t.p.stdin, maxPasted))
	if err != nil {
		return fmt.Errorf("reading the query from standard input: %w", err)
	}
	if t.req.Query = string(text); strings.TrimSpace(t.req.Query) == "" {
		return usagef("standard input is empty; paste a bounce or an identifier into it")
	}
	return nil
}

func (t *traceCall) run(ctx context.Context) error {
	// A mistake in the words is told before anything is opened.
	if _, err := t.req.Question(time.Now()); err != nil {
		return err
	}
	if !t.stored {
		return t.runFiles(ctx)
	}
	b, err := t.target.open(ctx, t.p.stderr)
	if err != nil {
		return err
	}
	err = t.tell(func(req web.TraceRequest) (trace.Answer, error) { return b.trace(ctx, req) })
	return errors.Join(err, b.close())
}

// autoSteps is the most journeys whose steps are shown without being asked for.
const autoSteps = 10

// tell asks and shows the answer. Without a query the answer may be long, so
// that the steps are only fetched once it is known to be short.
func (t *traceCall) tell(ask func(web.TraceRequest) (trace.Answer, error)) error {
	req := t.req
	text := t.output == "text"
	req.NoSteps = t.steps == "none" || text && t.steps == "auto" && req.Query == ""
	answer, err := ask(req)
	if err == nil && req.NoSteps && t.steps == "auto" && len(answer.Journeys) > 0 && len(answer.Journeys) <= autoSteps {
		req.NoSteps = false
		answer, err = ask(req)
	}
	if err != nil {
		return err
	}
	if text && t.steps == "auto" && len(answer.Journeys) > autoSteps {
		for i := range answer.Journeys {
			answer.Journeys[i].Steps = nil
		}
	}
	if err := t.show(t.p.stdout, &answer); err != nil {
		return writing(err)
	}
	return t.remark(&answer)
}

// remark tells on standard error what is missing in an answer.
func (t *traceCall) remark(a *trace.Answer) error {
	for _, reason := range a.Reasons {
		fmt.Fprintln(t.p.stderr, "rastro: this answer is partial:", printable(reason))
	}
	if a.More {
		hint := "--size or --all shows more"
		if t.req.Limit == web.MaxJourneys || !t.stored && t.all {
			hint = "narrow the time with --since and --until"
		}
		fmt.Fprintf(t.p.stderr, "rastro: these are the newest %d journeys; %s\n", len(a.Journeys), hint)
	}
	if a.NotFound != nil && t.output != "text" {
		fmt.Fprintln(t.p.stderr, "rastro: nothing was found:", t.tongue.words(a.NotFound.Verdict))
	}
	if a.Partial {
		return fmt.Errorf("%w: the answer is partial", errPartial)
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
