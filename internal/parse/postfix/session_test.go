package postfix

import (
	"strings"
	"testing"

	"rastro/internal/parse/parsetest"
)

func TestQueueForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, queueForms)
}

var queueForms = []form{
	{
		"login and filter", "mx-out/submission/smtpd",
		`3Pt2mN2VXxznjll: client=unknown[192.0.2.1]:2525, sasl_method=LOGIN, sasl_username=Ana@b.example, sasl_sender=x@y, orig_queue_id=ABCDEF012, orig_client=h[192.0.2.9]`,
		`"client_ip":"192.0.2.1","client_port":2525,"auth_method":"LOGIN","username":"Ana@b.example","success":true,"parent_queue_id":"ABCDEF012","status":"accepted","event_type":"message_reception","level":"INFO","component":"smtpd","queue_id":"3Pt2mN2VXxznjll","sasl_sender":"x@y","orig_client_host":"h","orig_client_ip":"192.0.2.9"`,
	},
	{
		"before a proxy", "postfix/smtpd", `NOQUEUE: client=h.example[192.0.2.1]`,
		`"client_host":"h.example","client_ip":"192.0.2.1","event_type":"message_reception","level":"INFO","component":"smtpd"`,
	},
	{
		"put back", "postfix/pickup", `2CB2015A186: uid=101 from=<Ana@b.example> orig_id=1021E15A582`,
		`"sender":"ana@b.example","parent_queue_id":"1021E15A582","status":"accepted","event_type":"message_reception","level":"INFO","component":"pickup","queue_id":"2CB2015A186"`,
	},
	{
		"empty id", "postfix/cleanup", `2CB2015A186: message-id=<>`,
		`"event_type":"message_reception","level":"INFO","component":"cleanup","queue_id":"2CB2015A186"`,
	},
	{
		"id that imitates a delivery", "postfix/cleanup", `2CB2015A186: message-id=<a>, to=<x>, status=sent (250 ok`,
		`"message_id":"<a>, to=<x>, status=sent (250 ok","event_type":"message_reception","level":"INFO","component":"cleanup","queue_id":"2CB2015A186"`,
	},
	{
		"resent", "postfix/cleanup", `2CB2015A186: resent-message-id=<r@b.example>`,
		`"message_id":"<r@b.example>","event_type":"message_reception","level":"INFO","component":"cleanup","queue_id":"2CB2015A186"`,
	},
	{
		"active", "postfix/qmgr", `2CB2015A186: from=<>, size=4744, nrcpt=1 (queue active)`,
		`"sender":"<>","size":4744,"recipient_count":1,"event_type":"queue_processing","level":"INFO","component":"qmgr","queue_id":"2CB2015A186"`,
	},
	{
		"sender with blanks", "postfix/qmgr", `2CB2015A186: from=<"a, size=1, b> c"@b.example>, size=4744, nrcpt=12 (queue active)`,
		`"sender":"\"a, size=1, b> c\"@b.example","size":4744,"recipient_count":12,"event_type":"queue_processing","level":"INFO","component":"qmgr","queue_id":"2CB2015A186"`,
	},
	{
		"expired by the operator", "postfix/qmgr", `2CB2015A186: from=<a@b.example>, status=force-expired, returned to sender`,
		`"sender":"a@b.example","status":"expired","event_type":"queue_processing","level":"INFO","component":"qmgr","queue_id":"2CB2015A186"`,
	},
	{
		"bounce", "postfix/bounce", `2CB2015A186: sender non-delivery notification: 4jXmsD4ZBFzlk`,
		`"next_queue_id":"4jXmsD4ZBFzlk","event_type":"queue_processing","level":"INFO","component":"bounce","queue_id":"2CB2015A186","notification":"failed"`,
	},
	{
		"success report", "", `2CB2015A186: sender delivery status notification: F182815A1E4`,
		`"next_queue_id":"F182815A1E4","event_type":"queue_processing","program":"postfix","level":"INFO","component":"bounce","queue_id":"2CB2015A186","notification":"delivered"`,
	},
	{
		"removed by the operator", "postfix/postsuper", `2CB2015A186: removed`,
		`"status":"discarded","event_type":"queue_processing","level":"INFO","component":"postsuper","queue_id":"2CB2015A186","action":"removed"`,
	},
	{
		"on hold", "postfix/postsuper", `2CB2015A186: placed on hold`,
		`"status":"held","event_type":"queue_processing","level":"INFO","component":"postsuper","queue_id":"2CB2015A186","action":"held"`,
	},
	{
		"canceled (3.10)", "postfix/cleanup", `2CB2015A186: canceled`,
		`"event_type":"queue_processing","level":"INFO","component":"cleanup","queue_id":"2CB2015A186","action":"canceled"`,
	},
	{
		"passed on", "postfix/local", `2CB2015A186: passing <A@b.example> to transport=lmtp`,
		`"recipient":"a@b.example","event_type":"queue_processing","level":"INFO","component":"local","queue_id":"2CB2015A186"`,
	},
	{
		"one server of several", "postfix/smtp", `2CB2015A186: host mx.b.example[192.0.2.1] said: 451 4.7.1 later (in reply to end of DATA command)`,
		`"relay_host":"mx.b.example","relay_ip":"192.0.2.1","smtp_stage":"END-OF-MESSAGE","smtp_code":451,"dsn":"4.7.1","reply":"451 4.7.1 later","event_type":"smtp_command","level":"INFO","component":"smtp","queue_id":"2CB2015A186"`,
	},
	{
		"lost server", "postfix/smtp", `2CB2015A186: lost connection with mx.b.example[192.0.2.1] while sending DATA command`,
		`"relay_host":"mx.b.example","relay_ip":"192.0.2.1","reply":"lost connection with mx.b.example[192.0.2.1] while sending DATA command","event_type":"smtp_connection","level":"INFO","component":"smtp","queue_id":"2CB2015A186"`,
	},
	{
		"fatal with an id", "postfix/cleanup", `fatal: 2CB2015A186: out of memory`,
		`"event_type":"error","level":"FATAL","component":"cleanup","queue_id":"2CB2015A186"`,
	},
}

func TestSessionForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, sessionForms)
}

var sessionForms = []form{
	{
		"lost with an id (3.10)", "postfix/smtpd", `2CB2015A186: lost connection after DATA (123 bytes) from h.example[192.0.2.1]`,
		`"client_host":"h.example","client_ip":"192.0.2.1","smtp_stage":"DATA","event_type":"smtp_connection","level":"INFO","component":"smtpd","queue_id":"2CB2015A186"`,
	},
	{
		"lost without (3.10)", "postfix/smtpd", `NOQUEUE: too many errors after AUTH from unknown[unknown]`,
		`"smtp_stage":"AUTH","event_type":"smtp_connection","level":"INFO","component":"smtpd"`,
	},
	{
		"TLS with server name", "postfix/smtpd", `Trusted TLS connection established from h.example[192.0.2.1] to mx.b.example: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)`,
		`"client_host":"h.example","client_ip":"192.0.2.1","tls_version":"TLSv1.3","tls_cipher":"TLS_AES_256_GCM_SHA384","event_type":"smtp_connection","level":"INFO","component":"smtpd"`,
	},
	{
		"TLS reused", "postfix/smtp", `Verified TLS connection reused to mx.b.example[2001:db8::1]:25: TLSv1.2 with cipher X (128/128 bits)`,
		`"relay_host":"mx.b.example","relay_ip":"2001:db8::1","relay_port":25,"tls_version":"TLSv1.2","tls_cipher":"X","event_type":"smtp_connection","level":"INFO","component":"smtp"`,
	},
	{
		"failed login", "postfix/smtps/smtpd", `warning: h.example[192.0.2.1]: SASL LOGIN authentication failed: UGFzc3dvcmQ6, sasl_username=a, sasl_username=b`,
		`"client_host":"h.example","client_ip":"192.0.2.1","auth_method":"LOGIN","username":"a, sasl_username=b","success":false,"reply":"UGFzc3dvcmQ6","event_type":"authentication","level":"WARN","component":"smtpd"`,
	},
	{
		"failed login, no name", "postfix/smtpd", `warning: unknown[192.0.2.1]: SASL PLAIN authentication failed: authentication failure, sasl_username=(unavailable)`,
		`"client_ip":"192.0.2.1","auth_method":"PLAIN","success":false,"reply":"authentication failure","event_type":"authentication","level":"WARN","component":"smtpd"`,
	},
	{
		"not SMTP", "postfix/smtpd", `warning: non-SMTP command from unknown[192.0.2.1]: GET / HTTP/1.1`,
		`"client_ip":"192.0.2.1","command_data":"GET / HTTP/1.1","event_type":"smtp_command","level":"WARN","component":"smtpd"`,
	},
	{
		"bad address", "postfix/smtpd", `warning: Illegal address syntax from unknown[192.0.2.1] in RCPT command: <a@@b>`,
		`"client_ip":"192.0.2.1","smtp_command":"RCPT","command_data":"<a@@b>","event_type":"smtp_command","level":"WARN","component":"smtpd"`,
	},
	{
		"name that does not lead back", "postfix/smtpd", `warning: hostname h.example does not resolve to address 2001:db8::7: Name or service not known`,
		`"client_ip":"2001:db8::7","event_type":"smtp_connection","level":"WARN","component":"smtpd"`,
	},
	{
		"before 3.6", "postfix/postscreen", `WHITELISTED [192.0.2.1]:4711`,
		`"client_ip":"192.0.2.1","client_port":4711,"event_type":"smtp_connection","level":"INFO","component":"postscreen","screen":"allowlisted"`,
	},
	{
		"too early", "postfix/postscreen", `PREGREET 14 after 0.04 from [2001:db8::7]:4711: EHLO ylmf-pc\r\n`,
		`"client_ip":"2001:db8::7","client_port":4711,"command_data":"EHLO ylmf-pc\\r\\n","event_type":"smtp_connection","level":"INFO","component":"postscreen","screen":"pregreet"`,
	},
	{
		"no connection", "", `connect to mx.b.example[192.0.2.1]:25: Connection timed out`,
		`"relay_host":"mx.b.example","relay_ip":"192.0.2.1","relay_port":25,"reply":"connect to mx.b.example[192.0.2.1]:25: Connection timed out","event_type":"smtp_connection","program":"postfix","level":"INFO"`,
	},
	{
		"fatal", "postfix/master", `fatal: bind 0.0.0.0 port 25: Address already in use`,
		`"event_type":"error","level":"FATAL","component":"master"`,
	},
}

