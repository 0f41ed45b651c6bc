package main

import (
	"bufio"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func (p *program) tailCommand() *cobra.Command {
	var t target
	var output, fields string
	c := &cobra.Command{
		Use:   "tail [QUERY]",
		Short: "Follow new events",
		Long:  `Tail shows new events that match the query the moment they are stored. It needs a running server; end it with Ctrl-C.`,
		Example: `  rastro tail
  rastro tail 'event_type:message_rejection' --fields client_ip,recipient,reply`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			var names []string
			if fields != "" {
				names = strings.Split(fields, ",")
			}
			show, err := p.printer(output, names)
			if err != nil {
				return err
			}
			backend, err := t.open(c.Context(), p.stderr)
			if err != nil {
				return err
			}
			defer backend.close()
			out := bufio.NewWriter(p.stdout)
			return backend.tail(c.Context(), strings.Join(args, " "), func(event []byte, lost int64) error {
				if lost > 0 {
					fmt.Fprintf(p.stderr, "rastro: %d events went by too fast to show\n", lost)
				}
				if err := show(out, event); err != nil {
					return err
				}
				return out.Flush()
			})
		},
	}
	t.flags(c)
	c.Flags().StringVar(&fields, "fields", "", "fields to show, parted by commas")
	c.Flags().StringVar(&output, "output", "text", "text or ndjson")
	return c
}
