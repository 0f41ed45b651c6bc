package web

import (
	"errors"
	"net/http"

	"rastro/internal/query"
	"rastro/internal/search"
)

// ValidateRequest is the body of POST /api/validate.
type ValidateRequest struct {
	// Query is in Lucene syntax; empty means everything.
	Query string `json:"query"`
	// Zone is that of SearchRequest.
	Zone string `json:"zone,omitempty"`
}

// ValidateAnswer says whether a query can be asked.
type ValidateAnswer struct {
	OK bool `json:"ok"`
	// Error says what is wrong, where, and how the query was probably meant.
	Error *Error `json:"error,omitempty"`
}

func (s *Server) validate(w http.ResponseWriter, r *http.Request) {
	var req ValidateRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with query, zone"})
		return
	}
	asked, err := readRange("", "", req.Zone, s.opts.Searcher.Now())
	if err == nil {
		var filter query.Filter
		filter, err = s.opts.Searcher.ParseWith(req.Query, search.ParseOptions{Zone: asked.zone})
		if err == nil {
			// What reads well may still be too much, such as a huge pattern.
			err = query.Check(filter)
		}
		var syntax *query.SyntaxError
		if errors.As(err, &syntax) || errors.Is(err, query.ErrBadQuestion) {
			_, e := errorOf(err)
			write(w, http.StatusOK, ValidateAnswer{Error: &e})
			return
		}
	}
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	write(w, http.StatusOK, ValidateAnswer{OK: true})
}
