package parse

import (
	"encoding/json"
	"strings"

	"rastro/internal/event"
)

// Redacted stands where a secret was.
const Redacted = "[redacted]"

// A secret shorter than shortSecret is removed only where it stands between
// other than letters and digits, and one shorter than longSecret only from
// fields that quote the line: "ana" is a password and part of an address.
const (
	shortSecret = 4
	longSecret  = 8
	// maxSecrets bounds how many secrets of one line are looked for in all of
	// its fields; more than that are removed only where they were found.
	maxSecrets = 64
)

// redact removes secrets from all of e: those that rec.Secrets names, and
// those that stand in the line or in a field in one of the known ways.
func (p *Parser) redact(rec *event.Record, e *event.Event) {
	p.parts = findSecrets(rec.Raw, p.parts[:0])
	secrets := rec.Secrets[:min(len(rec.Secrets), maxSecrets)]
	for i, secret := range secrets {
		secrets[i] = strings.Trim(secret, `"`) // the quotes of a JSON string stay
	}
	for _, at := range p.parts {
		if len(secrets) < maxSecrets {
			secrets = append(secrets, rec.Raw[at.from:at.to])
		}
	}
	for _, at := range p.parts {
		p.keepUser(rec.Raw[at.from:at.to], e)
	}
	changed := len(secrets) > 0
	for i := range e.Values {
		v := &e.Values[i]
		if v.Field.Kind().IsText() && v.Text != "" {
			if text := p.clean(v.Field, v.Text, secrets); text != v.Text {
				v.Text, changed = text, true
			}
		}
	}
	for i := range e.Extra {
		if text := p.cleanExtra(e.Extra[i], secrets); text != e.Extra[i].JSON {
			e.Extra[i].JSON, changed = text, true
		}
	}
	if changed {
		e.Tag(event.TagRedacted)
	}
	rec.Secrets = secrets
}

// quotesCommand tells whether a JSON text quotes a client's command.
func quotesCommand(text string) bool {
	return text != "" && text[0] == '{' && strings.Contains(text, `"command":`)
}

// keepUser keeps who tried to log in, where only the answer tells.
func (p *Parser) keepUser(answer string, e *event.Event) {
	if e.Has(event.Username) {
		return
	}
	e.Add(event.Username, userOf(answer))
}

// clean returns text without secrets.
func (p *Parser) clean(f event.Field, text string, secrets []string) string {
	if f == event.Tags || f == event.EventType {
		return text
	}
	quotes := f.Kind() == event.Text || f == event.Username
	if quotes {
		text = p.mask(text)
	}
	for _, secret := range secrets {
		switch {
		case strings.Contains(Redacted, secret):
		case text == secret:
			return Redacted
		case len(secret) >= longSecret, quotes && len(secret) >= shortSecret:
			text = strings.ReplaceAll(text, secret, Redacted)
		case quotes:
			text = replaceWord(text, secret)
		}
	}
	return text
}

// mask returns text without the secrets that it announces itself.
func (p *Parser) mask(text string) string {
	if !suspect(text) && !quotesCommand(text) {
		return text
	}
	p.found = findSecrets(text, p.found[:0])
	if len(p.found) == 0 {
		return text
	}
	var b strings.Builder
	last := 0
	for _, at := range p.found {
		b.WriteString(text[last:at.from])
		b.WriteString(Redacted)
		last = at.to
	}
	b.WriteString(text[last:])
	return b.String()
}

// replaceWord replaces word where no letter or digit stands beside it.
func replaceWord(text, word string) string {
	var b strings.Builder
	last := 0
	for at := 0; at+len(word) <= len(text); {
		n := strings.Index(text[at:], word)
		if n < 0 {
			break
		}
		at += n
		end := at + len(word)
		if (at == 0 || !alnum(text[at-1])) && (end == len(text) || !alnum(text[end])) {
			b.WriteString(text[last:at])
			b.WriteString(Redacted)
			last = end
		}
		at = end
	}
	if last == 0 {
		return text
	}
	b.WriteString(text[last:])
	return b.String()
}

// cleanExtra returns the JSON value of an unknown field without secrets.
func (p *Parser) cleanExtra(pair event.Pair, secrets []string) string {
	const whole = `"` + Redacted + `"`
	last := pair.Name[strings.LastIndexByte(pair.Name, '.')+1:] // of user.password
	for _, n := range &names {
		if len(last) == len(n.word) && foldPrefix(last, n.word) && n.word != "resp" {
			return whole
		}
	}
	text := pair.JSON
	if suspect(text) {
		text = p.mask(text)
	}
	for _, secret := range secrets {
		if strings.Contains(Redacted, secret) {
			continue
		}
		if len(secret) >= shortSecret {
			text = strings.ReplaceAll(text, secret, Redacted)
		} else if len(text) == len(secret)+2 && text[0] == '"' && text[1:len(text)-1] == secret {
			return whole
		}
	}
	if text != pair.JSON && !json.Valid([]byte(text)) {
		return whole
	}
	return text
}
