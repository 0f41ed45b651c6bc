package query

import (
	"errors"
	"testing"
)

func TestTooBigSaysWhatAndHow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err        TooBigError
		en, es     string
		hint, pide string
		buckets    bool
	}{
		{TooBigError{Part: PartBuckets, Agg: "senders", Field: "sender", Count: 1234567, Wanted: 257 << 20, Limit: 256 << 20},
			`the question needs more memory than it may use: with the 1,234,567 buckets of the aggregation "senders" over sender it would hold more than 256 MB`,
			"la pregunta necesita más memoria de la permitida: con sus 1.234.567 grupos de la agregación «senders» sobre sender ocuparía más de 256 MB",
			english.hints[PartBuckets], spanish.hints[PartBuckets], false},
		{TooBigError{Part: PartBuckets, Agg: "t", Field: "@timestamp", Most: 65536},
			`the question is too big: buckets of the aggregation "t" over @timestamp, at most 65,536 are possible`,
			"la pregunta es demasiado grande: grupos de la agregación «t» sobre @timestamp; como máximo son posibles 65.536",
			english.hints[PartBuckets], spanish.hints[PartBuckets], true},
		{TooBigError{Part: PartHits, Count: 300, Limit: 1000},
			"the question needs more memory than it may use: with the 300 events of hits it would hold more than 1000 B",
			"la pregunta necesita más memoria de la permitida: con sus 300 eventos de resultados ocuparía más de 1000 B",
			english.hints[PartHits], spanish.hints[PartHits], false},
		{TooBigError{Part: PartValues, Field: "queue_id", Limit: 1 << 30, Together: true},
			"there is not enough memory for the question just now: with the distinct values over queue_id all questions together would hold more than 1024 MB",
			"en este momento no hay memoria suficiente para la pregunta: con sus valores distintos sobre queue_id todas las preguntas juntas ocuparían más de 1024 MB",
			english.later, spanish.later, false},
	} {
		if got := c.err.Error(); got != c.en {
			t.Errorf("%s\nwant %s", got, c.en)
		}
		if got := c.err.Problem("es-MX"); got != c.es {
			t.Errorf("%s\nwant %s", got, c.es)
		}
		if got := c.err.Hint("en"); got != c.hint || got == "" {
			t.Errorf("hint %q", got)
		}
		if got := c.err.Hint("es"); got != c.pide || got == "" {
			t.Errorf("hint %q", got)
		}
		if err := error(&c.err); !errors.Is(err, ErrTooBig) || errors.Is(err, ErrTooManyBuckets) != c.buckets {
			t.Errorf("%v is not the error that it should be", err)
		}
	}
	for _, w := range []wording{english, spanish} {
		for _, p := range []Part{PartBuckets, PartValues, PartHits, PartColumns} {
			if w.parts[p] == "" || w.hints[p] == "" {
				t.Errorf("%s has no words", p)
			}
		}
	}
}
