package lucene

import (
	"time"

	"rastro/internal/event"
	"rastro/internal/query"
)

// NumberBound reads one end of a range on a field of whole numbers, numbers or
// truth values; ok is false for a text that is none. lower tells which end.
func NumberBound(kind event.Kind, text string, inclusive, lower bool) (b query.Bound, ok bool) {
	return numberBound(kind, query.Bound{Set: true, Inclusive: inclusive, Text: text}, lower)
}

// TimeBound makes one end of a range of time from what date math gave for it:
// what is excluded lies one nanosecond further inside.
func TimeBound(t time.Time, inclusive, lower bool) query.Bound {
	switch {
	case inclusive:
	case lower:
		t = t.Add(1)
	default:
		t = t.Add(-1)
	}
	return query.Bound{Set: true, Inclusive: true, Int: nanoseconds(t)}
}
