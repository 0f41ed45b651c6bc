package searches

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
	"rastro/internal/query"
)

const (
	// maxInnerSize bounds the hits of one inner_hits, maxInner the questions that
	// all of one search come to.
	maxInnerSize, maxInner = 100, 1000
)

// inner is one entry of inner_hits of collapse: more hits of each value.
type inner struct {
	name  string
	q     *request
	order order
	shown *shown
}

// innerKeys are the keys of a body that inner_hits have, too.
var innerKeys = []string{
	"size", "from", "sort", "_source", "fields", "docvalue_fields", "stored_fields", "version", "seq_no_primary_term", "explain", "track_scores", "highlight",
}

// readInner reads inner_hits: one object or a list.
func (q *request) readInner(m *member) error {
	list, err := m.elements()
	if err != nil {
		return err
	}
	for i := range list {
		keys, err := list[i].of().members()
		if err != nil {
			return err
		}
		one := &inner{q: &request{size: 3, allowPartial: true}}
		for k := range keys {
			switch key := &keys[k]; {
			case key.name == "name":
				one.name, err = key.text()
			case key.name == "ignore_unmapped":
				_, err = key.bool()
			case slices.Contains(innerKeys, key.name):
				err = one.q.readKey(key)
			case key.name == "collapse":
				err = rest.Illegal("a [collapse] inside of [inner_hits] is not supported; ask for the hits of one value by a second search")
			default:
				err = contentFailure(key.line, key.col, "[inner_hits] unknown field ["+key.name+"]")
			}
			if err != nil {
				return err
			}
		}
		if one.q.from+one.q.size > maxInnerSize {
			return rest.Illegal("Inner result window is too large, the inner hit definition's [%s]'s from + size must be less than or equal to: [%d] but was [%d]. This limit can be set by changing the [index.max_inner_result_window] index level setting.", one.name, maxInnerSize, one.q.from+one.q.size)
		}
		q.inner = append(q.inner, one)
	}
	return nil
}

// checkInner gives inner hits their names, and looks whether they differ.
func (q *request) checkInner() error {
	seen := map[string]bool{}
	for _, one := range q.inner {
		if one.name == "" {
			one.name = q.collapse
		}
		if seen[one.name] {
			return rest.Illegal("[inner_hits] already contains an entry for key [%s]", one.name)
		}
		seen[one.name] = true
	}
	return nil
}

// innerHits asks for the hits of the values of the collapsed ones.
func (s *Searches) innerHits(ctx context.Context, p *plan, a *query.Answer, ask aggs.Asker) error {
	if len(a.Hits)*len(p.q.inner) > maxInner {
		return rest.Illegal("[inner_hits] of %d hits are %d questions; at most %d: ask for fewer hits", len(a.Hits), len(a.Hits)*len(p.q.inner), maxInner)
	}
	for _, one := range p.q.inner {
		one.order = order{keys: one.q.sort}
		var err error
		if one.shown, err = s.newShown(one.q, &one.order, p.score, p.inner); err != nil {
			return err
		}
	}
	p.shown.inner = make([]map[string]innerAnswer, len(a.Hits))
	for i := range a.Hits {
		p.shown.inner[i] = map[string]innerAnswer{}
		for _, one := range p.q.inner {
			made, err := s.innerAnswer(ctx, p, one, &a.Hits[i], ask)
			if err != nil {
				return err
			}
			p.shown.inner[i][one.name] = made
		}
	}
	return nil
}

// innerAnswer is what stands below one name of inner_hits.
type innerAnswer struct {
	Hits struct {
		Total    any     `json:"total"`
		MaxScore *double `json:"max_score"`
		Hits     []hit   `json:"hits"`
	} `json:"hits"`
}

func (s *Searches) innerAnswer(ctx context.Context, p *plan, one *inner, h *query.Hit, ask aggs.Asker) (innerAnswer, error) {
	q := query.Question{
		Filter: allOf(p.question.Filter, sameValue(p.q.collapse, &h.Event)), Sort: one.order.question(), Limit: one.q.size, Skip: one.q.from,
		Count: query.CountExact, Fields: one.shown.refs(), UpTo: p.question.UpTo,
	}
	out := innerAnswer{}
	a, err := ask(ctx, q)
	if err != nil {
		return out, err
	}
	out.Hits.Hits = []hit{}
	for i := range a.Hits {
		out.Hits.Hits = append(out.Hits.Hits, one.shown.of(&a.Hits[i]))
	}
	if len(a.Hits) > 0 {
		out.Hits.MaxScore = one.shown.score
	}
	out.Hits.Total = total(&a, &request{intTotal: p.q.intTotal, track: query.CountExact})
	return out, nil
}

// sameValue is the condition on events with the value that an event has.
func sameValue(field string, e *event.Event) query.Filter {
	ref := query.Ref(field)
	if ref.HasWords() || ref.Field == event.NoField {
		ref.Exact = true
	}
	values := slices.Collect(maps.Values(fieldValues(e, "", []fieldSpec{{name: field}}, nil)))
	if len(values) == 0 || len(values[0]) == 0 {
		return query.Not{Filter: query.Exists{Field: ref}}
	}
	text := fmt.Sprint(values[0][0])
	if raw, ok := values[0][0].(interface{ MarshalJSON() ([]byte, error) }); ok {
		if b, err := raw.MarshalJSON(); err == nil {
			m := member{raw: b}
			if t, err := m.text(); err == nil {
				text = t
			}
		}
	}
	return query.Term{Field: ref, Value: text}
}
