package web

import (
	"errors"
	"net/http"
	"net/url"
	"time"
)

// ImportRequest is what POST /api/import is told beside the lines.
type ImportRequest struct {
	// Name is what a person calls the content: a file's path.
	Name string
	// Zone is the IANA zone of stamps that carry none; "" is the server's own.
	Zone string
	// Host is the host of lines that name none.
	Host string
	// Dialect forces one dialect; "" finds out.
	Dialect string
	// Newest is when the file was last written; zero for now.
	Newest time.Time
}

// Values are the parameters of the request's address.
func (r ImportRequest) Values() url.Values {
	v := url.Values{"name": {r.Name}, "zone": {r.Zone}, "host": {r.Host}, "dialect": {r.Dialect}}
	if !r.Newest.IsZero() {
		v.Set("newest", r.Newest.UTC().Format(time.RFC3339))
	}
	return v
}

// ImportResult says what an import did.
type ImportResult struct {
	// Lines were new and are stored.
	Lines int64 `json:"lines"`
	// Bytes is the size of the content, Skipped how much of it was known from
	// an import before.
	Bytes   int64 `json:"bytes"`
	Skipped int64 `json:"skipped_bytes"`
}

// ImportFailure is the answer about an import that broke off: why, and what it
// did before.
type ImportFailure struct {
	ImportResult
	Error Error `json:"error"`
}

// importStream reads the body of POST /api/import into the journal. What was
// imported before is skipped; it answers when everything is durable.
func (s *Server) importStream(w http.ResponseWriter, r *http.Request) {
	if s.opts.Import == nil {
		fail(w, http.StatusServiceUnavailable, Error{Code: "no_intake", Message: "this server takes no lines"})
		return
	}
	q := r.URL.Query()
	req := ImportRequest{Name: q.Get("name"), Zone: q.Get("zone"), Host: q.Get("host"), Dialect: q.Get("dialect")}
	if req.Name == "" {
		fail(w, http.StatusBadRequest, Error{Code: "no_name", Message: "the parameter name is missing", Hint: "name the file that is sent"})
		return
	}
	if text := q.Get("newest"); text != "" {
		var err error
		if req.Newest, err = time.Parse(time.RFC3339, text); err != nil {
			fail(w, http.StatusBadRequest, Error{Code: "bad_time", Message: "newest: " + err.Error(), Hint: "write a time as in RFC 3339"})
			return
		}
	}
	body := &patientReader{r: r.Body, control: http.NewResponseController(w)}
	result, err := s.opts.Import(r.Context(), body, req)
	var known Error
	switch {
	case errors.As(err, &known):
		fail(w, http.StatusBadRequest, known)
	case err != nil:
		write(w, http.StatusUnprocessableEntity, ImportFailure{
			ImportResult: result,
			Error:        Error{Code: "import_failed", Message: err.Error(), Hint: "import again: what is stored already is skipped"},
		})
	default:
		write(w, http.StatusOK, result)
	}
}
