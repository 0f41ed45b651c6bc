package elemta

import (
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// TestSeedSamples checks the published samples: type and fields exactly as the
// manual lists them.
func TestSeedSamples(t *testing.T) {
	t.Parallel()
	want := []map[string]string{
		{"@timestamp": "2024-01-15T10:30:45Z", "event_type": "smtp_connection", "client_ip": "192.168.1.100", "client_port": "54321", "connection": "opened"},
		{"@timestamp": "2024-01-15T10:30:46Z", "event_type": "smtp_command", "smtp_command": "EHLO", "command_data": "client.example.com"},
		{"@timestamp": "2024-01-15T10:30:47Z", "event_type": "smtp_command", "smtp_command": "MAIL", "command_data": "FROM:<sender@example.com>"},
		{"event_type": "queue_processing", "component": "queue-processor", "message_id": "abc123", "queue_id": "abc123", "sender": "sender@example.com", "recipient": "recipient@example.com"},
		{"event_type": "message_delivery", "component": "lmtp-delivery", "message_id": "abc123", "queue_id": "abc123", "sender": "sender@example.com", "recipient": "recipient@example.com"},
		{"@timestamp": "2024-01-15T10:30:48Z", "event_type": "error", "level": "ERROR", "is_error": "true"},
	}
	texts := []string{"new connection: 192.168.1.100:54321", "EHLO client.example.com", "MAIL FROM:<sender@example.com>", "", "", "Failed to deliver message: connection refused"}
	samples := parseFile(t, "seed.log")
	if len(samples) != len(want) {
		t.Fatalf("%d samples, want %d", len(samples), len(want))
	}
	for i, p := range samples {
		if !p.ok {
			t.Errorf("not parsed: %s", p.raw)
			continue
		}
		want[i]["program"] = "elemta"
		want[i]["log_message"] = texts[i]
		if texts[i] == "" {
			want[i]["log_message"] = p.raw
		}
		if got := fieldsOf(&p.event); !equalFields(got, want[i]) {
			t.Errorf("%s\n got %v\nwant %v", p.raw, got, want[i])
		}
	}
}

// fieldsOf returns every field and every Extra of e as text; several values are
// joined by a blank.
func fieldsOf(e *event.Event) map[string]string {
	m := map[string]string{}
	if e.Time != 0 {
		m["@timestamp"] = event.FormatTime(e.Time)
	}
	for _, v := range e.Values {
		m[v.Field.Name()] = strings.TrimPrefix(m[v.Field.Name()]+" "+v.String(), " ")
	}
	for _, x := range e.Extra {
		m[x.Name] = x.JSON
	}
	return m
}

func equalFields(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// TestFields checks single fields of lines that the samples do not have.
func TestFields(t *testing.T) {
	t.Parallel()
	const head = `{"time":"2026-11-23T00:00:00Z","level":"INFO","msg":"`
	tests := []struct{ name, line, want string }{
		{"first session id, last component", head + `x","component":"smtp-session","session_id":"a","component":"inner","session_id":"b"}`,
			`session_id=a b component=inner component_path=["smtp-session"] event_type=system`},
		{"address in brackets", head + `New connection","client_ip":"[2001:db8::1]:25000"}`, `client_ip=2001:db8::1 client_port=25000 event_type=smtp_connection`},
		{"address without port", head + `Connection rejected: IP limit reached","component":"smtp-server","ip":"198.51.100.1","event_type":"rejection"}`,
			`client_ip=198.51.100.1 smtp_stage=CONNECT event_type=message_rejection reply=IP limit reached`},
		{"mapped address", head + `New connection","remote_addr":"[::ffff:192.0.2.1]:9"}`, `client_ip=192.0.2.1 client_port=9`},
		{"no address", head + `New connection","remote_addr":"pipe"}`, `client_ip= remote_addr="pipe"`},
		{"null sender", head + `message_delivery","component":"queue-processor","message_id":"1795393771719608864-719608914","from":"","to":["A@B.example"],"retry_count":2}`,
			`sender=<> recipient=a@b.example attempt=3 queue_id=1795393771719608864-719608914 message_id= status=delivered`},
		{"missing Message-ID", head + `message_reception","component":"smtp-session","component":"message-lifecycle","message_id":"d0994e33-88d3-49b9-a569-01556bc7cb01"}`,
			`message_id=d0994e33-88d3-49b9-a569-01556bc7cb01 queue_id=`},
		{"next retry ahead", head + `message_deferral","next_retry":"2026-11-23T00:05:00Z"}`, `next_retry=2026-11-23T00:05:00Z elemta_next_retry=`},
		{"next retry behind", head + `message_deferral","next_retry":"2026-11-22T00:05:00Z"}`, `next_retry= elemta_next_retry="2026-11-22T00:05:00Z"`},
		{"conflicting types", head + `Resource statistics","rejection_rate":"!ERROR:json: unsupported value: NaN","size":"big","retry_count":null,"success":"yes","recipients":{"a":1}}`,
			`rejection_rate="!ERROR:json: unsupported value: NaN" elemta_size="big" size= retry_count=null elemta_success="yes" elemta_recipients={"a":1}`},
		{"reason of a reply", head + `message_tempfail","component":"queue-processor","failure_reason":"server rejected sender: 451 4.7.1 Try later"}`,
			`smtp_code=451 dsn=4.7.1 event_type=queue_processing`},
		{"4xx from the backend", `{"time":"2026-11-23T00:00:00Z","level":"ERROR","msg":"Recipient rejected","component":"lmtp-delivery","recipient":"a@b.example","response":"452 4.2.2 Quota"}`,
			`status= smtp_code=452 event_type=message_delivery is_error=true`},
		{"refusal after DATA names its recipient", `{"time":"2026-11-23T00:00:00Z","level":"ERROR","msg":"Delivery failed for recipient","component":"lmtp-delivery","response":"552 5.2.2 <Full@b.example> Quota"}`,
			`status=bounced recipient=full@b.example`},
		{"other server errors", `{"time":"2026-11-23T00:00:00Z","level":"ERROR","msg":"disk on fire","component":"smtp-server"}`, `event_type=error is_error=true`},
		{"level with distance", `{"time":"2026-11-23T00:00:00Z","level":"WARN+2","msg":"x"}`, `level=WARN is_error=`},
		{"two Message-IDs", head + `x","component":"smtp-session","message_id":"<a@b>","queue_id":"<a@b>"}`, `message_id=<a@b> queue_id=`},
		{"unicode subject", head + `message_reception","subject":"caf\u00e9 \ud83d\ude00 \"x\" {\"a\":1}"}`, `subject=café 😀 "x" {"a":1}`},
		{"discarded mail", head + `message_received","component":"smtp-session","from_envelope":"a@b.example","to_envelope":["c@d.example"]}`,
			`event_type=system status=discarded sender=a@b.example recipient=c@d.example`},
		{"forgotten envelope", head + `message_received","component":"smtp-session","from_envelope":"","to_envelope":[]}`, `sender= status=`},
		{"second virus line", `{"time":"2026-11-23T00:00:00Z","level":"WARN","msg":"message_rejection","component":"smtp-session","component":"message-lifecycle","rejection_reason":"virus detected","status":"rejected"}`,
			`event_type=content_check status=rejected elemta_status=`},
		{"text with quoted list", `2026/11/23 00:23:46 INFO Attempting LMTP delivery component=lmtp-delivery message_id=1795393424731119741-731119791 from=S@example.com to="[r@example.com s@example.com]" server=127.0.0.1:2424`,
			`event_type=message_delivery recipient=r@example.com s@example.com sender=s@example.com relay_ip=127.0.0.1 relay_port=2424 log_message=Attempting LMTP delivery @timestamp=2026-11-23T00:23:46Z`},
		{"text with bare list", `2026/11/23 00:23:46 INFO Message moved to failed queue component=queue-processor message_id=1795393424731119741-731119791 to=[r@example.com s@example.com] retry_count=1`,
			`event_type=queue_processing status=bounced recipient=r@example.com s@example.com attempt=2`},
		{"list with commas", `component=queue-processor message_id=abc123 from=a@b.example to=[c@d.example, e@f.example]`,
			`recipient=c@d.example e@f.example event_type=queue_processing`},
		{"manual with stamp and level", `2024-01-15 10:30:47 INFO component=queue-processor message_id=abc123 from=a@b.example to=[c@d.example]`,
			`event_type=queue_processing queue_id=abc123 message_id=abc123 level=INFO @timestamp=2024-01-15T10:30:47Z`},
		{"ISO stamp", `2024-01-15T10:30:48.5+01:00 ERROR Failed to deliver message: no route`, `event_type=error @timestamp=2024-01-15T09:30:48.5Z log_message=Failed to deliver message: no route`},
		{"text about a login", `2024-01-15 10:30:48 WARN SMTP authentication failed for somebody`, `event_type=authentication success=false level=WARN`},
		{"sentence with a verb in small letters", `SMTP: 2024-01-15 10:30:46 data directory created`, `event_type=system smtp_command=`},
		{"logfmt", `time=2026-11-22T19:29:27.487-05:00 level=INFO msg="TLS monitoring \"on\"" component=tls-monitor n=3 s="a b"`,
			`@timestamp=2026-11-23T00:29:27.487Z log_message=TLS monitoring "on" component=tls-monitor n=3 s="a b"`},
		{"TLS manager", `[TLS] 2026/11/22 19:30:25 Stopping TLS manager`, `event_type=system log_message=Stopping TLS manager @timestamp=2026-11-22T19:30:25Z`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := parseLine(tt.line)
			if !p.ok {
				t.Fatal("not parsed")
			}
			got := fieldsOf(&p.event)
			for _, name := range wantedNames(tt.want) {
				if want := wantedValue(tt.want, name); got[name] != want {
					t.Errorf("%s = %q, want %q", name, got[name], want)
				}
			}
		})
	}
}

// wantedNames lists the names in "name=value name=value"; a name starts after a
// blank and has no blank before its equals sign.
func wantedNames(s string) []string {
	var names []string
	for _, word := range strings.Split(s, " ") {
		if name, _, ok := strings.Cut(word, "="); ok && name != "" && !strings.ContainsAny(name, `"{[`) {
			names = append(names, name)
		}
	}
	return names
}

func wantedValue(s, name string) string {
	_, rest, _ := strings.Cut(" "+s, " "+name+"=")
	end := len(rest)
	for _, other := range wantedNames(rest) {
		if at := strings.Index(" "+rest, " "+other+"="); at >= 0 && at < end {
			end = at
		}
	}
	return strings.TrimSuffix(rest[:end], " ")
}

// TestForeign checks that lines of other programs are left alone.
func TestForeign(t *testing.T) {
	t.Parallel()
	const slog = `{"time":"2026-11-23T00:00:00Z","level":"INFO","msg":"x"`
	tests := []struct {
		program, line string
		want          bool
	}{
		{"", `{"a":1}`, false},
		{"", `{"time":"2026-11-23T00:00:00Z","level":"info","msg":"x"}`, false},
		{"", `{"level":"INFO","msg":"x"}`, false},
		{"", `{`, false},
		{"", ``, false},
		{"", `hostname = "mail.example"`, false},
		{"", `2026-11-23 00:29:47 1r5abc-0000 <= a@b.example H=x`, false},
		{"", `2026/11/23 00:00:00 [error] 12#12: *1 open() failed`, false},
		{"", `time="2026-11-23T00:00:00Z" level=info msg="container started"`, false},
		{"", `component=other message_id=x`, false},
		{"", `SMTP: hello`, false},
		{"caddy", slog + `}`, false},
		{"caddy", slog + `,"service":"elemta-mta"}`, true},
		{"elemta-node0", slog + `}`, true},
		{"postfix/smtpd", `2024-01-15 10:30:48 ERROR x`, false},
	}
	for _, tt := range tests {
		rec := event.Record{Text: tt.line, Raw: tt.line, Program: tt.program, Zone: time.UTC}
		var e event.Event
		if got := Parse(&rec, &e); got != tt.want {
			t.Errorf("Parse(%q, %q) = %v, want %v", tt.program, tt.line, got, tt.want)
		}
		if !tt.want && (len(e.Values) > 0 || len(e.Extra) > 0 || e.Time != 0) {
			t.Errorf("%q was refused but changed the event: %v", tt.line, fieldsOf(&e))
		}
	}
}

// TestCutLine reads every beginning of a line: what is there is taken, a cut
// is marked, and half a secret is hidden.
func TestCutLine(t *testing.T) {
	t.Parallel()
	const blob = "AGNhcmxhQGhvc3Rjby5leGFtcGxlAFNlY3JldC1wdzE="
	line := `{"time":"2026-11-22T19:29:30.47410064-05:00","level":"INFO","msg":"SMTP command processed","remote_addr":"192.0.2.44:37163",` +
		`"command":"AUTH PLAIN ` + blob + `\\x0D\\x0A","success":true,"final_stats":{"a":[1,{"b":"c"}]}}`
	start := strings.Index(line, blob)
	for n := 1; n < len(line); n++ {
		p := parseLine(line[:n])
		if !p.ok {
			if n > strings.Index(line, `,"remote_addr`) {
				t.Fatalf("not parsed: %s", p.raw)
			}
			continue
		}
		if !slices.Contains(p.event.Strs(event.Tags), event.TagTruncated) {
			t.Fatalf("not marked: %s", p.raw)
		}
		out := p.json(t) + p.hidden(p.raw)
		if n > start+4 && strings.Contains(out, blob[:min(n-start, len(blob))]) {
			t.Fatalf("secret shown: %s\n%s", p.raw, out)
		}
	}
	if p := parseLine(line + ` garbage {"password":"hunter2hunter2"}`); !p.ok || strings.Contains(p.hidden(p.raw), "hunter2") {
		t.Errorf("garbage: %v %q", p.ok, p.hidden(p.raw))
	}
}

// TestZone checks stamps without a zone.
func TestZone(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zone database")
	}
	tests := []struct {
		stamp, want string
		unsure      bool
	}{
		{"2026/07/01 12:00:00", "2026-07-01T10:00:00Z", false},
		{"2026/10/25 02:30:00", "2026-10-25T01:30:00Z", true},  // shown twice
		{"2026/03/29 02:30:00", "2026-03-29T01:30:00Z", true},  // never shown
		{"2026/10/25 04:30:00", "2026-10-25T03:30:00Z", false}, // the same night
	}
	for _, tt := range tests {
		line := "SMTP: " + tt.stamp + " TLS disabled"
		rec := event.Record{Text: line, Raw: line, Zone: berlin}
		var e event.Event
		if !Parse(&rec, &e) {
			t.Fatal("not parsed: " + line)
		}
		if got := event.FormatTime(e.Time); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.stamp, got, tt.want)
		}
		if got := slices.Contains(e.Strs(event.Tags), event.TagBadZone); got != tt.unsure {
			t.Errorf("%s: unsure %v, want %v", tt.stamp, got, tt.unsure)
		}
	}
}

// TestStamp compares the reader of stamps with package time.
func TestStamp(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"2026-11-22T19:29:27.480335408-05:00", "2026-11-23T00:30:55.1Z", "2024-02-29T23:59:59+14:00", "1970-01-01T00:00:00Z",
		"1678-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999Z", "2000-03-01T00:00:00-00:30",
	} {
		want, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		if st, ok := readStamp(s, time.UTC); !ok || st.ns != want.UnixNano() || st.length != len(s) {
			t.Errorf("%s: %d %v, want %d", s, st.ns, ok, want.UnixNano())
		}
	}
	for _, s := range []string{"", "2026-02-29T00:00:00Z", "0001-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-22T24:00:00Z",
		"2026-11-22X00:00:00Z", "2026-11/22 00:00:00", "20a6-11-22T00:00:00Z", "9999-01-01T00:00:00Z"} {
		if st, ok := readStamp(s, time.UTC); ok {
			t.Errorf("%q was read as %d", s, st.ns)
		}
	}
}
