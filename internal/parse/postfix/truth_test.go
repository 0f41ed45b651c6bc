package postfix

import (
	"strconv"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// fate is one row of a table of what really happened to a recipient's copy,
// taken from mailboxes and servers, not from the log.
type fate struct {
	scenario, sender, recipient, final, status, code, dsn, receipt string
	ids                                                            []string
}

func readFates(t *testing.T, name string) []fate {
	t.Helper()
	var fates []fate
	for _, row := range parsetest.Table(t, name) {
		f := fate{
			scenario: row["scenario"], sender: strings.ToLower(row["sender"]), recipient: strings.ToLower(row["recipient"]),
			status: row["final_status"], code: row["smtp_code"], dsn: row["dsn"],
			final: strings.ToLower(row["final_recipient"]), receipt: row["remote_queue_id"],
		}
		if row["queue_ids"] != "" {
			f.ids = strings.Split(row["queue_ids"], ",")
		}
		fates = append(fates, f)
	}
	return fates
}

// elsewhere names the scenarios whose end is told by another program's lines:
// the mailbox server's or the content filter's.
var elsewhere = map[string]bool{
	"sieve_discard": true, "sieve_reject": true, "amavis_banned": true,
}

// TestTruth compares what the lines say with what really happened.
func TestTruth(t *testing.T) {
	t.Parallel()
	events := dialect.Events(t, "truth/mail.log")
	for _, f := range readFates(t, "truth/truth.tsv") {
		if elsewhere[f.scenario] {
			continue
		}
		if why := f.check(events); why != "" {
			t.Errorf("%s: %s to %s %v, %s %s %s: %s", f.scenario, f.sender, f.recipient, f.ids, f.status, f.code, f.dsn, why)
		}
	}
}

func (f *fate) check(events []*event.Event) string {
	switch f.status {
	case "rejected":
		return f.checkRejected(events)
	case "delivered", "bounced", "deferred":
		return f.checkDelivery(events, f.status)
	case "expired", "held", "discarded":
		for _, e := range events {
			mine := f.mentions(e) || e.Str(event.Sender) == f.sender && e.Str(event.Recipient) == f.recipient
			if mine && e.Str(event.Status) == f.status {
				return ""
			}
		}
		return "no such event"
	}
	return ""
}

// mentions tells whether an event is about one of the queue ids.
func (f *fate) mentions(e *event.Event) bool {
	for _, id := range f.ids {
		if e.Str(event.QueueID) == id {
			return true
		}
	}
	return false
}

func (f *fate) checkDelivery(events []*event.Event, status string) string {
	why := "no delivery line"
	for _, e := range events {
		if !f.mentions(e) || e.Str(event.EventType) != event.TypeDelivery || e.Str(event.Status) != status {
			continue
		}
		to := e.Str(event.Recipient)
		if to != f.recipient && to != f.final && e.Str(event.OriginalRecipient) != f.recipient {
			continue
		}
		switch {
		case f.dsn != "" && e.Str(event.DSN) != f.dsn:
			why = "dsn " + e.Str(event.DSN)
		case f.code != "" && e.Has(event.SMTPCode) && strconv.FormatInt(e.Int(event.SMTPCode), 10) != f.code:
			why = "code " + strconv.FormatInt(e.Int(event.SMTPCode), 10)
		case f.receipt != "" && !strings.HasPrefix(e.Str(event.RemoteQueueID), f.receipt):
			why = "receipt " + e.Str(event.RemoteQueueID)
		default:
			return ""
		}
	}
	return why
}

// checkRejected looks for the refusal. A code of 250 in the table is the answer
// to the recipient of a message that was refused after its data.
func (f *fate) checkRejected(events []*event.Event) string {
	why := "no rejection"
	for _, e := range events {
		if e.Str(event.Status) != event.StatusRejected {
			continue
		}
		if e.Has(event.Recipient) && (e.Str(event.Recipient) != f.recipient || e.Str(event.Sender) != f.sender) {
			continue
		}
		if !e.Has(event.Recipient) && e.Str(event.Sender) != f.sender && !f.mentions(e) {
			continue
		}
		switch {
		case f.code == "250":
			return ""
		case e.Has(event.DSN) && f.dsn != "" && e.Str(event.DSN) != f.dsn:
			why = "dsn " + e.Str(event.DSN)
		case e.Has(event.SMTPCode) && strconv.FormatInt(e.Int(event.SMTPCode), 10) != f.code:
			why = "code " + strconv.FormatInt(e.Int(event.SMTPCode), 10)
		default:
			return ""
		}
	}
	return why
}
