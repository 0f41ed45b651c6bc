package storetest

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"sort"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

// oracle answers questions by looking at every event: slow, plain, and the
// measure of all engines.
type oracle struct {
	events []event.Event
	starts map[startKey]int64 // of histograms, see fixedStart
}

func newOracle(events []event.Event) *oracle {
	return &oracle{events: events, starts: make(map[startKey]int64)}
}

func (o *oracle) ask(q query.Question) (query.Answer, error) {
	q, err := query.Resolve(q, o.values)
	if err != nil {
		return query.Answer{}, err
	}
	found, err := o.matching(q)
	if err != nil {
		return query.Answer{}, err
	}
	a := query.Answer{Total: int64(len(found)), TotalExact: true}
	for _, agg := range q.Aggs {
		r, err := o.aggregate(found, agg)
		if err != nil {
			return a, err
		}
		a.Aggs = append(a.Aggs, r)
	}
	a.Hits = pageOf(found, q)
	return a, nil
}

// matching lists the events that a question without In is about.
func (o *oracle) matching(q query.Question) ([]*event.Event, error) {
	matcher, err := query.Compile(q.Filter)
	if err != nil {
		return nil, err
	}
	var found []*event.Event
	for i := range o.events {
		e := &o.events[i]
		if (q.From == 0 || e.Time >= q.From) && (q.To == 0 || e.Time < q.To) && (q.UpTo == 0 || e.RID <= q.UpTo) && e.RID > q.Above && matcher.Match(e) {
			found = append(found, e)
		}
	}
	return found, nil
}

// values lists what a field holds in the events of a question, repeated values
// included.
func (o *oracle) values(of query.Question, ref query.FieldRef) ([]string, error) {
	found, err := o.matching(of)
	var list []string
	for _, e := range found {
		if isText(ref) {
			list = append(list, textsOf(e, ref)...)
		} else if v, ok := e.Value(ref.Field); ok {
			list = append(list, v.String())
		}
	}
	return list, err
}

// pageOf sorts the events and cuts out the wanted page.
func pageOf(found []*event.Event, q query.Question) []query.Hit {
	if q.Limit == 0 {
		return nil
	}
	keys := q.Sort
	if len(keys) == 0 {
		keys = []query.SortKey{{Field: query.FieldOf(event.Timestamp), Desc: true}}
	}
	hits := make([]query.Hit, len(found))
	for i, e := range found {
		hits[i] = query.Hit{Event: *e, Cursor: cursorOf(e, keys)}
	}
	sort.Slice(hits, func(i, j int) bool { return comesBefore(hits[i].Cursor, hits[j].Cursor, keys) })
	if q.After != nil {
		hits = slices.DeleteFunc(hits, func(h query.Hit) bool { return !comesBefore(*q.After, h.Cursor, keys) })
	}
	hits = hits[min(q.Skip, len(hits)):]
	hits = hits[:min(q.Limit, len(hits))]
	for i := range hits {
		hits[i].Event = projected(&hits[i].Event, q.Fields)
	}
	return hits
}

// cursorOf reads the values of the sort keys.
func cursorOf(e *event.Event, keys []query.SortKey) query.Cursor {
	c := query.Cursor{RID: e.RID}
	for _, k := range keys {
		key := keyOf(e, k)
		if key.Missing && k.Missing != nil {
			key = *k.Missing
		}
		c.Keys = append(c.Keys, key)
	}
	return c
}

func keyOf(e *event.Event, k query.SortKey) query.CursorKey {
	if k.IsArrival() {
		return query.CursorKey{Int: int64(e.RID)}
	}
	if k.AsTime {
		return k.Earliest(textsOf(e, k.Field))
	}
	if isText(k.Field) {
		return textKey(textsOf(e, k.Field), k)
	}
	v, ok := e.Value(k.Field.Field)
	switch {
	case !ok:
		return query.CursorKey{Missing: true}
	case k.Field.Field.Kind() == event.Number:
		return query.CursorKey{Float: v.Float()}
	}
	if k.Field.Field.Kind() == event.Time {
		return query.CursorKey{Int: k.Cut(v.Int())}
	}
	return query.CursorKey{Int: v.Int()}
}

