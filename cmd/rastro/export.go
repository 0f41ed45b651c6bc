package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
)

// parquetSuffix ends the name of a Parquet file, so that no query is taken for
// one.
const parquetSuffix = ".parquet"

// exporting is what export was asked for.
type exporting struct {
	query, since, until, zone string
	format                    string
	to                        string // "" is standard output
	partial                   bool
}

func (p *program) exportCommand() *cobra.Command {
	var t target
	var x exporting
	c := &cobra.Command{
		Use:   "export [QUERY] [FILE.parquet]",
		Short: "Write every event that matches: NDJSON, raw lines or Parquet",
		Long: `Export writes every event that matches a query, the oldest first, however many
there are. It asks the server that runs on the data folder, or opens the folder
itself. The formats are

  ndjson   one event as a JSON object per line, as search --output ndjson
  lines    the raw lines, byte for byte
  parquet  one Parquet file, whose name is the last argument

An export that cannot be finished ends with an error; a file appears under its
name only when it is whole.`,
		Example: `  rastro export 'status:bounced' --since 7d > bounced.ndjson
  rastro export host:mx1 --since 2026-11-01 --until 2026-12-01 --format lines --to mx1.log
  rastro export 'recipient:*@hostco.example' --format parquet hostco.parquet`,
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeQuery,
		RunE: func(c *cobra.Command, args []string) error {
			if err := x.read(args); err != nil {
				return err
			}
			if _, err := displayZone(&x.zone); err != nil {
				return err
			}
			return p.export(c.Context(), t, x)
		},
	}
	t.flags(c)
	fl := c.Flags()
	fl.StringVar(&x.format, "format", "ndjson", "ndjson, lines or parquet")
	fl.StringVar(&x.to, "to", "", "file to write instead of standard output")
	fl.StringVar(&x.since, "since", "", "from this time on: an age (90m, 3d), a date, or date math (now/d)")
	fl.StringVar(&x.until, "until", "", "up to this time")
	fl.BoolVar(&x.partial, "partial", false, "leave out what of the store cannot be read any more, instead of failing")
	fl.StringVar(&x.zone, "zone", "", "time zone of the days in the query; default: this machine's")
	completeWords(c, "format", "ndjson", "lines", "parquet")
	return c
}

// read takes the arguments: the query, and for Parquet the file.
func (x *exporting) read(args []string) error {
	switch x.format {
	case "ndjson", "lines":
	case "parquet":
		if n := len(args); x.to == "" && n > 0 && strings.HasSuffix(args[n-1], parquetSuffix) {
			x.to, args = args[n-1], args[:n-1]
		}
		if x.to == "" {
			return usagef("--format parquet writes a file; name one that ends in %s as the last argument, or any with --to", parquetSuffix)
		}
	default:
		return usagef("--format is ndjson, lines or parquet, not %q", x.format)
	}
	x.query = strings.Join(args, " ")
	return nil
}

func (x *exporting) params() url.Values {
	params := url.Values{"format": {x.format}, "sort": {"@timestamp"}}
	for name, value := range map[string]string{"query": x.query, "since": x.since, "until": x.until, "zone": x.zone} {
		if value != "" {
			params.Set(name, value)
		}
	}
	return params
}

func (p *program) export(ctx context.Context, t target, x exporting) (err error) {
	if x.to == "" && x.format == "lines" && isTerminal(p.stdout) {
		return usagef("raw lines may hold bytes that act on a terminal; pipe them to a program, or name a file with --to")
	}
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	out := &exportTarget{p: p, to: x.to}
	lacking := 0
	err = b.export(ctx, x.params(), func(missing []string) (io.Writer, error) {
		for _, reason := range missing {
			fmt.Fprintln(p.stderr, "rastro: the store is not whole:", printable(reason))
		}
		if lacking = len(missing); lacking > 0 && !x.partial {
			return nil, errors.New("the export would not be whole; --partial writes what can be read")
		}
		return out, out.open()
	})
	if err = out.close(err); err == nil && lacking > 0 {
		err = fmt.Errorf("%w: the export is partial", errPartial)
	}
	return err
}

// exportTarget is standard output, or a file that gets its name when it is
// whole.
type exportTarget struct {
	p       *program
	to      string
	out     *bufio.Writer
	file    *os.File // nil for standard output
	bar     *bar
	written int64
}

func (e *exportTarget) open() error {
	if e.to == "" {
		e.out = bufio.NewWriterSize(e.p.stdout, 64<<10)
		return nil
	}
	f, err := os.OpenFile(e.temporary(), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o640)
	if err != nil {
		return usagef("writing %s: %w", e.to, withoutPath(err))
	}
	e.file, e.out, e.bar = f, bufio.NewWriterSize(f, 256<<10), newBar(e.p.stderr, e.to, 0)
	return nil
}

func (e *exportTarget) temporary() string { return e.to + ".tmp" }

func (e *exportTarget) Write(b []byte) (int, error) {
	n, err := e.out.Write(b)
	e.written += int64(n)
	if e.bar != nil {
		e.bar.show(e.written, 0)
	}
	return n, e.failed(err)
}

// failed names what cannot be written.
func (e *exportTarget) failed(err error) error {
	if err == nil || e.file == nil {
		return writing(err)
	}
	return fmt.Errorf("writing %s: %w", e.to, withoutPath(err))
}

// close ends the writing: a whole file gets its name, any other is removed.
func (e *exportTarget) close(err error) error {
	if e.out == nil {
		return err // it never began
	}
	if flushErr := e.out.Flush(); err == nil {
		err = e.failed(flushErr)
	}
	if e.file == nil {
		return err
	}
	e.bar.done()
	if err == nil {
		err = e.failed(e.file.Sync())
	}
	if closeErr := e.file.Close(); err == nil {
		err = e.failed(closeErr)
	}
	if err == nil {
		err = e.failed(os.Rename(e.temporary(), e.to))
	}
	if err != nil {
		return errors.Join(err, os.Remove(e.temporary()))
	}
	// The name is durable when its folder is; some file systems cannot sync one.
	if dir, err := os.Open(filepath.Dir(e.to)); err == nil {
		_, _ = dir.Sync(), dir.Close()
	}
	_, err = fmt.Fprintf(e.p.stdout, "wrote %s: %s\n", printable(e.to), bytesText(e.written))
	return writing(err)
}
