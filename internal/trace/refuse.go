package trace

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"rastro/internal/event"
)

// refusal is one or more refusals of the same message before any queue took it.
type refusal struct {
	facts             []*fact
	sender, recipient string
	network           string
	host              string
	first, last       int64
	checks            []*fact
}

// How long a sender may take to try again: RFC 5321 4.5.4.1 gives up after four
// to five days; most come back within the hour.
const (
	retryWindow  = 48 * 3600 * second // from the same network or provider
	strangerWait = 3600 * second      // from anywhere else
	repeatedGap  = 6 * 3600 * second
	checkWindow  = 5 * second
	refusedTwice = 3600 * second
)

// refusals gathers the refusals that no queue id ties to a message. facts are
// in order.
func gatherRefusals(facts []*fact) []*refusal {
	type key struct{ dialect, sender, recipient, network string }
	open := map[key]*refusal{}
	var all []*refusal
	add := func(f *fact, recipient string) {
		k := key{f.dialect, f.sender, recipient, networkOf(f.clientIP)}
		r := open[k]
		if r == nil || !r.goesOn(f) {
			r = &refusal{sender: f.sender, recipient: recipient, network: k.network, first: f.time, host: f.host}
			open[k] = r
			all = append(all, r)
		}
		r.facts = append(r.facts, f)
		r.last = f.time
	}
	for _, f := range facts {
		if !refuses(f) {
			continue
		}
		if f.rcpts.len() == 0 {
			add(f, "")
			continue
		}
		f.rcpts.each(func(to string) { add(f, to) })
	}
	return all
}

// refuses tells whether a fact is the end of a message that no queue had: a
// refusal, or a decision to hold or to drop it whose message is not in the log.
func refuses(f *fact) bool {
	if f.qid != "" || f.dialect == "elemta" || f.dialect == "dovecot" {
		return false
	}
	if f.dialect == "postfix" && f.kind == event.TypeQueue && f.rcpts.len() > 0 {
		return f.status == event.StatusHeld || f.status == event.StatusDiscarded
	}
	return f.swallowed() || f.kind == event.TypeRejection && f.status == event.StatusRejected
}

// swallowed tells that a filter before the queue said yes and threw the message
// away: no queue ever had it.
func (f *fact) swallowed() bool {
	return f.kind == event.TypeReception && f.dialect == "postfix" && f.extra(extraRemark) == "discarded"
}

// goesOn tells whether f is about the same message as the refusals before it.
func (r *refusal) goesOn(f *fact) bool {
	last := r.facts[len(r.facts)-1]
	if last.swallowed() || f.swallowed() {
		return false
	}
	if temporary(last) {
		return f.time-last.time <= repeatedGap
	}
	return f.time-last.time <= refusedTwice && last.code == f.code && last.dsn == f.dsn
}

// temporary tells whether a refusal asked the client to come again.
func temporary(f *fact) bool {
	if f.code != 0 {
		return f.code < 500
	}
	return len(f.dsn) > 0 && f.dsn[0] == '4'
}

// networkOf is the part of an address that a sender's servers share: /24 and
// /48.
func networkOf(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	bits := 24
	if a = a.Unmap(); a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}

// pair is who sends to whom.
type pair struct{ sender, recipient string }

// legsOf are legs by who sends to whom, in the order of their beginnings.
type legsOf map[pair][]*leg

func (all legsOf) add(sender string, l *leg) {
	for i, a := range [...]string{l.to, l.orig} {
		if a != "" && (i == 0 || a != l.to) {
			all[pair{sender, a}] = append(all[pair{sender, a}], l)
		}
	}
}

func (all legsOf) sort() {
	for _, legs := range all {
		if len(legs) > 1 {
			slices.SortStableFunc(legs, func(a, b *leg) int {
				return cmp.Or(cmp.Compare(a.hop.first, b.hop.first), cmp.Compare(a.hop.id, b.hop.id))
			})
		}
	}
}

// legsByPair finds the legs of the messages that begin with their hop.
func legsByPair(hops []*hop) legsOf {
	legs := legsOf{}
	for _, h := range hops {
		if h.continued || h.probe {
			continue
		}
		for _, l := range h.legs {
			legs.add(h.sender, l)
		}
	}
	legs.sort()
	return legs
}

