package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// amavis reads amavisd-new 2.6 to 2.14: the entry that it writes for every
// message from its template (Amavis.pm, log_templ, the short and the verbose
// one), and the lines in which it hands a message on or releases it.
//
//	(1843259-01) Passed CLEAN {RelayedInbound}, [ip]:port [ip] <s> -> <r>,<r>, ...
//	(1843259-01) Blocked SPAM, LOCAL [ip] [ip] <s> -> <r>, quarantine: spam-x.gz, ...
//	(1843259-01) (!)FWD from <s> -> <r>, BODY=7BIT 451 4.5.0 From MTA(...) ...
func (l *line) amavis() bool {
	s := l.text
	if id, rest, ok := cutTask(s); ok {
		l.e.Add(event.SessionID, id)
		s = rest
	}
	switch {
	case strings.HasPrefix(s, "(!!)"):
		l.e.Add(event.Level, event.LevelError)
		s = s[len("(!!)"):]
	case strings.HasPrefix(s, "(!)"):
		l.e.Add(event.Level, event.LevelWarn)
		s = s[len("(!)"):]
	}
	switch {
	case strings.HasPrefix(s, "Passed "):
		if l.amavisEntry(s[len("Passed "):], false) {
			return true
		}
	case strings.HasPrefix(s, "Blocked "):
		if l.amavisEntry(s[len("Blocked "):], true) {
			return true
		}
	case strings.HasPrefix(s, "Quarantined message "):
		return l.amavisRelease(s[len("Quarantined message "):])
	case strings.HasPrefix(s, "Checking: "):
		l.amavisChecking(s[len("Checking: "):])
	case strings.HasPrefix(s, "SPAM-TAG, "), strings.HasPrefix(s, "spam-tag, "):
		return l.amavisTag(s[len("SPAM-TAG, "):])
	case strings.HasPrefix(s, "virus_scan: ("):
		virus, _, _ := strings.Cut(s[len("virus_scan: ("):], ")")
		l.virus(virus)
		return l.is(event.TypeContentCheck)
	default:
		if l.amavisForward(s) {
			return true
		}
	}
	return l.is(event.TypeSystem)
}

// cutTask takes "(1234-05) ", the id of amavis's task, off the front of s. The
// task of a release is named after the mail: "(rel-9E0eMHuKqsnD) ".
func cutTask(s string) (id, rest string, ok bool) {
	if s == "" || s[0] != '(' {
		return "", s, false
	}
	end := strings.IndexByte(s[:min(len(s), 48)], ')')
	if end < 4 || end+1 >= len(s) || s[end+1] != ' ' {
		return "", s, false
	}
	id = s[1:end]
	dash := strings.IndexByte(id, '-')
	if dash < 1 || dash == len(id)-1 || !strings.HasPrefix(id, "rel-") && lex.Digits(id) != id[:dash] {
		return "", s, false
	}
	for i := range len(id) {
		if !lex.Alnum(id[i]) && id[i] != '-' && id[i] != '_' {
			return "", s, false
		}
	}
	return id, s[end+2:], true
}

// categories are the words that amavis has for what it found, and the verdict
// they stand for. The minor number of BAD-HEADER-7 is left out.
var categories = [...]struct{ word, verdict string }{
	{"CLEAN", "clean"}, {"SPAM", "spam"}, {"SPAMMY", "spammy"}, {"INFECTED", "infected"},
	{"BANNED", "banned"}, {"BAD-HEADER", "bad-header"}, {"OVERSIZED", "oversized"},
	{"MTA-BLOCKED", "mta-blocked"}, {"UNCHECKED-ENCRYPTED", "unchecked-encrypted"},
	{"UNCHECKED", "unchecked"}, {"OTHER", "other"}, {"TEMPFAIL", "tempfail"},
}

// cutCategory takes the category off the front of s.
func cutCategory(s string) (verdict, rest string, ok bool) {
	n := 0
	for n < len(s) && (s[n] >= 'A' && s[n] <= 'Z' || s[n] == '-' || lex.Digit(s[n])) {
		n++
	}
	word := s[:n]
	if strings.HasPrefix(word, "BAD-HEADER-") {
		word = "BAD-HEADER"
	}
	for i := range categories {
		if categories[i].word == word {
			return categories[i].verdict, s[n:], true
		}
	}
	return "", s, false
}

