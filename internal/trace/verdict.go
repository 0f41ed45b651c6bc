package trace

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/reply"
)

// explain fills in why, who must act, and the verdict.
func (b *builder) explain(j *Journey, p *path) {
	l := p.last()
	entry := b.reason(j, l)
	j.Because = reasonWords(j, entry)
	j.Verdict, j.Action = b.sentence(j, p, entry)
	if j.Status == Delivered && len(l.mailbox) == 0 || j.Reason == "" {
		j.Acts = actsFor(j)
	}
	b.remarks(j, p)
	for _, l := range p.legs {
		j.Notes = append(j.Notes, l.hop.notes...)
		j.Notes = append(j.Notes, l.notes...)
	}
	if saidSent(l) {
		j.Notes = append(j.Notes, say("note", "mta_says_sent"))
	}
}

// saidSent tells that the mail server called delivered what was thrown away,
// locked away or sent back after that.
func saidSent(l *leg) bool {
	if l.status == Delivered || l.status == Accepted {
		return false
	}
	n := len(l.tries)
	return n > 0 && l.tries[n-1].status == event.StatusDelivered && (len(l.mailbox) > 0 || len(l.checked) > 0)
}

// actsFor says who must act where no reply does.
func actsFor(j *Journey) string {
	switch j.Status {
	case Delivered:
		return "nobody"
	case Discarded, Bounced:
		if j.By == ByRule {
			return "recipient"
		}
		return "us"
	case Held, Quarantined, Unknown:
		return "us"
	case Abandoned:
		return "customer"
	}
	return "nobody"
}

// reason classifies the answer that decided.
func (b *builder) reason(j *Journey, l *leg) reply.Entry {
	switch j.Status {
	case Delivered, Accepted, Abandoned, Unknown:
		return reply.Entry{}
	case Held, Quarantined, Discarded:
		if class := classOfCheck(l); class != "" {
			j.Reason = class
		} else if j.By == ByRule {
			j.Reason = "local_rule"
		}
		e, _ := b.book.Class(j.Reason)
		j.Acts = e.Acts
		return e
	}
	if j.By == ByOperator && j.Status != Expired { // what it had waited for is worth telling
		return reply.Entry{}
	}
	if j.By == ByRule {
		j.Reason = "local_rule"
		e, _ := b.book.Class(j.Reason)
		j.Acts = e.Acts
		return e
	}
	if l.decided == nil && j.Status == Deferred {
		return reply.Entry{}
	}
	e := b.book.Explain(reply.Answer{
		Code: int(j.SMTPCode), DSN: j.DSN, Text: j.Reply, Relay: j.RelayHost, Program: j.Program,
		Ours: j.By == ByUs && !unroutable(j, l), Stage: j.Stage,
	})
	j.Reason, j.Acts = e.Class, e.Acts
	switch e.Class {
	case "domain_unknown", "null_mx", "dns_failure":
		if j.RelayIP == "" {
			j.By = ByUs // nobody there was asked
		}
	}
	return e
}

// classOfCheck is the reason for which a filter acted.
func classOfCheck(l *leg) string {
	for _, f := range l.checked {
		m := f.rare()
		verdict := strings.ToUpper(m.spamVerdict)
		switch {
		case m.virus != "", strings.HasPrefix(verdict, "INFECTED"):
			return "virus"
		case strings.HasPrefix(verdict, "BANNED"):
			return "banned_attachment"
		case strings.HasPrefix(verdict, "SPAM"):
			return "local_spam_verdict"
		}
	}
	return ""
}

// because is the clause that says why.
func (b *builder) because(e reply.Entry, said string) Words {
	if e.Verdict.En != "" && e.Class != "undefined" {
		return e.Verdict
	}
	if said = quote(said); said != "" {
		return say("because", "said", "reply", said)
	}
	return say("because", "silent")
}

// reasonWords are those of the dictionary: what another server wrote is in
// the reply.
func reasonWords(j *Journey, e reply.Entry) Words {
	if j.Reason == "" || e.Class == "undefined" {
		return Words{}
	}
	return e.Verdict
}

