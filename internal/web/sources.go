package web

import (
	"net/http"

	"rastro/internal/sources"
)

// SourcesAnswer is the answer of GET /api/sources.
type SourcesAnswer = sources.Answer

// sourceRoutes say where lines come from.
func sourceRoutes() []Route {
	return []Route{
		{Method: http.MethodGet, Path: "/api/sources", Summary: "Where lines come from, what is wrong, and what to do about it", Answer: SourcesAnswer{}, handle: (*Server).sources},
	}
}

// sources answers GET /api/sources.
func (s *Server) sources(w http.ResponseWriter, r *http.Request) {
	if s.opts.Sources == nil {
		fail(w, http.StatusServiceUnavailable, Error{Code: "no_sources", Message: "this server reads no sources", Hint: "ask a server that runs with rastro serve"})
		return
	}
	answer, err := s.opts.Sources.Answer(r.Context(), s.opts.Scope(r))
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	write(w, http.StatusOK, answer)
}
