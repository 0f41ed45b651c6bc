package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"log/slog"
	"os"
	"time"

	"rastro/internal/auth"
	"rastro/internal/collect"
	"rastro/internal/config"
	"rastro/internal/event"
	"rastro/internal/parse"
	"rastro/internal/query"
	"rastro/internal/reply"
	"rastro/internal/search"
)

// changesLoop takes a file of replies and GeoIP databases that have changed. One
// with a mistake is told once, and what is in use stays.
func (a *App) changesLoop(ctx context.Context) {
	tick := time.NewTicker(changedEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		a.reloadReplies()
		a.reloadPlaces()
	}
}

func (a *App) reloadPlaces() {
	changed, err := a.folder.places.Reload()
	switch {
	case err != nil:
		a.opts.Log.Error("the changed GeoIP databases were not taken; the old ones stay", "err", err)
	case changed:
		a.opts.Log.Info("the GeoIP databases were read again")
	}
}

func (a *App) reloadReplies() {
	changed, err := a.folder.replies.Reload()
	switch {
	case err != nil:
		a.opts.Log.Error("the changed file of replies was not taken; the old one stays", "err", err)
	case changed:
		a.opts.Log.Info("the file of replies was read again")
	}
}

// warmUp asks for a queue id that nobody has: the engine then knows the layout
// and the Bloom filters of every file before the first person asks. It reads no
// column, so that it costs little however much is stored.
func (a *App) warmUp(ctx context.Context) {
	nobody := query.Term{Field: query.FieldOf(event.QueueID), Value: "-"}
	if _, err := a.folder.Searcher.Ask(search.As(ctx, search.APIInternal), auth.Everything(), query.Question{Filter: nobody, Limit: 1}); err != nil && ctx.Err() == nil {
		a.opts.Log.Debug("warming up failed", "err", err)
	}
}

// clusterID is the same for the same folder on the same machine, in the form
// that Elasticsearch's clients know.
func clusterID(host, data string) string {
	sum := sha256.Sum256([]byte(host + "\x00" + data))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// Check finds mistakes in a configuration that only its sources, its queries, its
// file of replies and its GeoIP databases can tell. It opens nothing but those files.
func Check(c config.Config) error {
	if _, err := reply.Open(c.Replies.File); err != nil {
		return fmt.Errorf("replies.file: %w", err)
	}
	if _, err := parse.OpenPlaces(c.GeoIP.Files); err != nil {
		return fmt.Errorf("geoip.files: %w", err)
	}
	if _, err := classRules(c.Keep.Classes); err != nil {
		return err
	}
	options, err := collectOptions(c, slog.New(slog.DiscardHandler))
	if err == nil {
		_, err = collect.Open(options)
	}
	return err
}

// collectOptions turns the configured sources into options of collect.
func collectOptions(c config.Config, log *slog.Logger) (collect.Options, error) {
	host, err := os.Hostname()
	if err != nil {
		host = ""
	}
	options := collect.Options{Log: log}
	for _, s := range c.Sources {
		zone, err := Zone(s.Zone)
		if err != nil {
			return options, err
		}
		if s.Host == "" {
			s.Host = host
		}
		options.Sources = append(options.Sources, fileSource(s, zone))
	}
	return options, nil
}

func fileSource(s config.Source, zone *time.Location) collect.Source {
	source := collect.Source{
		Paths: s.Paths, Exclude: s.Exclude, Zone: zone, Host: s.Host, Dialect: s.Dialect,
		StartAtEnd:  s.Start == "end",
		IgnoreOlder: time.Duration(s.IgnoreOlder), CloseIdle: time.Duration(s.CloseIdle),
		Format: s.Format,
	}
	if m := s.Multiline; m.Pattern != "" {
		source.Multiline = &collect.Multiline{Pattern: m.Pattern, Negate: m.Negate, Match: m.Match, MaxLines: m.MaxLines, Timeout: time.Duration(m.Timeout)}
	}
	return source
}
