package parse

import (
	"testing"

	"rastro/internal/event"
	"rastro/internal/reply"
)

// TestReason reads real lines and wants the class of their answers.
func TestReason(t *testing.T) {
	t.Parallel()
	const at = "2026-11-23T00:21:44Z mx1 "
	for _, tt := range []struct{ line, want string }{
		{at + "postfix/smtp[1]: 4AB15A3E0: to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=5.1.1, status=bounced (host mx.b.example[192.0.2.1] said: 550 5.1.1 <a@b.example>: Recipient address rejected: User unknown (in reply to RCPT TO command))", "user_unknown"},
		{at + "postfix/lmtp[1]: 4AB15A3E0: to=<a@b.example>, relay=192.0.2.20[192.0.2.20]:24, delay=1, delays=0/0/1/0, dsn=5.1.1, status=bounced (host 192.0.2.20[192.0.2.20] said: 550 5.1.1 <a@b.example> User doesn't exist: a@b.example (in reply to RCPT TO command))", "local_recipient_unknown"},
		{at + "postfix/smtpd[1]: NOQUEUE: reject: RCPT from unknown[192.0.2.1]: 450 4.2.0 <a@b.example>: Recipient address rejected: Greylisted; from=<c@d.example> to=<a@b.example> proto=ESMTP helo=<d.example>", "greylist_by_us"},
		{at + "postfix/smtp[1]: 4AB15A3E0: to=<a@b.example>, relay=none, delay=1, delays=0/0/1/0, dsn=4.4.1, status=deferred (connect to mx.b.example[192.0.2.1]:25: Connection timed out)", "timeout"},
		{at + "postfix/smtp[1]: 4AB15A3E0: to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, delay=1, delays=0/0/1/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued)", ""},
		{at + "postfix/qmgr[1]: 4AB15A3E0: from=<c@d.example>, status=expired, returned to sender", "expired"},
		{at + "postfix/smtpd[1]: connect from a.example[192.0.2.1]", ""},
	} {
		e := parseOne(event.Line{Text: tt.line})
		if got := e.Str(event.Reason); got != tt.want {
			t.Errorf("%s\nreason %q, want %q", tt.line, got, tt.want)
		}
	}
}

// TestOwnReasons takes the operator's book.
func TestOwnReasons(t *testing.T) {
	t.Parallel()
	book, err := reply.Parse("f.toml", []byte("[[rule]]\nid = \"a\"\nclass = \"virus\"\ntext = [\"lorem\"]"))
	if err != nil {
		t.Fatal(err)
	}
	e := new(event.Event)
	line := event.Line{
		Text:   "2026-11-23T00:21:44Z mx1 postfix/smtp[1]: 4AB15A3E0: to=<a@b.example>, relay=none, delay=1, delays=0/0/1/0, dsn=5.0.0, status=bounced (lorem)",
		Origin: &event.Origin{Name: "/var/log/mail.log", ID: "f1"}, ReceivedAt: received,
	}
	New(Options{Reasons: reply.Fixed(book)}).Parse(&line, e)
	if got := e.Str(event.Reason); got != "virus" {
		t.Errorf("reason %q", got)
	}
}
