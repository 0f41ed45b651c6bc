package parse

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
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
		for _, text := range parsetest.Lines(t, "logins/"+file) {
			events = append(events, parseOne(event.Line{Text: text, Origin: origin}))
		}
	}
	attempts, missed := readAttempts(t), 0
	for _, a := range attempts {
		if !a.find(events) {
			missed++
			t.Logf("not found: %+v", a)
		}
	}
	// Two clients logged in and were refused before their message began: no
	// line of Postfix names their user.
	if len(attempts) != 159 || missed != 2 {
		t.Errorf("%d of %d logins are not found", missed, len(attempts))
	}
}

func readAttempts(t *testing.T) (all []attempt) {
	t.Helper()
	for _, row := range parsetest.Lines(t, "logins/truth.tsv")[1:] {
		c := strings.Split(row, "\t")
		at, err := time.Parse(time.RFC3339, c[0])
		if err != nil || len(c) != 5 {
			t.Fatalf("row %q: %v", row, err)
		}
		all = append(all, attempt{at: at.UnixNano(), service: c[1], user: strings.ToLower(c[2]), ip: c[3], ok: c[4] == "ok"})
	}
	return all
}

// find tells whether an event of type authentication tells of a. The driver
// noted its time at the end of a session, so that the event may be three
// seconds older.
func (a *attempt) find(events []*event.Event) bool {
	return slices.ContainsFunc(events, func(e *event.Event) bool {
		early := a.at - e.Time
		return early <= 3500*int64(time.Millisecond) && early >= -2*int64(time.Second) &&
			strings.EqualFold(e.Str(event.Username), a.user) && e.Str(event.ClientIP) == a.ip &&
			slices.Contains(e.Strs(event.EventType), event.TypeAuthentication) && e.Has(event.Success) && e.Bool(event.Success) == a.ok
	})
}
