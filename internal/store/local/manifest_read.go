package local

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"rastro/internal/disk"
)

// readResult is what reading a manifest found.
type readResult struct {
	content
	found  bool  // there is a manifest
	good   int64 // bytes up to the end of the last good record
	torn   int64 // bytes behind it
	broken []string
	gaps   []gap // runs of events that no record tells of
	// superseded tells that there is a newer generation of a file; set while a
	// damaged manifest is completed.
	superseded func(name string) bool
}

// gap is a run of RIDs, both inclusive.
type gap struct{ first, last uint64 }

// damaged tells that records in the middle are missing, so that the manifest
// is no longer the whole truth.
func (r *readResult) damaged() bool { return len(r.broken) > 0 || len(r.gaps) > 0 }

// readManifest reads the manifest of a store's folder. Bad bytes at its end
// are the unfinished write of a crash; those elsewhere are damage.
func readManifest(fs disk.FS, dir string) (*readResult, error) {
	f, err := fs.OpenFile(filepath.Join(dir, manifestName), os.O_RDONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return &readResult{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("opening the manifest: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("reading the manifest: %w", err)
	}
	r := parseManifest(b)
	r.found = true
	return r, nil
}

// parseManifest reads the records of a manifest.
func parseManifest(b []byte) *readResult {
	r := &readResult{}
	at := 0
	for at < len(b) {
		body, ok := cutRecord(b[at:])
		if ok {
			if !r.apply(body) {
				r.broken = append(r.broken, fmt.Sprintf("the entry at byte %d says what cannot be", at))
			}
			at += recordHead + len(body)
			r.good = int64(at)
			continue
		}
		next := at + 1
		for {
			i := bytes.Index(b[min(next, len(b)):], []byte(recordMagic))
			if i < 0 {
				r.torn = int64(len(b) - at)
				return r
			}
			if next += i; recordAt(b[next:]) {
				break
			}
			next++
		}
		r.broken = append(r.broken, fmt.Sprintf("%d bad bytes at byte %d", next-at, at))
		at = next
	}
	return r
}

// recordAt tells whether a good record begins b.
func recordAt(b []byte) bool {
	_, ok := cutRecord(b)
	return ok
}

// cutRecord returns the body of the record that begins b.
func cutRecord(b []byte) ([]byte, bool) {
	if len(b) < recordHead || string(b[:len(recordMagic)]) != recordMagic {
		return nil, false
	}
	length := binary.LittleEndian.Uint32(b[len(recordMagic):])
	if length > maxRecord || int64(length) > int64(len(b)-recordHead) {
		return nil, false
	}
	body := b[recordHead : recordHead+int(length)]
	return body, bodySum(body) == binary.LittleEndian.Uint32(b[len(recordMagic)+4:])
}

// apply carries out one entry; false when it makes no sense.
func (r *readResult) apply(body []byte) bool {
	var en entry
	if json.Unmarshal(body, &en) != nil {
		return false
	}
	for i := range en.Files {
		if !en.Files[i].plausible() {
			return false
		}
	}
	for i := range en.Lost {
		if !en.Lost[i].Meta.inside() {
			return false
		}
	}
	switch en.Kind {
	case entryAdd:
		rows := uint64(0)
		for i := range en.Files {
			rows += uint64(en.Files[i].Rows)
		}
		if en.Last < en.First || en.First <= r.durable || rows != en.Last-en.First+1 {
			return false
		}
		if en.First != r.durable+1 {
			r.gaps = append(r.gaps, gap{r.durable + 1, en.First - 1})
		}
		r.files, r.durable = append(r.files, en.Files...), en.Last
	case entryKeep:
		r.files = append(r.files, en.Files...)
	case entryBase:
		r.durable = max(r.durable, en.Last)
	case entryDrop:
		r.drop(en.Paths)
	case entrySwap:
		return len(en.Paths) > 0 && len(en.Files) == 1 && r.swap(en.Paths, en.Files[0])
	case entryHide:
		return len(en.Hidden) > 0 && r.hide(en.Hidden)
	case entryLose:
		for i := range en.Lost {
			r.drop([]string{en.Lost[i].Meta.Path})
		}
		r.lost = append(r.lost, en.Lost...)
	default:
		return false
	}
	return true
}

// drop takes files out of the content, lost ones too.
func (c *content) drop(paths []string) {
	gone := make(map[string]bool, len(paths))
	for _, p := range paths {
		gone[p] = true
	}
	c.files = slices.DeleteFunc(c.files, func(m fileMeta) bool { return gone[m.Path] })
	c.lost = slices.DeleteFunc(c.lost, func(l lostFile) bool { return gone[l.Meta.Path] })
}

// swap puts a file in the place of others, where the first of them stands;
// false when one of them is not there.
func (c *content) swap(old []string, now fileMeta) bool {
	gone := make(map[string]bool, len(old))
	for _, p := range old {
		gone[p] = true
	}
	at, found := -1, 0
	for i := range c.files {
		if p := c.files[i].Path; gone[p] {
			if found++; p == old[0] {
				at = i
			}
		}
	}
	if at < 0 || found != len(old) {
		return false
	}
	c.files[at] = now
	delete(gone, now.Path)
	c.files = slices.DeleteFunc(c.files, func(m fileMeta) bool { return gone[m.Path] })
	return true
}

// hide hides rows of files; false when that cannot be.
func (c *content) hide(list []hiddenFile) bool {
	at := make(map[string]int, len(c.files))
	for i := range c.files {
		at[c.files[i].Path] = i
	}
	for _, h := range list {
		i, ok := at[h.Path]
		if !ok {
			return false
		}
		now := c.files[i]
		now.Hidden, now.Days = h.Rows, h.Days
		if !now.plausible() {
			return false
		}
		c.files[i] = now
	}
	return true
}

// plausible tells whether a file's description can be true, so that the rest
// of the engine need not doubt it.
func (m *fileMeta) plausible() bool {
	rows := 0
	for _, g := range m.Groups {
		if g.Rows <= 0 || g.MinTime > g.MaxTime || g.Rows > 1<<31 {
			return false
		}
		rows += g.Rows
	}
	if !(m.inside() && m.Rows > 0 && m.Rows == rows && m.Bytes >= 0 && m.FirstRID > 0 && m.FirstRID <= m.LastRID && m.MinTime <= m.MaxTime) {
		return false
	}
	_, hidden, err := m.Hidden.decode(m.Groups)
	return err == nil && hidden < m.Rows
}

// inside tells whether the path stays within the folder of segments.
func (m *fileMeta) inside() bool {
	return path.Clean(m.Path) == m.Path && strings.HasPrefix(m.Path, segmentsDir+"/") && !strings.ContainsAny(m.Path, "\\\x00")
}