// amavisEntry reads the entry of one message. It may be cut anywhere, as amavis
// parts long ones into several lines.
func (l *line) amavisEntry(s string, blocked bool) bool {
	verdict, rest, ok := cutCategory(s)
	if !ok {
		return false
	}
	l.e.Add(event.SpamVerdict, verdict)
	if strings.HasPrefix(rest, " (") {
		var details string
		details, rest = cutDetails(rest[2:])
		if verdict == "infected" {
			l.virus(details)
		} else {
			l.extra("banned", details)
		}
	}
	var actions string
	if strings.HasPrefix(rest, " {") {
		if end := strings.IndexByte(rest, '}'); end > 0 {
			actions, rest = rest[2:end], rest[end+1:]
		}
	}
	rest = l.amavisPeers(strings.TrimPrefix(rest, ", "))
	rest = l.amavisEnvelope(rest)
	quarantine := l.amavisFields(rest)
	if blocked {
		l.e.Add(event.Status, amavisFate(verdict, actions, quarantine))
	}
	l.extra("actions", actions)
	return l.is(event.TypeContentCheck)
}

// cutDetails takes what stands in the brackets behind BANNED and INFECTED off
// the front of s. Senders choose the names of files, brackets and all, so that
// the last place counts where the list of actions or the envelope may begin;
// what other words of theirs stand behind the queue id is not looked at.
func cutDetails(s string) (details, rest string) {
	limit := len(s)
	for _, key := range [...]string{", Queue-ID: ", ", Message-ID: ", ", mail_id: "} {
		if i := strings.Index(s, key); i >= 0 {
			limit = i
			break
		}
	}
	for end := limit; ; {
		end = strings.LastIndex(s[:end], ") {")
		if end < 0 {
			break
		}
		if list := s[end+len(") {") : limit]; isActions(list) {
			return s[:end], s[end+1:]
		}
	}
	end := strings.LastIndex(s[:limit], "), ")
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end+1:]
}

// isActions tells whether s begins with the rest of a list of actions:
// "DiscardedInbound,Quarantined}, ".
func isActions(s string) bool {
	n := 0
	for n < len(s) && (s[n] >= 'A' && s[n] <= 'Z' || s[n] >= 'a' && s[n] <= 'z' || s[n] == ',') {
		n++
	}
	return strings.HasPrefix(s[n:], "}, ")
}

// amavisPeers reads what stands before the sender: the path of policy banks,
// LOCAL, the client and where the message came from according to its header.
func (l *line) amavisPeers(s string) string {
	const maxWords = 12
	seen := false
	for range maxWords {
		if s == "" || s[0] == '<' || strings.HasPrefix(s, "-> ") {
			break
		}
		var word string
		word, s = cutWord(s)
		_, addr, port, ok := cutPeer(word)
		if !ok || word[0] != '[' {
			continue
		}
		if seen {
			if lex.IsIP(addr) {
				l.extra("origin_ip", addr)
			}
			continue
		}
		seen = true
		l.client("", addr)
		if n, ok := lex.Number(strings.TrimPrefix(port, ":")); ok {
			l.e.AddInt(event.ClientPort, n)
		}
	}
	return s
}

// amavisEnvelope reads "<sender> -> <recipient>,<recipient>" and returns what
// follows.
func (l *line) amavisEnvelope(s string) string {
	addr, rest, ok := lex.Angle(s)
	if !ok {
		return s
	}
	l.sender(addr)
	rest, ok = strings.CutPrefix(rest, " -> ")
	if !ok {
		return rest
	}
	for range maxRecipients {
		addr, after, ok := lex.Angle(rest)
		if !ok {
			break
		}
		l.e.Add(event.Recipient, addr)
		rest = after
		if !strings.HasPrefix(rest, ",<") {
			break
		}
		rest = rest[1:]
	}
	return rest
}

// amavisFate is what became of a message that was blocked. The list of actions
// is one for all recipients of the message: where it says that the mail was
// discarded and that there is a copy, the copy is what counts. The older
// template has no list, only the place of the copy.
func amavisFate(verdict, actions string, quarantined bool) string {
	if verdict == "mta-blocked" {
		return ""
	}
	quarantined = quarantined || strings.Contains(actions, "Quarantined")
	discarded := strings.Contains(actions, "Discarded")
	lost := discarded || strings.Contains(actions, "NoBounce")
	switch {
	case discarded && quarantined:
		return event.StatusQuarantined
	case strings.Contains(actions, "BouncedI"), strings.Contains(actions, "BouncedO"):
		return event.StatusBounced
	case strings.Contains(actions, "Rejected"):
		return event.StatusRejected
	case strings.Contains(actions, "TempFailed"):
		return ""
	case quarantined:
		return event.StatusQuarantined
	case lost:
		return event.StatusDiscarded
	}
	return ""
}

// virus adds the first of the names that the scanners found.
func (l *line) virus(names string) {
	name, _, _ := strings.Cut(names, ", ")
	l.e.Add(event.VirusName, strings.Trim(name, `"' `))
}
