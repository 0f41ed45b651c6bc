package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
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
	file, data, level string
	sources           []string
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
	fl.StringVar(&f.level, "log-level", "", "least level of Rastro's own log: debug, info, warn or error (key log.level)")
	portFlags(c)
	completeFiles(c)
	return c
}

// config is the file with the flags on top.
func (f *serveFlags) config(c *cobra.Command) (config.Config, error) {
	conf, err := readConfig(f.file, nil)
	if err != nil {
		return conf, err
	}
	if c.Flags().Changed("data") {
		conf.Data = f.data
	}
	if full, err := filepath.Abs(conf.Data); err == nil {
		conf.Data = full // messages are true in any folder
	}
	if err := takePorts(c, &conf.Listen); err != nil {
		return conf, err
	}
	if c.Flags().Changed("log-level") {
		if !slices.Contains(config.LogLevels, f.level) {
			return conf, usagef("--log-level %s: choose one of %s", f.level, strings.Join(config.LogLevels, ", "))
		}
		conf.Log.Level = f.level
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

// sourceOf reads GLOB or GLOB=ZONE. A = whose rest cannot be the name of a zone
// belongs to the path; GLOB= says that the path ends there.
func sourceOf(text string) (config.Source, error) {
	s := config.DefaultSource()
	s.Paths = []string{text}
	if i := strings.LastIndexByte(text, '='); i >= 0 && !strings.ContainsAny(text[i:], ".*?[") {
		if _, err := app.Zone(text[i+1:]); err != nil {
			return s, fmt.Errorf("%w; if the = belongs to the path, put another one behind it", err)
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
	// A hangup that comes during the start must not end it.
	hangup := make(chan os.Signal, 1)
	signal.Notify(hangup, syscall.SIGHUP)
	defer signal.Stop(hangup)
	log := newLog(conf.Log, p.stderr)
	a := app.New(app.Options{Config: conf, Log: log, Release: release})
	absent := absentSources(conf.Sources) // as it was before the server began
	start := time.Now()
	if err := a.Start(ctx); err != nil {
		return err
	}
	p.announce(a, time.Since(start))
	fmt.Fprint(p.stderr, absent)
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
	for _, port := range ports {
		if address := a.Addresses()[port.name]; address != "" {
			fmt.Fprintf(p.stderr, "  %-29s %s\n", port.scheme+address, port.what)
		}
	}
}

// absentSources tells of paths where nothing can be read now: a slip in a path
// would show nowhere else, as a file may come later.
func absentSources(sources []config.Source) string {
	var out strings.Builder
	if len(sources) == 0 {
		out.WriteString("  no source is configured: lines come by import, Beats and port 9200 only\n")
	}
	for _, s := range sources {
		for _, path := range s.Paths {
			if problem := missing(path); problem != "" {
				fmt.Fprintf(&out, "  %s: %s\n", printable(path), problem)
			}
		}
	}
	return out.String()
}

// missing says why nothing can be read at a path now; "" when something can.
func missing(path string) string {
	if strings.Contains(path, "**") {
		return "" // looking through all folders would take too long here
	}
	if !strings.ContainsAny(path, `*?[\`) {
		return unreadable(path)
	}
	if found, err := filepath.Glob(path); err == nil && len(found) == 0 {
		return "no file matches yet"
	}
	return ""
}

func unreadable(path string) string {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no such file yet"
	case err != nil:
		return withoutPath(err).Error()
	case info.IsDir():
		return "this is a folder; write " + filepath.Join(path, "*.log") + " for the files in it"
	case !info.Mode().IsRegular():
		return "this is no ordinary file"
	}
	f, err := os.Open(path)
	if err != nil {
		return withoutPath(err).Error()
	}
	_ = f.Close() // nothing was written
	return ""
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
