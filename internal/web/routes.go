package web

import (
	"net/http"
	"slices"
	"strings"
)

// Route is one way into the API. The mux and the OpenAPI document are both
// made of the same table, so that no way is served without being described.
type Route struct {
	Method, Path string
	// Summary is one English sentence without its stop.
	Summary string
	// Params are the parameters in the address.
	Params []Param
	// Request is the zero value of the JSON body; nil where there is none.
	Request any
	// Takes is the media type of a body that is no JSON.
	Takes string
	// Answer is the zero value of the JSON answer; nil where it is not JSON.
	Answer any
	// Gives are the media types of an answer that is no JSON.
	Gives []string
	// Status is that of a good answer; 0 means 200.
	Status int
	// Fails are the zero values of refusals that carry more than an Error.
	Fails []any

	handle func(*Server, http.ResponseWriter, *http.Request)
	// streams: the answer is written as things happen, and never compressed.
	streams bool
}

// Param is one parameter in the address of a route.
type Param struct {
	Name     string
	Meaning  string
	Required bool
	// Values is the closed list of values, where there is one.
	Values []string
}

// The parameters that ranges of time have everywhere.
var rangeParams = []Param{
	{Name: "since", Meaning: "Beginning of the range: date math (now-1h, now/d), a date, or an age such as 90m or 3d; open without it"},
	{Name: "until", Meaning: "End of the range, not part of it; a rounded one such as now/d is the end of the unit"},
	{Name: "zone", Meaning: "IANA zone, or offset such as -05:00, in which days begin; default UTC"},
}

// Routes is the table of the API.
func Routes() []Route {
	return slices.Concat([]Route{
		{Method: http.MethodGet, Path: "/api/info", Summary: "What runs here, and how much it holds", Answer: Info{}, handle: (*Server).info},
		{Method: http.MethodGet, Path: "/api/fields", Summary: "The fields of events, as queries name them", Answer: FieldsAnswer{}, handle: (*Server).fields},
		{Method: http.MethodGet, Path: "/api/openapi.json", Summary: "This description of the API", Gives: []string{"application/json"}, handle: (*Server).openapi},
	}, askRoutes(), traceRoutes(), sourceRoutes(), savedRoutes(), []Route{
		{
			Method: http.MethodPost, Path: "/api/import", Summary: "Read the lines of a file into the store; what was imported before is skipped",
			Params: []Param{
				{Name: "name", Meaning: "What a person calls the content: a file's path", Required: true},
				{Name: "zone", Meaning: "IANA zone of stamps that carry none; default the server's"},
				{Name: "host", Meaning: "Host of lines that name none"},
				{Name: "dialect", Meaning: "Dialect of the lines; default: each line is recognised"},
				{Name: "newest", Meaning: "When the file was last written, as in RFC 3339; default now"},
			},
			Takes: "application/octet-stream", Answer: ImportResult{}, handle: (*Server).importStream,
		},
		eraseRoute(),
	})
}

// askRoutes are those that ask for events.
func askRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/api/search", Summary: "Events that match a query, page by page", Request: SearchRequest{}, Answer: SearchAnswer{}, handle: (*Server).search},
		countRoute(),
		{Method: http.MethodPost, Path: "/api/aggregate", Summary: "Sums over the events that match a query", Request: AggregateRequest{}, Answer: AggregateAnswer{}, handle: (*Server).aggregate},
		{Method: http.MethodPost, Path: "/api/fields/stats", Summary: "The most frequent values and the figures of fields, over a sample or exactly", Request: FieldStatsRequest{}, Answer: FieldStatsAnswer{}, handle: (*Server).fieldStats},
		{Method: http.MethodPost, Path: "/api/validate", Summary: "Whether a query can be asked, and where it is wrong", Request: ValidateRequest{}, Answer: ValidateAnswer{}, handle: (*Server).validate},
		{Method: http.MethodPost, Path: "/api/context", Summary: "The lines around an event on the same host", Request: ContextRequest{}, Answer: ContextAnswer{}, handle: (*Server).context},
		{
			Method: http.MethodGet, Path: "/api/tail", Summary: "Events as they come in: server-sent events named event, lost and error",
			Params: []Param{{Name: "query", Meaning: "Query in Lucene syntax; default everything (also as q)"}, rangeParams[2]},
			Gives:  []string{"text/event-stream"}, handle: (*Server).tail, streams: true,
		},
		{
			Method: http.MethodGet, Path: "/api/export", Summary: "Everything that matches, in a file; one that is not whole ends as an aborted transfer",
			Params: append([]Param{
				{Name: "format", Meaning: "Form of the file; default csv", Values: exportForms},
				{Name: "query", Meaning: "Query in Lucene syntax; default everything"},
				{Name: "sort", Meaning: "Order as in /api/search; default -@timestamp, for lines and parquet @timestamp"},
				{Name: "fields", Meaning: "Fields wanted, parted by commas; default all, for CSV the usual ones; not for lines and parquet"},
			}, rangeParams...),
			Gives: []string{"text/csv", "application/x-ndjson", "text/plain", "application/vnd.apache.parquet"}, handle: (*Server).export,
		},
	}
}

// traceRoutes are those that ask for journeys.
func traceRoutes() []Route {
	return []Route{
		{Method: http.MethodPost, Path: "/api/trace", Summary: "What happened to a message, per recipient", Request: TraceRequest{}, Answer: TraceAnswer{}, handle: (*Server).trace},
		{
			Method: http.MethodGet, Path: "/api/trace/export", Summary: "Journeys in a file: CSV has one line for each recipient's copy, JSON is an array of Journey",
			Params: append([]Param{
				{Name: "format", Meaning: "Form of the file; default csv", Values: []string{"csv", "json"}},
				{Name: "query", Meaning: "What /api/trace takes; default all journeys"},
				{Name: "lang", Meaning: "Language of the sentences in CSV; default en", Values: []string{"en", "es"}},
				{Name: "status", Meaning: "Statuses wanted, parted by commas; default all"},
			}, rangeParams...),
			Gives: []string{"text/csv", "application/json"}, handle: (*Server).exportTrace,
		},
	}
}

// methods are the handlers of one path.
type methods map[string]http.Handler

// route serves one path with one method (GET with HEAD too) and says which
// ones it takes to every other.
func (s *Server) route(method, path string, handle http.Handler) {
	m := s.paths[path]
	if m == nil {
		m = methods{}
		s.paths[path] = m
		s.mux.Handle(path, m)
	}
	m[method] = handle
}

func (m methods) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	if handle := m[method]; handle != nil {
		handle.ServeHTTP(w, r)
		return
	}
	var known []string
	for _, name := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		if m[name] != nil {
			known = append(known, name)
		}
	}
	allowed := "OPTIONS, " + strings.Join(known, ", ")
	w.Header().Set("Allow", strings.Replace(allowed, "GET", "GET, HEAD", 1))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	fail(w, http.StatusMethodNotAllowed, Error{Code: "bad_method", Message: r.URL.Path + " does not take " + r.Method, Hint: "send " + strings.Join(known, " or ")})
}

// notFound answers for every path that leads nowhere.
func notFound(w http.ResponseWriter, r *http.Request) {
	fail(w, http.StatusNotFound, Error{Code: "not_found", Message: "there is nothing at " + r.URL.Path, Hint: "GET /api/openapi.json lists what there is"})
}
