package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"time"

	"rastro/internal/dashboard"
	"rastro/internal/disk"
	"rastro/internal/elastic/cluster"
	"rastro/internal/query"
	"rastro/internal/store"
	"rastro/internal/web"
)

// Erase removes every event that mentions an address: from memory, segment
// files, the journal, and the repositories of snapshots in the folders for
// backups. What may still hold the address is in the report. Our log tells that
// somebody was erased, and never who.
func (f *Folder) Erase(ctx context.Context, req web.EraseRequest, progress func(web.EraseProgress)) (web.EraseReport, error) {
	start := time.Now()
	sum := sha256.Sum256([]byte(strings.ToLower(req.Address)))
	if progress == nil {
		progress = func(web.EraseProgress) {}
	}
	x := &erasing{folder: f, req: req, progress: progress}
	x.report = web.EraseReport{SHA256: hex.EncodeToString(sum[:]), DryRun: req.DryRun, Forms: req.Forms, Fields: map[string]int64{}, Days: map[string]int64{}}
	if err := query.CheckAddress(req.Address); err != nil {
		return x.report, web.Error{Code: "bad_address", Message: err.Error()}
	}
	err := x.run(ctx)
	x.report.Took = time.Since(start).Milliseconds()
	switch {
	case err != nil:
		f.log.Error("erasing a person failed; what was hidden stays hidden", "count", x.report.Events, "took", time.Since(start), "err", err)
	case !req.DryRun:
		f.log.Warn("a person was erased", "count", x.report.Events, "took", time.Since(start))
	}
	return x.report, err
}

// erasing is the work of one Erase.
type erasing struct {
	folder   *Folder
	req      web.EraseRequest
	progress func(web.EraseProgress)
	report   web.EraseReport
}

func (x *erasing) run(ctx context.Context) error {
	f := x.folder
	// What was acknowledged before goes too, not only what is in the store.
	if err := f.Belt.Settled(ctx); err != nil {
		return fmt.Errorf("waiting for accepted lines: %w", err)
	}
	out, err := f.store.EraseAddress(ctx, store.AddressErasure{
		Address: x.req.Address, Forms: x.req.Forms, DryRun: x.req.DryRun,
		Progress: func(p store.EraseProgress) {
			x.progress(web.EraseProgress{Phase: p.Phase, Done: int64(p.Done), Total: int64(p.Total)})
		},
	})
	r := &x.report
	r.Events, r.Alike = out.Events, out.Alike
	maps.Copy(r.Fields, out.Fields)
	maps.Copy(r.Days, out.Days)
	r.FilesRewritten, r.FilesRemoved, r.BytesFreed = out.Removed.Rewritten, out.Removed.Segments, out.Removed.Bytes
	if err != nil {
		return err
	}
	if !x.req.DryRun {
		if err := x.journal(ctx); err != nil {
			return fmt.Errorf("dropping the journal's files: %w", err)
		}
	}
	if err := x.snapshots(ctx); err != nil {
		return err
	}
	if err := x.rest(ctx); err != nil {
		return err
	}
	if x.req.Verify && !x.req.DryRun {
		return x.verify(ctx)
	}
	return nil
}

// journal drops the files that hold the lines of erased events: all that are
// there now, once their events are in segment files.
func (x *erasing) journal(ctx context.Context) error {
	f := x.folder
	if err := f.journal.Rotate(); err != nil {
		return err
	}
	files := f.journal.Stats().Files
	if err := f.Belt.Settled(ctx); err != nil {
		return err
	}
	if err := f.store.Flush(ctx); err != nil {
		return err
	}
	if err := f.journal.Trim(f.store.Durable()); err != nil {
		return err
	}
	x.report.JournalFiles = max(0, files-f.journal.Stats().Files)
	return nil
}

// snapshots looks through the repositories on this machine.
func (x *erasing) snapshots(ctx context.Context) error {
	for _, dir := range repositories(x.folder.backups) {
		if x.req.DryRun {
			x.remains(dir, "a repository of snapshots: the erasure looks through it and rewrites what mentions the address")
			continue
		}
		done, err := x.repository(ctx, dir)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			x.remains(dir, "its snapshots could not be rewritten: "+err.Error())
		}
		for _, name := range done.Unreadable {
			x.remains(dir, name)
		}
		x.report.Snapshots = append(x.report.Snapshots, web.EraseRepository{
			Path: dir, Snapshots: done.Snapshots, FilesRewritten: done.Rewritten, FilesRemoved: done.Removed, Events: done.Events,
		})
	}
	return nil
}

