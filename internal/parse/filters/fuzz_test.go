package filters

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// FuzzParse checks what must hold for any line: a refused one leaves nothing
// behind, a taken one has one type and component, valid JSON in its own fields
// and, where it is not decoded, only strings of its own text.
func FuzzParse(f *testing.F) {
	for _, name := range []string{"mx1.log", "rspamd.log", "forms.log", "own.log"} {
		for _, text := range readLines(f, name) {
			rec := record(text)
			f.Add(rec.Program, rec.Text)
			f.Add("", rec.Text)
		}
	}
	f.Add("postfix", "action=greylist, reason=new, sender=")
	f.Add("", "Sun Nov 22 20:17:09 2026 -> instream(local): X FOUND")
	f.Fuzz(func(t *testing.T, program, text string) {
		rec := &event.Record{Text: text, Program: program, Raw: text, Zone: time.UTC}
		e := &event.Event{Values: []event.Value{{Field: event.Host, Text: "h"}}}
		if !Parse(rec, e) {
			if len(e.Values) != 1 || len(e.Extra) != 0 || e.Time != 0 || len(rec.Secrets) != 0 {
				t.Fatalf("a refused line left %s", write(e))
			}
			return
		}
		checkEvent(t, e, text)
	})
}

func checkEvent(t *testing.T, e *event.Event, text string) {
	t.Helper()
	for _, f := range []event.Field{event.EventType, event.Component} {
		if len(e.Strs(f)) != 1 {
			t.Fatalf("%s: %q", f, e.Strs(f))
		}
	}
	for _, f := range []event.Field{event.Status, event.Level, event.SpamVerdict, event.VirusName, event.SPF, event.DKIM, event.DMARC, event.QueueID, event.Sender} {
		if n := len(e.Strs(f)); n > 1 {
			t.Fatalf("%d values of %s", n, f)
		}
	}
	statuses := []string{"", event.StatusRejected, event.StatusBounced, event.StatusDiscarded, event.StatusQuarantined}
	if !slices.Contains(statuses, e.Str(event.Status)) {
		t.Fatalf("status %q", e.Str(event.Status))
	}
	for _, p := range e.Extra {
		if !json.Valid([]byte(p.JSON)) {
			t.Fatalf("%s is no JSON: %q", p.Name, p.JSON)
		}
	}
	if strings.HasPrefix(text, "{") {
		return
	}
	for _, v := range e.Values {
		switch v.Field {
		case event.Host, event.Program, event.EventType, event.Component, event.Level, event.Status, event.SpamVerdict, event.SPF, event.DKIM, event.DMARC:
		case event.Sender:
			if v.Text != "<>" && !strings.Contains(text, v.Text) {
				t.Fatalf("sender %q is not in the line", v.Text)
			}
		default:
			if v.Field.Kind().IsText() && !strings.Contains(text, v.Text) {
				t.Fatalf("%s %q is not in the line", v.Field, v.Text)
			}
		}
	}
}