// acceptedLater gives refusals to the legs of the message that was accepted
// later. What is left was never accepted.
func acceptedLater(all []*refusal, hops []*hop) []*refusal {
	legs := legsByPair(hops)
	left := all[:0:0]
	for _, r := range all {
		l := r.acceptedAs(legs[pair{r.sender, r.recipient}], nil)
		if l == nil || r.recipient == "" {
			left = append(left, r)
			continue
		}
		l.before = append(l.before, r)
	}
	return left
}

// putOffBefore does the same for recipients that were put off while others of
// the same message were taken: the client comes back for them alone.
func putOffBefore(hops []*hop) {
	var legs legsOf
	for _, h := range hops {
		var gone map[*leg]bool
		for _, l := range slices.Backward(h.legs) {
			if len(h.legs)-len(gone) == 1 {
				break
			}
			if len(l.refused) == 0 || len(l.tries) > 0 || l.status != Rejected || !temporary(l.decided) {
				continue
			}
			if legs == nil {
				legs = legsByPair(hops)
			}
			first, last := l.refused[0], l.refused[len(l.refused)-1]
			r := &refusal{facts: l.refused, sender: h.sender, recipient: l.to, network: networkOf(last.clientIP), first: first.time, last: last.time, host: h.host}
			c := r.acceptedAs(legs[pair{h.sender, l.to}], func(c *leg) bool { return c.hop == h || c.status == Rejected })
			if c != nil {
				c.before = append(c.before, r)
				if gone == nil {
					gone = map[*leg]bool{}
				}
				gone[l] = true
			}
		}
		if len(gone) > 0 {
			h.keepLegs(func(l *leg) bool { return !gone[l] })
		}
	}
}

// acceptedAs picks the leg of the first message that came after the last
// refusal: refused for good means that the same message does not come again.
// legs are in the order of their beginnings; those that not tells are no choice.
func (r *refusal) acceptedAs(legs []*leg, not func(*leg) bool) *leg {
	last := r.facts[len(r.facts)-1]
	if !temporary(last) || last.swallowed() {
		return nil
	}
	from, _ := slices.BinarySearchFunc(legs, r.last, func(l *leg, at int64) int { return cmp.Compare(l.hop.first, at) })
	for _, l := range legs[from:min(len(legs), from+2*lookAround)] {
		at := l.hop.first
		if at > r.last+retryWindow {
			break
		}
		if (at <= r.last+strangerWait || r.sameOrigin(l.hop)) && (not == nil || !not(l)) {
			return l
		}
	}
	return nil
}

// sameOrigin tells whether a message came from where the refused one did: the
// same network, or servers of the same provider.
func (r *refusal) sameOrigin(h *hop) bool {
	if h.client == nil {
		return false
	}
	if networkOf(h.client.clientIP) == r.network {
		return true
	}
	provider := providerOf(h.client.rare().clientHost)
	return provider != "" && provider == providerOf(r.facts[len(r.facts)-1].rare().clientHost)
}

// providerOf is the part of a host's name that all servers of a provider
// share; "" if the name has too few parts to tell.
func providerOf(host string) string {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	if len(parts) < 3 {
		return ""
	}
	return strings.Join(parts[len(parts)-2:], ".")
}

// attachPolicy gives refusals what the policy servers said within the same
// seconds about the same client, sender and recipient.
func attachPolicy(all []*refusal, facts []*fact) {
	type key struct{ recipient, sender, network string }
	byPair := map[key][]*refusal{}
	for _, r := range all {
		k := key{r.recipient, r.sender, r.network}
		byPair[k] = append(byPair[k], r)
	}
	for _, f := range facts {
		if f.dialect != "filters" || f.qid != "" || f.sender == "" || f.rcpts.len() == 0 {
			continue
		}
		same := byPair[key{f.rcpts.first, f.sender, networkOf(f.clientIP)}]
		for _, r := range around(same, f.time, func(r *refusal) int64 { return r.first }) {
			if f.time >= r.first-checkWindow && f.time <= r.last+checkWindow && len(r.checks) < maxSteps {
				r.checks = append(r.checks, f)
			}
		}
	}
}

// The parts of a dialogue in which a refusal may come.
const (
	stageConnection = iota
	stageRecipient
	stageMessage
)

// stageOf says whether a refusal is about a recipient or the whole message.
func stageOf(f *fact) int {
	switch f.stage {
	case "RCPT":
		return stageRecipient
	case "DATA", "END-OF-MESSAGE", "BDAT", "BODY":
		return stageMessage
	case "":
		if f.qid != "" {
			return stageMessage
		}
		if f.rcpts.len() > 0 {
			return stageRecipient
		}
	}
	return stageConnection
}