func (x *erasing) repository(ctx context.Context, dir string) (store.RepositoryErased, error) {
	r, err := store.OpenRepository(disk.OS(), dir, false)
	if err != nil {
		return store.RepositoryErased{}, err
	}
	done, err := r.EraseAddress(ctx, x.req.Address, x.req.Forms, func(p store.EraseProgress) {
		x.progress(web.EraseProgress{Phase: p.Phase, Done: int64(p.Done), Total: int64(p.Total)})
	})
	return done, errors.Join(err, r.Close())
}

// repositories finds the repositories of snapshots in folders and up to three
// levels below them.
func repositories(folders []string) (found []string) {
	var look func(dir string, depth int)
	look = func(dir string, depth int) {
		if _, err := os.Stat(filepath.Join(dir, "repository.json")); err == nil {
			found = append(found, dir)
			return
		}
		entries, err := os.ReadDir(dir)
		if err != nil || depth == 0 {
			return
		}
		for _, e := range entries {
			if e.IsDir() {
				look(filepath.Join(dir, e.Name()), depth-1)
			}
		}
	}
	for _, folder := range folders {
		look(folder, 3)
	}
	return found
}

func (x *erasing) remains(path, reason string) {
	x.report.Remains = append(x.report.Remains, web.EraseRemainder{Path: path, Reason: reason})
}

// damagedFolders hold files that nothing reads any more.
var damagedFolders = []string{"quarantine", filepath.Join("journal", "damaged")}

// rest looks at what is no event, or cannot be read as one, by its bytes.
func (x *erasing) rest(ctx context.Context) error {
	dir := x.folder.dir
	for _, sub := range damagedFolders {
		if err := x.damaged(ctx, filepath.Join(dir, sub)); err != nil {
			return err
		}
	}
	for name, what := range map[string]string{
		dashboard.FileName: "a saved search or dashboard, or an older version of one, names the address: change or delete it",
		cluster.FileName:   "a setting, template or alias that a client made names the address",
	} {
		for _, suffix := range []string{"", "-wal"} {
			path := filepath.Join(dir, name+suffix)
			found, err := x.inFile(ctx, path)
			if err != nil {
				return err
			}
			if found {
				x.remains(path, what)
			}
		}
	}
	return nil
}

// inFile tells whether the bytes of the address stand in a file, or those of a
// web address that names it.
func (x *erasing) inFile(ctx context.Context, path string) (bool, error) {
	for _, text := range []string{x.req.Address, strings.ReplaceAll(x.req.Address, "@", "%40")} {
		found, _, err := FindBytes(ctx, []string{path}, text, nil)
		if err != nil || len(found) > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

// damaged looks at the files of a folder that could not be read. Their bytes may
// hide the address, so that it is not enough that it is not found.
func (x *erasing) damaged(ctx context.Context, dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking into %s: %w", dir, err)
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		found, err := x.inFile(ctx, path)
		if err != nil {
			return err
		}
		switch {
		case x.req.Damaged && !x.req.DryRun:
			if err := os.Remove(path); err != nil {
				x.remains(path, "a damaged file that could not be removed: "+err.Error())
			}
		case found:
			x.remains(path, "a damaged file that holds the address; erase with --damaged to remove it")
		default:
			x.remains(path, "a damaged file in which the address was not found, but may be; erase with --damaged to remove it")
		}
	}
	return nil
}

// verify looks for the bytes of the address in every file.
func (x *erasing) verify(ctx context.Context) error {
	folders := append([]string{x.folder.dir}, repositories(x.folder.backups)...)
	found, searched, err := FindBytes(ctx, folders, x.req.Address, func(done, total int64) {
		x.progress(web.EraseProgress{Phase: "verify", Done: done, Total: total})
	})
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	v := &web.EraseVerified{Files: searched.Files, Bytes: searched.Bytes, Unpacked: searched.Unpacked}
	for _, f := range found {
		v.Found = append(v.Found, web.EraseFound(f))
	}
	x.report.Verified = v
	return nil
}
