package parse

import (
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// attempt is one login that a driver made, with what it got.
type attempt struct {
	at                int64
	service, user, ip string
	ok                bool
}

// TestLogins compares the logins of three machines with what really happened.
// A login to a mailbox is an authentication event, and so is every one that
// fails. A successful login to submission is known by the line of the message
// that follows it, or by a refusal that names the user; two of the sessions
// were refused in a way that does not (a Postfix before 3.10).
func TestLogins(t *testing.T) {
	t.Parallel()
	var events []*event.Event
	for file, place := range map[string]string{"mx1.log": "America/Bogota", "store1.log": "America/Bogota", "store2.log": "UTC"} {
		origin := &event.Origin{Name: file, ID: file, Zone: zone(t, place)}
		for _, text := range readLines(t, "testdata/logins/"+file) {
			events = append(events, parseOne(event.Line{Text: text, Origin: origin}))
		}
	}
	var mailbox, failed, submitted, missed int
	for _, a := range readAttempts(t) {
		smtp := a.service == "submission" || a.service == "smtps"
		switch kind := a.find(events); {
		case kind == event.TypeAuthentication && a.ok && !smtp:
			mailbox++
		case kind == event.TypeAuthentication && !a.ok:
			failed++
		case kind != "" && a.ok && smtp:
			submitted++
		default:
			missed++
			t.Logf("not found: %+v", a)
		}
	}
	if mailbox != 30 || failed != 41 || submitted != 86 || missed != 2 {
		t.Errorf("%d mailbox logins, %d failures, %d submissions, %d missed", mailbox, failed, submitted, missed)
	}
}

func readAttempts(t *testing.T) (all []attempt) {
	t.Helper()
	for _, row := range readLines(t, "testdata/logins/truth.tsv")[1:] {
		c := strings.Split(row, "\t")
		at, err := time.Parse(time.RFC3339, c[0])
		if err != nil || len(c) != 5 {
			t.Fatalf("row %q: %v", row, err)
		}
		all = append(all, attempt{at: at.UnixNano(), service: c[1], user: strings.ToLower(c[2]), ip: c[3], ok: c[4] == "ok"})
	}
	return all
}

// find returns the type of the event that tells of a, an authentication where
// there is one. The driver noted its time at the end of a session, so that the
// event may be three seconds older.
func (a *attempt) find(events []*event.Event) (kind string) {
	for _, e := range events {
		early := a.at - e.Time
		if early > 3500*int64(time.Millisecond) || early < -2*int64(time.Second) ||
			!strings.EqualFold(e.Str(event.Username), a.user) || e.Str(event.ClientIP) != a.ip {
			continue
		}
		switch e.Str(event.EventType) {
		case event.TypeAuthentication:
			if e.Has(event.Success) && e.Bool(event.Success) == a.ok {
				return event.TypeAuthentication
			}
		case event.TypeReception, event.TypeRejection:
			if a.ok {
				kind = e.Str(event.EventType)
			}
		}
	}
	return kind
}
