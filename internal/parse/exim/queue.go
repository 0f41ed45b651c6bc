package exim

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// queueWord reads the lines that say in a few words what became of a message
// in the queue (deliver.c, queue.c, receive.c).
func (l *line) queueWord() bool {
	s := l.text
	if l.id == "" {
		return l.queueRun(s)
	}
	switch {
	case s == "Completed", strings.HasPrefix(s, "Completed QT="):
		l.seconds(event.Delay, strings.TrimPrefix(s, "Completed QT="))
		return l.is(event.TypeQueue, delivery)
	case s == "Message is frozen", s == "*** Frozen", hasWord(s, "Frozen"), strings.HasPrefix(s, "frozen by "), strings.HasPrefix(s, "*** Frozen"):
		return l.frozen(s)
	case strings.HasPrefix(s, "Unfrozen by "), strings.HasPrefix(s, "unfrozen by "):
		l.extra("action", "released")
		return l.is(event.TypeQueue, queue)
	case strings.HasPrefix(s, "removed by "), strings.HasPrefix(s, "Message removed because "):
		return l.removed()
	case strings.HasPrefix(s, "cancelled by "):
		l.put(event.Status, event.StatusBounced)
		l.extra("action", "cancelled")
		l.put(event.Reply, s)
		return l.is(event.TypeQueue, queue)
	case strings.HasPrefix(s, "moved from "), strings.HasPrefix(s, "moved to "):
		l.extra("action", "moved")
		return l.is(event.TypeQueue, queue)
	case strings.HasPrefix(s, "address <"), strings.HasPrefix(s, "recipient <"), strings.HasPrefix(s, "sender address changed to <"):
		return l.changed(s)
	case strings.HasPrefix(s, "no immediate delivery: "), strings.HasPrefix(s, "Spool file "), strings.HasPrefix(s, "spool file "),
		s == "Delivery deferred by system filter", s == "original recipients ignored (system filter)":
		l.put(event.Reply, s)
		return l.is(event.TypeQueue, queue)
	case strings.HasSuffix(s, ": error ignored"), strings.Contains(s, ": error ignored: "):
		n, reason := cutNames(s)
		l.add(n)
		l.put(event.Reply, strings.TrimLeft(reason, ": "))
		return l.is(event.TypeQueue, queue)
	}
	return false
}

// frozen reads "Frozen (reason)", "Frozen by the system filter: reason".
func (l *line) frozen(s string) bool {
	l.put(event.Status, event.StatusHeld)
	if by, ok := strings.CutPrefix(s, "frozen by "); ok && by != "ACL" && !strings.HasPrefix(by, "local_scan()") {
		l.extra("action", "held")
	}
	if _, reason, ok := strings.Cut(s, " ("); ok {
		l.put(event.Reply, strings.TrimSuffix(reason, ")"))
	} else if _, reason, ok := strings.Cut(s, ": "); ok {
		l.put(event.Reply, reason)
	}
	return l.is(event.TypeQueue, queue)
}

// hasWord tells whether s is word, or word and more after a blank.
func hasWord(s, word string) bool {
	rest, ok := strings.CutPrefix(s, word)
	return ok && (rest == "" || rest[0] == ' ')
}

func (l *line) removed() bool {
	l.put(event.Status, event.StatusDiscarded)
	l.extra("action", "removed")
	return l.is(event.TypeQueue, queue)
}

// changed reads what an operator did to the envelope:
//
//	address <r> marked delivered by user
//	recipient <r> added by user
//	sender address changed to <s> by user
func (l *line) changed(s string) bool {
	addr, rest, ok := cutAddress(s[strings.IndexByte(s, '<'):])
	switch {
	case !ok:
		return false
	case s[0] == 's':
		l.sender(addr)
		l.extra("action", "sender_changed")
		return l.is(event.TypeQueue, queue)
	case strings.HasPrefix(rest, " added by "):
		l.put(event.Recipient, lex.Lower(addr))
		l.extra("action", "recipient_added")
		return l.is(event.TypeQueue, queue)
	case strings.HasPrefix(rest, " marked delivered by "):
		l.put(event.Recipient, lex.Lower(addr))
		return l.removed()
	}
	return false
}

// queueRun reads the lines about the queue as a whole.
func (l *line) queueRun(s string) bool {
	for _, start := range [...]string{"Start ", "End ", "Abandon "} {
		if rest, ok := strings.CutPrefix(s, start); ok && strings.Contains(rest[:min(len(rest), 80)], "queue run: ") {
			return l.is(event.TypeQueue, queue)
		}
	}
	if strings.HasPrefix(s, "no immediate delivery: ") || s == "notify triggered queue run" {
		return l.is(event.TypeQueue, queue)
	}
	return false
}
