package query

import (
	"errors"
	"fmt"
	"strings"
)

// ErrTooBig: the question needs more memory than it may use. The way out is a
// shorter time range, fewer buckets or fewer hits. Most errors that wrap it are
// a *TooBigError, which says what was too much.
var ErrTooBig = errors.New("the question needs more memory than it may use")

// ErrTooManyBuckets is the ErrTooBig of an answer with more buckets than there
// may be.
var ErrTooManyBuckets = fmt.Errorf("%w: too many buckets", ErrTooBig)

// Part is what of a question was too big; a closed list.
type Part string

// The parts of a question that grow.
const (
	PartBuckets Part = "buckets" // of an aggregation
	PartValues  Part = "values"  // that an aggregation or an In has to remember
	PartHits    Part = "hits"    // with their events
	PartColumns Part = "columns" // that are read at a time
)

// TooBigError says what of a question was too big. errors.Is(err, ErrTooBig)
// holds, and for more buckets than there may be errors.Is(err,
// ErrTooManyBuckets).
type TooBigError struct {
	Part Part
	// Agg and Field are the aggregation that grew and its field; "" for none.
	Agg, Field string
	// Count is how much of Part there was by then; 0 where it is not known.
	Count int64
	// Most is how much there may be, where the number is what is bounded; else
	// memory is: Wanted bytes would have been held, Limit are allowed.
	Most, Wanted, Limit int64
	// Together tells that Limit is that of all questions at the same time.
	Together bool
}

// Is makes errors.Is hold for ErrTooBig and ErrTooManyBuckets.
func (e *TooBigError) Is(target error) bool {
	return target == ErrTooBig || target == ErrTooManyBuckets && e.Part == PartBuckets && e.Most > 0
}

// Error says what was too big and how much there may be.
func (e *TooBigError) Error() string { return e.Problem("en") }

// Problem says in a language (en or es) what was too big.
func (e *TooBigError) Problem(lang string) string {
	w := sentences(lang)
	what := w.parts[e.Part]
	if e.Count > 0 {
		what = grouped(e.Count, w.comma) + " " + what
	}
	if e.Agg != "" {
		what += fmt.Sprintf(w.agg, e.Agg)
	}
	if e.Field != "" {
		what += fmt.Sprintf(w.field, e.Field)
	}
	switch {
	case e.Most > 0:
		return fmt.Sprintf(w.most, what, grouped(e.Most, w.comma))
	case e.Together:
		return fmt.Sprintf(w.together, what, megabytes(e.Limit))
	}
	return fmt.Sprintf(w.memory, what, megabytes(e.Limit))
}

// Hint says in a language (en or es) how to make the question smaller.
func (e *TooBigError) Hint(lang string) string {
	w := sentences(lang)
	if e.Together {
		return w.later
	}
	return w.hints[e.Part]
}

// wording is the sentences of one language.
type wording struct {
	comma                         string
	parts, hints                  map[Part]string
	agg, field                    string
	memory, most, together, later string
}

func sentences(lang string) *wording {
	if strings.HasPrefix(lang, "es") {
		return &spanish
	}
	return &english
}

var english = wording{
	comma: ",",
	parts: map[Part]string{PartBuckets: "buckets", PartValues: "distinct values", PartHits: "events of hits", PartColumns: "columns that are read at a time"},
	agg:   " of the aggregation %q", field: " over %s",
	memory:   "the question needs more memory than it may use: with the %s it would hold more than %s",
	most:     "the question is too big: %s, at most %s are possible",
	together: "there is not enough memory for the question just now: with the %s all questions together would hold more than %s",
	hints: map[Part]string{
		PartBuckets: "choose a shorter time, add a condition, ask for longer intervals or fewer levels, or page through the keys (composite)",
		PartValues:  "choose a shorter time or add a condition",
		PartHits:    "ask for fewer hits at a time and page with search_after, or for fewer fields",
		PartColumns: "add a condition or choose a shorter time",
	},
	later: "ask again in a moment, or choose a shorter time",
}

var spanish = wording{
	comma: ".",
	parts: map[Part]string{PartBuckets: "grupos", PartValues: "valores distintos", PartHits: "eventos de resultados", PartColumns: "columnas que se leen a la vez"},
	agg:   " de la agregación «%s»", field: " sobre %s",
	memory:   "la pregunta necesita más memoria de la permitida: con sus %s ocuparía más de %s",
	most:     "la pregunta es demasiado grande: %s; como máximo son posibles %s",
	together: "en este momento no hay memoria suficiente para la pregunta: con sus %s todas las preguntas juntas ocuparían más de %s",
	hints: map[Part]string{
		PartBuckets: "elija un tiempo más corto, añada una condición, pida intervalos más largos o menos niveles, o recorra las claves por páginas (composite)",
		PartValues:  "elija un tiempo más corto o añada una condición",
		PartHits:    "pida menos resultados a la vez y siga con search_after, o pida menos campos",
		PartColumns: "añada una condición o elija un tiempo más corto",
	},
	later: "pregunte de nuevo en un momento, o elija un tiempo más corto",
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d B", n)
	}
	return fmt.Sprintf("%d MB", n>>20)
}

// grouped writes a number with a mark between thousands.
func grouped(n int64, mark string) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + mark + s[i:]
	}
	return s
}
