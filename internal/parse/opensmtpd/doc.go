// Package opensmtpd reads what smtpd of OpenSMTPD writes, versions 5.3 to 7.8.
//
// In comes the text of one line without its envelope (event.Record), out go
// the facts it states, added to an event. One line is read on its own: the
// package keeps no state, never looks at a clock and never joins two lines. It
// lower-cases nothing but envelope addresses and derives no domains.
//
// What the lines become; "session" stands for the 16 digits of the connection:
//
//	session smtp connected, disconnected, tls,
//	cert-check; session mta connecting, connected,
//	error, closing, ...                            smtp_connection
//	session smtp message                           message_reception, accepted
//	session smtp envelope                          message_reception
//	session smtp authentication, failed AUTH       authentication
//	session smtp failed-command for a message      message_rejection, rejected
//	session smtp failed-command, bad-input         smtp_command
//	session mta delivery, session mda delivery     message_delivery
//	relay: Expire for ..., delivery: Expire        queue_processing, expired
//	relay: Remove for ...                          queue_processing, discarded
//	bounces that could not be made                 queue_processing
//	smtp-out: about routes and other servers       system
//	fatal errors                                   error
//	all others                                     system
//
// Versions 6.0 to 6.3 write "event=message" in place of "message" and one such
// line for each recipient, with the addresses in it; each of these is
// "accepted". Versions 5.x write sentences ("smtp-in: session X: ..."), read in
// old.go.
//
// queue_id holds the 8 digits of the message, and behind it the 16 digits of
// the recipient's envelope where the line has them. The program never names
// Message-IDs, and never which bounce belongs to which message.
//
// component is smtp, mta, mda, queue, bounce, filter or what the line begins
// with. Two facts without a field are kept as extra: local_user, who an mda
// delivery ran as, and action, set to removed, where an operator did that.
package opensmtpd
