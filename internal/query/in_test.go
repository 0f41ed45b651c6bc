package query

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"rastro/internal/event"
)

func queueIDsOf(f Filter) In { return In{Field: Ref("queue_id"), Of: f, Values: Ref("queue_id")} }

// TestResolve asks for the inner filters first, each once, within the time of
// the question or their own.
func TestResolve(t *testing.T) {
	ana := Term{Field: Ref("recipient"), Value: "ana@example.org"}
	deep := queueIDsOf(And{Filters: []Filter{queueIDsOf(ana), Range{Field: Ref("@timestamp"), From: Bound{Set: true, Int: 5}}}})
	q := Question{
		Filter: Or{Filters: []Filter{deep, Not{Filter: queueIDsOf(ana)}}, Min: 2}, From: 1, To: 9, UpTo: 7, Above: 3, Limit: 10,
		Aggs: []Agg{{Kind: AggFilters, Filters: []AggFilterBucket{{Key: "none", Filter: queueIDsOf(None{})}}}},
	}
	var asked []string
	got, err := Resolve(q, func(of Question, field FieldRef) ([]string, error) {
		asked = append(asked, fmt.Sprintf("%s %d-%d-%d %s", field.Name, of.From, of.To, of.UpTo, Format(of.Filter)))
		if of.Above != 0 || of.Limit != 0 || len(of.Aggs) > 0 {
			t.Errorf("asked for more than values: %+v", of)
		}
		if Format(of.Filter) == "none" {
			return nil, nil
		}
		return []string{fmt.Sprint("v", len(asked))}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`queue_id 1-9-7 term(recipient, "ana@example.org")`,
		`queue_id 0-0-7 and(terms(queue_id, "v1"), range(@timestamp, 1970-01-01T00:00:00.000000005Z < x))`,
		`queue_id 1-9-7 none`,
	}
	if !reflect.DeepEqual(asked, want) {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
	if f := Format(got.Filter); f != `or>=2(terms(queue_id, "v2"), not(terms(queue_id, "v1")))` {
		t.Errorf("filter: %s", f)
	}
	if f := Format(got.Aggs[0].Filters[0].Filter); f != "none" || !HasIn(q.Aggs[0].Filters[0].Filter) {
		t.Errorf("aggregation: %s; the question that was given must stay as it is", f)
	}
}

// TestResolveBounds refuses too many and too deep ones, before too much is
// asked.
func TestResolveBounds(t *testing.T) {
	asked := 0
	values := func(Question, FieldRef) ([]string, error) { asked++; return []string{"a"}, nil }
	deep := Filter(All{})
	for range MaxInDepth {
		deep = queueIDsOf(deep)
	}
	if _, err := Resolve(Question{Filter: deep}, values); err != nil {
		t.Errorf("%d deep: %v", MaxInDepth, err)
	}
	if _, err := Resolve(Question{Filter: queueIDsOf(deep)}, values); !errors.Is(err, ErrBadQuestion) {
		t.Errorf("deeper: %v", err)
	}
	many := And{}
	for i := range MaxIns + 1 {
		many.Filters = append(many.Filters, queueIDsOf(Term{Field: Ref("host"), Value: fmt.Sprint(i)}))
	}
	asked = 0
	if _, err := Resolve(Question{Filter: many}, values); !errors.Is(err, ErrBadQuestion) || asked > MaxIns {
		t.Errorf("%d of them: %v, %d asked", len(many.Filters), err, asked)
	}
	if _, err := Compile(Not{Filter: deep}); !errors.Is(err, ErrNeedsStore) {
		t.Errorf("Compile: %v", err)
	}
	if err := Check(deep); err != nil {
		t.Errorf("Check: %v", err)
	}
	if err := Check(queueIDsOf(Regexp{Field: Ref("host"), Pattern: "a"})); err == nil {
		t.Error("Check took a filter that cannot be compiled inside of in(…)")
	}
}

// TestWholeValues compares the values of texts and unknown fields as a whole.
func TestWholeValues(t *testing.T) {
	var e event.Event
	e.Add(event.Subject, "quick brown fox")
	e.AddExtra("ticket", `"quick brown fox"`)
	for _, name := range []string{"subject", "ticket"} {
		for value, want := range map[string]bool{"quick": false, "quick brown fox": true} {
			q, err := Resolve(Question{Filter: In{Field: Ref(name), Of: All{}, Values: Ref("host")}},
				func(Question, FieldRef) ([]string, error) { return []string{value}, nil })
			if err != nil || Match(q.Filter, &e) != want {
				t.Errorf("%s in (%q) = %v, error %v", name, value, !want, err)
			}
		}
	}
}

// TestNarrow applies a restriction to all that is looked at.
func TestNarrow(t *testing.T) {
	own := func(f Filter) Filter { return And{Filters: []Filter{is(event.Host, "mx1"), f}} }
	got := Narrow(Question{
		Filter: Not{Filter: queueIDsOf(queueIDsOf(nil))},
		Aggs: []Agg{{Kind: AggTerms, Subs: []Agg{{Kind: AggFilters, Filters: []AggFilterBucket{
			{Filter: is(event.Status, "sent")}, {Filter: Or{Filters: []Filter{queueIDsOf(is(event.Status, "sent"))}}},
		}}}}},
	}, own)
	want := `and(term(host, "mx1"), not(in(queue_id, queue_id of and(term(host, "mx1"), in(queue_id, queue_id of and(term(host, "mx1"), all))))))`
	if f := Format(got.Filter); f != want {
		t.Errorf("filter %s\nwant   %s", f, want)
	}
	buckets := got.Aggs[0].Subs[0].Filters
	if f := Format(buckets[0].Filter); f != `term(status, "sent")` {
		t.Errorf("a filter without in(…) became %s", f)
	}
	if f := Format(buckets[1].Filter); f != `or(in(queue_id, queue_id of and(term(host, "mx1"), term(status, "sent"))))` {
		t.Errorf("the aggregation's: %s", f)
	}
}
