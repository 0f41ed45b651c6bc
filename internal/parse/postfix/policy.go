package postfix

import (
	"strings"

	"rastro/internal/event"
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
	if verb == "abort" {
		return l.aborted(rest)
	}
	kind := kindOf(verb)
	if kind == notPolicy {
		return false
	}
	if class, content, ok := cutContent(rest); ok {
		return l.contentPolicy(kind, class, content)
	}
	return l.sessionPolicy(kind, rest)
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

// kindOf reads the word before the first colon. The actions of a milter's
// header checks are written milter-header-action.
func kindOf(verb string) policyKind {
	if rest, ok := strings.CutPrefix(verb, "milter-"); ok {
		rest = strings.TrimPrefix(rest, "header-")
		verb = strings.TrimPrefix(rest, "body-")
	}
	switch verb {
	case "reject", "hangup":
		return rejecting
	case "hold":
		return holding
	case "discard":
		return discarding
	case "redirect", "bcc", "delay":
		return rerouting
	case "warn", "warning", "info", "filter", "prepend", "replace", "strip",
		"permit", "reject_warning", "dunno", "ignore", "pass":
		return remarking
	}
	return notPolicy
}

// sessionPolicy reads an action at a stage of the dialogue.
func (l *line) sessionPolicy(kind policyKind, s string) bool {
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
	l.fields(fields)
	return l.policyEnd(kind, answer)
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
	for _, class := range [...]string{"header", "body", "content"} {
		if content, ok := strings.CutPrefix(s, class); ok && strings.HasPrefix(content, " ") {
			return class, content[1:], true
		}
	}
	return "", s, false
}

// contentPolicy reads an action of the header and body checks. The subject is
// logged only where the check was one on the Subject header.
func (l *line) contentPolicy(kind policyKind, class, s string) bool {
	content, fields, text := findTail(s, true)
	from := strings.LastIndex(content, " from ")
	if from < 0 {
		return false
	}
	if p, _, ok := cutPeer(content[from+len(" from "):]); ok {
		l.client(p)
	}
	const subject = "subject:"
	content = content[:from]
	if class == "header" && len(content) > len(subject) && strings.EqualFold(content[:len(subject)], subject) {
		l.e.Add(event.Subject, strings.TrimSpace(content[len(subject):]))
	}
	l.fields(fields)
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
func (l *line) proxied() bool {
	rest, accepted := strings.CutPrefix(l.text, "proxy-accept: ")
	if !accepted {
		var ok bool
		if rest, ok = strings.CutPrefix(l.text, "proxy-reject: "); !ok {
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
		l.e.Add(event.NextQueueID, word(answer[i+len("queued as "):]))
	}
	l.e.Add(event.Status, event.StatusAccepted)
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
