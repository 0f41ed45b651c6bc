package exim

import "testing"

func TestQueueForms(t *testing.T) {
	t.Parallel()
	checkForms(t, queueForms)
}

var queueForms = []form{
	{
		"one host answered",
		`1rQwXy-000123-Ab H=mx.d.example [192.0.2.7]:25: SMTP error from remote mail server after initial connection: 421 4.7.0 busy`,
		`"relay_host":"mx.d.example","relay_ip":"192.0.2.7","relay_port":25,"smtp_stage":"CONNECT","smtp_code":421,"dsn":"4.7.0","reply":"421 4.7.0 busy","event_type":"smtp_command","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"one host answered, without a colon",
		`1rQwXy-000123-Ab H=mx.d.example [192.0.2.7] SMTP error from remote mail server after RCPT TO:<a@d.example>: 450 4.2.0 grey`,
		`"relay_host":"mx.d.example","relay_ip":"192.0.2.7","smtp_stage":"RCPT","smtp_code":450,"dsn":"4.2.0","reply":"450 4.2.0 grey","event_type":"smtp_command","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"one host refused",
		`1rQwXy-000123-Ab H=mx.d.example [2001:db8::7] Connection refused`,
		`"relay_host":"mx.d.example","relay_ip":"2001:db8::7","reply":"Connection refused","event_type":"smtp_connection","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"completed",
		`1rQwXy-000123-Ab Completed QT=2d3h`,
		`"delay":183600,"event_type":"queue_processing","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"frozen bounce",
		`1rQwXy-000123-Ab Frozen (delivery error message)`,
		`"status":"held","reply":"delivery error message","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"frozen by ACL",
		`1rQwXy-000123-Ab frozen by ACL`,
		`"status":"held","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"frozen by a person",
		`1xWfc7-000000008Ag-0KCo frozen by root`,
		`"status":"held","event_type":"queue_processing","component":"queue","queue_id":"1xWfc7-000000008Ag-0KCo","action":"held"`,
	},
	{
		"thawed",
		`1rQwXy-000123-Ab Unfrozen by auto-thaw`,
		`"event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab","action":"released"`,
	},
	{
		"thawed by hand",
		`1rQwXy-000123-Ab unfrozen by root`,
		`"event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab","action":"released"`,
	},
	{
		"removed",
		`1rQwXy-000123-Ab removed by root`,
		`"status":"discarded","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab","action":"removed"`,
	},
	{
		"cancelled",
		`1rQwXy-000123-Ab cancelled by timeout_frozen_after`,
		`"status":"bounced","reply":"cancelled by timeout_frozen_after","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab","action":"cancelled"`,
	},
	{
		"marked",
		`1rQwXy-000123-Ab address <to@d.example> marked delivered by root`,
		`"recipient":"to@d.example","status":"discarded","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab","action":"removed"`,
	},
	{
		"added",
		`1rQwXy-000123-Ab recipient <new@d.example> added by root`,
		`"recipient":"new@d.example","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab","action":"recipient_added"`,
	},
	{
		"error ignored",
		`1rQwXy-000123-Ab to@d.example <all@b.example>: error ignored`,
		`"recipient":"to@d.example","original_recipient":"all@b.example","reply":"error ignored","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"TLS client",
		`1rQwXy-000123-Ab TLS session: (SSL_connect): error:1: delivering unencrypted to H=mx.d.example [192.0.2.7] (not in hosts_require_tls)`,
		`"relay_host":"mx.d.example","relay_ip":"192.0.2.7","reply":"TLS session: (SSL_connect): error:1: delivering unencrypted to H=mx.d.example [192.0.2.7] (not in hosts_require_tls)","event_type":"smtp_connection","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"our login failed",
		`1rQwXy-000123-Ab plain authenticator failed H=smart.example [192.0.2.7] 535 5.7.8 no`,
		`"relay_host":"smart.example","relay_ip":"192.0.2.7","auth_method":"plain","smtp_stage":"AUTH","smtp_code":535,"dsn":"5.7.8","reply":"535 5.7.8 no","event_type":"smtp_command","component":"delivery","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"named queue",
		`Start 'slow' queue run: pid=7`,
		`"event_type":"queue_processing","component":"queue"`,
	},
	{
		"locked",
		`1rQwXy-000123-Ab Spool file for 1rQwXy-000123-Ab is locked (another process is handling this message)`,
		`"reply":"Spool file for 1rQwXy-000123-Ab is locked (another process is handling this message)","event_type":"queue_processing","component":"queue","queue_id":"1rQwXy-000123-Ab"`,
	},
}

func TestRefusalForms(t *testing.T) {
	t.Parallel()
	checkForms(t, refusalForms)
}

var refusalForms = []form{
	{
		"rejected recipient with all",
		`H=mail.example (helo) [192.0.2.9]:4321 I=[192.0.2.1]:587 U=x Ci=9 X=TLS1.3:X:256 CV=no SNI=m F=<A@b.example> A=login:u SPF=softfail DMARC=none rejected RCPT <To@d.example>: 553 5.1.3 bad: address`,
		`"client_host":"mail.example","client_ip":"192.0.2.9","client_port":4321,"helo":"helo","session_id":"9","tls_version":"TLSv1.3","tls_cipher":"X","sender":"a@b.example","auth_method":"login","success":true,"username":"u","spf":"softfail","dmarc":"none","recipient":"to@d.example","status":"rejected","smtp_stage":"RCPT","smtp_code":553,"dsn":"5.1.3","reply":"553 5.1.3 bad: address","event_type":"message_rejection","component":"reception","interface":"[192.0.2.1]:587","ident":"x"`,
	},
	{
		"rejected recipient with a parameter",
		`H=(x) [192.0.2.9] F=<> rejected RCPT <to@d.example> NOTIFY=NEVER: relay not permitted`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"<>","recipient":"to@d.example","status":"rejected","smtp_stage":"RCPT","smtp_code":550,"reply":"relay not permitted","event_type":"message_rejection","component":"reception"`,
	},
	{
		"rejected recipient that was cut",
		`H=(x) [192.0.2.9] F=<a@b.example> rejected RCPT <aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa: no`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","status":"rejected","smtp_stage":"RCPT","smtp_code":550,"reply":"no","event_type":"message_rejection","component":"reception"`,
	},
	{
		"temporarily",
		`H=(x) [192.0.2.9] F=<a@b.example> temporarily rejected RCPT <to@d.example>: greylisted`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","recipient":"to@d.example","status":"rejected","smtp_stage":"RCPT","smtp_code":451,"reply":"greylisted","event_type":"message_rejection","component":"reception"`,
	},
	{
		"wrong code is not the answer",
		`H=(x) [192.0.2.9] F=<a@b.example> rejected RCPT <to@d.example>: 451 later`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","recipient":"to@d.example","status":"rejected","smtp_stage":"RCPT","smtp_code":550,"reply":"451 later","event_type":"message_rejection","component":"reception"`,
	},
	{
		"sender",
		`H=(x) [192.0.2.9] rejected MAIL <Bad@b.example> SIZE=100: no`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"bad@b.example","status":"rejected","smtp_stage":"MAIL","smtp_code":550,"reply":"no","event_type":"message_rejection","component":"reception"`,
	},
	{
		"after data",
		`1rQwXy-000123-Ab H=(x) [192.0.2.9] F=<a@b.example> rejected after DATA: 554 5.6.0 malware found`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":554,"dsn":"5.6.0","reply":"554 5.6.0 malware found","event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"MIME",
		`1rQwXy-000123-Ab H=(x) [192.0.2.9] F=<a@b.example> rejected during MIME ACL checks: exe`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"reply":"exe","event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"before data",
		`H=(x) [192.0.2.9] rejected DATA: no`,
		`"client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"DATA","smtp_code":550,"reply":"no","event_type":"message_rejection","component":"reception"`,
	},
	{
		"connect",
		`H=[192.0.2.9] rejected connection in "connect" ACL: blocked`,
		`"client_ip":"192.0.2.9","status":"rejected","smtp_stage":"CONNECT","smtp_code":550,"reply":"blocked","event_type":"message_rejection","component":"reception"`,
	},
	{
		"helo",
		`H=(x) [192.0.2.9] rejected EHLO or HELO x: bad name`,
		`"client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"EHLO","smtp_code":550,"reply":"bad name","event_type":"message_rejection","component":"reception"`,
	},
	{
		"auth",
		`H=(x) [192.0.2.9] rejected AUTH PLAIN: not here`,
		`"client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"AUTH","smtp_code":503,"reply":"not here","event_type":"message_rejection","component":"reception"`,
	},
	{
		"starttls",
		`H=(x) [192.0.2.9] temporarily rejected STARTTLS`,
		`"client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"STARTTLS","smtp_code":451,"event_type":"message_rejection","component":"reception"`,
	},
	{
		"vrfy",
		`H=(x) [192.0.2.9] rejected VRFY bob: no`,
		`"client_ip":"192.0.2.9","helo":"x","smtp_stage":"VRFY","smtp_code":252,"reply":"no","event_type":"smtp_command","component":"reception"`,
	},
	{
		"local_scan",
		`1rQwXy-000123-Ab F=a@b.example H=(x) [192.0.2.9] P=esmtp temporarily rejected by local_scan(): busy`,
		`"sender":"a@b.example","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":451,"reply":"busy","event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"not by SMTP",
		`1rQwXy-000123-Ab F=<root@b.example> rejected by non-SMTP ACL: no`,
		`"sender":"root@b.example","status":"rejected","smtp_stage":"END-OF-MESSAGE","reply":"no","event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"cut-through refused",
		`H=(x) [192.0.2.9] to@d.example F=<a@b.example> rejected after DATA: R=r T=t H=mx [192.0.2.7] C="550 5.7.1 spam"`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","recipient":"to@d.example","relay_host":"mx","relay_ip":"192.0.2.7","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"dsn":"5.7.1","reply":"550 5.7.1 spam","event_type":"message_rejection","component":"reception","router":"r","transport":"t"`,
	},
	{
		"discarded recipient",
		`H=(x) [192.0.2.9] F=<a@b.example> RCPT <to@d.example>: discarded by RCPT ACL: trap`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","recipient":"to@d.example","reply":"trap","status":"discarded","smtp_stage":"RCPT","event_type":"queue_processing","component":"check"`,
	},
	{
		"dropped",
		`H=[192.0.2.9] X=TLS1.3:X:256 dropped by 'connect' ACL: blocked`,
		`"client_ip":"192.0.2.9","tls_version":"TLSv1.3","tls_cipher":"X","status":"rejected","smtp_stage":"CONNECT","smtp_code":550,"reply":"blocked","event_type":"message_rejection","component":"reception"`,
	},
	{
		"too big",
		`1rQwXy-000123-Ab rejected from <a@b.example> H=(x) [192.0.2.9]: message too big: read=10 max=5`,
		`"sender":"a@b.example","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":552,"reply":"message too big: read=10 max=5","event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"loop",
		`1rQwXy-000123-Ab rejected from <a@b.example>H=(x) [192.0.2.9]: Too many "Received" headers`,
		`"sender":"a@b.example","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"reply":"Too many \"Received\" headers","event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"too big by SIZE",
		`rejected MAIL FROM:<a@b.example> H=(x) [192.0.2.9]: message too big: size=10 max=5`,
		`"sender":"a@b.example","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"MAIL","smtp_code":552,"reply":"message too big: size=10 max=5","event_type":"message_rejection","component":"reception"`,
	},
	{
		"no helo",
		`rejected MAIL from [192.0.2.9]: no HELO/EHLO given`,
		`"client_ip":"192.0.2.9","status":"rejected","smtp_stage":"MAIL","smtp_code":503,"reply":"no HELO/EHLO given","event_type":"message_rejection","component":"reception"`,
	},
	{
		"bad helo",
		`rejected EHLO from mail.example [192.0.2.9]: syntactically invalid argument(s): a_b [6.6.6.6]`,
		`"client_host":"mail.example","client_ip":"192.0.2.9","status":"rejected","smtp_stage":"EHLO","smtp_code":501,"reply":"syntactically invalid argument(s): a_b [6.6.6.6]","event_type":"message_rejection","component":"reception"`,
	},
	{
		"helo of another",
		`temporarily rejected "EHLO mail.x" from (mail.x) [192.0.2.9]`,
		`"client_ip":"192.0.2.9","helo":"mail.x","status":"rejected","smtp_stage":"EHLO","smtp_code":451,"event_type":"message_rejection","component":"reception"`,
	},
	{
		"too many messages",
		`rejected MAIL command H=(x) [192.0.2.9]: too many messages in one connection`,
		`"client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"MAIL","smtp_code":421,"reply":"too many messages in one connection","event_type":"message_rejection","component":"reception"`,
	},
	{
		"unqualified",
		`unqualified sender rejected: <root> H=(x) [192.0.2.9] (failed to find host name from IP address)`,
		`"sender":"root","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"MAIL","smtp_code":501,"reply":"unqualified sender rejected: <root> H=(x) [192.0.2.9] (failed to find host name from IP address)","event_type":"message_rejection","component":"reception"`,
	},
	{
		"unqualified recipient",
		`unqualified recipient rejected: <root> H=(x) [192.0.2.9]`,
		`"recipient":"root","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"RCPT","smtp_code":501,"reply":"unqualified recipient rejected: <root> H=(x) [192.0.2.9]","event_type":"message_rejection","component":"reception"`,
	},
	{
		"too many recipients",
		`too many recipients: excess temporarily rejected: sender=<a@b.example> H=(x) [192.0.2.9]`,
		`"sender":"a@b.example","client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"RCPT","smtp_code":452,"reply":"too many recipients: excess temporarily rejected: sender=<a@b.example> H=(x) [192.0.2.9]","event_type":"message_rejection","component":"reception"`,
	},
	{
		"refused",
		`refused connection from [192.0.2.9] (host_reject_connection)`,
		`"client_ip":"192.0.2.9","status":"rejected","smtp_stage":"CONNECT","smtp_code":554,"reply":"refused connection from [192.0.2.9] (host_reject_connection)","event_type":"message_rejection","component":"reception"`,
	},
	{
		"too many connections",
		`Connection from [192.0.2.9] refused: too many connections from that IP address`,
		`"client_ip":"192.0.2.9","status":"rejected","smtp_stage":"CONNECT","smtp_code":421,"reply":"too many connections from that IP address","event_type":"message_rejection","component":"reception"`,
	},
	{
		"load",
		`temporarily refused connection from [192.0.2.9]: not in reserve list: connected=5 max=5 reserve=1`,
		`"client_ip":"192.0.2.9","status":"rejected","smtp_stage":"CONNECT","smtp_code":421,"reply":"not in reserve list: connected=5 max=5 reserve=1","event_type":"message_rejection","component":"reception"`,
	},
	{
		"synchronization",
		`SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): rejected "EHLO x" H=(x) [192.0.2.9] next input="MAIL FROM"`,
		`"client_ip":"192.0.2.9","helo":"x","status":"rejected","smtp_stage":"EHLO","smtp_code":554,"reply":"SMTP protocol synchronization error (next input sent too soon: pipelining was not advertised): rejected \"EHLO x\" H=(x) [192.0.2.9] next input=\"MAIL FROM\"","event_type":"message_rejection","component":"reception"`,
	},
	{
		"before the greeting",
		`SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[192.0.2.9] input="GET / HTTP/1.1"`,
		`"client_ip":"192.0.2.9","status":"rejected","smtp_stage":"CONNECT","smtp_code":554,"reply":"SMTP protocol synchronization error (input sent without waiting for greeting): rejected connection from H=[192.0.2.9] input=\"GET / HTTP/1.1\"","event_type":"message_rejection","component":"reception"`,
	},
	{
		"TLS error with the id of the connection",
		`TLS error on connection Ci=31455 from (client.sender.example) [127.0.0.6]:56091 I=[127.0.0.1]:2601 (SSL_accept): (TLSv1.3)`,
		`"session_id":"31455","client_ip":"127.0.0.6","client_port":56091,"helo":"client.sender.example","reply":"(SSL_accept): (TLSv1.3)","event_type":"smtp_connection","component":"reception","interface":"[127.0.0.1]:2601"`,
	},
	{
		"PRDR with an answer of its own",
		`1xWfbC-000000000zM-0SQw PRDR prdrno@hostco.example 550 5.7.1 this user does not want it`,
		`"recipient":"prdrno@hostco.example","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"dsn":"5.7.1","reply":"550 5.7.1 this user does not want it","event_type":"message_rejection","component":"reception","queue_id":"1xWfbC-000000000zM-0SQw"`,
	},
	{
		"PRDR",
		`1rQwXy-000123-Ab PRDR R=<to@d.example> refusal`,
		`"recipient":"to@d.example","status":"rejected","smtp_stage":"END-OF-MESSAGE","smtp_code":550,"event_type":"message_rejection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
}

func TestSessionForms(t *testing.T) {
	t.Parallel()
	checkForms(t, sessionForms)
}

var sessionForms = []form{
	{
		"warning",
		`H=(x) [192.0.2.9] Warning: "listed"`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"\"listed\"","event_type":"content_check","level":"WARN","component":"check"`,
	},
	{
		"sender verification",
		`H=(x) [192.0.2.9] sender verify fail for <a@b.example>: Unrouteable address`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"sender verify fail for <a@b.example>: Unrouteable address","event_type":"content_check","component":"check"`,
	},
	{
		"incomplete",
		`H=(x) [192.0.2.9] incomplete transaction (QUIT) from <a@b.example> for to@d.example`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","recipient":"to@d.example","recipient_count":1,"event_type":"smtp_command","component":"reception"`,
	},
	{
		"no mail",
		`no MAIL in SMTP connection from (x) [192.0.2.9] D=2s A=plain:u X=TLS1.3:X:256 C=EHLO,QUIT`,
		`"client_ip":"192.0.2.9","helo":"x","auth_method":"plain","success":true,"username":"u","tls_version":"TLSv1.3","tls_cipher":"X","event_type":"smtp_connection","component":"reception"`,
	},
	{
		"syntax",
		`SMTP syntax error in "HELO" H=(x) [192.0.2.9] unrecognized command`,
		`"smtp_command":"HELO","client_ip":"192.0.2.9","helo":"x","reply":"unrecognized command","event_type":"smtp_command","component":"reception"`,
	},
	{
		"protocol with an answer",
		`SMTP protocol error in "AUTH PLAIN AGFuYQBzZWNyZXQ=" H=(x) [192.0.2.9] AUTH command used when not advertised`,
		`"smtp_command":"AUTH","client_ip":"192.0.2.9","helo":"x","reply":"AUTH command used when not advertised","event_type":"smtp_command","component":"reception","secrets":["AGFuYQBzZWNyZXQ="]`,
	},
	{
		"answer taken for a command",
		`SMTP syntax error in "c2VjcmV0cGFzcw==" H=(x) [192.0.2.9] unrecognized command`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"unrecognized command","event_type":"smtp_command","component":"reception","secrets":["c2VjcmV0cGFzcw=="]`,
	},
	{
		"call dropped",
		`SMTP call from (x) [192.0.2.9] dropped: too many nonmail commands (last was "NOOP")`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"SMTP call from (x) [192.0.2.9] dropped: too many nonmail commands (last was \"NOOP\")","event_type":"smtp_command","component":"reception"`,
	},
	{
		"command timeout",
		`SMTP command timeout on TLS connection from (x) [192.0.2.9]:44 I=[192.0.2.1]:25 D=5m`,
		`"client_ip":"192.0.2.9","client_port":44,"helo":"x","reply":"SMTP command timeout on TLS connection from (x) [192.0.2.9]:44 I=[192.0.2.1]:25 D=5m","event_type":"smtp_connection","component":"reception","interface":"[192.0.2.1]:25"`,
	},
	{
		"data timeout",
		`1rQwXy-000123-Ab SMTP data timeout (message abandoned) on connection from (x) [192.0.2.9] F=<a@b.example> D=5m`,
		`"client_ip":"192.0.2.9","helo":"x","sender":"a@b.example","reply":"SMTP data timeout (message abandoned) on connection from (x) [192.0.2.9] F=<a@b.example> D=5m","event_type":"smtp_connection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"disconnection",
		`unexpected disconnection while reading SMTP command from (x) [192.0.2.9] (error: Connection reset by peer) D=1s`,
		`"client_ip":"192.0.2.9","helo":"x","event_type":"smtp_connection","component":"reception"`,
	},
	{
		"closed",
		`SMTP connection Ci=7f3 from mail.example (x) [192.0.2.9]:4321 I=[192.0.2.1]:25 D=1.5s closed by QUIT`,
		`"session_id":"7f3","client_host":"mail.example","client_ip":"192.0.2.9","client_port":4321,"helo":"x","event_type":"smtp_connection","component":"reception","interface":"[192.0.2.1]:25"`,
	},
	{
		"lost in the data",
		`1rQwXy-000123-Ab SMTP connection from (x) [192.0.2.9] lost while reading message data (header)`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"lost while reading message data (header)","event_type":"smtp_connection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"lost at the end",
		`1rQwXy-000123-Ab SMTP connection lost after final dot H=(x) [192.0.2.9] P=esmtp`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"SMTP connection lost after final dot H=(x) [192.0.2.9] P=esmtp","event_type":"smtp_connection","component":"reception","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"opened",
		`SMTP connection from [192.0.2.9]:4321 Ci=7f3 (TCP/IP connection count = 1)`,
		`"client_ip":"192.0.2.9","client_port":4321,"session_id":"7f3","connection":"opened","event_type":"smtp_connection","component":"reception"`,
	},
	{
		"TLS server",
		`TLS error on connection from (x) [192.0.2.9] (SSL_accept): error:1417A0C1:SSL routines::no shared cipher`,
		`"client_ip":"192.0.2.9","helo":"x","reply":"(SSL_accept): error:1417A0C1:SSL routines::no shared cipher","event_type":"smtp_connection","component":"reception"`,
	},
	{
		"login failed, as 4.99 writes it",
		`dovecot_login authenticator failed for H=mail.example (x) [192.0.2.9]:55 I=[192.0.2.1]:587 U=i Ci=3: 535 Incorrect authentication data (set_id=ana (work))`,
		`"client_host":"mail.example","client_ip":"192.0.2.9","client_port":55,"helo":"x","session_id":"3","auth_method":"dovecot_login","username":"ana (work)","success":false,"smtp_stage":"AUTH","smtp_code":535,"reply":"535 Incorrect authentication data (set_id=ana (work))","event_type":"authentication","component":"reception","interface":"[192.0.2.1]:587","ident":"i"`,
	},
	{
		"login not possible",
		`plain authenticator failed for (x) [192.0.2.9]: 435 Unable to authenticate at present (set_id=ana): cannot connect to socket`,
		`"client_ip":"192.0.2.9","helo":"x","auth_method":"plain","username":"ana","success":false,"smtp_stage":"AUTH","smtp_code":435,"reply":"435 Unable to authenticate at present (set_id=ana): cannot connect to socket","event_type":"authentication","component":"reception"`,
	},
	{
		"login cancelled",
		`login authenticator failed for (x) [192.0.2.9]: 501 Authentication cancelled`,
		`"client_ip":"192.0.2.9","helo":"x","auth_method":"login","success":false,"smtp_stage":"AUTH","smtp_code":501,"reply":"501 Authentication cancelled","event_type":"authentication","component":"reception"`,
	},
	{
		"DKIM good",
		`1rQwXy-00000003abc-1Xyz DKIM: d=example.com s=sel c=relaxed/relaxed a=rsa-sha256 b=2048 i=@example.com t=1 [verification succeeded]`,
		`"dkim":"pass","event_type":"content_check","component":"check","queue_id":"1rQwXy-00000003abc-1Xyz","dkim_domain":"example.com"`,
	},
	{
		"DKIM bad",
		`1rQwXy-000123-Ab DKIM: d=example.com s=sel c=simple/simple a=rsa-sha256 b=1024 [verification failed - body hash mismatch (body probably modified in transit)]`,
		`"dkim":"fail","event_type":"content_check","component":"check","queue_id":"1rQwXy-000123-Ab","dkim_domain":"example.com"`,
	},
	{
		"DKIM unknown",
		`1rQwXy-000123-Ab DKIM: d=example.com s=sel c=simple/simple a=rsa-sha256 b=1024 [invalid - public key record (currently?) unavailable]`,
		`"dkim":"invalid","event_type":"content_check","component":"check","queue_id":"1rQwXy-000123-Ab","dkim_domain":"example.com"`,
	},
	{
		"daemon",
		`exim 4.98 daemon started: pid=7, -q30m, listening for SMTP on port 25 (IPv6 and IPv4)`,
		`"event_type":"system","component":"daemon"`,
	},
	{
		"arguments",
		`cwd=/root 3 args: exim -bp x`,
		`"event_type":"system","component":"daemon"`,
	},
	{
		"disk",
		`spool directory space check failed: space=0 inodes=0`,
		`"event_type":"error","level":"ERROR","component":"daemon"`,
	},
	{
		"panic",
		`1rQwXy-000123-Ab failed to expand "x": unknown variable`,
		`"event_type":"error","level":"ERROR","component":"log","queue_id":"1rQwXy-000123-Ab"`,
	},
	{
		"text of an ACL",
		`1rQwXy-000123-Ab spam score 5.1`,
		`"event_type":"system","component":"log","queue_id":"1rQwXy-000123-Ab"`,
	},
}
