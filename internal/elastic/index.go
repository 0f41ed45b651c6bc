package elastic

import (
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	dayForm   = "2006.01.02"
	dayLength = 24 * time.Hour
	// maxIndexExpression bounds the names of one request.
	maxIndexExpression = 1000
)

// indexName is the name of the index that holds an event of that time.
func (s *Server) indexName(ns int64) string {
	return s.opts.Prefix + time.Unix(0, ns).UTC().Format(dayForm)
}

// indexFilter turns an index expression (names, wildcards, lists, exclusions)
// into a condition on the day. nil means all days.
func (s *Server) indexFilter(expression string, ignoreMissing bool) (query.Filter, error) {
	if expression == "" || expression == "_all" || expression == "*" {
		return nil, nil
	}
	parts := strings.Split(expression, ",")
	if len(parts) > maxIndexExpression {
		return nil, badRequest("illegal_argument_exception", fmt.Sprintf("the index expression names %d indices; at most %d", len(parts), maxIndexExpression))
	}
	stored := map[string]bool{}
	for _, d := range s.opts.Searcher.Stats().Days {
		stored[s.opts.Prefix+strings.ReplaceAll(d.Day, "-", ".")] = true
	}
	chosen := map[string]bool{}
	for _, part := range parts {
		if out, ok := strings.CutPrefix(part, "-"); ok && len(chosen) > 0 {
			for name := range chosen {
				if matchIndex(out, name) {
					delete(chosen, name)
				}
			}
			continue
		}
		if err := choose(part, stored, chosen, ignoreMissing); err != nil {
			return nil, err
		}
	}
	if len(chosen) == len(stored) {
		return nil, nil
	}
	return s.daysFilter(chosen), nil
}

func choose(part string, stored, chosen map[string]bool, ignoreMissing bool) error {
	if !strings.ContainsAny(part, "*?") {
		if !stored[part] && !ignoreMissing {
			return &failure{status: http.StatusNotFound, kind: "index_not_found_exception", reason: "no such index [" + part + "]"}
		}
		if stored[part] {
			chosen[part] = true
		}
		return nil
	}
	for name := range stored {
		if matchIndex(part, name) {
			chosen[name] = true
		}
	}
	return nil
}

func matchIndex(pattern, name string) bool {
	if strings.ContainsAny(pattern, `[\`) {
		return false // no index name holds these; path.Match would read them
	}
	ok, err := path.Match(pattern, name)
	return err == nil && ok
}

func (s *Server) daysFilter(chosen map[string]bool) query.Filter {
	any := query.Or{}
	for name := range chosen {
		day, err := time.Parse(dayForm, strings.TrimPrefix(name, s.opts.Prefix))
		if err != nil {
			continue // a day of the store always has this form
		}
		any.Filters = append(any.Filters, query.Range{
			Field: query.FieldOf(event.Timestamp),
			From:  query.Bound{Set: true, Inclusive: true, Int: day.UnixNano()},
			To:    query.Bound{Set: true, Int: day.Add(dayLength).UnixNano()},
		})
	}
	if len(any.Filters) == 0 {
		return query.None{}
	}
	return any
}
