package dashboard

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	codes "modernc.org/sqlite/lib"
)

// The kinds of objects in the file. Another kind needs a line here and nothing
// in the file.
const (
	kindSearch    = "search"
	kindDashboard = "dashboard"
)

const (
	// keptDeleted is how many deleted objects of a kind can still be looked at.
	keptDeleted = 200
)

// object is one saved thing of any kind.
type object struct {
	id      string
	version int64
	body    []byte
	updated time.Time
}

// Version is one state that an object was in.
type Version struct {
	Version int64  `json:"version"`
	SavedAt string `json:"saved_at"`
	// Deleted marks the moment of a deletion; there is nothing to look at.
	Deleted bool `json:"deleted,omitempty"`
}

// newID is random: ids that were deleted do not come back as something else.
func newID() string { return strings.ToLower(rand.Text()[:16]) }

// within runs f in a transaction that holds the file's write lock. What f
// returns an error about did not happen.
func (s *Store) within(ctx context.Context, doing string, f func(*sql.Tx) error) error {
	if s.db == nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, s.reason)
	}
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err = f(tx); err == nil {
		err = tx.Commit()
	}
	switch {
	case err == nil:
		return nil
	case codeOf(err) == codes.SQLITE_FULL:
		return fmt.Errorf("%w: there is no room for it on the disk or in %s", ErrFull, FileName)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// What list reads of bodies: everything, or what a list of dashboards shows.
const (
	wholeBody = "body"
	headOnly  = "json_object('title', CAST(body AS TEXT)->'title', 'description', CAST(body AS TEXT)->'description')"
)

func (s *Store) list(ctx context.Context, kind, body string) (all []object, err error) {
	if s.db == nil {
		return nil, nil // Notes tells it
	}
	err = s.within(ctx, "listing what was saved", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT id, version, "+body+", updated_at FROM objects WHERE kind = ? ORDER BY id", kind)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err tells
		for rows.Next() {
			o, err := scan(rows)
			if err != nil {
				return err
			}
			all = append(all, o)
		}
		return rows.Err()
	})
	return all, err
}

func scan(row interface{ Scan(...any) error }) (object, error) {
	var o object
	var updated int64
	if err := row.Scan(&o.id, &o.version, &o.body, &updated); err != nil {
		return object{}, err
	}
	o.updated = time.UnixMilli(updated)
	return o, nil
}

func (s *Store) get(ctx context.Context, kind, id string) (o object, err error) {
	err = s.within(ctx, "reading what was saved", func(tx *sql.Tx) error {
		o, err = find(ctx, tx, kind, id)
		return err
	})
	return o, err
}

func find(ctx context.Context, tx *sql.Tx, kind, id string) (object, error) {
	o, err := scan(tx.QueryRowContext(ctx, "SELECT id, version, body, updated_at FROM objects WHERE kind = ? AND id = ?", kind, id))
	if errors.Is(err, sql.ErrNoRows) {
		return object{}, ErrNotFound
	}
	return o, err
}

// create saves new objects, all or none. Each gets the id that it names when
// that is free, and another one otherwise.
func (s *Store) create(ctx context.Context, kind string, objects []object) error {
	return s.within(ctx, "saving", func(tx *sql.Tx) error {
		var have int
		if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM objects WHERE kind = ?", kind).Scan(&have); err != nil {
			return err
		}
		if have+len(objects) > MaxObjects {
			return fmt.Errorf("%w: %d are the most, and %d are there; delete some that nobody needs", ErrFull, MaxObjects, have)
		}
		for i := range objects {
			if err := s.insert(ctx, tx, kind, &objects[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) insert(ctx context.Context, tx *sql.Tx, kind string, o *object) error {
	free, err := s.isFree(ctx, tx, kind, o.id)
	for err == nil && !free {
		o.id = newID()
		free, err = s.isFree(ctx, tx, kind, o.id)
	}
	if err != nil {
		return err
	}
	// The numbers of an id that was deleted go on, so that a version that
	// somebody still holds is not taken for this one.
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) + 1 FROM versions WHERE kind = ? AND id = ?", kind, o.id).Scan(&o.version); err != nil {
		return err
	}
	o.updated = s.opts.Now()
	at := o.updated.UnixMilli()
	if _, err := tx.ExecContext(ctx, "INSERT INTO objects (kind, id, version, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)", kind, o.id, o.version, o.body, at, at); err != nil {
		return err
	}
	return s.remember(ctx, tx, kind, *o)
}

// isFree tells whether a new object may have this id.
func (s *Store) isFree(ctx context.Context, tx *sql.Tx, kind, id string) (bool, error) {
	if id == "" || kind == kindDashboard && s.builtin(id) != nil {
		return false, nil
	}
	_, err := find(ctx, tx, kind, id)
	if errors.Is(err, ErrNotFound) {
		return true, nil
	}
	return false, err
}

// remember keeps a state in the history, and forgets those that are too old.
func (s *Store) remember(ctx context.Context, tx *sql.Tx, kind string, o object) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO versions (kind, id, version, body, saved_at) VALUES (?, ?, ?, ?, ?)", kind, o.id, o.version, o.body, o.updated.UnixMilli()); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM versions WHERE kind = ? AND id = ? AND version <= ?", kind, o.id, o.version-KeptVersions)
	return err
}

