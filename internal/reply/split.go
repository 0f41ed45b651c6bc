package reply

import "strings"

// maxSplit bounds what Split reads.
const maxSplit = 16 << 10

// Split reads an answer as people paste it: the bare answer, of one line or
// several; a line of a Postfix, Exim, Sendmail or OpenSMTPD log; the diagnostic
// lines of a bounce. What it does not recognise stays as Text.
func Split(text string) Answer {
	text = strings.TrimSpace(text[:min(len(text), maxSplit)])
	a := Answer{Text: text}
	switch {
	case a.bounce(text):
	case a.postfixReject(text):
	case a.eximReject(text):
	case a.refusal(text):
	case a.delivery(text):
	}
	a.said()
	a.locate()
	return a
}

// bounce reads the fields of a delivery status notification (RFC 3464).
func (a *Answer) bounce(text string) bool {
	found := false
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(strings.TrimSpace(line), ":")
		if !ok {
			continue
		}
		_, after, typed := strings.Cut(value, ";")
		if typed {
			value = after
		}
		switch value = strings.TrimSpace(value); strings.ToLower(key) {
		case "diagnostic-code":
			a.Text, found = value+continued(text, line), true
		case "remote-mta":
			a.Relay, _, _ = strings.Cut(value, " ")
		case "status":
			if dsn := enhancedCode(value); dsn != "" {
				a.DSN = dsn
				if !found && text == a.Text {
					a.Text = value
				}
			}
		}
	}
	return found
}

// continued returns the folded lines behind line.
func continued(text, line string) string {
	_, rest, _ := strings.Cut(text, line)
	var more strings.Builder
	for next := range strings.Lines(rest) {
		if next == "" || next[0] != ' ' && next[0] != '\t' {
			break
		}
		more.WriteString(" " + strings.TrimSpace(next))
	}
	return more.String()
}

// postfixReject reads "NOQUEUE: reject: RCPT from host[ip]: 550 ...; from=<>".
func (a *Answer) postfixReject(text string) bool {
	_, rest, ok := cutAny(text, ": reject: ", ": milter-reject: ", ": reject_warning: ")
	if !ok {
		return false
	}
	stage, rest, ok := strings.Cut(rest, " from ")
	if !ok {
		return false
	}
	_, rest, ok = strings.Cut(rest, "]: ")
	if !ok {
		return false
	}
	rest, _, _ = strings.Cut(rest, "; from=<")
	rest, _, _ = strings.Cut(rest, "; to=<")
	rest, _, _ = strings.Cut(rest, "; proto=")
	a.Program, a.Ours, a.Stage, a.Text = "postfix", true, stage, rest
	return true
}

// eximReject reads "H=... F=<...> rejected RCPT <...>: No such user here".
func (a *Answer) eximReject(text string) bool {
	for _, how := range []struct{ words, stage string }{
		{" rejected RCPT <", "RCPT"}, {" rejected MAIL <", "MAIL"}, {" rejected after DATA", "END-OF-MESSAGE"},
		{" rejected EHLO or HELO ", "EHLO"}, {" rejected connection in ", "CONNECT"},
	} {
		_, rest, ok := strings.Cut(text, how.words)
		if !ok {
			continue
		}
		if _, reason, ok := strings.Cut(rest, ": "); ok {
			a.Program, a.Ours, a.Stage, a.Text = "exim", true, how.stage, reason
			return true
		}
	}
	return false
}

// refusal reads a line in which Sendmail or OpenSMTPD refused a client:
// reject=550 ..., or a failed command with its result.
func (a *Answer) refusal(text string) bool {
	if _, rest, ok := strings.Cut(text, ", reject="); ok {
		a.Program, a.Ours, a.Text = "sendmail", true, rest
		return true
	}
	_, rest, ok := strings.Cut(text, `smtp failed-command command="`)
	if !ok {
		return false
	}
	command, rest, _ := strings.Cut(rest, `"`)
	_, rest, _ = strings.Cut(rest, `result="`)
	a.Program, a.Ours, a.Stage = "opensmtpd", true, stageOf(command)
	a.Text, _, _ = strings.Cut(rest, `"`)
	return true
}

// delivery reads the line of a delivery: the pairs dsn= and relay=, and the
// text behind status=, stat= or result=.
func (a *Answer) delivery(text string) bool {
	if dsn := enhancedCode(pair(text, "dsn=")); dsn != "" {
		a.DSN = dsn
	}
	if host := pair(text, "relay="); host != "" && host != "none" {
		host, _, _ = strings.Cut(host, "[")
		a.Relay = strings.Trim(host, "\". ")
		if _, name, ok := strings.Cut(text, `relay="`+a.Relay+" ("); ok {
			a.Relay, _, _ = strings.Cut(name, ")")
		}
	}
	switch {
	case strings.Contains(text, "status=") && strings.Contains(text, "relay="):
		a.Program = "postfix"
		_, rest, _ := strings.Cut(text, "status=")
		if _, reason, ok := strings.Cut(rest, " ("); ok {
			a.Text = strings.TrimSuffix(reason, ")")
			return true
		}
	case strings.Contains(text, `stat="`):
		a.Program = "opensmtpd"
		_, rest, _ := strings.Cut(text, `stat="`)
		a.Text, _, _ = strings.Cut(rest, `"`)
		return true
	case strings.Contains(text, "stat="):
		a.Program = "sendmail"
		_, a.Text, _ = strings.Cut(text, "stat=")
		if answer := pair(text, "reply="); answer != "" {
			_, a.Text, _ = strings.Cut(text, "reply=")
		}
		return true
	}
	return false
}

