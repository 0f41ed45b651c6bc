package query

import "rastro/internal/event"

// FlowField is the name under which Elemta's own pipeline stored the flow of an
// event. Here it is no field: a query on it means the condition of Flow.
const FlowField = "mta_flow"

// flows are Elemta's classes of events in the order of their precedence, as
// conditions on our fields. An event belongs to the first that matches;
// unclassified are those that match none.
var flows = []struct {
	name   string
	filter Filter
}{
	{"rejection", either(is(event.EventType, event.TypeRejection), is(event.Status, event.StatusRejected))},
	{"bounce", either(is(event.Status, event.StatusBounced), is(event.Status, event.StatusExpired))},
	{"tempfail", is(event.Status, event.StatusDeferred)},
	{"delivery", either(is(event.EventType, event.TypeDelivery), is(event.Status, event.StatusDelivered), is(event.Status, event.StatusForwarded))},
	{"reception", is(event.EventType, event.TypeReception)},
	{"system", is(event.EventType, event.TypeSystem)},
}

const unclassified = "unclassified"

func is(f event.Field, value string) Filter { return Term{Field: FieldOf(f), Value: value} }

func either(filters ...Filter) Filter { return Or{Filters: filters} }

// Flow is the condition on the events of one of Elemta's flows; false for a
// name that is none. Every event belongs to exactly one.
func Flow(name string) (Filter, bool) {
	var before []Filter
	for _, f := range flows {
		if f.name == name {
			return excluding(f.filter, before), true
		}
		before = append(before, f.filter)
	}
	if name == unclassified {
		return excluding(nil, before), true
	}
	return nil, false
}

// excluding narrows a filter to what none of the others matches.
func excluding(f Filter, others []Filter) Filter {
	all := And{}
	if f != nil {
		all.Filters = append(all.Filters, f)
	}
	for _, o := range others {
		all.Filters = append(all.Filters, Not{Filter: o})
	}
	return all
}

// Flows are the names of Elemta's flows.
func Flows() []string {
	names := make([]string, 0, len(flows)+1)
	for _, f := range flows {
		names = append(names, f.name)
	}
	return append(names, unclassified)
}

// WithFlows turns the conditions on FlowField in a filter into what they mean:
// any of the flows whose name they match.
func WithFlows(f Filter) Filter {
	switch f := f.(type) {
	case And:
		return And{Filters: withFlows(f.Filters)}
	case Or:
		return Or{Filters: withFlows(f.Filters), Min: f.Min}
	case Not:
		return Not{Filter: WithFlows(f.Filter)}
	case In:
		return In{Field: f.Field, Of: WithFlows(f.Of), Values: f.Values}
	}
	ref, err := fieldOf(f)
	if err != nil || extraName(ref) != FlowField || ref.Field != event.NoField {
		return f
	}
	any := Or{}
	for _, name := range Flows() {
		var e event.Event
		e.AddExtra(FlowField, `"`+name+`"`)
		if Match(f, &e) {
			flow, _ := Flow(name)
			any.Filters = append(any.Filters, flow)
		}
	}
	switch len(any.Filters) {
	case 0:
		return None{}
	case len(flows) + 1:
		return All{}
	case 1:
		return any.Filters[0]
	}
	return any
}

func withFlows(list []Filter) []Filter {
	all := make([]Filter, len(list))
	for i, f := range list {
		all[i] = WithFlows(f)
	}
	return all
}
