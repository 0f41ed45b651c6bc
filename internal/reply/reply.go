// Package reply says what the answer of a mail server means: the class of the
// reason, who must act, whether it is tried again, and what to do next, in
// English and Spanish.
//
// What comes in is an Answer: the code, the enhanced status code and the text
// that a log has, with the host that gave it where that is known. What goes out
// is an Entry in plain words. The knowledge is data: replies.toml, embedded,
// and a file of the operator's that is laid over it; docs/replies.md explains
// the format. Matching runs no regular expression, does not allocate and looks
// at a bounded part of the text, since that is written by strangers.
//
// It never asks the network, and never decides what happened to a message: that
// is the status, and the log says it.
package reply

import (
	"strings"
)

// Answer is what is known about one refusal or failed delivery. The zero value
// of every field means unknown.
type Answer struct {
	// Code is the basic code, 200 to 599.
	Code int
	// DSN is the enhanced status code: "5.1.1".
	DSN string
	// Text is the answer, its codes included as the log has them. It may hold
	// several lines, or lines that were joined by a blank.
	Text string
	// Relay is the host that answered: a name without a dot at its end.
	Relay string
	// Program is the dialect of the log: postfix, exim, ...
	Program string
	// Ours is true when our own server refused, or our own mailbox server.
	Ours bool
	// Stage is the command that was answered: CONNECT, EHLO, AUTH, MAIL, RCPT,
	// DATA, END-OF-MESSAGE, ...
	Stage string
}

// Words are the same words in English and Spanish. Those of the house have
// both; where people write their own, one is enough.
type Words struct {
	En string `json:"en,omitempty"`
	Es string `json:"es,omitempty"`
}

// In returns the words in a language, "es" or any other for English.
func (w Words) In(lang string) string {
	if lang == "es" {
		return w.Es
	}
	return w.En
}

// Entry is what an answer means.
type Entry struct {
	// Class is the reason, such as user_unknown: the value of the event field
	// reason. Provider is the mail provider that was recognised, "" if none;
	// Rule the id of the rule that matched, "" if none did.
	Class, Provider, Rule string
	// Meaning and Next are sentences for the customer: what happened, and what
	// to do. Verdict is a clause that goes on after "because", "porque".
	Meaning, Next, Verdict Words
	// Acts is who must act: recipient, recipient_admin, sender, customer, us or
	// nobody. customer is the one of ours who sent the message; sender is
	// somebody elsewhere whom our server refused.
	Acts string
	// Retry is true when the sending server tries again by itself.
	Retry bool
	// Link is a page that helps, "" if there is none.
	Link string
}

// Undefined is the class of answers that nothing explains.
const Undefined = "undefined"

// The values of Entry.Acts.
const (
	Recipient      = "recipient"
	RecipientAdmin = "recipient_admin"
	Sender         = "sender"
	Customer       = "customer"
	Us             = "us"
	Nobody         = "nobody"
)

var actors = []string{Recipient, RecipientAdmin, Sender, Customer, Us, Nobody}

// Explain says what an answer means. It never fails: at worst the class is
// Undefined. It takes a few microseconds whatever the text is, and allocates
// nothing.
func (b *Book) Explain(a Answer) Entry {
	a.complete()
	var buf [maxText + 8]byte
	text := fold(buf[:0], a.Text, a.Code)
	var seen hits
	b.patterns.scan(text, &seen)
	r, provider := b.find(&a, &seen)
	e := r.entry
	if a.Ours {
		e = r.here
	}
	if provider != nil {
		e.Provider = provider.Name
		if e.Link == "" {
			e.Link = provider.Link
		}
	}
	e.Retry = retries(&a, e.Retry)
	return e
}

// complete reads the codes that the text begins with where they are not given.
func (a *Answer) complete() {
	if a.Code != 0 && a.DSN != "" {
		return
	}
	text := a.Text[:min(len(a.Text), 64)]
	text = strings.TrimLeft(text, " ")
	if n := basicCode(text); n > 0 {
		if a.Code == 0 {
			a.Code = n
		}
		if n == a.Code {
			text = strings.TrimLeft(text[3:], " -")
		}
	}
	if a.DSN == "" {
		a.DSN = enhancedCode(text)
	}
}

// retries tells whether the sender tries again. What the log noted as the
// enhanced code is what the server decided to do, so it comes first.
func retries(a *Answer, usually bool) bool {
	switch {
	case strings.HasPrefix(a.DSN, "4."):
		return true
	case strings.HasPrefix(a.DSN, "5."):
		return false
	case a.Code >= 400:
		return a.Code < 500
	}
	return usually
}

// find walks through the order of docs/replies.md: the provider's texts, the
// provider's codes, everybody's texts, the enhanced code, the basic code.
func (b *Book) find(a *Answer, seen *hits) (*rule, *provider) {
	from := b.providerOf(a.Relay)
	var text *rule
	for i := seen.next(0); i >= 0; i = seen.next(i + 1) {
		p := &b.patterns.list[i]
		if p.provider != nil {
			if from == nil {
				from = p.provider
			}
			continue
		}
		if r := p.rule; (r.provider == nil || r.provider == from) && r.fits(a) {
			if r.provider != nil {
				return r, from
			}
			text = r
			break
		}
	}
	if from != nil {
		if r := firstFit(from.codes, a); r != nil {
			return r, from
		}
	}
	if text != nil {
		return text, from
	}
	if r := firstFit(b.byDSN[a.DSN], a); r != nil {
		return r, from
	}
	if i := strings.IndexByte(a.DSN, '.'); i >= 0 {
		if r := firstFit(b.byDetail[a.DSN[i+1:]], a); r != nil {
			return r, from
		}
	}
	if r := firstFit(b.byCode, a); r != nil {
		return r, from
	}
	return b.undefined, from
}

func firstFit(rules []*rule, a *Answer) *rule {
	for _, r := range rules {
		if r.fits(a) {
			return r
		}
	}
	return nil
}

// providerOf finds the provider of a host by its domain.
func (b *Book) providerOf(host string) *provider {
	if host == "" || len(host) > maxHost {
		return nil
	}
	var buf [maxHost]byte
	name := buf[:copy(buf[:], host)]
	for i, c := range name {
		if c-'A' < 26 {
			name[i] = c + 'a' - 'A'
		}
	}
	if name[len(name)-1] == '.' {
		name = name[:len(name)-1]
	}
	for {
		if p := b.domains[string(name)]; p != nil { // does not allocate
			return p
		}
		i := 0
		for i < len(name) && name[i] != '.' {
			i++
		}
		if i == len(name) {
			return nil
		}
		name = name[i+1:]
	}
}

// maxHost bounds the names of hosts, as DNS does.
const maxHost = 255
