package dashboard

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Foreign is an object of another program's kind that is kept here as it came:
// nothing of its body is read in this room, and there is no history of it.
type Foreign struct {
	// Type and ID name it together; any texts.
	Type, ID string
	// Version counts up with every change.
	Version int64
	// Body has at most MaxBody bytes.
	Body                 []byte
	CreatedAt, UpdatedAt time.Time
}

// The limits of foreign objects, all types together.
const (
	MaxForeign = 20_000
	// MaxForeignBytes bounds the sum of their bodies, so that all of them can be
	// read at once.
	MaxForeignBytes = 64 << 20
	// MaxForeignName bounds a type or an id in bytes.
	MaxForeignName = 512
)

// foreignKind is the kind of a foreign type in the file. The kinds of ours
// hold no colon.
func foreignKind(typ string) string { return "foreign:" + typ }

// Foreign reads one foreign object; ErrNotFound when there is none.
func (s *Store) Foreign(ctx context.Context, typ, id string) (f Foreign, err error) {
	err = s.within(ctx, "reading what was saved", func(tx *sql.Tx) error {
		f, err = findForeign(ctx, tx, typ, id)
		return err
	})
	return f, err
}

func findForeign(ctx context.Context, tx *sql.Tx, typ, id string) (Foreign, error) {
	f := Foreign{Type: typ, ID: id}
	var created, updated int64
	err := tx.QueryRowContext(ctx, "SELECT version, body, created_at, updated_at FROM objects WHERE kind = ? AND id = ?", foreignKind(typ), id).Scan(&f.Version, &f.Body, &created, &updated)
	if errors.Is(err, sql.ErrNoRows) {
		return Foreign{}, ErrNotFound
	}
	f.CreatedAt, f.UpdatedAt = time.UnixMilli(created), time.UnixMilli(updated)
	return f, err
}

// Foreigns reads all foreign objects of these types, type by type, in the order
// of their ids; none where there is no file, which Notes tells.
func (s *Store) Foreigns(ctx context.Context, types ...string) (all []Foreign, err error) {
	if s.db == nil {
		return nil, nil
	}
	err = s.within(ctx, "listing what was saved", func(tx *sql.Tx) error {
		for _, typ := range types {
			if all, err = appendForeigns(ctx, tx, all, typ); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}

func appendForeigns(ctx context.Context, tx *sql.Tx, all []Foreign, typ string) ([]Foreign, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, version, body, created_at, updated_at FROM objects WHERE kind = ? ORDER BY id", foreignKind(typ))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells
	for rows.Next() {
		f := Foreign{Type: typ}
		var created, updated int64
		if err := rows.Scan(&f.ID, &f.Version, &f.Body, &created, &updated); err != nil {
			return nil, err
		}
		f.CreatedAt, f.UpdatedAt = time.UnixMilli(created), time.UnixMilli(updated)
		all = append(all, f)
	}
	return all, rows.Err()
}

// SaveForeigns saves objects, all or none, each in place of what has its type
// and id, and fills in their versions and times.
func (s *Store) SaveForeigns(ctx context.Context, objects []Foreign) error {
	for i := range objects {
		o := &objects[i]
		switch {
		case o.ID == "" || len(o.ID) > MaxForeignName || o.Type == "" || len(o.Type) > MaxForeignName:
			return wrong("id", "", "a type and an id have 1 to %d bytes", MaxForeignName)
		case len(o.Body) > MaxBody:
			return wrong("", "part it into two", "%s/%.100s has %d bytes, %d are the most", o.Type, o.ID, len(o.Body), MaxBody)
		}
	}
	return s.within(ctx, "saving", func(tx *sql.Tx) error {
		for i := range objects {
			if err := s.putForeign(ctx, tx, &objects[i]); err != nil {
				return err
			}
		}
		var number, bytes int64
		if err := tx.QueryRowContext(ctx, "SELECT count(*), coalesce(sum(length(body)), 0) FROM objects WHERE kind >= 'foreign:' AND kind < 'foreign;'").Scan(&number, &bytes); err != nil {
			return err
		}
		if number > MaxForeign || bytes > MaxForeignBytes {
			return fmt.Errorf("%w: there would be %d saved objects with %d bytes; %d with %d are the most", ErrFull, number, bytes, MaxForeign, MaxForeignBytes)
		}
		return nil
	})
}

func (s *Store) putForeign(ctx context.Context, tx *sql.Tx, o *Foreign) error {
	now := time.UnixMilli(s.opts.Now().UnixMilli())
	before, err := findForeign(ctx, tx, o.Type, o.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		before = Foreign{CreatedAt: now}
	case err != nil:
		return err
	}
	o.Version, o.CreatedAt, o.UpdatedAt = before.Version+1, before.CreatedAt, now
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO objects (kind, id, version, body, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?)",
		foreignKind(o.Type), o.ID, o.Version, o.Body, o.CreatedAt.UnixMilli(), now.UnixMilli())
	return err
}

// RemoveForeign deletes one foreign object; ErrNotFound when there is none.
func (s *Store) RemoveForeign(ctx context.Context, typ, id string) error {
	return s.within(ctx, "deleting", func(tx *sql.Tx) error {
		if _, err := findForeign(ctx, tx, typ, id); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM objects WHERE kind = ? AND id = ?", foreignKind(typ), id)
		return err
	})
}

// PutDashboard saves a dashboard under the id that it names: a new one, or the
// next version of what is there. An id that no dashboard of a user can have is
// a Mistake.
func (s *Store) PutDashboard(ctx context.Context, in Dashboard) (Dashboard, error) {
	if !s.Free(in.ID) {
		return Dashboard{}, wrong("id", "use 1 to 64 letters, digits, - and _ that name no dashboard of Rastro", "%.100q is no id", in.ID)
	}
	o, err := s.fromBoard(in)
	if err != nil {
		return Dashboard{}, err
	}
	now, err := s.get(ctx, kindDashboard, in.ID)
	switch {
	case errors.Is(err, ErrNotFound):
		objects := []object{o}
		if err := s.create(ctx, kindDashboard, objects); err != nil {
			return Dashboard{}, err
		}
		return toBoard(objects[0])
	case err != nil:
		return Dashboard{}, err
	}
	o.version = now.version
	now, err = s.update(ctx, kindDashboard, o)
	return answer(now, err, toBoard)
}

// Free tells whether a dashboard of a user can have this id.
func (s *Store) Free(id string) bool { return isID(id) && s.builtin(id) == nil }

// CheckPanel says what is wrong with one panel, as saving its dashboard would.
func CheckPanel(p Panel, now time.Time) error { return checkPanel("panel", &p, now) }

// CheckQuery says what is wrong with a query of a dashboard or a panel.
func CheckQuery(text string, now time.Time) error { return checkQuery("query", text, now) }

// CheckTimes says whether a dashboard may open with this range.
func CheckTimes(since, until string, now time.Time) error {
	return checkTimes(&Dashboard{Since: since, Until: until}, now)
}
