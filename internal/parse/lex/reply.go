package lex

import "strings"

// Reply reads the codes at the front of an SMTP answer: "550 5.1.1 text",
// "550-5.1.1 text", "550 text" or "5.1.1 text". code is 0 and dsn "" where
// there is none; text is what follows them.
func Reply(s string) (code int64, dsn, text string) {
	text = s
	if len(s) >= 3 && s[0] >= '2' && s[0] <= '5' && Digit(s[1]) && Digit(s[2]) &&
		(len(s) == 3 || s[3] == ' ' || s[3] == '-') {
		code = int64(s[0]-'0')*100 + int64(s[1]-'0')*10 + int64(s[2]-'0')
		text = s[min(4, len(s)):]
	}
	dsn = DSN(text)
	return code, dsn, strings.TrimLeft(text[len(dsn):], " ")
}

// DSN returns the enhanced status code at the front of s: a class of 2, 4 or
// 5, and two numbers of up to three digits (RFC 3463).
func DSN(s string) string {
	if len(s) < 5 || s[0] != '2' && s[0] != '4' && s[0] != '5' || s[1] != '.' {
		return ""
	}
	i := 2
	for part := range 2 {
		n := len(Digits(s[i:min(len(s), i+3)]))
		if n == 0 {
			return ""
		}
		i += n
		if part == 0 {
			if i == len(s) || s[i] != '.' {
				return ""
			}
			i++
		}
	}
	if i < len(s) && (Alnum(s[i]) || s[i] == '.') {
		return ""
	}
	return s[:i]
}

// Receipt finds the id under which a server took a message in the text of its
// answer, codes taken off. The forms are those of Postfix, Exim, Exchange,
// qmail, Gmail, Sendmail and OpenSMTPD; an answer of one word that has a digit
// is an id too. "" if there is none.
func Receipt(text string) string {
	if i := strings.LastIndex(text, "queued as "); i >= 0 {
		return Word(text[i+len("queued as "):])
	}
	if id, ok := strings.CutPrefix(text, "OK id="); ok {
		return Word(id)
	}
	if i := strings.Index(text, "[InternalId="); i >= 0 {
		return Word(text[i+len("[InternalId="):])
	}
	if i := strings.LastIndex(text, " qp "); i >= 0 && strings.HasPrefix(text, "ok ") {
		return Word(text[i+len(" qp "):])
	}
	if rest, ok := strings.CutSuffix(text, " - gsmtp"); ok {
		return rest[strings.LastIndexByte(rest, ' ')+1:]
	}
	if i := strings.Index(text, " Message accepted for delivery"); i >= 0 {
		return Word(strings.TrimPrefix(text[:i], ": "))
	}
	if strings.IndexByte(text, ' ') < 0 && strings.ContainsAny(text, "0123456789") {
		return Word(text)
	}
	return ""
}

// Saved reads Dovecot's answer to a delivery, "<recipient> session Saved",
// codes taken off. The session is the one that Dovecot's own lines carry.
func Saved(text string) (session string, ok bool) {
	text, ok = strings.CutSuffix(text, " Saved")
	blank := strings.LastIndexByte(text, ' ')
	if !ok || blank < 0 || text[0] != '<' {
		return "", false
	}
	return text[blank+1:], true
}
