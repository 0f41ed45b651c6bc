package parsetest

import (
	"strings"
	"testing"

	"rastro/internal/event"
)

// TestTheRulesCanFail breaks each rule once.
func TestTheRulesCanFail(t *testing.T) {
	t.Parallel()
	for want, parse := range map[string]func(rec *event.Record, e *event.Event) bool{
		"": func(rec *event.Record, e *event.Event) bool {
			e.Add(event.EventType, event.TypeSystem)
			e.Add(event.Sender, "<>")
			e.Add(event.ClientHost, "line")
			rec.Secrets = append(rec.Secrets, "text")
			return true
		},
		"is gone":    func(_ *event.Record, e *event.Event) bool { e.Reset(); return false },
		"left":       func(_ *event.Record, e *event.Event) bool { e.AddExtra("x", "1"); return false },
		"something":  func(rec *event.Record, _ *event.Event) bool { rec.Text = "x"; return false },
		"0 types":    func(*event.Record, *event.Event) bool { return true },
		"values of":  func(_ *event.Record, e *event.Event) bool { return add(e, event.QueueID, "text", "text") },
		"name \"pid": func(_ *event.Record, e *event.Event) bool { e.AddExtra("pid", "1"); return add(e, event.QueueID) },
		"no JSON":    func(_ *event.Record, e *event.Event) bool { e.AddExtra("x", "x"); return add(e, event.QueueID) },
		"list":       func(_ *event.Record, e *event.Event) bool { return add(e, event.Status, "sent") },
		"helo":       func(_ *event.Record, e *event.Event) bool { return add(e, event.Helo, "Line") },
		"secret \"x": func(rec *event.Record, e *event.Event) bool {
			rec.Secrets = []string{"x!"}
			return add(e, event.Helo)
		},
	} {
		d := &Dialect{Parse: parse, Rules: Rules{Once: []event.Field{event.QueueID}}}
		if _, _, fault := d.parse(Record("", "text of a line")); want == "" && fault != "" || !strings.Contains(fault, want) {
			t.Errorf("got %q, want a sentence with %q", fault, want)
		}
	}
}

// add adds a type and values, for an event that breaks no other rule.
func add(e *event.Event, f event.Field, values ...string) bool {
	e.Add(event.EventType, event.TypeSystem)
	for _, v := range values {
		e.Add(f, v)
	}
	return true
}

// TestHeaders takes the header off lines of both kinds.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for line, want := range map[string][3]string{
		"Nov  2 20:17:13 mx1 postfix/smtpd[12]: connect from h ": {"postfix/smtpd", "12", "connect from h"},
		"2026-11-22T20:17:13Z mx1 dovecot: master: x":            {"dovecot", "", "master: x"},
		"2026-11-22T20:17:13Z mx1 no tag":                        {"", "", "no tag"},
		"":                                                       {},
	} {
		if rec := Syslog(line); rec.Program != want[0] || rec.PID != want[1] || rec.Text != want[2] || rec.Raw != line {
			t.Errorf("%q: got %+v", line, rec)
		}
	}
}

// TestRespell keeps the spelling of golden lines that say the same.
func TestRespell(t *testing.T) {
	t.Parallel()
	got := respell([]string{`{"a":"<new>"}`, `{"a":"<x>"}`}, []string{`{"a":"\u003cx\u003e"}`, `null`})
	if got[0] != `{"a":"<new>"}` || got[1] != `{"a":"\u003cx\u003e"}` {
		t.Errorf("got %q", got)
	}
}
