package trace

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
)

// Query is what is looked for. The zero Query means all journeys.
type Query struct {
	// Text is what was given.
	Text string
	// Kind is what it was taken for: all, address, pair, domain, message_id, id
	// (queue id, session or receipt), ip, subject, pasted, several.
	Kind string
	// Terms must all be found on a journey.
	Terms []Term
	// Instead are tried when Terms find nothing: the addresses of a pasted text
	// whose ids no log names, as not every server writes Message-IDs down.
	Instead []Term
}

// Term is one thing to look for, under one or several of its names.
type Term struct {
	Kind TermKind
	// Values are alternatives: addresses and domains in lower case, Message-IDs
	// without angle brackets, addresses of machines in canonical form.
	Values []string
}

// TermKind says where a term is looked for.
type TermKind string

// The kinds of term. An address may look like a Message-ID: then it is both.
const (
	TermAddress   TermKind = "address"    // sender, recipient before and after aliases, login name
	TermDomain    TermKind = "domain"     // behind the @ of those
	TermMessageID TermKind = "message_id" //
	TermEither    TermKind = "address_or_message_id"
	TermID        TermKind = "id" // queue ids, sessions, receipts
	TermIP        TermKind = "ip" // client or relay
	TermSubject   TermKind = "subject"
)

// Understood tells a person how the query was read.
type Understood struct {
	Text   string   `json:"text,omitempty"`
	Kind   string   `json:"kind"`
	Values []string `json:"values,omitempty"`
}

// ErrQuery: the text holds nothing that can be looked for.
var ErrQuery = errors.New("nothing in it can be looked for")

// Question is one call.
type Question struct {
	Query Query
	// From and To bound the journeys: one is found when it touches the range.
	// Zero leaves an end open.
	From, To time.Time
	// Limit is the most journeys; 0 means DefaultLimit for a store and no limit
	// for an Assembler.
	Limit int
	// Zone is the viewer's, for times in sentences; nil means UTC.
	Zone *time.Location
	// Now is the clock.
	Now time.Time
	// NoSteps leaves the steps out.
	NoSteps bool
}

// DefaultLimit is the most journeys of one answer from a store.
const DefaultLimit = 100

// Bounds of a query.
const (
	maxQueryText   = 1 << 20
	maxQueryWords  = 32
	maxPastedLines = 5000
)

// ParseQuery reads what a customer gave: an address, two addresses, a domain, a
// Message-ID, a queue id, a receipt, an address of a machine, words of a
// subject, or a whole pasted bounce or header block. An empty text means
// everything. The error wraps ErrQuery.
func ParseQuery(text string) (Query, error) {
	q := Query{Text: text}
	trimmed := strings.TrimSpace(text)
	switch {
	case trimmed == "":
		q.Kind = "all"
		return q, nil
	case len(trimmed) > maxQueryText:
		return q, fmt.Errorf("%w: it has %d bytes; paste the bounce itself, without attachments", ErrQuery, len(text))
	case isPasted(trimmed):
		q.Kind = "pasted"
		q.Terms, q.Instead = pastedTerms(trimmed)
		if len(q.Terms) == 0 {
			return q, fmt.Errorf("%w: a pasted bounce needs a Message-ID, a queue id or an address in it", ErrQuery)
		}
		return q, nil
	}
	q.Terms = wordTerms(trimmed)
	if len(q.Terms) == 0 {
		return q, fmt.Errorf("%w: give an address, a domain, a Message-ID, a queue id, a receipt or an IP address", ErrQuery)
	}
	q.Kind = kindOfTerms(q.Terms)
	return q, nil
}

// another is the query with Instead as its terms; false without them.
func (q *Query) another() (Query, bool) {
	return Query{Text: q.Text, Kind: q.Kind, Terms: q.Instead}, len(q.Instead) > 0
}

// isPasted tells whether a text is more than one line of words.
func isPasted(text string) bool {
	return strings.Count(text, "\n") > 1 || strings.Contains(text, "\n") && strings.Contains(text, ": ")
}

// noise are words that stand around ids in answers and in what people write.
var noise = map[string]bool{
	"gsmtp": true, "ok": true, "id": true, "queued": true, "as": true, "mail": true, "queue": true, "from": true, "to": true,
	"de": true, "a": true, "para": true, "y": true, "and": true, "e": true, "message-id:": true, "qid": true, "accepted": true,
	"message": true, "for": true, "delivery": true, "->": true, ">": true, "-": true, "=>": true, "saved": true, "id:": true,
	"sent": true, "received": true, "qp": true,
}

