package parse

import (
	"slices"
	"strings"

	"rastro/internal/event"
	"rastro/internal/reply"
)

// reason adds why a message was refused, did not arrive or is late: the class
// that the book of replies has for the answer. index is the dialect's.
func (p *Parser) reason(e *event.Event, present *fieldSet, index int) {
	status := e.Str(event.Status)
	switch status {
	case event.StatusDeferred, event.StatusBounced, event.StatusRejected, event.StatusExpired:
	case event.StatusDiscarded:
		if !present.has(event.Reply) {
			return
		}
	default:
		return
	}
	answered := present.has(event.Reply) || present.has(event.SMTPCode) || present.has(event.DSN)
	class := reply.Undefined
	if answered {
		class = p.reasons.Book().Explain(answer(e, present, index)).Class
	}
	switch {
	case class != reply.Undefined:
	case status == event.StatusExpired:
		class = "expired"
	case status == event.StatusDiscarded:
		class = "local_rule"
	case answered:
	case status == event.StatusRejected && index != noDialect && dialects[index].name == "dovecot":
		class = "local_rule" // Sieve's reject; its words go to the sender only
	default:
		return
	}
	e.Add(event.Reason, class)
	present.add(event.Reason)
}

// answer gathers what the event says of the answer.
func answer(e *event.Event, present *fieldSet, index int) reply.Answer {
	a := reply.Answer{Text: e.Str(event.Reply), DSN: e.Str(event.DSN), Ours: ours(e)}
	if present.has(event.SMTPCode) {
		if code := e.Int(event.SMTPCode); code > 0 && code < 1000 {
			a.Code = int(code)
		}
	}
	if present.has(event.RelayHost) {
		a.Relay = e.Str(event.RelayHost)
	}
	if present.has(event.SMTPStage) {
		a.Stage = e.Str(event.SMTPStage)
	}
	if index != noDialect {
		a.Program = dialects[index].name
	}
	return a
}

// ownTransports are parts of the names that Exim's transports and Sendmail's
// mailers into our own mailboxes have: local_delivery, virtual_userdelivery,
// dovecot_lmtp, maildir_home, mail_spool.
var ownTransports = []string{"local", "virtual", "lmtp", "dovecot", "maildir", "mail_spool", "mailbox"}

// agents are the parts of mail servers that put mail into our own mailboxes.
var agents = []string{"local", "virtual", "lmtp", "pipe", "lda", "mda", "lmtp-delivery", "dovecot"}

// lmtpPort is the port on which mailbox servers usually take mail; it tells
// where the name of the agent was cut off.
const lmtpPort = 24

// ours tells whether a server of ours gave the answer: it refused somebody, a
// filter of ours judged, or our mailboxes took nothing.
func ours(e *event.Event) bool {
	switch e.Str(event.EventType) {
	case event.TypeRejection, event.TypeContentCheck:
		return true
	}
	if slices.Contains(agents, e.Str(event.Component)) || e.Str(event.Dialect) == "dovecot" || e.Int(event.RelayPort) == lmtpPort {
		return true
	}
	for i := range e.Extra {
		switch e.Extra[i].Name {
		case "transport", "mailer":
			if slices.ContainsFunc(ownTransports, func(part string) bool { return strings.Contains(e.Extra[i].JSON, part) }) {
				return true
			}
		}
	}
	return false
}
