// Package kibana serves the part of Kibana's API that scripts and shippers
// call: status, saved objects and data views, so that what was made for Kibana
// is taken over.
//
// What comes in are requests in Kibana's shape; what goes out are answers and
// errors in that shape. Saved objects are kept as they came, in the room
// dashboard, and each dashboard among them becomes one of ours, which the user
// interface shows beside the others. What cannot be taken over is told object
// by object. The package never reads an event. Everything that comes in was
// made by strangers: bodies, numbers of objects and depths are bounded.
package kibana

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"rastro/internal/auth"
	"rastro/internal/dashboard"
)

const (
	// DefaultVersion is the version of Kibana that is spoken.
	DefaultVersion = "8.17.0"
	coreVersion    = "8.8.0"
	// DefaultPrefix is what the names of the daily indices begin with.
	DefaultPrefix = "elemta-logs-"
	// maxBody bounds a JSON body, maxFile a file of saved objects.
	maxBody = 8 << 20
	maxFile = dashboard.MaxImport
	// maxWriters is how many large requests are read at the same time.
	maxWriters     = 4
	requestTimeout = time.Minute
	answerTimeout  = 2 * time.Minute
)

// Options are what a Handler needs. Saved is required.
type Options struct {
	// Saved keeps the objects.
	Saved *dashboard.Store
	// Scope says what a caller may see: saved objects are for those who see
	// everything. Default: everybody does.
	Scope func(*http.Request) auth.Scope
	// Health is the state of the server for /api/status. Default: all is well.
	Health func() Health
	// Name is the server's, Version that of Kibana that is spoken (default
	// DefaultVersion), Prefix what daily indices begin with (default
	// DefaultPrefix).
	Name, Version, Prefix string
	// Now is the clock. Default: time.Now.
	Now func() time.Time
	Log *slog.Logger
}

// Handler serves the API. It is safe for concurrent use.
type Handler struct {
	opts    Options
	mux     *http.ServeMux
	began   time.Time
	writers chan struct{}
	// changing is held by whoever changes objects: an object and the dashboard
	// that is made of it change together.
	changing sync.Mutex

	// What /api/status tells of requests; times are in microseconds.
	served, took, longest, inside atomic.Int64
}

// Paths are the patterns of http.ServeMux that a Handler answers.
func Paths() []string {
	return []string{
		"/api/status", "/api/saved_objects/", "/api/data_views", "/api/data_views/", "/api/index_patterns/",
		"/api/kibana/", "/api/spaces/", "/s/{space}/api/", "/app/",
	}
}

