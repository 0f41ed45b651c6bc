package aggs

import (
	"fmt"

	"rastro/internal/query"
)

// Error is a mistake in an aggregation, in Elasticsearch's words.
type Error struct {
	// Type is Elasticsearch's name of the mistake, such as "parsing_exception".
	Type string
	// Reason says what is wrong and how to mend it.
	Reason string
	// Line and Col say where in the JSON that was given, from 1; 0 where the
	// mistake has no place.
	Line, Col int
	// Status is the HTTP status: 400, but 429 where the memory did not suffice.
	Status int
	// Cause is the error of the engine; nil for a mistake of the client's.
	Cause error
}

// Unwrap gives the error of the engine.
func (e *Error) Unwrap() error { return e.Cause }

// Error is the reason with its place.
func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("[%d:%d] %s", e.Line, e.Col, e.Reason)
	}
	return e.Reason
}

// The types of mistakes.
const (
	typeParsing  = "parsing_exception"
	typeContent  = "x_content_parse_exception"
	typeArgument = "illegal_argument_exception"
	typeInvalid  = "action_request_validation_exception"
	typePath     = "aggregation_execution_exception"
	typeBuckets  = "too_many_buckets_exception"
	typeMemory   = "circuit_breaking_exception"
)

// failf makes an Error without a place.
func failf(kind, format string, args ...any) *Error {
	return &Error{Type: kind, Reason: fmt.Sprintf(format, args...), Status: 400}
}

// badf is a bad argument.
func badf(format string, args ...any) *Error { return failf(typeArgument, format, args...) }

// didYouMean finds the known names nearest to a wrong one and asks for them;
// "" where none is near.
func didYouMean(wrong string, known []string) string {
	best := query.Nearest(wrong, known, len(wrong)/3+1)
	if best == "" {
		return ""
	}
	return " did you mean [" + best + "]?"
}
