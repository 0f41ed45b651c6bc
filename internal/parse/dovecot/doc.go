// Package dovecot reads what the services of Dovecot and Pigeonhole write,
// versions 2.2 to 2.4, by syslog or into Dovecot's own file.
//
// In comes the text of one line without its envelope (event.Record), out go
// the facts it states, added to an event. One line is read on its own: the
// package keeps no state, never looks at a clock and never joins two lines. It
// derives no domains and redacts nothing itself: passwords in a debugging log
// are only pointed out (Record.Secrets).
//
// What the lines become:
//
//	*-login: Login, a refused login                authentication
//	auth: password mismatch, unknown user          authentication
//	lmtp, lda: saved mail, save failed             message_delivery
//	lmtp proxy, submission: handed on              message_delivery
//	sieve: stored, forwarded, discarded, ...       message_delivery
//	lmtp: Connect from, Disconnect from            smtp_connection
//	imap, pop3, managesieve, submission sessions   mailbox_access
//	mail_log: delete, expunge, copy, save, ...     mailbox_access
//	Error, Fatal, Panic                            error
//	all others                                     system
//
// A connection to a login service that ends without an attempt to log in is
// "system": nobody tried anything.
//
// The recipient of a delivery is the user of the mailbox. "saved" and "stored"
// are delivered, a redirect is forwarded, a Sieve reject is rejected. A Sieve
// discard is discarded as the script said: another line of the session may
// still store the message, and then the whole session decides. A delivery that
// failed has success false and no status, because the mail server that handed
// the message over decides whether it tries again. The session id keeps its
// suffix (":R2" is the second recipient of the session).
//
// A login that fails is told by auth (reason, if auth_verbose is on) and by the
// login service (when the client leaves); one that succeeds by the login
// service. For logins that another program passes on, Postfix for example,
// auth tells of failures only.
//
// Additional fields, beside those of the house:
//
//	sieve_action   keep, fileinto, redirect, discard, reject, ereject,
//	               vacation, notify, report, pipe; duplicate (not sent again);
//	               vacation_skipped, redirect_skipped, reject_skipped,
//	               store_skipped (not done for another reason)
//	forwarded_to   the target of a redirect
//	response_to    who got a vacation response or a notification
//	action         delete, undelete, expunge, autoexpunge, save, append, copy,
//	               move, flag_change, mailbox_create, mailbox_delete,
//	               mailbox_rename; disconnect at the end of a session
//	from_folder    where a copy or a renamed mailbox came from
//	uid            the message's number in its folder
//	deleted, expunged, retrieved      what a session did, if not nothing
package dovecot