// sentence is the main sentence of the verdict and what to do.
func (b *builder) sentence(j *Journey, p *path, e reply.Entry) (verdict, action Words) {
	l := p.last()
	name, act := sentenceName(j, p)
	at := j.LastTime
	if l.decided != nil {
		at = stamp(l.decided.time)
	}
	if p.target != nil {
		at = stamp(p.target.time)
	}
	verdict = say("verdict", name,
		"recipient", b.nameOr(j.Recipient, "recipient"), "original", j.OriginalRecipient, "folder", j.Folder,
		"when", b.when(at), "host", b.nameOr(l.hop.host, "us"), "server", b.server(l.hop.host), "relay", b.relay(j.RelayHost, j.RelayIP),
		"client", b.client(j), "because", both(b.because(e, j.Reply)))
	if class, _ := b.book.Class(e.Class); j.Status == Expired && class.Retry {
		act = "expired" // it is not tried again any more
		if j.By == ByUs {
			act = "expired_here"
		}
	}
	if act != "" {
		return verdict, say("action", act)
	}
	return verdict, e.Next
}

// sentenceName picks the sentence and, where no reply says it, what to do.
func sentenceName(j *Journey, p *path) (name, action string) {
	l := p.last()
	switch j.Status {
	case Delivered:
		return deliveredName(j, l)
	case Deferred:
		if l.decided == nil {
			return "waiting", "accepted"
		}
		return "deferred", ""
	case Held:
		if j.By == ByOperator {
			return "held_operator", "held"
		}
		if l.hop.dialect == "exim" && j.Reply != "" {
			return "held_because", "held"
		}
		return "held", "held"
	case Quarantined:
		return "quarantined", "quarantined"
	case Discarded:
		return discardedName(j.By)
	case Bounced:
		if j.By == ByOperator {
			return "bounced_operator", "discarded_operator"
		}
		if j.RelayHost+j.RelayIP == "" && j.SMTPCode == 0 && j.By == ByRemote {
			return "bounced", "" // no server of the recipient was asked
		}
		return bouncedName(j.By), ""
	case Expired:
		if j.By == ByOperator {
			return "expired_operator", "expired"
		}
		return "expired", ""
	case Rejected:
		if l.decided != nil && temporary(l.decided) {
			return "rejected_later", ""
		}
		return "rejected", ""
	case Abandoned:
		return "abandoned", "abandoned"
	case Unknown:
		return "unknown", "unknown"
	}
	if p.target != nil {
		return "accepted_forward", "accepted"
	}
	return "accepted", "accepted"
}

func deliveredName(j *Journey, l *leg) (name, action string) {
	switch {
	case len(l.mailbox) > 0 && j.Folder != "":
		return "delivered_mailbox", "delivered_mailbox"
	case len(l.mailbox) > 0:
		return "delivered_mailbox_plain", "delivered_mailbox"
	case j.By == ByRemote && j.RelayHost+j.RelayIP != "":
		return "delivered_remote", "delivered_remote"
	case j.RelayHost != "" && j.RelayHost != "local" && j.RelayHost != "virtual" && j.RelayHost != "dovecot", j.RelayIP != "":
		return "delivered_store", "delivered_store"
	}
	return "delivered_local", "delivered_local"
}

func discardedName(by By) (name, action string) {
	switch by {
	case ByRule:
		return "discarded_rule", "discarded_rule"
	case ByFilter:
		return "discarded_filter", "discarded"
	case ByOperator:
		return "discarded_operator", "discarded_operator"
	}
	return "discarded", "discarded"
}

func bouncedName(by By) string {
	switch by {
	case ByRule:
		return "bounced_rule"
	case ByFilter:
		return "bounced_filter"
	case ByRemote:
		return "bounced_remote"
	case ByOperator:
		return "bounced_operator"
	}
	return "bounced"
}

func (b *builder) nameOr(name, otherwise string) string {
	if name != "" {
		return name
	}
	return both(say("name", otherwise))
}

// server names one of ours.
func (b *builder) server(host string) string {
	if host == "" {
		return both(say("name", "us"))
	}
	return both(say("name", "our", "host", host))
}

func (b *builder) relay(host, ip string) string {
	switch {
	case host == "" && ip == "":
		return both(say("name", "their_server"))
	case host == "" || host == ip:
		return ip
	case ip == "":
		return host
	}
	return host + " [" + ip + "]"
}

