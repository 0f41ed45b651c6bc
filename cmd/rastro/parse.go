package main

import (
	"bufio"
	"context"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/collect"
	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/search"
	"rastro/internal/web"
)

func (p *program) parseCommand() *cobra.Command {
	var req web.ImportRequest
	var output string
	c := &cobra.Command{
		Use:   "parse [FILE…]",
		Short: "Turn lines into events, without a server",
		Long: `Parse reads files or standard input and prints what would be stored, one event per line as JSON, secrets redacted. It stores nothing.
FILE=ZONE names the time zone of the stamps of one file that carry none; --zone is that of all others.`,
		Example: `  rastro parse /var/log/mail.log --zone America/Bogota | jq 'select(.event_type=="unparsed")'
  rastro parse mx1.log=America/Bogota mx2.log=Europe/Madrid
  journalctl -o json -u postfix | rastro parse`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"-"}
			}
			opts, err := app.ImportOptions(req)
			if err != nil {
				return err
			}
			show, err := newPrinter(output, nil, opts.Zone)
			if err != nil {
				return err
			}
			return p.parseFiles(c.Context(), req, args, show)
		},
	}
	lineFlags(c, &req)
	outputFlag(c, &output, "ndjson")
	return c
}

func (p *program) parseFiles(ctx context.Context, req web.ImportRequest, names []string, show printer) error {
	s := &parseSink{out: bufio.NewWriterSize(p.stdout, 256<<10), show: show, parser: parse.New(parse.Options{})}
	return p.eachInput(ctx, "parsing", names, func(name string) (bool, error) {
		err := p.parseOne(ctx, name, req, s)
		if s.err == nil {
			s.err = writing(s.out.Flush())
		}
		if s.err != nil {
			return s.any, s.err
		}
		return s.any, err
	})
}

func (p *program) parseOne(ctx context.Context, name string, req web.ImportRequest, s *parseSink) error {
	name, zone := splitZone(name)
	in, err := p.openInput(ctx, name, &req)
	if err != nil {
		return err
	}
	defer in.close()
	opts, err := app.ImportOptions(req)
	if err != nil {
		return err
	}
	if zone != "" {
		if opts.Zone, err = search.Zone(zone); err != nil {
			return err
		}
	}
	s.any = false
	_, err = collect.Import(ctx, req.Name, in.Reader, opts, nil, s.take)
	return err
}

// parseSink prints events instead of storing them.
type parseSink struct {
	out    *bufio.Writer
	show   printer
	parser *parse.Parser
	event  event.Event
	buffer []byte
	any    bool
	err    error // the first failure to write; it ends everything
}

func (s *parseSink) take(_ context.Context, b event.Batch) error {
	for i := range b.Lines {
		if s.err != nil {
			break
		}
		s.parser.Parse(&b.Lines[i], &s.event)
		s.buffer = event.AppendJSON(s.buffer[:0], &s.event, nil)
		s.err = writing(s.show(s.out, s.buffer))
		s.any = true
	}
	if b.Ack != nil {
		b.Ack(s.err)
	}
	return s.err
}
