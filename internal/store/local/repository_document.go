package local

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/cespare/xxhash/v2"
)

const (
	// maxDocument bounds a snapshot's document: about 100,000 files.
	maxDocument = 128 << 20
	// maxMetadata bounds what a client may note in a snapshot.
	maxMetadata = 16 << 20
	// maxSnapshotName is a bound of file systems, less what is added.
	maxSnapshotName = 200
)

// Snapshot describes a finished snapshot.
type Snapshot struct {
	Name string `json:"name"`
	UUID string `json:"uuid"`
	// Release is the version of Rastro that made it.
	Release        string    `json:"release,omitempty"`
	Started, Ended time.Time `json:"-"`
	StartedNano    int64     `json:"started"` // nanoseconds since 1970
	EndedNano      int64     `json:"ended"`
	// LastRID is the highest number of an event that the store held.
	LastRID uint64 `json:"last_rid"`
	// Parts are the events by day and index; all of the store, or those chosen.
	Parts []SnapshotPart `json:"parts"`
	// Events is their sum. Files and Bytes are those of all files that the
	// snapshot needs, NewFiles and NewBytes those it added to the repository.
	Events   int64 `json:"events"`
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"`
	NewFiles int   `json:"new_files"`
	NewBytes int64 `json:"new_bytes"`
	// Whole tells that nothing was chosen: all events are in it.
	Whole bool `json:"whole"`
	// Missing says, one reason a file, what the store could not give because it
	// was damaged. The snapshot is partial then.
	Missing []string `json:"missing,omitempty"`
	// Metadata is a JSON object of whoever asked for it, kept as it came.
	Metadata json.RawMessage `json:"metadata,omitempty"`
	// DocumentBytes is the size of the snapshot's own document.
	DocumentBytes int64 `json:"-"`
}

// SnapshotPart counts the events of one UTC day (YYYY-MM-DD) and one value of
// the field index, "" for events that have none.
type SnapshotPart struct {
	Day    string `json:"day"`
	Index  string `json:"index,omitempty"`
	Events int64  `json:"events"`
}

// document is a snapshot with its files.
type document struct {
	Snapshot
	files []snapshotFile
}

// snapshotFile is one file of a snapshot. Name is within the repository's
// segments; Meta.Path is the name the file had, and gets again, in a store.
type snapshotFile struct {
	Name  string         `json:"name"`
	Meta  fileMeta       `json:"meta"`
	Parts []SnapshotPart `json:"parts"`
}

// encode writes a document: three lines, the snapshot, its files, and the hash
// of both. The first line alone serves lists of snapshots.
func (d *document) encode() ([]byte, error) {
	head, err := json.Marshal(struct {
		Format int `json:"format"`
		*Snapshot
	}{repositoryFormat, &d.Snapshot})
	if err != nil {
		return nil, fmt.Errorf("encoding a snapshot: %w", err)
	}
	files, err := json.Marshal(d.files)
	if err != nil {
		return nil, fmt.Errorf("encoding the files of a snapshot: %w", err)
	}
	b := append(append(append(head, '\n'), files...), '\n')
	b = fmt.Appendf(b, "{\"xxhash64\":\"%016x\"}\n", xxhash.Sum64(b))
	if len(b) > maxDocument {
		return nil, fmt.Errorf("the snapshot has too many files: its document would have %d bytes", len(b))
	}
	return b, nil
}

// decodeDocument reads a document; nothing in it is trusted.
func decodeDocument(name string, b []byte) (*document, error) {
	bad := func(why string) error { return fmt.Errorf("%w: the document of %q %s", ErrBadSnapshot, name, why) }
	head, rest, ok1 := bytes.Cut(b, []byte("\n"))
	files, last, ok2 := bytes.Cut(rest, []byte("\n"))
	var sum struct {
		Hash string `json:"xxhash64"`
	}
	if !ok1 || !ok2 || json.Unmarshal(last, &sum) != nil {
		return nil, bad("is not whole")
	}
	if sum.Hash != fmt.Sprintf("%016x", xxhash.Sum64(b[:len(b)-len(last)])) {
		return nil, bad("has another checksum")
	}
	d := &document{}
	var format struct {
		Format int `json:"format"`
	}
	if json.Unmarshal(head, &format) != nil || json.Unmarshal(head, &d.Snapshot) != nil || json.Unmarshal(files, &d.files) != nil {
		return nil, bad("cannot be read")
	}
	if format.Format != repositoryFormat {
		return nil, bad(fmt.Sprintf("has the format %d, which this version does not read", format.Format))
	}
	d.DocumentBytes = int64(len(b))
	d.Started, d.Ended = time.Unix(0, d.StartedNano).UTC(), time.Unix(0, d.EndedNano).UTC()
	if d.Name != name {
		return nil, bad(fmt.Sprintf("is that of %q", d.Name))
	}
	paths := make(map[string]bool, len(d.files))
	for i := range d.files {
		f := &d.files[i]
		if !plainName(f.Name) || !f.Meta.plausible() || paths[f.Meta.Path] || f.Meta.LastRID > d.LastRID {
			return nil, bad(fmt.Sprintf("names the file %q, which cannot be one of a snapshot", f.Name))
		}
		paths[f.Meta.Path] = true
	}
	return d, nil
}