func (b *builder) client(j *Journey) string {
	if j.ClientHost == "" && j.ClientIP == "" {
		return both(say("name", "client"))
	}
	if j.ClientHost == "" || j.ClientHost == "unknown" {
		return j.ClientIP
	}
	return j.ClientHost + " [" + j.ClientIP + "]"
}

// remarks adds what else a person must know to the verdict.
func (b *builder) remarks(j *Journey, p *path) {
	root, l := p.legs[0], p.last()
	if len(root.before) > 0 {
		j.Verdict = and(j.Verdict, b.putOff(root))
	}
	if l.attempts > 1 {
		name := "tried"
		if j.Status == Delivered {
			name = "attempts"
		}
		j.Verdict = and(j.Verdict, say("also", name, "n", number(l.attempts)))
	}
	if j.OriginalRecipient != "" && p.target == nil {
		j.Verdict = and(j.Verdict, say("also", "alias", "original", j.OriginalRecipient, "recipient", j.Recipient))
	}
	if !j.NextRetry.IsZero() {
		j.Verdict = and(j.Verdict, say("also", "next", "next", b.when(j.NextRetry)))
	}
	for _, r := range j.Related {
		if r.Kind == "failure_notice" && (j.Status == Bounced || j.Status == Expired) {
			j.Verdict = and(j.Verdict, say("also", "told"))
			break
		}
	}
	if n := len(l.later); n > 0 && gone(l.later) {
		j.Verdict = and(j.Verdict, say("also", "deleted", "when", b.when(stamp(l.later[n-1].time))))
	}
	if j.Confidence == Guess {
		j.Verdict = and(j.Verdict, say("also", "guess"))
	}
}

// gone tells whether a message was deleted or moved in its mailbox.
func gone(later []*fact) bool {
	for _, f := range later {
		switch f.extra(extraAction) {
		case "delete", "expunge", "copy", "mailbox_delete", "move":
			return true
		}
		if strings.Contains(f.text, "expunge: ") || strings.Contains(f.text, "delete: ") || strings.Contains(f.text, "copy from ") {
			return true
		}
	}
	return false
}

// putOff tells about refusals before the message was accepted.
func (b *builder) putOff(l *leg) Words {
	n := b.about(l).attempts
	first := l.before[0].facts[0]
	e := b.book.Explain(answerOf(first, true))
	name := "refused_before"
	if n > 1 {
		name = "refused_before_often"
	}
	return say("also", name, "n", number(n), "first", b.when(stamp(first.time)), "because", both(b.because(e, first.reply)))
}

// answerOf is the answer that a fact holds.
func answerOf(f *fact, ours bool) reply.Answer {
	return reply.Answer{Code: int(f.code), DSN: f.dsn, Text: f.reply, Relay: f.relayHost, Program: f.dialect, Ours: ours, Stage: f.stage}
}

// explainRefusal fills in why a message was never taken.
func (b *builder) explainRefusal(j *Journey, f *fact) {
	if f.swallowed() {
		j.Status, j.By, j.Acts = Discarded, ByFilter, "us"
		j.Verdict = say("verdict", "discarded_filter", "recipient", b.nameOr(j.Recipient, "recipient"), "host", b.nameOr(f.host, "us"), "when", b.when(j.LastTime))
		j.Action = say("action", "discarded")
		return
	}
	e := b.book.Explain(answerOf(f, true))
	name := "rejected"
	if j.Status != Rejected {
		name = string(j.Status)
		j.Acts = actsFor(j)
		e.Next = say("action", name)
	} else {
		j.Reason, j.Acts = e.Class, e.Acts
		j.Because = reasonWords(j, e)
	}
	switch {
	case j.Status != Rejected:
	case temporary(f):
		name = "rejected_later"
	case j.Recipient == "":
		name = "rejected_nobody"
	}
	j.Verdict = say("verdict", name, "recipient", b.nameOr(j.Recipient, "recipient"), "host", b.nameOr(f.host, "us"), "server", b.server(f.host),
		"when", b.when(j.LastTime), "because", both(b.because(e, f.reply)))
	if j.Attempts > 1 {
		j.Verdict = and(j.Verdict, say("also", "tried", "n", number(j.Attempts)))
	}
	j.Action = e.Next
}
