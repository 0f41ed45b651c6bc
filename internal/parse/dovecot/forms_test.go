package dovecot

import (
	"testing"

	"rastro/internal/parse/parsetest"
)

func TestDeliveryForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, deliveryForms)
}

var deliveryForms = []form{
	{
		"2.2 with session", "dovecot", `lmtp(8412, Ana@B.example): 3Uu7BxKPs1rcIAAAdGWkfA: msgid=<m@x>: saved mail to INBOX`,
		`"message_id":"<m@x>","recipient":"ana@b.example","folder":"INBOX","status":"delivered","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"3Uu7BxKPs1rcIAAAdGWkfA"`,
	},
	{
		"2.2 sieve", "dovecot", `lda(ana@b.example): sieve: msgid=<m@x>: stored mail into mailbox 'Lists/Go: news'`,
		`"message_id":"<m@x>","recipient":"ana@b.example","folder":"Lists/Go: news","status":"delivered","event_type":"message_delivery","level":"INFO","component":"lda","sieve_action":"fileinto"`,
	},
	{
		"Message-ID that imitates", "dovecot", `lmtp(ana@b.example)<1><s>: msgid=<x>: saved mail to Fake: discard action: Marked message to be discarded if not explicitly delivered>: saved mail to INBOX`,
		`"message_id":"<x>: saved mail to Fake: discard action: Marked message to be discarded if not explicitly delivered>","recipient":"ana@b.example","folder":"INBOX","status":"delivered","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"s"`,
	},
	{
		"own log format", "dovecot", `lmtp(ana@b.example)<1><s>: msgid=<m@x>, from=c@d.example, subject=Hola, size=3: no, size=2345: saved mail to INBOX`,
		`"message_id":"<m@x>","subject":"Hola","size":3,"recipient":"ana@b.example","folder":"INBOX","status":"delivered","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"s"`,
	},
	{
		"quota", "dovecot", `lmtp(ana@b.example)<1><s:R2>: msgid=<m@x>: save failed to INBOX: Quota exceeded (mailbox for user is full)`,
		`"message_id":"<m@x>","recipient":"ana@b.example","folder":"INBOX","success":false,"reply":"Quota exceeded (mailbox for user is full)","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"s:R2"`,
	},
	{
		"sieve cannot store", "dovecot", `lmtp(ana@b.example)<1><s>: sieve: msgid=<m@x>: fileinto action: failed to store into mailbox 'X': No such mailbox`,
		`"message_id":"<m@x>","recipient":"ana@b.example","folder":"X","success":false,"reply":"No such mailbox","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"s","sieve_action":"fileinto"`,
	},
	{
		"redirect", "dovecot", `lmtp(ana@b.example)<1><s>: sieve: msgid=<m@x>: redirect action: forwarded to <Bob@C.example>`,
		`"message_id":"<m@x>","recipient":"ana@b.example","status":"forwarded","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"s","forwarded_to":"bob@c.example","sieve_action":"redirect"`,
	},
	{
		"no Message-ID", "dovecot", `lmtp(ana@b.example)<1><s>: sieve: msgid=unspecified: discard action: Marked message to be discarded if not explicitly delivered (discard action)`,
		`"recipient":"ana@b.example","status":"discarded","event_type":"message_delivery","level":"INFO","component":"lmtp","session_id":"s","sieve_action":"discard"`,
	},
	{
		"IMAP sieve", "dovecot", `imap(ana@b.example)<1><s>: sieve: msgid=<m@x>: stored mail into mailbox 'Spam'`,
		`"message_id":"<m@x>","username":"ana@b.example","folder":"Spam","status":"delivered","event_type":"mailbox_access","level":"INFO","component":"imap","session_id":"s","sieve_action":"fileinto"`,
	},
	{
		"connect over IPv6", "", `lmtp(958): Info: Connect from 2001:db8::1`,
		`"client_ip":"2001:db8::1","event_type":"smtp_connection","program":"dovecot","level":"INFO","component":"lmtp"`,
	},
	{
		"disconnect over IPv6", "", `lmtp(958): Info: Disconnect from 2001:db8::1: Connection closed (state=READY)`,
		`"client_ip":"2001:db8::1","reply":"Connection closed (state=READY)","event_type":"smtp_connection","program":"dovecot","level":"INFO","component":"lmtp"`,
	},
}

func TestLoginForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, loginForms)
}

