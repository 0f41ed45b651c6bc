package parse

import "strings"

// part is a stretch of a text, to excluded.
type part struct{ from, to int }

// suspect tells whether s may hold a secret: whether one of the words that
// stand before secrets is in it.
func suspect(s string) bool { return look(s).suspect }

// findSecrets appends the parts of s that are secrets, in order and without
// overlap. It knows the ways in which mail programs log passwords:
//
//	AUTH PLAIN <answer>, AUTHENTICATE LOGIN <answer>     SMTP and IMAP
//	"command":"<answer>"                                 Elemta
//	... pipelining after AUTH from host: <answers>       Postfix
//	PASS <password>, a1 LOGIN user <password>            POP3 and IMAP
//	password=, passwd:, "pass":"", resp=, authData, ...  names and values
//	(given password: ...), SCHEME(...) != '...'          Dovecot
//	Authorization: Basic <answer>                        HTTP
func findSecrets(s string, found []part) []part {
	for i := 0; i+1 < len(s); {
		if !announces[s[i]] || !follows[s[i+1]] {
			i++
			continue
		}
		p, ok := secretAt(s, i)
		if !ok || p.to <= p.from {
			i++
			continue
		}
		if n := len(found); n > 0 && found[n-1].to > p.from {
			p.from = found[n-1].to
		}
		if p.from < p.to {
			found = append(found, p)
		}
		i = max(i+1, p.to)
	}
	return found
}

// announces and follows hold the first and the second bytes of the words that
// announce secrets.
var announces, follows = bytesIn("aAcClLpPrRhHsS!"), bytesIn("uUcCoOaAeEtT=")

func bytesIn(s string) (set [256]bool) {
	for i := range len(s) {
		set[s[i]] = true
	}
	return set
}

// secretAt returns the secret that the word at s[i:] announces.
func secretAt(s string, i int) (part, bool) {
	c := s[i] | 0x20
	if s[i] == '!' {
		return comparedSecret(s, i)
	}
	if i > 0 && alnum(s[i-1]) && !escapedBefore(s, i) {
		return part{}, false
	}
	switch c {
	case 'a':
		if p, ok := authAnswer(s, i); ok {
			return p, true
		}
		if p, ok := pipelined(s, i); ok {
			return p, true
		}
	case 'c':
		if p, ok := bareAnswer(s, i); ok {
			return p, true
		}
	case 'l':
		return imapLogin(s, i)
	case 'p':
		if p, ok := popPass(s, i); ok {
			return p, true
		}
	}
	return namedSecret(s, i)
}

// escapedBefore tells whether the letter before s[i] belongs to an escape such
// as \n or \t, so that a word begins at s[i].
func escapedBefore(s string, i int) bool {
	return i >= 2 && s[i-2] == '\\' || i >= 4 && s[i-4] == '#' && allDigit(s[i-3:i])
}

func allDigit(s string) bool {
	for i := range len(s) {
		if s[i]-'0' > 9 {
			return false
		}
	}
	return true
}

// names are the words whose value is a secret, in lower case. loose ones may be
// followed by a colon without quotes, as in prose.
var names = [...]struct {
	word  string
	loose bool
}{
	{"password", true}, {"passwd", true}, {"passphrase", true}, {"pass", false},
	{"resp", false}, {"authdata", false}, {"hexbytes", false}, {"stringdata", false},
	{"authorization", true}, {"access_token", true}, {"secret", false},
}

// namedSecret finds the value in password=value, "password":"value" and their
// like, where a name of the list begins at s[i].
func namedSecret(s string, i int) (part, bool) {
	for _, n := range &names {
		if !foldPrefix(s[i:], n.word) {
			continue
		}
		at := i + len(n.word)
		quoted := at < len(s) && (s[at] == '"' || s[at] == '\'')
		if !quoted && strings.HasPrefix(s[at:], `\"`) {
			quoted, at = true, at+1
		}
		if quoted {
			at++
		}
		at = blanks(s, at)
		if at >= len(s) || s[at] != '=' && (s[at] != ':' || !quoted && !n.loose) {
			continue
		}
		if n.word == "password" && strings.HasSuffix(s[:i], "(given ") {
			return givenPassword(s, blanks(s, at+1))
		}
		return secretValue(s, blanks(s, at+1))
	}
	return part{}, false
}

// givenPassword takes all up to the closing parenthesis, as passwords may hold
// blanks and parentheses.
func givenPassword(s string, at int) (part, bool) {
	end := strings.LastIndexByte(s[at:], ')')
	if end < 0 {
		end = len(s) - at
	}
	return part{at, at + end}, !hidden(s[at:])
}

// schemes are words between Authorization: and the secret.
var schemes = [...]string{"basic ", "bearer ", "digest ", "ntlm ", "negotiate "}

// secretValue finds the end of the value at s[at:].
func secretValue(s string, at int) (part, bool) {
	if at >= len(s) || hidden(s[at:]) {
		return part{}, false
	}
	quote := 0
	if s[at] == '"' || s[at] == '\'' {
		quote = 1
	} else if strings.HasPrefix(s[at:], `\"`) {
		quote = 2
	}
	closing := s[at : at+quote]
	at += quote
	for _, word := range &schemes {
		if foldPrefix(s[at:], word) {
			at = blanks(s, at+len(word))
		}
	}
	end := at
	if quote > 0 {
		end = quoteEnd(s, at, closing)
		return part{at, end}, true
	}
	for end < len(s) && !endsValue(s, end) {
		end++
	}
	word := s[at:end]
	return part{at, end}, word != "null" && word != "true" && word != "false"
}

// quoteEnd returns the place of the closing quote, or the end of s.
func quoteEnd(s string, at int, closing string) int {
	for i := at; i < len(s); i++ {
		if strings.HasPrefix(s[i:], closing) {
			return i
		}
		if s[i] == '\\' {
			i++
		}
	}
	return len(s)
}

// endsValue tells whether a value without quotes ends at s[i].
func endsValue(s string, i int) bool {
	switch s[i] {
	case ' ', '\t', '\n', '\r', ',', ';', '"', ')', '}', '&':
		return true
	case '#': // a tabulator as syslog daemons write it
		return strings.HasPrefix(s[i:], "#011")
	case '\\':
		return i+1 < len(s) && (s[i+1] == 't' || s[i+1] == 'n' || s[i+1] == 'r' || s[i+1] == '"')
	}
	return false
}

// hidden tells whether a program has hidden the value itself.
func hidden(s string) bool {
	return strings.HasPrefix(s, Redacted) || strings.HasPrefix(s, "<hidden>") || strings.HasPrefix(s, "***")
}

// comparedSecret finds the password in Dovecot's SCHEME(password) != 'hash',
// where s[i] is the exclamation mark, and the hash with it.
func comparedSecret(s string, i int) (part, bool) {
	if !strings.HasPrefix(s[i:], "!= '") || i < 2 || s[i-1] != ' ' || s[i-2] != ')' {
		return part{}, false
	}
	base := max(0, i-maxAnswer)
	from := base
	// The user in parentheses comes first; the scheme's come after it.
	if user := strings.Index(s[base:i], "): "); user >= 0 {
		from += user + len("): ")
	}
	open := strings.IndexByte(s[from:i], '(')
	if open < 0 {
		return part{}, false
	}
	from += open + 1
	end := strings.LastIndexByte(s, '\'')
	return part{from, end}, end > from
}

func blanks(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t') {
		i++
	}
	return i
}

func alnum(c byte) bool {
	return c-'0' <= 9 || c|0x20 >= 'a' && c|0x20 <= 'z'
}
