package postfix

import (
	"testing"

	"rastro/internal/parse/parsetest"
)

// TestFacts checks single facts of forms that the golden logs lack: each line
// must hold all of them, each written name=value, a leading - for absent.
func TestFacts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ program, text, facts string }{
		// Reports and the operator.
		{"bounce", "2CB2015A186: postmaster delay notification: ABCDEF012", "next_queue_id=ABCDEF012 notification=postmaster"},
		{"bounce", "2CB2015A186: postmaster non-delivery notification: ABCDEF012", "next_queue_id=ABCDEF012 notification=postmaster"},
		{"bounce", "2CB2015A186: sender delay notification: ABCDEF012", "next_queue_id=ABCDEF012 notification=delayed"},
		{"bounce", "warning: 2CB2015A186: sender notification failed to a@b.example: queue file write error", "event_type=queue_processing -next_queue_id -notification"},
		{"bounce", "warning: 2CB2015A186: undeliverable postmaster notification discarded", "status=discarded queue_id=2CB2015A186"},
		{"qmgr", "2CB2015A186: removed", "-status -action component=qmgr"},
		{"postsuper", "2CB2015A186: requeued", "-status action=requeued"},
		{"postsuper", "2CB2015A186: released from hold", "-status action=released event_type=queue_processing"},
		{"postsuper", "2CB2015A186: expired", "-status action=expired"},
		{"cleanup", "2CB2015A186: removed (canceled)", "-status action=canceled"},
		{"cleanup", "2CB2015A186: removed (discarded)", "status=discarded action=discarded"},
		{"smtp", "2CB2015A186: status=deferred (bounce failed)", "status=deferred event_type=queue_processing"},

		// Limits whose answer only the client saw.
		{"smtpd", "warning: 2CB2015A186: queue file size limit exceeded", "status=rejected smtp_code=552 dsn=5.3.4 smtp_stage=END-OF-MESSAGE queue_id=2CB2015A186"},
		{"smtpd", "warning: NOQUEUE: BDAT request from h[192.0.2.1] exceeds message size limit", "status=rejected smtp_code=552 client_ip=192.0.2.1"},
		{"smtpd", "warning: 2CB2015A186: malformed BDAT command syntax from h[192.0.2.1]: BDAT x", "status=rejected smtp_code=521 dsn=5.5.4"},
		{"smtpd", "warning: Refusing STARTTLS request from h[192.0.2.1] for service smtp", "status=rejected smtp_code=454 smtp_stage=STARTTLS"},
		{"smtpd", "warning: Connection rate limit exceeded: 61 from h[192.0.2.1] for service smtp", "status=rejected smtp_code=421 smtp_stage=CONNECT"},
		{"postscreen", "NOQUEUE: reject: CONNECT from [192.0.2.1]:99: all server ports busy", "status=rejected smtp_code=421 dsn=4.3.2"},
		{"postscreen", "reject: connect from [192.0.2.1]:99: all screening ports busy", "status=rejected smtp_code=421 dsn=4.3.2 smtp_stage=CONNECT"},

		// Rules.
		{"smtpd", "NOQUEUE: redirect: RCPT from h[192.0.2.1]: <r@d.example>: Recipient address triggers REDIRECT boss@d.example; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "action=redirect target=boss@d.example recipient=r@d.example event_type=queue_processing"},
		{"smtpd", "2CB2015A186: bcc: RCPT from h[192.0.2.1]: <r@d.example>: Recipient address triggers BCC log@d.example; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "action=bcc target=log@d.example"},
		{"cleanup", "2CB2015A186: filter: header X-A: b from h[192.0.2.1]; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>: smtp:[127.0.0.1]:10024", "action=filter target=smtp:[127.0.0.1]:10024"},
		{"cleanup", "2CB2015A186: milter-header-hold: header X-Spam: yes from h[192.0.2.1]; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=held action=hold"},
		{"cleanup", "2CB2015A186: milter-hold: END-OF-MESSAGE from h[192.0.2.1]: quarantined by rspamd; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=held action=hold reply=quarantined_by_rspamd"},
		{"cleanup", "2CB2015A186: milter-reject: END-OF-MESSAGE from h[192.0.2.1]: 5.7.1 Command rejected; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected smtp_code=550 dsn=5.7.1"},
		{"cleanup", "2CB2015A186: milter-reject: END-OF-MESSAGE from h[192.0.2.1]: 4.7.1 Service unavailable - try again later; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected smtp_code=451 dsn=4.7.1"},
		{"cleanup", "2CB2015A186: milter-reject: END-OF-MESSAGE from h[192.0.2.1]: 5.7.1 Spam message rejected; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected smtp_code=554 dsn=5.7.1"},
		{"cleanup", "2CB2015A186: milter-reject: END-OF-MESSAGE from h[192.0.2.1]: 5.7.1 words of another filter; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected -smtp_code dsn=5.7.1"},
		{"smtpd", "NOQUEUE: milter-reject: RCPT from h[192.0.2.1]: 450 4.7.1 later; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected smtp_code=450 dsn=4.7.1 smtp_stage=RCPT"},
		{"cleanup", "2CB2015A186: reject: header Subject: x from h[192.0.2.1]; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>: 4.7.1 later", "status=rejected smtp_code=451 dsn=4.7.1"},
		{"cleanup", "2CB2015A186: reject: header Subject: x from local; from=<s@c.example> to=<r@d.example>: 5.7.1 no", "status=rejected -smtp_code dsn=5.7.1 subject=x"},
		{"cleanup", "2CB2015A186: reject: mime-error improper use of 8-bit data in message header: Subject: \xf1 from h[192.0.2.1]; from=<s@c.example> to=<r@d.example>", "status=rejected smtp_code=550 recipient=r@d.example client_ip=192.0.2.1"},
		{"smtpd", "2CB2015A186: reject: END-OF-MESSAGE from h[192.0.2.1]: bare <LF> received; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected dsn=5.5.2 -smtp_code"},
		{"smtpd", "NOQUEUE: reject: RCPT from h[192.0.2.1]: 553 5.7.1 <s@c.example>: Sender address rejected: not owned by user u@c.example; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected username=u@c.example success=true"},
		{"smtpd", "NOQUEUE: proxy-reject: END-OF-MESSAGE: 554 5.7.0 Reject, id=1-2; from=<s@c.example> to=<r@d.example> proto=ESMTP helo=<x>", "status=rejected smtp_code=554 recipient=r@d.example"},

		// One server of several.
		{"smtp", "2CB2015A186: SASL authentication failed; server mx.b.example[192.0.2.1] said: 535 5.7.8 no", "smtp_code=535 dsn=5.7.8 smtp_stage=AUTH relay_ip=192.0.2.1 queue_id=2CB2015A186"},
		{"smtp", "2CB2015A186: TLS is required, but was not offered by host mx.b.example[192.0.2.1]", "relay_ip=192.0.2.1 relay_host=mx.b.example event_type=smtp_connection"},
		{"smtp", "2CB2015A186: conversation with mx.b.example[192.0.2.1] timed out while sending message body", "relay_ip=192.0.2.1 queue_id=2CB2015A186"},
		{"smtp", "2CB2015A186: enabling PIX workarounds: disable_esmtp delay_dotcrlf for mx.b.example[192.0.2.1]:25", "relay_ip=192.0.2.1"},

		// Deliveries.
		{"qmgr", "2CB2015A186: to=<a@b.example>, relay=none, delay=3, delays=1/2/0/0, dsn=4.4.1, status=deferred (delivery temporarily suspended: host mx.b.example[192.0.2.1] refused to talk to me: 421 4.7.0 slow down)", "status=deferred smtp_code=421 dsn=4.4.1 smtp_stage=CONNECT relay_ip=192.0.2.1 remark=suspended"},
		{"smtp", "2CB2015A186: to=<a@b.example>, relay=h[192.0.2.1]:587, delay=3, delays=1/2/0/0, dsn=4.7.8, status=deferred (SASL authentication failed; server h[192.0.2.1] said: 535 5.7.8 no)", "status=deferred smtp_code=535 smtp_stage=AUTH"},
		{"smtp", "2CB2015A186: to=<a@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=3, delays=1/2/0/0, dsn=2.7.0, status=sent (250 2.7.0 Ok, discarded, id=00123-04 - spam)", "status=delivered remark=discarded smtp_code=250 -next_queue_id -remote_queue_id"},
		{"local", "2CB2015A186: to=<a@b.example>, relay=local, delay=3, delays=1/2/0/0, dsn=2.0.0, status=sent (delivered to command: /usr/bin/procmail)", "status=delivered -next_queue_id -remote_queue_id"},
		{"local", "2CB2015A186: to=<a@b.example>, relay=local, delay=3, delays=1/2/0/0, dsn=2.0.0, status=deliverable (delivers to command: /usr/bin/procmail)", "event_type=system probe=deliverable -status"},
		{"virtual", "2CB2015A186: to=<a@b.example>, relay=virtual, delay=3, delays=1/2/0/0, dsn=2.0.0, status=sent (delivered to maildir)", "status=delivered"},
		{"pipe", "2CB2015A186: to=<a@b.example>, relay=mlist, delay=3, delays=1/2/0/0, dsn=2.0.0, status=sent (delivered via mlist service (ok))", "status=delivered"},
		{"smtp", `2CB2015A186: to=<"a b"@c.example>, orig_to=<x y@c.example>, relay=none, delay=3, delays=1/2/0/0, dsn=5.1.1, status=bounced (no)`, `recipient="a_b"@c.example original_recipient=x_y@c.example`},

		// Clients.
		{"smtpd", "disconnect from h[192.0.2.1] ehlo=1 auth=1/3 quit=1 commands=3/5", "logins=1 login_failures=2 client_ip=192.0.2.1"},
		{"smtpd", "disconnect from h[192.0.2.1]", "-logins -login_failures"},
		{"postscreen", "DNSBL rank 12 for [2001:db8::1]:4711", "screen=dnsbl dnsbl_rank=12 client_ip=2001:db8::1"},
		{"postscreen", "BLACKLISTED [192.0.2.1]:4711", "screen=denylisted"},
		{"postscreen", "BARE NEWLINE from [192.0.2.1]:4711 after CONNECT", "screen=bare_newline smtp_stage=CONNECT"},
		{"postscreen", "COMMAND TIME LIMIT from [192.0.2.1]:4711 after CONNECT", "screen=time_limit smtp_stage=CONNECT"},
		{"postscreen", "NON-SMTP COMMAND from [192.0.2.1]:4711 after CONNECT: GET / HTTP/1.1", "screen=non_smtp_command command_data=GET_/_HTTP/1.1"},
		{"postscreen", `COMMAND PIPELINING from [192.0.2.1]:4711 after DATA: QUIT\r\n`, `screen=pipelining smtp_stage=DATA command_data=QUIT\r\n`},
		{"postscreen", "DATA without valid RCPT from [192.0.2.1]:4711", "screen=no_recipient"},
		{"dnsblog", "addr 192.0.2.1 listed by domain bl.example as 127.0.0.2", "dnsbl=bl.example client_ip=192.0.2.1"},
	} {
		dialect.Facts(t, parsetest.Record("postfix/"+c.program, c.text), c.facts)
	}
}
