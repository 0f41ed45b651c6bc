package trace

import (
	"slices"
	"strings"
	"testing"
)

// TestElemtaOld reads the generation of June 2025: the client is told another
// id than the queue's, and every failure is tried again.
func TestElemtaOld(t *testing.T) {
	var got []string
	for _, j := range elemtaJourneys(t, elemtaLines("old.log", elemtaFile(t, "legacy-903520a.log"))) {
		got = append(got, elemtaStory(&j))
		if j.Status != Abandoned && (len(j.QueueIDs) != 2 || !strings.HasPrefix(j.QueueIDs[1], "elemta-0-") || len(j.SessionIDs) != 1) {
			t.Errorf("ids %q %q", j.QueueIDs, j.SessionIDs)
		}
	}
	want := []string{
		"sender@example.com recipient@example.com delivered probable 10.20.0.5 client.example.com ",
		"sender@example.com recipient@example.com delivered probable 10.20.0.5 client.example.com ",
		"sender@example.com second@example.com delivered probable 10.20.0.5 client.example.com ",
		"sender@example.com nobody@example.com deferred probable 5.1.1 10.20.0.5 client.example.com ",
		"sender@example.com later@example.com delivered probable 10.20.0.5 client.example.com ",
		"sender@example.com full@example.com unknown probable 5.2.2 10.20.0.5 client.example.com ",
		"sender@example.com recipient@example.com unknown probable 5.2.2 10.20.0.5 client.example.com ",
		"x@bad.example y@elsewhere.example delivered probable 198.51.100.7 bad.example.net ",
		"demo@example.com y@elsewhere.example delivered probable 198.51.100.7 laptop demo@example.com",
		"a@b.c z@example.com abandoned exact 198.51.100.7  ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestElemtaOldRefusals: that generation does not log its answers, but it does
// log why.
func TestElemtaOldRefusals(t *testing.T) {
	line := func(at, level, rest string) string {
		return `{"time":"2025-06-21T10:00:00.` + at + `0000001Z","level":"` + level + `","msg":` + rest + `,"component":"smtp-session","remote_addr":"192.0.2.10:40000","session_id":"8502f083-9d02-4581-a7c9-45957e862a7f"` + "}\n"
	}
	all := elemtaOf(t, line("10", "INFO", `"mail from accepted","from":"a@x.example"`)+
		line("20", "WARN", `"relay denied","recipient":"y@elsewhere.example"`)+
		line("30", "INFO", `"rcpt to accepted","to":"b@y.example"`)+
		line("40", "WARN", `"message size exceeded","size":600000,"limit":300000`)+
		line("41", "ERROR", `"message size exceeded","error":"message too large: 600000 > 300000"`)+
		line("50", "INFO", `"session ended"`))
	var got []string
	for _, j := range all {
		got = append(got, j.Recipient+" "+string(j.Status)+" "+j.Stage)
	}
	if want := []string{"b@y.example rejected END-OF-MESSAGE", "y@elsewhere.example rejected RCPT"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// elemtaOf reads a few lines.
func elemtaOf(t *testing.T, text string) []Journey {
	t.Helper()
	return elemtaJourneys(t, elemtaLines("elemta.log", strings.TrimLeft(text, "\n")))
}

// TestElemtaBothIDs reads the generation of autumn 2025, in which one line names
// the session and the queue id.
func TestElemtaBothIDs(t *testing.T) {
	const session = `"component":"smtp-session","remote_addr":"192.0.2.10:40000","session_id":"11111111-520d-4675-ac23-c54fd09933ea","component":"session-data"`
	const envelope = `"message_id":"1765015200299000000-299000050","from_envelope":"joe@partner.example","to_envelope":["ana@hostco.example"]`
	all := elemtaOf(t, `
{"time":"2025-12-06T10:00:00.100000001Z","level":"INFO","msg":"mail_from_accepted",`+session+`,"mail_from":"joe@partner.example"}
{"time":"2025-12-06T10:00:00.200000001Z","level":"INFO","msg":"rcpt_to_accepted",`+session+`,"rcpt_to":"ana@hostco.example"}
{"time":"2025-12-06T10:00:00.300000001Z","level":"INFO","msg":"message_accepted","component":"queue",`+envelope+`}
{"time":"2025-12-06T10:00:00.310000001Z","level":"INFO","msg":"message_enqueued",`+session+`,`+envelope+`,"message_subject":"Hola","message_id_header":"<1@partner.example>"}
{"time":"2025-12-06T10:00:01.310000001Z","level":"INFO","msg":"Attempting LMTP delivery","component":"lmtp-delivery","message_id":"1765015200299000000-299000050","from":"joe@partner.example","to":["ana@hostco.example"],"server":"127.0.0.1:2424"}
{"time":"2025-12-06T10:00:01.410000001Z","level":"ERROR","msg":"message_bounced","component":"queue-processor",`+envelope+`,"error":"all recipients rejected: [Ana@hostco.example]"}
{"time":"2025-12-06T10:00:01.420000001Z","level":"INFO","msg":"message_deferred","component":"queue-processor","message_id":"1765015200299000000-299000050","status":"deferred"}
{"time":"2025-12-06T10:01:01.310000001Z","level":"INFO","msg":"Attempting LMTP delivery","component":"lmtp-delivery","message_id":"1765015200299000000-299000050","from":"joe@partner.example","to":["ana@hostco.example"],"server":"127.0.0.1:2424"}
{"time":"2025-12-06T10:01:01.420000001Z","level":"INFO","msg":"message_delivered","component":"queue-processor",`+envelope+`,"status":"delivered"}
`)
	if len(all) != 1 {
		t.Fatalf("%d journeys", len(all))
	}
	j := all[0]
	if j.Status != Delivered || j.Attempts != 2 || j.Confidence != Exact || j.MessageID != "<1@partner.example>" || j.Subject != "Hola" || len(j.QueueIDs) != 1 || len(j.SessionIDs) != 1 {
		t.Errorf("%+v", j)
	}
}

// TestElemtaTwins sends two equal messages at the same instant: which is which
// is a guess.
func TestElemtaTwins(t *testing.T) {
	line := func(at, rest string) string {
		return `{"time":"2026-11-23T10:00:` + at + `Z","level":"INFO","msg":` + rest + "}\n"
	}
	dialogue := func(n string) string {
		return `"component":"smtp-session","remote_addr":"192.0.2.1` + n + `:4000","session_id":"` + n + `1111111-520d-4675-ac23-c54fd09933ea"`
	}
	var b strings.Builder
	for _, n := range []string{"1", "2"} {
		b.WriteString(line("00.10000000"+n, `"mail_from_accepted",`+dialogue(n)+`,"mail_from":"a@x.example"`))
		b.WriteString(line("00.20000000"+n, `"rcpt_to_accepted",`+dialogue(n)+`,"rcpt_to":"b@y.example"`))
		b.WriteString(line("00.30000000"+n, `"message_accepted","component":"queue","message_id":"176501520000000000`+n+`-5","from_envelope":"a@x.example","to_envelope":["b@y.example"]`))
		b.WriteString(line("00.40000000"+n, `"message_reception",`+dialogue(n)+`,"component":"message-lifecycle","message_id":"<`+n+`@x.example>","from":"a@x.example","to":["b@y.example"]`))
	}
	all := elemtaOf(t, b.String())
	if len(all) != 2 {
		t.Fatalf("%d journeys", len(all))
	}
	for i, j := range all {
		if j.Confidence != Guess || j.Status != Accepted || len(j.QueueIDs) != 1 || len(j.SessionIDs) != 1 || j.QueueIDs[0] == all[1-i].QueueIDs[0] {
			t.Errorf("%+v", j)
		}
	}
}

// TestElemtaManual reads the lines of the manual of 2025.
func TestElemtaManual(t *testing.T) {
	all := elemtaOf(t, `
SMTP: 2024-01-15 10:30:45 new connection: 192.168.1.100:54321
component=queue-processor message_id=abc123 from=sender@example.com to=[recipient@example.com]
component=lmtp-delivery message_id=abc123 from=sender@example.com to=[recipient@example.com]
2024-01-15 10:30:48 ERROR Failed to deliver message: connection refused
`)
	if len(all) != 1 {
		t.Fatalf("%d journeys", len(all))
	}
	if j := all[0]; j.Status != Accepted || j.Sender != "sender@example.com" || j.Recipient != "recipient@example.com" || !slices.Equal(j.QueueIDs, []string{"abc123"}) || j.MessageID != "" {
		t.Errorf("%+v", j)
	}
}
