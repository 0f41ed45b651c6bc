package main

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
	"unicode"
	"unicode/utf8"

	"rastro/internal/app"
	"rastro/internal/config"
	"rastro/internal/query"
	"rastro/internal/store"
	"rastro/internal/web"
)

// The exit codes; docs/cli.md explains them.
const (
	exitOK          = 0
	exitFailure     = 1   // it could not be done
	exitUsage       = 2   // flags, configuration or query are wrong
	exitPartial     = 3   // done in part; what is missing was said
	exitLocked      = 4   // another process holds the data folder
	exitInterrupted = 130 // Ctrl-C, as shells count it
	exitPipe        = 141 // nobody reads our output any more, as shells count it
)

var (
	// errPartial ends a command that did what it could, but not everything.
	errPartial = errors.New("done in part")
	// errInterrupted ends a command that was told to stop before it was done.
	errInterrupted = errors.New("interrupted")
)

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

func exitCode(err error) int {
	var usage usageError
	var problems config.Problems
	var syntax *query.SyntaxError
	var request web.Error
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	case nobodyReads(err):
		return exitPipe
	case errors.Is(err, errPartial):
		return exitPartial
	case errors.Is(err, store.ErrLocked):
		return exitLocked
	case errors.Is(err, app.ErrNotData),
		errors.As(err, &usage), errors.As(err, &problems), errors.As(err, &syntax), errors.As(err, &request):
		return exitUsage
	}
	return exitFailure
}

// outputError: standard output takes nothing more.
type outputError struct{ error }

func (e outputError) Unwrap() error { return e.error }

// writing wraps an error of a write to standard output; nil stays nil.
func writing(err error) error {
	if err == nil {
		return nil
	}
	return outputError{fmt.Errorf("writing the output: %w", withoutPath(err))}
}

// endsAll tells that there is no use in going on with the next file.
func endsAll(err error) bool {
	var output outputError
	var unreachable unreachableError
	return errors.As(err, &output) || errors.As(err, &unreachable)
}

// nobodyReads tells that standard output is a pipe whose reader went away, as
// head does: that is no failure of ours.
func nobodyReads(err error) bool {
	var output outputError
	return errors.As(err, &output) && errors.Is(output.error, syscall.EPIPE)
}

// explain adds the place of a mistake in a query.
func explain(err error) string {
	var syntax *query.SyntaxError
	var request web.Error
	var big *query.TooBigError
	switch {
	case errors.As(err, &big):
		languages, _ := languagesOf("") // what the environment says is always one
		return big.Problem(languages[0]) + "; " + big.Hint(languages[0])
	case errors.As(err, &syntax):
		return pointAt(syntax.Query, syntax.Pos, syntax.Error(), syntax.Suggestion)
	case errors.As(err, &request):
		return pointAt("", 0, request.Error(), request.Suggestion)
	}
	return err.Error()
}

func pointAt(text string, pos int, problem, suggestion string) string {
	out := printable(problem)
	if text != "" && pos >= 0 && pos <= len(text) {
		out += fmt.Sprintf("\n  %s\n  %*s", printable(text), cells(printable(text[:pos]))+1, "^")
	}
	if suggestion != "" && suggestion != text {
		out += "\n  perhaps: " + printable(suggestion)
	}
	return out
}

// cells is the width of text on a terminal, marks that stand above letters not
// counted and wide letters counted twice.
func cells(text string) int {
	n := utf8.RuneCountInString(text)
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Mn, r):
			n--
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
			n++
		}
	}
	return n
}

// withoutPath takes the path out of an error about a file that the message
// names already.
func withoutPath(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && error(path) == err {
		return path.Err
	}
	return err
}
