package trace

import (
	"net/textproto"
	"slices"
	"strings"
)

// pastedTerms finds out of a bounce, a header block or an answer what names the
// message: ids, and addresses for when no log has those, or first where there
// are no ids.
func pastedTerms(text string) (terms, instead []Term) {
	p := pasted{}
	lines := strings.Split(text, "\n")
	if len(lines) > maxPastedLines {
		lines = lines[:maxPastedLines]
	}
	for _, line := range unfold(lines) {
		p.line(line)
	}
	if len(p.queueIDs)+len(p.messageIDs) > 0 {
		return p.ids(), p.addresses()
	}
	return p.addresses(), nil
}

// pasted gathers what a pasted text names.
type pasted struct {
	messageIDs, queueIDs []string
	recipients, senders  []string
}

// ids makes one term of all ids. The Message-ID of the bounce itself is among
// them, and those it refers to.
func (p *pasted) ids() []Term {
	return []Term{{TermID, append(slices.Clone(p.queueIDs), p.messageIDs...)}}
}

// addresses wants a sender and a recipient where the text names both. Who is
// named as both is the sender: a bounce is written to whom it is about.
func (p *pasted) addresses() []Term {
	recipients := slices.DeleteFunc(slices.Clone(p.recipients), func(a string) bool { return slices.Contains(p.senders, a) })
	var terms []Term
	for _, addresses := range [][]string{recipients, p.senders} {
		if len(addresses) > 0 {
			terms = append(terms, Term{TermAddress, addresses})
		}
	}
	return terms
}

// unfold joins lines that were folded, and takes the marks of quoting off.
func unfold(lines []string) []string {
	var all []string
	for _, line := range lines {
		line = strings.TrimRight(line, "\r \t")
		for strings.HasPrefix(line, ">") || strings.HasPrefix(line, "|") {
			line = strings.TrimPrefix(line[1:], " ")
		}
		if line == "" {
			continue
		}
		if n := len(all); n > 0 && (line[0] == ' ' || line[0] == '\t') && len(all[n-1]) < maxFolded {
			all[n-1] += " " + strings.TrimLeft(line, " \t")
			continue
		}
		all = append(all, strings.TrimLeft(line, " \t"))
	}
	return all
}

// maxFolded bounds a line that others are joined to.
const maxFolded = 16 << 10

// line reads one line.
func (p *pasted) line(line string) {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		p.prose(line)
		return
	}
	value = strings.TrimSpace(value)
	switch textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name)) {
	case "Message-Id", "In-Reply-To", "References", "X-Message-Id", "Original-Message-Id":
		p.bracketed(value)
	case "X-Postfix-Queue-Id", "X-Queue-Id", "Original-Envelope-Id":
		p.queueID(value)
	case "Final-Recipient", "Original-Recipient", "X-Actual-Recipient", "X-Failed-Recipients":
		if _, address, typed := strings.Cut(value, ";"); typed {
			value = address
		}
		for _, a := range strings.Split(value, ",") {
			p.recipient(a)
		}
	case "X-Postfix-Sender", "Return-Path":
		if _, address, typed := strings.Cut(value, ";"); typed {
			value = address
		}
		p.sender(value)
	case "From":
		p.author(mailbox(value))
	case "To", "Cc", "Delivered-To":
		for _, one := range strings.Split(value, ",") {
			p.recipient(mailbox(one))
		}
	case "Received":
		p.received(value)
	default:
		p.prose(line)
	}
}

// received reads "… with ESMTP id 4ABC for <r>".
func (p *pasted) received(value string) {
	words := strings.Fields(value)
	for i, w := range words {
		if i+1 < len(words) && strings.EqualFold(w, "id") {
			p.queueID(words[i+1])
		}
	}
}

// prose reads the lines that mail servers write for people: "<a@b>: host mx
// said: 550 …", "queued as X".
func (p *pasted) prose(line string) {
	if strings.HasPrefix(line, "id ") {
		p.received(line)
	}
	if i := strings.Index(line, "queued as "); i >= 0 {
		p.queueID(firstWord(line[i+len("queued as "):]))
	}
	for rest := line; ; {
		open := strings.IndexByte(rest, '<')
		if open < 0 {
			break
		}
		end := strings.IndexByte(rest[open:], '>')
		if end < 0 {
			break
		}
		p.recipient(rest[open+1 : open+end])
		rest = rest[open+end+1:]
	}
	if word := strings.TrimRight(strings.TrimSpace(line), ":"); strings.IndexByte(word, ' ') < 0 && strings.IndexByte(word, '@') > 0 {
		p.recipient(word)
	}
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return ""
}

// bracketed takes Message-IDs out of their brackets.
func (p *pasted) bracketed(value string) {
	for _, w := range strings.Fields(value) {
		if w = strings.Trim(w, "<>,"); strings.IndexByte(w, '@') > 0 || len(w) >= 8 {
			add(&p.messageIDs, w)
		}
	}
}

func (p *pasted) queueID(s string) {
	s = strings.Trim(s, "<>;,()[] ")
	if isID(s) && strings.ContainsAny(s, "0123456789") {
		add(&p.queueIDs, s)
	}
}

func (p *pasted) recipient(s string) {
	s = strings.ToLower(strings.Trim(s, "<>;,()[]\"' "))
	if at := strings.LastIndexByte(s, '@'); at > 0 && at < len(s)-1 && strings.IndexByte(s, ' ') < 0 {
		add(&p.recipients, s)
	}
}

// mailbox takes the address out of "Ana <ana@a.example>".
func mailbox(value string) string {
	if open := strings.LastIndexByte(value, '<'); open >= 0 {
		value, _, _ = strings.Cut(value[open+1:], ">")
	}
	return value
}

// author is a From header's. The server that writes a bounce is not whom it is
// about.
func (p *pasted) author(address string) {
	local, _, _ := strings.Cut(strings.ToLower(address), "@")
	if local != "mailer-daemon" && local != "postmaster" && strings.IndexByte(address, ' ') < 0 {
		p.sender(address)
	}
}

func (p *pasted) sender(s string) {
	s = strings.ToLower(strings.Trim(s, "<>;, "))
	if strings.IndexByte(s, '@') > 0 {
		add(&p.senders, s)
	}
}

// maxPasted bounds the values of one kind.
const maxPasted = 64

func add(all *[]string, s string) { addUpTo(all, maxPasted, s) }
