package web

import (
	"errors"
	"net/http"
	"time"

	"rastro/internal/event"
	"rastro/internal/search"
)

// idleComment is how often a quiet tail sends a comment, so that both ends
// notice a dead connection.
const idleComment = 15 * time.Second

// tail streams matching events as server-sent events: "event" with one event
// as JSON, and "lost" with a number when the reader was too slow.
func (s *Server) tail(w http.ResponseWriter, r *http.Request) {
	filter, err := s.opts.Searcher.ParseWith(r.URL.Query().Get("q"), search.ParseOptions{})
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	control := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	out := &eventStream{w: w, control: control}
	if err := out.send(": following\n\n"); err != nil {
		return
	}
	quiet := time.AfterFunc(idleComment, out.comment)
	defer quiet.Stop()
	out.quiet = quiet
	err = s.opts.Searcher.Follow(r.Context(), s.opts.Scope(r), filter, out.event)
	if err != nil && !errors.Is(err, errGone) {
		// The stream is open: the only place left for the error is in it.
		_ = out.send("event: error\ndata: " + string(event.AppendJSONString(nil, err.Error())) + "\n\n")
	}
}
