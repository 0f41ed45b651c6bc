package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"rastro/internal/disk"
)

// Examine tells why the file at path could not be read by Open, and how many
// bytes it has; a file that does not exist is fine. Nothing is changed.
func Examine(fs disk.FS, path string) (bytes int64, err error) {
	f, err := fs.OpenFile(path, os.O_RDONLY, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("opening: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, MaxBytes+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return 0, fmt.Errorf("reading: %w", err)
	}
	if len(text) > MaxBytes {
		return int64(len(text)), ErrTooLarge
	}
	if err := json.Unmarshal(text, newContent()); err != nil {
		return int64(len(text)), fmt.Errorf("it is not the JSON that it should be: %w", err)
	}
	return int64(len(text)), nil
}
