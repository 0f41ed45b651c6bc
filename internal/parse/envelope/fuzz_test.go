package envelope

import (
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// FuzzUnwrap wants no panic, no lost text and the same answer twice.
func FuzzUnwrap(f *testing.F) {
	for _, seed := range []string{
		"Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[1.2.3.4]",
		"<22>1 2026-11-23T00:21:44.123456789Z mx1 postfix/smtp 77 ID47 [a@1 k=\"v ] \\\" x\"][b] text",
		"<22>1 2026-11-22T20:17:13.399154-05:00 mx1 **NO MATCH** **BAD REGULAR EXPRESSION** 1843409 - -  54: x",
		`{"log":"Nov 22 20:16:42 mx1 a[18]: \u00e9x\n","stream":"stdout","time":"2026-11-23T01:16:42.7Z"}`,
		`{"__REALTIME_TIMESTAMP":"1795396602735849","_HOSTNAME":"mx1","MESSAGE":[104,105,255]}`,
		"2026-11-23T01:17:13Z stderr P one \n2026-11-23T01:17:13Z stderr F two",
		"2026/11/23 00:23:44.000123 x", "2026-11-22 19:55:33.123 +0100 [55] x", "Feb 29 10:00:00 a b[1]: c",
		"Oct 25 02:30:00 mx1 a: message repeated 2 times: [ x]", "\x00\x00\ufeff<13>x: y",
	} {
		f.Add(seed, int64(1795396602735849000), "Europe/Madrid")
	}
	f.Fuzz(func(t *testing.T, text string, anchor int64, name string) {
		loc, err := time.LoadLocation(name)
		if err != nil {
			loc = time.UTC
		}
		anchor = max(min(anchor, 9e18), -9e18)
		line := event.Line{Text: text, Origin: &event.Origin{Zone: loc}, ReceivedAt: anchor}
		var u Unwrapper
		var rec, again event.Record
		e := new(event.Event)
		u.Unwrap(&line, &rec, e)
		u.Unwrap(&line, &again, new(event.Event))
		if rec.Text != again.Text || rec.Time != again.Time || rec.Host != again.Host || rec.Program != again.Program || rec.PID != again.PID {
			t.Errorf("%+v, then %+v", rec, again)
		}
		if !strings.Contains(rec.Raw, rec.Text) {
			t.Errorf("text %q is no part of %q", rec.Text, rec.Raw)
		}
		if rec.Zone == nil {
			t.Error("no zone")
		}
		if len(rec.Raw) > 3*len(text) {
			t.Errorf("%d bytes became %d", len(text), len(rec.Raw))
		}
	})
}
