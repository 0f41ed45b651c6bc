package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/disk"
	"rastro/internal/store"
)

func (p *program) snapshotCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "snapshot",
		Short: "Make, look at and restore backups of the events",
		Long: `Snapshot works on repositories: folders that hold snapshots of a data folder's
events. Snapshots of one repository share their files, so that each takes only
the space of what is new. docs/operating.md says what is in them.`,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return usagef("there is no command %q; see %s --help", args[0], c.CommandPath())
		},
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(p.snapshotCreate(), p.snapshotList(), p.snapshotVerify(), p.snapshotDelete(), p.snapshotRestore())
	return c
}

// repositoryFlag names the folder of the repository.
func repositoryFlag(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "repository", "", "folder of the snapshots (required)")
	completeFolders(c, "repository")
}

// openRepository opens the folder that --repository names.
func openRepository(dir string, create bool) (*store.Repository, error) {
	if dir == "" {
		return nil, usagef("name the folder of the snapshots with --repository")
	}
	full, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	r, err := store.OpenRepository(disk.OS(), full, create)
	if errors.Is(err, store.ErrNoRepository) || errors.Is(err, store.ErrLocation) {
		return nil, usageError{err}
	}
	return r, err
}

func (p *program) snapshotList() *cobra.Command {
	var dir, output string
	c := &cobra.Command{
		Use:   "list",
		Short: "List the snapshots of a repository",
		Args:  noArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := checkOutput(output); err != nil {
				return err
			}
			return p.listSnapshots(dir, output)
		},
	}
	repositoryFlag(c, &dir)
	outputFlag(c, &output, "text")
	return c
}

func checkOutput(output string) error {
	if output != "text" && output != "ndjson" {
		return usagef("--output %q is not understood; choose text or ndjson", output)
	}
	return nil
}

func (p *program) listSnapshots(dir, output string) error {
	r, err := openRepository(dir, false)
	if err != nil {
		return err
	}
	list, damaged, err := r.List()
	if err != nil {
		return err
	}
	if output == "ndjson" {
		for i := range list {
			if err := p.snapshotJSON(&list[i]); err != nil {
				return err
			}
		}
	} else if err := p.snapshotTable(list); err != nil {
		return err
	}
	for _, err := range damaged {
		fmt.Fprintf(p.stderr, "rastro: %s\n", printable(err.Error()))
	}
	if len(damaged) > 0 {
		return fmt.Errorf("%w: %d snapshots cannot be read", errPartial, len(damaged))
	}
	return nil
}

// snapshotTable writes snapshots for people.
func (p *program) snapshotTable(list []store.Snapshot) error {
	if len(list) == 0 {
		_, err := fmt.Fprintln(p.stdout, "no snapshots")
		return writing(err)
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "NAME\tSTARTED (UTC)\tSTATE\tEVENTS\tDAYS\tSIZE\tNEW")
	for i := range list {
		s := &list[i]
		fmt.Fprintf(w, "%s\t%s\t%s\t%d\t%s\t%s\t%s\n", printable(s.Name), s.Started.UTC().Format(time.DateTime), stateOf(s), s.Events, daysOf(s), bytesText(s.Bytes), bytesText(s.NewBytes))
	}
	return writing(w.Flush())
}

func stateOf(s *store.Snapshot) string {
	if len(s.Missing) > 0 {
		return "partial"
	}
	return "whole"
}

// daysOf is the first and the last day of a snapshot's events.
func daysOf(s *store.Snapshot) string {
	if len(s.Parts) == 0 {
		return "-"
	}
	first, last := s.Parts[0].Day, s.Parts[len(s.Parts)-1].Day
	if first == last {
		return printable(first)
	}
	return printable(first + " to " + last)
}

// snapshotJSON writes one snapshot as a line of JSON.
func (p *program) snapshotJSON(s *store.Snapshot) error {
	line, err := json.Marshal(struct {
		Snapshot string               `json:"snapshot"`
		UUID     string               `json:"uuid"`
		State    string               `json:"state"`
		Started  time.Time            `json:"started"`
		Ended    time.Time            `json:"ended"`
		Events   int64                `json:"events"`
		LastRID  uint64               `json:"last_rid"`
		Files    int                  `json:"files"`
		Bytes    int64                `json:"bytes"`
		NewFiles int                  `json:"new_files"`
		NewBytes int64                `json:"new_bytes"`
		Parts    []store.SnapshotPart `json:"parts"`
		Missing  []string             `json:"missing,omitempty"`
	}{s.Name, s.UUID, stateOf(s), s.Started.UTC(), s.Ended.UTC(), s.Events, s.LastRID, s.Files, s.Bytes, s.NewFiles, s.NewBytes, s.Parts, s.Missing})
	if err != nil {
		return fmt.Errorf("writing a snapshot as JSON: %w", err)
	}
	_, err = p.stdout.Write(append(asciiMarks(line), '\n'))
	return writing(err)
}

