package rest

import (
	"strings"

	"rastro/internal/query"
)

// UnknownMetric is the failure of a metric that an endpoint does not know; it
// offers the one that was probably meant.
func UnknownMetric(path, name string, known []string) *Failure {
	if near := query.Nearest(name, known, 2); near != "" {
		return Illegal("request [%s] contains unrecognized metric: [%s] -> did you mean [%s]?", path, name, near)
	}
	return Illegal("request [%s] contains unrecognized metric: [%s]; there are: %s", path, name, strings.Join(known, ", "))
}
