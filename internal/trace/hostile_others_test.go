package trace

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// allHostileCases are those of all programs.
func allHostileCases() map[string]func(n int) []logLine {
	all := maps.Clone(hostileCases)
	maps.Copy(all, hostileOthers)
	return all
}

// hostileOthers are the logs of other programs than Postfix.
var hostileOthers = map[string]func(n int) []logLine{
	"Exim: put off": func(n int) []logLine {
		h := newHostile()
		at := func() string { return h.now.Format("2006-01-02 15:04:05.000") }
		h.raw("%s [1] %s <= s@a.example H=(c) [192.0.2.20] P=esmtp S=388 id=m@a.example for r@b.example", at(), eximID(1))
		for range n {
			h.raw("%s [1] %s == r@b.example R=dnslookup T=remote_smtp defer (111): Connection refused", at(), eximID(1))
			h.wait(time.Millisecond)
		}
		return h.lines()
	},
	"Exim: recipients put off": func(n int) []logLine {
		h := newHostile()
		at := func() string { return h.now.Format("2006-01-02 15:04:05.000") }
		h.raw("%s [1] %s <= s@a.example H=(c) [192.0.2.20] P=esmtp S=388 id=m@a.example", at(), eximID(1))
		for i := range n / 2 {
			h.raw("%s [1] %s H=mx.b.example [203.0.113.%d] Connection refused", at(), eximID(1), i%2)
			h.raw("%s [1] %s == r%d@b.example R=dnslookup T=remote_smtp defer (111): Connection refused", at(), eximID(1), i)
		}
		return h.lines()
	},
	"Exim: local users and places": func(n int) []logLine {
		h := newHostile()
		at := func() string { return h.now.Format("2006-01-02 15:04:05.000") }
		h.raw("%s [1] %s <= s@a.example H=(c) [192.0.2.20] P=esmtp S=388 id=m@a.example", at(), eximID(1))
		for i := range n / 3 {
			h.raw("%s [1] %s => u%d <list@b.example> R=localuser T=local_delivery", at(), eximID(1), i)
			h.raw("%s [1] %s => /var/mail/u%d <list@b.example> R=aliases T=address_file", at(), eximID(1), i)
			h.raw("%s [1] %s => >s%d@a.example <auto%d@b.example> R=vacation T=vacation_reply", at(), eximID(1), i, i)
		}
		return h.lines()
	},
	"Exim: bounces of one message": func(n int) []logLine {
		h := newHostile()
		at := func() string { return h.now.Format("2006-01-02 15:04:05.000") }
		h.raw("%s [1] %s <= s@a.example H=(c) [192.0.2.20] P=esmtp S=388 id=m@a.example", at(), eximID(1))
		for i := range n / 3 {
			h.raw("%s [1] %s ** r%d@b.example R=dnslookup T=remote_smtp H=mx.b.example [203.0.113.5]: SMTP error from remote mail server after RCPT TO:<r@b.example>: 550 5.1.1 no", at(), eximID(1), i)
			h.raw("%s [1] %s <= <> R=%s U=exim P=local S=388", at(), eximID(2+i), eximID(1))
			h.raw("%s [1] %s => s@a.example R=dnslookup T=remote_smtp H=mx.a.example [203.0.113.5]", at(), eximID(2+i))
		}
		return h.lines()
	},
	"Exim: refused after DATA": func(n int) []logLine {
		h := newHostile()
		at := func() string { return h.now.Format("2006-01-02 15:04:05.000") }
		for i := range n / 2 {
			h.raw("%s [1] %s H=(c) [192.0.2.20] F=<s@a.example> temporarily rejected after DATA: wait", at(), eximID(i))
			h.raw("%s [1] %s <= s@a.example H=(c) [192.0.2.20] P=esmtp S=388 id=m@a.example for r@b.example", at(), eximID(1<<24+i))
		}
		return h.lines()
	},
	"OpenSMTPD: envelopes": func(n int) []logLine {
		h := newHostile()
		h.line("mx1", "smtpd[1]", "info: OpenSMTPD 6.8.0p2 starting")
		h.line("mx1", "smtpd[1]", "f0c461eed1aff8d3 smtp connected address=192.0.2.20 host=c.example")
		h.line("mx1", "smtpd[1]", "f0c461eed1aff8d3 smtp message msgid=e17ebe70 size=309 nrcpt=%d proto=ESMTP", n/2)
		for i := range n / 2 {
			h.line("mx1", "smtpd[1]", "f0c461eed1aff8d3 smtp envelope evpid=e17ebe70%08x from=<s@a.example> to=<r%d@b.example>", i, i)
			h.line("mx1", "smtpd[1]", "f0c461ef9a34ef60 mda delivery evpid=e17ebe70%08x from=<s@a.example> to=<r%d@b.example> rcpt=<r%d@b.example> user=ok delay=0s result=Ok stat=Delivered", i, i, i)
		}
		return h.lines()
	},
	"OpenSMTPD: bounces to one address": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			h.line("mx1", "smtpd[1]", "f0c461eed1aff8d3 smtp message msgid=%08x size=309 nrcpt=1 proto=ESMTP", i)
			h.line("mx1", "smtpd[1]", "f0c461eed1aff8d3 smtp envelope evpid=%08x4fb1e3ff from=<s@a.example> to=<r@b.example>", i)
			h.line("mx1", "smtpd[1]", "f0c461ef9a34ef60 mda delivery evpid=%08x4fb1e3ff from=<s@a.example> to=<r@b.example> rcpt=<r@b.example> user=ok delay=0s result=\"550 no\" stat=PermFail", i)
			h.line("mx1", "smtpd[1]", "f0c461eed1aff8d4 smtp message msgid=%08x size=309 nrcpt=1 proto=ESMTP", 1<<24+i)
			h.line("mx1", "smtpd[1]", "f0c461eed1aff8d4 smtp envelope evpid=%08x4fb1e3ff from=<> to=<s@a.example>", 1<<24+i)
		}
		return h.lines()
	},
	"Sendmail: recipients": func(n int) []logLine {
		h := newHostile()
		h.line("mx1", "sm-mta[1]", "6AQKKj9D008703: from=<s@a.example>, size=155, class=0, nrcpts=1, msgid=<m@a.example>, proto=ESMTP, daemon=MTA, relay=[192.0.2.20]")
		for i := range n / 50 {
			var to []string
			for k := range 50 {
				to = append(to, fmt.Sprintf("<r%d.%d@b.example>", i, k))
			}
			h.line("mx1", "sm-mta[1]", "6AQKKj9D008703: to=%s, delay=00:00:00, xdelay=00:00:00, mailer=esmtp, pri=30155, relay=mx.b.example. [203.0.113.5], dsn=2.0.0, stat=Sent (ok)", strings.Join(to, ","))
		}
		return h.lines()
	},
	"Elemta: one envelope": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			elemtaTake(h, fmt.Sprintf("%08d-9d02-4581-a7c9-45957e862a7f", i), fmt.Sprintf("%d-%d", h.now.UnixNano(), i))
		}
		return h.lines()
	},
	"Elemta: one session": func(n int) []logLine {
		h := newHostile()
		for i := range n / 4 {
			elemtaTake(h, "8502f083-9d02-4581-a7c9-45957e862a7f", fmt.Sprintf("%d-%d", h.now.UnixNano(), i))
		}
		return h.lines()
	},
	"Elemta: attempts of one message": func(n int) []logLine {
		h := newHostile()
		elemtaAttempts(h, "1795392000000000000-1", `"r1@b.example"`, n/3)
		return h.lines()
	},
	"Elemta: attempts for many": func(n int) []logLine {
		h := newHostile()
		var to []string
		for i := range 300 {
			to = append(to, fmt.Sprintf(`"r%d@b.example"`, i))
		}
		elemtaAttempts(h, "1795392000000000000-1", strings.Join(to, ","), n/30)
		return h.lines()
	},
	"Elemta: attempts at once": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.elemta("Attempting LMTP delivery", fmt.Sprintf(`"component":"lmtp-delivery","message_id":"1795392000000000000-%d","from":"s@a.example","to":["r@b.example"],"server":"127.0.0.1:2424"`, i))
		}
		for range n / 2 {
			h.elemta("Recipient rejected", `"component":"lmtp-delivery","recipient":"r@b.example","response":"450 4.2.0 later"`)
			h.wait(time.Microsecond)
		}
		return h.lines()
	},
	"Elemta: recipients": func(n int) []logLine {
		h := newHostile()
		const session = "8502f083-9d02-4581-a7c9-45957e862a7f"
		h.elemtaMail(session)
		for i := range n {
			h.elemtaRcpt(session, fmt.Sprintf("r%d@b.example", i))
		}
		return h.lines()
	},
	"Elemta: starts": func(n int) []logLine {
		h := newHostile()
		for i := range n / 2 {
			h.elemtaMail(fmt.Sprintf("%08d-9d02-4581-a7c9-45957e862a7f", i))
		}
		for range n / 2 {
			h.elemta("Starting queue processor", `"component":"queue"`)
			h.wait(time.Millisecond)
		}
		return h.lines()
	},
	"Elemta: starts elsewhere": func(n int) []logLine {
		h := newHostile()
		for i := range n / 3 {
			h.line("e1", "elemta[1]", `{"time":"%s","level":"INFO","msg":"mail_from_accepted","component":"smtp-session","session_id":"%08d-9d02-4581-a7c9-45957e862a7f","event_type":"mail_from_accepted","mail_from":"s@a.example"}`, h.now.Format(time.RFC3339Nano), i)
			h.line("e1", "elemta[1]", `{"time":"%s","level":"INFO","msg":"Attempting LMTP delivery","component":"lmtp-delivery","message_id":"1795392000000000000-%d","from":"s@a.example","to":["r@b.example"],"server":"127.0.0.1:2424"}`, h.now.Format(time.RFC3339Nano), i)
		}
		for range n / 3 {
			h.line("e2", "elemta[1]", `{"time":"%s","level":"INFO","msg":"Starting queue processor","component":"queue"}`, h.now.Format(time.RFC3339Nano))
			h.wait(time.Millisecond)
		}
		return h.lines()
	},
}

