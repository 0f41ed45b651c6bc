// Package web serves port 5601: the JSON API that the command line and the
// user interface speak, and the live tail.
//
// What comes in are HTTP requests; what goes out are answers, one event after
// the other for the live tail. Every read passes through search; lines that
// are imported go to the sink that every source uses. Errors are {code,
// message, hint}.
package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"rastro/internal/auth"
	"rastro/internal/dashboard"
	"rastro/internal/query"
	"rastro/internal/reply"
	"rastro/internal/search"
	"rastro/internal/sources"
	"rastro/internal/trace"
	"rastro/internal/web/kibana"
)

// Options are the rooms of a Server. Searcher is required.
type Options struct {
	Searcher *search.Searcher
	// Tracer answers /api/trace; nil when nothing is traced.
	Tracer *trace.Tracer
	// Import reads one stream into the journal; nil when nothing is taken.
	Import func(ctx context.Context, r io.Reader, req ImportRequest) (ImportResult, error)
	// Erase removes every event that mentions an address; nil when nothing is
	// erased. progress may be called from any goroutine.
	Erase func(ctx context.Context, req EraseRequest, progress func(EraseProgress)) (EraseReport, error)
	// Reasons lists the classes of the reply dictionary. Default: those of the
	// embedded one.
	Reasons func() []string
	// Sources answers /api/sources; nil when nothing is read.
	Sources *sources.Desk
	// GeoIP tells that addresses are located.
	GeoIP bool
	// Saved holds saved searches and dashboards; nil when nothing is saved.
	Saved *dashboard.Store
	// Health is the state of the server for /api/status. Default: all is well.
	Health func() kibana.Health
	// Name is the server's in Kibana's answers, IndexPrefix what the names of
	// daily indices begin with there.
	Name, IndexPrefix string
	// UI holds the built user interface, index.html at its root; nil, or
	// without that file, a page says how to build it.
	UI fs.FS
	// Release is Rastro's version.
	Release string
	// Scope says what a caller may see. Default: everything, for a server that
	// listens on loopback only.
	Scope func(*http.Request) auth.Scope
}

// Server is an http.Handler, safe for concurrent use.
type Server struct {
	opts    Options
	mux     *http.ServeMux
	paths   map[string]methods
	pages   *pages // nil where no user interface was built
	protect *http.CrossOriginProtection
	kibana  *kibana.Handler // nil where nothing is saved
	tails   atomic.Int64
}

// New makes a Server.
func New(opts Options) *Server {
	if opts.Scope == nil {
		opts.Scope = func(*http.Request) auth.Scope { return auth.Everything() }
	}
	if opts.Reasons == nil {
		opts.Reasons = reply.Default().Classes
	}
	s := &Server{opts: opts, mux: http.NewServeMux(), paths: map[string]methods{}, protect: http.NewCrossOriginProtection()}
	s.protect.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fail(w, http.StatusForbidden, Error{Code: "cross_origin", Message: "a page of another site may not ask here"})
	}))
	for _, r := range Routes() {
		s.route(r.Method, r.Path, s.serve(r))
	}
	s.mountKibana()
	var err error
	if s.pages, err = newPages(opts.UI); err != nil {
		panic("BUG: " + err.Error()) // the files are part of the program
	}
	s.route(http.MethodGet, "/", http.HandlerFunc(s.files))
	s.mux.HandleFunc("/api/", notFound)
	return s
}

// mountKibana serves what Kibana's clients call. It is a language of its own,
// described by Elastic, and not in our table.
func (s *Server) mountKibana() {
	if s.opts.Saved == nil {
		return
	}
	s.kibana = kibana.New(kibana.Options{Saved: s.opts.Saved, Scope: s.opts.Scope, Health: s.opts.Health, Name: s.opts.Name, Prefix: s.opts.IndexPrefix})
	for _, path := range kibana.Paths() {
		s.mux.Handle(path, compressed(s.kibana))
	}
}

// serve is the handler of one route of the table.
func (s *Server) serve(r Route) http.Handler {
	handle := http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.handle(s, w, req) })
	if r.streams {
		return handle
	}
	return compressed(handle)
}

