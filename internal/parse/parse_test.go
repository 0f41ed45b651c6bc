package parse

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
	"rastro/internal/segment"
)

var received = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC).UnixNano()

// parseOne parses a line that was received at six o'clock.
func parseOne(line event.Line) *event.Event {
	e := new(event.Event)
	if line.Origin == nil {
		line.Origin = &event.Origin{Name: "/var/log/mail.log", ID: "f1"}
	}
	if line.ReceivedAt == 0 {
		line.ReceivedAt = received
	}
	New(Options{}).Parse(&line, e)
	return e
}

func TestSource(t *testing.T) {
	t.Parallel()
	e := parseOne(event.Line{Text: "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[1.2.3.4]", Offset: 77})
	for f, want := range map[event.Field]string{
		event.Message: "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[1.2.3.4]", event.LogMessage: "connect from a[1.2.3.4]",
		event.Host: "mx1", event.Program: "postfix/smtpd", event.ClientIP: "1.2.3.4",
		event.Source: "/var/log/mail.log", event.SourceID: "f1", event.EventType: event.TypeConnection,
	} {
		if got := e.Str(f); got != want {
			t.Errorf("%s = %q, want %q", f, got, want)
		}
	}
	if e.Int(event.PID) != 7908 || e.Int(event.Offset) != 77 || e.ID() != "f1@77" || e.ReceivedAt != received {
		t.Errorf("pid %d, offset %d, id %s, received %d", e.Int(event.PID), e.Int(event.Offset), e.ID(), e.ReceivedAt)
	}
}

// TestReuse parses with a used parser and event as with new ones.
func TestReuse(t *testing.T) {
	t.Parallel()
	p, e := New(Options{}), new(event.Event)
	for _, text := range parsetest.Lines(t, "farm.log") {
		line := event.Line{Text: text, Origin: &event.Origin{Name: "/var/log/mail.log", ID: "f1"}, ReceivedAt: received}
		p.Parse(&line, e)
		if fresh := parseOne(event.Line{Text: text}); !reflect.DeepEqual(e.Values, fresh.Values) || e.Time != fresh.Time {
			t.Fatalf("%s:\n%v\n%v", text, e.Values, fresh.Values)
		}
	}
}

func TestHost(t *testing.T) {
	t.Parallel()
	origin := &event.Origin{Host: "store2"}
	for _, tt := range []struct {
		text string
		from []event.Pair
		want string
	}{
		{"Nov 23 01:17:12 lmtp(958): Info: Connect from 192.0.2.21", nil, "store2"},
		{"Nov 23 01:17:12 mx1 dovecot: lmtp(958): Connect from 192.0.2.21", nil, "mx1"},
		{"Nov 23 01:17:12 lmtp(958): Info: Connect from 192.0.2.21", []event.Pair{{Name: "host.name", JSON: `"agent"`}}, "agent"},
		{"Nov 23 01:17:12 mx1 dovecot: lmtp(958): Connect from 192.0.2.21", []event.Pair{{Name: "host.name", JSON: `"agent"`}}, "mx1"},
		{"Nov 23 01:17:12 lmtp(958): Info: Connect from 192.0.2.21", []event.Pair{{Name: "x", JSON: `1`}}, "store2"},
	} {
		e := parseOne(event.Line{Text: tt.text, Origin: origin, Fields: tt.from})
		if got := e.Strs(event.Host); len(got) != 1 || got[0] != tt.want {
			t.Errorf("%s %v: host = %q, want %q", tt.text, tt.from, got, tt.want)
		}
	}
}

