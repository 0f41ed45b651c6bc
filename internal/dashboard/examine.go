package dashboard

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
)

// Examine tells why the file at path could not be used by Open, and how many
// bytes it has; a file that does not exist is fine. beside says that a process
// has it open. Nothing is changed: what a crash left beside the file is put
// together in a copy elsewhere.
func Examine(ctx context.Context, path string, beside bool) (bytes int64, err error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	if info.Size() == 0 && !beside {
		return 0, nil // Open begins it
	}
	if !beside {
		if err := checkSize(path, info.Size()); err != nil {
			return info.Size(), err
		}
	}
	params := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "trusted_schema(0)"}}
	switch log, err := os.Stat(path + "-wal"); {
	case beside:
	case err != nil || log.Size() == 0:
		params.Set("immutable", "1") // no companions are made
	default:
		dir, err := os.MkdirTemp("", "rastro-check-")
		if err != nil {
			return info.Size(), fmt.Errorf("making a copy: %w", err)
		}
		defer os.RemoveAll(dir)
		if path, err = copied(path, dir); err != nil {
			return info.Size(), fmt.Errorf("making a copy: %w", err)
		}
		params.Del("mode") // SQLite needs companions of the log
	}
	name := (&url.URL{Scheme: "file", OmitHost: true, Path: absolute(path), RawQuery: params.Encode()}).String()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return info.Size(), fmt.Errorf("opening: %w", err)
	}
	defer db.Close()
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return info.Size(), err
	}
	if verdict != "ok" {
		return info.Size(), fmt.Errorf("%w: %s", errDamaged, verdict)
	}
	var form int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&form); err != nil {
		return info.Size(), err
	}
	if form > len(migrations) {
		return info.Size(), errNewer
	}
	return info.Size(), nil
}

// checkSize refuses a file that ends within a page, which SQLite does not mind.
func checkSize(path string, size int64) error {
	var head [18]byte
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = io.ReadFull(f, head[:])
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("%w: %w", errDamaged, err)
	}
	page := int64(binary.BigEndian.Uint16(head[16:]))
	if page == 1 {
		page = 1 << 16
	}
	if page > 0 && size%page != 0 {
		return fmt.Errorf("%w: it ends within a page", errDamaged)
	}
	return nil
}

// copied copies a file and its log into a folder.
func copied(path, dir string) (string, error) {
	to := filepath.Join(dir, FileName)
	for _, end := range []string{"", "-wal"} {
		in, err := os.Open(path + end)
		if err != nil {
			return "", err
		}
		out, err := os.OpenFile(to+end, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			_, err = io.Copy(out, in)
			err = errors.Join(err, out.Close())
		}
		if err := errors.Join(err, in.Close()); err != nil {
			return "", err
		}
	}
	return to, nil
}
