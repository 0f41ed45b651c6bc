package filters

import (
	"strconv"
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// postfwd reads postfwd 1 to 3: "[RULES] rule=3, id=R1, queue=QID,
// client=host[ip], user=u, sender=<s>, recipient=<r>, helo=<h>, proto=ESMTP,
// state=RCPT, delay=0.00s, hits=R1, action=REJECT text".
func (l *line) postfwd() bool {
	s := l.text
	if i := strings.Index(s[:min(len(s), 16)], "rule="); i < 0 {
		return l.is(event.TypeSystem)
	}
	_, rest, ok := strings.Cut(s, ", client=")
	if !ok {
		return l.is(event.TypeSystem)
	}
	head := s[:len(s)-len(rest)]
	l.extra("rule", between(head, ", id=", ", "))
	if id := between(head, ", queue=", ", "); isID(id) {
		l.e.Add(event.QueueID, id)
	}
	if host, addr, after, ok := cutPeer(rest); ok {
		l.client(host, addr)
		rest = after
	}
	if after, ok := strings.CutPrefix(rest, ", user="); ok {
		var user string
		user, rest = cutItem(after)
		l.e.Add(event.Username, user)
	}
	if after, ok := strings.CutPrefix(rest, ", sender="); ok {
		if addr, tail, ok := lex.Angle(after); ok {
			l.sender(addr)
			rest = tail
		}
	}
	if after, ok := strings.CutPrefix(rest, ", recipient="); ok {
		if addr, tail, ok := lex.Angle(after); ok {
			l.e.Add(event.Recipient, addr)
			rest = tail
		}
	}
	if after, ok := strings.CutPrefix(rest, ", helo="); ok {
		if helo, tail, ok := lex.Angle(after); ok {
			l.e.Add(event.Helo, helo)
			rest = tail
		}
	}
	if state := between(rest, ", state=", ", "); state != "" && len(state) < 20 {
		l.e.Add(event.SMTPStage, state)
	}
	if _, action, ok := strings.Cut(rest, ", action="); ok {
		l.action(action)
	}
	return l.is(event.TypeContentCheck)
}

// action adds an answer to Postfix in the language of access(5).
func (l *line) action(s string) {
	word, text := cutWord(s)
	if code, _ := splitReply(s); code >= 400 {
		l.refusal(s)
		l.e.Add(event.SpamVerdict, "reject")
		return
	}
	switch strings.ToLower(word) {
	case "reject":
		l.e.Add(event.Status, event.StatusRejected)
		l.e.Add(event.Reply, text)
		l.e.Add(event.SpamVerdict, "reject")
	case "dunno", "ok", "permit", "accept":
		l.e.Add(event.SpamVerdict, "pass")
	case "defer", "defer_if_permit", "defer_if_reject":
		l.e.Add(event.SpamVerdict, "defer")
	case "greylist":
		l.e.Add(event.SpamVerdict, "greylist")
	case "prepend", "warn", "hold", "discard", "redirect", "filter", "bcc", "info":
		l.extra("action", strings.ToLower(word))
	}
}

// policyd reads the two programs of that name. Version 2, cbpolicyd:
//
//	module=Greylisting, action=defer, host=ip, helo=h, from=s, to=r, reason=greylisted
//
// Version 1:
//
//	rcpt=8712, greylist=new, host=ip (name), from=s, to=r, size=1234
func (l *line) policyd() bool {
	s := l.text
	at := strings.Index(s[:min(len(s), 96)], "module=")
	if at < 0 {
		return l.policydOld(s)
	}
	s = s[at+len("module="):]
	module, rest := cutItem(s)
	l.extra("module", module)
	action := between(rest, ", action=", ", ")
	host := between(rest, ", host=", ", ")
	if host == "" {
		return l.is(event.TypeSystem)
	}
	l.client("", host)
	if helo := between(rest, ", helo=", ", "); helo != "" {
		l.e.Add(event.Helo, helo)
	}
	// What follows the recipient is the program's own.
	if end := strings.LastIndex(rest, ", reason="); end >= 0 {
		reason, _ := cutItem(rest[end+len(", reason="):])
		l.extra("greylist_reason", reason)
		rest = rest[:end]
	}
	l.parties(rest, ", from=", ", to=")
	switch action {
	case "defer":
		if module == "Greylisting" {
			l.e.Add(event.SpamVerdict, "greylist")
		} else {
			l.e.Add(event.SpamVerdict, "defer")
		}
	case "reject":
		l.e.Add(event.SpamVerdict, "reject")
		l.e.Add(event.Status, event.StatusRejected)
	case "pass", "none", "ok":
		l.e.Add(event.SpamVerdict, "pass")
	}
	return l.is(event.TypeContentCheck)
}

// policydOld reads version 1, whose verdict is the value of the check's name.
func (l *line) policydOld(s string) bool {
	if rest, ok := strings.CutPrefix(s, "rcpt="); ok {
		_, s = cutItem(rest)
		s = strings.TrimPrefix(s, ", ")
	}
	check, rest := cutItem(s)
	kind, verdict, ok := strings.Cut(check, "=")
	host := between(rest, ", host=", ", ")
	if !ok || host == "" {
		return l.is(event.TypeSystem)
	}
	addr, name := cutWord(host)
	l.client(strings.Trim(name, "()"), addr)
	for _, key := range [...]string{", size=", ", quota=", ", count="} {
		if i := strings.LastIndex(rest, key); i >= 0 {
			if key == ", size=" {
				if n, ok := lex.Number(lex.Digits(rest[i+len(key):])); ok {
					l.e.AddInt(event.Size, n)
				}
			}
			rest = rest[:i]
		}
	}
	l.parties(rest, ", from=", ", to=")
	l.extra("greylist_reason", verdict)
	switch kind {
	case "greylist":
		switch verdict {
		case "new", "abuse":
			l.e.Add(event.SpamVerdict, "greylist")
		case "abl":
			l.e.Add(event.SpamVerdict, "reject")
		default:
			l.e.Add(event.SpamVerdict, "pass")
		}
	case "throttle":
		if verdict == "abuse" {
			l.e.Add(event.SpamVerdict, "ratelimit")
		}
	}
	return l.is(event.TypeContentCheck)
}

// policydWeight reads policyd-weight 0.1: "decided action=550 text; <client=
// host[ip]> <helo=h> <from=s> <to=r>; delay: 0s" and "weighted check: RULE=1.5
// RULE=2 ; <client=...> ...; rate: 7.5".
func (l *line) policydWeight() bool {
	s := l.text
	decided := strings.HasPrefix(s, "decided action=")
	if !decided && !strings.HasPrefix(s, "weighted check: ") {
		return l.is(event.TypeSystem)
	}
	_, rest, ok := strings.Cut(s, "<client=")
	if !ok {
		return l.is(event.TypeSystem)
	}
	if host, addr, after, ok := cutPeer(rest); ok {
		l.client(host, addr)
		rest = after
	}
	l.e.Add(event.Helo, between(rest, " <helo=", ">"))
	if _, after, ok := strings.Cut(rest, " <from="); ok {
		end := strings.LastIndex(after, "> <to=")
		if end >= 0 {
			l.sender(after[:end])
			to, _, _ := strings.Cut(after[end+len("> <to="):], ">")
			l.e.Add(event.Recipient, to)
		}
	}
	if decided {
		action, _, _ := strings.Cut(s[len("decided action="):], "; <")
		action, _, _ = strings.Cut(action, "; <client=")
		l.action(strings.TrimRight(action, "; "))
	} else if at := strings.LastIndex(rest, "rate: "); at >= 0 {
		l.score(rest[at+len("rate: "):])
	}
	return l.is(event.TypeContentCheck)
}
