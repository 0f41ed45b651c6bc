package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) tailCommand() *cobra.Command {
	var t target
	var output, fields, zone string
	c := &cobra.Command{
		Use:   "tail [QUERY]",
		Short: "Follow new events",
		Long:  `Tail shows new events that match the query the moment they are stored. It needs a running server; end it with Ctrl-C.`,
		Example: `  rastro tail
  rastro tail 'event_type:message_rejection' --fields client_ip,recipient,reply`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeQuery,
		RunE: func(c *cobra.Command, args []string) error {
			display, err := displayZone(&zone)
			if err != nil {
				return err
			}
			show, err := newPrinter(output, splitNames(fields), display)
			if err != nil {
				return err
			}
			return p.tail(c.Context(), t, strings.Join(args, " "), zone, show)
		},
	}
	t.flags(c)
	zoneFlag(c, &zone)
	fieldsFlag(c, &fields)
	outputFlag(c, &output, "text")
	return c
}

func (p *program) tail(ctx context.Context, t target, query, zone string, show printer) error {
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	if isTerminal(p.stderr) {
		fmt.Fprintf(p.stderr, "following %s; Ctrl-C ends\n", printable(b.name()))
	}
	out := bufio.NewWriter(p.stdout)
	err = b.tail(ctx, query, zone, func(event []byte, lost int64) error {
		if lost > 0 {
			fmt.Fprintf(p.stderr, "rastro: %d events went by too fast to show\n", lost)
		}
		if err := show(out, event); err != nil {
			return writing(err)
		}
		return writing(out.Flush())
	})
	if ctx.Err() != nil {
		err = nil // Ctrl-C is how a tail ends
	}
	return errors.Join(err, b.close())
}