// ServeHTTP answers one request. A browser page of another site can neither
// read nor write here.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// The time that the answer before on this connection had is not this one's.
	// A server without deadlines (tests) cannot set one.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if strings.HasPrefix(r.URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store") // it names people, and is old at once
	}
	s.protect.Handler(s.mux).ServeHTTP(w, r.WithContext(search.By(r.Context(), auth.Caller(r.RemoteAddr, r.Header.Get))))
}

// Info describes a running server.
type Info struct {
	Product string `json:"product"`
	Release string `json:"release"`
	Events  int64  `json:"events"`
	Bytes   int64  `json:"bytes"`
	Oldest  string `json:"oldest,omitempty"`
	Newest  string `json:"newest,omitempty"`
	// Features are the parts that the configuration switches on.
	Features Features `json:"features"`
}

// Features are parts of a server that are there or not.
type Features struct {
	// GeoIP: addresses are located, so that maps show something.
	GeoIP bool `json:"geoip"`
}

func (s *Server) info(w http.ResponseWriter, r *http.Request) {
	write(w, http.StatusOK, s.describe())
}

// Error is a mistake or a failure as a person should read it.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	// Position and End belong to mistakes in a query: the byte offsets where
	// the mistake begins and ends.
	Position *int `json:"position,omitempty"`
	End      *int `json:"end,omitempty"`
	// Suggestion is the query as it was probably meant.
	Suggestion string `json:"suggestion,omitempty"`
}

// Error gives the message and the way out in one line.
func (e Error) Error() string {
	if e.Hint == "" {
		return e.Message
	}
	return e.Message + "; " + e.Hint
}

// errorOf gives every error of search its status and its words.
func errorOf(err error) (int, Error) {
	var known Error
	var syntax *query.SyntaxError
	var big *query.TooBigError
	switch {
	case errors.As(err, &known):
		return http.StatusBadRequest, known
	case errors.As(err, &syntax):
		return http.StatusBadRequest, Error{Code: "query_" + syntax.Code, Message: syntax.Problem, Hint: syntax.Hint, Position: &syntax.Pos, End: &syntax.End, Suggestion: syntax.Suggestion}
	case errors.Is(err, query.ErrBadQuestion):
		return http.StatusBadRequest, Error{Code: "bad_question", Message: err.Error()}
	case errors.As(err, &big):
		return http.StatusUnprocessableEntity, Error{Code: "too_big", Message: big.Error(), Hint: big.Hint("en")}
	case errors.Is(err, query.ErrTooBig):
		return http.StatusUnprocessableEntity, Error{Code: "too_big", Message: err.Error(), Hint: "narrow the time range, or ask for fewer hits or buckets"}
	case errors.Is(err, search.ErrBusy):
		return http.StatusTooManyRequests, Error{Code: "busy", Message: err.Error(), Hint: "ask again in a moment; a shorter time range is answered sooner"}
	}
	return http.StatusInternalServerError, Error{Code: "internal", Message: err.Error(), Hint: "the server's log may say more"}
}

// errorIn is errorOf in the language that a client prefers, as far as the words
// are ours to choose.
func errorIn(r *http.Request, err error) (int, Error) {
	status, e := errorOf(err)
	if !strings.HasPrefix(strings.ToLower(r.Header.Get("Accept-Language")), "es") {
		return status, e
	}
	var big *query.TooBigError
	switch {
	case e.Code == "too_big" && errors.As(err, &big):
		e.Message, e.Hint = big.Problem("es"), big.Hint("es")
	case e.Code == "busy":
		e.Message, e.Hint = "hay demasiadas preguntas a la vez y a esta no le llegó el turno", "pregunte de nuevo en un momento; un tiempo más corto se responde antes"
	}
	return status, e
}

func fail(w http.ResponseWriter, status int, e Error) {
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", "1")
	}
	write(w, status, map[string]Error{"error": e})
}

func write(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	// The client is gone when this fails; there is nobody left to tell.
	_ = json.NewEncoder(&patientWriter{w: w, control: http.NewResponseController(w)}).Encode(body)
}
