package reply

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBuiltIn(t *testing.T) {
	b, err := parse("replies.toml", builtIn, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.Size() < 250 {
		t.Errorf("%d rules, at least 250 are expected", b.Size())
	}
	for _, a := range actors {
		if w := b.ActsWords(a); w.En == "" || w.Es == "" {
			t.Errorf("acts.%s lacks words", a)
		}
	}
	for _, r := range b.rules {
		for _, e := range []Entry{r.entry, r.here} {
			checkWords(t, r.id, e)
		}
	}
}

func checkWords(t *testing.T, id string, e Entry) {
	t.Helper()
	for _, w := range []Words{e.Meaning, e.Next, e.Verdict} {
		if w.En == "" || w.Es == "" || strings.Contains(w.En+w.Es, "{") {
			t.Errorf("%s: %q", id, w)
		}
	}
	for _, w := range []Words{e.Meaning, e.Next} {
		if !strings.HasSuffix(w.En, ".") || !strings.HasSuffix(w.Es, ".") {
			t.Errorf("%s: no sentence: %q", id, w)
		}
	}
	for _, s := range []string{e.Verdict.En, e.Verdict.Es} {
		if strings.HasSuffix(s, ".") || s[0] >= 'A' && s[0] <= 'Z' && !strings.HasPrefix(s, "SPF") {
			t.Errorf("%s: no clause: %q", id, s)
		}
	}
}

// TestClasses wants every class that other rooms know by name.
func TestClasses(t *testing.T) {
	const wanted = `user_unknown mailbox_full mailbox_inactive recipient_moved domain_unknown null_mx host_unreachable network
		dns_failure tls_failure timeout greylisted rate_limited too_many_connections too_many_recipients ip_reputation
		sender_reputation blocklisted auth_spf auth_dkim auth_dmarc ptr_missing arc spam_content virus banned_attachment policy
		too_large content_format smtputf8 relay_denied login_required bad_credentials account_suspended sending_limit
		sender_rejected sender_unknown local_recipient_unknown local_quota local_rule local_spam_verdict greylist_by_us loop
		routing local_config system_full filter_down server_busy connection_lost expired canceled undefined`
	b := Default()
	for name := range strings.FieldsSeq(wanted) {
		e, ok := b.Class(name)
		if !ok || e.Class != name {
			t.Errorf("there is no class %s", name)
			continue
		}
		checkWords(t, name, e)
	}
	if got, want := len(b.Classes()), len(strings.Fields(wanted)); got != want {
		t.Errorf("%d classes, want %d", got, want)
	}
	if _, ok := b.Class("x"); ok {
		t.Error("class x exists")
	}
	page, err := os.ReadFile("../../docs/replies.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range b.Classes() {
		e, _ := b.Class(name)
		if row := "| `" + name + "` | " + e.Verdict.En + " | " + e.Acts + " |"; !strings.Contains(string(page), row) {
			t.Errorf("docs/replies.md lacks the line\n%s", row)
		}
	}
}

func TestExplain(t *testing.T) {
	b := Default()
	for _, tt := range []struct {
		name string
		a    Answer
		want Entry // Class, Provider, Acts, Retry
	}{
		{"provider by relay", Answer{Code: 550, DSN: "5.1.1", Relay: "aspmx.L.google.com."}, Entry{Class: "user_unknown", Provider: "gmail", Acts: Customer}},
		{"relay that ends like a provider", Answer{Code: 550, DSN: "5.1.1", Relay: "notgoogle.com"}, Entry{Class: "user_unknown", Acts: Customer}},
		{"provider code before text", Answer{Text: "550 5.7.606 whatever virus", Relay: "a.mail.protection.outlook.com"}, Entry{Class: "virus", Provider: "microsoft", Acts: Customer}},
		{"provider code", Answer{Text: "550 5.7.606 whatever", Relay: "a.mail.protection.outlook.com"}, Entry{Class: "ip_reputation", Provider: "microsoft", Acts: Us}},
		{"text before code", Answer{Text: "550 5.1.1 over quota"}, Entry{Class: "mailbox_full", Acts: Recipient}},
		{"enhanced before basic", Answer{Text: "552 5.1.1 x"}, Entry{Class: "user_unknown", Acts: Customer}},
		{"basic", Answer{Text: "552 x"}, Entry{Class: "mailbox_full", Acts: Recipient}},
		{"detail whatever the class", Answer{Text: "450 4.1.1 x"}, Entry{Class: "user_unknown", Acts: Customer, Retry: true}},
		{"retry by the log's enhanced code", Answer{Code: 554, DSN: "4.7.1", Text: "554 5.7.1 poor reputation"}, Entry{Class: "ip_reputation", Acts: Us, Retry: true}},
		{"retry by class", Answer{Text: "Connection refused"}, Entry{Class: "host_unreachable", Acts: RecipientAdmin, Retry: true}},
		{"ours", Answer{Text: "550 5.1.1 user unknown", Ours: true}, Entry{Class: "local_recipient_unknown", Acts: Sender}},
		{"ours, other words", Answer{Text: "554 5.7.1 blocked using x", Ours: true}, Entry{Class: "blocklisted", Acts: Sender}},
		{"stage", Answer{Text: "550 x", Stage: "MAIL"}, Entry{Class: "sender_rejected", Acts: Customer}},
		{"address that says something else", Answer{Text: "550 5.1.1 <virus@spamhaus.org>: x"}, Entry{Class: "user_unknown", Acts: Customer}},
		{"host that says something else", Answer{Text: "connect to mx.spamhaus.org[192.0.2.1]:25: Connection refused"}, Entry{Class: "host_unreachable", Acts: RecipientAdmin, Retry: true}},
		{"nothing", Answer{}, Entry{Class: Undefined, Acts: Us}},
	} {
		e := b.Explain(tt.a)
		if got := (Entry{Class: e.Class, Provider: e.Provider, Acts: e.Acts, Retry: e.Retry}); got != tt.want {
			t.Errorf("%s: %+v (rule %s), want %+v", tt.name, got, e.Rule, tt.want)
		}
	}
}

func TestNames(t *testing.T) {
	e := Default().Explain(Answer{Text: "554 5.7.1 blocked using zen.spamhaus.org"})
	if !strings.Contains(e.Verdict.En, "Spamhaus") || !strings.Contains(e.Meaning.Es, "Spamhaus") || e.Link == "" {
		t.Errorf("%+v", e)
	}
}

func TestFold(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"550 5.1.1  A\r\n\tB ", " a b "},
		{"550-5.1.1 one 550-5.1.1 two 550 5.1.1 three", " one two three "},
		{"550-one\n550 two", " one 550 two "},
		{"550 bytes of 551 more", " bytes of 551 more "},
		{"<a@b.example>: x mx.b.example[192.0.2.1]:25: y", " @ x [192.0.2.1]:25: y "},
		{"name=b.example type=MX", " name= type=mx "},
		{"", " "},
	} {
		if got := string(fold(nil, tt.in, 0)); got != tt.want {
			t.Errorf("fold(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Answer
	}{
		{"550 5.1.1 x", Answer{Code: 550, DSN: "5.1.1", Text: "550 5.1.1 x"}},
		{"550-5.1.1 x\n550 5.1.1 y", Answer{Code: 550, DSN: "5.1.1", Text: "550-5.1.1 x\n550 5.1.1 y"}},
		{"said: 550-5.1.1 x", Answer{Text: "said: 550-5.1.1 x"}},
		{"host mx.a.example[192.0.2.1] said: 550 5.1.1 x (in reply to RCPT TO command)", Answer{Code: 550, DSN: "5.1.1", Text: "550 5.1.1 x", Relay: "mx.a.example", Stage: "RCPT"}},
		{"Nov 23 00:21:44 mx1 postfix/smtp[1]: 4AB: to=<x@a.example>, relay=mx.a.example[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=4.7.1, status=deferred (host mx.a.example[192.0.2.1] said: 554 5.7.1 y (in reply to end of DATA command))",
			Answer{Code: 554, DSN: "4.7.1", Text: "554 5.7.1 y", Relay: "mx.a.example", Stage: "END-OF-MESSAGE", Program: "postfix"}},
		{"Nov 23 00:21:44 mx1 postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 550 5.1.1 <x@a.example>: User unknown; from=<b@c.example> to=<x@a.example> proto=ESMTP helo=<d>",
			Answer{Code: 550, DSN: "5.1.1", Text: "550 5.1.1 <x@a.example>: User unknown", Program: "postfix", Ours: true, Stage: "RCPT"}},
		{"2026-11-23 01:00:00 1abc-000-00 ** x@a.example R=dnslookup T=remote_smtp H=mx.a.example [192.0.2.1]: SMTP error from remote mail server after RCPT TO:<x@a.example>: 550 No such user",
			Answer{Code: 550, Text: "550 No such user", Program: "exim", Stage: "RCPT"}},
		{"SMTP error from remote mail server after end of data: host mx.a.example [192.0.2.1]: 552 5.2.2 full",
			Answer{Code: 552, DSN: "5.2.2", Text: "552 5.2.2 full", Program: "exim", Stage: "END-OF-MESSAGE", Relay: "mx.a.example"}},
		{"Final-Recipient: rfc822; x@a.example\nStatus: 5.1.1\nRemote-MTA: dns; mx.a.example\nDiagnostic-Code: smtp; 550-5.1.1 one\n    550 5.1.1 two",
			Answer{Code: 550, DSN: "5.1.1", Text: "550-5.1.1 one 550 5.1.1 two", Relay: "mx.a.example"}},
		{"Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'", Answer{Code: 550, DSN: "5.1.10", Text: "550 5.1.10 RESOLVER.ADR.RecipientNotFound"}},
		{"sm-mta[1]: x: to=<x@a.example>, mailer=esmtp, relay=mx.a.example. [192.0.2.1], dsn=5.1.1, stat=User unknown", Answer{DSN: "5.1.1", Text: "User unknown", Relay: "mx.a.example", Program: "sendmail"}},
		{`smtpd[745]: e2005d mta delivery evpid=84 from=<a@b.example> to=<x@a.example> rcpt=<-> source="192.0.2.10" relay="198.51.100.21 (mx1.a.example)" delay=0s result="TempFail" stat="451 4.7.1 later"`,
			Answer{Code: 451, DSN: "4.7.1", Text: "451 4.7.1 later", Relay: "mx1.a.example", Program: "opensmtpd"}},
		{`smtpd[745]: e2005d smtp failed-command command="RCPT TO:<x@a.example>" result="550 Invalid recipient: <x@a.example>"`,
			Answer{Code: 550, Text: "550 Invalid recipient: <x@a.example>", Program: "opensmtpd", Ours: true, Stage: "RCPT"}},
		{"H=a.example [192.0.2.1] F=<b@c.example> rejected RCPT <x@a.example>: No such user here", Answer{Text: "No such user here", Program: "exim", Ours: true, Stage: "RCPT"}},
		{"sm-mta[1]: x: ruleset=check_rcpt, arg1=<x@a.example>, relay=[192.0.2.1], reject=550 5.7.1 <x@a.example>... Relaying denied",
			Answer{Code: 550, DSN: "5.7.1", Text: "550 5.7.1 <x@a.example>... Relaying denied", Program: "sendmail", Ours: true}},
		{"sorry, no mailbox here (#5.1.1)", Answer{DSN: "5.1.1", Text: "sorry, no mailbox here (#5.1.1)"}},
		{"the file has 550 bytes", Answer{Text: "the file has 550 bytes"}},
	} {
		if got := Split(tt.in); got != tt.want && !strings.HasPrefix(tt.in, "said") {
			t.Errorf("%s\n got %+v\nwant %+v", tt.in, got, tt.want)
		}
	}
}

func TestParseFaults(t *testing.T) {
	const class = "[[class]]\nid = \"x\"\nacts = \"us\"\nverdict = {en = \"a\", es = \"b\"}\nmeaning = {en = \"a\", es = \"b\"}\nnext = {en = \"a\", es = \"b\"}\n"
	for _, tt := range []struct{ text, want string }{
		{"rule = 3", "f.toml"},
		{"a = [", "f.toml: line 1"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ntext = [\"lorem ipsum\"]\ncolour = 3", "rule.colour is no key"},
		{"[[rule]]\nid = \"a\"\ntext = [\"lorem ipsum\"]", "rule a has no class"},
		{"[[rule]]\nid = \"a\"\nclass = \"nope\"\ntext = [\"lorem ipsum\"]", `class = "nope" does not exist`},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"", "rule a matches everything"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ntext = [\"lo*m\"]", "too short"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ncode = [99]", "code = 99 is none"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ndsn = [\"5.1\"]", "no enhanced status code"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\nprovider = \"p\"\ncode = [550]", `provider = "p" does not exist`},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\nacts = \"me\"\ncode = [550]", `acts = "me" is nobody`},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ncode = [550]\n[[rule]]\nid = \"a\"\nclass = \"policy\"\ncode = [551]", "rule a stands twice"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ntext = [\"lorem\"]\n[[rule]]\nid = \"b\"\nclass = \"virus\"\ntext = [\"lorem\"]", "rule b: the text \"lorem\" can never match"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ntext = [\"lorem\"]\n[[rule]]\nid = \"b\"\nclass = \"virus\"\ntext = [\"an ipsum lorem\"]", "can never match"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ncode = [550]\n[[rule]]\nid = \"b\"\nclass = \"virus\"\ncode = [550]", "rule b can never match"},
		{"[[rule]]\nid = \"a\"\nclass = \"policy\"\ncode = [550]\nnext = {en = \"a\"}", "next has no words in Spanish"},
		{strings.Replace(class, `en = "a", `, "", 1), "verdict has no words in English"},
		{strings.Replace(class, "meaning", "#", 1), "meaning is missing"},
		{strings.Replace(class, "acts", "#", 1), "acts is missing"},
		{class + class, "class x stands twice"},
		{class + "ours = \"nope\"", `ours = "nope" is no class`},
		{"[[provider]]\nname = \"p\"", "cannot be recognised"},
		{"[acts]\nme = {en = \"a\", es = \"b\"}", "nobody acts by that name"},
	} {
		_, err := Parse("f.toml", []byte(tt.text))
		if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.HasPrefix(err.Error(), "f.toml: ") {
			t.Errorf("%s\n got %v\nwant %s", tt.text, err, tt.want)
		}
	}
	// The same texts for different conditions are right.
	const right = "[[rule]]\nid = \"a\"\nclass = \"policy\"\ncode = [\"4xx\"]\ntext = [\"lorem\"]\n[[rule]]\nid = \"b\"\nclass = \"virus\"\ntext = [\"lorem\"]\n"
	if _, err := Parse("f.toml", []byte(class+right)); err != nil {
		t.Error(err)
	}
}

// TestOverlay lays rules over the built-in ones: they win within a step, and
// one of the same id replaces.
func TestOverlay(t *testing.T) {
	const text = `
[[class]]
id = "policy"
next = {en = "Call 555.", es = "Llame al 555."}

[[provider]]
name = "ours"
domains = ["backend.example"]

[[rule]]
id = "mine"
class = "account_suspended"
text = ["user unknown at*lorem"]

[[rule]]
id = "backend"
class = "server_busy"
provider = "ours"
code = [550]

[[rule]]
id = "code-552"
class = "too_large"
code = [552]
`
	b, err := Parse("f.toml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ text, relay, class, rule string }{
		{"550 5.1.1 user unknown at the lorem desk", "", "account_suspended", "mine"},
		{"550 5.1.1 user unknown", "", "user_unknown", "unknown-1"},
		{"550 5.1.1 user unknown", "mx.backend.example", "server_busy", "backend"},
		{"552 x", "", "too_large", "code-552"},
		{"550 5.1.1 x - gsmtp", "", "user_unknown", "dsn-1-1"},
	} {
		if e := b.Explain(Answer{Text: tt.text, Relay: tt.relay}); e.Class != tt.class || e.Rule != tt.rule {
			t.Errorf("%s: %s by %s, want %s by %s", tt.text, e.Class, e.Rule, tt.class, tt.rule)
		}
	}
	if e := b.Explain(Answer{Text: "554 5.7.1 lorem"}); e.Next.En != "Call 555." || e.Meaning.En == "" {
		t.Errorf("%+v", e)
	}
	if e := Default().Explain(Answer{Text: "552 x"}); e.Class != "mailbox_full" {
		t.Error("the built-in book has changed")
	}
}

func TestLive(t *testing.T) {
	var none *Live
	if none.Book() != Default() || new(Live).Book() != Default() {
		t.Error("no book")
	}
	path := filepath.Join(t.TempDir(), "replies.toml")
	if _, err := Open(path); err == nil {
		t.Error("a file that is not there was opened")
	}
	write := func(text string, age time.Duration) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		at := time.Now().Add(-age)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	class := func(l *Live) string { return l.Book().Explain(Answer{Text: "lorem"}).Class }
	write("[[rule]]\nid = \"a\"\nclass = \"virus\"\ntext = [\"lorem\"]", time.Hour)
	l, err := Open(path)
	if err != nil || class(l) != "virus" {
		t.Fatal(err, class(l))
	}
	if changed, err := l.Reload(); changed || err != nil {
		t.Error("nothing changed", changed, err)
	}
	write("[[rule]]\nid = \"a\"\nclass = \"policy\"\ntext = [\"lorem\"]", time.Minute)
	if changed, err := l.Reload(); !changed || err != nil || class(l) != "policy" {
		t.Error(changed, err, class(l))
	}
	write("broken", time.Second)
	if _, err := l.Reload(); err == nil || class(l) != "policy" {
		t.Error(err, class(l))
	}
	if _, err := l.Reload(); err != nil {
		t.Error("told twice:", err)
	}
	if err := l.Use(path + "x"); err == nil || class(l) != "policy" {
		t.Error(err, class(l))
	}
	if err := l.Use(""); err != nil || class(l) != Undefined {
		t.Error(err, class(l))
	}
}

func TestNoAllocations(t *testing.T) {
	b, a := Default(), Answer{Text: "550-5.1.1 The email account that you tried to reach does not exist. 550 5.1.1 - gsmtp", Relay: "MX.google.com"}
	if n := testing.AllocsPerRun(100, func() { b.Explain(a) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkExplain(b *testing.B) {
	data, err := os.ReadFile("testdata/replies.tsv")
	if err != nil {
		b.Fatal(err)
	}
	var answers []Answer
	for line := range strings.Lines(string(data)) {
		answers = append(answers, Split(line[strings.LastIndexByte(line, '\t')+1:]))
	}
	book := Default()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		book.Explain(answers[i%len(answers)])
	}
}

// BenchmarkHostile explains a text made of the beginnings of many patterns.
func BenchmarkHostile(b *testing.B) {
	var text strings.Builder
	for _, r := range Default().rules {
		for _, t := range r.texts {
			if text.Len() < 2*maxText && strings.Contains(t, "*") {
				text.WriteString(strings.ReplaceAll(t, "*", " ")[:len(t)-1] + " ")
			}
		}
	}
	a := Answer{Text: text.String()}
	for b.Loop() {
		Default().Explain(a)
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := parse("x", builtIn, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzExplain(f *testing.F) {
	data, err := os.ReadFile("testdata/replies.tsv")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		f.Add(strings.ReplaceAll(line[strings.LastIndexByte(line, '\t')+1:], `\n`, "\n"), "mx.google.com", 0, "")
	}
	f.Fuzz(func(t *testing.T, text, relay string, code int, dsn string) {
		a := Split(text)
		if a.Code != 0 && (a.Code < 200 || a.Code > 599) {
			t.Errorf("code %d", a.Code)
		}
		for _, ours := range []bool{false, true} {
			e := Default().Explain(Answer{Text: text, Relay: relay, Code: code, DSN: dsn, Ours: ours})
			if _, ok := Default().Class(e.Class); !ok {
				t.Errorf("class %q", e.Class)
			}
		}
	})
}

func FuzzParse(f *testing.F) {
	f.Add("[[rule]]\nid = \"a\"\nclass = \"virus\"\ntext = [\"lorem*x\"]\ncode = [\"5xx\"]")
	f.Fuzz(func(t *testing.T, text string) {
		if b, err := Parse("f", []byte(text)); err == nil {
			b.Explain(Answer{Text: text})
		}
	})
}
