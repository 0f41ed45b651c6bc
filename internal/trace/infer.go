package trace

import (
	"cmp"
	"slices"
	"strings"

	"rastro/internal/event"
)

// The windows of links that no line names.
const (
	redirectWindow = 30 * second
	replyWindow    = 10 * second
	bounceWindow   = 2 * second
)

// originKey finds hops without a parent by what they carry.
type originKey struct{ message, recipient string }

// inferrer draws the edges that no line names: two lines fit each other.
type inferrer struct {
	byMessage map[originKey][]*hop // Message-ID and recipient
	byNull    map[string][]*hop    // recipient of messages of the null sender
}

func newInferrer(hops []*hop) *inferrer {
	in := &inferrer{byMessage: map[originKey][]*hop{}, byNull: map[string][]*hop{}}
	for _, h := range hops {
		if h.continued || h.probe {
			continue
		}
		h.addresses(func(address string) {
			for _, mid := range h.messages() {
				k := originKey{mid, address}
				in.byMessage[k] = append(in.byMessage[k], h)
			}
			if h.sender == nullSender {
				in.byNull[address] = append(in.byNull[address], h)
			}
		})
	}
	for _, all := range in.byMessage {
		sortLong(all, (*hop).began)
	}
	for _, all := range in.byNull {
		sortLong(all, (*hop).began)
	}
	return in
}

const nullSender = "<>"

// messages are the Message-IDs of a hop; one that is empty stands for none, and
// for one that the server made itself: <id@host>, <time.id@host>.
func (h *hop) messages() []string {
	all := h.mids.all()
	local, _, _ := strings.Cut(h.mids.first, "@")
	if len(all) == 0 || h.dialect == "postfix" && strings.HasSuffix(local, h.id) {
		return append(all, "")
	}
	return all
}

// addresses calls visit with each recipient of a hop, before and after
// aliases, once.
func (h *hop) addresses(visit func(string)) {
	seen := map[string]bool{"": true}
	for _, l := range h.legs {
		for _, a := range [...]string{l.to, l.orig} {
			if !seen[a] {
				seen[a] = true
				visit(a)
			}
		}
	}
}

// redirect finds the hop in which a rule of the mailbox sent the message on.
func (in *inferrer) redirect(l *leg, f *fact, target string) *hop {
	var best *hop
	l.hop.mids.each(func(mid string) {
		for _, c := range hopsAround(in.byMessage[originKey{mid, target}], f.time) {
			if c == l.hop || c.continued || c.first < f.time-2*second || c.first > f.time+redirectWindow {
				continue
			}
			if best == nil || nearer(c.first, best.first, f.time) {
				best = c
			}
		}
	})
	return best
}

// answer finds the message that the mailbox sent back to the sender: a vacation
// reply or a refusal.
func (in *inferrer) answer(l *leg, at, window int64, fits func(*hop) bool) *hop {
	var best *hop
	for _, c := range hopsAround(in.byNull[l.hop.sender], at) {
		if c == l.hop || c.notice || c.first < at-2*second || c.first > at+window || !fits(c) {
			continue
		}
		if best == nil || nearer(c.first, best.first, at) {
			best = c
		}
	}
	return best
}

// mailboxAnswers links vacation replies and refusals of rules.
func (in *inferrer) mailboxAnswers(l *leg) {
	if l.hop.sender == "" || l.hop.sender == nullSender {
		return
	}
	for _, f := range l.mailbox {
		switch f.extra(extraSieve) {
		case "vacation":
			in.relate(l, in.answer(l, f.time, replyWindow, isSieveMail), "auto_reply")
		case "":
			if f.status == event.StatusRejected {
				in.relate(l, in.answer(l, f.time, replyWindow, func(*hop) bool { return true }), "failure_notice")
			}
		case "reject", "ereject":
			in.relate(l, in.answer(l, f.time, replyWindow, func(*hop) bool { return true }), "failure_notice")
		}
	}
}

// isSieveMail tells whether a message was made by a mailbox's rules.
func isSieveMail(h *hop) bool {
	ok := false
	h.mids.each(func(mid string) { ok = ok || strings.HasPrefix(mid, "dovecot-sieve-") })
	return ok
}

