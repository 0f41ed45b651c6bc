package sendmail

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// ruleset reads the verdict of a rule set (parseaddr.c, rscheck):
//
//	check_rcpt, arg1=<a@b>, relay=h [ip], reject=550 5.7.1 <a@b>... Relaying denied
//	check_mail, arg1=<a@b>, relay=h [ip], discard
//	check_relay, arg1=h, arg2=ip, relay=h [ip], quarantine=text
func (l *line) ruleset(s string) bool {
	name, rest := cutValue(s)
	arg1, arg2 := "", ""
	if value, ok := strings.CutPrefix(rest, ", arg1="); ok {
		if address, tail, found := lex.Angle(value); found && (tail == "" || strings.HasPrefix(tail, ", ")) {
			arg1, rest = address, tail
		} else {
			arg1, rest = lex.CutBefore(value, ", arg2=", ", relay=", ", reject=", ", discard", ", quarantine=")
		}
	}
	if value, ok := strings.CutPrefix(rest, ", arg2="); ok {
		arg2, rest = lex.CutBefore(value, ", relay=", ", reject=", ", discard", ", quarantine=")
	}
	var p peer
	if value, ok := strings.CutPrefix(rest, ", relay="); ok {
		p, rest = cutPeer(value)
		if _, rest2 := lex.CutBefore(rest, ", reject=", ", discard", ", quarantine="); rest2 != "" {
			rest = rest2
		}
	}
	if rest == "" && !l.sure {
		return false
	}
	stage, ours := stageOf(name)
	if !ours {
		return l.outgoing(p, rest)
	}
	switch name {
	case "check_rcpt", "check_compat":
		if name == "check_compat" {
			l.sender(arg1)
			arg1 = strings.TrimSuffix(strings.TrimPrefix(arg2, "<"), ">")
		}
		l.recipient(arg1)
	case "check_mail":
		l.sender(arg1)
	case "check_relay":
		if p == (peer{}) {
			p = peer{host: arg1, ip: lex.IP(arg2)}
		}
	}
	l.client(p)
	l.e.Add(event.SMTPStage, stage)
	return l.verdict(strings.TrimPrefix(rest, ", "), "server")
}

// stageOf names the stage of the dialogue in which a rule set is asked. ours is
// false for those that are asked about servers we talk to. The rule sets for
// headers may have any name.
func stageOf(ruleset string) (stage string, ours bool) {
	switch ruleset {
	case "check_relay", "greet_pause", "oc_rate", "oc_conc", "x_connect", "srv_features":
		return "CONNECT", true
	case "tls_client":
		return "STARTTLS", true
	case "check_mail":
		return "MAIL", true
	case "check_rcpt", "check_compat", "bcc":
		return "RCPT", true
	case "check_data":
		return "DATA", true
	case "check_vrfy":
		return "VRFY", true
	case "check_expn":
		return "EXPN", true
	case "check_etrn":
		return "ETRN", true
	case "trust_auth":
		return "AUTH", true
	case "tls_server", "try_tls", "tls_rcpt", "clt_features", "tls_clt_features", "authinfo":
		return "", false
	}
	return "END-OF-MESSAGE", true
}

// outgoing reads a verdict about a server we talk to: the delivery's own line
// tells the fate.
func (l *line) outgoing(p peer, rest string) bool {
	l.relay(p)
	if reject, ok := strings.CutPrefix(rest, ", reject="); ok {
		l.answer(reject)
	}
	return l.is(event.TypeConnection, "delivery")
}

// verdict adds "reject=550 ...", "discard" or "quarantine=text".
func (l *line) verdict(s, component string) bool {
	if answer, ok := strings.CutPrefix(s, "reject="); ok {
		l.answer(strings.TrimSuffix(answer, ", errormode=4"))
		l.e.Add(event.Status, event.StatusRejected)
		return l.is(event.TypeRejection, component)
	}
	if text, ok := strings.CutPrefix(s, "quarantine="); ok {
		l.e.Add(event.Reply, text)
		l.e.Add(event.Status, event.StatusQuarantined)
		return l.is(event.TypeQueue, component)
	}
	if s == "discard" {
		l.e.Add(event.Status, event.StatusDiscarded)
		return l.is(event.TypeQueue, component)
	}
	return l.is(event.TypeContentCheck, component)
}

