package web

import (
	"net/http"

	"rastro/docs"
)

// openapi serves the description of the API, made from the same table as the
// mux.
func (s *Server) openapi(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = w.Write(docs.OpenAPI)
}
