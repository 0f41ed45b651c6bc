package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/config"
)

func (p *program) checkCommand() *cobra.Command {
	var file, data, output, text string
	var example bool
	c := &cobra.Command{
		Use:   "check [FILE]",
		Short: "Check a configuration or a data folder",
		Long: `Check reads a configuration (- is standard input) as serve would and tells every
mistake at once, with its line. --example prints a configuration with every key,
its meaning and its default.

With --data it reads every file of a data folder and tells what is damaged,
missing or strange, and what the next start does about it or what you should do.
It changes nothing. A server may run on the folder; better stop it before.`,
		Example: `  rastro check --example > rastro.yaml
  rastro check rastro.yaml
  rastro check --data /var/lib/rastro`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if data != "" {
				if len(args) > 0 || file != "" || example {
					return usagef("--data checks a data folder; check a configuration by itself")
				}
				if c.Flags().Changed("find-bytes") {
					return p.findBytes(c.Context(), data, text, output)
				}
				return p.checkData(c.Context(), data, output)
			}
			if c.Flags().Changed("find-bytes") {
				return usagef("--find-bytes belongs to --data")
			}
			if c.Flags().Changed("output") {
				return usagef("--output belongs to --data")
			}
			if len(args) > 1 || len(args) == 1 && file != "" {
				return usagef("name one configuration")
			}
			if len(args) == 1 {
				file = args[0]
			}
			switch {
			case example && file != "":
				return usagef("--example checks nothing; leave %s out", file)
			case example:
				var text bytes.Buffer
				if err := config.Example(&text); err != nil {
					return err
				}
				_, err := p.stdout.Write(text.Bytes())
				return writing(err)
			case file == "":
				return usagef("name a configuration, or ask for one with --example; --data checks a data folder")
			}
			return p.check(file)
		},
	}
	c.Flags().StringVar(&file, "config", "", "configuration to check")
	c.Flags().BoolVar(&example, "example", false, "print a commented configuration")
	c.Flags().StringVar(&data, "data", "", "data folder to check")
	c.Flags().StringVar(&text, "find-bytes", "", "with --data: look for the bytes of an address in every file, packed ones too")
	outputFlag(c, &output, "text")
	completeFiles(c)
	return c
}

func (p *program) check(file string) error {
	c, err := readConfig(file, p.stdin)
	if err != nil {
		return err
	}
	if err := app.Check(c); err != nil {
		return usagef("%s has a mistake: %w", nameOf(file), err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s is right\n", nameOf(file))
	return writing(err)
}

// nameOf is what a person calls a configuration file.
func nameOf(file string) string {
	if file == "-" {
		return standardInput
	}
	return file
}

// readConfig reads a configuration file; "" gives the defaults, - reads stdin
// where there is one.
func readConfig(file string, stdin io.Reader) (config.Config, error) {
	in := stdin
	switch {
	case file == "":
		return config.Default(), nil
	case file != "-" || stdin == nil:
		f, err := os.Open(file)
		if err != nil {
			return config.Config{}, usagef("reading the configuration %s: %w", file, withoutPath(err))
		}
		defer f.Close()
		in = f
	}
	c, err := config.Read(in)
	var problems config.Problems
	var path *fs.PathError
	switch {
	case errors.As(err, &problems):
		return c, usagef("%s has mistakes:\n%w", nameOf(file), err)
	case errors.As(err, &path):
		return c, usagef("reading the configuration %s: %w", file, path.Err)
	}
	return c, err
}
