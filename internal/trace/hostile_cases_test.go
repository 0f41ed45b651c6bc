package trace

import (
	"fmt"
	"strings"
	"time"
)

// hostile writes logs that somebody made to hurt: degenerate in one way each.
// n is about how many lines.
type hostile struct {
	b   strings.Builder
	now time.Time
}

// hostileStart is the stamp of the first line.
var hostileStart = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func newHostile() *hostile { return &hostile{now: hostileStart} }

// wait moves the clock.
func (h *hostile) wait(d time.Duration) { h.now = h.now.Add(d) }

// line writes a syslog line.
func (h *hostile) line(host, program, format string, args ...any) {
	h.b.WriteString(h.now.Format("2006-01-02T15:04:05.000000-07:00 "))
	h.b.WriteString(host + " " + program + ": ")
	fmt.Fprintf(&h.b, format, args...)
	h.b.WriteByte('\n')
}

// raw writes a line that has its own stamp behind {t}.
func (h *hostile) raw(format string, args ...any) {
	fmt.Fprintf(&h.b, format, args...)
	h.b.WriteByte('\n')
}

func (h *hostile) lines() []logLine { return linesOf("hostile.log", h.b.String(), time.UTC) }

// opened writes the first lines of a message in Postfix.
func (h *hostile) opened(host, id, mid, from string, rcpts int) {
	h.line(host, "postfix/smtpd[10]", "%s: client=c.example[192.0.2.20]:4000", id)
	h.line(host, "postfix/cleanup[11]", "%s: message-id=<%s>", id, mid)
	h.line(host, "postfix/qmgr[12]", "%s: from=<%s>, size=300, nrcpt=%d (queue active)", id, from, rcpts)
}

func (h *hostile) sent(host, id, to, answer string) {
	h.line(host, "postfix/smtp[13]", "%s: to=<%s>, relay=mx.b.example[203.0.113.25]:25, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (%s)", id, to, answer)
}

func (h *hostile) failed(host, id, to, status, code, dsn string) {
	h.line(host, "postfix/smtp[13]", "%s: to=<%s>, relay=mx.b.example[203.0.113.25]:25, delay=0.02, delays=0.01/0.01/0/0, dsn=%s, status=%s (host mx.b.example[203.0.113.25] said: %s %s no (in reply to RCPT TO command))", id, to, dsn, status, code, dsn)
}

func (h *hostile) local(host, id, to, orig string) {
	if orig != "" {
		orig = ", orig_to=<" + orig + ">"
	}
	h.line(host, "postfix/local[14]", "%s: to=<%s>%s, relay=local, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (delivered to mailbox)", id, to, orig)
}

// shortID is one of Postfix's short ids, longID one of its long ones.
func shortID(i int) string { return fmt.Sprintf("%010X", i) }
func eximID(i int) string  { return fmt.Sprintf("1xWfbA-%011d-0Ozs", i) }

