// Package corpora holds real logs of real mail servers, with the truth about
// what happened, for tests and for scoring.
//
// Nothing comes in; out go files in a folder. It never looks at them. What they
// are is told in README.md.
package corpora

import (
	"archive/tar"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/klauspost/compress/zstd"
)

//go:embed corpora.tar.zst
var archive []byte

// Unpack writes all files below dir. Files are as old as their last lines, so
// that stamps without a year are read the same in any year.
func Unpack(dir string) error {
	z, err := zstd.NewReader(bytes.NewReader(archive))
	if err != nil {
		return fmt.Errorf("reading the corpora: %w", err)
	}
	defer z.Close()
	files := tar.NewReader(z)
	for {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the corpora: %w", err)
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if err := unpack(filepath.Join(dir, filepath.FromSlash(h.Name)), files, h.ModTime); err != nil {
			return fmt.Errorf("unpacking %s: %w", h.Name, err)
		}
	}
}

func unpack(name string, r io.Reader, modified time.Time) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err = io.Copy(f, r); err == nil {
		err = f.Close()
	}
	if err != nil {
		return err
	}
	return os.Chtimes(name, modified, modified)
}

// Table reads a file of tab-separated values with a header: one map of column
// to value for each row.
func Table(name string) ([]map[string]string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("reading the truth: %w", err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	columns := strings.Split(lines[0], "\t")
	rows := make([]map[string]string, 0, len(lines)-1)
	for i, line := range lines[1:] {
		values := strings.Split(line, "\t")
		if len(values) > len(columns) {
			return nil, fmt.Errorf("%s:%d has %d values for %d columns", name, i+2, len(values), len(columns))
		}
		row := make(map[string]string, len(columns))
		for j, v := range values {
			row[columns[j]] = v
		}
		rows = append(rows, row)
	}
	return rows, nil
}
