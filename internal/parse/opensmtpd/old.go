package opensmtpd

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// sentence reads the lines that begin with smtp-in: or smtp-out:. Up to 5.9
// these are all lines of sessions, later only what is said about routes and
// broken sessions. A session is named by "session X" somewhere in the sentence.
func (l *line) sentence() bool {
	in := strings.HasPrefix(l.text, "smtp-in: ")
	if !in && !strings.HasPrefix(l.text, "smtp-out: ") {
		return false
	}
	_, s, _ := strings.Cut(l.text, ": ")
	if rest, ok := strings.CutPrefix(s, "session "); ok && len(rest) >= 16 && lex.Hex(rest[:16], 16) {
		l.session = rest[:16]
		l.text = strings.TrimLeft(rest[16:], ": ")
	} else if before, rest, ok := strings.Cut(s, " session "); ok && len(rest) >= 16 && lex.Hex(rest[:16], 16) {
		l.session = rest[:16]
		// "New session X", "Started TLS on session X: text": the session goes.
		l.text = strings.TrimSuffix(before, " on") + strings.TrimRight(rest[16:], ".")
	} else {
		l.text = s
	}
	if in {
		return l.sentenceIn()
	}
	return l.sentenceOut()
}

// oldForm is what a sentence of the server's side says.
type oldForm uint8

const (
	oldClient oldForm = iota
	oldMessage
	oldLogin
	oldFailure
	oldRefused
	oldBadInput
	oldTLS
	oldEnd
)

// oldForms are the beginnings of these sentences, the session taken out.
var oldForms = [...]struct {
	start string
	form  oldForm
}{
	{"New from host ", oldClient},
	{"connection from host ", oldClient},
	{"Accepted message ", oldMessage},
	{"msgid=", oldMessage},
	{"Accepted authentication for user ", oldLogin},
	{"authentication successful for user ", oldLogin},
	{"Authentication failed for user ", oldFailure},
	{"Authentication temporarily failed for user ", oldFailure},
	{"authentication failure for user ", oldFailure},
	{"authentication temporary failure for user ", oldFailure},
	{"Failed command: ", oldRefused},
	{"received invalid command: ", oldRefused},
	{"Bad input: ", oldBadInput},
	{"received invalid input: ", oldBadInput},
	{"Started TLS: ", oldTLS},
	{"TLS started ", oldTLS},
	{"Disconnecting: ", oldEnd},
	{"Ending: ", oldEnd},
}

// sentenceIn reads a sentence of the server's side.
func (l *line) sentenceIn() bool {
	for i := range oldForms {
		if rest, ok := strings.CutPrefix(l.text, oldForms[i].start); ok {
			return l.oldForm(oldForms[i].form, rest)
		}
	}
	return l.is(event.TypeConnection, "smtp")
}

func (l *line) oldForm(form oldForm, s string) bool {
	switch form {
	case oldClient:
		l.oldClient(s)
	case oldMessage:
		return l.oldMessage(s)
	case oldLogin, oldFailure:
		l.e.Add(event.Username, strings.TrimRight(s, " "))
		l.e.AddBool(event.Success, form == oldLogin)
		return l.is(event.TypeAuthentication, "smtp")
	case oldRefused:
		command, answer, _ := strings.Cut(strings.TrimPrefix(s, `"`), `" => `)
		return l.refusedCommand(strings.TrimSuffix(command, `"`), answer)
	case oldBadInput:
		l.answer(s)
		return l.is(event.TypeCommand, "smtp")
	case oldTLS:
		l.ciphers(s)
	case oldEnd:
		l.e.Add(event.Reply, s)
	}
	return l.is(event.TypeConnection, "smtp")
}

// oldClient reads "h.example [192.0.2.1]", with "established" or "closed
// (reason)" behind it.
func (l *line) oldClient(s string) {
	host, rest, _ := strings.Cut(s, " [")
	address, rest, _ := strings.Cut(rest, "] ")
	address = strings.TrimRight(address, "]")
	l.client(strings.TrimPrefix(address, "["), host)
	reason, closed := strings.CutPrefix(rest, "closed (")
	switch {
	case !closed:
		l.e.Add(event.Connection, event.ConnectionOpened)
	case reason != "client sent QUIT)":
		l.e.Add(event.Reply, strings.TrimSuffix(reason, ")"))
	}
}

// oldMessage reads "687959a4: from=<a>, to=<b>, size=1, ndest=1, proto=ESMTP"
// or the same as pairs with msgid= and status=Ok.
func (l *line) oldMessage(s string) bool {
	msgid, rest, _ := strings.Cut(s, ":")
	if comma := strings.IndexByte(s, ','); comma >= 0 && comma < len(msgid) {
		msgid, rest = s[:comma], s[comma:]
	}
	l.message(strings.TrimSpace(msgid))
	p := pairs{s: strings.TrimPrefix(strings.TrimLeft(rest, " "), ", "), sep: ", "}
	return l.smtpMessage(p)
}

// sentenceOut reads a sentence of the client's side.
func (l *line) sentenceOut() bool {
	s := strings.TrimPrefix(l.text, "routing: ")
	if l.session == "" {
		return l.route(s)
	}
	verb, rest, _ := strings.Cut(s, " ")
	switch {
	case strings.HasPrefix(s, "evpid="):
		return l.delivery("mta", "", pairs{s: s, sep: ", "})
	case verb == "Connecting" || verb == "connecting":
		url, host, _ := strings.Cut(strings.TrimPrefix(rest, "to "), " (")
		host, _, _ = strings.Cut(host, ")")
		l.server(url, host)
	case strings.HasPrefix(s, "Started TLS: "):
		l.ciphers(s[len("Started TLS: "):])
	case strings.HasPrefix(s, "TLS started "):
		l.ciphers(s[len("TLS started "):])
	case verb == "Error" || verb == "error" || verb == "error:" || verb == "Error:":
		if _, reason, ok := strings.Cut(s, ": "); ok {
			l.failure(reason)
		}
	}
	return l.is(event.TypeConnection, "mta")
}

// route reads what is said of servers that are tried or left alone for a while:
//
//	Disabling route 192.0.2.10 <-> 198.51.100.53 (mx.b.example) for 15s
//	Failed to resolve MX for [relay:b.example,smtp]: No MX found for domain
//	No valid route for [connector:192.0.2.10->[relay:b.example,smtp],0x0]
func (l *line) route(s string) bool {
	if _, to, ok := strings.Cut(s, " <-> "); ok {
		if end := strings.IndexByte(to, ')'); end >= 0 {
			to = to[:end+1]
		} else {
			to, _, _ = strings.Cut(to, " ")
		}
		l.relay(to)
	} else if _, to, ok := strings.Cut(s, "[relay:"); ok {
		end := strings.IndexAny(to, ",]")
		if end < 0 {
			end = len(to)
		}
		l.e.Add(event.RelayHost, to[:end])
	}
	if i := strings.LastIndex(s, ": "); i >= 0 {
		l.e.Add(event.Reply, s[i+2:])
	}
	return l.is(event.TypeSystem, "mta")
}
