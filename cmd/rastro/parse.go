package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/collect"
	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/web"
)

func (p *program) parseCommand() *cobra.Command {
	var req web.ImportRequest
	var output string
	c := &cobra.Command{
		Use:   "parse [FILE…]",
		Short: "Turn lines into events, without a server",
		Long:  `Parse reads files or standard input and prints what would be stored, one event per line as JSON, secrets redacted. It stores nothing.`,
		Example: `  rastro parse /var/log/mail.log --zone America/Bogota | jq 'select(.event_type=="unparsed")'
  journalctl -o json -u postfix | rastro parse`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"-"}
			}
			show, err := p.printer(output, nil)
			if err != nil {
				return err
			}
			return p.parseFiles(c.Context(), req, args, show)
		},
	}
	fl := c.Flags()
	fl.StringVar(&req.Zone, "zone", "", "time zone of stamps that carry none; default: this machine's")
	fl.StringVar(&req.Host, "host", "", "host of lines that name none")
	fl.StringVar(&req.Dialect, "dialect", "", "force one dialect: elemta, postfix, dovecot")
	fl.StringVar(&output, "output", "ndjson", "text or ndjson")
	return c
}

func (p *program) parseFiles(ctx context.Context, req web.ImportRequest, names []string, show printer) error {
	zone, err := app.Zone(req.Zone)
	if err != nil {
		return usageError{err}
	}
	out := bufio.NewWriterSize(p.stdout, 256<<10)
	sink := parseSink(out, show)
	for _, name := range names {
		if err := p.parseOne(ctx, name, req, sink, collect.ImportOptions{Zone: zone, Host: req.Host, Dialect: req.Dialect}); err != nil {
			return errors.Join(fmt.Errorf("parsing %s: %w", name, err), out.Flush())
		}
	}
	return out.Flush()
}

func (p *program) parseOne(ctx context.Context, name string, req web.ImportRequest, sink collect.Sink, opts collect.ImportOptions) error {
	in, _, err := p.openInput(name, &req)
	if err != nil {
		return err
	}
	defer in.Close()
	opts.Newest = req.Newest
	_, err = collect.Import(ctx, req.Name, in, opts, nil, sink)
	return err
}

// parseSink prints events instead of storing them. A reader that went away
// (head) ends the import.
func parseSink(out *bufio.Writer, show printer) collect.Sink {
	parser := parse.New(parse.Options{})
	var e event.Event
	var buffer []byte
	return func(_ context.Context, b event.Batch) error {
		var err error
		for i := range b.Lines {
			parser.Parse(&b.Lines[i], &e)
			buffer = event.AppendJSON(buffer[:0], &e, nil)
			if err = show(out, buffer); err != nil {
				break
			}
		}
		if b.Ack != nil {
			b.Ack(err)
		}
		return err
	}
}
