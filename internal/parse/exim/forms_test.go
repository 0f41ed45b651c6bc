package exim

import (
	"testing"
	"time"

	"rastro/internal/event"
)

// form is one form of the grammar: the text and what the event must hold, as
// test-side JSON without the braces and the level INFO.
type form struct{ name, text, want string }

// checkForms reads each form twice: as a syslog copy, where the program's name
// is known, and as a line of Exim's own file.
func checkForms(t *testing.T, forms []form) {
	t.Helper()
	for _, f := range forms {
		dialect.Form(t, f.name, f.want,
			&event.Record{Text: f.text, Program: "exim", Raw: f.text, Time: 1, Zone: time.UTC},
			&event.Record{Text: f.text, Stamped: "2026-11-23 00:29:47 " + f.text, Raw: f.text, Time: 1, Zone: time.UTC})
	}
}

func TestArrivalForms(t *testing.T) {
	t.Parallel()
	checkForms(t, arrivalForms)
}

var arrivalForms = []form{
	{
		"arrival by TLS with a new id",
		`1rQwXy-00000003abc-1Xyz <= Ana@Example.com H=mail.example.net (helo.example) [2001:db8::25]:51234 I=[192.0.2.1]:25 U=ident Ci=5k2 P=esmtps L* X=TLS1.3:TLS_AES_256_GCM_SHA384:256* CV=no DN="/C=CH/CN=a "b"" SNI=mx.example.com PRDR K S=1234 M8S=8 DKIM=example.com ARC DMARC=accept RT=0.123s id=abc@example.com T="caf\303\251 \"quoted\" \\ x" from <Ana@Example.com> for r1@example.com "r 2"@example.com`,
		`"sender":"ana@example.com","status":"accepted","client_host":"mail.example.net","client_ip":"2001:db8::25","client_port":51234,"helo":"helo.example","session_id":"5k2","tls_version":"TLSv1.3","tls_cipher":"TLS_AES_256_GCM_SHA384","size":1234,"dkim":"pass","dmarc":"accept","message_id":"<abc@example.com>","subject":"café \"quoted\" \\ x","recipient":"r1@example.com","recipient":"\"r 2\"@example.com","recipient_count":2,"event_type":"message_reception","component":"reception","queue_id":"1rQwXy-00000003abc-1Xyz","interface":"[192.0.2.1]:25","ident":"ident","protocol":"esmtps","dkim_domain":"example.com"`,
	},
	{
		"arrival with a login and its sender",
		`1rQwXy-000123-Ab <= a@b.example H=([10.1.2.3]) [192.0.2.9] P=esmtpsa A=dovecot_plain:user@b.example:a@b.example S=5 id=x@y T="t"`,
		`"sender":"a@b.example","status":"accepted","client_ip":"192.0.2.9","helo":"[10.1.2.3]","auth_method":"dovecot_plain","success":true,"username":"user@b.example","size":5,"message_id":"<x@y>","subject":"t","event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","protocol":"esmtpsa"`,
	},
	{
		"arrival from the command line",
		`1rQwXy-000123-Ab <= root@host.example U=root P=local S=500 T="cron for x" for admin@host.example`,
		`"sender":"root@host.example","status":"accepted","size":500,"subject":"cron for x","recipient":"admin@host.example","recipient_count":1,"event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","ident":"root","protocol":"local"`,
	},
	{
		"arrival of a bounce",
		`1rQwXy-000123-Ab <= <> R=1rQwXx-000122-9z U=exim P=local S=500`,
		`"sender":"<>","status":"accepted","parent_queue_id":"1rQwXx-000122-9z","size":500,"event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","ident":"exim","protocol":"local"`,
	},
	{
		"arrival that forges an address",
		`1rQwXy-000123-Ab <= a@b.example H=(x) [6.6.6.6]) [192.0.2.9] P=esmtp S=5`,
		`"sender":"a@b.example","status":"accepted","client_ip":"192.0.2.9","helo":"x) [6.6.6.6]","size":5,"event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","protocol":"esmtp"`,
	},
	{
		"arrival whose subject looks like fields",
		`1rQwXy-000123-Ab <= a@b.example H=(x) [192.0.2.9] P=esmtp S=5 id=1@x T="for evil@x.example [6.6.6.6] S=9" for good@b.example`,
		`"sender":"a@b.example","status":"accepted","client_ip":"192.0.2.9","helo":"x","size":5,"message_id":"<1@x>","subject":"for evil@x.example [6.6.6.6] S=9","recipient":"good@b.example","recipient_count":1,"event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","protocol":"esmtp"`,
	},
	{
		"fake reject",
		`1rQwXy-000123-Ab (= a@b.example H=(x) [192.0.2.9] P=esmtp S=5 id=1@x`,
		`"sender":"a@b.example","status":"accepted","client_ip":"192.0.2.9","helo":"x","size":5,"message_id":"<1@x>","event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","fake_reject":true,"protocol":"esmtp"`,
	},
	{
		"arrival cut in its subject",
		`1rQwXy-000123-Ab <= a@b.example H=(x) [192.0.2.9] P=esmtp S=5 id=1@x T="caf\303`,
		`"sender":"a@b.example","status":"accepted","client_ip":"192.0.2.9","helo":"x","size":5,"message_id":"<1@x>","subject":"caf","event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","protocol":"esmtp"`,
	},
	{
		"quoted sender",
		`1rQwXy-000123-Ab <= "a b <c>"@b.example H=(x) [192.0.2.9] P=esmtp S=5`,
		`"sender":"\"a b <c>\"@b.example","status":"accepted","client_ip":"192.0.2.9","helo":"x","size":5,"event_type":"message_reception","component":"reception","queue_id":"1rQwXy-000123-Ab","protocol":"esmtp"`,
	},
}

