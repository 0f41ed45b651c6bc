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
//	bounce notifications; postsuper                queue_processing
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
// A bounce, delay or success notification has the new message's queue id in
// next_queue_id; its component is bounce.
package postfix
