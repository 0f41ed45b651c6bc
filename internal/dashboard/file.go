package dashboard

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
	sqlite "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// FileName is the file in the data folder.
const FileName = "saved.db"

// maxPages bounds the file at 1 GiB, history included.
const maxPages = 1 << 30 / 4096

// migrations lead from an empty file to the present form, one number of PRAGMA
// user_version each. They are never changed once they were released.
var migrations = []string{`
CREATE TABLE objects (
	kind       TEXT    NOT NULL,
	id         TEXT    NOT NULL,
	version    INTEGER NOT NULL,
	body       BLOB    NOT NULL,
	created_at INTEGER NOT NULL, -- milliseconds since 1970
	updated_at INTEGER NOT NULL,
	PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE versions (
	kind     TEXT    NOT NULL,
	id       TEXT    NOT NULL,
	version  INTEGER NOT NULL,
	body     BLOB,               -- NULL where the object was deleted
	saved_at INTEGER NOT NULL,
	PRIMARY KEY (kind, id, version)
) STRICT;
CREATE INDEX versions_deleted ON versions (kind, saved_at) WHERE body IS NULL;
`}

// Options are what a Store needs beside its file.
type Options struct {
	Log *slog.Logger
	// Now is the clock. Default: time.Now.
	Now func() time.Time
}

// Store keeps saved searches and dashboards. Its methods are safe for
// concurrent use.
type Store struct {
	db       *sql.DB
	opts     Options
	reason   error // why db is nil
	aside    string
	builtins []Dashboard
	closing  sync.Once
}

// Open opens the file, and makes it when there is none. It always gives a
// Store: a damaged file is set aside and a new one begun, and with a file that
// cannot be used at all the Store answers ErrUnavailable, apart from the
// dashboards that come with Rastro. Notes tells what happened.
func Open(ctx context.Context, path string, opts Options) *Store {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{opts: opts, builtins: Builtins()}
	db, err := openFile(ctx, path)
	if isDamage(err) {
		if s.aside, err = setAside(path, opts.Now()); err == nil {
			opts.Log.Warn("the file of saved searches and dashboards is damaged; it was set aside and a new one begun", "path", s.aside)
			db, err = openFile(ctx, path)
		}
	}
	if err != nil {
		s.reason = err
		opts.Log.Warn("saved searches and dashboards cannot be reached", "path", path, "err", err)
		return s
	}
	s.db = db
	return s
}

// Notes tells what a user should know about the file; empty when all is well.
func (s *Store) Notes() []Words {
	switch {
	case s.db == nil:
		return []Words{{
			En: fmt.Sprintf("What was saved cannot be reached and nothing can be saved: %v.", s.reason),
			Es: fmt.Sprintf("No se puede acceder a lo guardado ni guardar nada nuevo: %v.", s.reason),
		}}
	case s.aside != "":
		name := filepath.Base(s.aside)
		return []Words{{
			En: fmt.Sprintf("The file with saved searches and dashboards was damaged when the server started. It was set aside as %s in the data folder, and a new one was begun.", name),
			Es: fmt.Sprintf("El archivo de búsquedas y paneles guardados estaba dañado cuando arrancó el servidor. Se apartó como %s en la carpeta de datos y se empezó uno nuevo.", name),
		}}
	}
	return nil
}

// Close closes the file. What was answered before is on the disk.
func (s *Store) Close() error {
	var err error
	s.closing.Do(func() {
		if s.db != nil {
			err = s.db.Close()
		}
	})
	if err != nil {
		return fmt.Errorf("closing %s: %w", FileName, err)
	}
	return nil
}

// errNewer: a later release wrote the file. It is left alone.
var errNewer = errors.New("a newer version of Rastro wrote " + FileName + "; start that version again")

func openFile(ctx context.Context, path string) (*sql.DB, error) {
	// SQLite would make the file readable to all, and its companions like it.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", FileName, err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("opening %s: %w", FileName, err)
	}
	pragmas := url.Values{"_pragma": {"busy_timeout(5000)", "journal_mode(wal)", "synchronous(full)", fmt.Sprintf("max_page_count(%d)", maxPages), "trusted_schema(0)"}, "_txlock": {"immediate"}}
	name := (&url.URL{Scheme: "file", OmitHost: true, Path: absolute(path), RawQuery: pragmas.Encode()}).String()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", FileName, err)
	}
	// One connection: writers take turns without SQLITE_BUSY, and reads take
	// microseconds.
	db.SetMaxOpenConns(1)
	if err = check(ctx, db); err == nil {
		err = migrate(ctx, db)
	}
	if err != nil {
		_ = db.Close() // err says what matters
		return nil, err
	}
	return db, nil
}

func absolute(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}

// errDamaged: the check of the file found something.
var errDamaged = errors.New("the file is damaged")

func check(ctx context.Context, db *sql.DB) error {
	var verdict string
	if err := db.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&verdict); err != nil {
		return fmt.Errorf("checking %s: %w", FileName, err)
	}
	if verdict != "ok" {
		return fmt.Errorf("checking %s: %w: %s", FileName, errDamaged, verdict)
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("opening %s: %w", FileName, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	var have int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&have); err != nil {
		return fmt.Errorf("reading the form of %s: %w", FileName, err)
	}
	if have > len(migrations) {
		return errNewer
	}
	for _, step := range migrations[have:] {
		if _, err := tx.ExecContext(ctx, step); err != nil {
			return fmt.Errorf("bringing %s up to date: %w", FileName, err)
		}
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", len(migrations))); err != nil {
		return fmt.Errorf("bringing %s up to date: %w", FileName, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("bringing %s up to date: %w", FileName, err)
	}
	return nil
}

// isDamage tells a file whose content is broken from one that cannot be read.
func isDamage(err error) bool {
	if errors.Is(err, errDamaged) {
		return true
	}
	code := codeOf(err)
	return code == codes.SQLITE_CORRUPT || code == codes.SQLITE_NOTADB
}

// codeOf gives SQLite's primary result code; 0 for other errors.
func codeOf(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// setAside renames a file and its companions, so that nothing of it is lost
// and SQLite's own tools can read it.
func setAside(path string, now time.Time) (string, error) {
	aside := path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	for n := 2; exists(aside); n++ {
		aside = fmt.Sprintf("%s.damaged-%s-%d", path, now.UTC().Format("20060102T150405Z"), n)
	}
	for _, end := range []string{"-shm", "-wal", ""} {
		if err := os.Rename(path+end, aside+end); err != nil && !(end != "" && errors.Is(err, fs.ErrNotExist)) {
			return "", fmt.Errorf("setting the damaged %s aside: %w", FileName, err)
		}
	}
	return aside, nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}
