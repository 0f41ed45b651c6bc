package dovecot

import (
	"strings"
	"testing"

	"rastro/internal/parse/parsetest"
)

// TestFacts checks single facts of forms that the golden logs lack: each line
// must hold all of them, each written name=value, a leading - for absent. An
// underscore stands for a blank.
func TestFacts(t *testing.T) {
	t.Parallel()
	const deliver, sieve = "lmtp(ana@b.example)<12><s1:R2>: ", "lmtp(ana@b.example)<12><s1:R2>: sieve: msgid=<m@x>: "
	for _, c := range []struct{ text, facts string }{
		// Pigeonhole.
		{sieve + "keep action: stored mail into mailbox 'INBOX'", "sieve_action=keep folder=INBOX status=delivered session_id=s1:R2"},
		{sieve + "keep action: stored mail into mailbox 'Inbound'", "sieve_action=keep folder=Inbound"},
		{sieve + "fileinto action: stored mail into mailbox 'INBOX'", "sieve_action=fileinto folder=INBOX"},
		{sieve + "left message in mailbox 'INBOX'", "sieve_action=keep status=delivered"},
		{sieve + "keep action: failed to store into mailbox 'INBOX': Quota exceeded (mailbox for user is full)", "sieve_action=keep success=false event_type=message_delivery -status folder=INBOX"},
		{sieve + "redirect action: forwarded to <C@d.example>", "sieve_action=redirect forwarded_to=c@d.example status=forwarded"},
		{sieve + "redirect action: failed to redirect message to <c@d.example>: 550 5.1.1 no (permanent failure)", "sieve_action=redirect success=false -status"},
		{sieve + "redirect action: discarded duplicate forward to <c@d.example>", "sieve_action=duplicate -status -forwarded_to"},
		{sieve + "redirect action: not forwarding message to <c@d.example>: the 'x-sieve-redirected-from' header indicates a mail loop", "sieve_action=redirect_skipped -status"},
		{sieve + "discard action: Marked message to be discarded if not explicitly delivered (discard action)", "sieve_action=discard status=discarded"},
		{sieve + "reject action: rejected message from <s@d.example> (reject)", "sieve_action=reject status=rejected sender=s@d.example recipient=ana@b.example"},
		{sieve + "ereject action: rejected message from <s@d.example> (ereject)", "sieve_action=ereject status=rejected"},
		{sieve + "vacation action: sent vacation response to <s@d.example>", "sieve_action=vacation response_to=s@d.example -status"},
		{sieve + "vacation action: discarded duplicate vacation response to <s@d.example>", "sieve_action=duplicate -response_to"},
		{sieve + "vacation action: discarding vacation response to mailinglist recipient <l@d.example>", "sieve_action=vacation_skipped"},
		{sieve + "notify action: sent mail notification to <n@d.example>", "sieve_action=notify response_to=n@d.example"},
		{sieve + "pipe action: piped message to program 'x'", "sieve_action=pipe"},
		{"lda(ana@b.example)<12><s>: sieve: msgid=<m@x>: stored mail into mailbox 'Work'", "sieve_action=fileinto folder=Work"},

		// Formats of the postmaster's own.
		{deliver + "msgid=<m@x>; from_envelope=<S@d.example>; size=12: saved mail to INBOX", "sender=s@d.example size=12 message_id=<m@x> -sieve_action"},
		{deliver + "from=Ana <s@d.example>, to_envelope=alias@b.example, subject=Hi, msgid=<m@x>: saved mail to Junk", "original_recipient=alias@b.example recipient=ana@b.example subject=Hi folder=Junk"},
		{deliver + "msgid=<m@x>, from_envelope=<>: saved mail to INBOX", "sender=<>"},
		{deliver + "msgid=<m@x>: save failed to INBOX: 452 4.2.2 Quota exceeded", "success=false smtp_code=452 dsn=4.2.2 -status"},
		{deliver + "msgid=<m@x>: save failed to open mailbox INBOX: Mailbox doesn't exist", "success=false folder=INBOX"},

		{"lda(ana@b.example)<12><s>: msgid=<m@x>: rejected: Quota exceeded (mailbox for user is full)", "success=false status=rejected message_id=<m@x> recipient=ana@b.example"},

		// Proxies.
		{"lmtp(12): <s1:R2>: Sent message to <Ana@b.example> at 10.0.0.9:24: 250 2.0.0 <ana@b.example> x Saved (1/1 at 5 ms)", "recipient=ana@b.example relay_ip=10.0.0.9 relay_port=24 status=delivered smtp_code=250 session_id=s1:R2"},
		{"lmtp(12): <s1>: Failed to send message to <ana@b.example> at 2001:db8::1:24: 452 4.2.2 full (1/2 at 5 ms)", "success=false smtp_code=452 dsn=4.2.2 relay_ip=2001:db8::1 -status"},
		{"submission(ana@b.example)<12><s>: Successfully relayed message: from=<S@b.example>, size=77, id=I1, nrcpt=2, reply=`250 2.0.0 Ok: queued as ABCDEF012'", "sender=s@b.example size=77 recipient_count=2 next_queue_id=ABCDEF012 status=delivered smtp_code=250 username=ana@b.example"},
		{"submission(ana@b.example)<12><s>: Failed to relay message: from=<>, to=<R@d.example>, size=77, rcpt=1/2, reply=`550 5.1.1 no'", "sender=<> recipient=r@d.example success=false smtp_code=550 dsn=5.1.1"},

		// Logins.
		{"auth(ana@b.example,192.0.2.1,sasl:login)<s>: sql: unknown user", "event_type=authentication success=false auth_method=login username=ana@b.example client_ip=192.0.2.1"},
		{"auth(ana@b.example,192.0.2.1): sql: unknown user", "event_type=system -success"},
		{"auth-worker(ana@b.example,192.0.2.1,sasl:plain)<77><s>: request [3]: sql: Password mismatch", "event_type=authentication success=false username=ana@b.example session_id=s"},
		{"auth(ana@b.example,192.0.2.1,sasl:plain)<s>: ldap: Password mismatch (for LDAP bind)", "event_type=authentication success=false"},
		{"auth: sql(ana@b.example,192.0.2.1,<s>): allow_nets check failed: IP 192.0.2.1 not in allowed networks", "event_type=authentication success=false username=ana@b.example"},
		{"submission-login: Login: user=<ana@b.example>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, mpid=5, TLS, session=<s>", "event_type=authentication success=true username=ana@b.example"},
		{"imap-login: Login: user=<ana@b.example>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, mpid=5, TLS, TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits), session=<s>", "tls_version=TLSv1.3 tls_cipher=TLS_AES_256_GCM_SHA384 success=true"},
		{"imap-login: Login failed: Cleartext authentication disabled: user=<>, rip=192.0.2.1, lip=192.0.2.2, session=<s>", "event_type=authentication success=false"},
		{"imap-login: Login aborted: Connection closed (auth aborted by client, 1 attempts in 2 secs) (auth_aborted_by_client): user=<ana>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.2, session=<s>", "event_type=authentication success=false username=ana"},

		// Mailboxes.
		{"imap(ana@b.example)<1><s>: Mailbox Old: Mailbox renamed: Old -> New", "action=mailbox_rename folder=New from_folder=Old username=ana@b.example event_type=mailbox_access"},
		{"imap(ana@b.example)<1><s>: Mailbox deleted: Old", "action=mailbox_delete folder=Old"},
		{"imap(ana@b.example)<1><s>: Mailbox Sent: Mailbox created", "action=mailbox_create folder=Sent"},
		{"doveadm(ana@b.example)<1><s>: expunge: box=INBOX, uid=9, msgid=<m@x>, size=5", "action=expunge uid=9 size=5 component=doveadm event_type=mailbox_access message_id=<m@x>"},
		{"imap(ana@b.example)<1><s>: flag_change: box=INBOX, uid=9, msgid=<m@x>, size=5, flags=(\\Seen)", "action=flag_change"},
		{`imap(ana@b.example)<1><s>: Disconnected: Logged out in=85 out=1051 deleted=2 expunged=1 trashed=1 hdr_count=0`, "action=disconnect deleted=2 expunged=1 reply=Disconnected:_Logged_out"},
		{`imap-hibernate(ana@b.example)<1><s>: Disconnected: Connection closed in=85 out=1051 deleted=0 expunged=0`, "action=disconnect -deleted component=imap-hibernate"},
		{`pop3(ana@b.example)<1><s>: Disconnected: Logged out top=0/0, retr=3/123, del=2/4, size=99`, "action=disconnect retrieved=3 deleted=2"},
		{"master: Dovecot v2.4.1 (abc) starting up for imap", "event_type=system component=master"},
	} {
		for _, program := range []string{"dovecot", ""} {
			text := c.text
			if program == "" && !strings.HasPrefix(text, "master") {
				if i := strings.Index(text, ": "); i > 0 {
					text = text[:i+2] + "Info: " + text[i+2:]
				}
			}
			dialect.Facts(t, parsetest.Record(program, text), c.facts)
		}
	}
}
