package app

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"

	"rastro/internal/collect"
	"rastro/internal/config"
	"rastro/internal/store"
	"rastro/internal/web"
)

// localOnly refuses requests whose Host header is not local: without it, a web
// page could reach this server through a name it lets resolve to 127.0.0.1.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			http.Error(w, "this server answers to localhost only; the request names the host "+fmt.Sprintf("%q", r.Host), http.StatusMisdirectedRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLocal(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.Trim(host, "[]"), ".")
	if strings.EqualFold(host, "localhost") || len(host) > 10 && strings.EqualFold(host[len(host)-10:], ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// withShortDeadline leaves most of the time of a stop to the data.
func withShortDeadline(ctx context.Context) context.Context {
	short, cancel := context.WithTimeout(ctx, time.Second)
	context.AfterFunc(short, cancel)
	return short
}

func (a *App) retainLoop(ctx context.Context) {
	policy := store.Policy{KeepFor: time.Duration(a.opts.Config.Keep.Age), MaxBytes: int64(a.opts.Config.Keep.Size)}
	if policy == (store.Policy{}) {
		return
	}
	tick := time.NewTicker(retainEvery)
	defer tick.Stop()
	for {
		removed, err := a.folder.store.Retain(ctx, policy, time.Now())
		switch {
		case err != nil && ctx.Err() == nil:
			a.opts.Log.Warn("retention failed; it is tried again", "err", err)
		case removed.Segments > 0:
			a.opts.Log.Info("retention removed old segments", "count", removed.Events)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// clusterID is the same for the same folder on the same machine, in the form
// that Elasticsearch's clients know.
func clusterID(host, data string) string {
	sum := sha256.Sum256([]byte(host + "\x00" + data))
	return base64.RawURLEncoding.EncodeToString(sum[:16])
}

// importStream is the import of the JSON API.
func (a *App) importStream(ctx context.Context, r io.Reader, p web.ImportRequest) (web.ImportResult, error) {
	zone, err := Zone(p.Zone)
	if err != nil {
		return web.ImportResult{}, err
	}
	result, err := a.folder.Import(ctx, p.Name, r, collect.ImportOptions{Zone: zone, Host: p.Host, Dialect: p.Dialect, Newest: p.Newest})
	return web.ImportResult{Lines: result.Lines, Bytes: result.Bytes, Skipped: result.Skipped}, err
}

// Zone finds a time zone by its IANA name; "" is the machine's own.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return time.Local, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("no time zone is named %q; write an IANA name such as America/Bogota", name)
	}
	return zone, nil
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
