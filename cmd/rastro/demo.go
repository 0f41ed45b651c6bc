package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/config"
	"rastro/internal/simulate"
)

func (p *program) demoCommand() *cobra.Command {
	var traffic simulate.Options
	conf := config.Default()
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run a throw-away server fed by simulated mail traffic",
		Long: `Demo simulates an Elemta server and a Postfix host with Dovecot behind it. Their
logs grow in a temporary folder and are followed by the real collector: 24 hours
of history first, then live. Everything is removed at the end (Ctrl-C).`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := takePorts(c, &conf.Listen); err != nil {
				return err
			}
			if traffic.PerMinute <= 0 {
				return usagef("--rate must be more than 0")
			}
			if traffic.Seed == 0 {
				traffic.Seed = uint64(time.Now().UnixNano())
			}
			return p.demo(c.Context(), conf, traffic)
		},
	}
	fl := c.Flags()
	fl.Float64Var(&traffic.PerMinute, "rate", 9, "messages, logins and attacks that begin in a minute, at first")
	fl.Uint64Var(&traffic.Seed, "seed", 0, "makes the same traffic again; 0 for another one each time")
	portFlags(c)
	return c
}

func (p *program) demo(ctx context.Context, conf config.Config, traffic simulate.Options) (err error) {
	dir, err := os.MkdirTemp("", "rastro-demo-")
	if err != nil {
		return fmt.Errorf("creating the demo's folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	start := time.Now()
	traffic.Dir, traffic.Start = filepath.Join(dir, "logs"), start
	world, err := simulate.New(traffic)
	if err != nil {
		return err
	}
	lines, err := world.WriteHistory(ctx)
	if err != nil {
		return err
	}
	conf.Data = filepath.Join(dir, "data")
	for _, f := range world.Files() {
		s := config.DefaultSource()
		s.Paths, s.Zone, s.Host = []string{f.Path}, f.Zone, f.Host
		conf.Sources = append(conf.Sources, s)
	}
	a := app.New(app.Options{Config: conf, Log: newLog(config.Log{Level: "warn", Format: "text"}, p.stderr), Release: release})
	if err := a.Start(ctx); err != nil {
		return err
	}
	live := make(chan error, 1)
	go func() { live <- world.Run(ctx) }()
	if p.awaitHistory(ctx, a, int64(lines)) {
		fmt.Fprintf(p.stdout, "24 hours of simulated traffic, %d lines, are there after %.1f s.\n\n", lines, time.Since(start).Seconds())
		p.announceDemo(a, conf.Data)
	}
	err = a.Wait(ctx)
	return errors.Join(err, a.Stop(), <-live)
}

// awaitHistory returns when every line of the history can be searched; false
// when ctx ended first.
func (p *program) awaitHistory(ctx context.Context, a *app.App, lines int64) bool {
	for a.Folder().Searcher.Stats().Events < lines {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

func (p *program) announceDemo(a *app.App, data string) {
	addresses := a.Addresses()
	if ui := addresses["ui"]; ui != "" {
		fmt.Fprintf(p.stdout, `Look here:
  http://%[1]s   in a browser: Trace, Discover, Dashboards, Sources
  %[2]s trace ventas@hostco.example --since 1h --server http://%[1]s
  %[2]s search 'status:deferred' --server http://%[1]s
  %[2]s tail 'event_type:message_rejection' --server http://%[1]s
`, ui, ownName())
	}
	if e := addresses["elastic"]; e != "" {
		fmt.Fprintf(p.stdout, "  curl 'http://%s/elemta-logs-*/_search?q=level:ERROR&size=3&pretty'\n", e)
	}
	if m := addresses["monitor"]; m != "" {
		fmt.Fprintf(p.stdout, "  curl http://%s/metrics\n", m)
	}
	fmt.Fprintf(p.stdout, "\nThe data is in %s until you press Ctrl-C.\n", data)
}

// ownName is how this program was called, so that what it prints can be typed.
func ownName() string {
	if len(os.Args) == 0 || filepath.Base(os.Args[0]) == os.Args[0] {
		return "rastro"
	}
	return os.Args[0]
}