// elemta writes a line of Elemta's.
func (h *hostile) elemta(msg, rest string) {
	h.raw(`{"time":"%s","level":"INFO","msg":"%s",%s}`, h.now.Format(time.RFC3339Nano), msg, rest)
}

func (h *hostile) elemtaMail(session string) {
	h.elemta("mail_from_accepted", `"component":"smtp-session","session_id":"`+session+`","event_type":"mail_from_accepted","mail_from":"s@a.example","client_ip":"192.0.2.10:40447"`)
}

func (h *hostile) elemtaRcpt(session, to string) {
	h.elemta("rcpt_to_accepted", `"component":"smtp-session","session_id":"`+session+`","event_type":"rcpt_to_accepted","rcpt_to":"`+to+`","mail_from":"s@a.example","client_ip":"192.0.2.10:40447"`)
}

func (h *hostile) elemtaQueued(id, to string) {
	h.elemta("message_accepted", `"component":"queue","event_type":"message_accepted","message_id":"`+id+`","from_envelope":"s@a.example","to_envelope":[`+to+`],"to_count":1,"message_size":648`)
}

// elemtaTake writes how Elemta takes a message.
func elemtaTake(h *hostile, session, id string) {
	h.elemtaMail(session)
	h.elemtaRcpt(session, "r@b.example")
	h.elemtaQueued(id, `"r@b.example"`)
	h.elemta("message_reception", `"component":"smtp-session","session_id":"`+session+`","component":"session-data","event_type":"reception","message_id":"<m@a.example>","queue_id":"<m@a.example>","from":"s@a.example","to":["r@b.example"],"recipient_count":1,"subject":"x","size":202,"client_ip":"192.0.2.10:40447","reception_time":"2026-11-22T10:00:00-05:00"`)
}

// elemtaAttempts writes attempts of one message that fail.
func elemtaAttempts(h *hostile, id, to string, n int) {
	h.elemtaQueued(id, to)
	for i := range n {
		h.elemta("Attempting LMTP delivery", `"component":"lmtp-delivery","message_id":"`+id+`","from":"s@a.example","to":[`+to+`],"server":"127.0.0.1:2424"`)
		h.elemta("Recipient rejected", fmt.Sprintf(`"component":"lmtp-delivery","recipient":"r%d@b.example","response":"450 4.2.0 later"`, i%10))
		h.elemta("message_tempfail", `"component":"queue-processor","event_type":"tempfail","message_id":"`+id+`","queue_id":"`+id+`","from":"s@a.example","to":[`+to+`],"recipient_count":1,"failure_reason":"server rejected DATA command: 451 4.3.0 later","status":"temporary_failure"`)
		h.wait(time.Second)
	}
}