// TestClaims makes sure that only Postfix's lines are taken, by their program
// where it is known and by their text where it is not.
func TestClaims(t *testing.T) {
	t.Parallel()
	const clear, vague = "ABCDEF012: removed", "starting now"
	dialect.Claims(t, []parsetest.Claim{
		{"postfix/qmgr", clear, true},
		{"postfix/qmgr", vague, true},
		{"postfix-in/relay/smtp", vague, true},
		{"postfix/something-new", vague, true},
		{"postfix", vague, true},
		{"mx-out/qmgr", clear, true},
		{"mx-out/qmgr", vague, false},
		{"postfix-out", clear, true},
		{"postfix-policyd", vague, false},
		{"qmgr", clear, true},
		{"", clear, true},
		{"", vague, false},
		{"**NO", clear, true},
		{"**NO", vague, false},
		{"opendkim", clear, false},
		{"dovecot", clear, false},
		{"dovecot/lmtp", clear, false},
		{"postfix/policy-spf", vague, false},
		{"", "47FF615D001: DKIM-Signature field added (s=mail, d=b.example)", false},
		{"", "4AN1Hxxx012345: to=<a@b>, delay=00:00:01, mailer=esmtp, dsn=2.0.0, stat=Sent", false},
		{"", "ABCDEF012: from=<a@b>, size=12, class=0, nrcpts=1, msgid=<x>", false},
		{"", "lmtp(a@b)<1><x>: msgid=<y>: saved mail to INBOX", false},
		{"", "", false},
	})
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		`< h.example[192.0.2.1]: AUTH PLAIN AGFuYQBzZWNyZXQ=`:                                 {"AGFuYQBzZWNyZXQ="},
		`> mx.example[192.0.2.1]:25: AUTH PLAIN AGFuYQBzZWNyZXQ=`:                             {"AGFuYQBzZWNyZXQ="},
		`< h.example[192.0.2.1]: c2VjcmV0c2VjcmV0`:                                            {"c2VjcmV0c2VjcmV0"},
		`< h.example[192.0.2.1]: AUTH PLAIN`:                                                  nil,
		`< h.example[192.0.2.1]: QUIT`:                                                        nil,
		`< h.example[192.0.2.1]: MAIL FROM:<a@b.example>`:                                     nil,
		`xsasl_dovecot_server_first: sasl_method PLAIN, init_response AGFuYQBz`:               {"AGFuYQBz"},
		`xsasl_cyrus_client_get_passwd: s3cret`:                                               {"s3cret"},
		"smtp_sasl_passwd_lookup: host `mx.example' user `ana' pass `s3cret'":                 {"s3cret"},
		"smtp_sasl_passwd_lookup: host `mx.example' user `ana' pass `x'":                      {"ss `x"},
		`maps_find: smtp_sasl_password_maps: hash:/etc/x(0,lock): mx.example = ana:s3c = ret`: {"ana:s3c = ret"},
	} {
		dialect.Secrets(t, parsetest.Record("postfix/smtpd", text), want)
	}
}

func TestHostileBytes(t *testing.T) {
	t.Parallel()
	dialect.Hostile(t, []string{"postfix/smtpd", ""}, []string{
		"", "ABCDEF012: ", "ABCDEF012: to=", "ABCDEF012: to=<", "ABCDEF012: to=<a>, relay=", "ABCDEF012: from=<",
		"ABCDEF012: message-id=", "NOQUEUE: reject: RCPT from h[1.2.3.4]: ", "ABCDEF012: client=", "connect from ",
		"warning: ", "ABCDEF012: to=<\"", "ABCDEF012: info: header Subject: ", "CONNECT from [",
	}, []string{strings.Repeat("; from=<\"", 10_000), " from ", ", status=sent ("})
}
