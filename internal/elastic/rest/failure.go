package rest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"rastro/internal/elastic/cluster"
	"rastro/internal/query"
	"rastro/internal/search"
)

// Failure is an error in Elasticsearch's shape.
type Failure struct {
	Status int
	// Type is Elasticsearch's name of the error, such as parsing_exception.
	Type string
	// Reason is a sentence for people: what is wrong, where, and the way out.
	Reason string
	// Details stand beside type and reason (line, col, index, …).
	Details map[string]any
	// CausedBy is the error behind this one; nil for none.
	CausedBy *Failure
	// Root stands in root_cause instead of the failure itself; nil for itself.
	Root *Failure
}

func (f *Failure) Error() string { return f.Reason }

// Fail makes a Failure.
func Fail(status int, kind, reason string) *Failure {
	return &Failure{Status: status, Type: kind, Reason: reason}
}

// Illegal is the failure of an argument that makes no sense.
func Illegal(format string, args ...any) *Failure {
	return Fail(http.StatusBadRequest, "illegal_argument_exception", fmt.Sprintf(format, args...))
}

// Parsing is the failure of a body that cannot be read. Line and column count
// from 1; 0 leaves them out.
func Parsing(line, col int, reason string) *Failure {
	f := Fail(http.StatusBadRequest, "parsing_exception", reason)
	if line > 0 {
		f.Detail("line", line).Detail("col", col)
	}
	return f
}

// Validation is the failure of a request that is not whole.
func Validation(problems ...string) *Failure {
	var b strings.Builder
	b.WriteString("Validation Failed: ")
	for i, p := range problems {
		fmt.Fprintf(&b, "%d: %s;", i+1, p)
	}
	return Fail(http.StatusBadRequest, "action_request_validation_exception", b.String())
}

// Detail adds a value beside type and reason.
func (f *Failure) Detail(name string, value any) *Failure {
	if f.Details == nil {
		f.Details = map[string]any{}
	}
	f.Details[name] = value
	return f
}

// Index notes the index that the failure is about.
func (f *Failure) Index(name string) *Failure {
	return f.Detail("index", name).Detail("index_uuid", "_na_")
}

// Body is the failure as it stands in an answer, without root_cause and status.
func (f *Failure) Body() map[string]any {
	body := map[string]any{"type": f.Type, "reason": f.Reason}
	for name, value := range f.Details {
		body[name] = value
	}
	if f.CausedBy != nil {
		body["caused_by"] = f.CausedBy.Body()
	}
	return body
}

// Whole is the answer of a request that failed, with error and status.
func (f *Failure) Whole() map[string]any {
	body := f.Body()
	root := f
	if f.Root != nil {
		root = f.Root
	}
	cause := root.Body()
	delete(cause, "caused_by")
	body["root_cause"] = []any{cause}
	return map[string]any{"error": body, "status": f.Status}
}

// AsFailure gives any error its shape.
func AsFailure(err error) *Failure {
	var f *Failure
	if errors.As(err, &f) {
		return f
	}
	if f := askFailure(err); f != nil {
		return f
	}
	if errors.As(NameFailure(err), &f) {
		return f
	}
	var mistake Mistake
	if errors.As(err, &mistake) {
		return Fail(http.StatusBadRequest, mistake.Kind(), mistake.Error())
	}
	if errors.Is(err, cluster.ErrTooLarge) || errors.Is(err, cluster.ErrTooDeep) {
		return Fail(http.StatusBadRequest, "validation_exception", err.Error())
	}
	return Fail(http.StatusInternalServerError, "exception", strings.TrimSpace(err.Error()))
}

// Mistake is an error about what a client sent, of a room that knows no HTTP.
type Mistake interface {
	error
	// Kind is Elasticsearch's name of the error.
	Kind() string
}

// askFailure gives the errors of search their names.
func askFailure(err error) *Failure {
	switch {
	case errors.Is(err, query.ErrBadQuestion):
		return Illegal("%s", err)
	case errors.Is(err, query.ErrTooBig):
		return tooBig(err)
	case errors.Is(err, search.ErrBusy):
		return Fail(http.StatusTooManyRequests, "es_rejected_execution_exception", rejected(err))
	case errors.Is(err, context.Canceled):
		return Fail(http.StatusBadRequest, "task_cancelled_exception", "the request was cancelled")
	case errors.Is(err, context.DeadlineExceeded):
		return Fail(http.StatusGatewayTimeout, "timeout_exception", "the time of the request was over; narrow it, or give it more time")
	}
	return nil
}

// rejected tells in Elasticsearch's words that there was no turn for a search.
func rejected(err error) string {
	var busy *search.BusyError
	if !errors.As(err, &busy) {
		return err.Error()
	}
	return fmt.Sprintf("rejected execution of search on EsThreadPoolExecutor[name = search, queue capacity = %d, [Running, pool size = %d, active threads = %d, queued tasks = %d, completed tasks = %d]]: %s",
		busy.Queue, busy.Places, busy.Answering, busy.Waiting, busy.Done, err.Error())
}

// tooBig tells in Elasticsearch's words that a question needs too much.
func tooBig(err error) *Failure {
	f := Fail(http.StatusTooManyRequests, "circuit_breaking_exception", err.Error()+"; narrow the time range or ask for less").Detail("durability", "TRANSIENT")
	var big *query.TooBigError
	if errors.As(err, &big) {
		ours := *big
		ours.Agg = "" // the name is one of ours, not the client's
		big = &ours
	}
	switch {
	case big == nil:
	case errors.Is(err, query.ErrTooManyBuckets):
		return Fail(http.StatusBadRequest, "too_many_buckets_exception",
			fmt.Sprintf("Trying to create too many buckets. Must be less than or equal to: [%d] but this number of buckets was exceeded. %s; %s", big.Most, big.Error(), big.Hint("en"))).
			Detail("max_buckets", big.Most)
	case big.Limit > 0:
		breaker := "request"
		if big.Together {
			breaker = "parent"
		}
		f.Reason = fmt.Sprintf("[%s] Data too large, data for [%s] would be [%d/%s], which is larger than the limit of [%d/%s]: %s; %s",
			breaker, dataOf(big), big.Wanted, HumanBytes(big.Wanted), big.Limit, HumanBytes(big.Limit), big.Error(), big.Hint("en"))
		f.Detail("bytes_wanted", big.Wanted).Detail("bytes_limit", big.Limit)
	default:
		f.Reason = big.Error() + "; " + big.Hint("en")
	}
	return f
}

// dataOf names what was too big as Elasticsearch does.
func dataOf(big *query.TooBigError) string {
	if big.Field != "" {
		return "<agg [" + big.Field + "]>"
	}
	return string(big.Part)
}