func TestDialect(t *testing.T) {
	t.Parallel()
	const line = "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[1.2.3.4]"
	for dialect, want := range map[string]string{
		"": event.TypeConnection, "postfix": event.TypeConnection, "dovecot": event.TypeUnparsed, "none": event.TypeUnparsed,
	} {
		e := parseOne(event.Line{Text: line, Origin: &event.Origin{Dialect: dialect}})
		if got := e.Str(event.EventType); got != want {
			t.Errorf("dialect %q: event_type = %q, want %q", dialect, got, want)
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	const header = "2026-11-23T00:21:44Z mx1 app[1]: "
	tests := []struct {
		name string
		line event.Line
		want []string
	}{
		{"none", event.Line{Text: header + "a\tb ñ"}, nil},
		{"carriage return at the end", event.Line{Text: header + "x\r"}, nil},
		{"cut", event.Line{Text: header + "x", Marks: event.MarkCut}, []string{event.TagCut}},
		{"joined", event.Line{Text: header + "x\n\ty", Marks: event.MarkJoined}, []string{event.TagJoined}},
		{"unfinished", event.Line{Text: header + "x", Marks: event.MarkUnfinished}, []string{event.TagUnfinished}},
		{"NUL", event.Line{Text: header + "x\x00y"}, []string{event.TagControl}},
		{"line end that was not joined", event.Line{Text: header + "x\ny"}, []string{event.TagControl}},
		{"escape", event.Line{Text: header + "\x1b[31m"}, []string{event.TagControl}},
		{"bad text", event.Line{Text: header + "\xff\xfe"}, []string{event.TagInvalidUTF8}},
		{"no time", event.Line{Text: "x"}, []string{event.TagNoTime}},
		{"future", event.Line{Text: "2026-11-24T06:00:01Z mx1 a[1]: x"}, []string{event.TagFuture}},
		{"nearly future", event.Line{Text: "2026-11-24T06:00:00Z mx1 a[1]: x"}, nil},
		{"past", event.Line{Text: "2016-11-22T06:00:00Z mx1 a[1]: x"}, []string{event.TagPast}},
		{"nearly past", event.Line{Text: "2016-11-24T06:00:00Z mx1 a[1]: x"}, nil},
		{"far past", event.Line{Text: "1500-01-01T00:00:00Z mx1 a[1]: x"}, []string{event.TagAdjusted, event.TagNoTime}},
		{"container", event.Line{Text: `{"log":"x\u0000y\n","stream":"stdout","time":"2026-11-23T01:16:42Z"}`}, []string{event.TagControl}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e := parseOne(tt.line)
			if got := e.Strs(event.Tags); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("tags = %v, want %v", got, tt.want)
			}
			if hasValue(e, event.Tags, event.TagNoTime) && e.Time != received {
				t.Errorf("time = %s", event.FormatTime(e.Time))
			}
		})
	}
}

func TestStorable(t *testing.T) {
	t.Parallel()
	if separator != segment.Sep {
		t.Fatalf("the separator is %q, a segment's %q", separator, segment.Sep)
	}
	long := strings.Repeat("ñ", maxValue)
	e := parseOne(event.Line{
		Text: "2026-11-23T00:21:44Z mx1 app[1]: " + long,
		Fields: []event.Pair{
			{Name: "helo", JSON: `"` + long + `"`},
			{Name: "queue_id", JSON: `["a\u001fb","c"]`},
			{Name: "odd", JSON: `"` + long + `"`},
		},
	})
	if got := e.Str(event.LogMessage); got != long {
		t.Errorf("log_message has %d bytes", len(got))
	}
	if got := e.Str(event.Helo); len(got) > maxValue || len(got) < maxValue-1 || strings.Trim(got, "ñ") != "" {
		t.Errorf("helo has %d bytes", len(got))
	}
	if got := e.Strs(event.QueueID); !reflect.DeepEqual(got, []string{"a b", "c"}) {
		t.Errorf("queue_id = %q", got)
	}
	if len(e.Extra) != 1 || len(e.Extra[0].JSON) > maxValue+4 {
		t.Errorf("%d extra fields", len(e.Extra))
	}
	for _, tag := range []string{event.TagTruncated, event.TagAdjusted} {
		if !hasValue(e, event.Tags, tag) {
			t.Errorf("no tag %s", tag)
		}
	}
}

