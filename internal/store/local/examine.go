package local

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rastro/internal/disk"
	"rastro/internal/segment"
)

// Fault is something that Examine found.
type Fault struct {
	// Path is the file within the store's folder, with slashes.
	Path string
	// Problem says what is wrong, Advice what the next start does about it, or
	// what a person should do.
	Problem, Advice string
	// Events are missing, or will be when the file is set aside; 0 where that is
	// not known or none are.
	Events int64
	// Harmless: the next start puts it right and no event is lost.
	Harmless bool
}

// Examination is what Examine read.
type Examination struct {
	Files  int
	Events int64
	Bytes  int64
	// ManifestBytes is the size of the manifest.
	ManifestBytes int64
	// Durable is the number of the last event that needs no journal.
	Durable uint64
}

// The advices that several faults share.
const (
	adviseSnapshot = "the next start, or the first question that meets it, moves it to quarantine and goes on without it; bring its events back from a snapshot (docs/operating.md), or import its lines again"
	adviseRebuild  = "the next start reads the segment files themselves, writes a new manifest and keeps the damaged one in quarantine"
	adviseRemoved  = "after other damage of the manifest the next start takes the file back where its numbers fit, and removes it where only the manifest's end is bad; copy the folder before"
	adviseDisk     = "see to its owner and permissions, or to the disk"
)

// ExamineOptions say how to examine.
type ExamineOptions struct {
	// Beside tells that a process has the store open and changes it meanwhile.
	Beside bool
	// Report is given what is found, in the order of the folder.
	Report func(Fault)
	// Progress, if set, is told the bytes read of all that are to be read.
	Progress func(done, total int64)
}

// storeExaminer is the work of one Examine.
type storeExaminer struct {
	fs   disk.FS
	dir  string
	opts ExamineOptions
	out  Examination
}

// Examine reads every file of the store in dir and reports what is wrong: the
// manifest and its numbers, each segment file that it names, files that it
// does not name, and the quarantine. Nothing is changed, no lock is taken. The
// error is that of the context, or ErrRestoring where the folder is not whole.
func Examine(ctx context.Context, fs disk.FS, dir string, opts ExamineOptions) (Examination, error) {
	x := &storeExaminer{fs: fs, dir: dir, opts: opts}
	if _, err := fs.Stat(filepath.Join(dir, restoringName)); err == nil {
		return x.out, ErrRestoring
	}
	// Listed before the manifest is read: what a server adds meanwhile is not
	// taken for a stranger.
	found := x.listSegments()
	r, err := readManifest(fs, dir)
	if err != nil {
		x.report(Fault{Path: manifestName, Problem: "the manifest cannot be read: " + err.Error(), Advice: adviseDisk})
		return x.out, nil
	}
	x.manifest(r, len(found) > 0)
	if err := x.segments(ctx, r); err != nil {
		return x.out, err
	}
	x.strangers(r, found)
	x.quarantine(r)
	return x.out, nil
}

func (x *storeExaminer) report(f Fault) { x.opts.Report(f) }

// listSegments names the files in the folders of days.
func (x *storeExaminer) listSegments() (names []string) {
	days, err := x.fs.ReadDir(filepath.Join(x.dir, segmentsDir))
	if errors.Is(err, os.ErrNotExist) {
		return nil // the files of the manifest are missing then, if any
	}
	if err != nil {
		x.report(Fault{Path: segmentsDir, Problem: "the folder cannot be read: " + err.Error(), Advice: adviseDisk})
	}
	for _, day := range days {
		name := path.Join(segmentsDir, day.Name())
		if !day.IsDir() {
			x.report(Fault{Path: name, Problem: "not a file of the store", Advice: "nothing reads or removes it; move it away if it is not yours"})
			continue
		}
		entries, err := x.fs.ReadDir(filepath.Join(x.dir, segmentsDir, day.Name()))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			x.report(Fault{Path: name, Problem: "the folder cannot be read: " + err.Error(), Advice: adviseDisk})
		}
		for _, e := range entries {
			names = append(names, path.Join(name, e.Name()))
		}
	}
	return names
}

// manifest reports what is wrong with the manifest itself.
func (x *storeExaminer) manifest(r *readResult, files bool) {
	x.out.Durable, x.out.ManifestBytes = r.durable, r.good+r.torn
	if !r.found && files {
		x.report(Fault{Path: manifestName, Problem: "there is no manifest, but there are segment files",
			Advice: "the next start makes a new manifest of the segment files; what retention and erasure had removed from the list and not yet from the disk comes back"})
	}
	for _, b := range r.broken {
		x.report(Fault{Path: manifestName, Problem: b, Advice: adviseRebuild})
	}
	for _, g := range r.gaps {
		x.report(Fault{Path: manifestName, Problem: fmt.Sprintf("no entry tells of the events %d to %d", g.first, g.last), Advice: adviseRebuild})
	}
	if r.torn > 0 {
		x.report(Fault{Path: manifestName, Harmless: x.opts.Beside,
			Problem: fmt.Sprintf("%d bytes at the end are no entry: the unfinished write of a crash, or damage", r.torn),
			Advice:  "the next start cuts them off; after a crash the journal still holds those events"})
	}
	if _, err := x.fs.Stat(filepath.Join(x.dir, manifestTemp)); err == nil {
		x.report(Fault{Path: manifestTemp, Problem: "an unfinished new manifest", Advice: "the next start removes it", Harmless: true})
	}
	seen := map[string]bool{}
	for i := range r.files {
		m := &r.files[i]
		if seen[m.Path] {
			x.report(Fault{Path: m.Path, Problem: "the manifest names the file twice", Advice: "report this: it should not happen"})
		}
		seen[m.Path] = true
		if len(m.Hidden) > 0 {
			x.report(Fault{Path: m.Path, Problem: "it still holds events that were erased, and are hidden", Harmless: true,
				Advice: "a server that runs, or the next start, writes the file anew without them"})
		}
		if m.LastRID > r.durable {
			x.report(Fault{Path: m.Path, Problem: fmt.Sprintf("it holds events up to %d, but the manifest ends at %d", m.LastRID, r.durable), Advice: adviseRebuild})
		}
	}
}

