package search

import (
	"context"
	"slices"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	// maxUnknown bounds the names that one answer says something about.
	maxUnknown = 3
	// unknownTimeout bounds the look for one name.
	unknownTimeout = 2 * time.Second
)

// UnknownFields lists the names in a filter that no event in the caller's
// scope has a value for, at most three. Names of the table of fields are never
// among them: that no message bounced is an answer, not a mistake.
func (s *Searcher) UnknownFields(ctx context.Context, scope auth.Scope, f query.Filter) []string {
	var absent []string
	for _, ref := range unknownRefs(f, nil) {
		if len(absent) == maxUnknown {
			break
		}
		short, cancel := context.WithTimeout(ctx, unknownTimeout)
		answer, err := s.Ask(short, scope, query.Question{Filter: query.Exists{Field: ref}, Count: 1})
		cancel()
		if err == nil && !answer.Partial && answer.Total == 0 {
			absent = append(absent, ref.Name)
		}
	}
	return absent
}

// unknownRefs gathers the names in f that the table does not know, each once.
func unknownRefs(f query.Filter, found []query.FieldRef) []query.FieldRef {
	var ref query.FieldRef
	switch f := f.(type) {
	case query.And:
		for _, part := range f.Filters {
			found = unknownRefs(part, found)
		}
	case query.Or:
		for _, part := range f.Filters {
			found = unknownRefs(part, found)
		}
	case query.Not:
		return unknownRefs(f.Filter, found)
	case query.In:
		found = unknownRefs(query.And{Filters: []query.Filter{query.Exists{Field: f.Field}, query.Exists{Field: f.Values}, f.Of}}, found)
	case query.Term:
		ref = f.Field
	case query.Terms:
		ref = f.Field
	case query.Phrase:
		ref = f.Field
	case query.Prefix:
		ref = f.Field
	case query.Wildcard:
		ref = f.Field
	case query.Regexp:
		ref = f.Field
	case query.Fuzzy:
		ref = f.Field
	case query.Range:
		ref = f.Field
	case query.CIDR:
		ref = f.Field
	case query.Exists:
		ref = f.Field
	}
	if ref.Name != "" && ref.Field == event.NoField && !slices.Contains(found, ref) {
		found = append(found, ref)
	}
	return found
}

// NearestField is the field whose name, or other product's name, is most like
// the one given; "" when none is close.
func NearestField(name string) string {
	name = strings.ToLower(name)
	best, least := "", len(name)/3+1 // one mistake in three letters
	for _, info := range event.Fields() {
		for _, known := range append([]string{info.Name}, info.Aliases...) {
			if abs(len(known)-len(name)) >= least {
				continue
			}
			if d := query.Distance(name, strings.ToLower(known)); d < least {
				best, least = info.Name, d
			}
		}
	}
	return best
}

func abs(n int) int { return max(n, -n) }
