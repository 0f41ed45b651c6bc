package elemta

import (
	"strings"

	"rastro/internal/event"
)

// parseText reads every form that is not JSON.
func parseText(rec *event.Record, e *event.Event) bool {
	s := rec.Text
	switch c := s[0]; {
	case strings.HasPrefix(s, "time="):
		return parseLogfmt(rec, e)
	case strings.HasPrefix(s, "SMTP: "):
		return parsePrefixed(rec, e, s[len("SMTP: "):], true)
	case strings.HasPrefix(s, "[TLS] "):
		return parsePrefixed(rec, e, s[len("[TLS] "):], false)
	case strings.HasPrefix(s, "component="):
		return parseManual(rec, e)
	case c >= '0' && c <= '9':
		return parseStamped(rec, e)
	case strings.HasPrefix(s, "[DEBUG] Raw config file contents:"):
		return parseDump(rec, e)
	case strings.HasPrefix(s, "Configuration loaded successfully"):
		return parsePlain(rec, e, s, "")
	}
	return false
}

// parseLogfmt reads a line of slog's text handler.
func parseLogfmt(rec *event.Record, e *event.Event) bool {
	l := newLine(rec, e, formLogfmt)
	defer l.release()
	var ok bool
	if l.pairs, ok = readAttrs(l.pairs, rec.Text); !ok || !l.head() {
		return false
	}
	l.emit()
	return true
}

// parseManual reads "component=queue-processor message_id=abc123 from=… to=[…]",
// which stands in the manual of 2025 without time, level and text.
func parseManual(rec *event.Record, e *event.Event) bool {
	l := newLine(rec, e, formManual)
	defer l.release()
	var ok bool
	if l.pairs, ok = readAttrs(l.pairs, rec.Text); !ok {
		return false
	}
	l.head()
	return l.emitManual(rec.Text)
}

// emitManual writes a line that has nothing but attributes, filed by its
// component alone.
func (l *line) emitManual(text string) bool {
	var typ string
	switch l.component {
	case "queue-processor":
		typ = event.TypeQueue
	case "lmtp-delivery":
		typ = event.TypeDelivery
	default:
		return false
	}
	l.msg = text
	l.emit()
	l.e.Set(event.EventType, typ)
	return true
}

// parsePrefixed reads what Go's log package writes after a prefix.
func parsePrefixed(rec *event.Record, e *event.Event, s string, smtp bool) bool {
	st, ok := readStamp(s, rec.Zone)
	if !ok {
		return false
	}
	text, ok := strings.CutPrefix(s[st.length:], " ")
	if !ok {
		return false
	}
	l := newLine(rec, e, formPlain)
	defer l.release()
	l.setTime(st)
	e.Set(event.Program, "elemta")
	if !smtp {
		e.Add(event.LogMessage, text)
		e.Add(event.EventType, event.TypeSystem)
		sweep(rec, text)
		return true
	}
	e.Add(event.EventType, l.emitSMTP(text))
	return true
}

// emitSMTP writes a "SMTP: " line and returns its type. A verb stands at the
// start in capitals; the word "data" in a sentence is none.
func (l *line) emitSMTP(text string) string {
	l.e.Add(event.LogMessage, text)
	if peer, ok := strings.CutPrefix(text, "new connection: "); ok {
		p := pair{key: "remote_addr", raw: peer, src: peer, kind: kindWord}
		if l.addClient(&p) {
			l.e.Add(event.Connection, event.ConnectionOpened)
			return event.TypeConnection
		}
		return event.TypeSystem
	}
	word, _, _ := strings.Cut(text, " ")
	if c := readCommand(text); c.verb != "" && c.verb == word {
		p := pair{key: "command", raw: text, src: text, kind: kindWord}
		if !hideCommand(l.rec, &p, c) {
			c.args = ""
		}
		l.e.Add(event.SMTPCommand, c.verb)
		l.e.Add(event.CommandData, c.args)
		return event.TypeCommand
	}
	sweep(l.rec, text)
	return plainType(l.e, text, event.TypeSystem)
}

// plainType files a text without attributes: a login by its words, anything
// else as given.
func plainType(e *event.Event, text, otherwise string) string {
	if indexFold(text, "authentication ") < 0 {
		return otherwise
	}
	failed := indexFold(text, "fail") >= 0
	if !failed && indexFold(text, "success") < 0 {
		return otherwise
	}
	e.AddBool(event.Success, !failed)
	return event.TypeAuthentication
}

