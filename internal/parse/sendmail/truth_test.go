package sendmail

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// truth is one row of a table of what really happened to a recipient's copy,
// taken from mailboxes and servers, not from the log.
type truth struct {
	scenario, sender, recipient, final, status, code, dsn string
	id, messageID, related                                string
}

// TestTruth compares what the lines say with what really happened.
func TestTruth(t *testing.T) {
	t.Parallel()
	events := dialect.Events(t, "truth/mail.log")
	accepted := map[string]*event.Event{}
	for _, e := range events {
		if e.Str(event.Status) == event.StatusAccepted {
			if accepted[e.Str(event.QueueID)] != nil {
				t.Errorf("%s was accepted twice", e.Str(event.QueueID))
			}
			accepted[e.Str(event.QueueID)] = e
		}
	}
	rows := parsetest.Table(t, "truth/truth.tsv")
	if len(rows) < 70 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, c := range rows {
		row := truth{
			scenario: c["scenario"], sender: strings.ToLower(c["sender"]), recipient: strings.ToLower(c["recipient"]),
			id: c["queue_ids"], messageID: c["message_id"], status: c["final_status"], code: c["smtp_code"], dsn: c["dsn"],
			final: strings.ToLower(c["final_recipient"]), related: c["related_queue_ids"],
		}
		if e := accepted[row.id]; row.id != "" && (e == nil || e.Str(event.Sender) != row.sender || e.Str(event.MessageID) != row.messageID && row.messageID != "") {
			t.Errorf("%+v: no reception", row)
		}
		if why := row.check(events); why != "" {
			t.Errorf("%+v: %s", row, why)
		}
	}
}

// check returns why no event tells the row's fate, "" if one does.
func (r *truth) check(events []*event.Event) string {
	why := "no event"
	for _, e := range events {
		if e.Str(event.Status) != r.status || !r.isAbout(e) {
			continue
		}
		code := strconv.FormatInt(e.Int(event.SMTPCode), 10)
		switch {
		case r.status == event.StatusExpired:
			if strings.Contains(r.related, "failed:"+e.Str(event.NextQueueID)) {
				return ""
			}
			why = "child " + e.Str(event.NextQueueID)
		case r.code != "" && e.Has(event.SMTPCode) && code != r.code:
			why = "code " + code
		case r.dsn != "" && e.Has(event.DSN) && e.Str(event.DSN) != r.dsn:
			why = "dsn " + e.Str(event.DSN)
		case r.status == event.StatusBounced && !e.Has(event.DSN):
			why = "no dsn"
		default:
			return ""
		}
	}
	return why
}

// isAbout tells whether an event names the row's message and recipient. The
// line about an expiry names no recipient.
func (r *truth) isAbout(e *event.Event) bool {
	to := e.Strs(event.Recipient)
	switch r.status {
	case event.StatusRejected:
		return slices.Contains(to, r.recipient)
	case event.StatusExpired:
		return e.Str(event.QueueID) == r.id
	case event.StatusDiscarded:
		return e.Str(event.QueueID) == r.id && e.Str(event.OriginalRecipient) == r.recipient
	}
	// Aliases are not always named: then the final address stands in brackets
	// as if it had been given.
	return e.Str(event.QueueID) == r.id && (slices.Contains(to, r.recipient) || r.final != "" && slices.Contains(to, r.final))
}

// TestLogins compares the lines about logins with those that were tried: each
// success has one, each failure one for each of two mechanisms.
func TestLogins(t *testing.T) {
	t.Parallel()
	type login struct {
		user, ip string
		ok       bool
	}
	seen := map[login]int{}
	for _, e := range dialect.Events(t, "truth/mail.log") {
		if e.Str(event.EventType) == event.TypeAuthentication {
			seen[login{e.Str(event.Username), e.Str(event.ClientIP), e.Bool(event.Success)}]++
		}
	}
	want := map[login]int{}
	for _, c := range parsetest.Table(t, "truth/auth.tsv") {
		times := 2
		if c["result"] == "ok" {
			times = 1
		}
		want[login{c["user"], c["client_ip"], c["result"] == "ok"}] += times
	}
	for l, n := range want {
		if seen[l] != n {
			t.Errorf("%+v: %d lines, want %d", l, seen[l], n)
		}
	}
	if len(seen) != len(want) {
		t.Errorf("%d kinds of logins, want %d", len(seen), len(want))
	}
}