func TestDerive(t *testing.T) {
	t.Parallel()
	e := new(event.Event)
	e.Add(event.Sender, "Ana@B.Example")
	e.Add(event.Recipient, `"a@b"@C.example`)
	e.Add(event.Recipient, "ÑANDÚ@c.example")
	e.Add(event.Recipient, "bad\xff@D.example")
	e.Add(event.OriginalRecipient, "postmaster")
	e.Add(event.Level, event.LevelFatal)
	present := presence(e)
	derive(e, &present)
	for f, want := range map[event.Field][]string{
		event.Sender: {"ana@b.example"}, event.SenderDomain: {"b.example"},
		event.Recipient: {`"a@b"@c.example`, "ñandú@c.example", "bad\xff@d.example"}, event.RecipientDomain: {"c.example", "d.example"},
		event.OriginalRecipientDomain: nil,
	} {
		if got := e.Strs(f); !reflect.DeepEqual(got, want) {
			t.Errorf("%s = %q, want %q", f, got, want)
		}
	}
	if !e.Bool(event.IsError) {
		t.Error("no is_error")
	}
}

// TestNoCopies wants lines without escapes and secrets to cost no memory.
func TestNoCopies(t *testing.T) {
	p, e := New(Options{Stats: new(Stats)}), new(event.Event)
	origin := &event.Origin{Name: "/var/log/mail.log", ID: "f1", Zone: zone(t, "America/Bogota")}
	for _, file := range []string{"bsd", "rfc3339", "rfc5424", "rfc5424-noslash", "docker", "journald"} {
		var line event.Line
		lines := parsetest.Lines(t, "forms/"+file+".log")
		i := 0
		n := testing.AllocsPerRun(2*len(lines), func() {
			line = event.Line{Text: lines[i%len(lines)], Origin: origin, ReceivedAt: received}
			p.Parse(&line, e)
			i++
		})
		if n >= 1 {
			t.Errorf("%s: %g allocations a line", file, n)
		}
	}
}

// TestSenders adopts what a sender knew beside the text.
func TestSenders(t *testing.T) {
	t.Parallel()
	e := parseOne(event.Line{
		Text: "connect from a[1.2.3.4]",
		Fields: []event.Pair{
			{Name: "@timestamp", JSON: `"2026-11-23T05:00:00.5Z"`},
			{Name: "message", JSON: `"connect from a[1.2.3.4]"`},
			{Name: "log.file.path", JSON: `"/var/log/a.log"`},
			{Name: "log.offset", JSON: `17`},
			{Name: "event.ingested", JSON: `"2020-01-01T00:00:00Z"`},
			{Name: "log.level", JSON: `"warn"`},
			{Name: "process.pid", JSON: `"12"`},
			{Name: "size", JSON: `"big"`},
			{Name: "source.ip", JSON: `"::ffff:192.0.2.1"`},
			{Name: "tags", JSON: `["beats","x"]`},
			{Name: "delay", JSON: `1.5`},
			{Name: "success", JSON: `true`},
			{Name: "agent", JSON: `{"type":"filebeat"}`},
			{Name: "password", JSON: `"hunter2"`},
		},
	})
	for f, want := range map[event.Field]string{
		event.Source: "/var/log/a.log", event.Level: "INFO", event.ClientIP: "1.2.3.4", event.SourceID: "f1",
	} {
		if got := e.Str(f); got != want {
			t.Errorf("%s = %q, want %q", f, got, want)
		}
	}
	if want := time.Date(2026, 11, 23, 5, 0, 0, 5e8, time.UTC).UnixNano(); e.Time != want || e.ReceivedAt != received {
		t.Errorf("time = %s, received %s", event.FormatTime(e.Time), event.FormatTime(e.ReceivedAt))
	}
	if e.Int(event.PID) != 12 || e.Float(event.Delay) != 1.5 || !e.Bool(event.Success) || e.Int(event.Offset) != 0 {
		t.Errorf("pid %d, delay %g, success %v, offset %d", e.Int(event.PID), e.Float(event.Delay), e.Bool(event.Success), e.Int(event.Offset))
	}
	if got, want := e.Strs(event.Tags), []string{"beats", "x", event.TagRedacted}; !reflect.DeepEqual(got, want) {
		t.Errorf("tags = %q, want %q", got, want)
	}
	want := []event.Pair{
		{Name: "log.offset", JSON: `17`}, {Name: "event.ingested", JSON: `"2020-01-01T00:00:00Z"`}, {Name: "log.level", JSON: `"warn"`},
		{Name: "size", JSON: `"big"`}, {Name: "source.ip", JSON: `"::ffff:192.0.2.1"`}, {Name: "agent", JSON: `{"type":"filebeat"}`}, {Name: "password", JSON: `"[redacted]"`},
	}
	if !reflect.DeepEqual(e.Extra, want) {
		t.Errorf("extra = %v, want %v", e.Extra, want)
	}
}

