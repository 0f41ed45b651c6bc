package trace

import (
	"strconv"

	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// maxAddresses is how many senders, and recipients, refusals before are looked
// for.
const maxAddresses = 512

// neighbors asks, where there are few messages, for what no id links to them:
// refusals of the same sender and recipient before, and what policy servers
// said then; notices to the sender after.
func (g *gathering) neighbors() []query.Question {
	if g.messages == 0 || g.messages > fewMessages {
		return nil
	}
	var senders, recipients []string
	var first, last int64
	for _, f := range g.facts {
		if f.sender != "" && f.sender != nullSender {
			addUpTo(&senders, maxAddresses, f.sender)
		}
		f.rcpts.each(func(to string) { addUpTo(&recipients, maxAddresses, to) })
		f.origs.each(func(to string) { addUpTo(&recipients, maxAddresses, to) })
		if first == 0 || f.time < first {
			first = f.time
		}
		last = max(last, f.time)
	}
	questions := append(g.transactions(), g.failedConnections()...)
	if len(senders) == 0 || len(recipients) == 0 {
		return questions
	}
	return append(questions, []query.Question{{
		Filter: query.And{Filters: []query.Filter{
			terms(event.Sender, senders), terms(event.Recipient, recipients),
			terms(event.EventType, []string{event.TypeRejection, event.TypeContentCheck}),
		}},
		From: first - retryWindow, To: last, Limit: search.MaxHits,
	}, {
		Filter: query.And{Filters: []query.Filter{term(event.Sender, nullSender), terms(event.Recipient, senders)}},
		From:   first, To: last + linkTime, Limit: search.MaxHits,
	}}...)
}

// transactions asks for what happened in the same dialogues: messages that
// began after something was decided, and what was decided before a message had
// a queue id.
func (g *gathering) transactions() []query.Question {
	var filters []query.Filter
	var first, last int64
	for _, f := range g.facts {
		about := transactionFilter(f)
		if about == nil || len(filters) == 4*fewMessages {
			continue
		}
		filters = append(filters, about)
		if first == 0 || f.time < first {
			first = f.time
		}
		last = max(last, f.time)
	}
	if len(filters) == 0 {
		return nil
	}
	return []query.Question{{Filter: query.Or{Filters: filters}, From: first - transactionWindow, To: last + transactionWindow, Limit: search.MaxHits}}
}

// transactionFilter matches what happened in the dialogue of a fact: for an
// attempt, the handshake of its connection. nil where nothing is looked for.
func transactionFilter(f *fact) query.Filter {
	if f.pid == 0 || f.host == "" {
		return nil
	}
	where := []query.Filter{term(event.Host, f.host), term(event.PID, strconv.FormatInt(f.pid, 10))}
	if isTry(f) && f.rare().tls == "" && f.relayHost != "" && (f.dialect == "postfix" || f.dialect == "sendmail") {
		return query.And{Filters: append(where, term(event.RelayHost, f.relayHost), query.Exists{Field: query.FieldOf(event.TLSVersion)})}
	}
	p, ok := processOf(f)
	if !ok || p.pid == 0 || f.qid != "" && !isBirth(f) || f.status == "" {
		return nil
	}
	return query.And{Filters: append(where, term(event.ClientIP, p.client), query.Or{Filters: []query.Filter{
		terms(event.EventType, []string{event.TypeReception, event.TypeRejection, event.TypeQueue}),
		query.Exists{Field: query.FieldOf(event.TLSVersion)},
	}})}
}
