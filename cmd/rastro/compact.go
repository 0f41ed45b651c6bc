package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path/filepath"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/disk"
	"rastro/internal/query"
	"rastro/internal/store"
)

func (p *program) compactCommand() *cobra.Command {
	var data, file, output string
	c := &cobra.Command{
		Use:   "compact",
		Short: "Put the small files of a data folder together",
		Long: `Compact puts the small files of each day together into large ones: questions
open fewer of them, and they take less space. A server does that by itself, bit
by bit; this does all of it at once, for instance after a large import. When a
server runs on the data folder it does the work, by its port 9200, while it goes
on.`,
		Example: `  rastro compact --data /var/lib/rastro`,
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			done, err := p.compact(c.Context(), data, file)
			if err != nil {
				return err
			}
			return p.showCompacted(&done, output)
		},
	}
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&file, "config", "", "configuration that names the data folder")
	completeFiles(c)
	outputFlag(c, &output, "text")
	return c
}

// compact lets the server do it that has the folder, or opens the folder.
func (p *program) compact(ctx context.Context, data, file string) (done query.Compacted, err error) {
	c, err := readConfig(file, nil)
	if err != nil {
		return done, err
	}
	if data != "" {
		c.Data = data
	}
	if full, err := filepath.Abs(c.Data); err == nil {
		c.Data = full
	}
	info, held, err := store.ReadLock(disk.OS(), c.Data)
	switch {
	case err != nil:
		return done, err
	case held && info.Addresses["elastic"] == "":
		return done, fmt.Errorf("%w: %s has %s open, and its Elasticsearch-shaped port is off; it puts files together by itself, or set listen.elastic, or stop it", store.ErrLocked, info, c.Data)
	case held:
		node := &elasticNode{base: "http://" + info.Addresses["elastic"]}
		return node.compact(ctx)
	}
	switch exists, err := app.HasData(c.Data); {
	case err != nil:
		return done, err
	case !exists:
		return done, usagef("there is no data folder %s; name one with --data", c.Data)
	}
	folder, err := app.OpenFolder(ctx, c, slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return done, err
	}
	done, err = folder.Compact(ctx)
	return done, errors.Join(err, (&local{folder: folder, dir: c.Data}).close())
}

// compact lets the server put its files together.
func (n *elasticNode) compact(ctx context.Context) (done query.Compacted, err error) {
	header, err := n.ask(ctx, http.MethodPost, "/_forcemerge?max_num_segments=1", nil)
	if err != nil {
		return done, err
	}
	text := header.Get("X-Rastro-Compacted")
	if text == "" { // it has no index, so no file
		return done, nil
	}
	if err := json.Unmarshal([]byte(text), &done); err != nil {
		return done, fmt.Errorf("reading what %s says that it did: %w", n.base, err)
	}
	return done, nil
}

// showCompacted tells what was done.
func (p *program) showCompacted(done *query.Compacted, output string) error {
	if output == "ndjson" {
		return p.jsonLine(done)
	}
	if done.Merged == 0 {
		_, err := fmt.Fprintf(p.stdout, "nothing to put together: %s, %s\n", counted(done.FilesAfter, "file"), bytesText(done.BytesAfter))
		return writing(err)
	}
	_, err := fmt.Fprintf(p.stdout, "put %s with %d events together into %d: %s, %s before; %s, %s now\n",
		counted(done.Merged, "file"), done.Events, done.Written,
		counted(done.FilesBefore, "file"), bytesText(done.BytesBefore), counted(done.FilesAfter, "file"), bytesText(done.BytesAfter))
	return writing(err)
}
