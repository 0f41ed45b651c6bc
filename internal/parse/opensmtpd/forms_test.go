package opensmtpd

import (
	"testing"

	"rastro/internal/parse/parsetest"
)

// form is one form of the grammar: its text and what the event must hold, as
// test-side JSON without the braces.
type form struct {
	name, text, want string
}

var currentForms = []form{
	{
		"connected by IPv6, no name", `e2005d038459434c smtp connected address=[2001:db8::7] host=<unknown>`,
		`"client_ip":"2001:db8::7","connection":"opened","event_type":"smtp_connection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"TLS of a client", `e2005d038459434c smtp tls ciphers=TLSv1.3:TLS_AES_256_GCM_SHA384:256`,
		`"tls_version":"TLSv1.3","tls_cipher":"TLS_AES_256_GCM_SHA384","event_type":"smtp_connection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"certificate", `e2005d038459434c smtp cert-check result="verified" fingerprint="SHA256:00aa"`,
		`"event_type":"smtp_connection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"login", `e2005d038459434c smtp authentication user=ana@b.example result=ok`,
		`"username":"ana@b.example","success":true,"event_type":"authentication","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"login failed", `e2005d038459434c smtp authentication user=ana\040b result=permfail`,
		`"username":"ana\\040b","success":false,"event_type":"authentication","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"login failed, the command", `e2005d038459434c smtp failed-command command="AUTH LOGIN (password)" result="535 Authentication failed"`,
		`"smtp_command":"AUTH","smtp_code":535,"reply":"535 Authentication failed","auth_method":"LOGIN","smtp_stage":"AUTH","success":false,"event_type":"authentication","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"login where none is allowed", `e2005d038459434c smtp failed-command command="AUTH PLAIN AGFuYQBzZWNyZXQ=" result="503 5.5.1 Invalid command: Command not supported"`,
		`"smtp_command":"AUTH","smtp_code":503,"dsn":"5.5.1","reply":"503 5.5.1 Invalid command: Command not supported","auth_method":"PLAIN","smtp_stage":"AUTH","success":false,"event_type":"authentication","level":"INFO","component":"smtp","session_id":"e2005d038459434c","secrets":["AGFuYQBzZWNyZXQ="]`,
	},
	{
		"refused recipient with quotes", `e2005d038459434c smtp failed-command command="RCPT TO:<"a" result="x"@B.example> NOTIFY=NEVER" result="550 Invalid recipient: <x>"`,
		`"smtp_command":"RCPT","smtp_code":550,"reply":"550 Invalid recipient: <x>","recipient":"\"a\" result=\"x\"@b.example","smtp_stage":"RCPT","status":"rejected","event_type":"message_rejection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"refused sender", `e2005d038459434c smtp failed-command command="mail from: <>" result="421 4.3.0 Temporary Error"`,
		`"smtp_command":"MAIL","smtp_code":421,"dsn":"4.3.0","reply":"421 4.3.0 Temporary Error","sender":"<>","smtp_stage":"MAIL","status":"rejected","event_type":"message_rejection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"refused content", `e2005d038459434c smtp failed-command command="DATA" result="550 5.7.1 Message rejected: spam"`,
		`"smtp_command":"DATA","smtp_code":550,"dsn":"5.7.1","reply":"550 5.7.1 Message rejected: spam","smtp_stage":"END-OF-MESSAGE","status":"rejected","event_type":"message_rejection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"recipient out of order", `e2005d038459434c smtp failed-command command="RCPT TO:<a@b>" result="503 5.5.1 Invalid command: Command not allowed at this point."`,
		`"smtp_command":"RCPT","smtp_code":503,"dsn":"5.5.1","reply":"503 5.5.1 Invalid command: Command not allowed at this point.","recipient":"a@b","smtp_stage":"RCPT","event_type":"smtp_command","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"no SMTP", `e2005d038459434c smtp failed-command command="GET / HTTP/1.1" result="500 5.5.1 Invalid command: Command unrecognized"`,
		`"smtp_code":500,"dsn":"5.5.1","reply":"500 5.5.1 Invalid command: Command unrecognized","command_data":"GET / HTTP/1.1","event_type":"smtp_command","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"connecting by IPv6", `e2005d06af6ffea7 mta connecting address=smtps://[2001:db8::1]:465 host=mx.b.example`,
		`"relay_ip":"2001:db8::1","relay_port":465,"relay_host":"mx.b.example","event_type":"smtp_connection","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"closing", `e2005d06af6ffea7 mta closing reason=tls-failure`,
		`"reply":"tls-failure","event_type":"smtp_connection","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"loop", `e2005d06af6ffea7 mta delivery evpid=687959a4f580cff4 from=<> to=<A@b.example> rcpt=<x@y.example> source="-" relay="b.example" delay=1d2h3m4s result="PermFail" stat="Loop detected"`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"<>","relay_host":"b.example","delay":93784,"recipient":"a@b.example","original_recipient":"x@y.example","status":"bounced","reply":"Loop detected","event_type":"message_delivery","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"stat with quotes, cut", `e2005d06af6ffea7 mta delivery evpid=687959a4f580cff4 from=<a@b> to=<c@d> rcpt=<-> source="[2001:db8::2]" relay="[2001:db8::1] (mx.d)" delay=0s result="TempFail" stat="451 4.7.1 say "please" and`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","relay_ip":"2001:db8::1","relay_host":"mx.d","delay":0,"recipient":"c@d","status":"deferred","smtp_code":451,"dsn":"4.7.1","reply":"451 4.7.1 say \"please\" and","event_type":"message_delivery","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"LMTP to Dovecot", `e2005d06af6ffea7 mta delivery evpid=687959a4f580cff4 from=<a@b> to=<c@d> rcpt=<-> source="127.0.0.1" relay="127.0.0.1 (localhost)" delay=0s result="Ok" stat="250 2.0.0 <c@d> kNzMApN9 Saved"`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","relay_ip":"127.0.0.1","relay_host":"localhost","delay":0,"recipient":"c@d","status":"delivered","smtp_code":250,"dsn":"2.0.0","reply":"250 2.0.0 <c@d> kNzMApN9 Saved","session_id":"kNzMApN9","event_type":"message_delivery","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"back from a filter here", `e2005d06af6ffea7 mta delivery evpid=687959a4f580cff4 from=<a@b> to=<c@d> rcpt=<-> source="127.0.0.1" relay="127.0.0.1 (localhost)" delay=0s result="Ok" stat="250 2.0.0 0913bceb Message accepted for delivery"`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","relay_ip":"127.0.0.1","relay_host":"localhost","delay":0,"recipient":"c@d","status":"delivered","smtp_code":250,"dsn":"2.0.0","reply":"250 2.0.0 0913bceb Message accepted for delivery","next_queue_id":"0913bceb","event_type":"message_delivery","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"mda without rcpt", `e2005d104dbd3c28 mda delivery evpid=687959a4f580cff4 from=<a@b> to=<c@d> user=c delay=2m result=PermFail stat=Error ("mail.maildir: no space")`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","delay":120,"recipient":"c@d","status":"bounced","reply":"Error (\"mail.maildir: no space\")","event_type":"message_delivery","level":"INFO","component":"mda","session_id":"e2005d104dbd3c28","local_user":"c"`,
	},
	{
		"expired bounce", `relay: Expire for 687959a4f580cff4: from=<@>, to=<a@b.example>, rcpt=<->, delay=4d, stat=Envelope expired`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","status":"expired","sender":"<>","delay":345600,"reply":"Envelope expired","recipient":"a@b.example","event_type":"queue_processing","level":"INFO","component":"queue"`,
	},
	{
		"removed", `delivery: Remove for 687959a4f580cff4: from=<x@y>, to=<a@b.example>, rcpt=<c@b.example>, delay=8s, stat=Removed by administrator`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","status":"discarded","sender":"x@y","delay":8,"reply":"Removed by administrator","recipient":"a@b.example","original_recipient":"c@b.example","event_type":"queue_processing","level":"INFO","component":"queue","action":"removed"`,
	},
	{
		"bounce not made", `warn: TempFail injecting failure report on message 687959a4 to <x@y> for 2 envelopes: 451 4.3.0 no`,
		`"queue_id":"687959a4","sender":"x@y","smtp_code":451,"dsn":"4.3.0","reply":"451 4.3.0 no","event_type":"queue_processing","level":"WARN","component":"bounce"`,
	},
	{
		"route", `smtp-out: Disabling route [2001:db8::2] <-> [2001:db8::1] (mx.b.example) for 15s`,
		`"relay_ip":"2001:db8::1","relay_host":"mx.b.example","event_type":"system","level":"INFO","component":"mta"`,
	},
	{"warning", `warn: mda: fdopen: Too many open files`, `"event_type":"system","level":"WARN","component":"mda"`},
	{"fatal", `dispatcher: exited event loop`, `"event_type":"error","level":"ERROR","component":"dispatcher"`},
	{"queue setting", `queue: queue compression enabled`, `"event_type":"system","level":"INFO","component":"queue"`},
	{"paused", `info: mta paused`, `"event_type":"system","level":"INFO","component":"smtpd"`},
	{"filter", `rspamd: starting filter`, `"event_type":"system","level":"INFO","component":"filter"`},
}

