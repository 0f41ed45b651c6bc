package elemta

import (
	"strings"

	"rastro/internal/event"
)

// act names the messages whose type or status depends on their values.
type act uint8

const (
	actNone      act = iota
	actCommand       // an SMTP command with its outcome
	actSession       // counts only when the session itself says it
	actRefusal       // counts only when it carries a reply code
	actRejection     // the verdict of a content check
	actReceived      // has an envelope only if the mail was thrown away
	actRecipient     // one recipient refused by the backend
	actConnect       // a connection turned away
	actVirus         // names a virus
)

// rule is what a message stands for.
type rule struct {
	typ    string
	status string
	act    act
	stage  string // of a refusal by the session of 2025, which logs no answer
}

// rules holds the messages that are something else than their component would
// make them; ruleFor has the rest. Every incident has exactly one line here
// whose type is counted; see the package documentation.
var rules = map[string]rule{
	"New connection": {typ: event.TypeConnection},
	"Connection rejected due to resource limits": {typ: event.TypeConnection},

	"SMTP command processed": {typ: event.TypeCommand, act: actCommand},
	"received command":       {typ: event.TypeCommand, act: actCommand},

	"message_reception":                         {typ: event.TypeReception, status: event.StatusAccepted},
	"Message enqueued in new queue system":      {typ: event.TypeReception, status: event.StatusAccepted},
	"message_received":                          {typ: event.TypeSystem, act: actReceived},
	"Message processing completed successfully": {typ: event.TypeSystem},

	"Partial delivery success":                  {typ: event.TypeQueue},
	"message_accepted":                          {typ: event.TypeQueue},
	"message_tempfail":                          {typ: event.TypeQueue},
	"message_bounced":                           {typ: event.TypeQueue},
	"Moved deferred messages to active queue":   {typ: event.TypeQueue},
	"Message moved to deferred queue for retry": {typ: event.TypeQueue, status: event.StatusDeferred},
	"Message moved to failed queue":             {typ: event.TypeQueue, status: event.StatusBounced},

	"message_delivery":                 {typ: event.TypeDelivery, status: event.StatusDelivered},
	"Message delivered successfully":   {typ: event.TypeDelivery, status: event.StatusDelivered},
	"message_deferral":                 {typ: event.TypeDelivery, status: event.StatusDeferred},
	"message_bounce":                   {typ: event.TypeDelivery, status: event.StatusBounced},
	"Message delivery failed":          {typ: event.TypeDelivery},
	"Recipient rejected":               {typ: event.TypeDelivery, act: actRecipient},
	"RCPT TO command failed":           {typ: event.TypeDelivery, act: actRecipient},
	"Delivery failed for recipient":    {typ: event.TypeDelivery, act: actRecipient},
	"Failed to deliver to domain":      {typ: event.TypeDelivery, act: actRecipient},
	"Delivery failed to MX host":       {typ: event.TypeQueue},
	"SMTP delivery successful":         {typ: event.TypeQueue},
	"Successfully delivered to domain": {typ: event.TypeQueue},

	"Data phase handling failed":                   {typ: event.TypeSystem, act: actRefusal},
	"Message quarantined due to security concerns": {typ: event.TypeRejection, status: event.StatusDiscarded},
	"message_rejection":                            {typ: event.TypeContentCheck, status: event.StatusRejected, act: actRejection},
	"smtp_security_event":                          {typ: event.TypeContentCheck},
	"message is not spam":                          {typ: event.TypeContentCheck},
	"Virus detected in message":                    {typ: event.TypeSystem, act: actVirus},

	// What the session of June 2025 logs when it refuses something.
	"invalid address in MAIL FROM":                 {typ: event.TypeRejection, status: event.StatusRejected, stage: "MAIL"},
	"invalid size parameter":                       {typ: event.TypeRejection, status: event.StatusRejected, stage: "MAIL"},
	"message too large":                            {typ: event.TypeRejection, status: event.StatusRejected, stage: "MAIL"},
	"invalid address in RCPT TO":                   {typ: event.TypeRejection, status: event.StatusRejected, stage: "RCPT"},
	"too many recipients":                          {typ: event.TypeRejection, status: event.StatusRejected, stage: "RCPT"},
	"relay denied":                                 {typ: event.TypeRejection, status: event.StatusRejected, stage: "RCPT"},
	"relay denied by allowed_relays configuration": {typ: event.TypeRejection, status: event.StatusRejected, stage: "END-OF-MESSAGE"},
	"message size exceeded":                        {typ: event.TypeRejection, status: event.StatusRejected, stage: "END-OF-MESSAGE"},
	"virus detected":                               {typ: event.TypeRejection, status: event.StatusRejected, stage: "END-OF-MESSAGE"},
	"spam detected":                                {typ: event.TypeRejection, status: event.StatusRejected, stage: "END-OF-MESSAGE"},

	"authentication":            {typ: event.TypeAuthentication},
	"Authentication failed":     {typ: event.TypeAuthentication, act: actSession},
	"Authentication successful": {typ: event.TypeAuthentication, act: actSession},

	// The authenticator's own log, which does not know the session.
	"authentication failed":     {typ: event.TypeSystem},
	"authentication successful": {typ: event.TypeSystem},

	// Errors of a client or repeats of a counted line, not of the server.
	"Session error recorded":                       {typ: event.TypeSystem},
	"Session error":                                {typ: event.TypeSystem},
	"Message processing failed":                    {typ: event.TypeSystem},
	"Failed to read message data":                  {typ: event.TypeSystem},
	"Failed to transition to authenticating state": {typ: event.TypeSystem},
}

// refusedDueTo begins the refusal of a connection that had got past the first
// check, and is not followed by "due to resource limits".
const refusedDueTo = "Connection rejected due to "

// ruleFor finds what a line stands for by its text, component and level.
func ruleFor(l *line) rule {
	if r, ok := rules[l.msg]; ok {
		if r.act == actSession && l.component != "smtp-session" {
			return rule{typ: event.TypeSystem}
		}
		if r.stage != "" && (l.component != "smtp-session" || l.level == event.LevelError) {
			return rule{typ: event.TypeSystem} // repeats the one at level WARN
		}
		return r
	}
	if strings.HasPrefix(l.msg, "Connection rejected: ") || strings.HasPrefix(l.msg, refusedDueTo) {
		return rule{typ: event.TypeRejection, status: event.StatusRejected, act: actConnect}
	}
	if l.level == event.LevelDebug {
		return rule{typ: event.TypeSystem}
	}
	switch l.component {
	case "lmtp-delivery":
		// The manual of 2025 files every line with an envelope from here as
		// message_delivery; since then a delivery has lines of its own.
		if l.form == formText && l.has(roleMessageID) && l.has(roleSender) {
			return rule{typ: event.TypeDelivery}
		}
		return queueRule(l)
	case "queue", "queue-processor", "queue-integration", "smtp-delivery":
		return queueRule(l)
	}
	if l.level == event.LevelError || l.level == event.LevelFatal {
		return rule{typ: event.TypeError}
	}
	return rule{typ: event.TypeSystem}
}

// queueRule is for lines of the queue: about a message, or about itself.
func queueRule(l *line) rule {
	switch {
	case l.has(roleMessageID):
		return rule{typ: event.TypeQueue}
	case l.level == event.LevelError || l.level == event.LevelFatal:
		return rule{typ: event.TypeError}
	}
	return rule{typ: event.TypeSystem}
}
