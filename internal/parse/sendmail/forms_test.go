package sendmail

import (
	"testing"

	"rastro/internal/parse/parsetest"
)

var messageForms = []form{
	{
		"local submission", "sendmail", `m3AN0tGq015412: from=root, size=310, class=0, nrcpts=1, msgid=<2026.m3@h.example>, relay=root@localhost`,
		`"sender":"root","size":310,"recipient_count":1,"message_id":"<2026.m3@h.example>","client_host":"localhost","status":"accepted","event_type":"message_reception","level":"INFO","component":"server","queue_id":"m3AN0tGq015412"`,
	},
	{
		"odd names", "sm-mta", `6AN0tGqc015412: from="a, size=1, b"@C.example, size=9181, class=0, nrcpts=2, msgid=<a, b> c, proto=x@y>, bodytype=8BITMIME, proto=ESMTP, daemon=MTA, tls_verify=NO, auth=NONE, relay=ident@h.example [IPv6:2001:db8::7] (may be forged)`,
		`"sender":"\"a, size=1, b\"@c.example","size":9181,"recipient_count":2,"message_id":"<a, b> c","client_host":"h.example","client_ip":"2001:db8::7","status":"accepted","event_type":"message_reception","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"null sender without a name", "", `6AN0tGqc015412: from=<>, size=9181, class=0, nrcpts=1, msgid=<x@y>, proto=ESMTP, relay=[192.0.2.1]`,
		`"sender":"<>","size":9181,"recipient_count":1,"message_id":"<x@y>","client_ip":"192.0.2.1","status":"accepted","event_type":"message_reception","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"aborted before DATA", "sm-mta", `6AN0tGqc015412: from=<a@b>, size=0, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=[192.0.2.1]`,
		`"sender":"a@b","size":0,"recipient_count":1,"client_ip":"192.0.2.1","event_type":"message_reception","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"to the local daemon", "sendmail", `6AN0tGqc015412: to=ana@b.example,<c@d>, ctladdr=root (0/0), delay=00:00:01, xdelay=00:00:01, mailer=relay, pri=60310, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (6AN0tHM6015416 Message accepted for delivery)`,
		`"recipient":"ana@b.example","recipient":"c@d","delay":1,"delay_transmit":1,"relay_ip":"127.0.0.1","dsn":"2.0.0","reply":"6AN0tHM6015416 Message accepted for delivery","status":"delivered","next_queue_id":"6AN0tHM6015416","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412","ctladdr":"root"`,
	},
	{
		"of a local sender", "sm-mta", `6AN0tGqc015412: to=<c@d>, ctladdr=<ana@h.example> (1000/1000), delay=1+16:01:50, xdelay=00:00:02, mailer=esmtp, pri=30410, relay=mx.d. [192.0.2.1], dsn=4.0.0, stat=Deferred: Connection timed out with mx.d.`,
		`"recipient":"c@d","delay":144110,"delay_transmit":2,"relay_host":"mx.d","relay_ip":"192.0.2.1","dsn":"4.0.0","reply":"Connection timed out with mx.d.","status":"deferred","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412","ctladdr":"ana@h.example"`,
	},
	{
		"a forward to a program", "sm-mta", `6AN0tGqc015412: to="|/usr/bin/procmail -a x, y", ctladdr=<Ana@h.example> (1000/1000), delay=00:00:00, xdelay=00:00:00, mailer=prog, pri=30410, dsn=2.0.0, stat=Sent`,
		`"recipient":"|/usr/bin/procmail -a x, y","delay":0,"delay_transmit":0,"original_recipient":"ana@h.example","dsn":"2.0.0","status":"delivered","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412","mailer":"prog"`,
	},
	{
		"a forward on a system with one name", "sendmail", `kAN0tGqc015412: to=ana@c.example, ctladdr=<ana@h.example> (1000/1000), delay=00:00:00, xdelay=00:00:00, mailer=esmtp, pri=30410, relay=mx.c.example. [192.0.2.1], dsn=2.0.0, stat=Sent (ok)`,
		`"recipient":"ana@c.example","delay":0,"delay_transmit":0,"original_recipient":"ana@h.example","relay_host":"mx.c.example","relay_ip":"192.0.2.1","dsn":"2.0.0","reply":"ok","status":"delivered","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"kAN0tGqc015412"`,
	},
	{
		"8.12 without reply", "sendmail", `kAN0tGqc015412: to=<c@d>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30410, relay=mx.d. [192.0.2.1], dsn=5.1.1, stat=User unknown`,
		`"recipient":"c@d","delay":1,"delay_transmit":1,"relay_host":"mx.d","relay_ip":"192.0.2.1","dsn":"5.1.1","smtp_code":550,"reply":"User unknown","status":"bounced","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"kAN0tGqc015412"`,
	},
	{
		"deferred with a code", "sendmail", `kAN0tGqc015412: to=<c@d>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30410, relay=mx.d. [192.0.2.1], dsn=4.3.0, stat=Deferred: 451 4.7.1 Greylisting in action, please come back later`,
		`"recipient":"c@d","delay":1,"delay_transmit":1,"relay_host":"mx.d","relay_ip":"192.0.2.1","dsn":"4.3.0","smtp_code":451,"reply":"451 4.7.1 Greylisting in action, please come back later","status":"deferred","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"kAN0tGqc015412"`,
	},
	{
		"temporary by its dsn", "sm-mta", `6AN0tGqc015412: to=<c@d>, delay=00:00:00, mailer=esmtp, pri=30410, dsn=4.4.3, stat=Host map: lookup (d): deferred`,
		`"recipient":"c@d","delay":0,"dsn":"4.4.3","reply":"Host map: lookup (d): deferred","status":"deferred","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412"`,
	},
	{
		"queued", "sm-mta", `6AN0tGqc015412: to=<c@d>, delay=00:00:00, mailer=esmtp, pri=30410, stat=queued`,
		`"recipient":"c@d","delay":0,"event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
	{
		"quarantined", "sm-mta", `6AN0tGqc015412: to=<c@d>, delay=00:00:00, mailer=esmtp, pri=30410, quarantine=virus, perhaps, stat=quarantined`,
		`"recipient":"c@d","delay":0,"reply":"virus, perhaps","status":"quarantined","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
	{
		"more recipients follow", "sm-mta", `6AN0tGqc015412: to=<a@b>,<c@d>, [more], delay=00:00:00, mailer=esmtp, pri=30410, relay=mx.d. [192.0.2.1], dsn=2.0.0, stat=Sent (ok)`,
		`"recipient":"a@b","recipient":"c@d","delay":0,"relay_host":"mx.d","relay_ip":"192.0.2.1","dsn":"2.0.0","reply":"ok","status":"delivered","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412"`,
	},
	{
		"LMTP to Dovecot", "sm-mta", `6AN0tGqc015412: to=<c@d>, delay=00:00:00, xdelay=00:00:00, mailer=lmtp, pri=30410, relay=localhost, dsn=2.0.0, stat=Sent (2.0.0 <c@d> kNzMApN9 Saved)`,
		`"recipient":"c@d","delay":0,"delay_transmit":0,"relay_host":"localhost","dsn":"2.0.0","reply":"2.0.0 <c@d> kNzMApN9 Saved","status":"delivered","session_id":"kNzMApN9","event_type":"message_delivery","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412","mailer":"lmtp"`,
	},
	{
		"part of a long line", "sm-mta", `6AN0tGqc015412[1]: to=<a@b>,<c@d>, ...`,
		`"recipient":"a@b","recipient":"c@d","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
	{
		"gave up", "sm-mta", `6AN0tGqc015412: 6AN0uCNp015627: return to sender: Cannot send message for 5 days`,
		`"next_queue_id":"6AN0uCNp015627","reply":"Cannot send message for 5 days","status":"expired","dsn":"4.4.7","event_type":"queue_processing","level":"INFO","component":"bounce","queue_id":"6AN0tGqc015412"`,
	},
	{
		"warned", "", `6AN0tGqc015412: 6AN0uCNp015627: sender notify: Warning: could not send message for past 4 hours`,
		`"next_queue_id":"6AN0uCNp015627","reply":"Warning: could not send message for past 4 hours","event_type":"queue_processing","level":"INFO","component":"bounce","queue_id":"6AN0tGqc015412"`,
	},
	{
		"too many hops", "sm-mta", `6AQKKkRj008940: 6AQKKooC008995: DSN: Too many hops 31 (20 max): from <carl@sender.example> via localhost, to <Ana@hostco.example>`,
		`"next_queue_id":"6AQKKooC008995","reply":"Too many hops 31 (20 max): from <carl@sender.example> via localhost, to <Ana@hostco.example>","recipient":"ana@hostco.example","status":"bounced","dsn":"5.4.6","event_type":"queue_processing","level":"INFO","component":"bounce","queue_id":"6AQKKkRj008940"`,
	},
	{
		"clone", "sm-mta", `6AN0tGqc015412: 6AN0uCNp015627: clone: owner=Owner-list@b.example`,
		`"next_queue_id":"6AN0uCNp015627","status":"forwarded","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412","owner":"owner-list@b.example"`,
	},
	{
		"old clone", "sendmail", `6AN0tGqc015412: clone 6AN0uCNp015627, owner=owner-list`,
		`"next_queue_id":"6AN0uCNp015627","status":"forwarded","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412","owner":"owner-list"`,
	},
	{
		"split", "sm-mta", `6AN0tGqc015412: split: count=2, ids=6AN0uCNp015627; 6AN0uCNp015628`,
		`"next_queue_id":"6AN0uCNp015627","next_queue_id":"6AN0uCNp015628","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
	{
		"done", "sm-mta", `6AN0tGqc015412: done; delay=00:01:20, ntries=3`,
		`"delay":80,"attempt":3,"event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
	{
		"quarantined by the operator", "sendmail", `6AN0tGqc015412: quarantine=look at it`,
		`"reply":"look at it","status":"quarantined","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
	{
		"released", "sendmail", `6AN0tGqc015412: unquarantine`,
		`"event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412","action":"released"`,
	},
	{
		"alias", "sm-mta", `6AN0tGqc015412: alias <Sales@b.example> => ana, bob@c.example`,
		`"original_recipient":"sales@b.example","reply":"ana, bob@c.example","event_type":"queue_processing","level":"INFO","component":"queue","queue_id":"6AN0tGqc015412"`,
	},
}

var refusalForms = []form{
	{
		"sender refused", "sm-mta", `6AN0tGqc015412: ruleset=check_mail, arg1=<X@y.example>, relay=h.example [192.0.2.1] (may be forged), reject=553 5.1.8 <X@y.example>... Domain of sender address X@y.example does not exist`,
		`"sender":"x@y.example","client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"MAIL","smtp_code":553,"dsn":"5.1.8","reply":"553 5.1.8 <X@y.example>... Domain of sender address X@y.example does not exist","status":"rejected","event_type":"message_rejection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"client refused", "sm-mta", `ruleset=check_relay, arg1=h.example, arg2=192.0.2.1, relay=h.example [192.0.2.1], reject=550 5.7.1 Rejected: 192.0.2.1 listed at dnsbl.example`,
		`"client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"CONNECT","smtp_code":550,"dsn":"5.7.1","reply":"550 5.7.1 Rejected: 192.0.2.1 listed at dnsbl.example","status":"rejected","event_type":"message_rejection","level":"INFO","component":"server"`,
	},
	{
		"recipient that fakes its end", "", `6AN0tGqc015412: ruleset=check_rcpt, arg1=<"x>, relay=fake, reject=250 ok"@b>, relay=h.example [192.0.2.1], reject=550 5.7.1 no`,
		`"recipient":"\"x>, relay=fake, reject=250 ok\"@b","client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"RCPT","smtp_code":550,"dsn":"5.7.1","reply":"550 5.7.1 no","status":"rejected","event_type":"message_rejection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"header refused", "sm-mta", `6AN0tGqc015412: ruleset=CheckSubject, arg1=I love you, relay=[192.0.2.1], reject=553 5.0.0 Header Error`,
		`"client_ip":"192.0.2.1","smtp_stage":"END-OF-MESSAGE","smtp_code":553,"dsn":"5.0.0","reply":"553 5.0.0 Header Error","status":"rejected","event_type":"message_rejection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"discarded", "sm-mta", `6AN0tGqc015412: ruleset=check_rcpt, arg1=<a@b>, relay=[192.0.2.1], discard`,
		`"recipient":"a@b","client_ip":"192.0.2.1","smtp_stage":"RCPT","status":"discarded","event_type":"queue_processing","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"quarantined by a rule", "sm-mta", `6AN0tGqc015412: ruleset=check_mail, arg1=<a@b>, relay=[192.0.2.1], quarantine=Held, mail from b`,
		`"sender":"a@b","client_ip":"192.0.2.1","smtp_stage":"MAIL","reply":"Held, mail from b","status":"quarantined","event_type":"queue_processing","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"refused without codes", "sm-mta", `6AN0tGqc015412: <a@b>... Sender refused`,
		`"sender":"a@b","smtp_stage":"MAIL","reply":"<a@b>... Sender refused","status":"rejected","event_type":"message_rejection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"refused by a filter", "sm-mta", `6AN0tGqc015412: Milter: to=<A@b>, reject=451 4.7.1 Greylisting in action, please come back in 00:05:00`,
		`"recipient":"a@b","smtp_stage":"RCPT","smtp_code":451,"dsn":"4.7.1","reply":"451 4.7.1 Greylisting in action, please come back in 00:05:00","status":"rejected","event_type":"message_rejection","level":"INFO","component":"milter","queue_id":"6AN0tGqc015412"`,
	},
	{
		"content refused by a filter", "sm-mta", `6AN0tGqc015412: Milter: data, reject=554 5.7.1 virus Eicar-Test-Signature detected by ClamAV`,
		`"smtp_stage":"END-OF-MESSAGE","smtp_code":554,"dsn":"5.7.1","reply":"554 5.7.1 virus Eicar-Test-Signature detected by ClamAV","status":"rejected","event_type":"message_rejection","level":"INFO","component":"milter","queue_id":"6AN0tGqc015412"`,
	},
	{
		"discarded by a filter", "sm-mta", `6AN0tGqc015412: Milter: data, discard`,
		`"smtp_stage":"END-OF-MESSAGE","status":"discarded","event_type":"queue_processing","level":"INFO","component":"milter","queue_id":"6AN0tGqc015412"`,
	},
	{
		"connection refused by a filter", "sm-mta", `6AN0tGqc015412: Milter: connect: host=h.example, addr=192.0.2.1, rejecting commands`,
		`"client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"CONNECT","status":"rejected","event_type":"message_rejection","level":"INFO","component":"milter","queue_id":"6AN0tGqc015412"`,
	},
	{
		"one filter's answer", "sm-mta", `6AN0tGqc015412: milter=clamav, action=eom, reject=554 5.7.1 virus`,
		`"smtp_code":554,"dsn":"5.7.1","reply":"554 5.7.1 virus","event_type":"content_check","level":"INFO","component":"clamav","queue_id":"6AN0tGqc015412"`,
	},
	{
		"one filter's quarantine", "sm-mta", `6AN0tGqc015412: milter=clamav, quarantine=quarantined by clamav-milter`,
		`"reply":"quarantined by clamav-milter","status":"quarantined","event_type":"queue_processing","level":"INFO","component":"clamav","queue_id":"6AN0tGqc015412"`,
	},
	{
		"recipient added by a filter", "sm-mta", `6AN0tGqc015412: Milter (opendkim) add: rcpt: <a@b>`,
		`"recipient":"a@b","event_type":"content_check","level":"INFO","component":"opendkim","queue_id":"6AN0tGqc015412"`,
	},
	{
		"header added by a filter", "sm-mta", `6AN0tGqc015412: Milter insert (1): header: Authentication-Results:  h; dkim=pass`,
		`"event_type":"content_check","level":"INFO","component":"milter","queue_id":"6AN0tGqc015412"`,
	},
	{
		"refused after the content", "sm-mta", `6AN0tGqc015412: to=<a@b>, delay=00:00:01, pri=30000, stat=Please try again later`,
		`"recipient":"a@b","delay":1,"reply":"Please try again later","smtp_stage":"END-OF-MESSAGE","status":"rejected","event_type":"message_rejection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"the client reset", "sm-mta", `6AN0tGqc015412: to=<a@b>, delay=00:00:01, pri=30000, stat=aborted by sender`,
		`"recipient":"a@b","delay":1,"reply":"aborted by sender","event_type":"queue_processing","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
}

var sessionForms = []form{
	{
		"login with an id", "sendmail", `6AN0tGqc015412: AUTH=server, relay=h.example [192.0.2.1], authid=ana, mech=CRAM-MD5, bits=0`,
		`"client_host":"h.example","client_ip":"192.0.2.1","username":"ana","auth_method":"CRAM-MD5","success":true,"event_type":"authentication","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"failed login, old", "sendmail", `6AN0tGqc015412: AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, relay=h.example [192.0.2.1] (may be forged)`,
		`"auth_method":"LOGIN","client_host":"h.example","client_ip":"192.0.2.1","reply":"authentication failure (-13) SASL(-13): authentication failure: checkpass failed","success":false,"event_type":"authentication","level":"WARN","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"answer that is no base64", "sm-mta", `6AN0tGqc015412: AUTH decode64 error [1 for "s3cr3t!"], relay=[192.0.2.1]`,
		`"client_ip":"192.0.2.1","success":false,"event_type":"authentication","level":"WARN","component":"server","queue_id":"6AN0tGqc015412","secrets":["s3cr3t!"]`,
	},
	{
		"our login", "sm-mta", `6AN0tGqc015412: AUTH=client, relay=smarthost.example., mech=PLAIN, bits=0`,
		`"relay_host":"smarthost.example","auth_method":"PLAIN","event_type":"smtp_connection","level":"INFO","component":"delivery","queue_id":"6AN0tGqc015412"`,
	},
	{
		"TLS failed", "sm-mta", `STARTTLS=server, error: accept failed=-1, reason=packet length too long, SSL_error=1, errno=0, retry=-1, relay=h.example [192.0.2.1]`,
		`"reply":"packet length too long","client_host":"h.example","client_ip":"192.0.2.1","event_type":"smtp_connection","level":"WARN","component":"tls"`,
	},
	{
		"certificate", "sm-mta", `STARTTLS=client, cert-subject=/CN=mx.b, cert-issuer=/CN=ca, verifymsg=ok`,
		`"event_type":"smtp_connection","level":"INFO","component":"tls"`,
	},
	{
		"connect", "sm-mta", `NOQUEUE: connect from h.example [192.0.2.1]`,
		`"reply":"connect from h.example [192.0.2.1]","client_host":"h.example","client_ip":"192.0.2.1","event_type":"smtp_connection","level":"INFO","component":"server"`,
	},
	{
		"too early", "sm-mta", `6AN0tGqc015412: rejecting commands from h.example [192.0.2.1] due to pre-greeting traffic after 3 seconds`,
		`"reply":"rejecting commands from h.example [192.0.2.1] due to pre-greeting traffic after 3 seconds","client_host":"h.example","client_ip":"192.0.2.1","event_type":"smtp_connection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"client timeout", "sm-mta", `6AN0tGqc015412: timeout waiting for input from h.example during server cmd read`,
		`"reply":"timeout waiting for input from h.example during server cmd read","client_host":"h.example","event_type":"smtp_connection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"flood", "sm-mta", `6AN0tGqc015412: h.example [192.0.2.1]: Possible SMTP RCPT flood, throttling.`,
		`"reply":"h.example [192.0.2.1]: Possible SMTP RCPT flood, throttling.","client_host":"h.example","client_ip":"192.0.2.1","event_type":"smtp_connection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"broken off", "sm-mta", `6AN0tGqc015412: collect: unexpected close on connection from h.example, sender=<A@b>`,
		`"client_host":"h.example","sender":"a@b","reply":"collect: unexpected close on connection from h.example, sender=<A@b>","event_type":"smtp_connection","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"headers too large", "sm-mta", `6AN0tGqc015412: headers too large (32768 max) from h.example during message collect`,
		`"client_host":"h.example","reply":"headers too large (32768 max) from h.example during message collect","event_type":"content_check","level":"INFO","component":"server","queue_id":"6AN0tGqc015412"`,
	},
	{
		"overloaded", "sm-mta", `rejecting connections on daemon MTA-v4: load average: 14`,
		`"event_type":"system","level":"INFO","component":"daemon"`,
	},
	{
		"error", "sm-mta", `6AN0tGqc015412: SYSERR(root): collect: Cannot write ./df6AN0tGqc015412 (bfcommit, uid=0, gid=25): No space left on device`,
		`"reply":"collect: Cannot write ./df6AN0tGqc015412 (bfcommit, uid=0, gid=25): No space left on device","event_type":"error","level":"ERROR","component":"sendmail","queue_id":"6AN0tGqc015412"`,
	},
	{
		"aliases", "newaliases", `/etc/mail/aliases: 4 aliases, longest 99 bytes, 162 bytes total`,
		`"event_type":"system","level":"INFO","component":"sendmail"`,
	},
}

// TestClaims makes sure that only Sendmail's lines are taken, by their program
// where it is known and by their text where it is not.
func TestClaims(t *testing.T) {
	t.Parallel()
	const clear = "6AN0tGqc015412: to=<a@b>, delay=00:00:01, xdelay=00:00:00, mailer=esmtp, pri=30, dsn=2.0.0, stat=Sent"
	dialect.Claims(t, []parsetest.Claim{
		{"sm-mta", clear, true},
		{"sm-msp-queue", clear, true},
		{"sendmail", clear, true},
		{"sendmail-mta", "anything", true},
		{"", clear, true},
		{"**NO", clear, true},
		{"", "anything", false},
		{"", "6AN0tGqc015412: <a@b>... User unknown", true},
		{"", "6AN0tGqc015412: AUTH failure (PLAIN): no (-1) no, relay=[192.0.2.1]", true},
		{"", "STARTTLS=server, relay=[192.0.2.1], version=TLSv1.3, verify=NO, cipher=X, bits=256/256", true},
		{"", "6AN0tGqc015412: DKIM-Signature field added (s=mail, d=b.example)", false},
		{"", "NOQUEUE: connect from h [192.0.2.1]", false},
		{"postfix/sendmail", clear, false},
		{"opendkim", clear, false},
		{"smtpd", clear, false},
		{"sendmail", "fatal: usage: sendmail [options]", false},
		{"", "2CB2015A186: to=<a@b>, relay=h[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (ok)", false},
		{"", "4jXmsD4ZBFz12345: from=<a@b>, size=12, nrcpt=1 (queue active)", false},
		{"", "2CB2015A186: removed", false},
		{"sm-mta", "", true},
	})
}
