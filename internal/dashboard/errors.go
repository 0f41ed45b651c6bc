package dashboard

import (
	"errors"
	"fmt"
)

// The errors of a Store. A Mistake, ErrConflict, ErrFull, ErrBuiltin and
// ErrNotFound are the caller's; ErrUnavailable is the file's.
var (
	// ErrNotFound: there is nothing with this id, or no such version of it.
	ErrNotFound = errors.New("there is nothing with this id")
	// ErrConflict: it was changed since the version that the caller saw.
	ErrConflict = errors.New("it was changed by somebody else in the meantime")
	// ErrBuiltin: what comes with Rastro is not changed.
	ErrBuiltin = errors.New("it comes with Rastro and cannot be changed")
	// ErrFull: no more can be saved.
	ErrFull = errors.New("no more can be saved")
	// ErrUnavailable: the file cannot be used; the error that wraps it says why.
	ErrUnavailable = errors.New("what was saved cannot be reached")
)

// Mistake is what is wrong with an object: where, what, and how to mend it.
type Mistake struct {
	// Where is the path to the member, such as panels[3].query.
	Where   string
	Problem string
	Hint    string
	// Position and Suggestion belong to a query: the byte offset of the mistake
	// in it, and the query as it was probably meant.
	Position   int
	Suggestion string
}

// Error tells all of it in one line.
func (m *Mistake) Error() string {
	text := m.Problem
	if m.Where != "" {
		text = m.Where + ": " + text
	}
	if m.Hint != "" {
		text += "; " + m.Hint
	}
	return text
}

func wrong(where, hint, format string, args ...any) error {
	return &Mistake{Where: where, Problem: fmt.Sprintf(format, args...), Hint: hint}
}

// Conflict is an ErrConflict that carries what is there now, as Current: a
// SavedSearch or a Dashboard.
type Conflict[T any] struct{ Current T }

// Error is the text of ErrConflict.
func (c *Conflict[T]) Error() string { return ErrConflict.Error() }

// Is makes every Conflict an ErrConflict.
func (c *Conflict[T]) Is(target error) bool { return target == ErrConflict }
