package postfix

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// maxTails bounds how many places of one line are tried as the start of its
// named fields.
const maxTails = 64

// policy reads the lines in which smtpd, cleanup, postscreen or a milter did
// something to a command or a message:
//
//	reject: RCPT from host[ip]: 550 5.1.1 text; from=<s> to=<r> proto=ESMTP helo=<h>
//	reject: header Subject: x from host[ip]; from=<s> to=<r> ... helo=<h>: 5.7.1 text
//
// The middle of these lines is full of other people's words (addresses, answers
// of policy servers and block lists, headers), so that the fields at the end
// are found by reading the grammar of the whole tail, not by their names.
func (l *line) policy(s string) bool {
	colon := strings.Index(s[:min(len(s), 40)], ": ")
	if colon < 0 {
		return false
	}
	verb, rest := s[:colon], s[colon+2:]
	switch verb {
	case "abort":
		return l.aborted(rest)
	case "proxy-accept", "proxy-reject":
		return l.proxied(s)
	}
	kind, word := kindOf(verb)
	if kind == notPolicy {
		return false
	}
	if class, content, ok := cutContent(rest); ok {
		return l.contentPolicy(kind, word, class, content)
	}
	return l.sessionPolicy(kind, word, rest)
}

// policyKind is what an action does to the mail.
type policyKind uint8

const (
	notPolicy policyKind = iota
	rejecting
	holding
	discarding
	rerouting
	remarking // logged, marked or changed, but neither refused nor stopped
)

// kindOf reads the word before the first colon and returns the action's name
// without what a milter puts before it: the actions of its own header checks
// are written milter-header-action.
func kindOf(verb string) (kind policyKind, word string) {
	if rest, ok := strings.CutPrefix(verb, "milter-"); ok {
		rest = strings.TrimPrefix(rest, "header-")
		verb = strings.TrimPrefix(rest, "body-")
	}
	switch verb {
	case "reject", "hangup":
		return rejecting, verb
	case "hold":
		return holding, verb
	case "discard":
		return discarding, verb
	case "redirect", "bcc", "delay":
		return rerouting, verb
	case "warn", "warning", "info", "filter", "prepend", "replace", "strip",
		"permit", "reject_warning", "dunno", "ignore", "pass":
		return remarking, verb
	}
	return notPolicy, ""
}

// sessionPolicy reads an action at a stage of the dialogue.
func (l *line) sessionPolicy(kind policyKind, word, s string) bool {
	from := strings.Index(s[:min(len(s), 64)], " from ")
	if from < 0 || !isStage(s[:from]) {
		return false
	}
	p, rest, ok := cutPeer(s[from+len(" from "):])
	if !ok {
		return false
	}
	text, ok := strings.CutPrefix(rest, ": ")
	if !ok {
		return false
	}
	l.client(p)
	stage, _ := cutWord(s[:from], " ")
	l.e.Add(event.SMTPStage, stage)
	answer, fields, _ := findTail(text, false)
	const owner = ": Sender address rejected: not owned by user "
	if i := strings.LastIndex(answer, owner); i >= 0 && fields.user == "" {
		fields.user = answer[i+len(owner):]
		l.e.AddBool(event.Success, true) // the login; the address is what is refused
	}
	l.fields(fields)
	l.silent(kind, answer)
	if i := strings.LastIndex(answer, " triggers "); i >= 0 {
		_, target, _ := strings.Cut(answer[i+len(" triggers "):], " ")
		l.acted(word, target)
	} else {
		l.acted(word, "")
	}
	return l.policyEnd(kind, answer)
}

// silents are refusals whose lines do not have the answer that the client got
// (smtpd/smtpd.c, postscreen/postscreen.c, milter/milter8.c). A milter's answer
// loses its code in cleanup's lines: only that of Postfix's own words is known, and
// of those that Rspamd uses unless it is told others (libserver/milter.c).
var silents = [...]refusal{
	{"too many connections", "", 421, "4.7.0"},
	{"all server ports busy", "", 421, "4.3.2"},
	{"5.7.1 Command rejected", "", 550, ""},
	{"4.7.1 Service unavailable - try again later", "", 451, ""},
	{"bare <LF> received", "", 0, "5.5.2"},
	{"5.7.1 Spam message rejected", "", 554, ""},
	{"5.7.1 Gtube pattern", "", 554, ""},
	{"4.7.1 Try again later", "", 451, ""},
}

// silent adds the codes of a refusal that the line does not have.
func (l *line) silent(kind policyKind, answer string) {
	if kind != rejecting {
		return
	}
	for i := range silents {
		if r := &silents[i]; answer == r.text {
			if r.code > 0 {
				l.e.AddInt(event.SMTPCode, r.code)
			}
			l.e.Add(event.DSN, r.dsn)
			return
		}
	}
}

