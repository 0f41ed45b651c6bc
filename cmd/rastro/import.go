package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/web"
)

// importMemory is what an import keeps its memory to, in bytes, as far as that
// goes; the program itself and its files come on top.
const importMemory = 320 << 20

func (p *program) importCommand() *cobra.Command {
	var t target
	var req web.ImportRequest
	c := &cobra.Command{
		Use:   "import FILE…",
		Short: "Read finished log files into the store",
		Long: `Import reads files (plain, .gz, .zst, .bz2) or standard input (-). A second import
of the same content adds nothing, a grown file adds what is new, and an import
that was interrupted goes on where it was.`,
		Example: `  rastro import /var/log/mail.log.*.gz --zone America/Bogota --host mx1
  journalctl -o json -u postfix | rastro import -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name at least one file, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return p.importFiles(c.Context(), t, req, args) },
	}
	t.flags(c)
	t.create = true
	lineFlags(c, &req)
	return c
}

// lineFlags are what lines do not say themselves.
func lineFlags(c *cobra.Command, req *web.ImportRequest) {
	fl := c.Flags()
	fl.StringVar(&req.Zone, "zone", "", "time zone of stamps that carry none, such as America/Bogota; default: this machine's")
	fl.StringVar(&req.Host, "host", "", "host of lines that name none")
	fl.StringVar(&req.Dialect, "dialect", "", "force one dialect: elemta, postfix, dovecot, exim, opensmtpd, sendmail, sasl, filters")
	completeWords(c, "dialect", dialects...)
}

func (p *program) importFiles(ctx context.Context, t target, req web.ImportRequest, names []string) error {
	// A mistake in a flag is told before a folder is made for it.
	if _, err := app.ImportOptions(req); err != nil {
		return err
	}
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		// Most of what an import allocates lives for a moment: cleaning up a little
		// more often costs less than a third more memory would.
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(importMemory))
	}
	err = p.eachInput(ctx, "importing", names, func(name string) (bool, error) { return p.importOne(ctx, b, req, name) })
	if errors.Is(err, errInterrupted) {
		err = fmt.Errorf("%w; the same command goes on where this one stopped", err)
	}
	return errors.Join(err, b.close())
}

// importOne tells whether it added or knew something.
func (p *program) importOne(ctx context.Context, b backend, req web.ImportRequest, name string) (bool, error) {
	in, err := p.openInput(ctx, name, &req)
	if err != nil {
		return false, err
	}
	defer in.close()
	bar := newBar(p.stderr, in.name, in.size)
	result, err := b.load(ctx, in.Reader, req, bar.show)
	bar.done()
	if err != nil && result.Lines == 0 {
		return false, err
	}
	known := ""
	if result.Skipped > 0 {
		known = fmt.Sprintf(", %s were imported before", bytesText(result.Skipped))
	}
	if err != nil {
		known += "; not all of it"
	}
	_, writeErr := fmt.Fprintf(p.stdout, "%s: %d new lines of %s%s%s\n", printable(in.name), result.Lines, bytesText(result.Bytes), known, bar.rate(result.Lines))
	if writeErr != nil {
		return true, writing(writeErr)
	}
	return true, err
}