// said cuts the text at what introduces the answer of another server.
func (a *Answer) said() {
	if a.Ours {
		return // it may quote another server, but the answer is ours
	}
	if before, after, ok := cutAny(a.Text, " said: ", " refused to talk to me: ", "Remote Server returned '", "remote server returned '"); ok {
		if host := lastWord(before); strings.Contains(host, ".") && a.Relay == "" {
			host, _, _ = strings.Cut(host, "[")
			a.Relay = strings.Trim(host, "()<> ")
		}
		answer, stage, quoted := strings.Cut(after, " (in reply to ")
		if quoted && a.Stage == "" {
			a.Stage = stageOf(stage)
		}
		a.Text = strings.TrimRight(answer, "')")
		return
	}
	before, after, ok := strings.Cut(a.Text, "SMTP error from remote mail")
	if !ok {
		return
	}
	a.Program = "exim"
	_ = before
	head, answer, found := strings.Cut(after, "]: ")
	if !found {
		head, answer, found = strings.Cut(after, ": ")
		if !found {
			return
		}
	}
	if _, stage, ok := cutAny(head, " after ", " in response to "); ok && a.Stage == "" {
		a.Stage = stageOf(stage)
	}
	if _, host, ok := strings.Cut(head, "host "); ok && a.Relay == "" {
		a.Relay, _, _ = strings.Cut(host, " ")
	}
	a.Text = answer
}

// stageOf reads the command that was answered: "RCPT TO command",
// "RCPT TO:<...>", "pipelined end of data".
func stageOf(s string) string {
	s = strings.TrimPrefix(s, "pipelined ")
	switch {
	case strings.HasPrefix(s, "end of data"), strings.HasPrefix(s, "sending data"), strings.HasPrefix(s, "end of DATA"):
		return "END-OF-MESSAGE"
	case strings.HasPrefix(s, "initial connection"):
		return "CONNECT"
	}
	word := s
	if i := strings.IndexAny(s, " :)"); i >= 0 {
		word = s[:i]
	}
	if word == "" || strings.ToUpper(word) != word {
		return ""
	}
	return word
}

// locate finds the code where it does not begin the text: behind a blank or a
// quote, with an enhanced code behind it, or behind a colon or semicolon.
func (a *Answer) locate() {
	a.Text = strings.TrimSpace(a.Text)
	dsn := a.DSN
	a.complete()
	if a.Code != 0 {
		return
	}
	for i := 1; i+3 <= len(a.Text) && i < maxText; i++ {
		if !digit(a.Text[i]) || strings.IndexByte(" '\"(:;=", a.Text[i-1]) < 0 {
			continue
		}
		code := basicCode(a.Text[i:])
		if code == 0 || len(a.Text) < i+4 {
			continue
		}
		enhanced := enhancedCode(strings.TrimLeft(a.Text[i+4:], " "))
		introduced := strings.HasSuffix(a.Text[:i], ": ") || strings.HasSuffix(a.Text[:i], "; ") || strings.IndexByte("'\"(=;", a.Text[i-1]) >= 0
		if enhanced == "" && !introduced {
			continue
		}
		a.Code, a.Text = code, a.Text[i:]
		if dsn == "" {
			a.DSN = enhanced
		}
		return
	}
	if a.DSN == "" {
		a.DSN = anyEnhanced(a.Text)
	}
}

// anyEnhanced returns the first enhanced code in s that stands by itself.
func anyEnhanced(s string) string {
	for i := 0; i+5 <= len(s) && i < maxText; i++ {
		if digit(s[i]) && (i == 0 || strings.IndexByte(" #(<", s[i-1]) >= 0) {
			if dsn := enhancedCode(s[i:]); dsn != "" {
				return dsn
			}
		}
	}
	return ""
}

// cutAny is strings.Cut at the first of seps that s has.
func cutAny(s string, seps ...string) (before, after string, found bool) {
	for _, sep := range seps {
		if before, after, found = strings.Cut(s, sep); found {
			return before, after, true
		}
	}
	return s, "", false
}

// pair returns the value of name, which ends with =, up to a comma or blank.
func pair(s, name string) string {
	for i := 0; ; {
		at := strings.Index(s[i:], name)
		if at < 0 {
			return ""
		}
		i += at
		if i == 0 || s[i-1] == ' ' || s[i-1] == ',' {
			value := s[i+len(name):]
			if end := strings.IndexAny(value, ", "); end >= 0 {
				value = value[:end]
			}
			return value
		}
		i += len(name)
	}
}

func lastWord(s string) string { return s[strings.LastIndexByte(s, ' ')+1:] }
