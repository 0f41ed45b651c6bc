package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"rastro/internal/config"
)

func (p *program) checkCommand() *cobra.Command {
	var file string
	var example bool
	c := &cobra.Command{
		Use:   "check",
		Short: "Check a configuration, or print a commented one",
		Long: `Check reads a configuration as serve would and tells every mistake at once,
with its line. --example prints a configuration with every key, its meaning and
its default.`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if example {
				return config.Example(p.stdout)
			}
			if _, err := readConfig(file); err != nil {
				return err
			}
			if file == "" {
				return usagef("name a configuration with --config FILE, or ask for one with --example")
			}
			_, err := fmt.Fprintf(p.stdout, "%s is right\n", file)
			return err
		},
	}
	c.Flags().StringVar(&file, "config", "", "configuration to check")
	c.Flags().BoolVar(&example, "example", false, "print a commented configuration")
	return c
}
