package query

import "errors"

// ErrBadQuestion: the question contradicts itself or asks what no engine could
// answer (an average of names, a cursor of another order, an unknown time
// zone). The error that wraps it says which part.
var ErrBadQuestion = errors.New("the question cannot be asked like this")

// SyntaxError is a mistake in the text of a query.
type SyntaxError struct {
	// Code names the kind of mistake, such as "unclosed_quote".
	Code string
	// Pos is the byte offset in Query where the mistake begins; End is where it
	// ends.
	Pos, End int
	// Query is the text as given.
	Query string
	// Problem says what is wrong; Hint says how to mend it, with the corrected
	// query where there is one in Suggestion.
	Problem, Hint, Suggestion string
}

// Error tells the problem, the place and the way out in one line.
func (e *SyntaxError) Error() string {
	s := e.Problem
	if e.Hint != "" {
		s += "; " + e.Hint
	}
	return s
}
