package exim

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// fate is one row of a table of what really happened to a recipient's copy,
// taken from mailboxes and servers, not from the log.
type fate struct {
	scenario, sender, recipient, final, messageID, status, code, dsn string
	client, reason                                                   string
	ids, failed                                                      []string
}

func readFates(t *testing.T) []fate {
	t.Helper()
	var fates []fate
	for _, row := range parsetest.Table(t, "truth/truth.tsv") {
		f := fate{
			scenario: row["scenario"], sender: row["sender"], recipient: row["recipient"], messageID: row["message_id"],
			status: row["final_status"], code: row["smtp_code"], dsn: row["dsn"],
			final: row["final_recipient"], client: row["client_ip"], reason: row["reject_text"],
		}
		if f.final == "" {
			f.final = f.recipient
		}
		if ids := row["queue_ids"]; ids != "" {
			f.ids = strings.Split(ids, ",")
		}
		for _, child := range strings.Split(row["related_queue_ids"], ",") {
			if id, ok := strings.CutPrefix(child, "failed:"); ok {
				f.failed = append(f.failed, id)
			}
		}
		fates = append(fates, f)
	}
	return fates
}

// TestTruth compares what the lines say with what really happened.
func TestTruth(t *testing.T) {
	t.Parallel()
	events := append(dialect.Events(t, "truth/mainlog"), dialect.Events(t, "truth/rejectlog")...)
	for _, f := range readFates(t) {
		if why := f.check(events); why != "" {
			t.Errorf("%s: %s to %s %v, %s %s %s: %s", f.scenario, f.sender, f.recipient, f.ids, f.status, f.code, f.dsn, why)
		}
	}
}

// check says what is missing from the events.
func (f *fate) check(events []*event.Event) string {
	if f.status == "rejected" {
		return f.checkRejected(events)
	}
	if why := f.checkArrival(events); why != "" {
		return why
	}
	if why := f.checkChildren(events); why != "" {
		return why
	}
	why := "no such fate"
	for _, e := range events {
		if !f.mentions(e) || e.Str(event.Status) != f.status {
			continue
		}
		to := e.Str(event.Recipient)
		named := to == f.final && (to == f.recipient || e.Str(event.OriginalRecipient) == f.recipient)
		if !named && !(to == "" && (f.status == "held" || f.status == "discarded")) {
			continue
		}
		switch {
		case f.status == "delivered" || f.status == "bounced" && f.code != "":
			if f.dsn != "" && e.Str(event.DSN) != f.dsn {
				why = "dsn " + e.Str(event.DSN)
				continue
			}
			if code(e) != f.code {
				why = "code " + code(e)
				continue
			}
		}
		return ""
	}
	return why
}

func code(e *event.Event) string {
	if !e.Has(event.SMTPCode) {
		return ""
	}
	return strconv.FormatInt(e.Int(event.SMTPCode), 10)
}

// mentions tells whether an event is about one of the message ids.
func (f *fate) mentions(e *event.Event) bool {
	return slices.Contains(f.ids, e.Str(event.QueueID))
}

func (f *fate) checkArrival(events []*event.Event) string {
	for _, e := range events {
		if !f.mentions(e) || e.Str(event.Status) != event.StatusAccepted {
			continue
		}
		switch {
		case e.Str(event.Sender) != f.sender:
			return "sender " + e.Str(event.Sender)
		case f.messageID != "" && e.Str(event.MessageID) != f.messageID:
			return "message id " + e.Str(event.MessageID)
		case e.Str(event.ClientIP) != f.client:
			return "client " + e.Str(event.ClientIP)
		}
		return ""
	}
	return "no arrival"
}

// checkChildren looks for the bounces of the message.
func (f *fate) checkChildren(events []*event.Event) string {
	for _, id := range f.failed {
		found := slices.ContainsFunc(events, func(e *event.Event) bool {
			return e.Str(event.QueueID) == id && slices.Contains(f.ids, e.Str(event.ParentQueueID)) && e.Str(event.Sender) == "<>"
		})
		if !found {
			return "no link from " + id
		}
	}
	return ""
}

// checkRejected looks for the refusal. The message id and, after the data, the
// recipient are in the reject log only.
func (f *fate) checkRejected(events []*event.Event) string {
	why := "no rejection"
	for _, e := range events {
		if e.Str(event.Status) != event.StatusRejected || e.Str(event.Sender) != f.sender {
			continue
		}
		if to := e.Str(event.Recipient); to != f.recipient && !(to == "" && e.Str(event.SMTPStage) == "MAIL") {
			continue
		}
		switch {
		case code(e) != f.code:
			why = "code " + code(e)
		case e.Str(event.DSN) != f.dsn:
			why = "dsn " + e.Str(event.DSN)
		case e.Str(event.ClientIP) != f.client:
			why = "client " + e.Str(event.ClientIP)
		case f.messageID != "" && e.Str(event.MessageID) != f.messageID && e.Str(event.SMTPStage) == "END-OF-MESSAGE":
			why = "message id " + e.Str(event.MessageID)
		default:
			return ""
		}
	}
	return why
}

// TestLogins compares the logins with those that were tried. A failed one is
// logged once for each mechanism.
func TestLogins(t *testing.T) {
	t.Parallel()
	events := dialect.Events(t, "truth/mainlog")
	for _, row := range parsetest.Table(t, "truth/auth.tsv") {
		user, ip, ok := row["user"], row["client_ip"], row["result"] == "ok"
		found := slices.ContainsFunc(events, func(e *event.Event) bool {
			if e.Str(event.Username) != user || e.Str(event.ClientIP) != ip || e.Str(event.AuthMethod) == "" {
				return false
			}
			if ok {
				return e.Str(event.EventType) == event.TypeReception
			}
			return e.Str(event.EventType) == event.TypeAuthentication && e.Has(event.Success) && !e.Bool(event.Success)
		})
		if !found {
			t.Errorf("no login of %s from %s, ok: %v", user, ip, ok)
		}
	}
}