// New makes a Handler.
func New(opts Options) *Handler {
	if opts.Scope == nil {
		opts.Scope = func(*http.Request) auth.Scope { return auth.Everything() }
	}
	if opts.Health == nil {
		opts.Health = func() Health { return Health{} }
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	opts.Name, opts.Version, opts.Prefix = orText(opts.Name, "rastro"), orText(opts.Version, DefaultVersion), orText(opts.Prefix, DefaultPrefix)
	h := &Handler{opts: opts, mux: http.NewServeMux(), began: opts.Now(), writers: make(chan struct{}, maxWriters)}
	h.routes()
	return h
}

// handler answers one request, or says what is wrong.
type handler func(http.ResponseWriter, *http.Request) error

func (h *Handler) routes() {
	h.mux.HandleFunc("GET /api/status", h.status)
	h.mux.HandleFunc("GET /app/{page...}", page)
	for pattern, handle := range map[string]handler{
		"GET /api/saved_objects/_find":                   h.find,
		"POST /api/saved_objects/_bulk_get":              h.bulkGet,
		"POST /api/saved_objects/_bulk_create":           h.bulkCreate,
		"PUT /api/saved_objects/_bulk_update":            h.bulkUpdate,
		"POST /api/saved_objects/_bulk_delete":           h.bulkDelete,
		"POST /api/saved_objects/_import":                h.importFile,
		"POST /api/saved_objects/_resolve_import_errors": h.resolveImport,
		"POST /api/saved_objects/_export":                h.export,
		"GET /api/saved_objects/resolve/{type}/{id}":     h.resolve,
		"GET /api/saved_objects/{type}":                  h.list,
		"POST /api/saved_objects/{type}":                 h.create,
		"GET /api/saved_objects/{type}/{id}":             h.get,
		"POST /api/saved_objects/{type}/{id}":            h.create,
		"PUT /api/saved_objects/{type}/{id}":             h.update,
		"DELETE /api/saved_objects/{type}/{id}":          h.remove,
		"POST /api/kibana/dashboards/import":             h.importBundle,
		"GET /api/kibana/dashboards/export":              h.exportBundle,
		"GET /api/spaces/space":                          h.spaces,
		"GET /api/spaces/space/{id}":                     h.space,
	} {
		h.mux.Handle(pattern, h.guarded(handle))
	}
	h.viewRoutes("/api/data_views", viewNames{one: "data_view", many: "data_view", path: "data_view", standard: "data_view_id"})
	h.viewRoutes("/api/index_patterns", viewNames{one: "index_pattern", many: "index_pattern", path: "index_pattern", standard: "index_pattern_id"})
	h.mux.Handle("/", h.guarded(func(http.ResponseWriter, *http.Request) error {
		return Problem{StatusCode: http.StatusNotFound, Kind: "Not Found", Message: "Not Found"}
	}))
}

// ServeHTTP answers one request, also below /s/default, the one space.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer h.count()()
	w.Header().Set("kbn-name", h.opts.Name)
	w.Header().Set("Cache-Control", "private, no-cache, no-store, must-revalidate")
	control := http.NewResponseController(w)
	// A server without deadlines (tests) cannot set one.
	_ = control.SetReadDeadline(time.Now().Add(requestTimeout))
	defer func() { _ = control.SetReadDeadline(time.Time{}) }()
	if rest, ok := strings.CutPrefix(r.URL.Path, "/s/"); ok {
		space, path, _ := strings.Cut(rest, "/")
		if space != "default" {
			write(w, http.StatusNotFound, Problem{StatusCode: http.StatusNotFound, Kind: "Not Found", Message: fmt.Sprintf("Saved object [space/%.100s] not found", space)})
			return
		}
		inner := r.Clone(r.Context())
		inner.URL.Path = "/" + path
		inner.URL.RawPath = strings.TrimPrefix(r.URL.RawPath, "/s/default")
		r = inner
	}
	h.mux.ServeHTTP(w, r)
}

// page leads from the address of a page of Kibana's, as scripts print it, to the
// page of ours that shows the like.
func page(w http.ResponseWriter, r *http.Request) {
	to := "/"
	for _, name := range []string{"discover", "dashboards"} {
		if first, _, _ := strings.Cut(r.PathValue("page"), "/"); first == name {
			to += name
		}
	}
	http.Redirect(w, r, to, http.StatusFound)
}

// count counts a request from its beginning to its end.
func (h *Handler) count() (done func()) {
	h.inside.Add(1)
	start := time.Now()
	return func() {
		took := time.Since(start).Microseconds()
		h.inside.Add(-1)
		h.served.Add(1)
		h.took.Add(took)
		for longest := h.longest.Load(); took > longest && !h.longest.CompareAndSwap(longest, took); longest = h.longest.Load() {
		}
	}
}

// guarded asks for the header that no page of another site can send unasked,
// and for a caller who may see what is saved.
func (h *Handler) guarded(handle handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writes := r.Method != http.MethodGet && r.Method != http.MethodHead
		var err error
		switch {
		case writes && len(r.Header.Values("kbn-xsrf")) == 0 && len(r.Header.Values("kbn-version")) == 0:
			err = badRequest("Request must contain a kbn-xsrf header.")
		case !h.opts.Scope(r).SeesEverything():
			// What is saved is shared by all, and its queries name people.
			err = Problem{StatusCode: http.StatusForbidden, Kind: "Forbidden", Message: "Forbidden: you may not see what is saved here; ask the administrator of this server"}
		default:
			err = handle(w, r)
		}
		if err != nil {
			p := h.problemOf(err)
			write(w, p.StatusCode, p)
		}
	})
}

// Problem is an error in Kibana's shape.
type Problem struct {
	StatusCode int    `json:"statusCode"`
	Kind       string `json:"error"`
	Message    string `json:"message"`
	Attributes any    `json:"attributes,omitempty"`
}

