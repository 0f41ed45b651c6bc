package opensmtpd

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
	id                                                    string
}

func readTruth(t *testing.T, name string) []truth {
	t.Helper()
	var rows []truth
	for _, row := range parsetest.Table(t, name) {
		rows = append(rows, truth{
			scenario: row["scenario"], sender: strings.ToLower(row["sender"]), recipient: strings.ToLower(row["recipient"]),
			id: row["queue_ids"], status: row["final_status"], code: row["smtp_code"], dsn: row["dsn"],
			final: strings.ToLower(row["final_recipient"]),
		})
	}
	return rows
}

// unlogged names the scenarios whose end no line tells.
var unlogged = map[string]bool{"operator_hold": true, "out_expired_hang": true}

// TestTruth compares what the lines say with what really happened.
func TestTruth(t *testing.T) {
	t.Parallel()
	events := dialect.Events(t, "truth/mail.log")
	accepted := map[string]int{}
	for _, e := range events {
		if e.Str(event.Status) == event.StatusAccepted {
			accepted[e.Str(event.QueueID)]++
		}
	}
	rows := readTruth(t, "truth/truth.tsv")
	if len(rows) < 70 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, row := range rows {
		if row.id != "" && accepted[row.id] != 1 {
			t.Errorf("%s: %s was accepted %d times", row.scenario, row.id, accepted[row.id])
		}
		if unlogged[row.scenario] {
			continue
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
		if !r.isAbout(e) || e.Str(event.Status) != r.status {
			continue
		}
		switch {
		case r.status == event.StatusExpired, r.status == event.StatusDiscarded:
			return "" // the answer is in the deferral before
		case r.code != "" && strconv.FormatInt(e.Int(event.SMTPCode), 10) != r.code && e.Str(event.Component) != "mda":
			why = "code " + strconv.FormatInt(e.Int(event.SMTPCode), 10)
		case r.dsn != "" && e.Str(event.DSN) != r.dsn && e.Str(event.Component) != "mda":
			why = "dsn " + e.Str(event.DSN)
		default:
			return ""
		}
	}
	return why
}

// isAbout tells whether an event names the row's message and recipient. A
// refusal has no id; the recipient of a refused MAIL or DATA is not in it.
func (r *truth) isAbout(e *event.Event) bool {
	if r.status == event.StatusRejected {
		switch {
		case e.Has(event.Recipient):
			return e.Str(event.Recipient) == r.recipient
		case e.Has(event.Sender):
			return e.Str(event.Sender) == r.sender
		}
		return e.Str(event.SMTPStage) == "END-OF-MESSAGE"
	}
	if !slices.Contains(e.Strs(event.QueueID), r.id) {
		return false
	}
	to, original := e.Str(event.Recipient), e.Str(event.OriginalRecipient)
	if r.final != "" {
		return to == r.final && original == r.recipient
	}
	return to == r.recipient
}
