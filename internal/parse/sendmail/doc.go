// Package sendmail reads what sendmail writes, versions 8.12 to 8.18.
//
// In comes the text of one line without its envelope (event.Record), out go
// the facts it states, added to an event. One line is read on its own: the
// package keeps no state, never looks at a clock and never joins two lines; the
// parts of a line that was too long for syslog ("QID[2]: ...") are not joined
// either. It lower-cases nothing but envelope addresses and derives no domains.
//
// What the lines become:
//
//	from=, size= and recipients                   message_reception, accepted
//	from= of a session without a message          message_reception
//	to=, stat=                                    message_delivery
//	to=, stat=queued                              queue_processing
//	to=, stat= without a mailer                   message_rejection, rejected
//	QID: DSN, sender notify, return to sender     queue_processing
//	the same: Cannot send message for 5 days      queue_processing, expired
//	done, clone, split, alias, forward            queue_processing
//	quarantine=, unquarantine                     queue_processing, quarantined
//	ruleset=check_..., reject=; Milter: reject=;
//	<address>... reason                           message_rejection, rejected
//	ruleset=..., discard; Milter: discard         queue_processing, discarded
//	ruleset=tls_server, try_tls, tls_rcpt         smtp_connection
//	AUTH=server, AUTH failure                     authentication
//	STARTTLS=, AUTH=client, lost input channel,
//	timeouts, did not issue MAIL, ...             smtp_connection
//	milter=..., Milter change, message size       content_check
//	SYSERR                                        error
//	all others                                    system
//
// A delivery's status comes from the words: "Sent" is delivered, "Deferred" is
// deferred; any other one is bounced or deferred by the class of dsn=. What is
// sent to /dev/null is discarded. One line may name several recipients.
//
// ctladdr= is who the delivery ran for. It is the address before a forward,
// original_recipient, only where the address that it was sent to came from no
// client: then it stands without brackets. Otherwise it is the local sender,
// kept as the extra ctladdr.
//
// component is server (the SMTP dialogue), delivery, queue, bounce, tls, daemon,
// milter or the milter's own name, and sendmail for the rest.
package sendmail