func textKey(values []string, k query.SortKey) query.CursorKey {
	switch {
	case len(values) == 0:
		return query.CursorKey{Missing: true}
	case k.Desc:
		return query.CursorKey{Text: slices.MaxFunc(values, comparison(k.Field))}
	default:
		return query.CursorKey{Text: slices.MinFunc(values, comparison(k.Field))}
	}
}

// comparison orders the values of a text.
func comparison(ref query.FieldRef) func(a, b string) int {
	if ref.Field == event.NoField {
		return query.CompareUnknown
	}
	return strings.Compare
}

func comesBefore(a, b query.Cursor, keys []query.SortKey) bool {
	for i, k := range keys {
		x, y := a.Keys[i], b.Keys[i]
		if x.Missing != y.Missing {
			return y.Missing != k.MissingFirst
		}
		c := comparison(k.Field)(x.Text, y.Text)
		if c == 0 {
			c = cmp.Compare(x.Int, y.Int)
		}
		if c == 0 {
			c = cmp.Compare(x.Float, y.Float)
		}
		if c != 0 {
			return (c < 0) != k.Desc
		}
	}
	return (a.RID < b.RID) != keys[0].Desc && a.RID != b.RID
}

// projected is the event with the wanted fields only, in the order of the
// table of fields.
func projected(e *event.Event, refs []query.FieldRef) event.Event {
	p := event.Event{RID: e.RID, Time: e.Time}
	wanted := func(name string) bool {
		if refs == nil || name == "source_id" || name == "offset" || name == "event_id" {
			return true
		}
		return slices.ContainsFunc(refs, func(r query.FieldRef) bool {
			bare := strings.TrimSuffix(r.Name, ".keyword")
			return bare == name || r.Field == event.NoField && strings.HasPrefix(bare, name+".")
		})
	}
	if wanted("received_at") {
		p.ReceivedAt = e.ReceivedAt
	}
	for _, v := range e.Values {
		if wanted(v.Field.Name()) {
			p.Values = append(p.Values, v)
		}
	}
	slices.SortStableFunc(p.Values, func(a, b event.Value) int { return int(a.Field) - int(b.Field) })
	for _, x := range e.Extra {
		if wanted(x.Name) {
			p.Extra = append(p.Extra, x)
		}
	}
	return p
}

func isText(ref query.FieldRef) bool {
	return ref.Field == event.NoField || ref.Field.Kind().IsText()
}

// textsOf lists the strings an event has in a field.
func textsOf(e *event.Event, ref query.FieldRef) []string {
	switch ref.Field {
	case event.EventID:
		return []string{e.ID()}
	case event.NoField:
		var list []string
		query.VisitExtra(objectOf(e.Extra), ref, func(v string) bool {
			if v != "" {
				list = append(list, v)
			}
			return false
		})
		return list
	default:
		return e.Strs(ref.Field)
	}
}

// objectOf writes unknown fields as one JSON object.
func objectOf(pairs []event.Pair) string {
	var members []string
	for _, p := range pairs {
		name, _ := json.Marshal(p.Name) // a string can always be written
		members = append(members, string(name)+":"+p.JSON)
	}
	return "{" + strings.Join(members, ",") + "}"
}

// numbersOf lists the numbers an event has in a field.
func numbersOf(e *event.Event, ref query.FieldRef) []float64 {
	if ref.Field == event.NoField {
		var list []float64
		for _, text := range textsOf(e, ref) {
			if bits, ok := query.ParseBits(event.Number, text); ok {
				list = append(list, math.Float64frombits(bits))
			}
		}
		return list
	}
	if v, ok := e.Value(ref.Field); ok {
		return []float64{v.Float()}
	}
	return nil
}