// hostileCases are the logs by name.
var hostileCases = map[string]func(n int) []logLine{
	"recipients": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", n)
		for i := range n {
			h.sent("mx1", "AAAAAAAAAA", fmt.Sprintf("r%d@b.example", i), "250 ok")
		}
		h.line("mx1", "postfix/qmgr[12]", "AAAAAAAAAA: removed")
		return h.lines()
	},
	"recipients put off": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", n/2)
		for try := range 2 {
			for i := range n / 2 {
				h.failed("mx1", "AAAAAAAAAA", fmt.Sprintf("r%d@b.example", i), []string{"deferred", "bounced"}[try], "450", "4.2.0")
			}
			h.wait(time.Hour)
		}
		return h.lines()
	},
	"recipients with aliases": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", n)
		for i := range n {
			h.local("mx1", "AAAAAAAAAA", fmt.Sprintf("r%d@b.example", i), "list@b.example")
		}
		return h.lines()
	},
	"recipients refused in one message": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", n)
		for i := range n {
			h.line("mx1", "postfix/smtpd[10]", "AAAAAAAAAA: reject: RCPT from c.example[192.0.2.20]:4000: 550 5.1.1 <r%d@b.example>: Recipient address rejected: User unknown; from=<s@a.example> to=<r%d@b.example> proto=ESMTP helo=<c>", i, i)
		}
		h.sent("mx1", "AAAAAAAAAA", "ok@b.example", "250 ok")
		return h.lines()
	},
	"attempts of one recipient": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
		for range n {
			h.failed("mx1", "AAAAAAAAAA", "r@b.example", "deferred", "450", "4.2.0")
			h.wait(time.Second)
		}
		return h.lines()
	},
	"refusals of one process": func(n int) []logLine {
		h := newHostile()
		for i := range n {
			h.line("mx1", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[192.0.2.20]: 550 5.1.1 <r%d@b.example>: Recipient address rejected: User unknown; from=<s@a.example> to=<r%d@b.example> proto=ESMTP helo=<c>", i, i)
		}
		return h.lines()
	},
	"refusals and messages of one process": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.line("mx1", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[192.0.2.20]: 550 5.1.1 <r%d@b.example>: Recipient address rejected: User unknown; from=<s%d@a.example> to=<r%d@b.example> proto=ESMTP helo=<c>", i, i, i)
			h.line("mx1", "postfix/smtpd[10]", "%s: client=c.example[192.0.2.20]", shortID(i))
		}
		return h.lines()
	},
	"refusals and senders of one process": func(n int) []logLine {
		h := newHostile()
		for i := range n / 3 {
			h.line("mx1", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[192.0.2.20]: 550 5.1.1 <r%d@b.example>: Recipient address rejected: User unknown; from=<s%d@a.example> to=<r%d@b.example> proto=ESMTP helo=<c>", i, i, i)
			h.line("mx1", "postfix/smtpd[10]", "%s: client=c.example[192.0.2.20]", shortID(i))
			h.line("mx1", "postfix/qmgr[12]", "%s: from=<other%d@a.example>, size=300, nrcpt=1 (queue active)", shortID(i), i)
		}
		return h.lines()
	},
	"greylisting of one pair": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.line("mx1", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[192.0.%d.20]: 450 4.2.0 <r@b.example>: Greylisted; from=<s@a.example> to=<r@b.example> proto=ESMTP helo=<c>", i%250)
			h.line("mx1", "policyd-spf[55]", "450 4.2.0: %d", i)
		}
		for i := range n / 8 {
			h.line("mx1", "postfix/smtpd[10]", "%s: client=c.example[192.0.2.20]", shortID(i))
			h.line("mx1", "postfix/qmgr[12]", "%s: from=<s@a.example>, size=300, nrcpt=1 (queue active)", shortID(i))
			h.sent("mx1", shortID(i), "r@b.example", "250 ok")
		}
		return h.lines()
	},
	"greylisting again and again": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.line("mx1", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[%d.%d.%d.20]: 450 4.2.0 <r@b.example>: Greylisted; from=<s@a.example> to=<r@b.example> proto=ESMTP helo=<c>", 1+i>>16, i>>8&255, i&255)
		}
		h.wait(time.Second)
		for i := range n / 4 {
			h.opened("mx1", shortID(i), fmt.Sprintf("m%d@a.example", i), "s@a.example", 1)
			h.sent("mx1", shortID(i), "r@b.example", "250 ok")
		}
		return h.lines()
	},
	"hang-ups of one process": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.line("mx1", "postfix/smtpd[10]", "%s: client=c.example[192.0.2.20]", shortID(i))
			h.line("mx1", "postfix/smtpd[10]", "lost connection after DATA (%d bytes) from c.example[192.0.2.20]", i)
		}
		return h.lines()
	},
	"one Message-ID": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.sent("mx1", shortID(i), "r@b.example", "250 ok")
		}
		return h.lines()
	},
	"one Message-ID behind a filter": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/pipe[13]", "%s: to=<r@b.example>, relay=spamfilter, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (delivered via spamfilter service)", shortID(i))
		}
		return h.lines()
	},
	"one Message-ID on two servers": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			host := []string{"mx1", "mx2"}[i%2]
			h.opened(host, shortID(i), "m@a.example", "s@a.example", 1)
			h.sent(host, shortID(i), "r@b.example", "250 ok")
		}
		return h.lines()
	},
	"one Message-ID in one mailbox": func(n int) []logLine {
		h := newHostile()
		for i := range n / 5 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/lmtp[13]", "%s: to=<r@b.example>, relay=store[private/lmtp], delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok)", shortID(i))
			h.line("mx1", "dovecot", "lmtp(r@b.example)<5><S%d>: msgid=<m@a.example>: saved mail to INBOX", i)
		}
		return h.lines()
	},
	"mailbox sessions of one user": func(n int) []logLine {
		h := newHostile()
		for i := range n {
			h.line("mx1", "dovecot", "lmtp(r@b.example)<5><S%d>: msgid=<m@a.example>: saved mail to INBOX", i)
		}
		return h.lines()
	},
	"one mailbox session": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.line("mx1", "postfix/lmtp[13]", "%s: to=<r%d@b.example>, relay=store[private/lmtp], delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 <r%d@b.example> SESS Saved)", shortID(i), i, i)
			h.line("mx1", "dovecot", "lmtp(r%d@b.example)<5><SESS:R%d>: msgid=<m@a.example>: saved mail to INBOX", i, i)
		}
		return h.lines()
	},
	"redirects of one mailbox": func(n int) []logLine {
		h := newHostile()
		for i := range n / 6 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/lmtp[13]", "%s: to=<r@b.example>, relay=store[private/lmtp], delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 <r@b.example> S%d Saved)", shortID(i), i)
			h.line("mx1", "dovecot", "lmtp(r@b.example)<5><S%d>: sieve: msgid=<m@a.example>: redirect action: forwarded to <r@b.example>", i)
			h.line("mx1", "dovecot", "lmtp(r@b.example)<5><S%d>: sieve: msgid=<m@a.example>: stored mail into mailbox 'INBOX'", i)
		}
		return h.lines()
	},
	"redirects of one message": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
		h.line("mx1", "postfix/lmtp[13]", "AAAAAAAAAA: to=<r@b.example>, relay=store[private/lmtp], delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 <r@b.example> S Saved)")
		for i := range n / 2 {
			h.line("mx1", "dovecot", "lmtp(r@b.example)<5><S>: sieve: msgid=<m@a.example>: redirect action: forwarded to <t%d@b.example>", i)
		}
		for i := range n / 8 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.sent("mx1", shortID(i), fmt.Sprintf("t%d@b.example", i), "250 ok")
		}
		return h.lines()
	},
	"mailbox accesses": func(n int) []logLine {
		h := newHostile()
		for i := range n / 8 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/lmtp[13]", "%s: to=<r%d@b.example>, relay=store[private/lmtp], delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 <r%d@b.example> S%d Saved)", shortID(i), i, i, i)
			h.line("mx1", "dovecot", "lmtp(r%d@b.example)<5><S%d>: msgid=<m@a.example>: saved mail to INBOX", i, i)
		}
		for i := range n / 3 {
			h.line("mx1", "dovecot", "imap(x%d@b.example)<8414><XGLX%d>: Mailbox INBOX: expunge: box=INBOX, uid=1, msgid=<m@a.example>, size=771, from=x@a.example, subject=hello, flags=()", i, i)
		}
		return h.lines()
	},
	"vacation replies": func(n int) []logLine {
		h := newHostile()
		for i := range n / 8 {
			h.opened("mx1", shortID(i), fmt.Sprintf("m%d@a.example", i), "s@a.example", 1)
			h.line("mx1", "postfix/lmtp[13]", "%s: to=<r@b.example>, relay=store[private/lmtp], delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 <r@b.example> S%d Saved)", shortID(i), i)
			h.line("mx1", "dovecot", "lmtp(r@b.example)<5><S%d>: sieve: msgid=<m%d@a.example>: vacation action: sent vacation response to <s@a.example>", i, i)
			h.opened("mx1", shortID(1<<24+i), fmt.Sprintf("dovecot-sieve-%d@a.example", i), "", 1)
			h.sent("mx1", shortID(1<<24+i), "s@a.example", "250 ok")
		}
		return h.lines()
	},
	"bounces to one address": func(n int) []logLine {
		h := newHostile()
		for i := range n / 8 {
			h.opened("mx1", shortID(i), fmt.Sprintf("m%d@a.example", i), "s@a.example", 1)
			h.failed("mx1", shortID(i), "r@b.example", "bounced", "550", "5.1.1")
			h.opened("mx1", shortID(1<<24+i), fmt.Sprintf("b%d@a.example", i), "", 1)
			h.sent("mx1", shortID(1<<24+i), "s@a.example", "250 ok")
		}
		return h.lines()
	},
	"bounces of one message": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", n/3)
		for i := range n / 3 {
			h.failed("mx1", "AAAAAAAAAA", fmt.Sprintf("r%d@b.example", i), "bounced", "550", "5.1.1")
			h.line("mx1", "postfix/bounce[19]", "AAAAAAAAAA: sender non-delivery notification: %s", shortID(i))
			h.line("mx1", "postfix/qmgr[12]", "%s: from=<>, size=300, nrcpt=1 (queue active)", shortID(i))
		}
		return h.lines()
	},
	"one id again and again": func(n int) []logLine {
		h := newHostile()
		for range n / 5 {
			h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
			h.sent("mx1", "AAAAAAAAAA", "r@b.example", "250 ok")
			h.line("mx1", "postfix/qmgr[12]", "AAAAAAAAAA: removed")
			h.wait(time.Second)
		}
		return h.lines()
	},
	"one id that goes on as itself": func(n int) []logLine {
		h := newHostile()
		for range n / 5 {
			h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/smtp[13]", "AAAAAAAAAA: to=<r@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as AAAAAAAAAA)")
			h.line("mx1", "postfix/qmgr[12]", "AAAAAAAAAA: removed")
			h.wait(10 * time.Millisecond)
		}
		return h.lines()
	},
	"one id and a filter": func(n int) []logLine {
		h := newHostile()
		for i := range n / 5 {
			h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/qmgr[12]", "AAAAAAAAAA: removed")
			h.line("mx1", "opendkim[7]", "AAAAAAAAAA: DKIM-Signature field added (s=x, d=a.example) %d", i)
			h.wait(10 * time.Millisecond)
		}
		return h.lines()
	},
	"a chain": func(n int) []logLine {
		h := newHostile()
		for i := range n / 5 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/smtp[13]", "%s: to=<r@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %s)", shortID(i), shortID(i+1))
			h.line("mx1", "postfix/qmgr[12]", "%s: removed", shortID(i))
			h.wait(10 * time.Millisecond)
		}
		return h.lines()
	},
	"a ring": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			h.line("mx1", "postfix/smtp[13]", "%s: to=<r@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %s)", shortID(i), shortID((i+1)%(n/4)))
		}
		return h.lines()
	},
	"all lead to all": func(n int) []logLine {
		h := newHostile()
		const queues = 64
		for i := range queues {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
		}
		for i := range n {
			h.line("mx1", "postfix/smtp[13]", "%s: to=<r@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %s)", shortID(i%queues), shortID(i/queues%queues))
			h.wait(time.Microsecond)
		}
		return h.lines()
	},
	"a ladder": func(n int) []logLine { // each of a floor leads to each of the next
		h := newHostile()
		const wide = 10
		for i := range n / (wide + 3) {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			for next := range wide {
				h.line("mx1", "postfix/smtp[13]", "%s: to=<r@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %s)", shortID(i), shortID((i/wide+1)*wide+next))
			}
		}
		return h.lines()
	},
	"a tree": func(n int) []logLine {
		h := newHostile()
		const wide = 10
		for i := range n / (wide + 3) {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 1)
			for next := range wide {
				h.line("mx1", "postfix/local[13]", "%s: to=<r@b.example>, relay=local, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (forwarded as %s)", shortID(i), shortID(i*wide+next+1))
			}
		}
		return h.lines()
	},
	"a tree of recipients": func(n int) []logLine {
		h := newHostile()
		const wide = 10
		for i := range n / (wide + 3) {
			h.opened("mx1", shortID(i), "m@a.example", "s@a.example", 10)
			for next := range wide {
				h.line("mx1", "postfix/smtp[13]", "%s: to=<r%d@b.example>, orig_to=<all@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as %s)", shortID(i), next, shortID(i+1))
			}
		}
		return h.lines()
	},
	"parents": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.line("mx1", "postfix/smtpd[10]", "%s: client=c.example[192.0.2.20], orig_queue_id=AAAAAAAAAA, orig_client=x.example[192.0.2.1]", shortID(i))
			h.line("mx1", "postfix/smtp[13]", "%s: to=<r@b.example>, relay=mx.b.example[203.0.113.25]:25, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 ok)", shortID(i))
		}
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
		h.sent("mx1", "AAAAAAAAAA", "r@b.example", "250 ok")
		return h.lines()
	},
	"the same line": func(n int) []logLine {
		h := newHostile()
		for range n {
			h.failed("mx1", "AAAAAAAAAA", "r@b.example", "deferred", "450", "4.2.0")
		}
		return h.lines()
	},
	"a burst before quiet": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.sent("mx1", shortID(i), "r@b.example", "250 ok")
		}
		for i := range n / 2 {
			h.wait(1600 * time.Millisecond)
			h.sent("mx1", shortID(i), "r@b.example", "250 2.0.0 ok")
		}
		return h.lines()
	},
	"many hosts and none": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.sent(fmt.Sprintf("h%d", i), "AAAAAAAAAA", "r@b.example", "250 ok")
		}
		lines := h.lines()
		x := newHostile()
		for i := range n / 2 {
			x.raw("%s postfix/smtp[13]: AAAAAAAAAA: to=<r%d@b.example>, relay=mx.b.example[203.0.113.25]:25, delay=0.02, delays=0.01/0.01/0/0, dsn=2.0.0, status=sent (250 ok)", x.now.Format("Jan _2 15:04:05"), i)
		}
		return append(lines, linesOf("nohost.log", x.b.String(), time.UTC)...)
	},
	"10,000 recipients in a line": func(n int) []logLine {
		h := newHostile()
		for i := range max(1, n/50_000) {
			var to []string
			for k := range min(n, 20_000) {
				to = append(to, fmt.Sprintf("<r%d@b.example>", k))
			}
			h.line("mx1", "sm-mta[1]", "6AQKKj9D0%05d: from=<s@a.example>, size=155, class=0, nrcpts=1, msgid=<m@a.example>, proto=ESMTP, daemon=MTA, relay=[192.0.2.20]", i)
			h.line("mx1", "sm-mta[1]", "6AQKKj9D0%05d: to=%s, delay=00:00:00, xdelay=00:00:00, mailer=esmtp, pri=30155, relay=mx.b.example. [203.0.113.5], dsn=2.0.0, stat=Sent (ok)", i, strings.Join(to, ","))
		}
		return h.lines()
	},
	"filters of one message": func(n int) []logLine {
		h := newHostile()
		h.opened("mx1", "AAAAAAAAAA", "m@a.example", "s@a.example", 1)
		for i := range n / 2 {
			h.sent("mx1", "AAAAAAAAAA", fmt.Sprintf("r%d@b.example", i), "250 ok")
			h.line("mx1", "opendkim[7]", "AAAAAAAAAA: DKIM-Signature field added (s=x%d, d=a.example)", i)
		}
		return h.lines()
	},
	"policies of one pair": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.line("mx1", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[%d.%d.%d.20]: 550 5.7.1 <r@b.example>: no; from=<s@a.example> to=<r@b.example> proto=ESMTP helo=<c>", 1+i>>16, i>>8&255, i&255)
			h.line("mx1", "postgrey[7]", "action=greylist, reason=new, client_name=c.example, client_address=%d.%d.%d.20, sender=s@a.example, recipient=r@b.example", 1+i>>16, i>>8&255, i&255)
		}
		return h.lines()
	},
	"told by two servers": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.line("mx2", "postfix/smtpd[10]", "NOQUEUE: reject: RCPT from c.example[%d.%d.%d.20]: 550 5.1.1 no; from=<s@a.example> to=<r@b.example> proto=ESMTP helo=<c>", 1+i>>16, i>>8&255, i&255)
			h.line("mx1", "postfix/qmgr[12]", "%s: from=<s@a.example>, size=300, nrcpt=1 (queue active)", shortID(i))
			h.failed("mx1", shortID(i), "r@b.example", "bounced", "551", "5.1.1")
		}
		return h.lines()
	},
}
