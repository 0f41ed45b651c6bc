package trace

import (
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/query"
)

func term(f event.Field, value string) query.Filter {
	return query.Term{Field: query.FieldOf(f), Value: value}
}

func anyOf(values []string, fields ...event.Field) query.Filter {
	filters := make([]query.Filter, 0, len(fields))
	for _, f := range fields {
		filters = append(filters, query.Terms{Field: query.FieldOf(f), Values: values})
	}
	return query.Or{Filters: filters}
}

// ways are filters for the events that name a term, the likeliest first: a
// word of letters and digits is a queue id far more often than a receipt.
func (t *Term) ways() []query.Filter {
	switch t.Kind {
	case TermAddress:
		return []query.Filter{anyOf(t.Values, event.Sender, event.Recipient, event.OriginalRecipient, event.Username)}
	case TermDomain:
		return []query.Filter{anyOf(t.Values, event.SenderDomain, event.RecipientDomain, event.OriginalRecipientDomain)}
	case TermIP:
		return []query.Filter{anyOf(t.Values, event.ClientIP, event.RelayIP)}
	case TermMessageID:
		return []query.Filter{anyOf(bracketed(t.Values), event.MessageID)}
	case TermEither:
		return []query.Filter{
			anyOf(bracketed(t.Values), event.MessageID),
			anyOf(lowered(t.Values), event.Sender, event.Recipient, event.OriginalRecipient, event.Username),
		}
	case TermSubject:
		return []query.Filter{query.Term{Field: query.FieldOf(event.Subject), Value: t.Values[0]}}
	}
	ids := slices.Clone(t.Values)
	for _, v := range t.Values {
		add(&ids, strings.ToUpper(v))
	}
	return []query.Filter{
		anyOf(append(ids, bracketed(t.Values)...), event.QueueID, event.MessageID, event.SessionID),
		anyOf(ids, event.RemoteQueueID, event.NextQueueID, event.ParentQueueID),
	}
}

func lowered(values []string) []string {
	all := make([]string, 0, len(values))
	for _, v := range values {
		all = append(all, strings.ToLower(v))
	}
	return all
}
