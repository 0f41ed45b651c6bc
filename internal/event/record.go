package event

import "time"

// Record is a line whose envelope has been taken off: what a dialect gets to
// read. Its strings share the memory of the line they were cut from.
//
// A dialect offers
//
//	func Parse(rec *Record, e *Event) bool
//
// which adds to e what the text says and returns true if the text is its own,
// or returns false and leaves e as it was. A Record is not safe for concurrent
// change.
type Record struct {
	// Text is the program's own text, the envelope and trailing blanks removed.
	Text string
	// Stamped is Text with the stamp before it, where the program itself wrote
	// that and no syslog daemon: "2026/11/23 00:23:46 INFO ..."; else "".
	Stamped string
	// Program is the name in the header, such as "postfix/smtpd" or "dovecot";
	// "" if unknown.
	Program string
	// PID is the process id as written; "" if unknown.
	PID string
	// Host is the machine named in the header, else the origin's; "" if
	// unknown.
	Host string
	// Level is one of the Level constants where the envelope had a severity;
	// "" if it had none.
	Level string
	// Time is the envelope's stamp in nanoseconds since 1970; 0 if it had none.
	Time int64
	// Zone is the zone of stamps inside the text that carry none; never nil.
	Zone *time.Location
	// Anchor is the latest time the line can have, in nanoseconds since 1970.
	// It gives stamps without a year theirs.
	Anchor int64
	// Raw is the whole line as stored in the field message.
	Raw string
	// Secrets collects what must not be stored: a dialect appends substrings of
	// Raw, and each is replaced everywhere in the event.
	Secrets []string
}