var earlierForms = []form{
	{
		"6.0 message", `e2005d038459434c smtp event=message address=192.0.2.1 host=h.example msgid=687959a4 from=<a@b> to=<C@d> size=12 ndest=1 proto=ESMTP`,
		`"client_ip":"192.0.2.1","client_host":"h.example","queue_id":"687959a4","sender":"a@b","recipient":"c@d","size":12,"recipient_count":1,"status":"accepted","event_type":"message_reception","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"6.0 login", `e2005d038459434c smtp event=authentication user=ana address=192.0.2.1 host=h.example result=permfail`,
		`"username":"ana","success":false,"client_ip":"192.0.2.1","client_host":"h.example","event_type":"authentication","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"6.0 TLS", `e2005d038459434c smtp event=starttls address=192.0.2.1 host=h.example ciphers="version=TLSv1.2, cipher=ECDHE-RSA-AES256-GCM-SHA384, bits=256"`,
		`"client_ip":"192.0.2.1","client_host":"h.example","tls_version":"TLSv1.2","tls_cipher":"ECDHE-RSA-AES256-GCM-SHA384","event_type":"smtp_connection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"6.0 refused", `e2005d038459434c smtp event=failed-command address=192.0.2.1 host=h.example command="RCPT TO:<a@b>" result="550 Invalid recipient"`,
		`"client_ip":"192.0.2.1","client_host":"h.example","smtp_command":"RCPT","smtp_code":550,"reply":"550 Invalid recipient","recipient":"a@b","smtp_stage":"RCPT","status":"rejected","event_type":"message_rejection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"6.0 mda", `0000000000000000 mda event=delivery evpid=687959a4f580cff4 from=<a@b> to=<c@d> rcpt=<c@d> user=c method=mbox delay=0s result=Ok stat=Delivered`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","delay":0,"recipient":"c@d","status":"delivered","reply":"Delivered","event_type":"message_delivery","level":"INFO","component":"mda","local_user":"c"`,
	},
	{
		"5.3 session", `smtp-in: New session e2005d038459434c from host h.example [192.0.2.1]`,
		`"client_ip":"192.0.2.1","client_host":"h.example","connection":"opened","event_type":"smtp_connection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"5.3 message", `smtp-in: Accepted message 687959a4 on session e2005d038459434c: from=<a@b>, to=<c@d>, size=12, ndest=1, proto=ESMTP`,
		`"queue_id":"687959a4","sender":"a@b","recipient":"c@d","size":12,"recipient_count":1,"status":"accepted","event_type":"message_reception","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"5.3 refused", `smtp-in: Failed command on session e2005d038459434c: "RCPT TO:<a@b>" => 550 5.1.1 Invalid recipient`,
		`"smtp_command":"RCPT","smtp_code":550,"dsn":"5.1.1","reply":"550 5.1.1 Invalid recipient","recipient":"a@b","smtp_stage":"RCPT","status":"rejected","event_type":"message_rejection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"5.3 login", `smtp-in: Authentication failed for user ana on session e2005d038459434c`,
		`"username":"ana","success":false,"event_type":"authentication","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"5.3 relay", `relay: TempFail for 687959a4f580cff4: session=e2005d06af6ffea7, from=<a@b>, to=<c@d>, rcpt=<->, source=192.0.2.10, relay=192.0.2.1 (mx.d), delay=3s, stat=451 4.3.0 later, please`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","relay_ip":"192.0.2.1","relay_host":"mx.d","delay":3,"recipient":"c@d","status":"deferred","smtp_code":451,"dsn":"4.3.0","reply":"451 4.3.0 later, please","event_type":"message_delivery","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"5.3 delivery", `delivery: Ok for 687959a4f580cff4: from=<a@b>, to=<c@d>, rcpt=<x@d>, user=c, method=maildir, delay=1s, stat=Delivered`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","delay":1,"recipient":"c@d","original_recipient":"x@d","status":"delivered","reply":"Delivered","event_type":"message_delivery","level":"INFO","component":"mda","local_user":"c"`,
	},
	{
		"5.7 message", `smtp-in: session e2005d038459434c: msgid=687959a4, status=Ok, from=<a@b>, to=<c@d>, size=12, ndest=1, proto=ESMTP`,
		`"queue_id":"687959a4","sender":"a@b","recipient":"c@d","size":12,"recipient_count":1,"status":"accepted","event_type":"message_reception","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"5.7 end", `smtp-in: session e2005d038459434c: connection from host h.example [192.0.2.1] closed (IO error: reset)`,
		`"client_ip":"192.0.2.1","client_host":"h.example","reply":"IO error: reset","event_type":"smtp_connection","level":"INFO","component":"smtp","session_id":"e2005d038459434c"`,
	},
	{
		"5.7 relay", `smtp-out: session e2005d06af6ffea7: evpid=687959a4f580cff4, status=Ok, from=<a@b>, to=<c@d>, rcpt=<->, source=192.0.2.10, relay=192.0.2.1 (mx.d), delay=3s, stat=250 Ok: queued as ABCDEF01`,
		`"queue_id":"687959a4","queue_id":"687959a4f580cff4","sender":"a@b","relay_ip":"192.0.2.1","relay_host":"mx.d","delay":3,"recipient":"c@d","status":"delivered","smtp_code":250,"reply":"250 Ok: queued as ABCDEF01","remote_queue_id":"ABCDEF01","event_type":"message_delivery","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"5.7 connecting", `smtp-out: session e2005d06af6ffea7: connecting to smtp+tls://192.0.2.1:25 (mx.d)`,
		`"relay_ip":"192.0.2.1","relay_port":25,"relay_host":"mx.d","event_type":"smtp_connection","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
	{
		"5.3 error", `smtp-out: Error on session e2005d06af6ffea7: BANNER rejected: 554 5.7.1 go away`,
		`"smtp_stage":"CONNECT","smtp_code":554,"dsn":"5.7.1","reply":"554 5.7.1 go away","event_type":"smtp_connection","level":"INFO","component":"mta","session_id":"e2005d06af6ffea7"`,
	},
}

// TestClaims makes sure that only OpenSMTPD's lines are taken: its program has
// the name of Postfix's server.
func TestClaims(t *testing.T) {
	t.Parallel()
	const clear = "e2005d038459434c smtp disconnected reason=quit"
	dialect.Claims(t, []parsetest.Claim{
		{"smtpd", clear, true},
		{"", clear, true},
		{"**NO", clear, true},
		{"postfix/smtpd", clear, false},
		{"sm-mta", clear, false},
		{"smtpd", "info: OpenSMTPD 7.8.0 starting", true},
		{"", "info: OpenSMTPD 7.8.0 starting", true},
		{"smtpd", "Exiting", true},
		{"", "Exiting", false},
		{"smtpd", "warn: lost child: dispatcher exited okay", true},
		{"", "warn: lost child: dispatcher exited okay", false},
		{"smtpd", "connect from h.example[192.0.2.1]", false},
		{"smtpd", "warning: h.example[192.0.2.1]: SASL LOGIN authentication failed", false},
		{"smtpd", "fatal: no SASL authentication mechanisms", false},
		{"smtpd", "2CB2015A186: client=h.example[192.0.2.1]", false},
		{"smtpd", "NOQUEUE: reject: RCPT from h[192.0.2.1]: 550 5.1.1 <a@b>: no", false},
		{"opensmtpd", "anything at all", true},
		{"smtpd", "", false},
	})
}