// plainName tells whether a name is one of a file in a folder and leads
// nowhere else.
func plainName(name string) bool {
	return name != "" && name != "." && name != ".." && !strings.ContainsAny(name, "/\\\x00") && len(name) < 255
}

// poolName is the name of a store's file in a repository: it tells the content
// by its checksum, so that files of several stores never meet.
func poolName(m *fileMeta) string {
	bare := strings.TrimSuffix(strings.TrimPrefix(m.Path, segmentsDir+"/"), segmentSuffix)
	return fmt.Sprintf("%s-%d-%016x%s", strings.ReplaceAll(bare, "/", "_"), m.Bytes, m.Sum, segmentSuffix)
}

// CheckSnapshotName tells why a name cannot be one of a snapshot: it would
// have to be escaped in a path or a URL. Errors wrap ErrSnapshotName.
func CheckSnapshotName(name string) error {
	bad := func(why string) error { return fmt.Errorf("%w: [%s]: %s", ErrSnapshotName, name, why) }
	switch {
	case name == "":
		return bad("cannot be empty")
	case name == "." || name == "..":
		return bad("must not be '.' or '..'")
	case strings.ContainsFunc(name, unicode.IsSpace):
		return bad("must not contain whitespace")
	case strings.Contains(name, ","):
		return bad("must not contain ','")
	case strings.Contains(name, "#"):
		return bad("must not contain '#'")
	case name[0] == '_':
		return bad("must not start with '_'")
	case strings.ToLower(name) != name:
		return bad("must be lowercase")
	case strings.ContainsAny(name, `\/*?"<>|`) || strings.ContainsFunc(name, unicode.IsControl):
		return bad(`must not contain the following characters [ , ", *, \, <, |, ,, >, /, ?]`)
	case len(name) > maxSnapshotName:
		return bad(fmt.Sprintf("must not be longer than %d bytes", maxSnapshotName))
	}
	return nil
}

// newUUID makes a random id.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails: the program ends where there is no randomness
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// document reads a snapshot's document.
func (r *Repository) document(name string) (*document, error) {
	if CheckSnapshotName(name) != nil {
		return nil, fmt.Errorf("%w: %s", ErrNoSnapshot, name)
	}
	b, err := r.read(r.documentPath(name), maxDocument)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s", ErrNoSnapshot, name)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the snapshot %s: %w", name, err)
	}
	return decodeDocument(name, b)
}

// Names lists the snapshots, the damaged ones too.
func (r *Repository) Names() ([]string, error) {
	entries, err := r.fs.ReadDir(filepath.Join(r.dir, snapshotsDir))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing the snapshots: %w", err)
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), snapshotSuffix)
		if ok && e.Type().IsRegular() && CheckSnapshotName(name) == nil {
			names = append(names, name)
		}
	}
	return names, nil
}

// Get describes one snapshot: ErrNoSnapshot where there is none, ErrBadSnapshot
// where its document is damaged.
func (r *Repository) Get(name string) (Snapshot, error) {
	d, err := r.document(name)
	if err != nil {
		return Snapshot{}, err
	}
	return d.Snapshot, nil
}

// List describes all snapshots that can be read, the oldest first, and tells
// of those that cannot.
func (r *Repository) List() (list []Snapshot, damaged map[string]error, err error) {
	names, err := r.Names()
	if err != nil {
		return nil, nil, err
	}
	damaged = map[string]error{}
	for _, name := range names {
		s, err := r.Get(name)
		switch {
		case errors.Is(err, ErrNoSnapshot): // deleted meanwhile
		case err != nil:
			damaged[name] = err
		default:
			list = append(list, s)
		}
	}
	slices.SortStableFunc(list, func(a, b Snapshot) int { return a.Started.Compare(b.Started) })
	return list, damaged, nil
}
