package local

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"

	"rastro/internal/disk"
)

// The manifest is the one truth about which segment files belong to the store.
// It is a file of records that are only ever appended:
//
//	magic    4 bytes
//	length   4 bytes of the body, little endian
//	checksum 4 bytes CRC-32C of length and body
//	body     one entry as JSON
//
// When most of it is about files that are gone it is written anew beside the
// old one and renamed over it.
const (
	manifestName = "manifest"
	manifestTemp = "manifest.tmp"
	recordMagic  = "RSM1"
	recordHead   = len(recordMagic) + 4 + 4
	// maxRecord bounds one entry. The largest one lists the files of one flush.
	maxRecord = 64 << 20
	// rewriteBytes is the size below which a manifest is never written anew.
	rewriteBytes = 1 << 20
	// rewriteChunk is how many files one entry of a new manifest lists.
	rewriteChunk = 64
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// entryKind is what an entry says.
type entryKind string

const (
	// entryAdd: Files hold the events First to Last, which are durable now.
	entryAdd entryKind = "add"
	// entryKeep: Files belong to the store; part of a manifest written anew.
	entryKeep entryKind = "keep"
	// entryBase: all events up to Last were durable; ends the kept files.
	entryBase entryKind = "base"
	// entryDrop: Paths do not belong to the store any more, nor to the lost.
	entryDrop entryKind = "drop"
	// entrySwap: the one file of Files takes the place of those of Paths: it was
	// put together of them, or of the only one some events were erased.
	entrySwap entryKind = "swap"
	// entryHide: the rows that Hidden tells of are erased; their files are to be
	// written anew.
	entryHide entryKind = "hide"
	// entryLose: Lost files were set aside.
	entryLose entryKind = "lose"
)

// entry is one record of the manifest. Kind says which of the others count.
type entry struct {
	Kind  entryKind  `json:"kind"`
	First uint64     `json:"first,omitempty"`
	Last  uint64     `json:"last,omitempty"`
	Files []fileMeta `json:"files,omitempty"`
	Paths []string   `json:"paths,omitempty"`
	Lost  []lostFile `json:"lost,omitempty"`
	// Hidden are all hidden rows of a file, the earlier ones too.
	Hidden []hiddenFile `json:"hidden,omitempty"`
}

// hiddenFile tells which rows of a file are hidden.
type hiddenFile struct {
	Path string         `json:"path"`
	Rows hiddenRows     `json:"rows"`
	Days map[string]int `json:"days,omitempty"`
}

// appendEntry appends the record of an entry.
func appendEntry(dst []byte, en *entry) ([]byte, error) {
	body, err := json.Marshal(en)
	if err != nil {
		return dst, fmt.Errorf("encoding an entry of the manifest: %w", err)
	}
	dst = append(dst, recordMagic...)
	dst = binary.LittleEndian.AppendUint32(dst, uint32(len(body)))
	dst = binary.LittleEndian.AppendUint32(dst, bodySum(body))
	return append(dst, body...), nil
}

// bodySum is the checksum of a record.
func bodySum(body []byte) uint32 {
	var length [4]byte
	binary.LittleEndian.PutUint32(length[:], uint32(len(body)))
	return crc32.Update(crc32.Checksum(length[:], castagnoli), castagnoli, body)
}

// manifest writes the manifest's file. It is not safe for concurrent use: the
// engine's changing guards it.
type manifest struct {
	fs   disk.FS
	dir  string
	file disk.File // nil when the next entry has to write the file anew
	size int64     // bytes of good records
	// writes counts the entries that are durable.
	writes int
	// live is the size a new manifest would have, about.
	live int64
}

// add makes an entry durable. state is what the manifest says with the entry,
// in case the file has to be written anew. After an error the entry does not
// count, unless a crash comes before the next success.
func (m *manifest) add(en *entry, state func() *content) error {
	if m.file != nil && m.size > rewriteBytes && m.size > 3*m.live {
		m.abandon()
	}
	if m.file == nil {
		return m.rewrite(state())
	}
	b, err := appendEntry(nil, en)
	if err != nil {
		return err
	}
	if _, err := m.file.Write(b); err != nil {
		if undo := m.file.Truncate(m.size); undo != nil {
			m.abandon()
		}
		return fmt.Errorf("writing the manifest: %w", err)
	}
	if err := m.file.Sync(); err != nil {
		// What the file holds now is not known; a new one is written next time.
		_ = m.file.Truncate(m.size)
		m.abandon()
		return fmt.Errorf("syncing the manifest: %w", err)
	}
	m.size += int64(len(b))
	m.writes++
	m.live = state().size()
	return nil
}

// abandon closes the file; the next entry writes a new one.
func (m *manifest) abandon() {
	_ = m.file.Close() // all that counts is synced
	m.file = nil
}

// rewrite replaces the manifest by a new one that says the same.
func (m *manifest) rewrite(c *content) error {
	b, err := c.encode()
	if err != nil {
		return err
	}
	temp, name := filepath.Join(m.dir, manifestTemp), filepath.Join(m.dir, manifestName)
	f, err := m.fs.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o640)
	if err != nil {
		return fmt.Errorf("writing a new manifest: %w", err)
	}
	if _, err = f.Write(b); err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = m.fs.Rename(temp, name)
	}
	if err == nil {
		err = m.fs.SyncDir(m.dir)
	}
	if err != nil {
		return fmt.Errorf("writing a new manifest: %w", errors.Join(err, f.Close()))
	}
	m.file, m.size, m.live = f, int64(len(b)), int64(len(b))
	m.writes++
	return nil
}

func (m *manifest) close() error {
	if m.file == nil {
		return nil
	}
	err := m.file.Close()
	m.file = nil
	if err != nil {
		return fmt.Errorf("closing the manifest: %w", err)
	}
	return nil
}

// content is what a manifest says in the end.
type content struct {
	files   []fileMeta // by first RID
	lost    []lostFile
	durable uint64
}

// encode writes the content as a whole manifest.
func (c *content) encode() ([]byte, error) {
	var b []byte
	var err error
	for from := 0; from < len(c.files) && err == nil; from += rewriteChunk {
		b, err = appendEntry(b, &entry{Kind: entryKeep, Files: c.files[from:min(len(c.files), from+rewriteChunk)]})
	}
	if len(c.lost) > 0 && err == nil {
		b, err = appendEntry(b, &entry{Kind: entryLose, Lost: c.lost})
	}
	if err != nil {
		return nil, err
	}
	return appendEntry(b, &entry{Kind: entryBase, Last: c.durable})
}

// size estimates the bytes of encode.
func (c *content) size() int64 {
	n := int64(64)
	for i := range c.files {
		n += 200 + 60*int64(len(c.files[i].Groups)) + 14*int64(len(c.files[i].Columns)) + 20*int64(len(c.files[i].Days)) + int64(len(c.files[i].Hidden))*4/3
	}
	return n + 500*int64(len(c.lost))
}
