package filters

import (
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

func parse(t *testing.T, program, text string) *event.Event {
	t.Helper()
	e := &event.Event{}
	if !Parse(&event.Record{Program: program, Text: text, Raw: text}, e) {
		t.Fatalf("refused: %s: %s", program, text)
	}
	return e
}

// TestFate checks what amavis's words mean for the mail.
func TestFate(t *testing.T) {
	t.Parallel()
	for entry, want := range map[string]string{
		"Passed SPAM {RelayedTaggedInbound,Quarantined}":             "",
		"Passed CLEAN {RelayedInternal}":                             "",
		"Passed CLEAN":                                               "",
		"Blocked SPAM {DiscardedInbound,Quarantined}":                "quarantined",
		"Blocked SPAM {DiscardedOutbound}":                           "discarded",
		"Blocked INFECTED (X) {DiscardedOpenRelay,Quarantined}":      "quarantined",
		"Blocked BANNED (a.exe) {BouncedInbound,Quarantined}":        "bounced",
		"Blocked BANNED (a.exe) {BouncedOutbound}":                   "bounced",
		"Blocked SPAM {RejectedInbound}":                             "rejected",
		"Blocked SPAM {RejectedInbound,Quarantined}":                 "rejected",
		"Blocked SPAM {NoBounceInbound,Quarantined}":                 "quarantined",
		"Blocked SPAM {NoBounceInbound}":                             "discarded",
		"Blocked MTA-BLOCKED {TempFailedInbound}":                    "",
		"Blocked MTA-BLOCKED {RejectedInbound,Quarantined}":          "",
		"Blocked CLEAN {TempFailedInbound}":                          "",
		"Blocked SPAM {BouncedInbound,DiscardedInbound,Quarantined}": "quarantined",
		"Blocked SPAM {DiscardedInbound,RelayedInbound,Quarantined}": "quarantined",
		"Blocked SPAM": "",
		"Blocked SPAM, [192.0.2.1] <> -> <r@y.example>, quarantine: x": "quarantined",
	} {
		if !strings.Contains(entry, " -> ") {
			entry += ", [192.0.2.1]:25 <s@x.example> -> <r@y.example>, Queue-ID: AAAAAA11, Hits: 1, size: 9, 1 ms"
		}
		if got := parse(t, "amavis", "(1-2) "+entry).Str(event.Status); got != want {
			t.Errorf("%s: status %q, want %q", entry, got, want)
		}
	}
}

// TestForged checks that what senders choose does not pass for the program's
// own words.
func TestForged(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		program, text string
		field         event.Field
		want          []string
	}{
		{"amavis", `(1-2) Passed CLEAN {RelayedInbound}, [203.0.113.9]:25 <"a> -> <v@y.example>, Queue-ID: FAKE11"@x.example> -> <r@y.example>, Queue-ID: AAAAAA11, Hits: 1, 1 ms`, event.QueueID, []string{"AAAAAA11"}},
		{"amavis", `(1-2) Passed CLEAN {RelayedInbound}, [203.0.113.9]:25 <s@x.example> -> <r@y.example>, Queue-ID: AAAAAA11, Message-ID: <a, Queue-ID: FAKE11, queued_as: FAKE22@x>, mail_id: m, Hits: 1, size: 9, queued_as: BBBBBB22, 1 ms`, event.NextQueueID, []string{"BBBBBB22"}},
		{"amavis", `(1-2) Blocked BANNED (x) {RelayedInbound}, [192.0.2.66]:1 <a@b> -> <v@y.example>) {DiscardedInbound}, [203.0.113.9]:25 <s@x.example> -> <r@y.example>, Queue-ID: AAAAAA11, Hits: 1, 1 ms`, event.ClientIP, []string{"203.0.113.9"}},
		{"postgrey", "action=greylist, reason=new, client_name=h, client_address=203.0.113.9, sender=a, client_address=192.0.2.66, recipient=v@y.example@x.example, recipient=r@y.example", event.ClientIP, []string{"203.0.113.9"}},
		{"postgrey", "action=greylist, reason=new, client_name=h, client_address=203.0.113.9, sender=a, recipient=v@y.example@x.example, recipient=r@y.example", event.Recipient, []string{"r@y.example"}},
		{"cbpolicyd", "module=Greylisting, action=defer, host=203.0.113.9, helo=h, from=a, to=v@y.example@x.example, to=r@y.example, reason=greylisted", event.Recipient, []string{"r@y.example"}},
		{"policyd-spf", ": 550 5.7.23 Message rejected due to: SPF fail - not authorized. Please see http://x/?s=mfrom;id=a;ip=192.0.2.66;r=v@y.example@x.example;ip=203.0.113.9;r=y.example", event.ClientIP, []string{"203.0.113.9"}},
		{"rspamd", `<a1b2c3>; task; rspamd_task_write_log: id: <a>,?qid:?<FAKE11@x>, qid: <AAAAAA11>, ip: 203.0.113.9, from: <"a>, qid: <FAKE22"@x.example>, (default: F (no action): [0.1/15.00] [A(0.10){x},B(1.00){};}]), len: 9, time: 1ms, dns req: 0, digest: <a>, rcpts: <r@y.example>, mime_rcpts: <x, rcpts: <v@y.example>>`, event.QueueID, []string{"AAAAAA11"}},
		{"clamav-milter", "Message AAAAAA11 from <s@x.example> to <r@y.example> with subject 'infected by Y' message-id '<a@b>' date 'x' infected by X", event.VirusName, []string{"X"}},
	} {
		if got := parse(t, tt.program, tt.text).Strs(tt.field); !slices.Equal(got, tt.want) {
			t.Errorf("%s\n%s = %q, want %q", tt.text, tt.field, got, tt.want)
		}
	}
}

