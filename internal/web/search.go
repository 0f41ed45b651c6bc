package web

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// maxRequest bounds the body of a search request.
const maxRequest = 1 << 20

// SearchRequest is the body of POST /api/search.
type SearchRequest struct {
	// Query is in Lucene syntax; empty means everything.
	Query string `json:"query"`
	// Since and Until bound @timestamp: date math (now-1h, now/d), a date, or
	// an age such as 90m or 3d. Empty: no bound. Since is inclusive, Until not.
	Since string `json:"since,omitempty"`
	Until string `json:"until,omitempty"`
	// Zone is the IANA zone in which days begin; empty means UTC.
	Zone string `json:"zone,omitempty"`
	// Size is the number of hits, 0 to 10000.
	Size int `json:"size"`
	// Sort is "field" or "-field" for descending; empty means -@timestamp.
	Sort string `json:"sort,omitempty"`
	// Fields are the fields wanted; empty means all.
	Fields []string `json:"fields,omitempty"`
	// After continues behind the answer with this Next.
	After *query.Cursor `json:"after,omitempty"`
}

// SearchAnswer is the answer of POST /api/search.
type SearchAnswer struct {
	Took       int64             `json:"took_ms"`
	Total      int64             `json:"total"`
	TotalExact bool              `json:"total_exact"`
	Partial    bool              `json:"partial"`
	Reasons    []string          `json:"partial_reasons,omitempty"`
	Hits       []json.RawMessage `json:"hits"`
	// Next continues this list; nil when nothing follows.
	Next *query.Cursor `json:"next,omitempty"`
}

// Search answers a request: the one way from a caller's words to a question,
// for HTTP and for the command line alike.
func Search(ctx context.Context, s *search.Searcher, scope auth.Scope, req SearchRequest) (SearchAnswer, error) {
	q, err := req.question(s)
	if err != nil {
		return SearchAnswer{}, err
	}
	start := time.Now()
	answer, err := s.Ask(ctx, scope, q)
	if err != nil {
		return SearchAnswer{}, err
	}
	out := SearchAnswer{
		Took: time.Since(start).Milliseconds(), Total: answer.Total, TotalExact: answer.TotalExact,
		Partial: answer.Partial, Reasons: answer.PartialReasons,
		Hits: make([]json.RawMessage, len(answer.Hits)),
	}
	show := picker(req.Fields)
	for i := range answer.Hits {
		out.Hits[i] = event.AppendJSON(nil, &answer.Hits[i].Event, show)
	}
	if n := len(answer.Hits); n > 0 && n == req.Size {
		out.Next = &answer.Hits[n-1].Cursor
	}
	return out, nil
}

// question turns words into a question.
func (req SearchRequest) question(s *search.Searcher) (query.Question, error) {
	zone, err := time.LoadLocation(req.Zone)
	if err != nil {
		return query.Question{}, Error{Code: "bad_zone", Message: "no time zone is named " + req.Zone, Hint: "write an IANA name such as America/Bogota"}
	}
	q := query.Question{Limit: req.Size, After: req.After, Count: query.CountExact}
	if req.Size < 0 || req.Size > search.MaxHits {
		return q, Error{Code: "bad_size", Message: "size must be between 0 and 10000", Hint: "page with after"}
	}
	if q.Filter, err = s.ParseWith(req.Query, search.ParseOptions{Zone: zone}); err != nil {
		return q, err
	}
	if q.From, err = moment(req.Since, s.Now(), zone, "since"); err != nil {
		return q, err
	}
	if q.To, err = moment(req.Until, s.Now(), zone, "until"); err != nil {
		return q, err
	}
	if req.Sort != "" {
		name, desc := strings.CutPrefix(req.Sort, "-")
		q.Sort = []query.SortKey{{Field: query.Ref(name), Desc: desc}}
	}
	for _, name := range req.Fields {
		q.Fields = append(q.Fields, query.Ref(name))
	}
	return q, nil
}

func moment(text string, now time.Time, zone *time.Location, name string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	t, err := search.Moment(text, now, false, zone)
	if err != nil {
		return 0, Error{Code: "bad_time", Message: name + ": " + err.Error(), Hint: "write an age such as 1h or 3d, a date, or date math such as now/d"}
	}
	return t.UnixNano(), nil
}

// picker tells which fields are shown; nil for all.
func picker(fields []string) func(string) bool {
	if len(fields) == 0 {
		return nil
	}
	wanted := map[string]bool{}
	for _, name := range fields {
		wanted[query.Ref(name).Name] = true
	}
	return func(name string) bool { return wanted[name] }
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	var req SearchRequest
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	d.DisallowUnknownFields()
	if err := d.Decode(&req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with query, since, until, size, sort, fields"})
		return
	}
	answer, err := Search(r.Context(), s.opts.Searcher, s.opts.Scope(r), req)
	if err != nil {
		status, e := errorOf(err)
		fail(w, status, e)
		return
	}
	write(w, http.StatusOK, answer)
}
