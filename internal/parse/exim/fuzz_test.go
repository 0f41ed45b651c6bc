package exim

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// FuzzParse checks what must hold for any text: a refused one leaves nothing
// behind, a taken one has a type and a level, one status and only strings of
// its own text.
func FuzzParse(f *testing.F) {
	for _, forms := range [][]form{arrivalForms, deliveryForms, queueForms, refusalForms, sessionForms} {
		for _, form := range forms {
			f.Add("exim", "", form.text)
			f.Add("", "2026-11-23 00:29:47 ", form.text)
		}
	}
	for _, text := range readRecords(f, "reject-4.96.log") {
		f.Add("exim4", "", text)
	}
	f.Add("exim", "", "[2/3] I Message-ID: <x>")
	f.Add("exim", "", "[1\\2] 2026-11-23 00:29:47.1 +0100 [7] 1rQwXy-000123-Ab == ")
	f.Fuzz(func(t *testing.T, program, stamp, text string) {
		rec := &event.Record{Text: text, Program: program, Raw: stamp + text}
		if stamp != "" {
			rec.Stamped = stamp + text
		}
		e := &event.Event{Values: []event.Value{{Field: event.Host, Text: "h"}}}
		if !Parse(rec, e) {
			if len(e.Values) != 1 || len(e.Extra) != 0 || len(rec.Secrets) != 0 || e.Time != 0 {
				t.Fatalf("a refused line left %s %q", write(e, nil), rec.Secrets)
			}
			return
		}
		checkEvent(t, e, text)
		for _, secret := range rec.Secrets {
			if secret == "" || !strings.Contains(text, secret) {
				t.Fatalf("secret %q is not in the line", secret)
			}
		}
	})
}

func checkEvent(t *testing.T, e *event.Event, text string) {
	t.Helper()
	if !e.Has(event.EventType) || !e.Has(event.Level) || !e.Has(event.Component) {
		t.Fatalf("no type, level or component: %s", write(e, nil))
	}
	for i := range e.Values {
		f := e.Values[i].Field
		if n := len(e.Strs(f)); n > 1 && f != event.Recipient {
			t.Fatalf("%d values of %s", n, f)
		}
	}
	statuses := []string{
		"", event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced,
		event.StatusExpired, event.StatusRejected, event.StatusDiscarded, event.StatusHeld,
	}
	if !slices.Contains(statuses, e.Str(event.Status)) {
		t.Fatalf("status %q", e.Str(event.Status))
	}
	for _, p := range e.Extra {
		if !json.Valid([]byte(p.JSON)) {
			t.Fatalf("%s is no JSON: %s", p.Name, p.JSON)
		}
	}
	for _, v := range e.Values {
		switch v.Field {
		case event.ClientIP, event.RelayIP, event.QueueID, event.Username, event.Helo, event.SessionID, event.ClientHost, event.DSN:
			if !strings.Contains(text, v.Text) {
				t.Fatalf("%s %q is not in the line", v.Field, v.Text)
			}
		}
	}
}