// update replaces an object when it is still of the version seen. With
// ErrConflict or without an error, what is there now comes back.
func (s *Store) update(ctx context.Context, kind string, seen object) (now object, err error) {
	err = s.within(ctx, "saving", func(tx *sql.Tx) error {
		if now, err = find(ctx, tx, kind, seen.id); err != nil {
			return err
		}
		if now.version != seen.version {
			return ErrConflict
		}
		now = object{id: seen.id, version: seen.version + 1, body: seen.body, updated: s.opts.Now()}
		if _, err := tx.ExecContext(ctx, "UPDATE objects SET version = ?, body = ?, updated_at = ? WHERE kind = ? AND id = ?", now.version, now.body, now.updated.UnixMilli(), kind, now.id); err != nil {
			return err
		}
		return s.remember(ctx, tx, kind, now)
	})
	return now, err
}

// remove deletes an object when it is still of the version seen; its history
// stays. With ErrConflict what is there now comes back.
func (s *Store) remove(ctx context.Context, kind, id string, seen int64) (now object, err error) {
	err = s.within(ctx, "deleting", func(tx *sql.Tx) error {
		if now, err = find(ctx, tx, kind, id); err != nil {
			return err
		}
		if now.version != seen {
			return ErrConflict
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM objects WHERE kind = ? AND id = ?", kind, id); err != nil {
			return err
		}
		if err := s.remember(ctx, tx, kind, object{id: id, version: seen + 1, updated: s.opts.Now()}); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM versions WHERE kind = ?1 AND id IN (
			SELECT v.id FROM versions v WHERE v.kind = ?1 AND v.body IS NULL
			AND NOT EXISTS (SELECT 1 FROM objects o WHERE o.kind = v.kind AND o.id = v.id)
			GROUP BY v.id ORDER BY max(v.saved_at) DESC, v.id LIMIT -1 OFFSET ?2)`, kind, keptDeleted)
		return err
	})
	return now, err
}

// versions lists the states of an object that are kept, newest first; also of
// one that was deleted.
func (s *Store) versions(ctx context.Context, kind, id string) (all []Version, err error) {
	err = s.within(ctx, "reading the history", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "SELECT version, saved_at, body IS NULL FROM versions WHERE kind = ? AND id = ? ORDER BY version DESC", kind, id)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // rows.Err tells
		for rows.Next() {
			var v Version
			var at int64
			if err := rows.Scan(&v.Version, &at, &v.Deleted); err != nil {
				return err
			}
			v.SavedAt = stamp(time.UnixMilli(at))
			all = append(all, v)
		}
		return rows.Err()
	})
	if err == nil && len(all) == 0 {
		err = ErrNotFound
	}
	return all, err
}

// version reads one state of an object.
func (s *Store) version(ctx context.Context, kind, id string, number int64) (o object, err error) {
	err = s.within(ctx, "reading the history", func(tx *sql.Tx) error {
		o, err = scan(tx.QueryRowContext(ctx, "SELECT id, version, body, saved_at FROM versions WHERE kind = ? AND id = ? AND version = ? AND body IS NOT NULL", kind, id, number))
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNotFound
		}
		return err
	})
	return o, err
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
