package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"rastro/internal/disk"
)

// ErrLocked: another process has the store open.
var ErrLocked = errors.New("the data folder is in use")

const (
	lockName = "lock"
	// maxLockBytes bounds what is read of a lock file.
	maxLockBytes = 64 << 10
	// lockTries and lockPause are the patience with a lock that is taken.
	lockTries = 5
	lockPause = 20 * time.Millisecond
)

// LockInfo says who has a store open. It stands in the store's lock file.
type LockInfo struct {
	// PID is the process.
	PID int `json:"pid"`
	// Addresses are those it serves, by port name such as "ui"; nil while it
	// serves none.
	Addresses map[string]string `json:"addresses,omitempty"`
}

// String tells the process and its addresses for a person.
func (i LockInfo) String() string {
	s := fmt.Sprintf("process %d", i.PID)
	if i.PID == 0 {
		s = "another process"
	}
	var served []string
	for _, name := range slices.Sorted(maps.Keys(i.Addresses)) {
		served = append(served, name+" on "+i.Addresses[name])
	}
	if len(served) > 0 {
		s += " (" + strings.Join(served, ", ") + ")"
	}
	return s
}

// folderLock is a held lock.
type folderLock struct{ file disk.File }

// lockFolder takes the lock of a store's folder, or tells who has it. The
// operating system ends the lock with the process, however that ends; the
// file stays. A file system without descriptors, as tests use it, has no
// locks.
func lockFolder(fs disk.FS, dir string, log *slog.Logger) (*folderLock, error) {
	name := filepath.Join(dir, lockName)
	f, err := fs.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o640)
	if err != nil {
		return nil, fmt.Errorf("opening the lock: %w", err)
	}
	l := &folderLock{file: f}
	held, err := tryLock(f)
	for range lockTries {
		if err != nil || held {
			break
		}
		// A command that asks who serves the store has the lock for a moment.
		time.Sleep(lockPause)
		held, err = tryLock(f)
	}
	if err != nil || !held {
		info := readLock(f)
		if closeErr := f.Close(); err != nil || closeErr != nil {
			return nil, fmt.Errorf("locking %s: %w", name, errors.Join(err, closeErr))
		}
		return nil, fmt.Errorf("%w: %s has %s open; stop it or choose another folder with --data", ErrLocked, info, dir)
	}
	if err := l.write(LockInfo{PID: os.Getpid()}); err != nil {
		// A full disk must not keep anybody from reading what is there.
		log.Warn("the lock does not say who has it", "path", name, "err", err)
	}
	return l, nil
}

// tryLock takes the lock of an open file unless somebody else has it.
func tryLock(f disk.File) (bool, error) {
	real, ok := f.(interface{ Fd() uintptr })
	if !ok {
		return true, nil
	}
	err := unix.Flock(int(real.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil, err
}

// readLock reads who holds a lock; the zero LockInfo when it is not written.
func readLock(f disk.File) LockInfo {
	var info LockInfo
	b := make([]byte, maxLockBytes)
	n, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) || json.Unmarshal(b[:n], &info) != nil {
		return LockInfo{}
	}
	return info
}

// write replaces what the lock file says.
func (l *folderLock) write(info LockInfo) error {
	b, err := json.Marshal(info)
	if err == nil {
		err = l.file.Truncate(0)
	}
	if err == nil {
		_, err = l.file.Seek(0, io.SeekStart)
	}
	if err == nil {
		_, err = l.file.Write(append(b, '\n'))
	}
	if err != nil {
		return fmt.Errorf("writing the lock: %w", err)
	}
	return nil
}

// release gives the lock back.
func (l *folderLock) release() error {
	if err := l.file.Close(); err != nil {
		return fmt.Errorf("closing the lock: %w", err)
	}
	return nil
}

// SetInfo writes who serves the store and where, for commands that look for
// it. A PID of 0 stands for this process.
func (e *Engine) SetInfo(info LockInfo) error {
	if info.PID == 0 {
		info.PID = os.Getpid()
	}
	return e.lock.write(info)
}

// ReadLock tells whether a process has the store in dir open, and which. It
// takes no lock for longer than the question.
func ReadLock(fs disk.FS, dir string) (info LockInfo, held bool, err error) {
	f, err := fs.OpenFile(filepath.Join(dir, lockName), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return LockInfo{}, false, nil
	}
	if err != nil {
		return LockInfo{}, false, fmt.Errorf("opening the lock: %w", err)
	}
	defer f.Close()
	free, err := tryLock(f)
	if err != nil {
		return LockInfo{}, false, fmt.Errorf("asking for the lock: %w", err)
	}
	if free {
		return LockInfo{}, false, nil
	}
	return readLock(f), true, nil
}
