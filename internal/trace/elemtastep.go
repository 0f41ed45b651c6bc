package trace

import (
	"cmp"
	"strings"

	"rastro/internal/event"
)

// elemtaStep says what a line of Elemta's is as a step of a journey; ok is
// false where the general words do.
func elemtaStep(f *fact) (kind string, text Words, ok bool) {
	role := elemtaRoleOf(f)
	if s, known := elemtaSteps[role]; known {
		return s.kind, elemtaSay(f, s.name), true
	}
	switch role {
	case elemtaRefusedEnd:
		if f.rcpts.len() == 0 {
			return "attempt", elemtaSay(f, "refused_somebody"), true
		}
		return "attempt", elemtaSay(f, "refused_end"), true
	case elemtaStored:
		taken := max(0, f.number("delivered"))
		return "attempt", say("elemta_step", "stored", "n", number(taken), "all", number(max(taken, int(f.rcptCount)))), true
	case elemtaBye:
		if f.text == "Session timeout" || strings.HasPrefix(f.text, "session timeout") {
			return "other", elemtaSay(f, "timeout"), true
		}
		return "other", elemtaSay(f, "bye"), true
	}
	return "", Words{}, false
}

// elemtaSay puts the values of a fact into a sentence.
func elemtaSay(f *fact, name string) Words {
	const missing = "?"
	m := f.rare()
	return say("elemta_step", name, "client", cmp.Or(f.clientIP, missing), "helo", cmp.Or(m.helo, missing),
		"user", cmp.Or(m.username, missing), "from", cmp.Or(f.sender, missing), "id", f.qid,
		"rcpt", cmp.Or(strings.Join(f.rcpts.all(), ", "), missing), "relay", cmp.Or(f.relayIP, f.relayHost, missing))
}

// elemtaSteps are the words of the lines that always mean the same.
var elemtaSteps = map[elemtaRole]struct {
	kind string // of the step
	name string // in the catalogue
}{
	elemtaHello:     {"connected", "hello"},
	elemtaLogin:     {"login", "login"},
	elemtaMail:      {"other", "mail"},
	elemtaRcpt:      {"other", "rcpt"},
	elemtaQueued:    {"queued", "queued"},
	elemtaDropped:   {"removed", "dropped"},
	elemtaCut:       {"other", "cut"},
	elemtaReset:     {"other", "reset"},
	elemtaTry:       {"attempt", "try"},
	elemtaRefused:   {"attempt", "refused"},
	elemtaDelivered: {"attempt", "delivered"},
	elemtaFailed:    {"attempt", "failed"},
	elemtaBounced:   {"attempt", "bounced"},
	elemtaDeferral:  {"attempt", "deferral"},
	elemtaBounce:    {"attempt", "bounce"},
	elemtaDeleted:   {"removed", "deleted"},
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