var loginForms = []form{
	{
		"2.4 aborted", "dovecot", `imap-login: Login aborted: Connection closed (auth failed, 3 attempts in 12 secs) (auth_failed): user=<ana@b.example>, method=PLAIN, rip=2001:db8::1, lip=2001:db8::2, TLS, session=<abc+/d>`,
		`"auth_method":"PLAIN","username":"ana@b.example","client_ip":"2001:db8::1","success":false,"reply":"Login aborted: Connection closed (auth failed, 3 attempts in 12 secs) (auth_failed)","event_type":"authentication","level":"INFO","component":"imap-login","session_id":"abc+/d"`,
	},
	{
		"2.4 no attempt", "dovecot", `imap-login: Login aborted: Connection closed (no auth attempts in 0 secs) (no_auth_attempts): user=<>, rip=192.0.2.1, lip=192.0.2.2, session=<s>`,
		`"client_ip":"192.0.2.1","event_type":"system","level":"INFO","component":"imap-login","session_id":"s"`,
	},
	{
		"2.2 without colon", "dovecot", `pop3-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<ana>, method=LOGIN, rip=192.0.2.1, lip=192.0.2.2`,
		`"auth_method":"LOGIN","username":"ana","client_ip":"192.0.2.1","success":false,"reply":"Disconnected (auth failed, 1 attempts in 2 secs)","event_type":"authentication","level":"INFO","component":"pop3-login"`,
	},
	{
		"name that imitates", "dovecot", `imap-login: Disconnected: Inactivity (auth failed, 1 attempts in 2 secs): user=<x>, method=PLAIN, rip=6.6.6.6, lip=1.1.1.1, session=<q>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, session=<s>`,
		`"auth_method":"PLAIN","username":"x>, method=PLAIN, rip=6.6.6.6, lip=1.1.1.1, session=<q","client_ip":"192.0.2.1","success":false,"reply":"Disconnected: Inactivity (auth failed, 1 attempts in 2 secs)","event_type":"authentication","level":"INFO","component":"imap-login","session_id":"s"`,
	},
	{
		"too many", "dovecot", `imap-login: Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10): user=<ana@b.example>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, TLS, session=<s>`,
		`"auth_method":"PLAIN","username":"ana@b.example","client_ip":"192.0.2.1","success":false,"reply":"Maximum number of connections from user+IP exceeded (mail_max_userip_connections=10)","event_type":"authentication","level":"INFO","component":"imap-login","session_id":"s"`,
	},
	{
		"2.4 auth", "dovecot", `auth(Ana,x): y@b.example,192.0.2.1,sasl:plain)<s>: passwd-file: Password mismatch`,
		`"username":"Ana,x): y@b.example","client_ip":"192.0.2.1","auth_method":"plain","success":false,"reply":"Password mismatch","event_type":"authentication","level":"INFO","component":"auth","session_id":"s"`,
	},
	{
		"2.3 worker", "", `auth-worker(77): Info: conn unix:auth-worker (pid=75,uid=97): auth-worker<3>: sql(a,b@c.example,192.0.2.1,<s>): unknown user`,
		`"username":"a,b@c.example","client_ip":"192.0.2.1","success":false,"reply":"unknown user","event_type":"authentication","program":"dovecot","level":"INFO","component":"auth-worker","session_id":"s"`,
	},
	{
		"PAM", "dovecot", `auth-worker(77): pam(ana,192.0.2.1,<s>): pam_authenticate() failed: Authentication failure (Password mismatch?)`,
		`"username":"ana","client_ip":"192.0.2.1","success":false,"reply":"pam_authenticate() failed: Authentication failure (Password mismatch?)","event_type":"authentication","level":"INFO","component":"auth-worker","session_id":"s"`,
	},
	{
		"password in the log", "", `auth: Info: passwd-file(ana,192.0.2.1): Password mismatch (given password: hunter2 :) x) - trying the next passdb`,
		`"username":"ana","client_ip":"192.0.2.1","success":false,"reply":"Password mismatch","event_type":"authentication","program":"dovecot","level":"INFO","component":"auth","secrets":["hunter2 :) x"]`,
	},
	{
		"proxy", "dovecot", `imap-login: proxy(ana@b.example): started proxying to 10.0.0.1:143: user=<ana@b.example>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, session=<s>`,
		`"auth_method":"PLAIN","username":"ana@b.example","client_ip":"192.0.2.1","success":true,"event_type":"authentication","level":"INFO","component":"imap-login","session_id":"s"`,
	},
}

func TestMailboxForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, mailboxForms)
}

