package trace

import (
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// Elemta's lines share no id between its dialogue, its queue and what the
// mailbox server said. They fit by recipient and time.
const (
	elemtaBefore = 10 * second
	elemtaAfter  = 30 * second
	// elemtaMoments bounds the moments of one question: what else a busy
	// recipient got at the time leads to other messages, and those to more.
	elemtaMoments = 400
)

// moment is when something happened to some recipients of Elemta.
type moment struct {
	at         int64
	recipients []string
}

// elemtaMoment returns the moment of a fact around which others of the same
// message may lie that share no id with it.
func elemtaMoment(f *fact) (moment, bool) {
	if f.dialect != "elemta" || f.rcpts.len() == 0 || f.sender == "" {
		return moment{}, false
	}
	switch f.kind {
	case event.TypeReception, event.TypeQueue, event.TypeDelivery:
		return moment{f.time, f.rcpts.all()}, true
	}
	return moment{}, false
}

// elemtaQuestion asks for what Elemta wrote around some moments: about the same
// recipients, and by the program that talks to the mailbox server, which does
// not always name one.
func elemtaQuestion(moments []moment) query.Question {
	around := make([]query.Filter, 0, len(moments))
	first, last := moments[0].at, moments[0].at
	for _, m := range moments {
		around = append(around, query.And{Filters: []query.Filter{
			query.Range{
				Field: query.FieldOf(event.Timestamp),
				From:  query.Bound{Set: true, Inclusive: true, Int: m.at - elemtaBefore},
				To:    query.Bound{Set: true, Inclusive: true, Int: m.at + elemtaAfter},
			},
			query.Or{Filters: []query.Filter{terms(event.Recipient, m.recipients), term(event.Component, "lmtp-delivery")}},
		}})
		first, last = min(first, m.at), max(last, m.at)
	}
	return query.Question{
		Filter: query.And{Filters: []query.Filter{
			term(event.Dialect, "elemta"), terms(event.EventType, []string{event.TypeReception, event.TypeQueue, event.TypeDelivery}),
			query.Or{Filters: around},
		}},
		From: first - elemtaBefore, To: last + elemtaAfter + 1, Limit: search.MaxHits,
	}
}