// refusal reads the text of an answer to MAIL or RCPT that Sendmail logs
// without its codes: "<a@b>... User unknown". Nothing says which of the two it
// was; only the texts about senders do.
func (l *line) refusal(s string) bool {
	address, rest, ok := lex.Angle(s)
	if !ok {
		at := strings.Index(s[:min(len(s), 512)], "... ")
		if at <= 0 || strings.ContainsAny(s[:at], " =:") {
			return false
		}
		address, rest = s[:at], s[at:]
	}
	text, ok := strings.CutPrefix(rest, "... ")
	if !ok || l.id == "" {
		return false
	}
	// With a sentence of several lines the address comes again.
	if strings.Contains(text, "ender ") && !strings.Contains(text, "ecipient") {
		l.sender(address)
		l.e.Add(event.SMTPStage, "MAIL")
	} else {
		l.recipient(address)
		l.e.Add(event.SMTPStage, "RCPT")
	}
	l.answer(s)
	l.e.Add(event.Status, event.StatusRejected)
	return l.is(event.TypeRejection, "server")
}

// milter reads what a filter did. "Milter: ..." is what the server made of it
// (srvrsmtp.c); "milter=name, ..." are the answers of each one, which come
// before it at a higher log level and have no status but for a quarantine.
func (l *line) milter(s string) bool {
	if rest, ok := strings.CutPrefix(s, "milter="); ok {
		return l.oneMilter(rest)
	}
	rest, ok := strings.CutPrefix(s, "Milter: ")
	if !ok {
		if !strings.HasPrefix(s, "Milter ") {
			return false
		}
		return l.milterChange(s[len("Milter "):])
	}
	cut := -1
	for _, word := range [...]string{", reject=", ", discard", ", shutdown", ", rejecting commands", ", temp failing commands"} {
		if i := strings.LastIndex(rest, word); i > cut {
			cut = i
		}
	}
	if cut < 0 {
		if address, ok := strings.CutPrefix(rest, "sender: "); ok {
			address, _ = lex.Address(address)
			l.sender(address)
		}
		return l.is(event.TypeContentCheck, "milter")
	}
	subject, what := rest[:cut], rest[cut+2:]
	l.milterSubject(subject)
	if !strings.HasPrefix(what, "reject=") && what != "discard" {
		_, answer, _ := strings.Cut(what, "=")
		l.answer(answer)
		l.e.Add(event.Status, event.StatusRejected)
		return l.is(event.TypeRejection, "milter")
	}
	return l.verdict(what, "milter")
}

// milterSubject adds what a filter was asked about: to=<a>, from=<a>, helo=h,
// data, cmd=data, or connect: host=h, addr=ip.
func (l *line) milterSubject(s string) {
	stage := ""
	switch {
	case strings.HasPrefix(s, "to="):
		address, _ := lex.Address(s[len("to="):])
		l.recipient(address)
		stage = "RCPT"
	case strings.HasPrefix(s, "from="):
		address, _ := lex.Address(s[len("from="):])
		l.sender(address)
		stage = "MAIL"
	case strings.HasPrefix(s, "helo="):
		l.e.Add(event.Helo, s[len("helo="):])
		stage = "EHLO"
	case s == "cmd=data":
		stage = "DATA"
	case s == "data":
		stage = "END-OF-MESSAGE"
	case strings.HasPrefix(s, "connect: host="):
		host, address, _ := strings.Cut(s[len("connect: host="):], ", addr=")
		if lex.IP(host) != "" {
			host = ""
		}
		l.client(peer{host: host, ip: lex.IP(address)})
		stage = "CONNECT"
	}
	l.e.Add(event.SMTPStage, stage)
}

// oneMilter reads "name, action=mail, reject=550 ..." and "name, quarantine=text".
func (l *line) oneMilter(s string) bool {
	name, rest := cutValue(s)
	if rest == "" || name == "" {
		return false
	}
	rest = rest[2:]
	if strings.HasPrefix(rest, "quarantine=") {
		return l.verdict(rest, name)
	}
	if _, answer, ok := strings.Cut(rest, "reject="); ok {
		l.answer(answer)
	}
	return l.is(event.TypeContentCheck, name)
}

// milterChange reads "(name) add: rcpt: <a>" and the like; old versions have no
// name.
func (l *line) milterChange(s string) bool {
	name := "milter"
	if strings.HasPrefix(s, "(") {
		if end := strings.IndexByte(s, ')'); end > 1 {
			name, s = s[1:end], s[end+1:]
		}
	}
	if _, address, ok := strings.Cut(s, " rcpt: "); ok {
		address, _ = lex.Address(address)
		l.recipient(address)
	}
	return l.is(event.TypeContentCheck, name)
}
