package elemta

import (
	"net/netip"
	"strconv"
	"strings"

	"rastro/internal/event"
)

// apply adds one pair to the event: as the field its role names, or to Extra
// if it has no role or a value that does not fit the field.
func (l *line) apply(i int) {
	p := &l.pairs[i]
	if p.cut && p.role != roleCommand {
		l.applyCut(p)
		return
	}
	switch p.role {
	case roleHead:
		l.applyHead(p)
	case roleUnknown:
		l.applyUnknown(p)
	case roleExtra:
		l.e.AddExtra(p.key, p.json())
	case roleSecret, roleBody:
		hideValue(l.rec, p)
	case roleCommand, roleArguments:
		l.applyCommand(p)
	case roleReply, roleReason:
		l.applyReply(i)
	case roleUser:
		l.applyUser(p)
	case roleStatus:
		if t := p.text(); t != l.rule.status {
			l.keep(p)
		}
	default:
		if !l.applyField(p) && p.raw != `""` {
			l.keep(p)
		}
	}
}

// applyField adds a pair as a field and tells whether the value fitted.
func (l *line) applyField(p *pair) bool {
	e := l.e
	switch p.role {
	case roleSession:
		return l.addOnce(event.SessionID, p)
	case roleClient:
		return l.addClient(p)
	case roleHost:
		return l.addHost(p)
	case roleClash: // the exchanger that a delivery by SMTP tried
		return p.key == "host" && l.component == "smtp-delivery" && l.addOnce(event.RelayHost, p)
	case roleClientHost:
		return l.addClientHost(p)
	case roleMessageID:
		return l.addID(p)
	case roleLocalID:
		return l.addOnce(event.QueueID, p)
	case roleSender:
		return l.applySender(p)
	case roleRecipient:
		return l.applyRecipients(p)
	case roleSubject:
		return l.addOnce(event.Subject, p)
	case roleCount:
		return l.addInt(event.RecipientCount, p, 0)
	case roleSize:
		return l.addInt(event.Size, p, 0)
	case roleRetry:
		return l.addInt(event.Attempt, p, 1)
	case roleMethod:
		if m := p.text(); isMethod(m) && !e.Has(event.AuthMethod) {
			e.Add(event.AuthMethod, strings.ToUpper(m))
			return true
		}
		return false
	case roleSuccess:
		if p.raw == "true" || p.raw == "false" {
			e.AddBool(event.Success, p.raw == "true")
			return true
		}
		return false
	case roleDelay:
		return l.addMillis(event.Delay, p)
	case roleDelayQueue:
		return l.addMillis(event.DelayQueue, p)
	case roleNextRetry:
		return l.addNextRetry(p)
	case roleServer, roleRelayIP, roleRelayHost:
		return l.addRelay(p)
	case roleScore:
		return l.addScore(p)
	case rolePattern:
		return l.addPattern(p)
	}
	return false
}

// keep puts a pair into Extra.
func (l *line) keep(p *pair) {
	l.e.AddExtra(extraName(p.key), p.json())
}

// applyCut handles the value that the line ended in: too little to keep, but
// it may be half a secret.
func (l *line) applyCut(p *pair) {
	if p.role == roleSecret || p.role == roleBody || p.role == roleUser || p.role == roleArguments || isSecretKey(p.key) {
		hideValue(l.rec, p)
		return
	}
	if p.kind == kindObject || p.kind == kindArray {
		sweep(l.rec, p.raw)
	}
}

// applyHead reads the stamp; the rest of the head is known already.
func (l *line) applyHead(p *pair) {
	if p.key != "time" {
		return
	}
	s := p.text()
	st, ok := readStamp(s, l.rec.Zone)
	if !ok || st.length != len(s) {
		l.e.AddExtra("elemta_time", p.json())
		return
	}
	l.setTime(st)
}

func (l *line) setTime(st stamp) {
	l.e.Time = st.ns
	if st.unsure {
		l.e.Tag(event.TagBadZone)
	}
}

// applyUnknown keeps a key we do not know, unless its name says that it holds
// a secret.
func (l *line) applyUnknown(p *pair) {
	if isSecretKey(p.key) && (p.kind == kindString || p.kind == kindWord) {
		hideValue(l.rec, p)
		return
	}
	if p.kind == kindObject || p.kind == kindArray {
		sweep(l.rec, p.raw)
	}
	l.keep(p)
}

