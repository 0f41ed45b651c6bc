package rest

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"rastro/internal/auth"
	"rastro/internal/search"
)

// Handler answers a request; an error becomes an answer in Elasticsearch's
// shape. After an error nothing may have been written.
type Handler func(w http.ResponseWriter, r *Request) error

// Route is one endpoint.
type Route struct {
	// Methods of the endpoint; HEAD comes with GET.
	Methods []string
	// Path has names in braces for the parts that vary: /{index}/_search.
	// Request.PathValue gives what stood there, unescaped.
	Path string
	// Params are the parameters that are known beside those of every endpoint.
	Params []string
	Handle Handler
}

// Router finds the route of a request. At each part of a path a literal comes
// before a name; a name of an index never begins with an underscore, but for
// _all. Routes are added before the first request.
type Router struct {
	node   *Node
	root   branch
	origin *http.CrossOriginProtection
}

// branch is one part of the paths.
type branch struct {
	literal map[string]*branch
	named   *branch
	// routes by method, of paths that end here.
	routes map[string]*leaf
}

// leaf is a route with the names of its parts in their order.
type leaf struct {
	route Route
	names []string
}

// NewRouter makes a Router of all routes.
func NewRouter(node *Node, groups ...[]Route) *Router {
	rt := &Router{node: node, origin: http.NewCrossOriginProtection()}
	for _, group := range groups {
		for _, route := range group {
			rt.add(route)
		}
	}
	return rt
}

func (rt *Router) add(route Route) {
	at := &rt.root
	var names []string
	for part := range strings.SplitSeq(strings.Trim(route.Path, "/"), "/") {
		if part == "" {
			break // the path is /
		}
		if strings.HasPrefix(part, "{") {
			names = append(names, strings.Trim(part, "{}"))
			if at.named == nil {
				at.named = &branch{}
			}
			at = at.named
			continue
		}
		if at.literal == nil {
			at.literal = map[string]*branch{}
		}
		if at.literal[part] == nil {
			at.literal[part] = &branch{}
		}
		at = at.literal[part]
	}
	if at.routes == nil {
		at.routes = map[string]*leaf{}
	}
	for _, method := range route.Methods {
		if at.routes[method] != nil {
			panic("two routes for " + method + " " + route.Path) // a mistake of ours, at the start
		}
		at.routes[method] = &leaf{route: route, names: names}
	}
}

// find lists the branches that a path ends at, the most literal first.
func (b *branch) find(parts, values []string, visit func(b *branch, values []string) bool) bool {
	if len(parts) == 0 {
		return b.routes != nil && visit(b, values)
	}
	if next := b.literal[parts[0]]; next != nil && next.find(parts[1:], values, visit) {
		return true
	}
	if b.named == nil || len(values) == 0 && strings.HasPrefix(parts[0], "_") && parts[0] != "_all" {
		return false
	}
	return b.named.find(parts[1:], append(slices.Clip(values), parts[0]), visit)
}

// match finds the route of a request, or the methods that its path knows.
func (rt *Router) match(method string, parts []string) (found *leaf, values []string, allowed []string) {
	rt.root.find(parts, nil, func(b *branch, v []string) bool {
		if found = b.routes[method]; found == nil && method == http.MethodHead {
			found = b.routes[http.MethodGet]
		}
		for m := range b.routes {
			allowed = append(allowed, m)
		}
		values = v
		return found != nil
	})
	slices.Sort(allowed)
	return found, values, slices.Compact(allowed)
}

// parts splits an escaped path, so that an escaped slash stays in its part.
func parts(u *url.URL) ([]string, error) {
	var all []string
	for part := range strings.SplitSeq(strings.Trim(u.EscapedPath(), "/"), "/") {
		if part == "" {
			continue
		}
		text, err := url.PathUnescape(part)
		if err != nil {
			return nil, Illegal("the path holds a bad escape: %s", err)
		}
		all = append(all, text)
	}
	return all, nil
}

// ServeHTTP answers one request.
func (rt *Router) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	r := &Request{Request: req, Values: req.URL.Query()}
	out := &answer{ResponseWriter: w, r: r}
	if err := rt.serve(out, r); err != nil {
		WriteFailure(out, r, AsFailure(err))
	}
	if err := out.finish(); err != nil {
		rt.node.Log.Debug("writing an answer failed", "err", err)
	}
}

func (rt *Router) serve(w http.ResponseWriter, r *Request) error {
	// A page of another site must not write here through the browser of
	// somebody on this machine.
	if err := rt.origin.Check(r.Request); err != nil {
		return Fail(http.StatusForbidden, "security_exception", "a page of another site may not change anything here")
	}
	path, err := parts(r.URL)
	if err != nil {
		return err
	}
	found, values, allowed := rt.match(r.Method, path)
	if found == nil {
		return rt.unknown(w, r, allowed)
	}
	for i, name := range found.names {
		r.SetPathValue(name, values[i])
	}
	if err := r.checkParams(found.route.Params); err != nil {
		return err
	}
	if err := checkMedia(r); err != nil {
		return err
	}
	r.Scope = rt.node.Scope(r.Request)
	if id := r.Header.Get("X-Opaque-Id"); id != "" && len(id) <= 256 {
		w.Header().Set("X-Opaque-Id", id)
	}
	task := rt.node.Tasks.begin(r, found.route.Path)
	defer task.end()
	r.Request = r.WithContext(search.By(task.ctx, auth.Caller(r.RemoteAddr, r.Header.Get)))
	return found.route.Handle(w, r)
}

// unknown answers a path or a method that no route has.
func (rt *Router) unknown(w http.ResponseWriter, r *Request, allowed []string) error {
	if len(allowed) == 0 {
		return Illegal("no handler found for uri [%s] and method [%s]", r.URL.RequestURI(), r.Method)
	}
	if slices.Contains(allowed, http.MethodGet) {
		allowed = append(allowed, http.MethodHead)
	}
	w.Header().Set("Allow", strings.Join(append(allowed, http.MethodOptions), ","))
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusOK)
		return nil
	}
	return Fail(http.StatusMethodNotAllowed, "method_not_allowed_exception",
		"Incorrect HTTP method for uri ["+r.URL.RequestURI()+"] and method ["+r.Method+"], allowed: ["+strings.Join(allowed, ", ")+"]")
}

// media are the types of bodies that are understood.
var media = []string{
	"application/json", "application/x-ndjson", "application/vnd.elasticsearch+json", "application/vnd.elasticsearch+x-ndjson",
	// What curl -d sends when nobody says otherwise, and plain text, which old scripts send.
	"application/x-www-form-urlencoded", "text/plain",
}

// checkMedia refuses bodies of a type that is not understood. A body without a
// type is taken for JSON; so is what curl calls it unless told.
func checkMedia(r *Request) error {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	if kind == "" || r.ContentLength == 0 || slices.Contains(media, kind) {
		return nil
	}
	return Fail(http.StatusNotAcceptable, "media_type_header_exception", "Content-Type header ["+r.Header.Get("Content-Type")+"] is not supported; send application/json or application/x-ndjson")
}
