package ask

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/store/local/rowset"
)

// inner looks for the values of the question's In before the question itself is
// asked, in the same blocks and with the same workers.
type inner struct {
	ctx context.Context
	src *Source
	// left is what the question may still hold, in bytes.
	left    int64
	workers func() int // as in a Question
	// reasons says why values may be missing.
	reasons []string
}

// valueBytes is what a value costs beyond its text: once in the list of them,
// once in the set that dictionaries are held against.
const valueBytes = 128

// resolve replaces each In of a question by its values, whose memory the
// question no longer has. The reasons say why the answer is partial.
func resolve(ctx context.Context, src *Source, q query.Question) (query.Question, []string, error) {
	in := inner{ctx: ctx, src: src, left: memoryOf(src, q), workers: q.Workers}
	q, err := query.Resolve(q, in.values)
	if err != nil {
		return q, nil, fmt.Errorf("looking for the values of in(…): %w", err)
	}
	q.MaxMemory = in.left
	return q, in.reasons, nil
}

// values lists the distinct values that a field has in the events of a
// question, in byte order.
func (in *inner) values(of query.Question, field query.FieldRef) ([]string, error) {
	of.MaxMemory, of.Workers = in.left, in.workers
	p, err := newPlan(in.src, of)
	if err != nil {
		return nil, err
	}
	defer p.budget.close()
	p.aggs = []*aggPlan{{agg: query.Agg{Kind: query.AggTerms, Field: field}, depth: 1, values: true}}
	w := newWalk(in.ctx, in.src, p)
	if err := w.run(); err != nil {
		return nil, err
	}
	in.reasons = append(in.reasons, w.reasons...)
	if w.deadline {
		in.reasons = append(in.reasons, reasonDeadline)
	}
	all := w.aggs[0][0]
	for _, other := range w.aggs[1:] {
		if err := all.merge(other[0]); err != nil {
			return nil, err
		}
	}
	list := all.(*valueSet).list()
	for _, v := range list {
		in.left -= int64(len(v)) + valueBytes
	}
	if in.left <= 0 {
		return nil, &query.TooBigError{Part: query.PartValues, Field: field.Name, Count: int64(len(list)), Limit: memoryOf(in.src, of)}
	}
	return list, nil
}

// valueSet gathers the distinct values of a field.
type valueSet struct {
	plan    *aggPlan
	budget  *budget
	texts   map[string]struct{}
	numbers map[uint64]struct{}
}

func newValueSet(p *aggPlan, b *budget) *valueSet {
	return &valueSet{plan: p, budget: b, texts: make(map[string]struct{}), numbers: make(map[uint64]struct{})}
}

func (v *valueSet) collect(s *scan, rows []uint32) error {
	field := v.plan.agg.Field
	if !isText(field) {
		return v.collectNumbers(s, rows)
	}
	col, err := s.text(field)
	if err != nil {
		return err
	}
	few := len(rows) < len(col.dict)/8
	var seen rowset.Set
	if !few {
		seen = make(rowset.Set, (len(col.dict)+63)/64)
	}
	for _, row := range rows {
		code := col.codes[row]
		if !few {
			if seen.Has(code) {
				continue
			}
			seen.Add(code)
		}
		for _, text := range col.all(code) {
			if err := v.add(text); err != nil {
				return err
			}
		}
	}
	return nil
}

func (v *valueSet) collectNumbers(s *scan, rows []uint32) error {
	field := v.plan.agg.Field.Field
	col, err := s.numbers(field)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if !col.Has(int(row)) {
			continue
		}
		bits := plainZero(field, col.Bits[row])
		if _, known := v.numbers[bits]; known {
			continue
		}
		v.numbers[bits] = struct{}{}
		if err := v.grew(0); err != nil {
			return err
		}
	}
	return nil
}

func (v *valueSet) add(text string) error {
	if _, known := v.texts[text]; known {
		return nil
	}
	v.texts[strings.Clone(text)] = struct{}{} // text may hold a whole dictionary in memory
	return v.grew(len(text))
}

// grew counts one value more.
func (v *valueSet) grew(bytes int) error {
	if len(v.texts)+len(v.numbers) > query.MaxInValues {
		return fmt.Errorf("%w: %s has more than %d values there; narrow it by time, or by more conditions inside the brackets",
			query.ErrTooBig, v.plan.agg.Field.Name, query.MaxInValues)
	}
	return tooBig(v.budget.grow(int64(bytes)+valueBytes), query.PartValues, &v.plan.agg, len(v.texts)+len(v.numbers))
}

func (v *valueSet) merge(other collector) error {
	o := other.(*valueSet)
	for text := range o.texts {
		if _, known := v.texts[text]; known {
			continue
		}
		v.texts[text] = struct{}{}
		if err := v.grew(0); err != nil {
			return err
		}
	}
	for bits := range o.numbers {
		if _, known := v.numbers[bits]; known {
			continue
		}
		v.numbers[bits] = struct{}{}
		if err := v.grew(0); err != nil {
			return err
		}
	}
	return nil
}

// list is the values in byte order.
func (v *valueSet) list() []string {
	list := make([]string, 0, len(v.texts)+len(v.numbers))
	for text := range v.texts {
		list = append(list, text)
	}
	for bits := range v.numbers {
		value := event.Value{Field: v.plan.agg.Field.Field, Bits: bits}
		list = append(list, value.String())
	}
	slices.Sort(list)
	return list
}

// result is not asked for: list is.
func (v *valueSet) result() (query.AggResult, error) {
	return query.AggResult{Name: v.plan.agg.Name, Kind: v.plan.agg.Kind}, nil
}