// TestSendersSayItOnce has a text that is JSON and says what stands beside it.
func TestSendersSayItOnce(t *testing.T) {
	t.Parallel()
	e := parseOne(event.Line{
		Text:   `{"time":"2026-11-23T05:00:00Z","level":"INFO","component":"smtp","msg":"message_accepted","foo":1,"bar":{"x":"y"}}`,
		Fields: []event.Pair{{Name: "level", JSON: `"INFO"`}, {Name: "foo", JSON: `1`}, {Name: "bar", JSON: `{"x":"y"}`}, {Name: "new", JSON: `2`}, {Name: "new", JSON: `2`}},
	})
	want := []event.Pair{{Name: "foo", JSON: `1`}, {Name: "bar", JSON: `{"x":"y"}`}, {Name: "new", JSON: `2`}, {Name: "new", JSON: `2`}}
	if !reflect.DeepEqual(e.Extra, want) {
		t.Errorf("extra = %v, want %v", e.Extra, want)
	}
}

// TestSendersKeepSecrets has secrets in the fields of a document, named and
// nested.
func TestSendersKeepSecrets(t *testing.T) {
	t.Parallel()
	e := parseOne(event.Line{
		Text: "login of ana, password=hunter22",
		Fields: []event.Pair{
			{Name: "user", JSON: `{"name":"ana","password":"swordfish9"}`}, {Name: "user.password", JSON: `"swordfish9"`},
			{Name: "deep", JSON: `{"a":[{"b":{"passwd":"sesame42"}}]}`}, {Name: "copy", JSON: `"again hunter22 here"`}, {Name: "client.secret", JSON: `"x7y8z9ab"`},
		},
	})
	text := string(event.AppendJSON(nil, e, nil))
	for _, secret := range []string{"hunter22", "swordfish9", "sesame42"} {
		if strings.Contains(text, secret) {
			t.Errorf("%s is kept: %s", secret, text)
		}
	}
}

// TestSendersNameTheProgram finds the dialect of a text that came without a
// header, as Filebeat's journald input sends it.
func TestSendersNameTheProgram(t *testing.T) {
	t.Parallel()
	e := parseOne(event.Line{
		Text: "an answer that no text of Postfix looks like",
		Fields: []event.Pair{
			{Name: "@timestamp", JSON: `"2026-11-23T05:00:00.5Z"`},
			{Name: "syslog.identifier", JSON: `"postfix/smtpd"`},
		},
	})
	if e.Str(event.Program) != "postfix/smtpd" || e.Str(event.EventType) == event.TypeUnparsed {
		t.Errorf("program %q, type %q", e.Str(event.Program), e.Str(event.EventType))
	}
	stamped := parseOne(event.Line{
		Text:   "2026-11-23T04:00:00Z mx1 postfix/smtpd[1]: connect from a[1.2.3.4]",
		Fields: []event.Pair{{Name: "@timestamp", JSON: `"2026-11-23T05:00:00.5Z"`}},
	})
	if got := event.FormatTime(stamped.Time); got != "2026-11-23T04:00:00Z" || len(stamped.Extra) != 0 {
		t.Errorf("time %s, extra %v", got, stamped.Extra)
	}
}

func TestStats(t *testing.T) {
	t.Parallel()
	stats := new(Stats)
	p, e := New(Options{Stats: stats}), new(event.Event)
	parse := func(text string) {
		p.Parse(&event.Line{Text: text, Origin: &event.Origin{}, ReceivedAt: received}, e)
	}
	parse("Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a[1.2.3.4]")
	parse("Nov 23 00:21:44 mx1 sshd[1]: Accepted publickey for root")
	parse("Nov 23 00:21:44 mx1 sshd[2]: password=hunter2")
	parse("last message repeated 3 times")
	for i := range 2 * maxPrograms {
		parse("Nov 23 00:21:44 mx1 program" + strings.Repeat("x", i%150) + string(rune('A'+i/150)) + "[1]: x")
	}
	got := stats.Counts()
	if got.Lines != 4+2*maxPrograms || got.Redacted != 1 || got.Parsed["postfix"] != 1 || got.Unparsed["sshd"] != 2 {
		t.Errorf("counts = %+v", got)
	}
	if len(got.Unparsed) > maxPrograms+1 || got.Unparsed[""] == 0 {
		t.Errorf("%d programs, %d without name", len(got.Unparsed), got.Unparsed[""])
	}
}

