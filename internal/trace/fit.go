package trace

import (
	"cmp"
	"slices"
	"strings"
)

// fits tells whether a journey answers the question.
func (q *Question) fits(j *Journey) bool {
	if !q.From.IsZero() && j.LastTime.Before(q.From) || !q.To.IsZero() && !j.FirstTime.Before(q.To) {
		return false
	}
	for i := range q.Query.Terms {
		if !q.Query.Terms[i].on(j) {
			return false
		}
	}
	return true
}

// on tells whether one of a term's values is on the journey.
func (t *Term) on(j *Journey) bool {
	return slices.ContainsFunc(t.Values, func(v string) bool {
		switch t.Kind {
		case TermAddress:
			return j.hasAddress(v)
		case TermEither:
			return j.hasAddress(strings.ToLower(v)) || j.hasID(v)
		case TermDomain:
			return j.hasDomain(v)
		case TermIP:
			return j.hasIP(v)
		case TermSubject:
			return j.Subject != "" && strings.Contains(strings.ToLower(j.Subject), v)
		}
		return j.hasID(v)
	})
}

func (j *Journey) hasAddress(v string) bool {
	return j.Recipient == v || j.OriginalRecipient == v || j.Sender == v || strings.EqualFold(j.Username, v)
}

func (j *Journey) hasDomain(v string) bool {
	for _, a := range [...]string{j.Recipient, j.OriginalRecipient, j.Sender, j.Username} {
		if at := strings.LastIndexByte(a, '@'); at >= 0 && strings.EqualFold(a[at+1:], v) {
			return true
		}
	}
	return false
}

func (j *Journey) hasID(v string) bool {
	v = bare(v)
	if strings.EqualFold(bare(j.MessageID), v) || strings.EqualFold(j.RemoteID, v) {
		return true
	}
	for _, id := range j.QueueIDs {
		if sameQueueID(id, v) {
			return true
		}
	}
	for _, id := range j.SessionIDs {
		if id == v || baseSession(id) == v {
			return true
		}
	}
	return false
}

// sameQueueID compares ids without case where a program writes one case only:
// the long ids of Postfix, Exim and Sendmail tell cases apart.
func sameQueueID(id, v string) bool {
	return id == v || strings.EqualFold(id, v) && strings.ToUpper(id) == id
}

func (j *Journey) hasIP(v string) bool {
	if j.ClientIP == v || j.RelayIP == v {
		return true
	}
	for i := range j.Steps {
		if j.Steps[i].RelayIP == v {
			return true
		}
	}
	return false
}

func sortGroups(all []group) {
	slices.SortStableFunc(all, func(a, b group) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.name(), b.name())) })
}

// name tells groups of the same instant apart.
func (g *group) name() string {
	switch {
	case g.root != nil:
		return g.root.id + g.root.host
	case g.refusal != nil:
		return g.refusal.facts[0].text + g.refusal.recipient
	}
	return g.alone.facts[0].text
}