// Error is the message.
func (p Problem) Error() string { return p.Message }

func badRequest(format string, args ...any) Problem {
	return Problem{StatusCode: http.StatusBadRequest, Kind: "Bad Request", Message: fmt.Sprintf(format, args...)}
}

func notThere(typ, id string) Problem {
	return Problem{StatusCode: http.StatusNotFound, Kind: "Not Found", Message: fmt.Sprintf("Saved object [%.100s/%.200s] not found", typ, id)}
}

func conflict(typ, id string) Problem {
	return Problem{StatusCode: http.StatusConflict, Kind: "Conflict", Message: fmt.Sprintf("Saved object [%.100s/%.200s] conflict", typ, id)}
}

// problemOf gives every error its status and its words.
func (h *Handler) problemOf(err error) Problem {
	var known Problem
	var mistake *dashboard.Mistake
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &mistake):
		return badRequest("%s", mistake.Error())
	case errors.As(err, &large):
		return Problem{StatusCode: http.StatusRequestEntityTooLarge, Kind: "Request Entity Too Large", Message: fmt.Sprintf("Payload content length greater than maximum allowed: %d", large.Limit)}
	case errors.Is(err, dashboard.ErrFull):
		return Problem{StatusCode: http.StatusInsufficientStorage, Kind: "Insufficient Storage", Message: err.Error() + "; delete what nobody needs, or make room on the disk"}
	case errors.Is(err, dashboard.ErrUnavailable):
		return Problem{StatusCode: http.StatusServiceUnavailable, Kind: "Service Unavailable", Message: err.Error()}
	}
	h.opts.Log.Error("a request for saved objects failed", "err", err)
	return Problem{StatusCode: http.StatusInternalServerError, Kind: "Internal Server Error", Message: "An internal server error occurred. Check the log of Rastro for more information."}
}

func write(w http.ResponseWriter, status int, body any) {
	// A server without deadlines (tests) cannot set one.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(answerTimeout))
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	// The client is gone when this fails; there is nobody left to tell.
	_ = e.Encode(body)
}

// body reads a JSON body into v. Members that v does not know are ignored, as
// newer clients send more.
func (h *Handler) body(w http.ResponseWriter, r *http.Request, v any) error {
	done, err := h.admit()
	if err != nil {
		return err
	}
	defer done()
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return fmt.Errorf("reading the request: %w", err)
	}
	if len(text) == 0 {
		return badRequest("[request body]: expected a plain object value, but found [null] instead.")
	}
	return unmarshal(text, v)
}

// unmarshal reads JSON, or says what is wrong without words of Go's.
func unmarshal(text []byte, v any) error {
	err := json.Unmarshal(text, v)
	var kind *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &kind):
		return badRequest("[%s]: a JSON value of another type is expected here than [%s]", strings.TrimSuffix("request body."+kind.Field, "."), kind.Value)
	}
	return badRequest("Invalid request payload JSON format: %s", err)
}

// admit bounds how many large requests are in memory.
func (h *Handler) admit() (done func(), err error) {
	select {
	case h.writers <- struct{}{}:
		return func() { <-h.writers }, nil
	default:
		return nil, Problem{StatusCode: http.StatusTooManyRequests, Kind: "Too Many Requests", Message: "too many requests at once; send it again in a moment"}
	}
}

// asked is a parameter that is true or false.
func asked(r *http.Request, name string) bool {
	text := r.URL.Query().Get(name)
	return text == "true" || text == "" && r.URL.Query().Has(name)
}

func (h *Handler) spaces(w http.ResponseWriter, _ *http.Request) error {
	write(w, http.StatusOK, []any{defaultSpace})
	return nil
}

func (h *Handler) space(w http.ResponseWriter, r *http.Request) error {
	if id := r.PathValue("id"); id != "default" {
		return notThere("space", id)
	}
	write(w, http.StatusOK, defaultSpace)
	return nil
}

var defaultSpace = map[string]any{
	"id": "default", "name": "Default", "description": "This is your default space!", "color": "#00bfb3", "disabledFeatures": []string{}, "_reserved": true,
}
