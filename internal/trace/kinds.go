package trace

import (
	"strings"

	"rastro/internal/event"
)

// The names of additional fields that dialects write and journeys read.
const (
	extraAction       = "action"       // released, requeued, removed, held
	extraNotification = "notification" // failed, delayed, delivered, postmaster
	extraForwarded    = "forwarded_to" // target of a Sieve redirect
	extraSieve        = "sieve_action" // keep, fileinto, discard, redirect, reject, vacation
	extraTarget       = "target"       // address to which a rule of the server sends a message instead
	extraOwner        = "owner"        // who is told about a list's bounces
	extraRemark       = "remark"       // discarded: the filter behind the reply threw it away
)

// isNotice tells that a message about this one was made: its id is in next.
func isNotice(f *fact) bool {
	if f.next.len() == 0 || f.kind != event.TypeQueue {
		return false
	}
	switch f.dialect {
	case "postfix":
		return f.extra(extraNotification) != "" || f.part == "bounce"
	case "sendmail":
		return f.status != event.StatusForwarded
	}
	return f.extra(extraNotification) != ""
}

// isRemoval tells that the message left the queue in the ordinary way.
func isRemoval(f *fact) bool {
	if f.kind != event.TypeQueue || f.status != "" || f.qid == "" {
		return false
	}
	switch f.dialect {
	case "postfix":
		return strings.HasSuffix(f.text, ": removed") && f.part != "postsuper"
	case "exim":
		return strings.Contains(f.text, "Completed")
	case "sendmail":
		return strings.Contains(f.text, ": done;")
	}
	return f.extra(extraAction) == "completed"
}

// isBirth tells that the line opens a message: no other line of it comes
// before.
func isBirth(f *fact) bool {
	return f.kind == event.TypeReception && f.status == event.StatusAccepted
}

// isProbe tells about a delivery attempt that carried no message: Postfix asks
// whether an address exists.
func isProbe(f *fact) bool {
	return f.dialect == "postfix" && f.kind == event.TypeSystem && f.qid != "" && f.rcpts.len() > 0
}

// isTry tells whether the line is a delivery attempt to a recipient.
func isTry(f *fact) bool {
	return f.kind == event.TypeDelivery && f.dialect != "dovecot" && f.qid != "" && f.status != "" &&
		(f.rcpts.len() > 0 || f.envelope != "" || f.origs.len() > 0)
}
