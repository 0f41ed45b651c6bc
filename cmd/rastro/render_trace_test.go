package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rastro/internal/trace"
)

var update = flag.Bool("update", false, "write the golden files again")

func at(seconds float64) time.Time {
	return time.Date(2026, 11, 23, 5, 30, 0, 0, time.UTC).Add(time.Duration(seconds * float64(time.Second)))
}

func number(f float64) *float64 { return &f }

// bounced is a journey with everything in it.
func bounced() trace.Journey {
	return trace.Journey{
		ID: "j1", MessageKey: "m1", Program: "postfix", Hosts: []string{"mx1", "mx2"},
		Sender: "ana@hostco.example", Recipient: "luis@cliente.example", OriginalRecipient: "ventas@hostco.example",
		MessageID: "<1@hostco.example>", QueueIDs: []string{"4XyZ1", "4XyZ2"}, RemoteID: "1a2b gsmtp",
		ClientIP: "192.0.2.7", ClientHost: "pc.hostco.example", Helo: "pc", Username: "ana", Subject: "Factura \x1b[31m\u202e",
		Size: 2048, FirstTime: at(0), LastTime: at(70), Status: trace.Bounced, Reason: "mailbox_full", By: trace.ByRemote, Acts: "recipient",
		SMTPCode: 552, DSN: "5.2.2", Reply: "552 5.2.2 mailbox full\nevil", RelayHost: "mx.cliente.example", RelayIP: "198.51.100.9",
		Folder: "INBOX", Attempts: 2, NextRetry: at(4000), SpamScore: number(1.25), SpamVerdict: "ham", Confidence: trace.Probable,
		Verdict: trace.Words{En: "The mailbox is full.", Es: "El buzón está lleno."},
		Action:  trace.Words{En: "Ask Luis to make room.", Es: "Pida a Luis que haga sitio."},
		Notes:   []trace.Words{{En: "Two clocks differ.", Es: "Dos relojes difieren."}},
		Related: []trace.Related{{Kind: "failure_notice", QueueID: "4XyZ3", Confidence: trace.Guess}},
		Steps: []trace.Step{
			{Time: at(0), Kind: "received", Host: "mx1", Confidence: trace.Exact, Text: trace.Words{En: "received", Es: "recibido"}, Line: "Nov 23 mx1 a\tline"},
			{Time: at(1.5), Kind: "attempt", Host: "mx1", Status: "deferred", Seconds: number(1.25), Problem: true, Reply: "452 4.2.2 try later", Confidence: trace.Probable, Link: "same Message-ID", Text: trace.Words{En: "put off", Es: "aplazado"}},
			{Time: at(70), Kind: "attempt", Host: "mail-2", Problem: true, Reply: "552 full", Confidence: trace.Exact, Text: trace.Words{En: "refused: 552 full", Es: "rechazado: 552 full"}},
			{Time: at(70), Kind: "other", Confidence: trace.Exact},
		},
	}
}

func several() trace.Answer {
	first := bounced()
	second := trace.Journey{
		ID: "j2", MessageKey: "m1", Sender: first.Sender, Recipient: "eva@cliente.example", MessageID: first.MessageID, Subject: first.Subject,
		FirstTime: at(0), LastTime: at(9), Status: trace.Delivered, Confidence: trace.Exact, Verdict: trace.Words{En: "It arrived.", Es: "Llegó."},
	}
	third := trace.Journey{
		ID: "j3", MessageKey: "m2", Sender: "<>", Recipient: "ana@hostco.example", FirstTime: at(-100_000), LastTime: at(-100_000),
		Status: trace.Delivered, Confidence: trace.Exact, Verdict: trace.Words{En: "It arrived."},
	}
	return trace.Answer{Journeys: []trace.Journey{first, second, third}}
}

func nothing() trace.Answer {
	return trace.Answer{
		Query: trace.Understood{Kind: "address", Values: []string{"luiz@cliente.example"}},
		NotFound: &trace.NotFound{
			Verdict:  trace.Words{En: "No server of ours saw it.", Es: "Ningún servidor nuestro lo vio."},
			Action:   trace.Words{En: "Ask for the bounce.", Es: "Pida el rebote."},
			Coverage: []trace.Coverage{{Host: "mx1", First: at(-9000), Last: at(0), Events: 12, Gaps: []trace.Gap{{From: at(-7000), To: at(-10)}}, Silent: true}, {Host: "backup"}},
			Near:     []trace.Near{{Value: "luis@cliente.example", Field: "recipient", Count: 3, Last: at(0)}},
		},
	}
}

