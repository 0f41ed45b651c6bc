package trace

import (
	"strings"

	"rastro/internal/event"
)

// elemtaRole is what a line of Elemta's is in the life of a message. The order
// is the one in which lines of the same instant are written.
type elemtaRole uint8

const (
	elemtaNothing elemtaRole = iota
	elemtaStops
	elemtaBegins
	elemtaNoEntry // a connection refused before any dialogue
	elemtaHello
	elemtaLogin
	elemtaMail       // MAIL taken
	elemtaMailNo     // MAIL refused
	elemtaRcpt       // RCPT taken
	elemtaRcptNo     // RCPT refused
	elemtaData       // the message begins
	elemtaRead       // the message is complete
	elemtaCheck      // what the filters found
	elemtaQueued     // taken into the queue, with its id
	elemtaReceived   // the same, told by the dialogue
	elemtaDropped    // the client is told 250 and the message is gone
	elemtaDataNo     // refused during or after the message
	elemtaCut        // the connection broke within the message
	elemtaReset      // the client takes it all back
	elemtaBye        // the dialogue is over
	elemtaTry        // an attempt begins
	elemtaRefused    // the mailbox server refuses a recipient
	elemtaRefusedEnd // the mailbox server refuses a recipient's copy
	elemtaStored     // how many copies it took
	elemtaDelivered  // verdicts: delivered to all
	elemtaFailed     // an attempt failed; what follows comes next
	elemtaBounced    // failed for good; repeated by elemtaBounce
	elemtaDeferral
	elemtaBounce
	elemtaDeleted
)

// elemtaTexts are the roles of lines by their text, in all generations.
var elemtaTexts = map[string]elemtaRole{
	"Stopping queue processor":                  elemtaStops,
	"Initiating graceful server shutdown":       elemtaStops,
	"Starting queue processor":                  elemtaBegins,
	"SMTP server running":                       elemtaBegins,
	"Elemta MTA server starting":                elemtaBegins,
	"mail_from_accepted":                        elemtaMail,
	"MAIL FROM accepted":                        elemtaMail,
	"mail from accepted":                        elemtaMail,
	"rcpt_to_accepted":                          elemtaRcpt,
	"RCPT TO accepted":                          elemtaRcpt,
	"rcpt to accepted":                          elemtaRcpt,
	"Entering DATA phase":                       elemtaData,
	"reading message data":                      elemtaData,
	"message data read complete":                elemtaRead,
	"message_reception":                         elemtaReceived,
	"message_enqueued":                          elemtaReceived, // names both ids
	"saving message":                            elemtaRead,
	"message accepted":                          elemtaReceived,
	"message_accepted":                          elemtaQueued,
	"Message enqueued in new queue system":      elemtaQueued,
	"Session state reset":                       elemtaReset,
	"Client disconnected":                       elemtaBye,
	"client disconnected":                       elemtaBye,
	"Client initiated session termination":      elemtaBye,
	"Session terminated by client":              elemtaBye,
	"Session timeout":                           elemtaBye,
	"session timeout, closing connection":       elemtaBye,
	"Session context cancelled":                 elemtaBye,
	"Session shutdown requested":                elemtaBye,
	"Session completed":                         elemtaBye,
	"session ended":                             elemtaBye,
	"client quit":                               elemtaBye,
	"Recipient rejected":                        elemtaRefused,
	"RCPT TO command failed":                    elemtaRefused,
	"Delivery failed for recipient":             elemtaRefusedEnd,
	"LMTP delivery successful":                  elemtaStored,
	"message_delivery":                          elemtaDelivered,
	"message_delivered":                         elemtaDelivered,
	"message_deferred":                          elemtaDeferral,
	"Message delivered successfully":            elemtaDelivered,
	"message_tempfail":                          elemtaFailed,
	"Message delivery failed":                   elemtaFailed,
	"message_bounced":                           elemtaBounced,
	"message_deferral":                          elemtaDeferral,
	"message_bounce":                            elemtaBounce,
	"Message moved to failed queue":             elemtaBounce,
	"Message permanently deleted (5xx error)":   elemtaDeleted,
	"Message moved to deferred queue for retry": elemtaDeferral,
	"connection error during data read":         elemtaCut,
	"Unexpected EOF while reading message data": elemtaCut,
}

// elemtaRoleOf finds the role of a fact.
func elemtaRoleOf(f *fact) elemtaRole {
	switch f.kind {
	case event.TypeRejection:
		return elemtaRefusalRole(f)
	case event.TypeContentCheck:
		return elemtaCheck
	case event.TypeAuthentication:
		return elemtaLogin
	case event.TypeCommand:
		if f.rare().helo != "" {
			return elemtaHello
		}
		return elemtaNothing
	}
	if role, ok := elemtaTexts[f.text]; ok {
		return role
	}
	switch {
	case strings.HasPrefix(f.text, "Streaming message data reading completed"):
		return elemtaRead
	case strings.HasPrefix(f.text, "Starting SMTP server on"), strings.HasPrefix(f.text, "SMTP server running on"):
		return elemtaBegins
	case f.text == "message_received" && f.status == event.StatusDiscarded:
		return elemtaDropped
	case f.text == "Data phase handling failed":
		return elemtaCut // with a reply code it is a rejection
	case f.sessions.len() > 0:
		return elemtaNothing
	}
	return elemtaQueueRole(f)
}

func elemtaRefusalRole(f *fact) elemtaRole {
	switch {
	case f.status == event.StatusDiscarded:
		return elemtaDropped
	case f.sessions.len() == 0:
		return elemtaNoEntry
	case f.stage == "MAIL":
		return elemtaMailNo
	case f.stage == "RCPT":
		return elemtaRcptNo
	}
	return elemtaDataNo
}

// elemtaQueueRole is for lines of the queue whose text is not known: an attempt
// to deliver by another transport, the manual's own lines, later versions.
func elemtaQueueRole(f *fact) elemtaRole {
	if f.qid == "" || f.kind != event.TypeDelivery && f.kind != event.TypeQueue {
		return elemtaNothing
	}
	switch f.status {
	case event.StatusDelivered:
		return elemtaDelivered
	case event.StatusDeferred:
		return elemtaDeferral
	case event.StatusBounced, event.StatusExpired:
		return elemtaBounce
	}
	if f.kind == event.TypeDelivery || strings.HasPrefix(f.text, "Attempting ") {
		return elemtaTry
	}
	return elemtaNothing
}
