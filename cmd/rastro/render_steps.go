package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"rastro/internal/trace"
)

// facts shows what is known of a journey beside its verdict, a label before
// each.
func (r *traceText) facts(j *trace.Journey) {
	l := r.labels
	size := ""
	if j.Size > 0 {
		size = bytesText(j.Size)
	}
	rows := [][2]string{
		{l.from, fact(j.Sender)},
		{l.through, r.peer(j)},
		{l.to, r.recipient(j)},
		{l.subject, fact(j.Subject)},
		{l.messageID, fact(j.MessageID)},
		{l.size, size},
		{l.queueIDs, strings.Join(factList(j.QueueIDs), ", ")},
		{l.servers, strings.Join(factList(j.Hosts), " → ")},
		{l.receipt, fact(j.RemoteID)},
		{l.reason, r.reason(j)},
		{l.answer, answerOf(j)},
		{l.folder, fact(j.Folder)},
		{l.spam, spam(j)},
		{l.related, r.related(j)},
	}
	if j.Attempts > 1 {
		rows = append(rows, [2]string{l.attempts, strconv.Itoa(j.Attempts)})
	}
	if !j.NextRetry.IsZero() {
		rows = append(rows, [2]string{l.retry, r.time(j.NextRetry)})
	}
	width := 0
	for _, row := range rows {
		if row[1] != "" {
			width = max(width, cells(row[0]))
		}
	}
	for _, row := range rows {
		if row[1] != "" {
			r.line("%s  %s", r.paint(faint, pad(row[0], width)), row[1])
		}
	}
}

// peer is the client, with the name it gave and who logged in.
func (r *traceText) peer(j *trace.Journey) string {
	var parts []string
	if where := address(j.ClientHost, j.ClientIP); where != "" {
		parts = append(parts, where)
	}
	if j.Helo != "" && j.Helo != j.ClientHost {
		parts = append(parts, "HELO "+fact(j.Helo))
	}
	if j.Username != "" {
		parts = append(parts, fmt.Sprintf(r.labels.login, fact(j.Username)))
	}
	return strings.Join(parts, ", ")
}

// address is a machine's name with its IP address.
func address(host, ip string) string {
	switch {
	case ip == "":
		return fact(host)
	case host == "" || host == ip:
		return "[" + fact(ip) + "]"
	}
	return fact(host) + " [" + fact(ip) + "]"
}

func (r *traceText) recipient(j *trace.Journey) string {
	text := fact(j.Recipient)
	if j.OriginalRecipient != "" && j.OriginalRecipient != j.Recipient {
		text += " (" + fmt.Sprintf(r.labels.written, fact(j.OriginalRecipient)) + ")"
	}
	return text
}

func (r *traceText) reason(j *trace.Journey) string {
	text := fact(j.Reason)
	if text == "undefined" { // no class of the dictionary: nothing a person can use
		text = ""
	}
	if j.By != "" {
		text = strings.TrimPrefix(text+", "+fmt.Sprintf(r.labels.decided, r.tongue.decider(j.By)), ", ")
	}
	return text
}

// answerOf is what the deciding server said, and who it was.
func answerOf(j *trace.Journey) string {
	text := fact(j.Reply)
	if text == "" {
		if j.SMTPCode > 0 {
			text = strconv.FormatInt(j.SMTPCode, 10)
		}
		text = strings.TrimSpace(text + " " + fact(j.DSN))
	}
	if relay := address(j.RelayHost, j.RelayIP); relay != "" {
		text = strings.TrimSpace(text + "  (" + relay + ")")
	}
	return text
}

func spam(j *trace.Journey) string {
	var parts []string
	if j.SpamScore != nil {
		parts = append(parts, strconv.FormatFloat(*j.SpamScore, 'f', -1, 64))
	}
	if j.SpamVerdict != "" {
		parts = append(parts, fact(j.SpamVerdict))
	}
	return strings.Join(parts, ", ")
}

func (r *traceText) related(j *trace.Journey) string {
	var parts []string
	for _, other := range j.Related {
		text := r.tongue.relation(other.Kind) + " " + fact(other.QueueID)
		if doubt := r.doubt(other.Confidence, ""); doubt != "" {
			text += " (" + doubt + ")"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// steps shows the steps in columns: mark, time, server, time since the step
// before, text. Problems are marked with !.
func (r *traceText) steps(indent string, j *trace.Journey) {
	form := moment
	hosts, gaps := 0, 0
	since := make([]string, len(j.Steps))
	for i := range j.Steps {
		s := &j.Steps[i]
		if s.Time.Nanosecond() != 0 {
			form = moment + ".000"
		}
		hosts = max(hosts, cells(fact(s.Host)))
		if i > 0 {
			if gap := s.Time.Sub(j.Steps[i-1].Time); gap >= 10*time.Millisecond {
				since[i] = "+" + span(gap)
			}
		}
		gaps = max(gaps, cells(since[i]))
	}
	for i := range j.Steps {
		s := &j.Steps[i]
		mark, code := " ", plain
		if s.Problem {
			mark, code = "!", red
		}
		stamp := s.Time.In(r.zone).Format(form)
		columns := stamp + "  "
		if hosts > 0 {
			columns += pad(fact(s.Host), hosts) + "  "
		}
		if gaps > 0 {
			columns += strings.Repeat(" ", gaps-cells(since[i])) + since[i] + "  "
		}
		r.line("%s%s %s%s", indent, r.paint(code, mark), columns, r.paint(code, r.stepText(s)))
		below := indent + "  " + strings.Repeat(" ", cells(columns))
		if reply := fact(s.Reply); s.Problem && reply != "" && !strings.Contains(r.tongue.words(s.Text), reply) {
			r.line("%s%s", below, reply)
		}
		if r.lines && s.Line != "" {
			r.line("%s%s", below, r.paint(faint, shorten(printable(s.Line), maxTraceLine)))
		}
	}
}

// stepText is the text of a step, how long it took, and how sure it is.
func (r *traceText) stepText(s *trace.Step) string {
	text := r.tongue.words(s.Text)
	if text == "" {
		text = strings.TrimSpace(fact(s.Kind) + " " + fact(s.Status))
	}
	if s.Seconds != nil && *s.Seconds >= 0 && *s.Seconds < 1e9 {
		text += " (" + span(time.Duration(*s.Seconds*float64(time.Second))) + ")"
	}
	if doubt := r.doubt(s.Confidence, s.Link); doubt != "" {
		text += " [" + doubt + "]"
	}
	return text
}
