package elemta

import (
	"strings"

	"rastro/internal/event"
)

// settle decides what depends on values, and adds the reply with its codes.
func (l *line) settle() {
	reply := ""
	if l.best >= 0 && (l.pairs[l.best].key != "reason" || l.inQueue()) {
		reply = l.pairs[l.best].text()
		l.code, l.dsn = readReply(reply)
	}
	e := l.e
	switch l.rule.act {
	case actRefusal:
		if l.code != 0 {
			l.rule.typ, l.rule.status = event.TypeRejection, event.StatusRejected
			e.Add(event.SMTPStage, "END-OF-MESSAGE")
		}
	case actRejection:
		l.settleRejection(reply)
	case actReceived:
		if l.envelope() {
			l.rule.status = event.StatusDiscarded
		}
	case actRecipient:
		if l.code >= 500 {
			l.rule.status = event.StatusBounced
		}
		if !l.has(roleRecipient) {
			l.addRecipient(replyAddress(reply))
		}
	case actConnect:
		e.Add(event.SMTPStage, "CONNECT")
		reply = strings.TrimPrefix(strings.TrimPrefix(l.msg, "Connection rejected: "), refusedDueTo)
	case actSession:
		if !l.has(roleSuccess) {
			e.AddBool(event.Success, l.msg == "Authentication successful")
		}
	}
	if l.rule.stage != "" {
		e.Add(event.SMTPStage, l.rule.stage)
	}
	e.Add(event.Reply, reply)
	if l.rule.typ != event.TypeSystem {
		l.addCodes()
	}
}

// addCodes adds the codes of the reply. Lines that repeat an incident do not
// get them, so that smtp_code:554 finds it once.
func (l *line) addCodes() {
	if l.code != 0 {
		l.e.AddInt(event.SMTPCode, l.code)
	}
	l.e.Add(event.DSN, l.dsn)
}

// settleRejection tells apart the lines that one verdict on a mail's content
// is logged in. The scanner's own line comes first and is repeated when the
// mail is refused; a spam score under 10 does not refuse the mail, it is
// accepted and thrown away.
func (l *line) settleRejection(reason string) {
	switch {
	case strings.HasPrefix(reason, "Message rejected due to virus: "):
		l.rule.typ, l.rule.status = event.TypeSystem, ""
		l.e.Add(event.VirusName, reason[len("Message rejected due to virus: "):])
	case strings.HasPrefix(reason, "Message rejected due to spam score: "):
		l.e.Add(event.SpamVerdict, "spam")
		if l.score() >= spamRefused {
			l.rule.typ, l.rule.status = event.TypeSystem, ""
			return
		}
		l.rule.status = event.StatusDiscarded
	case strings.Contains(reason, "spam"):
		l.e.Add(event.SpamVerdict, "spam")
	}
}

// spamRefused is the spam score from which Elemta refuses a mail.
const spamRefused = 10

// score returns the line's spam score, 0 if it has none.
func (l *line) score() float64 {
	for i := range l.pairs {
		if l.pairs[i].role == roleScore {
			n, _ := l.pairs[i].float()
			return n
		}
	}
	return 0
}

// failed tells whether the line reports the failure of what it is about.
func (l *line) failed() bool {
	for i := range l.pairs {
		if p := &l.pairs[i]; p.role == roleSuccess {
			return p.raw == "false"
		}
	}
	return l.code >= 400
}

// succeeded tells whether the line reports a login that worked.
func (l *line) succeeded() bool {
	for i := range l.pairs {
		switch p := &l.pairs[i]; p.key {
		case "success", "authenticated":
			return p.raw == "true"
		}
	}
	return indexFold(l.msg, "success") >= 0 || indexFold(l.msg, "fail") < 0 && indexFold(l.msg, "lock") < 0
}

// envelope tells whether the line has a sender or recipients. Elemta logs some
// lines after it has forgotten them; the null sender alone looks the same.
func (l *line) envelope() bool {
	for i := range l.pairs {
		switch p := &l.pairs[i]; p.role {
		case roleSender:
			if p.kind == kindWord || len(p.raw) > len(`""`) {
				return true
			}
		case roleRecipient:
			if p.kind == kindArray && len(p.raw) > len(`[]`) || p.kind == kindString && len(p.raw) > len(`""`) || p.kind == kindWord {
				return true
			}
		}
	}
	return false
}

// inQueue tells whether the line is the queue's: it has queue ids, not header
// ids, and its reasons are those of deliveries.
func (l *line) inQueue() bool {
	first := l.component
	if len(l.outer) > 0 {
		first = l.outer[0]
	}
	switch first {
	case "queue", "queue-processor", "queue-integration", "lmtp-delivery", "smtp-delivery":
		return true
	}
	return false
}

// readReply finds the codes of an SMTP answer, at the start of a text or after
// a colon: "server rejected sender: 451 4.7.1 Try again".
func readReply(s string) (code int64, dsn string) {
	for {
		if code, dsn = leadingReply(s); code != 0 {
			return code, dsn
		}
		_, rest, found := strings.Cut(s, ": ")
		if !found {
			return 0, ""
		}
		s = rest
	}
}

// leadingReply reads "550 5.1.1 text" or "550-5.1.1 text".
func leadingReply(s string) (code int64, dsn string) {
	n, rest := digits(s)
	if n != 3 || s[0] < '2' || s[0] > '5' || rest != "" && rest[0] != ' ' && rest[0] != '-' {
		return 0, ""
	}
	code = int64(s[0]-'0')*100 + int64(s[1]-'0')*10 + int64(s[2]-'0')
	if rest == "" {
		return code, ""
	}
	rest = rest[1:]
	word, _, _ := strings.Cut(rest, " ")
	if isDSN(word) && word[0] == s[0] {
		dsn = word
	}
	return code, dsn
}

// isDSN tells whether s is an enhanced status code: 5.1.1.
func isDSN(s string) bool {
	if len(s) < 5 || len(s) > 9 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return false
	}
	n, rest := digits(s[2:])
	if n == 0 || n > 3 || rest == "" || rest[0] != '.' {
		return false
	}
	n, rest = digits(rest[1:])
	return n > 0 && n <= 3 && rest == ""
}

// replyAddress returns the address that Dovecot names in an answer after DATA:
// "552 5.2.2 <user@example.com> Quota exceeded".
func replyAddress(s string) string {
	_, rest, found := strings.Cut(s, "<")
	address, _, closed := strings.Cut(rest, ">")
	if !found || !closed || !strings.Contains(address, "@") || strings.Contains(address, " ") {
		return ""
	}
	return address
}
