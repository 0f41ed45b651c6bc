// Package exim reads what Exim writes into its main, reject and panic logs and
// into syslog, versions 4.80 to 4.98 with message ids of 16 and of 23
// characters and any log_selector.
//
// In comes the text of one record without its envelope (event.Record), out go
// the facts it states, added to an event. A record of the reject log is the
// line and the header lines below it, if they came joined. One record is read
// on its own: the package keeps no state, never looks at a clock and joins no
// records, neither the three copies of a line that stands in several logs nor
// the pieces of one that syslog has split. It never lower-cases anything but
// addresses and redacts nothing itself: secrets are only pointed out
// (Record.Secrets).
//
// What the lines become:
//
//	<=                                             message_reception, accepted
//	(= (the client was told no)                    the same, extra fake_reject
//	=> ->, >> (cut-through)                        message_delivery, delivered
//	=> :blackhole:, => discarded, => blackhole     message_delivery, discarded
//	*> (suppressed by -N)                          message_delivery, discarded
//	==                                             message_delivery, deferred
//	== without an attempt: retry time not reached  queue_processing, deferred
//	**                                             message_delivery, bounced
//	** ... retry timeout exceeded                  message_delivery, expired
//	Completed, skipped, cancelled, moved, ...      queue_processing
//	Frozen, frozen by, Message is frozen           queue_processing, held
//	Unfrozen, unfrozen by                          queue_processing, action released
//	removed by, marked delivered by                queue_processing, discarded, action removed
//	rejected, refused, too many recipients         message_rejection, rejected
//	discarded by an ACL                            queue_processing, discarded
//	authenticator failed                           authentication
//	SMTP connection, TLS, time-outs, H=... error   smtp_connection
//	syntax and protocol errors, H=... SMTP error   smtp_command
//	Warning, sender verify, DKIM                   content_check
//	failures of Exim itself                        error
//	all others                                     system
//
// The component is the part of Exim's work: reception (the SMTP server and
// local submission), delivery (routers, transports and the SMTP client), queue
// (runs and what an operator does), check (what ACLs and DKIM note), daemon, or
// log (all others).
//
// Exim does not log which code it answered to a command that it refused, unless
// the reason begins with it. smtp_code is then what Exim answers where no code
// is configured: 451 for "temporarily rejected", else 550, or the one code that
// belongs to the reason (503, 501, 552 and so on; receive.c and smtp_in.c). A
// configured code can differ from it in the last two digits only.
//
// The recipient of a delivery is the final address; where only a local part, a
// file, a pipe or an automatic reply is named, it is the address in angle
// brackets and the name goes to the extra field local_part or destination.
//
// log_message is the text without Exim's own stamp and process id, so that its
// first line is the same in every copy.
package exim
