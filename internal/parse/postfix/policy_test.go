package postfix

import (
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

func TestPolicyForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, policyForms)
}

var policyForms = []form{
	{
		"reject with login (3.10)", "postfix/submission/smtpd",
		`NOQUEUE: reject: RCPT from h.example[192.0.2.1]:4711: 553 5.7.1 <A@b.example>: Sender address rejected: not owned by user u; from=<A@b.example> to=<c@d.example> proto=ESMTP helo=<[10.0.0.1]> sasl_method=PLAIN sasl_username=u sasl_sender=<s>`,
		`"client_host":"h.example","client_ip":"192.0.2.1","client_port":4711,"smtp_stage":"RCPT","sender":"a@b.example","recipient":"c@d.example","helo":"[10.0.0.1]","auth_method":"PLAIN","username":"u","status":"rejected","smtp_code":553,"dsn":"5.7.1","reply":"553 5.7.1 <A@b.example>: Sender address rejected: not owned by user u","event_type":"message_rejection","level":"INFO","component":"smtpd"`,
	},
	{
		"null sender", "postfix/smtpd",
		`ABCDEF012: reject: RCPT from unknown[2001:db8::9]: 450 4.2.0 <c@d.example>: Greylisted; from=<> to=<c@d.example> proto=SMTP helo=<x>`,
		`"client_ip":"2001:db8::9","smtp_stage":"RCPT","sender":"<>","recipient":"c@d.example","helo":"x","status":"rejected","smtp_code":450,"dsn":"4.2.0","reply":"450 4.2.0 <c@d.example>: Greylisted","event_type":"message_rejection","level":"INFO","component":"smtpd","queue_id":"ABCDEF012"`,
	},
	{
		"at connect", "postfix/smtpd",
		`NOQUEUE: reject: CONNECT from unknown[192.0.2.1]: 554 5.7.1 Client host rejected; proto=SMTP`,
		`"client_ip":"192.0.2.1","smtp_stage":"CONNECT","status":"rejected","smtp_code":554,"dsn":"5.7.1","reply":"554 5.7.1 Client host rejected","event_type":"message_rejection","level":"INFO","component":"smtpd"`,
	},
	{
		"answer that imitates the end", "postfix/smtpd",
		`NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 5.7.23 <r@d.example>: SPF; see s=x; from=<fake@a.example> to=<fake@b.example> proto=ESMTP helo=<fake>: no; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<real>`,
		`"client_host":"h","client_ip":"192.0.2.1","smtp_stage":"RCPT","sender":"s@c.example","recipient":"r@d.example","helo":"real","status":"rejected","smtp_code":550,"dsn":"5.7.23","reply":"550 5.7.23 <r@d.example>: SPF; see s=x; from=<fake@a.example> to=<fake@b.example> proto=ESMTP helo=<fake>: no","event_type":"message_rejection","level":"INFO","component":"smtpd"`,
	},
	{
		"sender that imitates the end", "postfix/smtpd",
		`NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 5.1.1 no; from=<"x; from=<fake@a.example> to=<fake@b.example> proto=ESMTP helo=<y"@c.example> to=<r@d.example> proto=ESMTP helo=<real>`,
		`"client_host":"h","client_ip":"192.0.2.1","smtp_stage":"RCPT","sender":"\"x; from=<fake@a.example> to=<fake@b.example> proto=esmtp helo=<y\"@c.example","recipient":"r@d.example","helo":"real","status":"rejected","smtp_code":550,"dsn":"5.1.1","reply":"550 5.1.1 no","event_type":"message_rejection","level":"INFO","component":"smtpd"`,
	},
	{
		"subject that imitates the end", "postfix/cleanup",
		`ABCDEF012: reject: header Subject: hi from evil[1.2.3.4]; from=<fake@a.example> to=<fake@b.example> proto=ESMTP helo=<y>: 5.0.0 fake from h.example[192.0.2.1]; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<real>: 5.7.1 spam`,
		`"client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"subject":"hi from evil[1.2.3.4]; from=<fake@a.example> to=<fake@b.example> proto=ESMTP helo=<y>: 5.0.0 fake","sender":"s@c.example","recipient":"r@d.example","helo":"real","status":"rejected","dsn":"5.7.1","reply":"5.7.1 spam","event_type":"message_rejection","level":"INFO","component":"cleanup","queue_id":"ABCDEF012"`,
	},
	{
		"subject logged by an info rule", "postfix/cleanup",
		`ABCDEF012: info: header Subject: Factura 12; status=sent (250 ok) from local; from=<s@c.example>`,
		`"subject":"Factura 12; status=sent (250 ok)","sender":"s@c.example","event_type":"content_check","level":"INFO","component":"cleanup","queue_id":"ABCDEF012"`,
	},
	{
		"milter header check", "postfix/cleanup",
		`ABCDEF012: milter-header-reject: header X-Spam: yes from h[192.0.2.1]; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>: 5.7.1 spam`,
		`"client_host":"h","client_ip":"192.0.2.1","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"sender":"s@c.example","recipient":"r@d.example","helo":"x","status":"rejected","dsn":"5.7.1","reply":"5.7.1 spam","event_type":"message_rejection","level":"INFO","component":"cleanup","queue_id":"ABCDEF012"`,
	},
	{
		"warn_if_reject", "postfix/smtpd",
		`NOQUEUE: reject_warning: RCPT from h[192.0.2.1]: 554 5.7.1 blocked; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>`,
		`"client_host":"h","client_ip":"192.0.2.1","smtp_stage":"RCPT","sender":"s@c.example","recipient":"r@d.example","helo":"x","event_type":"content_check","level":"INFO","component":"smtpd"`,
	},
	{
		"hold", "postfix/smtpd",
		`NOQUEUE: hold: RCPT from h[192.0.2.1]: <r@d.example>: Recipient address on hold; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>`,
		`"client_host":"h","client_ip":"192.0.2.1","smtp_stage":"RCPT","sender":"s@c.example","recipient":"r@d.example","helo":"x","status":"held","reply":"<r@d.example>: Recipient address on hold","event_type":"queue_processing","level":"INFO","component":"smtpd","action":"hold"`,
	},
	{
		"proxy accepts", "postfix/smtpd",
		`proxy-accept: END-OF-MESSAGE: 250 2.0.0 Ok: queued as 9A94415A5BB; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x> sasl_username=<u@c.example>`,
		`"smtp_stage":"END-OF-MESSAGE","sender":"s@c.example","recipient":"r@d.example","helo":"x","username":"u@c.example","next_queue_id":"9A94415A5BB","status":"accepted","smtp_code":250,"dsn":"2.0.0","reply":"250 2.0.0 Ok: queued as 9A94415A5BB","event_type":"message_reception","level":"INFO","component":"smtpd"`,
	},
	{
		"proxy accepts and throws away", "postfix/smtpd",
		`proxy-accept: END-OF-MESSAGE: 250 2.7.0 Ok, discarded, id=12345-01 - INFECTED: Eicar; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>`,
		`"smtp_stage":"END-OF-MESSAGE","sender":"s@c.example","recipient":"r@d.example","helo":"x","status":"accepted","smtp_code":250,"dsn":"2.7.0","reply":"250 2.7.0 Ok, discarded, id=12345-01 - INFECTED: Eicar","event_type":"message_reception","level":"INFO","component":"smtpd","remark":"discarded"`,
	},
	{
		"proxy rejects", "postfix/smtpd",
		`proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=1-2 - spam; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>`,
		`"smtp_stage":"END-OF-MESSAGE","sender":"s@c.example","recipient":"r@d.example","helo":"x","status":"rejected","smtp_code":554,"dsn":"5.7.0","reply":"554 5.7.0 Reject, id=1-2 - spam","event_type":"message_rejection","level":"INFO","component":"smtpd"`,
	},
	{
		"postscreen", "postfix/postscreen",
		`NOQUEUE: reject: RCPT from [2001:db8::5]:4711: 550 5.7.1 Service unavailable; client [2001:db8::5] blocked using bl.example; from=<s@c.example>, to=<r@d.example>, proto=ESMTP, helo=<x>`,
		`"client_ip":"2001:db8::5","client_port":4711,"smtp_stage":"RCPT","sender":"s@c.example","recipient":"r@d.example","helo":"x","status":"rejected","smtp_code":550,"dsn":"5.7.1","reply":"550 5.7.1 Service unavailable; client [2001:db8::5] blocked using bl.example","event_type":"message_rejection","level":"INFO","component":"postscreen"`,
	},
	{
		"postscreen is full", "postfix/postscreen",
		`NOQUEUE: reject: CONNECT from [192.0.2.1]:4711: too many connections`,
		`"client_ip":"192.0.2.1","client_port":4711,"smtp_stage":"CONNECT","smtp_code":421,"dsn":"4.7.0","status":"rejected","reply":"too many connections","event_type":"message_rejection","level":"INFO","component":"postscreen"`,
	},
	{
		"hop count", "postfix/cleanup",
		`warning: ABCDEF012: message rejected: hopcount exceeded`,
		`"status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":554,"dsn":"5.4.0","reply":"message rejected: hopcount exceeded","event_type":"message_rejection","level":"WARN","component":"cleanup","queue_id":"ABCDEF012"`,
	},
	{
		"rate limit", "postfix/smtpd",
		`warning: Recipient address rate limit exceeded: 101 from h.example[192.0.2.1] for service smtp`,
		`"client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"RCPT","status":"rejected","smtp_code":450,"dsn":"4.7.1","reply":"Recipient address rate limit exceeded: 101 from h.example[192.0.2.1] for service smtp","event_type":"message_rejection","level":"WARN","component":"smtpd"`,
	},
	{
		"line cut inside the recipient", "postfix/smtpd",
		`NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 5.1.1 no; from=<s@c.example> to=<r@d.exa`,
		`"client_host":"h","client_ip":"192.0.2.1","smtp_stage":"RCPT","sender":"s@c.example","status":"rejected","smtp_code":550,"dsn":"5.1.1","reply":"550 5.1.1 no","event_type":"message_rejection","level":"INFO","component":"smtpd"`,
	},
	{
		"TLS required of the client", "postfix/smtpd",
		`NOQUEUE: abort: TLS from h[192.0.2.1]: No client certificate presented`,
		`"client_host":"h","client_ip":"192.0.2.1","reply":"No client certificate presented","event_type":"smtp_connection","level":"INFO","component":"smtpd"`,
	},
}

// TestTailTries makes sure that a line of nothing but false ends is given up.
func TestTailTries(t *testing.T) {
	t.Parallel()
	text := "NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 " + strings.Repeat("; from=<", 100_000)
	e := &event.Event{}
	if !Parse(&event.Record{Text: text, Program: "postfix/smtpd"}, e) || e.Str(event.Status) != event.StatusRejected {
		t.Errorf("got %s", parsetest.Write(e, nil))
	}
	if e.Has(event.Sender) {
		t.Errorf("sender %q out of nothing", e.Str(event.Sender))
	}
}