// wordTerms reads a line of words. Several ids are alternatives, as an answer
// holds more than one number; addresses must all fit.
func wordTerms(text string) []Term {
	var terms []Term
	var ids, rest []string
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '\t' || r == ',' || r == ';' || r == '\n' || r == '\r' })
	for i, word := range words {
		if i == maxQueryWords {
			break
		}
		if noise[strings.ToLower(word)] || isReplyCode(word) {
			continue
		}
		switch t, ok := termOf(word); {
		case !ok:
			rest = append(rest, strings.ToLower(word))
		case t.Kind == TermID:
			ids = append(ids, t.Values...)
		default:
			terms = append(terms, t)
		}
	}
	if len(ids) > 0 && (len(terms) > 0 || len(rest) == 0 || looksLikeID(ids)) {
		return append(terms, Term{TermID, ids})
	}
	if rest = append(ids, rest...); len(terms) == 0 && slices.ContainsFunc(rest, isWord) {
		return []Term{{TermSubject, []string{strings.ToLower(text)}}}
	}
	return terms
}

// isWord tells whether a subject may have the word.
func isWord(s string) bool { return strings.ContainsFunc(s, unicode.IsLetter) }

// looksLikeID tells whether one of the words can only be an id: it has digits.
func looksLikeID(ids []string) bool {
	for _, id := range ids {
		if strings.ContainsAny(id, "0123456789") {
			return true
		}
	}
	return false
}

// isReplyCode recognises 250 and 2.0.0.
func isReplyCode(word string) bool {
	digits, dots := 0, 0
	for _, c := range word {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			dots++
		default:
			return false
		}
	}
	return digits == 3 && dots == 0 || dots == 2 && digits <= 7
}

// termOf classifies one word.
func termOf(word string) (Term, bool) {
	bracketed := strings.HasPrefix(word, "<") && strings.HasSuffix(strings.TrimRight(word, ".,:;"), ">")
	word = strings.Trim(word, `<>"'()[]`)
	word = strings.TrimPrefix(strings.TrimRight(word, ".,:;>"), "mailto:")
	for _, prefix := range [...]string{"from=", "to=", "message-id=", "msgid=", "orig_to=", "id="} {
		if rest, ok := strings.CutPrefix(strings.ToLower(word), prefix); ok {
			word = strings.Trim(word[len(word)-len(rest):], "<>")
		}
	}
	if word == "" {
		return Term{}, false
	}
	if ip, err := netip.ParseAddr(word); err == nil {
		return Term{TermIP, []string{ip.Unmap().WithZone("").String()}}, true
	}
	if at := strings.LastIndexByte(word, '@'); at >= 0 {
		return addressTerm(word, at, bracketed)
	}
	switch {
	case isDomain(word):
		return Term{TermDomain, []string{strings.ToLower(word)}}, true
	case isID(word):
		return Term{TermID, []string{word}}, true
	}
	return Term{}, false
}

func addressTerm(word string, at int, bracketed bool) (Term, bool) {
	local := word[:at]
	switch {
	case local == "" || local == "*":
		return Term{TermDomain, []string{strings.ToLower(word[at+1:])}}, at+1 < len(word)
	case bracketed || mayBeMessageID(local):
		return Term{TermEither, []string{word}}, true
	}
	return Term{TermAddress, []string{strings.ToLower(word)}}, true
}

// mayBeMessageID tells whether the part before the @ is rather a program's
// than a person's.
func mayBeMessageID(local string) bool {
	digits := 0
	for i := range len(local) {
		if c := local[i]; c >= '0' && c <= '9' {
			digits++
		}
	}
	return digits >= 4 || len(local) > 24 || strings.ContainsAny(local, "$%&=/")
}

func isDomain(word string) bool {
	dot := strings.LastIndexByte(word, '.')
	if dot <= 0 || dot > len(word)-3 || len(word) > 253 {
		return false
	}
	for _, c := range word[dot+1:] {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c < 0x80 && c != '-' && (c < '0' || c > '9') {
			return false
		}
	}
	if c := word[dot+1]; c >= '0' && c <= '9' {
		return false
	}
	for _, c := range word[:dot] {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '.' && c < 0x80 {
			return false
		}
	}
	return true
}

func isID(word string) bool {
	if len(word) < 4 || len(word) > 200 {
		return false
	}
	for i := range len(word) {
		c := word[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("+/=._:-", c) >= 0) {
			return false
		}
	}
	return true
}

func kindOfTerms(terms []Term) string {
	if len(terms) == 1 {
		return string(terms[0].Kind)
	}
	if len(terms) == 2 && isAddress(terms[0].Kind) && isAddress(terms[1].Kind) {
		return "pair"
	}
	return "several"
}

func isAddress(k TermKind) bool { return k == TermAddress || k == TermEither }

// understood tells how the query was read.
func (q *Query) understood() Understood {
	u := Understood{Text: q.Text, Kind: q.Kind}
	if u.Kind == "" {
		u.Kind = "all"
	}
	for _, t := range q.Terms {
		u.Values = append(u.Values, t.Values...)
	}
	if q.Kind == "pasted" {
		u.Text = ""
	}
	return u
}