// TestNames checks which programs are taken.
func TestNames(t *testing.T) {
	t.Parallel()
	for program, want := range map[string]string{
		"amavis": "amavis", "amavisd": "amavis", "amavisd-new": "amavis", "rspamd": "rspamd", "rspamd-mailcow": "rspamd",
		"rspamd_proxy": "rspamd", "spamd": "spamassassin", "spamd.pid": "spamassassin", "spampd": "spampd",
		"postfix/policy-spf": "policyd-spf", "postfix/policyd-spf": "policyd-spf", "policyd-spf": "policyd-spf",
		"policyd-weight": "policyd-weight", "policyd": "policyd", "cbpolicyd": "policyd", "postfix/postgrey": "postgrey",
		"clamav-milter": "clamav", "clamd@scan": "clamav", "clamsmtpd": "clamsmtp", "fail2ban.actions": "fail2ban",
		"dkimproxy.in": "dkimproxy", "milter-greylist": "milter-greylist", "spamass-milter": "spamass-milter",
	} {
		if !Writes(program) {
			t.Errorf("%s is not known", program)
			continue
		}
		if got := parse(t, program, "anything at all").Str(event.Component); got != want {
			t.Errorf("%s: component %q, want %q", program, got, want)
		}
	}
	for _, program := range []string{"", "postfix", "postfix/smtpd", "dovecot", "kernel", "amavisx", "spamdyke", "sshd"} {
		if Writes(program) || Parse(&event.Record{Program: program, Text: "anything at all"}, &event.Event{}) {
			t.Errorf("%q is taken", program)
		}
	}
}

// TestShapes checks that lines are known by their text where the name is lost,
// that they say the same, and that other programs' names keep them away.
func TestShapes(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"mx1.log", "rspamd.log", "forms.log"} {
		for _, rec := range dialect.Records(t, name) {
			want := &event.Event{}
			if !Parse(rec, want) || want.Str(event.EventType) != event.TypeContentCheck || want.Str(event.Component) == "openarc" {
				continue
			}
			switch want.Str(event.Component) {
			case "authentication_milter", "spampd", "clamav", "opendmarc": // not all of their forms are proof
				continue
			}
			if strings.HasPrefix(rec.Text, "Policy action=") || rec.Text[0] == '{' {
				continue
			}
			for _, program := range []string{"", "postfix", "**NO MATCH** **BAD REGULAR EXPRESSION**"} {
				nameless := *rec
				nameless.Program = program
				got := &event.Event{}
				if !Parse(&nameless, got) {
					t.Errorf("%q refused: %s", program, rec.Raw)
					continue
				}
				got.Remove(event.Program)
				want.Remove(event.Program)
				if got, want := parsetest.Write(got, nil), parsetest.Write(want, nil); got != want {
					t.Errorf("%q: %s\n got %s\nwant %s", program, rec.Raw, got, want)
				}
			}
			other := *rec
			other.Program = "somebody"
			if Parse(&other, &event.Event{}) {
				t.Errorf("taken from another program: %s", rec.Raw)
			}
		}
	}
}

// TestGuests checks that the policy servers' texts, and no others, are taken
// from under Postfix's bare tag.
func TestGuests(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"action=greylist, reason=new, client_name=h, client_address=203.0.113.9, recipient=r@y.example":         true,
		"AAAAAA11: action=pass, reason=triplet found, client_name=h, client_address=203.0.113.9, recipient=r@y": true,
		"Policy action=DUNNO": true,
		": prepend Received-SPF: Pass (mailfrom) identity=mailfrom; client-ip=203.0.113.9; helo=h; receiver=y": true,
		"SPF pass (Mechanism 'mx' matched): Envelope-from: s@x.example":                                        true,
		"connect from a[203.0.113.9]":                        false,
		"AAAAAA11: removed":                                  false,
		"NOQUEUE: reject: RCPT from a[203.0.113.9]: 550 no":  false,
		"warning: a[203.0.113.9]: SASL LOGIN authentication": false,
		"statistics: max connection rate 1/60s":              false,
		"":                                                   false,
	} {
		if got := Guest(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

// TestBounds feeds lines of a size that only an attacker would write.
func TestBounds(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("<a@b>,", 100_000)
	e := parse(t, "amavis", "(1-2) Passed CLEAN {RelayedInbound}, [203.0.113.9]:25 <s@x> -> "+many+" Queue-ID: AAAAAA11")
	if n := len(e.Strs(event.Recipient)); n != maxRecipients {
		t.Errorf("%d recipients, want %d", n, maxRecipients)
	}
	symbols := strings.Repeat("A(1.00){b;},", 100_000)
	e = parse(t, "rspamd", "<a1b2c3>; task; rspamd_task_write_log: id: <a@b>, (default: F (no action): [1/2] ["+symbols+"]), len: 1")
	if list := parsetest.Fact(e, "spam_symbols"); len(list) != maxSymbols*len(`"A",`)+1 {
		t.Errorf("spam_symbols has %d bytes", len(list))
	}
}
