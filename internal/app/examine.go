package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"rastro/internal/dashboard"
	"rastro/internal/disk"
	"rastro/internal/elastic/cluster"
	"rastro/internal/journal"
	"rastro/internal/store"
)

// Finding is something that ExamineFolder found in a data folder.
type Finding struct {
	// Path is the file within the folder, with slashes.
	Path string `json:"path"`
	// Problem says what is wrong, Advice what the next start does about it, or
	// what a person should do.
	Problem string `json:"problem"`
	Advice  string `json:"advice"`
	// Events are missing, or will be when the file is set aside.
	Events int64 `json:"events,omitempty"`
	// Harmless: the next start puts it right and no event is lost.
	Harmless bool `json:"harmless"`
}

// Examined says what ExamineFolder read.
type Examined struct {
	// Beside tells that a server had the folder open.
	Beside bool `json:"beside_server"`
	// Problems and Notes count the findings: those that are not and those that
	// are harmless.
	Problems int `json:"problems"`
	Notes    int `json:"notes"`
	// Segments are the segment files that the manifest names.
	Segments      int   `json:"segment_files"`
	SegmentBytes  int64 `json:"segment_bytes"`
	SegmentEvents int64 `json:"segment_events"`
	ManifestBytes int64 `json:"manifest_bytes"`
	// Durable is the number of the last event that needs no journal.
	Durable        uint64 `json:"durable_rid"`
	JournalFiles   int    `json:"journal_files"`
	JournalBytes   int64  `json:"journal_bytes"`
	JournalRecords int64  `json:"journal_records"`
	// JournalEvents stand in the journal only.
	JournalEvents int64 `json:"journal_events"`
	SettingsBytes int64 `json:"settings_bytes"`
	SavedBytes    int64 `json:"saved_bytes"`
}

// ExamineOptions say how to examine a data folder.
type ExamineOptions struct {
	// Report is given what is found as it is found.
	Report func(Finding)
	// Progress is told the bytes read of all segment files.
	Progress func(done, total int64)
}

// expected are the names at the top of a data folder.
var expected = []string{
	"lock", "manifest", "manifest.tmp", "journal", "segments", "quarantine", "backups", "lost+found",
	cluster.FileName, cluster.FileName + ".tmp", dashboard.FileName, dashboard.FileName + "-wal", dashboard.FileName + "-shm",
}

// ExamineFolder reads every file of the data folder dir and reports what is
// wrong. It changes nothing and takes no lock: a server may run on the folder,
// and Examined says so. Findings are no error; the errors are ErrNotData,
// store.ErrRestoring, those of the context, and one when a server began or
// ended meanwhile, because what was found may then be its work.
func ExamineFolder(ctx context.Context, dir string, opts ExamineOptions) (Examined, error) {
	exists, err := HasData(dir)
	if err == nil && !exists {
		err = fmt.Errorf("%w: %s does not exist", ErrNotData, absolute(dir))
	}
	if err != nil {
		return Examined{}, err
	}
	fsys := disk.OS()
	out, x := Examined{}, &examiner{dir: dir, opts: opts}
	before, held, err := store.ReadLock(fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrPermission) {
		return out, err
	}
	out.Beside = held
	s, err := store.Examine(ctx, fsys, dir, store.ExamineOptions{Beside: held, Progress: opts.Progress, Report: func(f store.Fault) {
		x.report(Finding(f))
	}})
	if err != nil {
		return out, err
	}
	out.Segments, out.SegmentBytes, out.SegmentEvents = s.Files, s.Bytes, s.Events
	out.ManifestBytes, out.Durable = s.ManifestBytes, s.Durable
	j, err := x.journal(ctx, fsys, held)
	if err != nil {
		return out, err
	}
	out.JournalFiles, out.JournalBytes, out.JournalRecords, out.JournalEvents = j.Files, j.Bytes, j.Records, j.Events
	out.SettingsBytes, out.SavedBytes = x.settings(fsys), x.saved(ctx, held)
	x.strangers(fsys)
	after, holds, err := store.ReadLock(fsys, dir)
	if err == nil && x.problems > 0 && (holds != held || after.PID != before.PID) {
		return out, errors.New("a server was started or stopped while the folder was read; check again")
	}
	out.Problems, out.Notes = x.problems, x.notes
	return out, nil
}

// examiner is the work of one ExamineFolder.
type examiner struct {
	dir             string
	opts            ExamineOptions
	problems, notes int
}

func (x *examiner) report(f Finding) {
	if f.Harmless {
		x.notes++
	} else {
		x.problems++
	}
	x.opts.Report(f)
}

// journal examines the journal. Beside a server the store takes events over
// and the journal drops them meanwhile: what seems wrong is looked at again.
func (x *examiner) journal(ctx context.Context, fsys disk.FS, beside bool) (journal.Examination, error) {
	const looks = 5
	for look := 1; ; look++ {
		durable, err := store.ReadDurable(fsys, x.dir)
		if err != nil {
			durable = 0 // told already
		}
		var found []Finding
		problems := 0
		out, err := journal.Examine(ctx, fsys, filepath.Join(x.dir, "journal"), durable+1, beside, func(f journal.Fault) {
			f.Path = path.Join("journal", f.Path)
			found = append(found, Finding(f))
			if !f.Harmless {
				problems++
			}
		})
		if err != nil {
			return out, err
		}
		if beside && problems > 0 && look < looks {
			continue
		}
		for _, f := range found {
			x.report(f)
		}
		return out, nil
	}
}

func (x *examiner) settings(fsys disk.FS) int64 {
	size, err := cluster.Examine(fsys, filepath.Join(x.dir, cluster.FileName))
	if err != nil {
		x.report(Finding{Path: cluster.FileName, Problem: err.Error(),
			Advice: "the next start sets it aside and begins a new one: templates, policies and aliases that clients have set are gone; put an older copy back while no server runs"})
	}
	return size
}

func (x *examiner) saved(ctx context.Context, beside bool) int64 {
	size, err := dashboard.Examine(ctx, filepath.Join(x.dir, dashboard.FileName), beside)
	if err != nil {
		x.report(Finding{Path: dashboard.FileName, Problem: err.Error(),
			Advice: "the next start sets a damaged file aside and begins a new one, without saved searches and dashboards; put an older copy back while no server runs"})
	}
	return size
}

// strangers reports what lies at the top of the folder and is not ours.
func (x *examiner) strangers(fsys disk.FS) {
	entries, err := fsys.ReadDir(x.dir)
	if err != nil {
		x.report(Finding{Path: ".", Problem: "the folder cannot be read: " + err.Error(), Advice: "see to its owner and permissions"})
		return
	}
	known := map[string]bool{}
	for _, name := range expected {
		known[name] = true
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case known[name] || strings.HasPrefix(name, "."):
		case strings.HasPrefix(name, cluster.FileName+".damaged-") || strings.HasPrefix(name, dashboard.FileName+".damaged-"):
			x.report(Finding{Path: name, Problem: "an earlier start found it damaged and set it aside", Advice: "remove it when nobody needs it", Harmless: true})
		default:
			x.report(Finding{Path: name, Problem: "not a file of Rastro", Advice: "nothing reads or removes it; move it away"})
		}
	}
}
