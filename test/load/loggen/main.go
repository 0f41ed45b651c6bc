// Command loggen writes logs of a believable mail farm, fast and repeatable:
// Postfix and Dovecot on several hosts, with amavis and opendkim.
//
// What comes in are flags; what goes out are lines, the truth about sampled
// messages (truth.tsv: who got what, by which queue ids) and counts of the
// whole log (totals.json). The forms of the lines are those of Postfix 3.7 and
// Dovecot 2.3. It never reads anything: the same flags give the same bytes.
//
//	go run ./test/load/loggen -lines 10000000 -addrs 500000 -out mail.log -truth truth.tsv -totals totals.json
//
// The mix, by sessions: 28 % mail from outside (aliases, forwards, full
// mailboxes, a content filter), 16 % mail to the outside (6 % of recipients
// put off first, 0.8 % never delivered, 5 % bounced), 16 % refusals, 26 %
// mailbox logins (14 % of them fail), 14 % noise. Lines come in the order of
// time; the sessions run into each other; the traffic has days and nights.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

// files are the names of what is written.
type files struct {
	lines, truth, totals string
	// split writes lines.<host> for each host.
	split bool
}

func main() {
	o, f, err := readFlags(os.Args[1:])
	if errors.Is(err, flag.ErrHelp) {
		return
	}
	if err == nil {
		err = run(o, f, os.Stdout, os.Stderr)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "loggen:", err)
		os.Exit(1)
	}
}

func readFlags(args []string) (options, files, error) {
	var o options
	var f files
	fs := flag.NewFlagSet("loggen", flag.ContinueOnError)
	fs.Int64Var(&o.lines, "lines", 1000000, "lines to write")
	fs.Float64Var(&o.days, "days", 7, "days they cover")
	fs.IntVar(&o.addresses, "addrs", 100000, "distinct addresses: 30 % local, 70 % remote, few of them busy")
	fs.Uint64Var(&o.seed, "seed", 1, "seed")
	start := fs.String("start", "2026-01-05T00:00:00-05:00", "start time (RFC 3339); its offset is the zone of the log")
	name := fs.String("format", "rfc3339", "trad, rfc3339 or rfc5424")
	fs.IntVar(&o.mx, "mx", 2, "hosts with Postfix")
	fs.IntVar(&o.stores, "store", 2, "hosts with Dovecot")
	ids := fs.String("qid", "short", "short or long queue ids")
	fs.StringVar(&f.lines, "out", "-", "log file; - is standard output")
	fs.BoolVar(&f.split, "split", false, "write <out>.<host> for each host instead of one merged file")
	fs.StringVar(&f.truth, "truth", "", "file for the truth about sampled messages")
	fs.StringVar(&f.totals, "totals", "", "file for the counts of the whole log")
	fs.IntVar(&o.samples, "sample", 2000, "messages to tell the truth about, roughly")
	fs.DurationVar(&o.lifetime, "lifetime", 48*time.Hour, "how long mail is tried before it expires")
	fs.Int64Var(&o.idStep, "usstep", 1, "cut the microseconds in short queue ids to multiples of this; above 1 ids come again more often")
	fs.BoolVar(&o.countReuse, "reuse", false, "count queue ids that come again (needs memory)")
	if err := fs.Parse(args); err != nil {
		return o, f, err
	}
	var known bool
	if o.format, known = formats[*name]; !known {
		return o, f, fmt.Errorf("-format %s: it is trad, rfc3339 or rfc5424", *name)
	}
	if *ids != "short" && *ids != "long" {
		return o, f, fmt.Errorf("-qid %s: it is short or long", *ids)
	}
	o.longIDs = *ids == "long"
	if o.lines < 1 || o.days <= 0 || o.mx < 1 || o.stores < 1 || o.mx+o.stores > 256 || o.samples < 1 || o.idStep < 1 {
		return o, f, errors.New("-lines, -days, -mx, -store, -sample and -usstep are at least 1, and there are at most 256 hosts")
	}
	var err error
	o.start, err = time.Parse(time.RFC3339, *start)
	return o, f, err
}

// run writes the files and tells on notes how it went.
func run(o options, f files, stdout, notes io.Writer) (err error) {
	var opened []*os.File
	defer func() {
		for _, file := range opened {
			err = errors.Join(err, file.Close())
		}
	}()
	open := func(name string) *bufio.Writer {
		if name == "-" {
			return bufio.NewWriterSize(stdout, 1<<20)
		}
		file, openErr := os.Create(name)
		if openErr != nil {
			err = errors.Join(err, openErr)
			return nil
		}
		opened = append(opened, file)
		return bufio.NewWriterSize(file, 1<<20)
	}
	var lines []*bufio.Writer
	if f.split {
		for _, h := range newGenerator(o).hosts {
			lines = append(lines, open(f.lines+"."+h.name))
		}
	} else {
		lines = append(lines, open(f.lines))
	}
	var truth *bufio.Writer
	if f.truth != "" {
		truth = open(f.truth)
	}
	if err != nil {
		return err
	}
	began := time.Now()
	t, err := generate(o, newOutput(lines, truth))
	if err != nil {
		return err
	}
	took := time.Since(began).Seconds()
	fmt.Fprintf(notes, "%d lines in %.1fs (%.0f lines/s), %d messages, %d truth rows, %s .. %s, lines/session %.2f\n",
		t.Lines, took, float64(t.Lines)/took, t.Messages, t.Truth, t.Start, t.End, float64(t.Lines)/float64(t.Sessions))
	if f.totals == "" {
		return nil
	}
	text, err := json.MarshalIndent(t, "", " ")
	if err != nil {
		return err
	}
	return os.WriteFile(f.totals, text, 0o644)
}