var mailboxForms = []form{
	{
		"expunge with subject", "dovecot", `imap(ana@b.example)<1><s>: expunge: box=INBOX, uid=12, msgid=<m, size=1, x@y>, size=2345, from="A, B" <c@d.example>, subject=Hola, size=3, flags=(\Seen)`,
		`"username":"ana@b.example","folder":"INBOX","message_id":"<m, size=1, x@y>","size":2345,"subject":"Hola, size=3","event_type":"mailbox_access","level":"INFO","component":"imap","session_id":"s","action":"expunge","uid":12`,
	},
	{
		"copy", "dovecot", `imap(ana@b.example)<1><s>: copy from INBOX: box=Trash, uid=, msgid=, size=error`,
		`"username":"ana@b.example","folder":"Trash","event_type":"mailbox_access","level":"INFO","component":"imap","session_id":"s","action":"copy","from_folder":"INBOX"`,
	},
	{
		"virtual size", "dovecot", `imap(ana@b.example)<1><s>: delete: uid=1, msgid=<m@x>, vsize=9`,
		`"username":"ana@b.example","message_id":"<m@x>","event_type":"mailbox_access","level":"INFO","component":"imap","session_id":"s","action":"delete","uid":1`,
	},
	{
		"before 2.2.34", "dovecot", `imap(ana@b.example): Logged out in=10 out=400`,
		`"username":"ana@b.example","reply":"Logged out","event_type":"mailbox_access","level":"INFO","component":"imap","action":"disconnect"`,
	},
	{
		"error", "dovecot", `imap(ana@b.example)<1><s>: Error: Mailbox INBOX: Corrupted index`,
		`"event_type":"error","username":"ana@b.example","level":"ERROR","component":"imap","session_id":"s"`,
	},
	{
		"panic", "dovecot", `imap(ana@b.example)<1><s>: Panic: file x.c: line 1 (f): assertion failed: (a)`,
		`"event_type":"error","username":"ana@b.example","level":"FATAL","component":"imap","session_id":"s"`,
	},
	{
		"no prefix", "dovecot", `Warning: something`,
		`"event_type":"system","level":"WARN"`,
	},
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"auth: Debug: client in: AUTH\t1\tPLAIN\tservice=imap\tresp=AGFuYQBzM2NyZXQ= (previous base64 data may contain sensitive data)": {"AGFuYQBzM2NyZXQ="},
		"auth: Debug: client in: AUTH 1 PLAIN service=imap resp=<hidden>":                                                               nil,
		"auth: Debug: client in: CONT\t1\tczNjcmV0":                                                                                     {"czNjcmV0"},
		"auth: Debug: client passdb out: OK 1 user=ana pass=s3cret proxy":                                                               {"s3cret"},
		"auth: Debug: passwd-file(ana,192.0.2.1): SHA256(s3cret) != 'c2FsdGVk'":                                                         {"s3cret", "c2FsdGVk"},
		"auth: Info: pam(ana): unknown user (SHA1 of given password: da39a3ee)":                                                         {"da39a3ee"},
		"auth: Info: pam(ana): unknown user (given password: x)":                                                                        {"rd: x"},
		"auth-worker(1): Debug: conn unix:auth-worker: PASSV\t3\ts3cret\tuser=ana":                                                      {"s3cret"},
		"imap-login: Info: Login: user=<pass=x>, method=PLAIN, rip=192.0.2.1, lip=1.1.1.1":                                              nil,
	} {
		dialect.Secrets(t, parsetest.Record("", text), want)
	}
}

// TestClaims makes sure that only Dovecot's lines are taken, by their program
// where it is known and by their text where it is not.
func TestClaims(t *testing.T) {
	t.Parallel()
	dialect.Claims(t, []parsetest.Claim{
		{"dovecot", "anything at all", true},
		{"dovecot", "", true},
		{"dovecot-two", "master: reloading", true},
		{"dovecot-exporter", "listening on :9166", false},
		{"", "master: Warning: SIGHUP received", true},
		{"", "master: reloading", false},
		{"lmtp", "lmtp(1): Info: Connect from local", true},
		{"imap-login", "Info: Login: user=<a>, method=PLAIN, rip=192.0.2.1, lip=1.1.1.1", true},
		{"lmtp", "ABCDEF012: to=<a@b>, relay=none, status=sent (ok)", false},
		{"**NO", "imap(a@b)<1><s>: something", true},
		{"postfix/lmtp", "lmtp(1): Info: Connect from local", false},
		{"", "foo: msgid=<x>: saved mail to INBOX", false},
		{"", "auth: Info", false},
		{"", "connect from h[192.0.2.1]", false},
		{"", "", false},
	})
}
