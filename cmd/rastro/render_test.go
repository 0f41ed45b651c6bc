package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"plain ñ 日本 😀":       "plain ñ 日本 😀",
		"\x1b[31mred\x1b[0m": `\x1b[31mred\x1b[0m`,
		"a\nb\r\tc":          `a\nb\x0d\tc`,
		"bell\x07\x7f\x00":   `bell\x07\x7f\x00`,
		"\u202egnp.exe":      `\u202egnp.exe`,
		"\u200b\u2028":       `\u200b\u2028`,
		"\xff\xfebad":        `\xff\xfebad`,
		"was \uFFFD bad":     "was \uFFFD bad",
		"\uFFFD\xff":         "\uFFFD" + `\xff`,
		"\u009b31m":          `\x9b31m`,
		"":                   "",
	} {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzPrintable(f *testing.F) {
	f.Add("\x1b[31m\u202e\xff\uFFFD\n")
	f.Fuzz(func(t *testing.T, s string) {
		out := printable(s)
		if !utf8.ValidString(out) {
			t.Fatalf("%q is no UTF-8", out)
		}
		for _, r := range out {
			if !safeRune(r) {
				t.Fatalf("%q holds %q", out, r)
			}
		}
		if again := printable(out); again != out {
			t.Fatalf("%q becomes %q", out, again)
		}
	})
}

// show renders one event.
func show(t *testing.T, fields []string, zone *time.Location, raw string) string {
	t.Helper()
	var b bytes.Buffer
	out := bufio.NewWriter(&b)
	p, err := newPrinter("text", fields, zone)
	if err != nil {
		t.Fatal(err)
	}
	if err := p(out, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	if err := out.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestSummary(t *testing.T) {
	t.Parallel()
	bogota := time.FixedZone("", -5*3600)
	for raw, want := range map[string]string{
		`{"@timestamp":"2026-03-01T10:00:00.25Z","host":"mx1","program":"postfix/smtp","event_type":"message_delivery","status":"deferred","log_message":"A1: to=<Ana@x.example>","queue_id":"A1","recipient":"ana@x.example"}`: "2026-03-01 05:00:00.250 mx1 postfix/smtp message_delivery/deferred A1: to=<Ana@x.example>\n",
		`{"@timestamp":"2026-03-01T10:00:00Z","program":"elemta","event_type":"authentication","log_message":"authentication","username":"ana","success":false}`:                                                                "2026-03-01 05:00:00.000 - elemta authentication authentication username=ana success=false\n",
		`{"@timestamp":"2026-03-01T10:00:00Z","event_type":"message_delivery","status":"bounced","log_message":"bounce","recipient":["a@x","b@x"],"reply":"552 full\nevil"}`:                                                    "2026-03-01 05:00:00.000 - - message_delivery/bounced bounce recipient=\"a@x, b@x\" reply=\"552 full\\nevil\"\n",
		`{"@timestamp":"nonsense","message":"two\nlines","event_type":"unparsed"}`:                                                                                                                                              "nonsense - - unparsed two\\nlines\n",
		`{}`: " - -  \n",
	} {
		if got := show(t, nil, bogota, raw); got != want {
			t.Errorf("%s\n gives %q,\n want  %q", raw, got, want)
		}
	}
	long := show(t, nil, time.UTC, `{"log_message":"x","reply":"`+strings.Repeat("ñ ", 500)+`"}`)
	if n := utf8.RuneCountInString(long); n > maxFact+60 || !strings.HasSuffix(long, "…\"\n") {
		t.Errorf("a long reply is shown in %d characters", n)
	}
}

func TestChosenFields(t *testing.T) {
	t.Parallel()
	raw := `{"@timestamp":"2026-03-01T10:00:00.25Z","sender":"a@x","delay":0.25,"offset":9007199254740993,"success":true,"nested":{"a":["\u001b"]},"tags":["_cut",3,null],"none":null}`
	for fields, want := range map[string]string{
		"@timestamp,sender":              "2026-03-01T05:00:00.25-05:00\ta@x\n",
		"mail_from,delay,offset,success": "a@x\t0.25\t9007199254740993\ttrue\n",
		"nested,tags,none,absent":        "{\"a\":[\"\\u001b\"]}\t_cut, 3, \t\t\n",
	} {
		if got := show(t, strings.Split(fields, ","), time.FixedZone("", -5*3600), raw); got != want {
			t.Errorf("%s gives %q, want %q", fields, got, want)
		}
	}
	deep := `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}"
	if got := show(t, nil, time.UTC, deep); got != deep+"\n" {
		t.Errorf("an event that is too deep is shown as %.40q", got)
	}
}

func TestPointAt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		pos  int
		want string // the column of ^
	}{
		{"abc", 0, "^"}, {"abc", 2, "  ^"}, {"ñandú:", 7, "     ^"}, {"日本:x", 7, "     ^"}, {"e\u0301x", 3, " ^"}, {"a\x1bb", 2, "     ^"},
	} {
		lines := strings.Split(pointAt(c.text, c.pos, "wrong", "better"), "\n")
		if len(lines) != 4 || lines[2] != "  "+c.want || lines[3] != "  perhaps: better" {
			t.Errorf("%q at %d: %q", c.text, c.pos, lines)
		}
	}
	if got := pointAt("abc", 9, "wrong", ""); got != "wrong" {
		t.Errorf("a place outside the query gives %q", got)
	}
}

func BenchmarkSummary(b *testing.B) {
	raw := []byte(`{"@timestamp":"2026-03-01T10:00:00.25Z","received_at":"2026-03-01T10:00:01Z","message":"2026-03-01T10:00:00.25Z mx1 postfix/smtp[1]: A1: to=<ana@x.example>, relay=none, status=deferred (no route)","log_message":"A1: to=<ana@x.example>, relay=none, status=deferred (no route)","host":"mx1","program":"postfix/smtp","event_type":"message_delivery","status":"deferred","queue_id":"A1","recipient":"ana@x.example","reply":"no route"}`)
	out := bufio.NewWriter(new(bytes.Buffer))
	p := textPrinter(nil, time.UTC)
	b.ReportAllocs()
	for b.Loop() {
		if err := p(out, raw); err != nil {
			b.Fatal(err)
		}
		out.Reset(new(bytes.Buffer))
	}
}
