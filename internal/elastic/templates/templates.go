// Package templates serves the endpoints of port 9200 about what new indices
// get and when events go: index and component templates, policies of index
// lifecycle management, and the pipelines and snapshot policies there are not.
//
// What comes in are requests; what goes out are answers in Elasticsearch's
// shapes. It changes nothing but the cluster state and never reads an event;
// elastic/lifecycle says what templates and policies mean.
package templates

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/settings"
)

// Templates are the endpoints, safe for concurrent use.
type Templates struct {
	node      *rest.Node
	inventory *inventory.Inventory
}

// New makes the endpoints.
func New(node *rest.Node, inventory *inventory.Inventory) *Templates {
	return &Templates{node: node, inventory: inventory}
}

// The methods of routes.
var (
	get     = []string{http.MethodGet}
	put     = []string{http.MethodPut}
	post    = []string{http.MethodPost}
	putPost = []string{http.MethodPut, http.MethodPost}
	del     = []string{http.MethodDelete}
)

// Routes lists the endpoints.
func (x *Templates) Routes() []rest.Route {
	return slices.Concat(x.composableRoutes(), x.componentRoutes(), x.legacyRoutes(), x.policyRoutes(), x.absentRoutes())
}

// matching lists the names that a list of names and patterns means, sorted, and
// the names of the list that are none.
func matching[V any](of map[string]V, list string) (found, missing []string) {
	for name := range of {
		if list == "" || list == "_all" || slices.ContainsFunc(strings.Split(list, ","), func(p string) bool { return names.Match(p, name) }) {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	for part := range strings.SplitSeq(list, ",") {
		if part == "" || part == "_all" || strings.ContainsAny(part, "*?") {
			continue
		}
		if _, ok := of[part]; !ok {
			missing = append(missing, part)
		}
	}
	return found, missing
}

// foundStatus is the status of a list of templates: 404 where names or patterns
// were given and none was found.
func foundStatus(r *rest.Request, found []string) int {
	if len(found) == 0 && r.PathValue("name") != "" {
		return http.StatusNotFound
	}
	return http.StatusOK
}

// checkName refuses names that no template or policy can have.
func checkName(name string) string {
	switch {
	case name == "":
		return "name must not be empty"
	case strings.Contains(name, " "):
		return "name must not contain a space"
	case strings.Contains(name, ","):
		return "name must not contain a ','"
	case strings.Contains(name, "#"):
		return "name must not contain a '#'"
	case strings.Contains(name, "*"):
		return "name must not contain a '*'"
	case strings.HasPrefix(name, "_"):
		return "name must not start with '_'"
	case strings.ToLower(name) != name:
		return "name must be lower cased"
	case len(name) > 255:
		return "name is longer than 255 bytes"
	}
	return ""
}

// flatten gives the settings below "template" of a stored template, or its own,
// the flat form where it was asked for.
func flatten(text json.RawMessage, flat bool) any {
	var body map[string]any
	if json.Unmarshal(text, &body) != nil || !flat {
		return text
	}
	at := body
	if inner, ok := body["template"].(map[string]any); ok {
		at = inner
	}
	if given, ok := at["settings"]; ok {
		raw, err := json.Marshal(given)
		change, flattenErr := settings.Flatten(raw, "index.")
		if err == nil && flattenErr == nil {
			all := map[string]string{}
			change.Set(all, false)
			at["settings"] = settings.Flat(all)
		}
	}
	return body
}
