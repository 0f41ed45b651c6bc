package searches

import (
	"context"
	"fmt"

	"rastro/internal/elastic/aggs"
	"rastro/internal/elastic/rest"
	"rastro/internal/query"
)

const (
	// collapsePage is how many hits are looked at in one go, collapsePages how
	// often.
	collapsePage, collapsePages = 1000, 100
)

// collapsed keeps the first hit of each value of a field.
func (s *Searches) collapsed(ctx context.Context, p *plan, q query.Question, ask aggs.Asker) (query.Answer, error) {
	wanted := q.Skip + q.Limit
	limit := q.Limit
	page := q
	page.Skip, page.Limit = 0, collapsePage
	if limit == 0 {
		page.Limit = 0
	}
	var whole query.Answer
	seen := map[string]bool{}
	var hits []query.Hit
	for turn := 0; ; turn++ {
		a, err := ask(ctx, page)
		if err != nil {
			return a, err
		}
		if turn == 0 {
			whole = a
		}
		whole.Partial = whole.Partial || a.Partial
		for i := range a.Hits {
			values := fieldValues(&a.Hits[i].Event, "", []fieldSpec{{name: p.q.collapse}}, nil)[p.q.collapse]
			key := fmt.Sprintf("%s", values)
			if !seen[key] && len(hits) < wanted {
				seen[key] = true
				hits = append(hits, a.Hits[i])
			}
		}
		if len(hits) >= wanted || len(a.Hits) < page.Limit || page.Limit == 0 {
			break
		}
		if turn+1 == collapsePages {
			return whole, rest.Illegal("[collapse] by [%s] had to look at more than %d hits for %d values; narrow the query or ask for fewer", p.q.collapse, collapsePage*collapsePages, wanted)
		}
		after := a.Hits[len(a.Hits)-1].Cursor
		page.After, page.Count, page.Aggs = &after, 0, nil
	}
	whole.Hits = hits[min(q.Skip, len(hits)):]
	if len(p.q.inner) > 0 {
		return whole, s.innerHits(ctx, p, &whole, ask)
	}
	return whole, nil
}
