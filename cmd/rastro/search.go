package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/web"
)

// pageSize is the number of events that are fetched at a time.
const pageSize = 2000

func (p *program) searchCommand() *cobra.Command {
	var t target
	req := web.SearchRequest{}
	var output, fields, stats string
	var sample time.Duration
	var all bool
	c := &cobra.Command{
		Use:   "search [QUERY]",
		Short: "Find events",
		Long: `Search finds events with a query in Lucene syntax, newest first. Without a query
it lists everything. It asks the server that runs on the data folder, or opens
the folder itself.`,
		Example: `  rastro search 'recipient:ana@hostco.example AND status:deferred' --since 1d
  rastro search 'client_ip:192.0.2.0/24' --fields @timestamp,sender,reply
  rastro search '"over quota"' --output ndjson --all
  rastro search status:deferred --stats recipient_domain,reason --since 7d
  rastro search -- '-status:delivered'`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeQuery,
		RunE: func(c *cobra.Command, args []string) error {
			req.Query = strings.Join(args, " ")
			req.Fields = splitNames(fields)
			zone, err := displayZone(&req.Zone)
			if err != nil {
				return err
			}
			if names := splitNames(stats); len(names) > 0 {
				return p.stats(c.Context(), t, web.FieldStatsRequest{Query: req.Query, Since: req.Since, Until: req.Until, Zone: req.Zone, Fields: names}, sample, output)
			}
			show, err := newPrinter(output, req.Fields, zone)
			if err != nil {
				return err
			}
			if req.Size < 0 {
				return usagef("--size must not be negative; --all shows every match")
			}
			limit := req.Size
			if all {
				limit = -1
			}
			return p.search(c.Context(), t, req, limit, show)
		},
	}
	t.flags(c)
	fl := c.Flags()
	fl.StringVar(&req.Since, "since", "", "from this time on: an age (90m, 3d), a date, or date math (now/d)")
	fl.StringVar(&req.Until, "until", "", "up to this time")
	fl.IntVar(&req.Size, "size", 100, "most events to show")
	fl.BoolVar(&all, "all", false, "show every match")
	fl.StringVar(&req.Sort, "sort", "", "field to sort by, with a leading - for descending, or several parted by commas; default -@timestamp")
	fl.StringVar(&stats, "stats", "", "show no events but the most frequent values and the figures of these fields, parted by commas")
	fl.DurationVar(&sample, "sample", 0, "with --stats: look at a part of the events only, for that long (100ms); 0 looks at all")
	zoneFlag(c, &req.Zone)
	fieldsFlag(c, &fields)
	outputFlag(c, &output, "text")
	completeFields(c, "sort")
	completeFields(c, "stats")
	return c
}

// splitNames reads a list of names parted by commas.
func splitNames(list string) []string {
	var names []string
	for name := range strings.SplitSeq(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func (p *program) search(ctx context.Context, t target, req web.SearchRequest, limit int, show printer) error {
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	s := &searching{p: p, out: bufio.NewWriterSize(p.stdout, 64<<10), show: show, limit: limit}
	err = s.pages(ctx, b, req)
	if flushErr := writing(s.out.Flush()); err == nil {
		err = flushErr
	}
	if err == nil && s.partial {
		err = fmt.Errorf("%w: the answer is partial", errPartial)
	}
	return errors.Join(err, b.close())
}

// searching shows an answer page by page.
type searching struct {
	p       *program
	out     *bufio.Writer
	show    printer
	limit   int // -1: everything
	shown   int
	partial bool
}

func (s *searching) pages(ctx context.Context, b backend, req web.SearchRequest) error {
	var first web.SearchAnswer
	for page := 0; ; page++ {
		req.Size = pageSize
		if s.limit >= 0 {
			req.Size = min(pageSize, s.limit-s.shown)
		}
		req.NoTotal = page > 0 // the first page has told it
		answer, err := b.search(ctx, req)
		if err != nil {
			return err
		}
		if page == 0 {
			first = answer
		}
		if err := s.take(answer); err != nil {
			return err
		}
		if req.After = answer.Next; answer.Next == nil || s.shown == s.limit {
			s.summarize(first)
			return nil
		}
	}
}

func (s *searching) take(answer web.SearchAnswer) error {
	for _, hit := range answer.Hits {
		if err := s.show(s.out, hit); err != nil {
			return writing(err)
		}
	}
	s.shown += len(answer.Hits)
	for _, note := range answer.Notes {
		fmt.Fprintln(s.p.stderr, "rastro:", printable(note))
	}
	for _, reason := range answer.Reasons {
		fmt.Fprintln(s.p.stderr, "rastro: this answer is partial:", printable(reason))
	}
	s.partial = s.partial || answer.Partial
	return nil
}

// summarize tells a person how much there is; programs read standard output.
func (s *searching) summarize(a web.SearchAnswer) {
	if !isTerminal(s.p.stderr) {
		return
	}
	about, more := "", ""
	if !a.TotalExact {
		about = "at least "
	}
	if int64(s.shown) < a.Total {
		more = "; --size or --all shows more"
	}
	fmt.Fprintf(s.p.stderr, "%d of %s%d events, %d ms%s\n", s.shown, about, a.Total, a.Took, more)
}
