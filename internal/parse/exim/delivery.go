package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// delivered reads the line of a delivery (deliver.c):
//
//	=> final <original> F=<s> Q= P=<s> R= T= S= H=name [ip]:port I= PS= X= CV=
//	DN= A= L PRDR K DKIM= C="answer" QT= DT=
//
// and of a message or address that was thrown away, which has no transport
// (routers/redirect.c, receive.c, deliver.c):
//
//	=> :blackhole: <address> R=router
//	=> discarded <address> R=router
//	=> discarded (system filter)
//	=> blackhole (DATA ACL discarded recipients): reason
func (l *line) delivered() bool {
	n, rest := cutNames(l.text[len("=> "):])
	d := l.fields(rest)
	status := event.StatusDelivered
	switch {
	case l.text[0] == '*':
		status = event.StatusDiscarded
		l.extra("action", "suppressed")
	case l.text[0] == '>':
		l.e.AddExtra("cutthrough", "true")
	}
	if d.transport == "" {
		switch n.final {
		case ":blackhole:", "discarded", "blackhole":
			status = event.StatusDiscarded
			if d.text == "" {
				d.text = n.between
			}
			n = names{final: n.original}
		}
	}
	l.add(n)
	l.put(event.Status, status)
	if d.text != "" && d.confirmation == "" {
		l.put(event.Reply, d.text)
	}
	if d.confirmation != "" {
		l.reply(d.confirmation)
		l.receipt(d.confirmation, d.to.isHere())
	}
	return l.is(event.TypeDelivery, delivery)
}

// failed reads the line of an address that was given up (deliver.c, retry.c):
//
//	** final <original> F=<s> P=<s> R= T= H=... X= CV= DN=: reason DT=1s
//	** address <parent>: retry timeout exceeded
func (l *line) failed() bool {
	n, rest := cutNames(l.text[len("** "):])
	d := l.fields(rest)
	if at := strings.LastIndex(d.text, " DT="); at >= 0 {
		if _, ok := duration(d.text[at+len(" DT="):]); ok {
			l.seconds(event.DelayTransmit, d.text[at+len(" DT="):])
			d.text = d.text[:at]
		}
	}
	l.add(n)
	reason, expired := strings.CutSuffix(d.text, "retry timeout exceeded")
	switch reason, last := strings.CutSuffix(reason, ": "); {
	case expired && last:
		l.put(event.Status, event.StatusExpired)
		d.text = reason
	case expired && reason == "":
		l.put(event.Status, event.StatusExpired)
	default:
		l.put(event.Status, event.StatusBounced)
	}
	l.failure(d.text)
	return l.is(event.TypeDelivery, delivery)
}

// deferred reads the line of an address that is tried again (deliver.c):
//
//	== final <original> Q= R= T= defer (-44) H=name [ip] DT=0s: reason
//	== address routing defer (-52): retry time not reached
//	== address R= T= defer (111): Connection refused
//
// Some numbers say that nothing was tried, because it was not the time yet.
func (l *line) deferred() bool {
	n, rest := cutNames(l.text[len("== "):])
	d := l.fields(rest)
	l.add(n)
	l.put(event.Status, event.StatusDeferred)
	kind := event.TypeDelivery
	text := d.text
	if at := strings.Index(text, "defer ("); at >= 0 && at < 64 {
		code, tail, _ := strings.Cut(text[at+len("defer ("):], ")")
		digits := strings.TrimPrefix(code, "-")
		errno, ok := lex.Number(digits)
		if ok {
			l.e.AddExtra("errno", canonical(code, errno))
		}
		text = l.deferral(tail, ok && errno > 0 && digits == code)
		if digits != code && errno >= 51 && errno <= 57 && !strings.HasPrefix(text, "Taint") {
			kind = event.TypeQueue
		}
	}
	l.failure(text)
	return l.is(kind, delivery)
}

// canonical returns a number as JSON has it: without zeros before it.
func canonical(code string, n int64) string {
	if n == 0 {
		return "0"
	}
	sign := code[:strings.IndexAny(code, "0123456789")]
	return sign + strings.TrimLeft(code[len(sign):], "0")
}

// deferral reads what follows the number of an error and returns the reason.
// A positive one has its name before the host.
func (l *line) deferral(s string, named bool) string {
	name := ""
	if tail, ok := strings.CutPrefix(s, ": "); named && ok {
		end := len(tail)
		for _, mark := range [...]string{" H=", " DT=", ": "} {
			if at := strings.Index(tail[:end], mark); at >= 0 {
				end = at
			}
		}
		name, s = tail[:end], tail[end:]
	}
	d := l.fields(s)
	if d.text == "" {
		return name
	}
	return d.text
}

// outcome is what the fields of a delivery line say, apart from what fields
// has added to the event.
type outcome struct {
	transport, confirmation, text string
	to                            peer
}

// fields reads the fields behind the addresses of a delivery line.
func (l *line) fields(s string) (d outcome) {
	f := list{rest: s}
	for f.next() {
		switch f.name {
		case "F":
			l.sender(f.value)
		case "P":
			if sender, ok := l.e.Value(event.Sender); !ok || sender.Text != lex.Lower(f.value) {
				l.extra("return_path", f.value)
			}
		case "R":
			l.extra("router", f.value)
		case "T":
			d.transport = f.value
			l.extra("transport", f.value)
		case "S":
			if n, ok := lex.Number(f.value); ok {
				l.putInt(event.Size, n)
			}
		case "H":
			d.to = f.peer
			l.relay(f.peer)
		case "X":
			l.tls(f.value)
		case "C":
			d.confirmation = unescape(f.value)
		case "QT":
			l.seconds(event.Delay, f.value)
		case "DT":
			l.seconds(event.DelayTransmit, f.value)
		}
	}
	d.text = f.text
	return d
}
