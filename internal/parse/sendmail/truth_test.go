package sendmail

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"rastro/internal/event"
)

// truth is one row of a table of what really happened to a recipient's copy,
// taken from mailboxes and servers, not from the log.
type truth struct {
	scenario, sender, recipient, final, status, code, dsn string
	id, messageID, related                                string
}

// readTable reads a table of tab-separated columns without its head.
func readTable(t *testing.T, name string) (rows [][]string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range strings.Split(strings.TrimRight(string(text), "\n"), "\n") {
		if i > 0 {
			rows = append(rows, strings.Split(row, "\t"))
		}
	}
	return rows
}

func readEvents(t *testing.T) (events []*event.Event) {
	t.Helper()
	for _, text := range readLines(t, "truth/mail.log") {
		e := &event.Event{}
		if !Parse(record(text), e) {
			t.Errorf("not taken: %s", text)
		}
		events = append(events, e)
	}
	return events
}

// TestTruth compares what the lines say with what really happened.
func TestTruth(t *testing.T) {
	t.Parallel()
	events := readEvents(t)
	accepted := map[string]*event.Event{}
	for _, e := range events {
		if e.Str(event.Status) == event.StatusAccepted {
			if accepted[e.Str(event.QueueID)] != nil {
				t.Errorf("%s was accepted twice", e.Str(event.QueueID))
			}
			accepted[e.Str(event.QueueID)] = e
		}
	}
	rows := readTable(t, "truth/truth.tsv")
	if len(rows) < 70 {
		t.Fatalf("only %d rows", len(rows))
	}
	for _, c := range rows {
		row := truth{
			scenario: c[1], sender: strings.ToLower(c[2]), recipient: strings.ToLower(c[3]), id: c[4], messageID: c[5],
			status: c[6], code: c[7], dsn: c[8], final: strings.ToLower(c[10]), related: c[13],
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
	for _, e := range readEvents(t) {
		if e.Str(event.EventType) == event.TypeAuthentication {
			seen[login{e.Str(event.Username), e.Str(event.ClientIP), e.Bool(event.Success)}]++
		}
	}
	want := map[login]int{}
	for _, c := range readTable(t, "truth/auth.tsv") {
		times := 2
		if c[5] == "ok" {
			times = 1
		}
		want[login{c[3], c[4], c[5] == "ok"}] += times
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