func (in *inferrer) relate(l *leg, c *hop, kind string) {
	if c == nil {
		return
	}
	c.notice = true
	relates(&l.related, Related{Kind: kind, QueueID: c.id, Host: c.host, MessageKey: digest(c.key()), Confidence: Probable})
	relates(&c.related, Related{Kind: "original", QueueID: l.hop.id, Host: l.hop.host, MessageKey: digest(l.hop.key()), Confidence: Probable})
}

// maxRelated bounds the messages that are told of beside one.
const maxRelated = 50

func relates(all *[]Related, r Related) {
	if len(*all) < maxRelated {
		*all = append(*all, r)
	}
}

// openSMTPDNotices links the notices of OpenSMTPD, which no line links: a
// message of the null sender to the sender, at most two seconds after a copy
// failed.
func (in *inferrer) openSMTPDNotices(h *hop) {
	if h.dialect != "opensmtpd" || h.sender == "" || h.sender == nullSender {
		return
	}
	for _, l := range h.legs {
		if f := l.decided; f != nil && (l.status == Bounced || l.status == Expired) {
			in.relate(l, in.answer(l, f.time, bounceWindow, func(c *hop) bool { return c.dialect == "opensmtpd" }), "failure_notice")
		}
	}
}

// resumed links hops of one message on different servers, or behind a filter
// that gives no id, by Message-ID and recipient.
func (in *inferrer) resumed(h *hop) {
	for _, l := range h.legs {
		f := l.decided
		if l.status != Delivered || f == nil || f.status != event.StatusDelivered || len(l.mailbox) > 0 || h.leads(l) {
			continue
		}
		if f.kind != event.TypeDelivery || f.relayIP == "" && f.relayHost == "" || stays(f) {
			continue
		}
		if c := in.resumption(h, l, f); c != nil {
			sure := Probable
			if h.mids.len() == 0 {
				sure = Guess
			}
			join(edge{from: h, to: c, kind: relayed, via: f, confidence: sure})
		}
	}
}

// comesBack tells whether a program on this machine took the message, which may
// give it back to the server.
func comesBack(f *fact) bool {
	return isLoopback(f.relayIP) || f.dialect == "postfix" && (f.part == "pipe" || f.part == "" && f.relayIP == "" && f.relayHost != "")
}

// nearWindow bounds links of messages without a Message-ID.
const nearWindow = 15 * second

// stays tells that a message was put into a mailbox or a file of this machine.
func stays(f *fact) bool {
	return f.dialect == "postfix" && f.relayIP == "" && (f.relayHost == "local" || f.relayHost == "virtual") &&
		!strings.HasPrefix(f.reply, "delivered to command")
}

// resumption finds the hop that began while f was being handed over.
func (in *inferrer) resumption(h *hop, l *leg, f *fact) *hop {
	var best *hop
	window := linkWindow
	mids := h.mids.all()
	if len(mids) == 0 {
		if h.sender == nullSender {
			return nil // notices to one address are all alike
		}
		window, mids = nearWindow, []string{""}
	}
	for _, mid := range mids {
		for _, c := range hopsAround(in.byMessage[originKey{mid, l.to}], f.time) {
			if c == h || c.continued || c.birth == nil || c.sender != h.sender || c.birth.time < f.time-window || c.birth.time > f.time+2*second {
				continue
			}
			if c.host == h.host && !comesBack(f) || mid == "" && !(c.host == h.host && c.first >= h.first && c.isOurs()) {
				continue
			}
			if best == nil || nearer(c.first, best.first, f.time) {
				best = c
			}
		}
	}
	return best
}

// isOurs tells that a program of this machine brought the message.
func (h *hop) isOurs() bool {
	return h.birth.clientIP == "" || isLoopback(h.birth.clientIP)
}

// sortRelated orders what is related and leaves out repeats.
func sortRelated(all []Related) []Related {
	slices.SortFunc(all, func(a, b Related) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.QueueID, b.QueueID), cmp.Compare(a.Host, b.Host))
	})
	return slices.CompactFunc(all, func(a, b Related) bool { return a.Kind == b.Kind && a.QueueID == b.QueueID && a.Host == b.Host })
}