// applyCommand handles what the client sent.
func (l *line) applyCommand(p *pair) {
	if p.kind != kindString && p.kind != kindWord {
		l.keep(p)
		return
	}
	if p.role == roleArguments {
		method, answer, _ := strings.Cut(trimLineEnd(p.inner()), " ")
		if isMethod(method) && hideAnswer(l.rec, p, answer) {
			return
		}
		l.keep(p)
		return
	}
	c := readCommand(p.inner())
	if p.cut && c.verb != "" && !c.wellFormed {
		c = command{args: c.args}
	}
	shown := hideCommand(l.rec, p, c)
	switch {
	case p.cut:
	case l.rule.act == actCommand:
		if p.esc && strings.Contains(c.args, `\`) {
			c.args = unescape(c.args)
		}
		if !shown {
			c.wellFormed = false
		}
		l.addCommand(c)
	case shown:
		l.keep(p)
	}
}

// applyReply keeps an answer or reason that did not become the reply.
func (l *line) applyReply(i int) {
	p := &l.pairs[i]
	switch {
	case p.kind == kindNull || p.raw == `""`:
	case i == l.best && (p.role == roleReply || l.inQueue()):
	case l.best >= 0 && p.raw == l.pairs[l.best].raw && p.role == roleReply:
	default:
		l.keep(p)
	}
}

// applyUser adds the name of a login. After a failed one it may be a password
// typed into the wrong box; then it is hidden.
func (l *line) applyUser(p *pair) {
	name := p.text()
	switch {
	case name == "" || p.kind != kindString && p.kind != kindWord:
	case !isLogin(name) && !l.succeeded():
		hideValue(l.rec, p)
	case !l.e.Has(event.Username):
		l.e.Add(event.Username, name)
	case l.e.Str(event.Username) != name:
		l.keep(p)
	}
}

// addOnce adds a string value unless the field has it already. Session and
// queue ids may be several; the first one is the one that counts.
func (l *line) addOnce(f event.Field, p *pair) bool {
	if p.kind != kindString && p.kind != kindWord {
		return false
	}
	s := p.text()
	found := false
	for j := range l.e.Values {
		if v := &l.e.Values[j]; v.Field == f {
			if v.Text == s {
				return true
			}
			found = true
		}
	}
	if found && !event.Describe(f).Multi {
		return false
	}
	l.e.Add(f, s)
	return s != ""
}

// addInt adds a whole number plus a constant. A repeated key with the same
// value is one fact; another value is kept in Extra.
func (l *line) addInt(f event.Field, p *pair, plus int64) bool {
	if p.kind != kindNumber && p.kind != kindWord {
		return false
	}
	n, err := strconv.ParseInt(p.raw, 10, 64)
	if err != nil || n < 0 || n > 1<<53 {
		return false
	}
	if l.e.Has(f) {
		return l.e.Int(f) == n+plus
	}
	if f == event.RecipientCount && n == 0 {
		return true
	}
	l.e.AddInt(f, n+plus)
	return true
}

// float returns a number value.
func (p *pair) float() (float64, bool) {
	if p.kind != kindNumber && p.kind != kindWord {
		return 0, false
	}
	n, err := strconv.ParseFloat(p.raw, 64)
	return n, err == nil
}

func (l *line) addMillis(f event.Field, p *pair) bool {
	n, ok := p.float()
	if !ok || n < 0 || l.e.Has(f) {
		return false
	}
	l.e.AddFloat(f, n/1000)
	return true
}

// addNextRetry adds the time of the next attempt if it is in the future:
// Elemta logs that of the previous round, and year 1 in the first.
func (l *line) addNextRetry(p *pair) bool {
	s := p.text()
	st, ok := readStamp(s, l.rec.Zone)
	if !ok || st.length != len(s) || st.ns <= l.e.Time || l.e.Time == 0 {
		return false
	}
	l.e.AddTime(event.NextRetry, st.ns)
	return true
}

// addScore adds a spam score where a check was made: lines about received mail
// always say 0.
func (l *line) addScore(p *pair) bool {
	n, ok := p.float()
	if !ok || l.rule.typ == event.TypeReception || n == 0 && l.rule.typ != event.TypeContentCheck || l.e.Has(event.SpamScore) {
		return false
	}
	l.e.AddFloat(event.SpamScore, n)
	return true
}

func (l *line) addPattern(p *pair) bool {
	if l.rule.act != actVirus || p.kind != kindString {
		return false
	}
	return l.addOnce(event.VirusName, p)
}

// addHost adds our own name. In a complaint about HELO the key holds the
// client's.
func (l *line) addHost(p *pair) bool {
	switch {
	case p.kind != kindString || l.form != formJSON:
		return false
	case l.component == "command-security":
		return l.addOnce(event.Helo, p)
	}
	host := p.text()
	if l.hostSet {
		return l.e.Str(event.Host) == host
	}
	if host != "" {
		l.e.Set(event.Host, host)
		l.hostSet = true
	}
	return true
}

// splitPeer takes address:port or [address]:port apart. port is 0 if there is
// none. An IPv4 address mapped into IPv6 is given as IPv4.
func splitPeer(s string) (address string, port int64, ok bool) {
	address = s
	if strings.HasPrefix(s, "[") {
		end := strings.IndexByte(s, ']')
		if end < 0 {
			return "", 0, false
		}
		address, s = s[1:end], s[end+1:]
		if s != "" && s[0] != ':' {
			return "", 0, false
		}
		if s != "" {
			port, ok = readPort(s[1:])
			if !ok {
				return "", 0, false
			}
		}
	} else if at := strings.IndexByte(s, ':'); at >= 0 && strings.LastIndexByte(s, ':') == at {
		address = s[:at]
		if port, ok = readPort(s[at+1:]); !ok {
			return "", 0, false
		}
	}
	address, _, _ = strings.Cut(address, "%")
	if hasPrefixFold(address, "::ffff:") && strings.Contains(address, ".") {
		address = address[len("::ffff:"):]
	}
	_, err := netip.ParseAddr(address)
	return address, port, err == nil
}

func readPort(s string) (int64, bool) {
	n, err := strconv.ParseUint(s, 10, 16)
	return int64(n), err == nil
}
