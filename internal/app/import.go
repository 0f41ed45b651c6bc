package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"rastro/internal/collect"
	"rastro/internal/config"
	"rastro/internal/event"
	"rastro/internal/web"
)

// Import reads one file or stream into the folder and returns when all of it is
// durable and questions find it. Imports wait for each other: what one of them made durable is what
// the next one knows and skips. Lines that are on their way when ctx ends still
// become durable, and the next import waits for them too.
func (f *Folder) Import(ctx context.Context, name string, r io.Reader, opts collect.ImportOptions) (collect.ImportResult, error) {
	select {
	case f.importing <- struct{}{}:
	case <-ctx.Done():
		return collect.ImportResult{}, ctx.Err()
	}
	ended := f.imports.begin(name, &opts)
	var flight sync.WaitGroup
	defer func() {
		go func() {
			flight.Wait()
			<-f.importing
		}()
	}()
	result, err := collect.Import(ctx, name, r, opts, f.journal.Positions(), func(ctx context.Context, b event.Batch) error {
		ack := b.Ack
		flight.Add(1)
		b.Ack = func(err error) {
			defer flight.Done()
			if ack != nil {
				ack(err)
			}
		}
		err := f.Belt.Take(ctx, b)
		if err != nil {
			flight.Done() // a batch that was not taken is never acknowledged
		}
		return err
	})
	ended(result, err)
	if err == nil {
		err = f.Belt.Settled(ctx)
	}
	return result, err
}

// ImportOptions reads the words of an import. A zone or a dialect that does not
// exist gives a web.Error that says so.
func ImportOptions(req web.ImportRequest) (collect.ImportOptions, error) {
	opts := collect.ImportOptions{Host: req.Host, Dialect: req.Dialect, Newest: req.Newest}
	if req.Dialect != "" && !slices.Contains(config.Dialects, req.Dialect) {
		return opts, web.Error{Code: "bad_dialect", Message: fmt.Sprintf("no dialect is named %q", req.Dialect), Hint: "choose one of " + strings.Join(config.Dialects, ", ") + ", or none to let each line be recognized"}
	}
	var err error
	if opts.Zone, err = Zone(req.Zone); err != nil {
		return opts, web.Error{Code: "bad_zone", Message: err.Error()}
	}
	return opts, nil
}

// importStream is the import of the JSON API.
func (a *App) importStream(ctx context.Context, r io.Reader, req web.ImportRequest) (web.ImportResult, error) {
	opts, err := ImportOptions(req)
	if err != nil {
		return web.ImportResult{}, err
	}
	return a.folder.ImportFor(ctx, r, req, opts)
}

// ImportFor is Import in the words of the JSON API. Where it is not known how
// many lines became durable, none are counted.
func (f *Folder) ImportFor(ctx context.Context, r io.Reader, req web.ImportRequest, opts collect.ImportOptions) (web.ImportResult, error) {
	result, err := f.Import(ctx, req.Name, r, opts)
	if ctx.Err() != nil || errors.Is(err, collect.ErrRefused) {
		result.Lines = 0
	}
	return web.ImportResult{Lines: result.Lines, Bytes: result.Bytes, Skipped: result.Skipped}, err
}

// Zone finds a time zone by its IANA name; "" is the machine's own.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("no time zone is named %q; write an IANA name such as America/Bogota", name)
	}
	return zone, nil
}