// TestTraceText compares what a person reads with golden files.
func TestTraceText(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Bogota")
	if err != nil {
		t.Fatal(err)
	}
	for name, a := range map[string]trace.Answer{"single": {Journeys: []trace.Journey{bounced()}}, "several": several(), "nothing": nothing(), "empty": {}} {
		for _, language := range []*tongue{&english, &spanish} {
			for _, color := range []bool{false, true} {
				file := filepath.Join("testdata", "trace", name+map[bool]string{true: ".es", false: ".en"}[language.spanish]+map[bool]string{true: ".color", false: ""}[color]+".txt")
				if color && language.spanish {
					continue
				}
				var b bytes.Buffer
				show, err := newTracePrinter("text", traceStyle{tongue: language, zone: zone, color: color, lines: name == "single"})
				if err == nil {
					err = show(&b, &a)
				}
				if err != nil {
					t.Fatal(err)
				}
				if *update {
					if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				want, err := os.ReadFile(file)
				if err != nil || b.String() != string(want) {
					t.Errorf("%s: %v\n%s\nwant\n%s", file, err, b.String(), want)
				}
			}
		}
	}
}

// TestTraceTextIsSafe puts hostile text into every string of an answer.
func TestTraceTextIsSafe(t *testing.T) {
	t.Parallel()
	const hostile = "\x1b[2J\u202e\u200b\x07\xff\r\nx"
	a, n := several(), nothing()
	a.Journeys = append(a.Journeys, bounced())
	for _, answer := range []*trace.Answer{&a, &n} {
		text, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		var tree any
		if err := json.Unmarshal(text, &tree); err != nil {
			t.Fatal(err)
		}
		spoil(tree, hostile)
		if text, err = json.Marshal(tree); err != nil {
			t.Fatal(err)
		}
		var spoiled trace.Answer
		if err := json.Unmarshal(text, &spoiled); err != nil {
			t.Fatal(err)
		}
		for _, journeys := range [][]trace.Journey{spoiled.Journeys, spoiled.Journeys[:min(1, len(spoiled.Journeys))]} {
			spoiled.Journeys = journeys
			var b bytes.Buffer
			show, err := newTracePrinter("text", traceStyle{tongue: &english, zone: time.UTC, lines: true})
			if err == nil {
				err = show(&b, &spoiled)
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range b.String() {
				if !safeRune(r) && r != '\n' {
					t.Fatalf("%q is shown in\n%q", r, b.String())
				}
			}
			if strings.Contains(b.String(), "\nx") {
				t.Fatalf("a stranger's line break is shown in\n%s", b.String())
			}
		}
	}
}

// spoil adds text to every string but times and colors of states.
func spoil(v any, text string) {
	switch v := v.(type) {
	case map[string]any:
		for k, item := range v {
			if s, ok := item.(string); ok {
				if _, err := time.Parse(time.RFC3339, s); err != nil {
					v[k] = s + text
				}
			}
			spoil(item, text)
		}
	case []any:
		for i, item := range v {
			if s, ok := item.(string); ok {
				v[i] = s + text
			}
			spoil(item, text)
		}
	}
}

func TestTraceNDJSON(t *testing.T) {
	t.Parallel()
	a := several()
	var b bytes.Buffer
	show, err := newTracePrinter("ndjson", traceStyle{})
	if err == nil {
		err = show(&b, &a)
	}
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	if len(lines) != 3 {
		t.Fatalf("%d lines", len(lines))
	}
	for i, line := range lines {
		var j trace.Journey
		if err := json.Unmarshal([]byte(line), &j); err != nil || j.ID != a.Journeys[i].ID || j.Status != a.Journeys[i].Status {
			t.Errorf("%v in %s", err, line)
		}
	}
	for i := range 1000 {
		a.Journeys = append(a.Journeys, trace.Journey{ID: strconv.Itoa(i)})
	}
	b.Reset()
	if err := show(&b, &a); err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n") {
		if !strings.HasPrefix(line, `{"id":"`+a.Journeys[i].ID+`",`) {
			t.Fatalf("line %d is %s", i, line)
		}
	}
	if err := show(&limited{3}, &a); !errors.Is(err, io.ErrShortWrite) {
		t.Errorf("a full disk gives %v", err)
	}
	if strings.ContainsAny(b.String(), "\x1b\u202e") {
		t.Error("NDJSON acts on a terminal")
	}
}

// limited takes so many writes and no more.
type limited struct{ writes int }

func (l *limited) Write(b []byte) (int, error) {
	if l.writes--; l.writes < 0 {
		return 0, io.ErrShortWrite
	}
	return len(b), nil
}

func TestASCIIMarks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"ñ 日": "ñ 日", "a\u202eb": `a\u202eb`, "\u009b\x7f": `\u009b\u007f`, "\U000e0001": `\udb40\udc01`} {
		if got := string(asciiMarks([]byte(in))); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestSpan(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0 s", 10 * time.Millisecond: "0.01 s", 1500 * time.Millisecond: "1.5 s", 9 * time.Second: "9 s", 59 * time.Second: "59 s",
		60 * time.Second: "1 min 0 s", 3725 * time.Second: "1 h 2 min", 50 * time.Hour: "2 d 2 h", -time.Second: "-1 s",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestEveryStatusHasWords(t *testing.T) {
	t.Parallel()
	for s := range english.statuses {
		if spanish.statuses[s] == "" {
			t.Errorf("%s has no Spanish word", s)
		}
	}
	for b := range english.deciders {
		if spanish.deciders[b] == "" {
			t.Errorf("%s has no Spanish word", b)
		}
	}
	for _, name := range constants(t, "Status") {
		if english.statuses[trace.Status(name)] == "" {
			t.Errorf("the status %s has no words", name)
		}
	}
	for _, name := range constants(t, "By") {
		if english.deciders[trace.By(name)] == "" {
			t.Errorf("the decider %s has no words", name)
		}
	}
}
