package web

import (
	"cmp"
	"errors"
	"net/http"

	"rastro/internal/query"
	"rastro/internal/search"
)

// maxTails bounds the live tails at a time: each may hold back what its reader
// is too slow for.
const maxTails = 64

// tail streams matching events as server-sent events: "event" with one event
// as JSON, "lost" with a number when the reader was too slow, and "error".
func (s *Server) tail(w http.ResponseWriter, r *http.Request) {
	params := r.URL.Query()
	zone, err := search.Zone(params.Get("zone"))
	if err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_zone", Message: err.Error()})
		return
	}
	filter, err := s.opts.Searcher.ParseWith(cmp.Or(params.Get("query"), params.Get("q")), search.ParseOptions{Zone: zone})
	if err == nil {
		_, err = query.Compile(filter) // what cannot be followed is told before the stream begins
	}
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	if s.tails.Add(1) > maxTails {
		s.tails.Add(-1)
		fail(w, http.StatusTooManyRequests, Error{Code: "busy", Message: "too many live tails are open", Hint: "close one of them"})
		return
	}
	defer s.tails.Add(-1)
	out, ctx := newEventStream(r.Context(), w)
	defer out.close()
	if r.Method == http.MethodHead {
		return
	}
	err = s.opts.Searcher.Follow(ctx, s.opts.Scope(r), filter, out.event)
	if err != nil && !errors.Is(err, errGone) {
		out.fail(err)
	}
}
