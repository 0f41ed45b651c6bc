package dovecot

import (
	"encoding/json"
	"strings"

	"rastro/internal/event"
)

// connection reads the start and end of an LMTP session.
func (l *line) connection() bool {
	rest, ok := strings.CutPrefix(l.text, "Connect from ")
	if !ok {
		if rest, ok = strings.CutPrefix(l.text, "Disconnect from "); !ok {
			return false
		}
	}
	addr, reason, _ := strings.Cut(rest, ": ")
	if isIP(addr) {
		l.e.Add(event.ClientIP, addr)
	}
	l.e.Add(event.Reply, reason)
	return l.is(event.TypeConnection)
}

// delivery reads what became of a message that was brought to a mailbox:
//
//	msgid=<m>: saved mail to INBOX
//	sieve: msgid=<m>: fileinto action: stored mail into mailbox 'Spam'
//
// The Message-ID is the sender's and may imitate what follows it, so that the
// last known action of the line is the one that counts.
func (l *line) delivery() bool {
	s, sieve := strings.CutPrefix(l.text, "sieve: ")
	custom := !strings.HasPrefix(s, "msgid=")
	if custom && !sieve && !isDelivery(l.service) {
		return false
	}
	act, at := findAction(s)
	if act == nil {
		return sieve && l.keptBySieve(s)
	}
	head := strings.TrimRight(s[:at], ": ")
	l.head(head)
	l.owner()
	l.action(act, s[at+len(act.start):])
	if isMailbox(l.service) {
		return l.is(event.TypeMailboxAccess)
	}
	return l.is(event.TypeDelivery)
}

// action is one thing that can be done with a message.
type action struct {
	start  string
	status string
	rest   restKind
}

// restKind tells what follows the words of an action.
type restKind uint8

const (
	plain    restKind = iota // nothing of use
	folder                   // the name of a mailbox, perhaps quoted
	failure                  // the name of a mailbox, a colon and the reason
	target                   // <address> of a redirect
	fromAddr                 // <address> of the sender
	refused                  // the reason alone
)

var actions = [...]action{
	{"saved mail to ", event.StatusDelivered, folder},
	{"stored mail into mailbox ", event.StatusDelivered, folder},
	{"left message in mailbox ", event.StatusDelivered, folder},
	{"save failed to open mailbox ", "", failure},
	{"save failed to ", "", failure},
	{"failed to store into mailbox ", "", failure},
	{"forwarded to ", event.StatusForwarded, target},
	{"Marked message to be discarded if not explicitly delivered", event.StatusDiscarded, plain},
	{"marked message to be discarded if not explicitly delivered", event.StatusDiscarded, plain},
	{"rejected message from ", event.StatusRejected, fromAddr},
	{"sent vacation response to ", "", plain},
	{"discarded vacation reply ", "", plain},
	{"discarded duplicate ", "", plain},
	{"discarding vacation response ", "", plain},
	{"not sending ", "", plain},
	{"not forwarding message ", "", plain},
	{"failed to redirect message to ", "", refused},
	{"failed to send ", "", refused},
	{"store into mailbox ", "", plain},
	{"piped message to program ", "", plain},
	{"sent '", "", plain},
}

// findAction finds the last action that stands after a colon, or at the start
// of the text.
func findAction(s string) (*action, int) {
	for end := len(s); ; {
		i := strings.LastIndex(s[:end], ": ")
		at := 0
		if i >= 0 {
			at = i + 2
		}
		for k := range actions {
			if s[at:] != "" && actions[k].start[0] == s[at] && strings.HasPrefix(s[at:], actions[k].start) {
				return &actions[k], at
			}
		}
		if i < 0 {
			return nil, 0
		}
		end = i
	}
}

// action adds what an action did. s is what follows its words.
func (l *line) action(act *action, s string) {
	switch act.rest {
	case folder:
		l.e.Add(event.Folder, unquote(s))
	case failure:
		name, reason, _ := strings.Cut(s, ": ")
		l.e.Add(event.Folder, unquote(name))
		l.e.AddBool(event.Success, false)
		l.e.Add(event.Reply, reason)
	case refused:
		l.e.AddBool(event.Success, false)
		l.e.Add(event.Reply, act.start+s)
	case target:
		if address, err := json.Marshal(lower(angle(s))); err == nil {
			l.e.AddExtra("forwarded_to", string(address))
		}
	case fromAddr:
		l.e.Add(event.Sender, lower(angle(s)))
	}
	l.e.Add(event.Status, act.status)
}

// keptBySieve reads the end of a script that failed: the message then goes to
// the inbox, and there is no other line about it.
func (l *line) keptBySieve(s string) bool {
	if !strings.HasPrefix(s, "Execution of script ") || !strings.Contains(s, "implicit keep was successful") {
		return false
	}
	l.owner()
	l.e.Add(event.Status, event.StatusDelivered)
	return l.is(event.TypeDelivery)
}

// headNames are the values that deliver_log_format can put before the action.
var headNames = [...]string{"msgid=", "subject=", "size=", "psize=", "vsize=", "from=", "from_envelope=", "to_envelope=", "time="}

// head reads what stands before the action: by default the Message-ID alone,
// which may hold anything, or a list of the postmaster's choice.
func (l *line) head(s string) {
	s = strings.TrimSuffix(s, " action")
	if i := strings.LastIndex(s, ": "); i >= 0 && isActionName(s[i+2:]) {
		s = s[:i]
	}
	if id, ok := strings.CutPrefix(s, "msgid="); ok && !hasNames(id) {
		l.messageID(id)
		return
	}
	for s != "" {
		name, value := cutHeadName(s)
		next := nextHeadName(value)
		if name != "" {
			l.headValue(name, strings.TrimRight(value[:next], ", "))
		}
		s = value[next:]
	}
}

// isActionName tells whether s names a Sieve action, "fileinto" for example.
func isActionName(s string) bool {
	for i := 0; i < len(s); i++ {
		if !isServiceByte(s[i]) {
			return false
		}
	}
	return s != "" && len(s) < 20
}

// hasNames tells whether a Message-ID is followed by other values.
func hasNames(id string) bool {
	end := strings.IndexByte(id, '>')
	return end >= 0 && end+1 < len(id) && nextHeadName(id[end:]) < len(id)-end
}

func cutHeadName(s string) (name, value string) {
	for _, name := range headNames {
		if value, ok := strings.CutPrefix(s, name); ok {
			return name, value
		}
	}
	return "", s[1:]
}

// nextHeadName finds where the next value of the list starts.
func nextHeadName(s string) int {
	for i := 1; i < len(s); i++ {
		if c := s[i-1]; c != ' ' && c != ',' {
			continue
		}
		for _, name := range headNames {
			if strings.HasPrefix(s[i:], name) {
				return i
			}
		}
	}
	return len(s)
}

func (l *line) headValue(name, value string) {
	switch name {
	case "msgid=":
		l.messageID(value)
	case "subject=":
		l.e.Add(event.Subject, value)
	case "size=", "psize=":
		if n, ok := leadingNumber(value); ok && !l.e.Has(event.Size) {
			l.e.AddInt(event.Size, n)
		}
	case "from_envelope=":
		l.e.Add(event.Sender, lower(angle(value)))
	}
}

// messageID adds a Message-ID; Dovecot writes "unspecified" for none.
func (l *line) messageID(id string) {
	if id = strings.TrimSpace(id); id != "unspecified" && id != "<>" {
		l.e.Add(event.MessageID, id)
	}
}
