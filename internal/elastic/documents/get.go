package documents

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
	"rastro/internal/elastic/source"
	"rastro/internal/event"
	"rastro/internal/query"
)

// settleFor is how long a reader waits for documents that are durable and not
// yet found by questions.
const settleFor = 5 * time.Second

// found is a document as it is answered.
type found struct {
	Index   string          `json:"_index"`
	ID      string          `json:"_id"`
	Version int64           `json:"_version,omitempty"`
	SeqNo   *int64          `json:"_seq_no,omitempty"`
	Term    int64           `json:"_primary_term,omitempty"`
	Found   bool            `json:"found"`
	Source  json.RawMessage `json:"_source,omitempty"`
}

func (d *Documents) get(w http.ResponseWriter, r *rest.Request) error {
	pick, err := readPicker(r)
	if err != nil {
		return err
	}
	got, err := d.lookUp(r, r.PathValue("index"), []string{r.PathValue("id")})
	if err != nil {
		return err
	}
	doc := answerOf(got[0], pick)
	status := http.StatusOK
	if !doc.Found {
		status = http.StatusNotFound
	}
	return rest.WriteJSON(w, r, status, doc)
}

func (d *Documents) source(w http.ResponseWriter, r *rest.Request) error {
	pick, err := readPicker(r)
	if err != nil {
		return err
	}
	if pick.None {
		return rest.Validation("fetching source can not be disabled")
	}
	index, id := r.PathValue("index"), r.PathValue("id")
	got, err := d.lookUp(r, index, []string{id})
	if err != nil {
		return err
	}
	if got[0].event == nil {
		return rest.Fail(http.StatusNotFound, "resource_not_found_exception", "Document not found ["+index+"]/["+id+"]")
	}
	doc := answerOf(got[0], pick)
	return rest.WriteJSON(w, r, http.StatusOK, doc.Source)
}

// single is what was found of an id.
type single struct {
	index, id string
	event     *event.Event // nil: there is none
}

// lookUp reads documents of one index by their ids, in the order of ids. What
// was acknowledged before is found.
func (d *Documents) lookUp(r *rest.Request, expression string, ids []string) ([]single, error) {
	index, err := d.one(r, expression)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), settleFor)
	defer cancel()
	if err := d.settle(ctx); err != nil && r.Context().Err() != nil {
		return nil, err
	} // otherwise what is not found yet is not found
	answer, err := d.node.Searcher.Ask(r.Context(), r.Scope, query.Question{Filter: ByID(d.node.Names, index, ids), Limit: min(2*len(ids)+8, 10_000)})
	if err != nil {
		return nil, err
	}
	all := make([]single, len(ids))
	for i, id := range ids {
		all[i] = single{index: index, id: id}
		for k := range answer.Hits {
			e := &answer.Hits[k].Event
			if e.ID() == id && (all[i].event == nil || d.node.Names.Of(e) == index) {
				all[i].event = e
			}
		}
	}
	if _, isDay := d.node.Names.IsDay(index); isDay && !d.exists(index) && !slices.ContainsFunc(all, func(s single) bool { return s.event != nil }) {
		return nil, rest.IndexNotFound(expression)
	}
	return all, nil
}

// one finds the one index that an expression means. That of a day need not
// exist: its documents may have gone to the days of their lines.
func (d *Documents) one(r *rest.Request, expression string) (string, error) {
	name, err := d.node.Names.DateMath(expression)
	if err != nil {
		return "", rest.NameFailure(err)
	}
	if _, isDay := d.node.Names.IsDay(name); isDay {
		return name, nil
	}
	opts := names.DefaultResolve()
	opts.NoWildcards = true
	set, err := d.node.ResolveWith(name, opts)
	if err != nil {
		return "", err
	}
	switch all := set.Names(); len(all) {
	case 0:
		return "", rest.IndexNotFound(expression)
	case 1:
		return all[0], nil
	default:
		return "", rest.Illegal("alias [%s] has more than one index associated with it [%s], can't execute a single index op", expression, strings.Join(all, ", "))
	}
}

func (d *Documents) exists(index string) bool {
	return slices.ContainsFunc(d.node.Names.All(), func(i names.Index) bool { return i.Name == index })
}

// ByID is the condition on events that may have been written to the index with
// one of the ids. Those of the index of a day are of any day: a line goes to
// the day of its own stamp.
func ByID(book *names.Book, index string, ids []string) query.Filter {
	own := query.FieldOf(event.Index)
	where := query.Filter(query.Term{Field: own, Value: index})
	if _, isDay := book.IsDay(index); isDay {
		where = query.Or{Filters: []query.Filter{where, query.Not{Filter: query.Exists{Field: own}}}}
	}
	return query.And{Filters: []query.Filter{query.Terms{Field: query.FieldOf(event.EventID), Values: ids}, where}}
}

// answerOf is a document in the form of an answer.
func answerOf(s single, pick source.Filter) found {
	doc := found{Index: s.index, ID: s.id}
	if s.event == nil {
		return doc
	}
	number := int64(s.event.RID) - 1
	doc.Found, doc.Version, doc.SeqNo, doc.Term = true, 1, &number, 1
	if pick.None {
		return doc
	}
	doc.Source = pick.Of(s.event)
	return doc
}
