package app

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strings"
	"time"
)

// The limits of every HTTP listener. Ports whose answers all end have limits
// for the whole request and answer too; the port of the JSON API streams, and
// sets its own.
const (
	headerTimeout = 10 * time.Second
	idleTimeout   = 2 * time.Minute
	maxHeader     = 64 << 10
	bodyTimeout   = time.Minute
	// answerTimeout is added to the longest time that a question may take.
	answerTimeout = 2 * time.Minute
)

func (a *App) newServer(p port) *http.Server {
	s := &http.Server{
		Handler:           a.watch.meters.Requests(p.name, caught(localOnly(p.handler), a.opts.Log)),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(a.opts.Log.Handler(), slog.LevelDebug),
	}
	if !p.streams {
		s.ReadTimeout = bodyTimeout
		s.WriteTimeout = time.Duration(a.opts.Config.Search.Timeout) + answerTimeout
	}
	return s
}

// caught turns a panic of a handler into a status 500 and a line in the log:
// one bad request must not hide, and must not end anything else.
func caught(next http.Handler, log *slog.Logger) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			fault := recover()
			if fault == nil {
				return
			}
			if err, ok := fault.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(fault)
			}
			log.Error("BUG: a request made a handler fail", "path", r.URL.Path, "err", fmt.Sprintf("%v\n%s", fault, debug.Stack()))
			http.Error(w, "this request met a bug in Rastro; its log says more", http.StatusInternalServerError)
		}()
		next.ServeHTTP(w, r)
	})
}

// localOnly refuses requests whose Host header is not local: without it, a web
// page could reach this server through a name it lets resolve to 127.0.0.1.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			http.Error(w, fmt.Sprintf("this server answers to localhost only, and the request names the host %q; ask it as localhost, from another machine through an SSH tunnel", r.Host), http.StatusMisdirectedRequest)
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