func (p *program) snapshotVerify() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "verify [NAME…]",
		Short: "Read every file of snapshots and compare it with what was written",
		Long:  "Verify reads every file of the named snapshots, or of all, and compares its size and checksum.",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, names []string) error {
			r, err := openRepository(dir, false)
			if err != nil {
				return err
			}
			if len(names) == 0 {
				if names, err = r.Names(); err != nil {
					return err
				}
			}
			bad := 0
			for _, name := range names {
				good, err := p.verifySnapshot(c.Context(), r, name)
				if err != nil {
					return err
				}
				if !good {
					bad++
				}
			}
			if bad > 0 {
				return fmt.Errorf("%d of %d snapshots are damaged", bad, len(names))
			}
			return nil
		},
	}
	repositoryFlag(c, &dir)
	return c
}

// verifySnapshot tells whether a snapshot is good.
func (p *program) verifySnapshot(ctx context.Context, r *store.Repository, name string) (bool, error) {
	bad, err := r.Verify(ctx, name, nil)
	if errors.Is(err, store.ErrBadSnapshot) {
		_, err = fmt.Fprintf(p.stdout, "%s: damaged: %s\n", printable(name), printable(err.Error()))
		return false, writing(err)
	}
	if err != nil {
		return false, unknownSnapshot(err)
	}
	for _, f := range bad {
		if _, err := fmt.Fprintf(p.stdout, "%s: %s with %d events is damaged: %s\n", printable(name), printable(f.File), f.Events, printable(f.Reason)); err != nil {
			return false, writing(err)
		}
	}
	if len(bad) == 0 {
		_, err = fmt.Fprintf(p.stdout, "%s is good\n", printable(name))
	}
	return len(bad) == 0, writing(err)
}

// unknownSnapshot makes a mistake of the caller of a name that is not there.
func unknownSnapshot(err error) error {
	if errors.Is(err, store.ErrNoSnapshot) {
		return usageError{err}
	}
	return err
}

func (p *program) snapshotDelete() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "delete NAME…",
		Short: "Delete snapshots, and the files that no other needs",
		Args:  cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, names []string) error {
			if len(names) == 0 {
				return usagef("name at least one snapshot")
			}
			r, err := openRepository(dir, false)
			if err != nil {
				return err
			}
			for _, name := range names {
				cleaned, err := r.Delete(c.Context(), name)
				if err != nil {
					return unknownSnapshot(err)
				}
				if _, err := fmt.Fprintf(p.stdout, "deleted %s: %s free again\n", printable(name), bytesText(cleaned.Bytes)); err != nil {
					return writing(err)
				}
			}
			return nil
		},
	}
	repositoryFlag(c, &dir)
	return c
}

func (p *program) snapshotRestore() *cobra.Command {
	var dir, data string
	c := &cobra.Command{
		Use:   "restore NAME",
		Short: "Make a new data folder of a snapshot",
		Long: `Restore makes a data folder of a snapshot: an exact copy of the events, checked
byte for byte. The folder must be new or empty. To bring events back into a
running server use POST _snapshot/REPOSITORY/NAME/_restore of its port 9200.`,
		Example: `  rastro snapshot restore nightly-2026.03.01 --repository /mnt/backup/rastro --data /var/lib/rastro-new`,
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return usagef("name one snapshot")
			case data == "":
				return usagef("name a new folder with --data")
			}
			r, err := openRepository(dir, false)
			if err != nil {
				return err
			}
			s, err := app.RestoreFolder(c.Context(), r, args[0], data)
			if errors.Is(err, store.ErrNotEmpty) {
				return usageError{err}
			}
			if err != nil {
				return unknownSnapshot(err)
			}
			_, err = fmt.Fprintf(p.stdout, "restored %s: %d events, %s, in %s\n", printable(s.Name), s.Events, bytesText(s.Bytes), printable(data))
			return writing(err)
		},
	}
	repositoryFlag(c, &dir)
	c.Flags().StringVar(&data, "data", "", "new data folder (required)")
	completeFolders(c, "data")
	return c
}
