package web

import (
	"net/http"
)

// importStream reads the body of POST /api/import?name=&zone=&host= into the
// journal. What was imported before is skipped; it answers when everything is
// durable.
func (s *Server) importStream(w http.ResponseWriter, r *http.Request) {
	if s.opts.Import == nil {
		fail(w, http.StatusServiceUnavailable, Error{Code: "no_intake", Message: "this server takes no lines"})
		return
	}
	q := r.URL.Query()
	name := q.Get("name")
	if name == "" {
		fail(w, http.StatusBadRequest, Error{Code: "no_name", Message: "the parameter name is missing", Hint: "name the file that is sent"})
		return
	}
	// An import may take hours; only silence ends it, through the connection.
	control := http.NewResponseController(w)
	_ = control.EnableFullDuplex()
	result, err := s.opts.Import(r.Context(), name, q.Get("zone"), q.Get("host"), r.Body)
	if err != nil {
		fail(w, http.StatusUnprocessableEntity, Error{Code: "import_failed", Message: err.Error(), Hint: "import again: what is stored already is skipped"})
		return
	}
	write(w, http.StatusOK, result)
}
