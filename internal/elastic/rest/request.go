package rest

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/elastic/settings"
)

// MaxBody bounds a body that is read as a whole, unpacked.
const MaxBody = 16 << 20

// MaxContent bounds the body of any request (Elasticsearch's
// http.max_content_length).
const MaxContent = 100 << 20

// Request is one request that found its route.
type Request struct {
	*http.Request
	// Values are the parameters of the query string.
	Values url.Values
	// Scope is what the caller may see.
	Scope auth.Scope

	body *body
}

// Has tells whether a parameter was given.
func (r *Request) Has(name string) bool { return r.Values.Has(name) }

// Get is the value of a parameter, "" when it was not given.
func (r *Request) Get(name string) string { return r.Values.Get(name) }

// Bool reads a parameter; one that is given without a value is true.
func (r *Request) Bool(name string, otherwise bool) (bool, error) {
	if !r.Has(name) {
		return otherwise, nil
	}
	switch v := r.Get(name); v {
	case "", "true":
		return true, nil
	case "false":
		return false, nil
	default:
		return false, Illegal("Failed to parse value [%s] as only [true] or [false] are allowed.", v)
	}
}

// Int reads a whole number that is not negative.
func (r *Request) Int(name string, otherwise int) (int, error) {
	if !r.Has(name) {
		return otherwise, nil
	}
	n, err := strconv.Atoi(r.Get(name))
	if err != nil || n > 1<<30 || n < -(1<<30) {
		return 0, Illegal("Failed to parse int parameter [%s] with value [%s]", name, r.Get(name))
	}
	if n < 0 {
		return 0, Illegal("[%s] parameter cannot be negative, found [%d]", name, n)
	}
	return n, nil
}

// Time reads a time with a unit (30s, 1m, 500ms; -1 and 0 are 0).
func (r *Request) Time(name string, otherwise time.Duration) (time.Duration, error) {
	if !r.Has(name) {
		return otherwise, nil
	}
	d, err := ParseTime(r.Get(name))
	if err != nil {
		return 0, Illegal("failed to parse setting [%s] with value [%s] as a time value: unit is missing or unrecognized; write 30s, 5m, 1h or 500ms", name, r.Get(name))
	}
	return d, nil
}

// ErrTime: the text is no time with a unit.
var ErrTime = settings.ErrTime

// ParseTime reads a time value as Elasticsearch writes it: a number and one of
// nanos, micros, ms, s, m, h, d. -1 and 0 give 0.
func ParseTime(text string) (time.Duration, error) { return settings.ParseTime(text) }

// always are parameters of every endpoint.
var always = []string{"pretty", "human", "error_trace", "filter_path", "format", "source", "source_content_type", "timeout", "master_timeout", "cluster_manager_timeout"}

// checkParams refuses parameters that the route does not know: a misspelt one
// that is ignored gives a wrong answer that looks right.
func (r *Request) checkParams(known []string) error {
	for name := range r.Values {
		if slices.Contains(always, name) || slices.Contains(known, name) {
			continue
		}
		return Illegal("request [%s] contains unrecognized parameter: [%s]; known here: %s", r.URL.Path, name, strings.Join(known, ", "))
	}
	return nil
}

// body is a request's body, unpacked.
type body struct {
	io.Reader
	packed *gzip.Reader
}

// Reader is the body, unpacked, bounded by MaxContent both packed and
// unpacked at most 10 times that; see TooLarge.
func (r *Request) Reader() (io.Reader, error) {
	if r.body != nil {
		return r.body, nil
	}
	r.body = &body{Reader: http.MaxBytesReader(nil, r.Request.Body, MaxContent)}
	switch encoding := strings.ToLower(r.Header.Get("Content-Encoding")); encoding {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(r.body.Reader)
		if errors.Is(err, io.EOF) {
			r.body.Reader = bytes.NewReader(nil)
			break
		}
		if err != nil {
			return nil, Illegal("the body is no gzip data: %s", err)
		}
		r.body.packed = unpacked
		r.body.Reader = http.MaxBytesReader(nil, io.NopCloser(unpacked), 10*MaxContent)
	default:
		return nil, Fail(http.StatusUnsupportedMediaType, "media_type_header_exception", "Content-Encoding ["+encoding+"] is not understood; send the body as it is or as gzip")
	}
	return r.body, nil
}

// Body reads the whole body, unpacked, or the parameter source where the body
// is empty. At most MaxBody bytes.
func (r *Request) Body() ([]byte, error) {
	from, err := r.Reader()
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(from, MaxBody+1))
	if err != nil {
		return nil, ReadFailure(err)
	}
	if len(text) > MaxBody {
		return nil, TooLarge(MaxBody)
	}
	if text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")); len(bytes.TrimSpace(text)) == 0 {
		text = []byte(r.Get("source"))
	}
	return text, nil
}

// ReadFailure is the failure of a body that could not be read to its end.
func ReadFailure(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return TooLarge(large.Limit)
	}
	return Illegal("the body could not be read to its end: %s", err)
}

// TooLarge is the failure of a body over its bound.
func TooLarge(limit int64) *Failure {
	return Fail(http.StatusRequestEntityTooLarge, "content_too_long_exception",
		"the body is larger than "+strconv.FormatInt(limit>>20, 10)+" MB; send it in parts")
}
