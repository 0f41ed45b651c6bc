package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/query"
	"rastro/internal/search"
)

const (
	// maxRequest bounds the body of a request that asks, requestTimeout the time
	// it may take to come.
	maxRequest     = 1 << 20
	requestTimeout = 30 * time.Second
)

// SearchRequest is the body of POST /api/search.
type SearchRequest struct {
	// Query is in Lucene syntax; empty means everything.
	Query string `json:"query"`
	// Since and Until bound @timestamp: date math (now-1h, now/d), a date, or
	// an age such as 90m or 3d. Empty: no bound. Since is inclusive, Until not;
	// a rounded Until such as now/d is the end of the unit.
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
	// Zone is the IANA zone, or the offset such as -05:00, in which days begin;
	// empty means UTC.
	Zone string `json:"zone,omitempty"`
	// Size is the number of hits, 0 to 10000.
	Size int `json:"size"`
	// Sort is "field", or "-field" for descending, or several of them parted by
	// commas; empty means -@timestamp.
	Sort string `json:"sort,omitempty"`
	// Fields are the fields wanted; empty means all.
	Fields []string `json:"fields,omitempty"`
	// After continues behind the answer with this Next.
	After *Cursor `json:"after,omitempty"`
	// NoTotal does without the total, which makes later pages cheaper.
	NoTotal bool `json:"no_total,omitempty"`
	// CountMS bounds how many milliseconds the total is counted for, once the
	// hits are found; 0 counts to the end.
	CountMS int `json:"count_ms,omitempty"`
}

// Search answers a request: the one way from a caller's words to a question,
// for HTTP and for the command line alike. Mistakes of the caller are an Error
// or a *query.SyntaxError.
func Search(ctx context.Context, s *search.Searcher, scope auth.Scope, req SearchRequest) (SearchAnswer, error) {
	f, err := find(ctx, s, scope, req)
	if err != nil {
		return SearchAnswer{}, err
	}
	out := f.head
	out.Hits = make([]json.RawMessage, len(f.hits))
	for i := range f.hits {
		out.Hits[i] = f.appendHit(nil, i)
	}
	return out, nil
}

// question turns words into a question.
func (req SearchRequest) question(s *search.Searcher) (query.Question, error) {
	asked, err := readRange(req.Since, req.Until, req.Zone, s.Now())
	if err != nil {
		return query.Question{}, err
	}
	q := query.Question{Limit: req.Size, From: asked.from, To: asked.to, Count: query.CountExact}
	if req.After != nil {
		q.After = &req.After.Cursor
	}
	if req.NoTotal {
		q.Count = 0
	}
	if q.CountFor, err = req.countFor(); err != nil {
		return q, err
	}
	if req.Size < 0 || req.Size > search.MaxHits {
		return q, Error{Code: "bad_size", Message: fmt.Sprintf("size must be between 0 and %d", search.MaxHits), Hint: "page with after"}
	}
	if q.Filter, err = s.ParseWith(req.Query, search.ParseOptions{Zone: asked.zone}); err != nil {
		return q, err
	}
	if q.Sort, err = sortKeys(req.Sort); err != nil {
		return q, err
	}
	for _, name := range req.Fields {
		q.Fields = append(q.Fields, query.Ref(name))
	}
	return q, nil
}

func sortKeys(text string) ([]query.SortKey, error) {
	if text == "" {
		return nil, nil
	}
	var keys []query.SortKey
	for part := range strings.SplitSeq(text, ",") {
		name, desc := strings.CutPrefix(strings.TrimSpace(part), "-")
		if name == "" {
			return nil, Error{Code: "bad_sort", Message: fmt.Sprintf("sort: a field is missing in %q", text), Hint: "write names such as delay, or -delay for descending, parted by commas"}
		}
		keys = append(keys, query.SortKey{Field: query.Ref(name), Desc: desc})
	}
	return keys, nil
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	var req SearchRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with query, since, until, zone, size, sort, fields, after"})
		return
	}
	found, err := find(r.Context(), s.opts.Searcher, s.opts.Scope(r), req)
	if err != nil {
		status, e := errorIn(r, err)
		fail(w, status, e)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	// The client is gone when this fails; there is nobody left to tell.
	_ = found.write(&patientWriter{w: w, control: http.NewResponseController(w)})
}

// readRequest reads one JSON object to the end of the body, so that the server
// notices when the client goes away while its question is answered.
func readRequest(w http.ResponseWriter, r *http.Request, req any) error {
	control := http.NewResponseController(w)
	// A server without deadlines (tests) cannot set one; reading still works.
	_ = control.SetReadDeadline(time.Now().Add(requestTimeout))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(req); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return errors.New("something follows the JSON object")
	}
	return nil
}
