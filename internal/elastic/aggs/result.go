package aggs

import (
	"context"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"rastro/internal/query"
)

// Asker puts a further question, with the scope and the limits of the first.
type Asker func(ctx context.Context, q query.Question) (query.Answer, error)

// reading is what results are made with.
type reading struct {
	ctx     context.Context
	plan    *Plan
	ask     Asker
	base    query.Question
	answer  *query.Answer
	hitJSON func(h *query.Hit, source SourceOptions) json.RawMessage
	buckets int
}

// result is one finished aggregation.
type result struct {
	name, typed string
	meta        json.RawMessage
	// fields are the members of a metric, or those before the buckets.
	fields []jsonField
	// figure is what a path or an order reads of a metric; false where there
	// is no such part.
	figure func(part string) (float64, bool)
	single bool // one bucket, written without a list
	multi  bool
	keyed  bool
	// sequence tells that the buckets follow each other, as those of
	// histograms do.
	sequence bool
	buckets  []*bucket
	tail     []jsonField
}

// bucket is one bucket of a result.
type bucket struct {
	key    string // as text: the name where buckets are keyed
	number float64
	fields []jsonField
	count  int64
	subs   []*result
	tail   []jsonField
}

type jsonField struct {
	name string
	json json.RawMessage
}

// append writes a result with its name.
func (r *result) append(dst []byte, typed bool) []byte {
	name := r.name
	if typed {
		name = r.typed + "#" + name
	}
	dst = append(appendString(dst, name), ":{"...)
	if r.meta != nil {
		dst = append(append(append(dst, `"meta":`...), r.meta...), ',')
	}
	if r.single && len(r.buckets) > 0 {
		dst = r.buckets[0].members(dst, typed)
	} else {
		dst = appendFields(dst, r.fields)
	}
	if r.multi {
		dst = r.appendBuckets(dst, typed)
	}
	dst = appendFields(dst, r.tail)
	return append(closed(dst), '}')
}

func (r *result) appendBuckets(dst []byte, typed bool) []byte {
	open, end := byte('['), byte(']')
	if r.keyed {
		open, end = '{', '}'
	}
	dst = append(append(dst, `"buckets":`...), open)
	for _, b := range r.buckets {
		if r.keyed {
			dst = append(appendString(dst, b.key), ':')
		}
		dst = append(dst, '{')
		dst = closed(b.members(dst, typed))
		dst = append(dst, "},"...)
	}
	return append(append(closed(dst), end), ',')
}

// members writes what is in a bucket, with a comma behind.
func (b *bucket) members(dst []byte, typed bool) []byte {
	dst = appendFields(dst, b.fields)
	dst = append(dst, `"doc_count":`...)
	dst = append(strconv.AppendInt(dst, b.count, 10), ',')
	dst = appendFields(dst, b.tail)
	for _, s := range b.subs {
		dst = append(s.append(dst, typed), ',')
	}
	return dst
}

func appendFields(dst []byte, fields []jsonField) []byte {
	for _, f := range fields {
		dst = append(append(append(appendString(dst, f.name), ':'), f.json...), ',')
	}
	return dst
}

// closed takes the last comma away.
func closed(dst []byte) []byte {
	if n := len(dst); n > 0 && dst[n-1] == ',' {
		return dst[:n-1]
	}
	return dst
}

func appendString(dst []byte, s string) []byte { return append(dst, quoted(s)...) }

// quoted writes a string as JSON.
func quoted(s string) json.RawMessage {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(s); err != nil { // a string can always be written
		return json.RawMessage(`""`)
	}
	return json.RawMessage(strings.TrimSuffix(b.String(), "\n"))
}

// double writes a number as Java writes a double.
func double(x float64) json.RawMessage {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return json.RawMessage("null")
	}
	return json.RawMessage(doubleText(x))
}

func doubleText(x float64) string {
	abs := math.Abs(x)
	if abs != 0 && (abs < 1e-3 || abs >= 1e7) {
		s := strconv.FormatFloat(x, 'e', -1, 64)
		mantissa, exponent, _ := strings.Cut(s, "e")
		if !strings.Contains(mantissa, ".") {
			mantissa += ".0"
		}
		sign := ""
		if exponent[0] == '-' {
			sign = "-"
		}
		return mantissa + "E" + sign + strings.TrimLeft(exponent[1:], "0")
	}
	s := strconv.FormatFloat(x, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

func long(n int64) json.RawMessage { return json.RawMessage(strconv.FormatInt(n, 10)) }

// count takes n buckets of the answer.
func (c *reading) count(n int) error {
	if c.buckets += n; c.buckets > c.plan.opts.MaxBuckets {
		return tooManyBucketsOf(c.plan.opts.MaxBuckets)
	}
	return nil
}

func tooManyBuckets() *Error { return tooManyBucketsOf(MaxBuckets) }

func tooManyBucketsOf(most int) *Error {
	return failf(typeBuckets, "Trying to create too many buckets. Must be less than or equal to: [%d] but this number of buckets was exceeded. "+
		"Ask for fewer buckets, a longer interval or a shorter time; the limit is set by [search.max_buckets].", most)
}
