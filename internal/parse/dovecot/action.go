package dovecot

import (
	"strings"

	"rastro/internal/event"
)

// action is one thing that can be done with a message.
type action struct {
	start  string
	status string
	rest   restKind
	sieve  string // JSON of the additional field sieve_action; "" for none
}

// restKind tells what follows the words of an action.
type restKind uint8

const (
	plain    restKind = iota // nothing of use
	toFolder                 // the name of a mailbox, perhaps quoted
	failure                  // the name of a mailbox, a colon and the reason
	target                   // <address> of a redirect
	response                 // <address> that an answer was sent to
	fromAddr                 // <address> of the sender
	refused                  // the reason alone
)

// actions are the words of lib-lda/mail-deliver.c, mail-send.c and of
// Pigeonhole's actions (sieve-actions.c, cmd-redirect.c, ext-reject.c,
// cmd-vacation.c and other plugins), versions 2.2 to 2.4.
var actions = [...]action{
	{"saved mail to ", event.StatusDelivered, toFolder, ""},
	{"save failed to open mailbox ", "", failure, ""},
	{"save failed to ", "", failure, ""},
	{"rejected: ", event.StatusRejected, refused, ""}, // lda/main.c: the sender is told
	{"stored mail into mailbox ", event.StatusDelivered, toFolder, `"fileinto"`},
	{"left message in mailbox ", event.StatusDelivered, toFolder, `"keep"`},
	{"failed to store into mailbox ", "", failure, `"fileinto"`},
	{"store into mailbox ", "", plain, `"store_skipped"`}, // skipped, aborted
	{"forwarded to ", event.StatusForwarded, target, `"redirect"`},
	{"failed to redirect message to ", "", refused, `"redirect"`},
	{"not forwarding message ", "", plain, `"redirect_skipped"`},
	{"Marked message to be discarded if not explicitly delivered", event.StatusDiscarded, plain, `"discard"`},
	{"marked message to be discarded if not explicitly delivered", event.StatusDiscarded, plain, `"discard"`},
	{"rejected message from ", event.StatusRejected, fromAddr, `"reject"`},
	{"not sending reject message", "", plain, `"reject_skipped"`},
	{"reject action aborted", "", plain, `"reject_skipped"`},
	{"sent vacation response to ", "", response, `"vacation"`},
	{"discarded vacation reply ", "", plain, `"vacation_skipped"`},
	{"discarding vacation response ", "", plain, `"vacation_skipped"`},
	{"not sending ", "", plain, `"vacation_skipped"`},
	{"discarded duplicate ", "", plain, `"duplicate"`},
	{"sent mail notification to ", "", response, `"notify"`},
	{"failed to send ", "", refused, ""},
	{"piped message to program ", "", plain, `"pipe"`},
	{"sent '", "", plain, `"report"`},
	{"Auto-submitted message discarded: ", "", refused, ""},
	{"Return-Path missing, rejection reason: ", "", refused, ""},
	{"Permanently failed to send rejection: ", "", refused, ""},
}

// findAction finds the last action that stands after a colon, or at the start
// of the text.
func findAction(s string) (*action, int) {
	for end := len(s); ; {
		i := strings.LastIndex(s[:end], ": ")
		at := 0
		if i >= 0 {
			at = i + 2
		}
		for k := range actions {
			if s[at:] != "" && actions[k].start[0] == s[at] && strings.HasPrefix(s[at:], actions[k].start) {
				return &actions[k], at
			}
		}
		if i < 0 {
			return nil, 0
		}
		end = i
	}
}

// verb returns the JSON of the Sieve action; "" for what is none. A message is
// stored by keep and by fileinto: 2.4 says which, 2.3 names only fileinto, and
// before that the folder tells.
func (a *action) verb(name, folder, rest string) string {
	switch a.sieve {
	case `"fileinto"`:
		if name == "keep" || name != "fileinto" && strings.EqualFold(folder, "INBOX") {
			return `"keep"`
		}
	case `"reject"`:
		if strings.HasSuffix(rest, "(ereject)") {
			return `"ereject"`
		}
	}
	return a.sieve
}
