package lucene

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// A condition on message_id means the Message-ID header, with or without its
// angle brackets, or the queue id: people call either one the message's id.
// message_id.keyword is the header exactly.

// hasMessageID tells whether a condition on ref has that meaning.
func hasMessageID(ref query.FieldRef) bool {
	return ref.Field == event.MessageID && !ref.Exact
}

// bareID takes the angle brackets off an id.
func bareID(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(id, "<"), ">")
}

func messageIDLeaf(ref query.FieldRef, id string) query.Filter {
	bare := bareID(id)
	return query.Or{Filters: []query.Filter{
		query.Terms{Field: ref, Values: []string{"<" + bare + ">", bare}},
		query.Term{Field: query.FieldOf(event.QueueID), Value: bare},
	}}
}

func messageIDWildcard(ref query.FieldRef, pattern string) query.Filter {
	bare := bareID(pattern)
	bracketed := "<" + bare
	if !strings.HasSuffix(bare, "*") {
		bracketed += ">"
	}
	return query.Or{Filters: []query.Filter{
		patternLeaf(ref, bracketed),
		patternLeaf(ref, bare),
		patternLeaf(query.FieldOf(event.QueueID), bare),
	}}
}

func messageIDPrefix(ref query.FieldRef, id string) query.Filter {
	bare := strings.TrimPrefix(id, "<")
	return query.Or{Filters: []query.Filter{
		query.Prefix{Field: ref, Value: "<" + bare},
		query.Prefix{Field: ref, Value: bare},
		query.Prefix{Field: query.FieldOf(event.QueueID), Value: bare},
	}}
}

func messageIDFuzzy(ref query.FieldRef, id string, distance int) query.Filter {
	bare := bareID(id)
	return query.Or{Filters: []query.Filter{
		query.Fuzzy{Field: ref, Value: "<" + bare + ">", Distance: distance},
		query.Fuzzy{Field: ref, Value: bare, Distance: distance},
		query.Fuzzy{Field: query.FieldOf(event.QueueID), Value: bare, Distance: distance},
	}}
}
