package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"rastro/internal/web"
)

func (p *program) searchCommand() *cobra.Command {
	var t target
	req := web.SearchRequest{}
	var output, fields string
	var all bool
	c := &cobra.Command{
		Use:   "search [QUERY]",
		Short: "Find events",
		Long: `Search finds events with a query in Lucene syntax, newest first. Without a query
it lists everything. It asks the server that runs on the data folder, or opens
the folder itself.`,
		Example: `  rastro search 'recipient:ana@hostco.example AND status:deferred' --since 1d
  rastro search 'client_ip:192.0.2.0/24' --fields @timestamp,sender,reply
  rastro search '"over quota"' --output ndjson --all`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			req.Query = strings.Join(args, " ")
			if fields != "" {
				req.Fields = strings.Split(fields, ",")
			}
			show, err := p.printer(output, req.Fields)
			if err != nil {
				return err
			}
			return p.search(c.Context(), t, req, all, show)
		},
	}
	t.flags(c)
	fl := c.Flags()
	fl.StringVar(&req.Since, "since", "", "from this time on: an age (90m, 3d), a date, or date math (now/d)")
	fl.StringVar(&req.Until, "until", "", "up to this time")
	fl.StringVar(&req.Zone, "zone", "", "time zone in which days begin; default UTC")
	fl.IntVar(&req.Size, "size", 100, "most events to show")
	fl.BoolVar(&all, "all", false, "show every match, page by page")
	fl.StringVar(&req.Sort, "sort", "", "field to sort by, with a leading - for descending; default -@timestamp")
	fl.StringVar(&fields, "fields", "", "fields to show, parted by commas")
	fl.StringVar(&output, "output", "text", "text or ndjson")
	return c
}

func (p *program) search(ctx context.Context, t target, req web.SearchRequest, all bool, show printer) error {
	backend, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	defer backend.close()
	out := bufio.NewWriter(p.stdout)
	defer out.Flush()
	if all {
		req.Size = 1000
	}
	shown, partial := 0, false
	for {
		answer, err := backend.search(ctx, req)
		if err != nil {
			return err
		}
		for _, hit := range answer.Hits {
			if err := show(out, hit); err != nil {
				return err
			}
		}
		shown += len(answer.Hits)
		for _, reason := range answer.Reasons {
			fmt.Fprintln(p.stderr, "rastro: this answer is partial:", reason)
		}
		partial = partial || answer.Partial
		if !all || answer.Next == nil {
			p.summarize(shown, answer)
			break
		}
		req.After = answer.Next
	}
	if partial {
		return errPartial
	}
	return out.Flush()
}

// summarize tells a person how much there is; programs read standard output.
func (p *program) summarize(shown int, a web.SearchAnswer) {
	if !isTerminal(p.stderr) {
		return
	}
	about := ""
	if !a.TotalExact {
		about = "at least "
	}
	fmt.Fprintf(p.stderr, "%d of %s%d events, %d ms\n", shown, about, a.Total, a.Took)
}

// printer writes one event given as JSON.
type printer func(out *bufio.Writer, event json.RawMessage) error

func (p *program) printer(output string, fields []string) (printer, error) {
	switch output {
	case "ndjson":
		return func(out *bufio.Writer, event json.RawMessage) error {
			out.Write(event)
			return out.WriteByte('\n')
		}, nil
	case "text":
		return textPrinter(fields), nil
	}
	return nil, usagef("--output is text or ndjson, not %q", output)
}
