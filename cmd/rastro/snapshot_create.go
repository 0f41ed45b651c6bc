package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/disk"
	"rastro/internal/store"
)

func (p *program) snapshotCreate() *cobra.Command {
	var dir, data, file, output string
	c := &cobra.Command{
		Use:   "create [NAME]",
		Short: "Make a snapshot of a data folder",
		Long: `Create makes a snapshot of all events, named by the time where no name is given.
When a server runs on the data folder it makes the snapshot, by its port 9200,
while it goes on; the repository must then be inside one of its backup.folders.`,
		Example: `  rastro snapshot create --repository /mnt/backup/rastro --data /var/lib/rastro`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			name := time.Now().UTC().Format("snapshot-20060102-150405")
			if len(args) > 1 {
				return usagef("name one snapshot")
			}
			if len(args) == 1 {
				name = args[0]
			}
			if err := store.CheckSnapshotName(name); err != nil {
				return usageError{err}
			}
			if err := checkOutput(output); err != nil {
				return err
			}
			if dir == "" {
				return usagef("name the folder of the snapshots with --repository")
			}
			full, err := filepath.Abs(dir)
			if err != nil {
				return err
			}
			return p.createSnapshot(c.Context(), full, name, data, file, output)
		},
	}
	repositoryFlag(c, &dir)
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&file, "config", "", "configuration that names the data folder")
	completeFiles(c)
	outputFlag(c, &output, "text")
	return c
}

// createSnapshot lets the server make it that has the folder, or opens the
// folder.
func (p *program) createSnapshot(ctx context.Context, dir, name, data, file, output string) error {
	c, err := readConfig(file, nil)
	if err != nil {
		return err
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
		return err
	case held && info.Addresses["elastic"] == "":
		return fmt.Errorf("%w: %s has %s open, and its Elasticsearch-shaped port is off; set listen.elastic, or stop it", store.ErrLocked, info, c.Data)
	case held:
		node := &elasticNode{base: "http://" + info.Addresses["elastic"]}
		if err := node.snapshot(ctx, dir, name); err != nil {
			return err
		}
		return p.showCreated(dir, name, output)
	}
	switch exists, err := app.HasData(c.Data); {
	case err != nil:
		return err
	case !exists:
		return usagef("there is no data folder %s; name one with --data", c.Data)
	}
	folder, err := app.OpenFolder(ctx, c, slog.New(slog.NewTextHandler(p.stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
	if err != nil {
		return err
	}
	_, err = folder.Snapshot(ctx, dir, store.SnapshotOptions{Name: name, Release: release})
	err = errors.Join(err, (&local{folder: folder, dir: c.Data}).close())
	if errors.Is(err, store.ErrSnapshotExists) || errors.Is(err, store.ErrLocation) {
		return usageError{err}
	}
	if err != nil {
		return err
	}
	return p.showCreated(dir, name, output)
}

// showCreated tells what a new snapshot holds.
func (p *program) showCreated(dir, name, output string) error {
	r, err := openRepository(dir, false)
	if err != nil {
		return err
	}
	s, err := r.Get(name)
	if err != nil {
		return err
	}
	if output == "ndjson" {
		err = p.snapshotJSON(&s)
	} else {
		_, err = fmt.Fprintf(p.stdout, "made %s: %d events, %s, of which %s are new\n", printable(s.Name), s.Events, bytesText(s.Bytes), bytesText(s.NewBytes))
		err = writing(err)
	}
	if err != nil || len(s.Missing) == 0 {
		return err
	}
	for _, reason := range s.Missing {
		fmt.Fprintf(p.stderr, "rastro: not in the snapshot: %s\n", printable(reason))
	}
	return fmt.Errorf("%w: the store has damaged files", errPartial)
}

// elasticNode asks a server by its Elasticsearch-shaped port.
type elasticNode struct{ base string }

// snapshot registers the folder for a moment and makes a snapshot in it.
func (n *elasticNode) snapshot(ctx context.Context, dir, name string) (err error) {
	sum := sha256.Sum256([]byte(dir))
	repo := fmt.Sprintf("/_snapshot/rastro-cli-%x", sum[:6])
	settings, err := json.Marshal(map[string]any{"type": "fs", "settings": map[string]string{"location": dir}})
	if err != nil {
		return err
	}
	if _, err := n.ask(ctx, http.MethodPut, repo+"?verify=false", settings); err != nil {
		return err
	}
	defer func() {
		_, forgetErr := n.ask(context.WithoutCancel(ctx), http.MethodDelete, repo, nil)
		err = errors.Join(err, forgetErr)
	}()
	header, err := n.ask(ctx, http.MethodGet, repo, nil)
	if err != nil {
		return err
	}
	if folder := header.Get("X-Rastro-Folder"); folder != dir {
		return usagef("the server keeps snapshots only inside its backup.folders, and %s is not; it would be %s. Add the folder to backup.folders, or name one inside", dir, folder)
	}
	_, err = n.ask(ctx, http.MethodPut, repo+"/"+url.PathEscape(name)+"?wait_for_completion=true", nil)
	return err
}

// ask sends a request; an answer that is no success is an error.
func (n *elasticNode) ask(ctx context.Context, method, path string, body []byte) (http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, n.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var failed *url.Error
		if errors.As(err, &failed) {
			err = failed.Err
		}
		return nil, unreachableError{fmt.Errorf("no answer from %s: %w", n.base, err)}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the answer of %s: %w", n.base, err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Header, nil
	}
	var failure struct {
		Error struct {
			Type, Reason string
		}
	}
	if json.Unmarshal(text, &failure) != nil || failure.Error.Reason == "" {
		return nil, fmt.Errorf("%s answered %s", n.base, resp.Status)
	}
	err = fmt.Errorf("the server said: %s", printable(failure.Error.Reason))
	if resp.StatusCode == http.StatusBadRequest {
		return nil, usageError{err}
	}
	return nil, err
}
