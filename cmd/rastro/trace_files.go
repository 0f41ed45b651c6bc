package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"rastro/internal/app"
	"rastro/internal/collect"
	"rastro/internal/search"
	"rastro/internal/trace"
	"rastro/internal/web"
)

// logArg is a log file as it was named, with the zone of stamps that carry none;
// "" is this machine's.
type logArg struct {
	path, zone string
	// missed is the pattern that matched nothing; then there is no path.
	missed string
}

// splitZone reads PATH or PATH=ZONE. A = belongs to the path where a file has
// that name, or where no zone stands behind it.
func splitZone(text string) (path, zone string) {
	i := strings.LastIndexByte(text, '=')
	if i <= 0 || i == len(text)-1 || exists(text) {
		return text, ""
	}
	if _, err := search.Zone(text[i+1:]); err != nil {
		return text, ""
	}
	return text[:i], text[i+1:]
}

// logArgs are the files that GLOB or GLOB=ZONE names.
func logArgs(text string) ([]logArg, error) {
	path, zone := splitZone(text)
	switch {
	case path == "":
		return nil, errors.New("the path is missing")
	case path == "-" || exists(path):
		return []logArg{{path: path, zone: zone}}, nil
	}
	found, err := collect.Glob(path)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return []logArg{{missed: text}}, nil
	}
	var args []logArg
	for _, path := range found {
		args = append(args, logArg{path: path, zone: zone})
	}
	return args, nil
}

// once leaves out files that were named before, by whatever name, and puts the
// smaller ones first: what a longer copy of a file has in common with it is
// then known when its turn comes. total is the size of all.
func once(args []logArg) (kept []logArg, total int64) {
	type key struct {
		size int64
		age  time.Time
	}
	sizes := map[string]int64{}
	seen := map[key][]os.FileInfo{}
	names := map[string]bool{}
	for _, a := range args {
		if a.missed == "" {
			if names[a.path] {
				continue
			}
			names[a.path] = true
		}
		if info, err := os.Stat(a.path); err == nil && info.Mode().IsRegular() {
			k := key{info.Size(), info.ModTime()}
			if slices.ContainsFunc(seen[k], func(other os.FileInfo) bool { return os.SameFile(info, other) }) {
				continue
			}
			seen[k] = append(seen[k], info)
			sizes[a.path] = info.Size()
			total += info.Size()
		}
		kept = append(kept, a)
	}
	slices.SortStableFunc(kept, func(a, b logArg) int { return cmp.Compare(sizes[a.path], sizes[b.path]) })
	return kept, total
}

// logFile is the file for app.TraceFiles.
func (p *program) logFile(a logArg) app.LogFile {
	name := cmp.Or(a.path, a.missed)
	if name == "-" {
		name = standardInput
	}
	return app.LogFile{Name: name, Open: func(ctx context.Context) (io.ReadCloser, app.LogOptions, error) {
		if a.missed != "" {
			return nil, app.LogOptions{}, unzoned(a.missed, errors.New("no file matches this pattern"))
		}
		req := web.ImportRequest{}
		in, err := p.openInput(ctx, a.path, &req)
		if err != nil {
			if errors.Is(err, os.ErrNotExist) {
				err = unzoned(a.path, err)
			}
			return nil, app.LogOptions{}, err
		}
		zone := time.Local
		if a.zone != "" {
			if zone, err = search.Zone(a.zone); err != nil {
				return nil, app.LogOptions{}, errors.Join(err, in.close())
			}
		}
		opts := app.LogOptions{Source: req.Name, ImportOptions: collect.ImportOptions{Zone: zone, Newest: req.Newest}}
		if f, ok := in.Reader.(*os.File); ok {
			return f, opts, nil // an import goes back in a file, as it must in a copy
		}
		return closing{in.Reader, in.close}, opts, nil
	}}
}

// unzoned adds, about a path that does not exist, that it ends in no zone.
func unzoned(path string, err error) error {
	_, zone := splitZone(path)
	if i := strings.LastIndexByte(path, '='); i < 0 || zone != "" {
		return err
	}
	return fmt.Errorf("%w; what stands behind the last = is no time zone either: write an IANA name such as America/Bogota, or an offset such as -05:00", err)
}

// closing is a stream with a close of its own.
type closing struct {
	io.Reader
	close func() error
}

func (c closing) Close() error { return c.close() }

// runFiles traces in log files.
func (t *traceCall) runFiles(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		// Nearly all of the memory is kept to the end: letting it double before
		// it is cleaned would hold twice as much as is needed.
		defer debug.SetGCPercent(debug.SetGCPercent(35))
	}
	gathered, result, err := t.gather(ctx)
	if err != nil {
		return errInterrupted
	}
	if result.Files == 0 {
		if result.Failed == 1 {
			return fmt.Errorf("reading %w", result.First)
		}
		return fmt.Errorf("none of the %d files could be read", result.Failed)
	}
	if err := t.answerFiles(ctx, gathered); err != nil {
		return err
	}
	if result.Failed > 0 {
		return fmt.Errorf("%w: %d of %d files could not be read, or not in full", errPartial, result.Failed, len(t.logs))
	}
	return nil
}

// gather reads all files.
func (t *traceCall) gather(ctx context.Context) (*trace.Assembler, app.TraceFilesResult, error) {
	var total int64
	t.logs, total = once(t.logs)
	name := fmt.Sprintf("%d files", len(t.logs))
	if len(t.logs) == 1 {
		name = cmp.Or(t.logs[0].path, t.logs[0].missed)
	}
	var files []app.LogFile
	for _, a := range t.logs {
		files = append(files, t.p.logFile(a))
	}
	bar := newBar(t.p.stderr, name, total)
	start := time.Now()
	gathered, result, err := app.TraceFiles(ctx, files, app.TraceFilesOptions{
		Progress: bar.show,
		Failed: func(name string, err error) {
			bar.done()
			if len(files) > 1 {
				fmt.Fprintf(t.p.stderr, "rastro: reading %s: %s\n", printable(name), explain(err))
			}
		},
	})
	bar.done()
	if len(files) == 1 && result.First != nil {
		result.First = fmt.Errorf("%s: %w", printable(files[0].Name), result.First)
		if result.Files > 0 {
			fmt.Fprintln(t.p.stderr, "rastro: reading", explain(result.First))
		}
	}
	if err == nil && isTerminal(t.p.stderr) {
		fmt.Fprintf(t.p.stderr, "%d lines of %s, %.1f s\n", result.Lines, printable(name), time.Since(start).Seconds())
	}
	return gathered, result, err
}

// answerFiles asks what was gathered. NDJSON of everything is written as it
// comes, the oldest first.
func (t *traceCall) answerFiles(ctx context.Context, gathered *trace.Assembler) error {
	now := time.Now()
	found := 0
	if t.output == "ndjson" && t.req.Limit == 0 {
		req := t.req
		req.NoSteps = t.steps == "none"
		q, err := req.Question(now)
		if err != nil {
			return err
		}
		w := newJourneyWriter(t.p.stdout)
		err = gathered.Each(ctx, q, func(j *trace.Journey) error {
			if found++; ctx.Err() != nil {
				return ctx.Err()
			}
			return w.add(j)
		})
		if closeErr := w.close(); err == nil {
			err = closeErr
		}
		if err != nil || found > 0 {
			return writing(err)
		}
	}
	return t.tell(func(req web.TraceRequest) (trace.Answer, error) {
		q, err := req.Question(now)
		if err != nil {
			return trace.Answer{}, err
		}
		return gathered.Answer(ctx, q)
	})
}
