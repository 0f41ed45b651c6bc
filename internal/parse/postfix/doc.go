// Package postfix reads what the programs of Postfix write, versions 2.9 to
// 3.12.
//
// In comes the text of one line without its envelope (event.Record), out go
// the facts it states, added to an event. One line is read on its own: the
// package keeps no state, never looks at a clock and never joins two lines;
// which queue ids belong to one message is for the journey to find out. It
// never lower-cases anything but envelope addresses, derives no domains and
// redacts nothing itself: secrets of a debugging log are only pointed out
// (Record.Secrets).
//
// What the lines become:
//
//	connect, disconnect, lost connection, timeout,
//	TLS, postscreen, connect to                    smtp_connection
//	client=, uid=                                  message_reception, accepted
//	message-id=                                    message_reception
//	from=, size=, nrcpt=; removed; skipped;
//	notifications of bounce; postsuper             queue_processing
//	status=expired                                 queue_processing, expired
//	postsuper: removed                             queue_processing, discarded
//	hold, milter-hold, placed on hold              queue_processing, held
//	discard, milter-discard                        queue_processing, discarded
//	redirect, bcc, delay                           queue_processing
//	to=, status=                                   message_delivery
//	to=, status=deliverable or undeliverable       system (a probe, no mail)
//	reject, milter-reject, limits, size, hops      message_rejection, rejected
//	warn, info, filter, prepend, permit, ...       content_check
//	SASL failures                                  authentication
//	commands out of order, host ... said: 4xx      smtp_command
//	error, fatal, panic without another meaning    error
//	all others                                     system
//
// The status "accepted" stands on the line that opens a message, because every
// message has exactly one of these; a refusal after that has its own line,
// which comes later and counts. Postfix writes status=sent for every hand-over
// that succeeded: it is "delivered" here, even where the next hop was a filter
// on the same machine. Two hand-overs are told apart, because the line itself
// says so: "forwarded as X" is "forwarded", and the discard service is
// "discarded".
//
// A successful login of SMTP has no line of its own. Its trace is the
// reception line, which then has username, auth_method and success. A refusal
// with a username (since 3.10, and that of a sender whom the user does not own)
// shows one too; a session that logged in and did nothing else is only counted
// when it ends (logins).
//
// Some answers reach the client but not the log: limits, hop counts, refusals
// by header and body checks. Their codes are constants of Postfix and are added.
// A milter's answer loses its code on the way through cleanup; it is added only
// where the text is Postfix's own, or Rspamd's.
//
// Additional fields, beside those of the house:
//
//	action         what was done to a message: by the operator (component
//	               postsuper) removed, requeued, held, released, expired; by
//	               cleanup canceled (never accepted), discarded; by a rule
//	               redirect, bcc, filter, hold, discard, delay
//	target         the address or next hop of redirect, bcc and filter
//	notification   failed, delayed, delivered or postmaster: next_queue_id is
//	               the report that was made; its component is bounce
//	remark         discarded, bounced: what amavis says it did with a message it
//	               took; suspended: not tried, because others had failed
//	probe          deliverable, undeliverable: the answer to an address probe
//	logins, login_failures            how often a session logged in
//	orig_client_ip, orig_client_host  the client of a filter (XFORWARD)
//	screen         postscreen's word: pass_new, pass_old, allowlisted,
//	               denylisted, allowlist_veto, dnsbl, pregreet, hangup,
//	               bare_newline, non_smtp_command, pipelining, time_limit,
//	               count_limit, length_limit, no_recipient
//	dnsbl_rank     the score of the block lists
//	dnsbl          the list that has the client
//	tls_features   what 3.11 tells of REQUIRETLS and others
//	sasl_sender    the AUTH parameter of MAIL FROM
package postfix
