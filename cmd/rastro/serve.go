package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"rastro/internal/app"
	"rastro/internal/config"
)

// serveFlags are the flags of serve; each is a key of rastro.yaml too, and wins
// over it.
type serveFlags struct {
	file, data                  string
	sources                     []string
	ui, elastic, monitor, beats string
}

func (p *program) serveCommand() *cobra.Command {
	var f serveFlags
	c := &cobra.Command{
		Use:   "serve",
		Short: "Collect, store and answer",
		Long: `Serve follows log files, stores their lines and answers questions about them.
Everything can be set in rastro.yaml (see rastro check --example); flags win over
the file. SIGHUP reads the sources again, SIGTERM stops within 10 seconds.`,
		Example: `  rastro serve --source /var/log/mail.log=America/Bogota
  rastro serve --config /etc/rastro/rastro.yaml`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return p.serve(c.Context(), func() (config.Config, error) { return f.config(c) })
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.file, "config", "", "configuration file")
	fl.StringVar(&f.data, "data", "", "folder that holds everything Rastro keeps (key data)")
	fl.StringArrayVar(&f.sources, "source", nil, "files to follow as GLOB or GLOB=ZONE, may be repeated (key sources)")
	fl.StringVar(&f.ui, "ui", "", "address of the JSON API (key listen.ui)")
	fl.StringVar(&f.elastic, "elastic", "", "address of the Elasticsearch-shaped API (key listen.elastic)")
	fl.StringVar(&f.monitor, "monitor", "", "address of metrics and health (key listen.monitor)")
	fl.StringVar(&f.beats, "beats", "", "address of the Beats port (key listen.beats)")
	return c
}

// readConfig reads a configuration file; "" gives the defaults.
func readConfig(file string) (config.Config, error) {
	if file == "" {
		return config.Default(), nil
	}
	r, err := os.Open(file)
	if err != nil {
		return config.Config{}, usagef("reading the configuration: %w", err)
	}
	defer r.Close()
	c, err := config.Read(r)
	if err != nil {
		return c, usagef("%s has mistakes:\n%w", file, err)
	}
	return c, nil
}

// config is the file with the flags on top.
func (f *serveFlags) config(c *cobra.Command) (config.Config, error) {
	conf, err := readConfig(f.file)
	if err != nil {
		return conf, err
	}
	if c.Flags().Changed("data") {
		conf.Data = f.data
	}
	for name, to := range map[string]*config.Address{"ui": &conf.Listen.UI, "elastic": &conf.Listen.Elastic, "monitor": &conf.Listen.Monitor, "beats": &conf.Listen.Beats} {
		if !c.Flags().Changed(name) {
			continue
		}
		*to = config.Address(c.Flag(name).Value.String())
		if err := config.CheckAddress(*to); err != nil {
			return conf, usagef("--%s: %w", name, err)
		}
	}
	for _, text := range f.sources {
		s, err := sourceOf(text)
		if err != nil {
			return conf, usagef("--source %s: %w", text, err)
		}
		conf.Sources = append(conf.Sources, s)
	}
	return conf, nil
}

// sourceOf reads GLOB or GLOB=ZONE. A = that is followed by no zone belongs to
// the path.
func sourceOf(text string) (config.Source, error) {
	s := config.DefaultSource()
	s.Paths = []string{text}
	if i := strings.LastIndexByte(text, '='); i >= 0 && !strings.Contains(text[i:], ".log") {
		if _, err := app.Zone(text[i+1:]); err != nil {
			return s, err
		}
		s.Paths, s.Zone = []string{text[:i]}, text[i+1:]
	}
	if s.Paths[0] == "" {
		return s, errors.New("the path is missing")
	}
	return s, nil
}

// serve runs a server until ctx ends.
func (p *program) serve(ctx context.Context, read func() (config.Config, error)) error {
	conf, err := read()
	if err != nil {
		return err
	}
	log := newLog(conf.Log, p.stderr)
	a := app.New(app.Options{Config: conf, Log: log, Release: release})
	start := time.Now()
	if err := a.Start(ctx); err != nil {
		return err
	}
	p.announce(a, time.Since(start))
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	go reloadOn(ctx, hangup, a, read, log)
	err = a.Wait(ctx)
	return errors.Join(err, a.Stop())
}

func (p *program) announce(a *app.App, took time.Duration) {
	fmt.Fprintf(p.stderr, "rastro %s is ready after %d ms", release, took.Milliseconds())
	if n := a.Folder().Recovered; n > 0 {
		fmt.Fprintf(p.stderr, ", with %d events recovered from the journal", n)
	}
	fmt.Fprintln(p.stderr)
	for _, port := range []struct{ name, what string }{{"ui", "JSON API"}, {"elastic", "Elasticsearch-shaped API"}, {"monitor", "metrics and health"}, {"beats", "Beats"}} {
		if address := a.Addresses()[port.name]; address != "" {
			scheme := "http://"
			if port.name == "beats" {
				scheme = ""
			}
			fmt.Fprintf(p.stderr, "  %s%-22s %s\n", scheme, address, port.what)
		}
	}
}

// reloadOn takes the sources of the configuration again at every signal.
func reloadOn(ctx context.Context, signals <-chan os.Signal, a *app.App, read func() (config.Config, error), log *slog.Logger) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-signals:
		}
		conf, err := read()
		if err == nil {
			err = a.Reload(conf)
		}
		if err != nil {
			log.Error("the configuration was not taken; the old one stays", "err", err)
			continue
		}
		log.Info("the sources were read again", "count", len(conf.Sources))
	}
}

func newLog(c config.Log, to io.Writer) *slog.Logger {
	var level slog.Level
	// The configuration was checked: its levels are slog's.
	_ = level.UnmarshalText([]byte(c.Level))
	options := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(to, options))
	}
	return slog.New(slog.NewTextHandler(to, options))
}
