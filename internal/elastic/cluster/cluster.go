// Package cluster keeps what clients of the Elasticsearch-shaped API have set
// and expect to find again: names of indices with their settings and aliases,
// templates, data streams, policies, repositories, cluster settings.
//
// What comes in are changes; what goes out is the content as it is, and one
// file that is replaced as a whole. It never holds an event, and it knows
// nothing of the store: what a setting does is for others to carry out.
package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/disk"
)

// FileName is the file in the data folder.
const FileName = "cluster.json"

// MaxBytes bounds the file: several hundred templates of Beats' size.
const MaxBytes = 64 << 20

// ErrTooLarge: the change would make the content larger than MaxBytes. The way
// out is to delete templates or indices that are not needed.
var ErrTooLarge = errors.New("what clients have set is larger than 64 MB; delete templates or indices that are not needed")

// ErrTooDeep: the change holds JSON that is nested too deeply to be kept.
var ErrTooDeep = errors.New("what was sent is nested too deeply to be kept; flatten it")

// Options are what a State needs beside its file. The zero value is good.
type Options struct {
	Log *slog.Logger
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// State is the opened content. Its methods are safe for concurrent use.
type State struct {
	fs   disk.FS
	path string
	opts Options

	changing sync.Mutex // held by the one who writes the file
	content  atomic.Pointer[Content]
}

// Open reads the file at path, or begins with an empty content where there is
// none. A file that cannot be read as what it is set aside beside itself, with
// a warning: events are served without it.
func Open(fs disk.FS, path string, opts Options) (*State, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	s := &State{fs: fs, path: path, opts: opts}
	c, err := s.read()
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	c.TransientSettings = map[string]string{}
	s.content.Store(c)
	return s, nil
}

func (s *State) read() (*Content, error) {
	f, err := s.fs.OpenFile(s.path, os.O_RDONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return newContent(), nil
	}
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	c := newContent()
	if err := json.Unmarshal(text, c); err == nil {
		c.fill()
		return c, nil
	}
	aside := s.path + s.opts.Now().UTC().Format(".damaged-20060102T150405Z")
	if err := s.fs.Rename(s.path, aside); err != nil {
		return nil, fmt.Errorf("setting the damaged file aside: %w", err)
	}
	s.opts.Log.Warn("the file of what clients have set (templates, policies, aliases) is damaged; it was set aside and a new one is begun", "path", aside)
	return newContent(), nil
}

// Content is the content as it is now. It must not be changed.
func (s *State) Content() *Content { return s.content.Load() }

// Change lets change alter a copy of the content and makes it durable. When
// change or the disk gives an error nothing has changed.
func (s *State) Change(change func(*Content) error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	next, err := s.Content().copy()
	if err != nil {
		return err
	}
	if err := change(next); err != nil {
		return err
	}
	text, err := json.Marshal(next)
	if err != nil {
		return fmt.Errorf("encoding the cluster state: %w", err)
	}
	if len(text) > MaxBytes {
		return ErrTooLarge
	}
	if !json.Valid(text) {
		return ErrTooDeep // it could not be read again
	}
	if err := s.write(text); err != nil {
		return fmt.Errorf("writing %s: %w", s.path, err)
	}
	s.content.Store(next)
	return nil
}

// write replaces the file: what is read after a crash is the old content or
// the new one.
func (s *State) write(text []byte) error {
	temp := s.path + ".tmp"
	f, err := s.fs.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, s.fs.Remove(temp))
	}
	if err := s.fs.Rename(temp, s.path); err != nil {
		return errors.Join(err, s.fs.Remove(temp))
	}
	return s.fs.SyncDir(filepath.Dir(s.path))
}