// acted adds what a rule did besides refusing, and where it sends the message:
// the new recipient of redirect, the further one of bcc, the transport and next
// hop of filter.
func (l *line) acted(word, target string) {
	switch word {
	case "redirect":
		l.e.AddExtra(extraAction, `"redirect"`)
	case "bcc":
		l.e.AddExtra(extraAction, `"bcc"`)
	case "filter":
		l.e.AddExtra(extraAction, `"filter"`)
	case "hold":
		l.e.AddExtra(extraAction, `"hold"`)
		return
	case "discard":
		l.e.AddExtra(extraAction, `"discard"`)
		return
	case "delay":
		l.e.AddExtra(extraAction, `"delay"`)
		return
	default:
		return
	}
	l.extra(extraTarget, target)
}

// isStage tells whether s is a stage of the dialogue as smtpd names it: words
// in upper case, after DATA and BDAT followed by "content" or "command".
func isStage(s string) bool {
	word, rest := cutWord(s, " ")
	if len(word) < 4 {
		return false
	}
	for i := 0; i < len(word); i++ {
		if c := word[i]; !(c >= 'A' && c <= 'Z') && c != '-' {
			return false
		}
	}
	return rest == "" || rest == " content" || rest == " command"
}

// cutContent takes "header ", "body " or "content " off an action of the
// header and body checks.
func cutContent(s string) (class, content string, ok bool) {
	for _, class := range [...]string{"header", "body", "content", "mime-error"} {
		if content, ok := strings.CutPrefix(s, class); ok && strings.HasPrefix(content, " ") {
			return class, content[1:], true
		}
	}
	return "", s, false
}

// contentPolicy reads an action of the header and body checks. The subject is
// logged only where the check was one on the Subject header. A message that
// came by SMTP is refused with 550 or, for a temporary reason, 451; one that a
// local program handed in is returned to its sender.
func (l *line) contentPolicy(kind policyKind, word, class, s string) bool {
	content, fields, text := findTail(s, true)
	from := strings.LastIndex(content, " from ")
	if from < 0 {
		return false
	}
	if p, _, ok := cutPeer(content[from+len(" from "):]); ok {
		l.client(p)
		if kind == rejecting {
			code := int64(550)
			if strings.HasPrefix(text, "4.") {
				code = 451
			}
			l.e.Add(event.SMTPStage, "END-OF-MESSAGE")
			l.e.AddInt(event.SMTPCode, code)
		}
	}
	const subject = "subject:"
	content = content[:from]
	if class == "header" && len(content) > len(subject) && strings.EqualFold(content[:len(subject)], subject) {
		l.e.Add(event.Subject, strings.TrimSpace(content[len(subject):]))
	}
	l.fields(fields)
	if class == "mime-error" && text == "" {
		text = content
	}
	l.acted(word, text)
	return l.policyEnd(kind, text)
}

// policyEnd adds what the action means. Only a refusal, a hold and a discard
// are answers; the text of the others is the postmaster's remark.
func (l *line) policyEnd(kind policyKind, text string) bool {
	switch kind {
	case rejecting:
		l.e.Add(event.Status, event.StatusRejected)
		l.reply(text)
		return l.is(event.TypeRejection, "")
	case holding:
		l.e.Add(event.Status, event.StatusHeld)
		l.e.Add(event.Reply, text)
		return l.is(event.TypeQueue, "")
	case discarding:
		l.e.Add(event.Status, event.StatusDiscarded)
		l.e.Add(event.Reply, text)
		return l.is(event.TypeQueue, "")
	case rerouting:
		return l.is(event.TypeQueue, "")
	default:
		return l.is(event.TypeContentCheck, "")
	}
}

// proxied reads what a filter before the queue said to a message. It has no
// queue id of ours: the one in an accepting answer is where the mail goes on.
func (l *line) proxied(s string) bool {
	rest, accepted := strings.CutPrefix(s, "proxy-accept: ")
	if !accepted {
		var ok bool
		if rest, ok = strings.CutPrefix(s, "proxy-reject: "); !ok {
			return false
		}
	}
	stage, text, ok := strings.Cut(rest, ": ")
	if !ok || !isStage(stage) {
		return false
	}
	answer, fields, _ := findTail(text, false)
	stage, _ = cutWord(stage, " ")
	l.e.Add(event.SMTPStage, stage)
	l.fields(fields)
	if !accepted {
		return l.policyEnd(rejecting, answer)
	}
	if i := strings.LastIndex(answer, "queued as "); i >= 0 {
		l.e.Add(event.NextQueueID, lex.Word(answer[i+len("queued as "):]))
	}
	l.e.Add(event.Status, event.StatusAccepted)
	l.remark(answer)
	l.reply(answer)
	return l.is(event.TypeReception, "smtpd")
}

// aborted reads "abort: TLS from host[ip]: No client certificate presented".
func (l *line) aborted(s string) bool {
	rest, ok := strings.CutPrefix(s, "TLS from ")
	if !ok {
		return false
	}
	p, rest, ok := cutPeer(rest)
	if !ok {
		return false
	}
	l.client(p)
	l.e.Add(event.Reply, strings.TrimPrefix(rest, ": "))
	return l.is(event.TypeConnection, "smtpd")
}