func TestDeliveryForms(t *testing.T) {
	t.Parallel()
	checkForms(t, deliveryForms)
}

var deliveryForms = []form{
	{
		"remote delivery",
		`1rQwXy-00000003abc-1Xyz => To@D.example <old@b.example> F=<a@b.example> P=<bounce@b.example> R=dnslookup T=remote_smtp S=900 H=mx.d.example DS [192.0.2.7]:25* I=[192.0.2.1]:40000 TFO PS=sea X=TLSv1.2:ECDHE-RSA-AES256-GCM-SHA384:256 CV=dane DN="CN=mx" A=plain:u L* PRDR K DKIM=b.example C="250 2.0.0 Ok: \"queued\" as 12AB34CD" QT=1h2m3s DT=0.250s`,
		`"sender":"a@b.example","size":900,"relay_host":"mx.d.example","relay_ip":"192.0.2.7","relay_port":25,"tls_version":"TLSv1.2","tls_cipher":"ECDHE-RSA-AES256-GCM-SHA384","delay":3723,"delay_transmit":0.25,"recipient":"to@d.example","original_recipient":"old@b.example","status":"delivered","smtp_code":250,"dsn":"2.0.0","reply":"250 2.0.0 Ok: \"queued\" as 12AB34CD","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-00000003abc-1Xyz","return_path":"bounce@b.example","router":"dnslookup","transport":"remote_smtp"`,
	},
	{
		"delivery to another Exim",
		`1rQwXy-000123-Ab -> to@d.example R=r T=t H=mx.d.example [192.0.2.7] C="250 OK id=1rQwXz-00000003abd-2Abc"`,
		`"relay_host":"mx.d.example","relay_ip":"192.0.2.7","recipient":"to@d.example","status":"delivered","smtp_code":250,"reply":"250 OK id=1rQwXz-00000003abd-2Abc","remote_queue_id":"1rQwXz-00000003abd-2Abc","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"delivery to another Exim in chunks",
		`1xWfW6-000000007Ag-1BY8 => hop2user@hop2.example R=named T=remote_smtp H=mx.hop2.example [192.0.2.7] K C="250- 380 byte chunk, total 380\\n250 OK id=1xWfW6-000000007Ap-1Gbk"`,
		`"relay_host":"mx.hop2.example","relay_ip":"192.0.2.7","recipient":"hop2user@hop2.example","status":"delivered","smtp_code":250,"reply":"250- 380 byte chunk, total 380\\n250 OK id=1xWfW6-000000007Ap-1Gbk","remote_queue_id":"1xWfW6-000000007Ap-1Gbk","event_type":"message_delivery","component":"delivery","queue_id":"1xWfW6-000000007Ag-1BY8","router":"named","transport":"remote_smtp"`,
	},
	{
		"delivery to an Exim on the same machine",
		`1rQwXy-000123-Ab => to@d.example R=r T=t H=localhost [127.0.0.1] C="250 OK id=1rQwXz-000124-Cd"`,
		`"relay_host":"localhost","relay_ip":"127.0.0.1","recipient":"to@d.example","status":"delivered","smtp_code":250,"reply":"250 OK id=1rQwXz-000124-Cd","next_queue_id":"1rQwXz-000124-Cd","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"cut-through",
		`1rQwXy-000123-Ab >> to@d.example R=r T=t H=mx [192.0.2.7] C="250 ok"`,
		`"relay_host":"mx","relay_ip":"192.0.2.7","recipient":"to@d.example","status":"delivered","smtp_code":250,"reply":"250 ok","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","cutthrough":true`,
	},
	{
		"suppressed",
		`1rQwXy-000123-Ab *> to@d.example R=r T=t H=mx [192.0.2.7]`,
		`"relay_host":"mx","relay_ip":"192.0.2.7","recipient":"to@d.example","status":"discarded","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","action":"suppressed"`,
	},
	{
		"Dovecot by LMTP",
		`1rQwXy-000123-Ab => to@d.example R=r T=t C="250 2.0.0 <to@d.example> KCBKE7CHA2s9OgAAbw8qlA Saved"`,
		`"recipient":"to@d.example","status":"delivered","smtp_code":250,"dsn":"2.0.0","reply":"250 2.0.0 <to@d.example> KCBKE7CHA2s9OgAAbw8qlA Saved","session_id":"KCBKE7CHA2s9OgAAbw8qlA","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"local part",
		`1rQwXy-000123-Ab => Bob <All@b.example> R=localuser T=local_delivery`,
		`"recipient":"all@b.example","status":"delivered","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"localuser","transport":"local_delivery","local_part":"Bob"`,
	},
	{
		"local part with all parents",
		`1rQwXy-000123-Ab => bob (team@b.example, staff@b.example) <all@b.example> R=localuser T=local_delivery`,
		`"recipient":"all@b.example","status":"delivered","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"localuser","transport":"local_delivery","local_part":"bob"`,
	},
	{
		"file",
		`1rQwXy-000123-Ab => /var/mail/my box (bob@b.example) <all@b.example> R=userforward T=address_file`,
		`"recipient":"all@b.example","status":"delivered","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"userforward","transport":"address_file","destination":"/var/mail/my box"`,
	},
	{
		"pipe",
		`1rQwXy-000123-Ab => |/usr/bin/filter -f <x> -t "a b" (bob@b.example) <all@b.example> F=<a@b.example> R=userforward T=address_pipe`,
		`"sender":"a@b.example","recipient":"all@b.example","status":"delivered","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"userforward","transport":"address_pipe","destination":"|/usr/bin/filter -f \u003cx\u003e -t \"a b\""`,
	},
	{
		"reply of a filter",
		`1rQwXy-000123-Ab => >a@b.example <bob@b.example> R=vacation T=vacation_reply`,
		`"recipient":"bob@b.example","status":"delivered","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"vacation","transport":"vacation_reply","destination":"\u003ea@b.example"`,
	},
	{
		"quoted recipient",
		`1rQwXy-000123-Ab => "a > b (c)"@d.example <"old one"@b.example> R=r T=t H=mx [192.0.2.7] C="250 ok"`,
		`"relay_host":"mx","relay_ip":"192.0.2.7","recipient":"\"a > b (c)\"@d.example","original_recipient":"\"old one\"@b.example","status":"delivered","smtp_code":250,"reply":"250 ok","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"blackhole",
		`1rQwXy-000123-Ab => :blackhole: <hole@b.example> R=blackhole_router`,
		`"recipient":"hole@b.example","status":"discarded","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"blackhole_router"`,
	},
	{
		"seen finish",
		`1rQwXy-000123-Ab => discarded <low.club@b.example> R=userforward`,
		`"recipient":"low.club@b.example","status":"discarded","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"userforward"`,
	},
	{
		"discarded by the system filter",
		`1rQwXy-000123-Ab => discarded (system filter)`,
		`"status":"discarded","reply":"system filter","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"discarded by an ACL",
		`1rQwXy-000123-Ab => blackhole (MAIL ACL discarded recipients): known spammer`,
		`"status":"discarded","reply":"known spammer","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"mailbox that is called discarded",
		`1rQwXy-000123-Ab => discarded <discarded@b.example> R=localuser T=local_delivery`,
		`"recipient":"discarded@b.example","status":"delivered","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"localuser","transport":"local_delivery","local_part":"discarded"`,
	},
	{
		"shadow transport",
		`1rQwXy-000123-Ab => bob <bob@b.example> R=localuser T=local_delivery ST=copy (failed)`,
		`"recipient":"bob@b.example","status":"delivered","reply":"(failed)","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"localuser","transport":"local_delivery","local_part":"bob"`,
	},
	{
		"deferred with a reply",
		`1rQwXy-000123-Ab == to@d.example <old@b.example> R=r T=t defer (-44) H=mx [192.0.2.7]:25 DT=3s: SMTP error from remote mail server after pipelined RCPT TO:<"a: b"@d.example>: 451 4.7.1 try: later`,
		`"recipient":"to@d.example","original_recipient":"old@b.example","status":"deferred","relay_host":"mx","relay_ip":"192.0.2.7","relay_port":25,"delay_transmit":3,"smtp_stage":"RCPT","smtp_code":451,"dsn":"4.7.1","reply":"451 4.7.1 try: later","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","errno":-44`,
	},
	{
		"deferred by an old version",
		`1rQwXy-000123-Ab == to@d.example R=r T=t defer (-45): SMTP error from remote mail server after MAIL FROM:<a@b.example> SIZE=1: host mx [192.0.2.7]: 421 4.3.0 no`,
		`"recipient":"to@d.example","status":"deferred","relay_host":"mx","relay_ip":"192.0.2.7","smtp_stage":"MAIL","smtp_code":421,"dsn":"4.3.0","reply":"421 4.3.0 no","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","errno":-45`,
	},
	{
		"deferred without an answer",
		`1rQwXy-000123-Ab == to@d.example R=r T=t defer (111): Connection refused`,
		`"recipient":"to@d.example","status":"deferred","reply":"Connection refused","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","errno":111`,
	},
	{
		"deferred after a time-out",
		`1rQwXy-000123-Ab == to@d.example R=r T=t defer (110): Connection timed out H=mx [192.0.2.7] DT=5m: SMTP timeout after end of data (1234 bytes written)`,
		`"recipient":"to@d.example","status":"deferred","relay_host":"mx","relay_ip":"192.0.2.7","delay_transmit":300,"smtp_stage":"END-OF-MESSAGE","reply":"SMTP timeout after end of data (1234 bytes written)","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","errno":110`,
	},
	{
		"deferred by a router",
		`1rQwXy-000123-Ab == to@d.example R=dnslookup defer (-1): host lookup did not complete`,
		`"recipient":"to@d.example","status":"deferred","reply":"host lookup did not complete","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"dnslookup","errno":-1`,
	},
	{
		"deferred pipe",
		`1rQwXy-000123-Ab == |/bin/x <to@b.example> R=r T=address_pipe defer (0): Child process of address_pipe transport returned 75 (could mean temporary error) from command: /bin/x`,
		`"recipient":"to@b.example","status":"deferred","reply":"Child process of address_pipe transport returned 75 (could mean temporary error) from command: /bin/x","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"address_pipe","destination":"|/bin/x","errno":0`,
	},
	{
		"retry time not reached",
		`1rQwXy-000123-Ab == to@d.example routing defer (-52): retry time not reached`,
		`"recipient":"to@d.example","status":"deferred","reply":"retry time not reached","event_type":"queue_processing","component":"delivery","queue_id":"1rQwXy-000123-Ab","errno":-52`,
	},
	{
		"retry time not reached, before 4.87",
		`1rQwXy-000123-Ab == to@d.example routing defer (-51): retry time not reached`,
		`"recipient":"to@d.example","status":"deferred","reply":"retry time not reached","event_type":"queue_processing","component":"delivery","queue_id":"1rQwXy-000123-Ab","errno":-51`,
	},
	{
		"no host ready",
		`1rQwXy-000123-Ab == to@d.example R=r T=t defer (-54): retry time not reached for any host for 'd.example'`,
		`"recipient":"to@d.example","status":"deferred","reply":"retry time not reached for any host for 'd.example'","event_type":"queue_processing","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t","errno":-54`,
	},
	{
		"bounced with a reply",
		`1rQwXy-000123-Ab ** to@d.example F=<a@b.example> P=<a@b.example> R=r T=t H=mx [192.0.2.7] X=TLS1.2:X:128 CV=yes DN="CN=m: x": SMTP error from remote mail server after end of data: 550-5.7.1 one\n550 5.7.1 two DT=2s`,
		`"sender":"a@b.example","relay_host":"mx","relay_ip":"192.0.2.7","tls_version":"TLSv1.2","tls_cipher":"X","delay_transmit":2,"recipient":"to@d.example","status":"bounced","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"dsn":"5.7.1","reply":"550-5.7.1 one\\n550 5.7.1 two","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"bounced, as 4.99 writes it",
		`1rQwXy-000123-Ab ** to@d.example R=r T=t H=mx [192.0.2.7] : SMTP error from remote mail server after RCPT TO:<to@d.example>: 550 5.1.1 unknown`,
		`"relay_host":"mx","relay_ip":"192.0.2.7","recipient":"to@d.example","status":"bounced","smtp_stage":"RCPT","smtp_code":550,"dsn":"5.1.1","reply":"550 5.1.1 unknown","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"bounced by a router",
		`1rQwXy-000123-Ab ** jim@d.example <all@b.example>: Unrouteable address`,
		`"recipient":"jim@d.example","original_recipient":"all@b.example","status":"bounced","reply":"Unrouteable address","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"bounced with the router",
		`1rQwXy-000123-Ab ** to@d.example R=dnslookup: all relevant MX records point to non-existent hosts`,
		`"recipient":"to@d.example","status":"bounced","reply":"all relevant MX records point to non-existent hosts","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"dnslookup"`,
	},
	{
		"bounced after host",
		`1rQwXy-000123-Ab ** to@d.example R=r T=t: SMTP error from remote mailer after RCPT TO:<to@d.example>: host mx.d.example [192.0.2.7]: 553 5.3.0 unknown`,
		`"recipient":"to@d.example","status":"bounced","relay_host":"mx.d.example","relay_ip":"192.0.2.7","smtp_stage":"RCPT","smtp_code":553,"dsn":"5.3.0","reply":"553 5.3.0 unknown","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"4.80: one host lost",
		`1Xabcd-000123-Ab Remote host mx.d.example [192.0.2.7] closed connection in response to MAIL FROM:<a@b.example>`,
		`"relay_host":"mx.d.example","relay_ip":"192.0.2.7","smtp_stage":"MAIL","reply":"Remote host mx.d.example [192.0.2.7] closed connection in response to MAIL FROM:<a@b.example>","event_type":"smtp_connection","component":"delivery","queue_id":"1Xabcd-000123-Ab"`,
	},
	{
		"4.80: one host refused",
		`1Xabcd-000123-Ab mx.d.example [2001:db8::7]:25 Network is unreachable`,
		`"relay_host":"mx.d.example","relay_ip":"2001:db8::7","relay_port":25,"reply":"Network is unreachable","event_type":"smtp_connection","component":"delivery","queue_id":"1Xabcd-000123-Ab"`,
	},
	{
		"4.80: one host answered",
		`1Xabcd-000123-Ab SMTP error from remote mail server after initial connection: host mx.d.example [192.0.2.7]: 421 4.7.0 busy`,
		`"relay_host":"mx.d.example","relay_ip":"192.0.2.7","smtp_stage":"CONNECT","smtp_code":421,"dsn":"4.7.0","reply":"421 4.7.0 busy","event_type":"smtp_command","component":"delivery","queue_id":"1Xabcd-000123-Ab"`,
	},
	{
		"4.80: deferred after a time-out",
		`1Xabcd-000123-Ab == to@d.example R=r T=t defer (110): Connection timed out: SMTP timeout while connected to mx.d.example [192.0.2.7] after RCPT TO:<to@d.example>`,
		`"recipient":"to@d.example","status":"deferred","relay_host":"mx.d.example","relay_ip":"192.0.2.7","smtp_stage":"RCPT","reply":"SMTP timeout while connected to mx.d.example [192.0.2.7] after RCPT TO:<to@d.example>","event_type":"message_delivery","component":"delivery","queue_id":"1Xabcd-000123-Ab","router":"r","transport":"t","errno":110`,
	},
	{
		"bounced pipe",
		`1rQwXy-000123-Ab ** |/bin/false <to@b.example> R=r T=address_pipe: Child process of address_pipe transport returned 1 from command: /bin/false`,
		`"recipient":"to@b.example","status":"bounced","reply":"Child process of address_pipe transport returned 1 from command: /bin/false","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"address_pipe","destination":"|/bin/false"`,
	},
	{
		"given up at last",
		`1rQwXy-000123-Ab ** to@d.example <all@b.example>: retry timeout exceeded`,
		`"recipient":"to@d.example","original_recipient":"all@b.example","status":"expired","reply":"retry timeout exceeded","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"given up with an error",
		`1rQwXy-000123-Ab ** to@d.example R=r T=t: SMTP error from remote mail server after RCPT TO:<to@d.example>: 451 4.2.2 full: retry timeout exceeded`,
		`"recipient":"to@d.example","status":"expired","smtp_stage":"RCPT","smtp_code":451,"dsn":"4.2.2","reply":"451 4.2.2 full","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"all hosts failing",
		`1rQwXy-000123-Ab ** to@d.example R=r T=t: all hosts for 'd.example' have been failing for a long time and were last tried after this message arrived`,
		`"recipient":"to@d.example","status":"bounced","reply":"all hosts for 'd.example' have been failing for a long time and were last tried after this message arrived","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"host lost",
		`1rQwXy-000123-Ab ** to@d.example R=r T=t H=mx [192.0.2.7]: Remote host closed connection in response to MAIL FROM:<a@b.example> SIZE=5`,
		`"relay_host":"mx","relay_ip":"192.0.2.7","recipient":"to@d.example","status":"bounced","smtp_stage":"MAIL","reply":"Remote host closed connection in response to MAIL FROM:<a@b.example> SIZE=5","event_type":"message_delivery","component":"delivery","queue_id":"1rQwXy-000123-Ab","router":"r","transport":"t"`,
	},
	{
		"frozen by filter",
		`1rQwXy-000123-Ab *** Frozen by the system filter: too odd`,
		`"status":"held","reply":"too odd","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab"`,
	},
}