// FuzzParse wants every text to become one event that can be stored.
func FuzzParse(f *testing.F) {
	for _, file := range []string{"golden/dirty.log", "golden/elemta-auth.log", "golden/central.log", "golden/manual.log"} {
		for i, text := range parsetest.Lines(f, file) {
			if i%9 == 0 {
				f.Add(text, uint8(i))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string, marks uint8) {
		line := event.Line{Text: text, Origin: &event.Origin{Name: "n", ID: "i"}, ReceivedAt: received, Marks: event.Marks(marks & 7)}
		e := new(event.Event)
		New(Options{Stats: new(Stats)}).Parse(&line, e)
		if e.Time == 0 || e.ReceivedAt != received || e.Str(event.EventType) == "" {
			t.Errorf("time %d, event_type %q", e.Time, e.Strs(event.EventType))
		}
		for _, v := range e.Values {
			if v.Field == event.Message || v.Field == event.LogMessage {
				continue
			}
			if strings.Contains(v.Text, segment.Sep) || len(v.Text) > maxValue {
				t.Errorf("%s = %q", v.Field, v.Text)
			}
		}
	})
}

// TestForcedExim reads Exim's own file, whose lines name no program, in a source
// that is said to be Exim's.
func TestForcedExim(t *testing.T) {
	t.Parallel()
	const text = "2026-11-23 00:29:47 greylisting is off"
	if e := parseOne(event.Line{Text: text, Origin: &event.Origin{}}); e.Str(event.EventType) != event.TypeUnparsed || e.Has(event.Program) {
		t.Errorf("without the dialect: %s", facts(e))
	}
	e := parseOne(event.Line{Text: text, Origin: &event.Origin{Dialect: "exim"}})
	if e.Str(event.EventType) != event.TypeSystem || e.Str(event.Program) != "exim" || e.Str(event.Dialect) != "exim" {
		t.Errorf("with the dialect: %s", facts(e))
	}
}

// TestEximCopies reads the three copies of a refusal: the first lines of their
// texts are the same, and so is the time.
func TestEximCopies(t *testing.T) {
	t.Parallel()
	const said = "1xVILC-00087K-1H H=mx.example [192.0.2.9] F=<a@b.example> rejected after DATA: 5.7.1 no"
	for _, text := range []string{
		"2026-11-23 00:29:47 " + said,
		"2026-11-23 00:29:47.000 [77] " + said,
		"2026-11-23 01:29:47 +0100 " + said + "\nEnvelope-from: <a@b.example>\nEnvelope-to: <c@d.example>",
		"<21>Nov 23 00:29:47 ex1 exim[77]: 2026-11-23 00:29:47 " + said,
		"2026-11-23T00:29:47+00:00 ex1 exim4[77]: 2026-11-23 00:29:47 [77] " + said,
		"2026-11-23T00:29:47+00:00 ex1 exim4[77]: [1\\3] " + said,
		"<21>exim[77]: 2026-11-23 00:29:47 " + said,
	} {
		e := parseOne(event.Line{Text: text, Origin: &event.Origin{}, ReceivedAt: received})
		first, _, _ := strings.Cut(e.Str(event.LogMessage), "\n")
		if first != said || e.Str(event.QueueID) != said[:16] || e.Str(event.DSN) != "5.7.1" || e.Int(event.SMTPCode) != 550 {
			t.Errorf("%q: %s", text, facts(e))
		}
		if got := event.FormatTime(e.Time); got != "2026-11-23T00:29:47Z" {
			t.Errorf("%q: %s", text, got)
		}
	}
}
