package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"rastro/internal/config"
	"rastro/internal/query"
	"rastro/internal/store"
	"rastro/internal/web"
)

// The exit codes; docs/cli.md explains them.
const (
	exitOK      = 0
	exitFailure = 1 // it could not be done
	exitUsage   = 2 // flags, configuration or query are wrong
	exitPartial = 3 // done in part; what is missing was said
	exitLocked  = 4 // another process holds the data folder
)

// errPartial ends a command that answered, but not wholly.
var errPartial = errors.New("the answer is partial")

// usageError is a mistake in how the program was called.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// program is what every command needs.
type program struct {
	stdin          io.Reader
	stdout, stderr io.Writer
}

// run is the whole program without the process around it.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	p := &program{stdin: stdin, stdout: stdout, stderr: stderr}
	root := p.root()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err != nil {
		fmt.Fprintln(stderr, "rastro:", explain(err))
	}
	return exitCode(err)
}

func exitCode(err error) int {
	var usage usageError
	var problems config.Problems
	var syntax *query.SyntaxError
	var request web.Error
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errPartial):
		return exitPartial
	case errors.Is(err, store.ErrLocked):
		return exitLocked
	case errors.As(err, &usage), errors.As(err, &problems), errors.As(err, &syntax), errors.As(err, &request):
		return exitUsage
	}
	return exitFailure
}

// explain adds the place of a mistake in a query.
func explain(err error) string {
	var syntax *query.SyntaxError
	var request web.Error
	switch {
	case errors.As(err, &syntax):
		return pointAt(syntax.Query, syntax.Pos, syntax.Error(), syntax.Suggestion)
	case errors.As(err, &request):
		return pointAt("", 0, request.Error(), request.Suggestion)
	}
	return err.Error()
}

func pointAt(text string, pos int, problem, suggestion string) string {
	out := problem
	if text != "" && pos >= 0 && pos <= len(text) {
		out += fmt.Sprintf("\n  %s\n  %*s", printable(text), len(printable(text[:pos]))+1, "^")
	}
	if suggestion != "" {
		out += "\n  perhaps: " + printable(suggestion)
	}
	return out
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rastro",
		Short: "Where is my mail, and why did it not arrive?",
		Long: `Rastro collects the logs of mail servers, stores them and finds things in them.

Exit codes: 0 done, 1 failed, 2 wrong flags, configuration or query,
3 done in part, 4 the data folder is in use by another process.`,
		SilenceUsage:          true,
		SilenceErrors:         true,
		DisableFlagsInUseLine: true,
		// Letters by which a command may differ from what was meant.
		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		ValidArgsFunction:          cobra.NoFileCompletions,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				return usagef("there is no command %q; did you mean %s?", args[0], strings.Join(near, " or "))
			}
			return usagef("there is no command %q; see rastro --help", args[0])
		},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%w; see %s --help", err, c.CommandPath())
	})
	root.AddCommand(
		p.serveCommand(), p.demoCommand(),
		p.searchCommand(), p.tailCommand(), p.importCommand(), p.parseCommand(),
		p.checkCommand(), p.versionCommand(),
	)
	return root
}
