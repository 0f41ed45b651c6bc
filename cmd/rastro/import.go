package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"rastro/internal/web"
)

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
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("name at least one file, or - for standard input")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return p.importFiles(c.Context(), t, req, args) },
	}
	t.flags(c)
	t.create = true
	fl := c.Flags()
	fl.StringVar(&req.Zone, "zone", "", "time zone of stamps that carry none, such as America/Bogota; default: this machine's")
	fl.StringVar(&req.Host, "host", "", "host of lines that name none")
	fl.StringVar(&req.Dialect, "dialect", "", "force one dialect: elemta, postfix, dovecot")
	return c
}

// importFiles goes on after a file that cannot be read and fails in the end.
func (p *program) importFiles(ctx context.Context, t target, req web.ImportRequest, names []string) error {
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	var failures []error
	for _, name := range names {
		if err := p.importOne(ctx, b, req, name); err != nil {
			failures = append(failures, fmt.Errorf("importing %s: %w", name, err))
		}
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(append(failures, b.close())...)
}

func (p *program) importOne(ctx context.Context, b backend, req web.ImportRequest, name string) error {
	in, size, err := p.openInput(name, &req)
	if err != nil {
		return err
	}
	defer in.Close()
	bar := newBar(p.stderr, name, size)
	result, err := b.load(ctx, in, req, bar.show)
	bar.done()
	if err != nil {
		return err
	}
	known := ""
	if result.Skipped > 0 {
		known = fmt.Sprintf(", %s were imported before", bytesText(result.Skipped))
	}
	_, err = fmt.Fprintf(p.stdout, "%s: %d new lines of %s%s%s\n", printable(name), result.Lines, bytesText(result.Bytes), known, bar.rate(result.Lines))
	return err
}

// openInput opens a file and notes its name and age in the request.
func (p *program) openInput(name string, req *web.ImportRequest) (io.ReadCloser, int64, error) {
	if name == "-" {
		req.Name = "standard input"
		return io.NopCloser(p.stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = errors.New("this is a folder; name the files in it")
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	req.Name, req.Newest = name, info.ModTime()
	if full, err := filepath.Abs(name); err == nil {
		req.Name = full
	}
	if !info.Mode().IsRegular() {
		return f, 0, nil
	}
	return f, info.Size(), nil
}
