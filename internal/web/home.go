package web

import (
	"html/template"
	"net/http"

	"rastro/internal/event"
)

func (s *Server) describe() Info {
	stats := s.opts.Searcher.Stats()
	info := Info{Product: "rastro", Release: s.opts.Release, Events: stats.Events, Bytes: stats.Bytes, Features: Features{GeoIP: s.opts.GeoIP}}
	if stats.Events > 0 {
		info.Oldest, info.Newest = event.FormatTime(stats.Oldest), event.FormatTime(stats.Newest)
	}
	return info
}

// homePage tells a person with a browser what runs here, where the program was
// built without its user interface.
var homePage = template.Must(template.New("home").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Rastro</title></head>
<body><h1>Rastro {{.Release}}</h1>
<p>{{.Events}} events{{if .Events}}, from {{.Oldest}} to {{.Newest}}{{end}}.</p>
<p>This program was built without its user interface. Build it with <code>make ui</code> (Node 20 or newer), then the program with <code>make build</code>.</p>
<p>Search on the command line: <code>rastro search 'status:deferred' --since 1h</code>, trace a message with <code>rastro trace ana@hostco.example</code>, or follow with <code>rastro tail</code>.</p>
<p>The API is described at <a href="/api/openapi.json">/api/openapi.json</a>.</p>
</body></html>
`))

func (s *Server) home(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	// The client is gone when this fails; there is nobody left to tell.
	_ = homePage.Execute(w, s.describe())
}