// segments reads every file that the manifest names.
func (x *storeExaminer) segments(ctx context.Context, r *readResult) error {
	var done, total int64
	for i := range r.files {
		total += r.files[i].Bytes
	}
	for i := range r.files {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		m := &r.files[i]
		full := filepath.Join(x.dir, filepath.FromSlash(m.Path))
		faults := segment.Examine(x.fs, full, m.Meta, segment.Options{Canonical: canonical})
		if len(faults) > 0 && x.opts.Beside && x.left(m.Path) {
			continue // retention or erasure took it meanwhile
		}
		x.out.Files++
		x.out.Events += int64(m.Rows)
		x.out.Bytes += m.Bytes
		x.segmentFaults(m, full, faults)
		if done += m.Bytes; x.opts.Progress != nil {
			x.opts.Progress(done, total)
		}
	}
	return nil
}

// left tells whether the manifest has ceased to name a file.
func (x *storeExaminer) left(name string) bool {
	r, err := readManifest(x.fs, x.dir)
	return err == nil && !slices.ContainsFunc(r.files, func(m fileMeta) bool { return m.Path == name })
}

// segmentFaults reports all faults of one file in one line.
func (x *storeExaminer) segmentFaults(m *fileMeta, full string, faults []error) {
	const most = 4 // places that are told
	var texts []string
	advice, missing := adviseSnapshot, false
	for _, err := range faults {
		switch {
		case errors.Is(err, os.ErrNotExist):
			texts, missing = append(texts, "the file is missing"), true
		case errors.Is(err, segment.ErrCorrupt):
			texts = append(texts, segment.Fault(err, full))
		default:
			texts, advice = append(texts, segment.Fault(err, full)), adviseDisk
		}
	}
	if missing {
		advice = "put the file back if you have it; otherwise the next start goes on without it, and its events come back from a snapshot (docs/operating.md) or a new import only"
	}
	if more := len(texts) - most; more > 0 {
		texts = append(texts[:most], fmt.Sprintf("and %d more", more))
	}
	if len(texts) > 0 {
		x.report(Fault{Path: m.Path, Events: int64(m.Rows), Problem: strings.Join(texts, "; "), Advice: advice})
	}
}

// strangers reports the files that the manifest does not name.
func (x *storeExaminer) strangers(r *readResult, found []string) {
	known := map[string]bool{}
	for i := range r.files {
		known[r.files[i].Path] = true
	}
	for i := range r.lost {
		known[r.lost[i].Meta.Path] = true
	}
	for _, name := range found {
		switch {
		case known[name]:
		case x.opts.Beside:
			x.report(Fault{Path: name, Problem: "the manifest does not name the file yet, or not any more", Advice: "the server is writing or removing it; if it stays, its next start removes it", Harmless: true})
		case strings.HasSuffix(name, tempSuffix):
			x.report(Fault{Path: name, Problem: "an unfinished segment file", Advice: "the next start removes it; its events are in the journal", Harmless: true})
		case r.damaged() || !r.found || r.torn > 0:
			x.report(Fault{Path: name, Problem: "the manifest does not name the file", Advice: adviseRemoved})
		case leftover(name):
			x.report(Fault{Path: name, Problem: "the manifest does not name the file: a crash came before it did, or before the file was removed",
				Advice: "the next start removes it; what counts of its events is in the journal or in other files", Harmless: true})
		default:
			x.report(Fault{Path: name, Problem: "the manifest does not name the file: it is a stranger's",
				Advice: "the next start removes it; move it away before if it is yours"})
		}
	}
}

// leftover tells whether a file has the name of a segment.
func leftover(name string) bool {
	_, ok := parseRange(name)
	return ok
}

// ReadDurable reads from the manifest of a store, open or not, the number of
// the last event that needs no journal; 0 where there is none.
func ReadDurable(fs disk.FS, dir string) (uint64, error) {
	r, err := readManifest(fs, dir)
	if err != nil {
		return 0, err
	}
	return r.durable, nil
}

// quarantine reports the files that were set aside, and what else lies there.
func (x *storeExaminer) quarantine(r *readResult) {
	entries, err := x.fs.ReadDir(filepath.Join(x.dir, quarantineDir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		x.report(Fault{Path: quarantineDir, Problem: "the folder cannot be read: " + err.Error(), Advice: adviseDisk})
	}
	there := map[string]bool{}
	for _, e := range entries {
		there[e.Name()] = true
	}
	for i := range r.lost {
		l := &r.lost[i]
		where, advice := path.Join(quarantineDir, l.name()), "bring its events back from a snapshot (docs/operating.md), or import its lines again"
		if !there[l.name()] {
			where = l.Meta.Path
		}
		delete(there, l.name())
		x.report(Fault{Path: where, Events: int64(l.Meta.Rows), Problem: "was set aside: " + l.Reason, Advice: advice})
	}
	for _, e := range entries {
		if there[e.Name()] {
			x.report(Fault{Path: path.Join(quarantineDir, e.Name()), Harmless: strings.HasPrefix(e.Name(), manifestName+"-"),
				Problem: "left from an earlier repair, or a stranger's", Advice: "nothing reads it; remove it when nobody needs it"})
		}
	}
}