// parseStamped reads "2006/01/02 15:04:05 LEVEL text key=value" and the same
// with dashes or RFC 3339. Without a level only the slashes of Go's log package
// are taken for Elemta's.
func parseStamped(rec *event.Record, e *event.Event) bool {
	st, ok := readStamp(rec.Text, rec.Zone)
	if !ok {
		return false
	}
	rest, ok := strings.CutPrefix(rec.Text[st.length:], " ")
	if !ok || rest == "" {
		return false
	}
	word, text, _ := strings.Cut(rest, " ")
	level, ok := readLevel(word)
	switch {
	case ok && text != "":
		l := newLine(rec, e, formText)
		defer l.release()
		l.readText(text)
		l.level = level
		l.setTime(st)
		l.emitText(text)
		return true
	case st.slash && rest[0] != '[' && !strings.HasSuffix(word, ":"):
		l := newLine(rec, e, formPlain)
		defer l.release()
		l.setTime(st)
		return parsePlain(rec, e, rest, "")
	}
	return false
}

// readText parts a text from the attributes behind it.
func (l *line) readText(text string) {
	l.msg = text
	for from := 0; ; {
		at := attrStart(text, from)
		if at < 0 {
			break
		}
		var ok bool
		if l.pairs, ok = readAttrs(l.pairs[:0], text[at:]); ok {
			l.msg = strings.TrimRight(text[:at], " ")
			break
		}
		// The attributes reach to the end or are none: what broke them
		// breaks every start before it.
		from = at + attrsLength(l.pairs)
		l.pairs = l.pairs[:0]
	}
	msg := l.msg
	l.head()
	l.msg = msg
}

// attrStart finds the next key= at the start of a word.
func attrStart(text string, from int) int {
	for from < len(text) {
		if n := keyLength(text[from:]); n > 0 && from+n < len(text) && text[from+n] == '=' {
			return from
		}
		blank := strings.IndexByte(text[from:], ' ')
		if blank < 0 {
			return -1
		}
		from += blank + 1
	}
	return -1
}

// attrsLength measures the attributes that were read before one was broken;
// at least one byte, so that the search goes on.
func attrsLength(pairs []pair) int {
	n := 1
	for i := range pairs {
		n += len(pairs[i].src) + 1
	}
	return n
}

// emitText writes a line of slog's default handler, or one of the manual's
// behind a stamp and a level.
func (l *line) emitText(text string) {
	if l.msg == "" {
		l.form = formManual
		if l.emitManual(text) {
			return
		}
		l.form, l.msg = formText, text
	}
	l.emit()
	if len(l.pairs) > 0 {
		return
	}
	sweep(l.rec, l.msg)
	if typ := plainType(l.e, l.msg, l.rule.typ); typ != l.rule.typ {
		l.e.Set(event.EventType, typ)
	}
}

// parsePlain writes a text that has no attributes.
func parsePlain(rec *event.Record, e *event.Event, text, level string) bool {
	e.Set(event.Program, "elemta")
	e.Add(event.Level, level)
	e.Add(event.LogMessage, text)
	e.Add(event.EventType, event.TypeSystem)
	sweep(rec, text)
	return true
}

// parseDump reads the dump of the configuration file that Elemta of 2025
// writes at its start, or its first line if the lines are not joined.
func parseDump(rec *event.Record, e *event.Event) bool {
	return parsePlain(rec, e, rec.Text, event.LevelDebug)
}

// readAttrs reads key=value key="value" to the end of s. ok is false if
// something else is met; the pairs before it are returned.
func readAttrs(dst []pair, s string) (pairs []pair, ok bool) {
	for len(dst) < maxPairs {
		n := keyLength(s)
		if n == 0 || n >= len(s) || s[n] != '=' {
			return dst, false
		}
		p := pair{key: s[:n], kind: kindWord}
		length, ok := attrValue(&p, s[n+1:])
		if !ok {
			return dst, false
		}
		end := n + 1 + length
		p.raw, p.src = s[n+1:end], s[:end]
		dst = append(dst, p)
		if end == len(s) {
			return dst, true
		}
		if s[end] != ' ' {
			return dst, false
		}
		s = strings.TrimLeft(s[end:], " ")
	}
	return dst, false
}

// maxList is the longest list with blanks that is looked for outside quotes.
const maxList = 4096

// attrValue measures a value: a quoted string, a list in brackets, or a word.
func attrValue(p *pair, s string) (length int, ok bool) {
	switch {
	case strings.HasPrefix(s, `"`):
		sc := scanner{s: s}
		ok = sc.str()
		p.kind, p.esc, p.bad = kindString, sc.esc, sc.bad
		return sc.i, ok
	case strings.HasPrefix(s, "["):
		if end := strings.IndexByte(s[:min(len(s), maxList)], ']'); end >= 0 && (end+1 == len(s) || s[end+1] == ' ') {
			return end + 1, true
		}
	}
	if end := strings.IndexByte(s, ' '); end >= 0 {
		return end, true
	}
	return len(s), true
}

// keyLength measures a key at the start of s; 0 if there is none.
func keyLength(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n] == '.' || s[n] == '-' ||
		s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}
