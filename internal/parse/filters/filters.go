package filters

import (
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// line is one line on its way through a reader.
type line struct {
	rec  *event.Record
	e    *event.Event
	text string
}

// reader is one program's way of writing.
type reader struct {
	component string
	// read adds what the line says, its type included, and returns true. It
	// returns false if the line has none of the program's known forms; what it
	// added is then taken back.
	read func(*line) bool
	// names are the programs' names; a suffix that begins with no letter or
	// digit may follow: rspamd-1, fail2ban.actions.
	names []string
}

// The readers, by their place in the table.
const (
	amavisReader = iota
	rspamdReader
	spamdReader
	spampdReader
	spamassReader
	dkimReader
	dmarcReader
	arcReader
	dkimproxyReader
	authMilterReader
	spfReader
	postgreyReader
	sqlgreyReader
	milterGreyReader
	postfwdReader
	policydReader
	weightReader
	clamavReader
	clamsmtpReader
	fail2banReader
)

var readers = [...]reader{
	amavisReader:     {"amavis", (*line).amavis, []string{"amavis", "amavisd"}},
	rspamdReader:     {"rspamd", (*line).rspamd, []string{"rspamd", "rspamd_proxy"}},
	spamdReader:      {"spamassassin", (*line).spamd, []string{"spamd", "spamassassin"}},
	spampdReader:     {"spampd", (*line).spampd, []string{"spampd"}},
	spamassReader:    {"spamass-milter", (*line).plain, []string{"spamass-milter"}},
	dkimReader:       {"opendkim", (*line).opendkim, []string{"opendkim", "dkim-filter"}},
	dmarcReader:      {"opendmarc", (*line).opendmarc, []string{"opendmarc"}},
	arcReader:        {"openarc", (*line).plain, []string{"openarc"}},
	dkimproxyReader:  {"dkimproxy", (*line).dkimproxy, []string{"dkimproxy"}},
	authMilterReader: {"authentication_milter", (*line).authMilter, []string{"authentication_milter"}},
	spfReader:        {"policyd-spf", (*line).policydSPF, []string{"policyd-spf", "policy-spf", "pypolicyd-spf", "pyspf-milter", "spf-policy", "postfix-policyd-spf", "policyd-spf-perl"}},
	postgreyReader:   {"postgrey", (*line).postgrey, []string{"postgrey"}},
	sqlgreyReader:    {"sqlgrey", (*line).sqlgrey, []string{"sqlgrey"}},
	milterGreyReader: {"milter-greylist", (*line).milterGreylist, []string{"milter-greylist"}},
	postfwdReader:    {"postfwd", (*line).postfwd, []string{"postfwd", "postfwd1", "postfwd2", "postfwd3"}},
	weightReader:     {"policyd-weight", (*line).policydWeight, []string{"policyd-weight"}},
	policydReader:    {"policyd", (*line).policyd, []string{"policyd", "cbpolicyd", "policyd2"}},
	clamavReader:     {"clamav", (*line).clamav, []string{"clamd", "clamav", "clamav-milter", "clamav-daemon", "freshclam"}},
	clamsmtpReader:   {"clamsmtp", (*line).clamsmtp, []string{"clamsmtpd", "clamsmtp"}},
	fail2banReader:   {"fail2ban", (*line).fail2ban, []string{"fail2ban"}},
}

// Parse adds to e what the line says and returns true if it is a line of one of
// the programs. Otherwise it returns false and leaves e and rec as they were.
//
// A name that belongs to one of the programs decides: everything under it is
// taken. Without a name, or under the bare name that is left of
// "postfix/policyd-spf" when a relay cuts it, the text must have a form that no
// other program writes. Parse is safe for concurrent use on different records.
func Parse(rec *event.Record, e *event.Event) bool {
	index := readerOf(rec.Program)
	sure := index >= 0
	if !sure {
		if !vague(rec.Program) {
			return false
		}
		if index = shapeOf(rec.Text); index < 0 {
			return false
		}
	}
	r := &readers[index]
	l := line{rec: rec, e: e, text: rec.Text}
	values, extra, when := len(e.Values), len(e.Extra), e.Time
	if !r.read(&l) {
		e.Values, e.Extra, e.Time = e.Values[:values], e.Extra[:extra], when
		if !sure {
			return false
		}
		l.is(event.TypeSystem)
	}
	e.Add(event.Component, r.component)
	return true
}

// Writes tells whether program is the name of one of the programs, under a
// server's tag too: amavisd-new, postfix/policy-spf.
func Writes(program string) bool { return readerOf(program) >= 0 }

// Guest tells, by its first bytes and at little cost, whether a text under the
// bare name "postfix" may be one of a policy server's.
func Guest(text string) bool {
	if text == "" {
		return false
	}
	switch text[0] {
	case 'a', 'p', 'P', 'S', 'N', 'F', 'T', 'h', 'd', 'w', 'r', 'g', 'm', ':', '[', '4', '5', 'H':
		return shapeOf(text) >= 0
	}
	_, rest, ok := cutQueueID(text)
	if !ok || rest == "" {
		return false
	}
	switch rest[0] {
	case 'a', 'p', '4', '5':
		return shapeOf(text) >= 0
	}
	return false
}

// readerOf returns the reader of a program's name, -1 if there is none.
func readerOf(program string) int {
	if slash := strings.LastIndexByte(program, '/'); slash >= 0 {
		program = program[slash+1:]
	}
	if program == "" {
		return -1
	}
	best, length := -1, 0
	for i := range readers {
		for _, name := range readers[i].names {
			if len(name) > length && program[0] == name[0] && hasWord(program, name) {
				best, length = i, len(name)
			}
		}
	}
	return best
}

// hasWord tells whether program is name, or name and more that begins with no
// letter or digit.
func hasWord(program, name string) bool {
	rest, ok := strings.CutPrefix(program, name)
	return ok && (rest == "" || !lex.Alnum(rest[0]))
}

// vague tells whether a program's name says nothing: it is lost, the words that
// rsyslog puts where its expression did not match, or Postfix's bare tag.
func vague(program string) bool {
	return program == "" || program == "postfix" || strings.HasPrefix(program, "**")
}

// is ends a form with its type. What a program calls an error is one, unless it
// is something more.
func (l *line) is(eventType string) bool {
	if eventType == event.TypeSystem {
		if level := l.e.Str(event.Level); level == event.LevelError || level == event.LevelFatal {
			eventType = event.TypeError
		}
	}
	l.e.Add(event.EventType, eventType)
	return true
}

// plain reads programs of which only the queue id is of interest.
func (l *line) plain() bool {
	if id, _, ok := cutQueueID(l.text); ok {
		l.e.Add(event.QueueID, id)
	}
	return l.is(event.TypeSystem)
}

// sender adds an envelope sender; the empty one is written <>.
func (l *line) sender(addr string) {
	if addr == "" {
		addr = "<>"
	}
	l.e.Add(event.Sender, addr)
}

// client adds the peer that talks to us, as far as it is an address.
func (l *line) client(host, addr string) {
	if host != "unknown" && host != "UNKNOWN" {
		l.e.Add(event.ClientHost, host)
	}
	if lex.IsIP(addr) {
		l.e.Add(event.ClientIP, addr)
	}
}

// score adds a spam score; texts that are no number are left out.
func (l *line) score(s string) {
	if n, ok := number(s); ok {
		l.e.AddFloat(event.SpamScore, n)
	}
}

// extra keeps a text under a name of our own.
func (l *line) extra(name, s string) {
	if s != "" {
		l.e.AddExtra(name, string(event.AppendJSONString(nil, s)))
	}
}

// extraNumber keeps a number under a name of our own.
func (l *line) extraNumber(name, s string) {
	if isJSONNumber(s) {
		l.e.AddExtra(name, s)
	}
}

// refusal adds the answer of a policy server that refuses: code and enhanced
// code where it has them.
func (l *line) refusal(answer string) {
	l.e.Add(event.Status, event.StatusRejected)
	code, dsn := splitReply(answer)
	if code > 0 {
		l.e.AddInt(event.SMTPCode, code)
	}
	l.e.Add(event.DSN, dsn)
	l.e.Add(event.Reply, answer)
}
