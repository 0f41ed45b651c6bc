package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
)

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
	if err != nil && ctx.Err() != nil && !errors.Is(err, errInterrupted) {
		err = errInterrupted
	}
	code := exitCode(err)
	if err != nil && code != exitPipe {
		fmt.Fprintln(stderr, "rastro:", explain(err))
	}
	return code
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "rastro",
		Short: "Where is my mail, and why did it not arrive?",
		Long: `Rastro collects the logs of mail servers, stores them, traces messages and finds things in them.

Exit codes: 0 done, 1 failed, 2 wrong flags, configuration or query,
3 done in part, 4 the data folder is in use by another process,
130 interrupted.`,
		Example: `  rastro demo
  rastro serve --data /var/lib/rastro --source /var/log/mail.log
  rastro trace ana@hostco.example --since 1d
  rastro trace --files '/var/log/mail.log*' ana@hostco.example
  rastro search 'recipient:ana@hostco.example AND status:deferred' --since 1d`,
		Version:               versionText(),
		SilenceUsage:          true,
		SilenceErrors:         true,
		DisableFlagsInUseLine: true,
		// Letters by which a command may differ from what was meant.
		SuggestionsMinimumDistance: 2,
		Args:                       knownCommand,
		ValidArgsFunction:          cobra.NoFileCompletions,
		RunE:                       func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(p.helpCommand(root))
	root.AddCommand(
		p.serveCommand(), p.demoCommand(),
		p.traceCommand(), p.searchCommand(), p.exportCommand(), p.tailCommand(), p.importCommand(), p.parseCommand(), p.explainCommand(),
		p.snapshotCommand(), p.eraseCommand(), p.compactCommand(), p.checkCommand(), p.versionCommand(),
	)
	return root
}

// dashed are the commands that take a query, with one that begins with -.
var dashed = map[string]string{"search": "-status:sent", "export": "-status:sent", "tail": "-status:sent", "trace": "-info@hostco.example"}

// flagError tells about flags, and about queries that are taken for one.
func flagError(c *cobra.Command, err error) error {
	if example := dashed[c.Name()]; example != "" && strings.HasPrefix(err.Error(), "unknown shorthand flag") {
		return usagef("%w; a query that begins with - stands behind --, as in %s -- '%s'", err, c.CommandPath(), example)
	}
	return usagef("%w; see %s --help", err, c.CommandPath())
}

// knownCommand refuses a first word that is no command.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return usagef("there is no command %q; did you mean %s? See %s --help", args[0], strings.Join(near, " or "), root.Name())
	}
	return usagef("there is no command %q; see %s --help", args[0], root.Name())
}

func (p *program) helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Explain a command",
		RunE: func(_ *cobra.Command, args []string) error {
			c, rest, err := root.Find(args)
			if err != nil || c == nil {
				return usagef("there is no command %q; see %s --help", strings.Join(args, " "), root.Name())
			}
			if c == root && len(rest) > 0 {
				return knownCommand(root, rest)
			}
			return c.Help()
		},
	}
}

// noArgs refuses arguments behind a command that takes none.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no arguments, got %q", c.CommandPath(), args)
	}
	return nil
}
