package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"rastro/internal/dashboard"
)

// ErrNotData: the folder holds something else than Rastro's data.
var ErrNotData = errors.New("this is no data folder of Rastro")

// ours are the names at the top of a data folder; one of them tells it.
var ours = []string{"lock", "manifest", "journal", "segments", dashboard.FileName}

// HasData tells whether dir is a data folder: false when there is nothing yet.
// A file, or a folder with something else in it, gives ErrNotData, so that a
// slip of the pen does not spread files over somebody's folder.
func HasData(dir string) (bool, error) {
	entries, err := os.ReadDir(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		if info, statErr := os.Stat(dir); statErr == nil && !info.IsDir() {
			return false, fmt.Errorf("%w: %s is a file; name a folder", ErrNotData, absolute(dir))
		}
		return false, fmt.Errorf("looking into the data folder: %w", err)
	}
	foreign := ""
	for _, e := range entries {
		switch {
		case slices.Contains(ours, e.Name()):
			return true, nil
		case e.Name() == "lost+found" || strings.HasPrefix(e.Name(), "."):
			// What a new file system or a version control leaves in an empty folder.
		case foreign == "":
			foreign = e.Name()
		}
	}
	if foreign != "" {
		return false, fmt.Errorf("%w: %s holds %q; name a data folder, or a new or empty one", ErrNotData, absolute(dir), foreign)
	}
	return false, nil
}

// absolute shows a path in full, so that a message is true in any folder.
func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
