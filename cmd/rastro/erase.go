package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"rastro/internal/query"
	"rastro/internal/web"
)

func (p *program) eraseCommand() *cobra.Command {
	var t target
	var req web.EraseRequest
	var yes bool
	var output string
	c := &cobra.Command{
		Use:   "erase ADDRESS",
		Short: "Erase every event that mentions a person's address, for good",
		Long: `Erase removes every event in which an e-mail address stands, in any field or text:
from memory, files, the journal, and the snapshots in the folders for backups.
Whole lines go, also where they are about other recipients too. It says what may
still hold the address. docs/operating.md says more; try --dry-run first.`,
		Example: `  rastro erase ana@hostco.example --dry-run
  rastro erase ana@hostco.example --verify --yes`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("name one address")
			}
			req.Address = args[0]
			if err := query.CheckAddress(req.Address); err != nil {
				return usageError{err}
			}
			if err := checkOutput(output); err != nil {
				return err
			}
			return p.erase(c.Context(), t, req, yes, output)
		},
	}
	t.flags(c)
	c.Flags().BoolVar(&req.DryRun, "dry-run", false, "count by day and field, and change nothing")
	c.Flags().BoolVar(&req.Forms, "forms", false, "erase forms of the address, too: name+tag@domain, VERP, SRS and others")
	c.Flags().BoolVar(&req.Damaged, "damaged", false, "remove damaged files in quarantine, which may hold the address")
	c.Flags().BoolVar(&req.Verify, "verify", false, "read every file afterwards and look for the bytes of the address")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	outputFlag(c, &output, "text")
	return c
}

// erase counts, asks and erases.
func (p *program) erase(ctx context.Context, t target, req web.EraseRequest, yes bool, output string) (err error) {
	b, err := t.open(ctx, p.stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	if !req.DryRun && !yes {
		if err := p.confirmErasure(ctx, b, req); err != nil {
			return err
		}
	}
	report, err := p.runErasure(ctx, b, req)
	if err != nil {
		return err
	}
	if output == "ndjson" {
		err = p.jsonLine(report)
	} else {
		err = p.erasureText(&report)
	}
	if err == nil && report.Verified != nil && slices.ContainsFunc(report.Verified.Found, func(f web.EraseFound) bool { return f.Whole > 0 }) {
		err = fmt.Errorf("%w: some files still hold the address", errPartial)
	}
	return err
}

// runErasure shows how far it is on a terminal, and nothing elsewhere.
func (p *program) runErasure(ctx context.Context, b backend, req web.EraseRequest) (web.EraseReport, error) {
	if !isTerminal(p.stderr) {
		return b.erase(ctx, req, func(web.EraseProgress) {})
	}
	var mu sync.Mutex
	defer fmt.Fprint(p.stderr, "\r\x1b[K")
	return b.erase(ctx, req, func(e web.EraseProgress) {
		mu.Lock()
		defer mu.Unlock()
		fmt.Fprintf(p.stderr, "\r\x1b[K%s: %d %%", e.Phase, 100*e.Done/max(e.Total, 1))
	})
}

// confirmErasure asks on a terminal, after counting.
func (p *program) confirmErasure(ctx context.Context, b backend, req web.EraseRequest) error {
	if in, ok := p.stdin.(*os.File); !ok || !isTerminal(in) {
		return usagef("nobody can be asked here; look with --dry-run first, then erase with --yes")
	}
	req.DryRun = true
	report, err := p.runErasure(ctx, b, req)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "%s in %s will be erased for good. Type yes to go on: ", counted(int(report.Events), "event"), b.name())
	line, err := bufio.NewReader(p.stdin).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if strings.TrimSpace(line) != "yes" {
		return fmt.Errorf("nothing was erased: the answer was not yes")
	}
	return nil
}

// erasureText writes a report for people.
func (p *program) erasureText(r *web.EraseReport) error {
	var b strings.Builder
	switch {
	case r.Events == 0:
		b.WriteString("no event mentions the address\n")
	case r.DryRun:
		fmt.Fprintf(&b, "%s would be erased\n", counted(int(r.Events), "event"))
	default:
		fmt.Fprintf(&b, "erased %s in %.1f s: %s written anew, %d removed, %s freed, %s removed\n", counted(int(r.Events), "event"), float64(r.Took)/1000,
			counted(r.FilesRewritten, "file"), r.FilesRemoved, bytesText(max(r.BytesFreed, 0)), counted(r.JournalFiles, "journal file"))
	}
	for _, day := range slices.Sorted(maps.Keys(r.Days)) {
		fmt.Fprintf(&b, "  %s  %d\n", printable(day), r.Days[day])
	}
	fields := slices.SortedFunc(maps.Keys(r.Fields), func(x, y string) int { return cmp.Or(cmp.Compare(r.Fields[y], r.Fields[x]), cmp.Compare(x, y)) })
	for _, name := range fields {
		fmt.Fprintf(&b, "  in %s: %d\n", printable(name), r.Fields[name])
	}
	if r.Alike > 0 {
		fmt.Fprintf(&b, "%s with a form of the address stay; --forms takes them\n", counted(int(r.Alike), "event"))
	}
	for _, s := range r.Snapshots {
		fmt.Fprintf(&b, "snapshots in %s: %d changed, %s written anew, %d removed, %s erased\n", printable(s.Path), s.Snapshots, counted(s.FilesRewritten, "file"), s.FilesRemoved, counted(int(s.Events), "event"))
	}
	for _, m := range r.Remains {
		fmt.Fprintf(&b, "remains: %s: %s\n", printable(m.Path), printable(m.Reason))
	}
	if v := r.Verified; v != nil {
		fmt.Fprintf(&b, "verified: %s, %s, %s unpacked\n", counted(v.Files, "file"), bytesText(v.Bytes), bytesText(v.Unpacked))
		for _, f := range v.Found {
			fmt.Fprintf(&b, "  %s holds its bytes %d times, and %d times as the end of a longer address\n", printable(f.Path), f.Whole, f.Longer)
		}
		if len(v.Found) == 0 {
			b.WriteString("  no file holds its bytes\n")
		}
	}
	if !r.DryRun {
		fmt.Fprintf(&b, "not looked at: logs that mail servers and other programs wrote, exports, restored copies, snapshots elsewhere\nsha256 of the address: %s\n", r.SHA256)
	}
	_, err := io.WriteString(p.stdout, b.String())
	return writing(err)
}

func (l *local) erase(ctx context.Context, req web.EraseRequest, progress func(web.EraseProgress)) (web.EraseReport, error) {
	return l.folder.Erase(ctx, req, progress)
}

func (r *remote) erase(ctx context.Context, req web.EraseRequest, progress func(web.EraseProgress)) (web.EraseReport, error) {
	body, err := json.Marshal(req)
	if err != nil {
		return web.EraseReport{}, fmt.Errorf("writing the request: %w", err)
	}
	resp, err := r.do(ctx, http.MethodPost, "/api/erase", bytes.NewReader(body))
	if err != nil {
		return web.EraseReport{}, err
	}
	defer resp.Body.Close()
	for d := json.NewDecoder(resp.Body); ; {
		var line web.EraseLine
		if err := d.Decode(&line); err != nil {
			return web.EraseReport{}, fmt.Errorf("%s broke off: %w; what is hidden stays hidden, erase again", r.base, err)
		}
		switch {
		case line.Error != nil:
			return web.EraseReport{}, fmt.Errorf("the server said: %w", *line.Error)
		case line.Report != nil:
			return *line.Report, nil
		case line.Progress != nil:
			progress(*line.Progress)
		}
	}
}
