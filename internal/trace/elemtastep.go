package trace

import (
	"strconv"
	"strings"

	"rastro/internal/event"
)

// elemtaStep says what a line of Elemta's is as a step of a journey; ok is
// false where the general words do.
func elemtaStep(f *fact) (kind string, text Words, ok bool) {
	role := elemtaRoleOf(f)
	if s, known := elemtaSteps[role]; known {
		return s.kind, Words{En: elemtaFill(s.text.En, f), Es: elemtaFill(s.text.Es, f)}, true
	}
	switch role {
	case elemtaRefusedEnd:
		if f.rcpts.len() == 0 {
			return "attempt", Words{En: "the mailbox server refused a copy and did not say whose", Es: "el servidor de buzones rechazó una copia y no dijo de quién"}, true
		}
		return elemtaWith("attempt", f, "the mailbox server refused the copy of {rcpt}", "el servidor de buzones rechazó la copia de {rcpt}")
	case elemtaStored:
		taken := max(0, f.number("delivered"))
		n, all := strconv.Itoa(taken), strconv.Itoa(max(taken, int(f.rcptCount)))
		return "attempt", Words{En: "the mailbox server took " + n + " of " + all + " copies", Es: "el servidor de buzones aceptó " + n + " de " + all + " copias"}, true
	case elemtaBye:
		if f.text == "Session timeout" || strings.HasPrefix(f.text, "session timeout") {
			return elemtaWith("other", f, "the client said nothing for too long", "el cliente no dijo nada por demasiado tiempo")
		}
		return elemtaWith("other", f, "the client left", "el cliente se fue")
	}
	return "", Words{}, false
}

func elemtaWith(kind string, f *fact, en, es string) (string, Words, bool) {
	return kind, Words{En: elemtaFill(en, f), Es: elemtaFill(es, f)}, true
}

// elemtaSteps are the words of the lines that always mean the same.
var elemtaSteps = map[elemtaRole]struct {
	kind string
	text Words
}{
	elemtaHello:     {"connected", Words{En: "{client} connected as {helo}", Es: "{client} se conectó como {helo}"}},
	elemtaLogin:     {"login", Words{En: "{user} logged in", Es: "{user} inició sesión"}},
	elemtaMail:      {"other", Words{En: "the client named the sender {from}", Es: "el cliente nombró al remitente {from}"}},
	elemtaRcpt:      {"other", Words{En: "the client named the recipient {rcpt}", Es: "el cliente nombró al destinatario {rcpt}"}},
	elemtaQueued:    {"queued", Words{En: "in the queue as {id}", Es: "en la cola como {id}"}},
	elemtaDropped:   {"removed", Words{En: "the client was told 250, accepted, and the message was thrown away", Es: "se respondió 250, aceptado, al cliente y se desechó el mensaje"}},
	elemtaCut:       {"other", Words{En: "the connection broke off within the message", Es: "la conexión se cortó dentro del mensaje"}},
	elemtaReset:     {"other", Words{En: "the client took the message back", Es: "el cliente retiró el mensaje"}},
	elemtaTry:       {"attempt", Words{En: "Elemta begins to hand it to the mailbox server {relay}", Es: "Elemta empieza a entregarlo al servidor de buzones {relay}"}},
	elemtaRefused:   {"attempt", Words{En: "the mailbox server refused {rcpt}", Es: "el servidor de buzones rechazó a {rcpt}"}},
	elemtaDelivered: {"attempt", Words{En: "Elemta's word for all recipients: delivered", Es: "palabra de Elemta para todos los destinatarios: entregado"}},
	elemtaFailed:    {"attempt", Words{En: "the attempt failed", Es: "el intento falló"}},
	elemtaBounced:   {"attempt", Words{En: "Elemta's word for all recipients: failed for good", Es: "palabra de Elemta para todos los destinatarios: falló definitivamente"}},
	elemtaDeferral:  {"attempt", Words{En: "Elemta will try again later", Es: "Elemta lo intentará más tarde"}},
	elemtaBounce:    {"attempt", Words{En: "Elemta's word for all recipients: bounced", Es: "palabra de Elemta para todos los destinatarios: rebotado"}},
	elemtaDeleted:   {"removed", Words{En: "Elemta deleted the message and told nobody", Es: "Elemta borró el mensaje y no avisó a nadie"}},
}

// elemtaFill puts the values of a fact into a text, in one pass: values are
// written by strangers and may hold anything.
func elemtaFill(text string, f *fact) string {
	before, rest, found := strings.Cut(text, "{")
	if !found {
		return text
	}
	name, after, _ := strings.Cut(rest, "}")
	value := "?"
	switch name {
	case "client":
		value = f.clientIP
	case "helo":
		value = f.rare().helo
	case "user":
		value = f.rare().username
	case "from":
		value = f.sender
	case "rcpt":
		value = strings.Join(f.rcpts.all(), ", ")
	case "id":
		value = f.qid
	case "relay":
		value = f.relayIP
		if value == "" {
			value = f.relayHost
		}
	}
	return before + value + elemtaFill(after, f)
}

// elemtaConcerns tells whether a step is about one recipient: what is said
// about others is left out, what Elemta says about all is not.
func elemtaConcerns(l *leg, f *fact) bool {
	switch elemtaRoleOf(f) {
	case elemtaNothing:
		return f.kind != event.TypeSystem
	case elemtaRcpt, elemtaRcptNo, elemtaRefused, elemtaRefusedEnd:
		return f.rcpts.len() == 0 || f.rcpts.has(l.to)
	}
	return true
}
