package elemta

import (
	"encoding/json"
	"strings"

	"rastro/internal/event"
)

const (
	// minBareSecret is the length from which a secret is hidden wherever it
	// stands. A shorter one is hidden together with the quotes or the key
	// around it: the password "a" must not blot out every a of the line.
	minBareSecret = 8
	// maxSecrets bounds the work that one line can cause.
	maxSecrets = 64
)

// hide marks a piece of the line as secret. The record's raw form may hold the
// text as a JSON string (a container log); then that form is marked too.
func hide(rec *event.Record, s string) {
	if s == "" || len(rec.Secrets) >= maxSecrets {
		return
	}
	for _, old := range rec.Secrets {
		if old == s {
			return
		}
	}
	rec.Secrets = append(rec.Secrets, s)
	if strings.Contains(rec.Raw, s) {
		return
	}
	quoted, err := json.Marshal(s)
	if err != nil {
		return
	}
	if inner := string(quoted[1 : len(quoted)-1]); inner != s && strings.Contains(rec.Raw, inner) {
		rec.Secrets = append(rec.Secrets, inner)
	}
}

// hideValue marks a pair's whole value.
func hideValue(rec *event.Record, p *pair) {
	if p.kind == kindNull || p.raw == `""` {
		return
	}
	hide(rec, p.src)
}

// hidePart marks part of a pair's value.
func hidePart(rec *event.Record, p *pair, part string) {
	if len(part) < minBareSecret || !strings.Contains(p.raw, part) {
		hideValue(rec, p)
		return
	}
	hide(rec, part)
}

// hideCommand marks what must not be stored of a command: the answer to AUTH,
// text that is no command at all, and arguments that do not fit their verb. It
// reports whether anything is left to show.
func hideCommand(rec *event.Record, p *pair, c command) bool {
	switch {
	case c.verb == "" && c.args == "":
		return false
	case c.verb == "":
		hideValue(rec, p)
		return false
	case !c.wellFormed && c.args != "":
		hidePart(rec, p, c.args)
		return len(c.args) >= minBareSecret
	case c.verb == "AUTH":
		_, blob, _ := strings.Cut(c.args, " ")
		return !hideAnswer(rec, p, blob)
	}
	return true
}

// hideAnswer marks the answer to AUTH, if there is one, and tells whether the
// whole value had to be hidden for it.
func hideAnswer(rec *event.Record, p *pair, blob string) bool {
	if blob = strings.TrimSpace(blob); blob == "" || blob == "=" {
		return false
	}
	hidePart(rec, p, blob)
	return len(blob) < minBareSecret
}

// isLogin tells whether a name given at a failed login is safe to show. Who
// types the password into the wrong box must not find it in the log, so only
// mail addresses and names that every server has are safe.
func isLogin(name string) bool {
	switch strings.ToLower(name) {
	case "admin", "administrator", "root", "postmaster", "webmaster", "hostmaster", "info", "test", "guest":
		return true
	}
	return isAddress(name)
}

