// Package elemta reads what the mail server Elemta writes, in all its forms
// since 2025.
//
// In comes a record: one line without envelope. Out goes what it says: the
// stamp, the fields of the house, every other key in Extra. A line that is not
// Elemta's is refused and left alone. The package knows one line at a time; it
// never joins lines, never guesses what another line will say and never drops
// a value: what fits no field stays in Extra, and the raw line has all of it.
//
// # Forms
//
//	{"time":…,"level":…,"msg":…}        since the end of 2025; keys may repeat
//	time=… level=… msg="…" key=value    certificates and queue tools
//	[TLS] 2026/11/23 00:07:30 text      the TLS manager
//	SMTP: 2026/11/23 00:23:44 text      2025; the manual prints dashes
//	2026/11/23 00:23:46 INFO text k=v   2025
//	component=… message_id=… from=…     the manual of 2025
//
// Of a repeated key, session_id means its first value (further ones follow it),
// component the last (the outer ones are listed in component_path), any other
// its first; values that differ from it go to Extra. A key that has the name of
// a field but another meaning goes to Extra with elemta_ before it.
//
// # What is counted
//
// Elemta tells most things more than once: a refused command takes six lines,
// a login up to twelve. One line of each is counted under the type below, the
// others are system and carry no reply code.
//
//	smtp_connection    "New connection"; "Connection rejected due to resource
//	                   limits": one per TCP connection
//	smtp_command       "SMTP command processed", refused ones included unless
//	                   they are MAIL, RCPT, DATA or BDAT; "received command"
//	message_rejection  "SMTP command processed" of a refused MAIL, RCPT, DATA or
//	                   BDAT; "Data phase handling failed" with a reply code;
//	                   "Connection rejected: …"; "Message quarantined …": the
//	                   client got 250 and the mail is gone (status discarded);
//	                   what the session of June 2025 refuses: "relay denied",
//	                   "too many recipients", "virus detected", …
//	message_reception  "message_reception": one per queued mail; in 2025
//	                   "Message enqueued in new queue system"
//	queue_processing   "message_accepted", which has the queue id, the start of
//	                   an attempt, its counters, "message_tempfail" (a deferral
//	                   or bounce follows), "message_bounced" (a bounce follows)
//	message_delivery   "message_delivery", "message_deferral", "message_bounce":
//	                   Elemta's verdict on all recipients; "Recipient rejected"
//	                   and "Delivery failed for recipient": the backend's on one,
//	                   bounced if the reply is 5xx; "Failed to deliver to domain"
//	                   likewise, of a delivery by SMTP. In the text form of 2025 also
//	                   the start of an attempt, as its manual says
//	authentication     "authentication": one per attempt; in 2025 the session's
//	                   "Authentication successful" and "… failed"
//	content_check      "smtp_security_event"; "message_rejection" of a virus or
//	                   spam, discarded if the score is under 10; "message is not
//	                   spam"
//	error              any other line of level ERROR that is no echo of a
//	                   client's mistake
//	system             everything else
//
// Elemta's verdict is about the mail, not about a recipient, and sometimes
// wrong: a mail is bounced when one of three recipients was refused. The
// status of such a line is Elemta's word; whoever wants the truth weighs it
// against the lines of the backend.
//
// # Ids
//
// The key message_id holds the Message-ID header in lines of the session (a
// random UUID if the mail has none; that is kept as message_id, since Elemta
// writes it into the mail) and the queue's id, <nanoseconds>-<nanosecond>, in
// lines of the queue. The first becomes message_id, the second queue_id. The
// manual's own lines have a bare id, which becomes both.
//
// # Secrets
//
// Never stored: answers to AUTH, whatever the client sent that is no SMTP
// command (Elemta reads the rest of a refused mail as commands), names of failed
// logins that may be passwords, decoded passwords and samples of the mail's
// text at level DEBUG, passwords in a dump of the configuration.
package elemta
