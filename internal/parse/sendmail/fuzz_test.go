package sendmail

import (
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
)

// FuzzParse checks what must hold for any line: a refused one leaves nothing
// behind, a taken one has a type and a level and only strings of its own text.
func FuzzParse(f *testing.F) {
	for _, text := range readLines(f, "host-8.17.log") {
		rec := record(text)
		f.Add(rec.Program, rec.Text)
	}
	for _, form := range slices.Concat(messageForms, refusalForms, sessionForms) {
		f.Add(form.program, form.text)
	}
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
	for _, f := range []event.Field{event.EventType, event.Level, event.Component} {
		if len(e.Strs(f)) != 1 {
			t.Fatalf("%d values of %s: %s", len(e.Strs(f)), f, write(e, nil))
		}
	}
	for _, f := range []event.Field{event.QueueID, event.Status, event.Success, event.DSN} {
		if n := len(e.Strs(f)); n > 1 {
			t.Fatalf("%d values of %s", n, f)
		}
	}
	statuses := []string{
		"", event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced,
		event.StatusExpired, event.StatusRejected, event.StatusDiscarded, event.StatusQuarantined, event.StatusForwarded,
	}
	if !slices.Contains(statuses, e.Str(event.Status)) {
		t.Fatalf("status %q", e.Str(event.Status))
	}
	for _, v := range e.Values {
		switch v.Field {
		case event.Sender, event.Recipient, event.OriginalRecipient, event.Component, event.Level,
			event.EventType, event.Status, event.Host, event.SMTPStage:
		case event.DSN: // some are the constants that a sentence always has
		default:
			if v.Field.Kind().IsText() && !strings.Contains(text, v.Text) {
				t.Fatalf("%s %q is not in the line", v.Field, v.Text)
			}
		}
	}
}