// isAddress tells whether s looks like local@domain.tld.
func isAddress(s string) bool {
	local, domain, found := strings.Cut(s, "@")
	dot := strings.LastIndexByte(domain, '.')
	if !found || local == "" || len(s) > 254 || dot < 1 || len(domain)-dot < 3 {
		return false
	}
	for i, c := range domain {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
		if !letter && (i > dot || c != '.' && c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return !strings.ContainsAny(local, " \t\"\\<>")
}

// sweep looks for secrets in text that no rule of ours understood: the rest of
// a broken line, a dump of the configuration, half an object.
func sweep(rec *event.Record, text string) {
	sweepKeys(rec, text)
	sweepAuth(rec, text)
	for _, w := range secretWords {
		sweepAssignments(rec, text, w)
	}
	sweepURLs(rec, text)
}

// sweepKeys marks the string values of secret JSON keys at any depth.
func sweepKeys(rec *event.Record, text string) {
	sc := scanner{s: text}
	for sc.i < len(text) {
		at := strings.IndexByte(text[sc.i:], '"')
		if at < 0 {
			return
		}
		start := sc.i + at
		sc.i = start
		if !sc.str() {
			return
		}
		key := text[start+1 : sc.i-1]
		sc.blanks()
		if !sc.take(':') {
			continue
		}
		sc.blanks()
		if value := sc.i; sc.str() || sc.i > value {
			if r := roles[key]; r == roleBody || r == roleSecret || isSecretKey(key) {
				hide(rec, text[value:sc.i])
			}
		}
	}
}

// sweepAuth marks the answers of AUTH commands in running text.
func sweepAuth(rec *event.Record, text string) {
	for from := 0; len(rec.Secrets) < maxSecrets; {
		at := indexFold(text[from:], "auth ")
		if at < 0 {
			return
		}
		from += at + len("auth ")
		method := wordLength(text[from:])
		rest := from + method
		if rest >= len(text) || text[rest] != ' ' || !isMethod(text[from:rest]) {
			continue
		}
		rest++
		n := base64Length(text[rest:])
		switch {
		case n >= minBareSecret:
			hide(rec, text[rest:rest+n])
		case n > 0:
			hide(rec, text[from:rest+n])
		}
		from = rest + n
	}
}

// sweepAssignments marks what follows a secret word and = or a colon.
func sweepAssignments(rec *event.Record, text, word string) {
	for from := 0; len(rec.Secrets) < maxSecrets; {
		at := indexFold(text[from:], word)
		if at < 0 {
			return
		}
		start := from + at
		from = start + len(word)
		i := from + wordLength(text[from:])
		for i < len(text) && strings.IndexByte("\"' \t", text[i]) >= 0 {
			i++
		}
		if i >= len(text) || text[i] != '=' && text[i] != ':' {
			continue
		}
		for i++; i < len(text) && (text[i] == ' ' || text[i] == '\t'); i++ {
		}
		if end := i + valueLength(text[i:]); end > i {
			hide(rec, text[start:end])
			from = end
		}
	}
}

// sweepURLs marks the user's part of scheme://user:password@host.
func sweepURLs(rec *event.Record, text string) {
	for from := 0; len(rec.Secrets) < maxSecrets; {
		at := strings.Index(text[from:], "://")
		if at < 0 {
			return
		}
		from += at + len("://")
		end := strings.IndexAny(text[from:], "@/ \t\n\"'")
		if end < 0 {
			return
		}
		if text[from+end] == '@' && strings.Contains(text[from:from+end], ":") {
			hide(rec, text[from-len("://"):from+end+1])
		}
		from += end
	}
}

// valueLength measures a value after = or a colon: a quoted string, or
// everything up to a blank, comma or bracket.
func valueLength(s string) int {
	if s == "" {
		return 0
	}
	if q := s[0]; q == '"' || q == '\'' {
		if end := strings.IndexByte(s[1:], q); end >= 0 {
			return end + 2
		}
	}
	if end := strings.IndexAny(s, " \t\r\n,]})"); end >= 0 {
		return end
	}
	return len(s)
}

func wordLength(s string) int {
	n := 0
	for n < len(s) && (s[n] == '-' || s[n] == '_' || s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return n
}

func base64Length(s string) int {
	n := 0
	for n < len(s) && (s[n] == '+' || s[n] == '/' || s[n] == '=' || s[n] >= '0' && s[n] <= '9' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z') {
		n++
	}
	return n
}

// indexFold finds word, which is in lower-case ASCII, without case.
func indexFold(s, word string) int {
	lower, upper := word[0], word[0]
	if lower >= 'a' && lower <= 'z' {
		upper -= 'a' - 'A'
	}
	for from := 0; from+len(word) <= len(s); from++ {
		if c := s[from]; c != lower && c != upper {
			continue
		}
		if strings.EqualFold(s[from:from+len(word)], word) {
			return from
		}
	}
	return -1
}
