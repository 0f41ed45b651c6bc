package postfix

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// FuzzParse checks what must hold for any line: a refused one leaves nothing
// behind, a taken one has a type and a level and only strings of its own text.
func FuzzParse(f *testing.F) {
	for _, text := range readLines(f, "forms-3.7.log") {
		rec := record(text)
		f.Add(rec.Program, rec.Text)
	}
	f.Add("", "000000: to=<>, relay=, status=sent 200")
	f.Add("", "NOQUEUE: reject: RCPT from h[1.2.3.4]: 550 no; from=<\"a; from=<b\"@c> to=<d> proto=SMTP helo=<e>")
	f.Fuzz(func(t *testing.T, program, text string) {
		rec := &event.Record{Text: text, Program: program, Raw: text}
		e := &event.Event{Values: []event.Value{{Field: event.Host, Text: "h"}}}
		if !Parse(rec, e) {
			if len(e.Values) != 1 || len(e.Extra) != 0 || len(rec.Secrets) != 0 {
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
	if !e.Has(event.EventType) || !e.Has(event.Level) {
		t.Fatalf("no type or level: %s", write(e, nil))
	}
	for _, f := range []event.Field{event.Recipient, event.Status, event.EventType, event.Level, event.QueueID, event.DSN} {
		if n := len(e.Strs(f)); n > 1 {
			t.Fatalf("%d values of %s", n, f)
		}
	}
	for _, p := range e.Extra {
		if !json.Valid([]byte(p.JSON)) {
			t.Fatalf("%s: %s is no JSON", p.Name, p.JSON)
		}
	}
	statuses := []string{
		"", event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced,
		event.StatusExpired, event.StatusRejected, event.StatusDiscarded, event.StatusHeld, event.StatusForwarded,
	}
	if !slices.Contains(statuses, e.Str(event.Status)) {
		t.Fatalf("status %q", e.Str(event.Status))
	}
	for _, v := range e.Values {
		switch v.Field {
		case event.Sender, event.Recipient, event.OriginalRecipient, event.Component, event.Level, event.EventType, event.Status, event.Host, event.Program:
		case event.SMTPStage:
		case event.DSN: // smtpd's own answer may be known without being logged
			if leadingDSN(v.Text) != v.Text {
				t.Fatalf("dsn %q", v.Text)
			}
		default:
			if v.Field.Kind().IsText() && !strings.Contains(text, v.Text) {
				t.Fatalf("%s %q is not in the line", v.Field, v.Text)
			}
		}
	}
}
