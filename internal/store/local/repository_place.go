package local

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"rastro/internal/disk"
)

// ErrLocation: the place of a repository cannot be used.
var ErrLocation = errors.New("the location of the repository cannot be used")

// RepositoryPlace tells where a repository lies: the allowed folder, and the
// repository's own folder inside it. A location that is absolute and inside an
// allowed folder is taken as it is; any other is a path below the first one,
// so that a location made for another machine works and leads nowhere else.
// Locations with .. give ErrLocation.
func RepositoryPlace(folders []string, location string) (base, dir string, err error) {
	switch {
	case len(folders) == 0:
		return "", "", fmt.Errorf("%w: no folder for backups is allowed", ErrLocation)
	case location == "":
		return "", "", fmt.Errorf("%w: it is empty", ErrLocation)
	case len(location) > 1024 || strings.ContainsRune(location, 0):
		return "", "", fmt.Errorf("%w: it is too long, or holds a NUL", ErrLocation)
	}
	for part := range strings.SplitSeq(location, "/") {
		if part == ".." {
			return "", "", fmt.Errorf("%w: %q has .. and leads out of its folder", ErrLocation, location)
		}
	}
	if filepath.IsAbs(location) {
		for _, folder := range folders {
			folder = filepath.Clean(folder)
			rel, err := filepath.Rel(folder, location)
			if err == nil && rel != ".." && !strings.HasPrefix(rel, "../") {
				return folder, filepath.Join(folder, rel), nil
			}
		}
	}
	base = filepath.Clean(folders[0])
	return base, filepath.Join(base, location), nil
}

// OpenRepositoryIn opens the repository at a location by the rule of
// RepositoryPlace, with all its files kept inside the allowed folder. With
// create it is made if there is none. Close must follow.
func OpenRepositoryIn(folders []string, location string, create bool) (*Repository, error) {
	base, dir, err := RepositoryPlace(folders, location)
	if err != nil {
		return nil, err
	}
	if create {
		if err := disk.OS().MkdirAll(base, 0o750); err != nil {
			return nil, fmt.Errorf("making the folder of backups: %w", err)
		}
	}
	root, err := disk.OpenRoot(base)
	if err != nil {
		return nil, errors.Join(ErrNoRepository, err)
	}
	r, err := OpenRepository(root, dir, create)
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	r.root = root
	return r, nil
}
