package filters

import (
	"encoding/json"
	"strings"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
)

// rspamd reads what rspamd writes (src/libserver/logger.c) into its own file or
// console, to syslog, to systemd's journal and as JSON:
//
//	#1843312(rspamd_proxy) <87effa>; proxy; rspamd_task_write_log: id: <...>, ...
//	[info] #1843312(normal) <87effa>; task; rspamd_task_write_log: ...
//	<87effa>; task; rspamd_task_write_log: ...
//	(normal) <87effa>; task; rspamd_task_write_log: ...
//	{"ts": 1.5, "pid": 1, "severity": "info", "worker_type": "normal", ...}
//
// The tag is the task's; id, module and function may each be missing.
func (l *line) rspamd() bool {
	s := l.text
	if s == "" {
		return false
	}
	if s[0] == '{' {
		return l.rspamdJSON(s)
	}
	if w, ok := cutWorker(s); ok {
		s = w.rest
		l.e.Add(event.Level, levelOf(w.severity))
		if n, ok := lex.Number(w.pid); ok && l.rec.PID == "" {
			l.e.AddInt(event.PID, n)
		}
		if l.rec.Program == "" {
			l.e.Add(event.Program, "rspamd")
		}
	}
	tag, module, text := cutRspamdHead(s)
	return l.rspamdText(tag, module, text)
}

// worker is the beginning of a line of rspamd's own file.
type worker struct{ severity, pid, rest string }

// cutWorker reads "[severity] #pid(type) " or, for systemd, "(type) <tag>; ".
func cutWorker(s string) (w worker, ok bool) {
	if strings.HasPrefix(s, "[") {
		end := strings.Index(s[:min(len(s), 16)], "] #")
		if end < 0 {
			return worker{}, false
		}
		w.severity, s = s[1:end], s[end+2:]
	}
	if strings.HasPrefix(s, "#") {
		w.pid = lex.Digits(s[1:])
		s = s[1+len(w.pid):]
		if w.pid == "" {
			return worker{}, false
		}
	}
	if !strings.HasPrefix(s, "(") {
		return worker{}, false
	}
	end := strings.Index(s[:min(len(s), 40)], ") ")
	if end < 2 {
		return worker{}, false
	}
	for i := 1; i < end; i++ {
		if !lex.Alnum(s[i]) && s[i] != '_' && s[i] != '-' && s[i] != ':' {
			return worker{}, false
		}
	}
	w.rest = s[end+2:]
	return w, w.pid != "" || isRspamdTag(w.rest)
}

// isRspamdTag tells whether s begins with "<tag>; module; ", as rspamd's lines
// in syslog do.
func isRspamdTag(s string) bool {
	if s == "" || s[0] != '<' {
		return false
	}
	end := strings.Index(s[:min(len(s), 40)], ">; ")
	return end > 0 && strings.IndexByte(s[1:end], ' ') < 0 && strings.IndexByte(s[:end], '@') < 0
}

// cutRspamdHead parts "<tag>; module; function: text". The function is of
// interest to nobody but programmers, except that it tells some lines of Lua
// modules apart; so it stays in the text.
func cutRspamdHead(s string) (tag, module, text string) {
	if isRspamdTag(s) {
		end := strings.Index(s, ">; ")
		tag, s = s[1:end], s[end+len(">; "):]
	}
	if i := strings.Index(s[:min(len(s), 32)], "; "); i > 0 && strings.IndexByte(s[:i], ' ') < 0 {
		module, s = s[:i], s[i+2:]
	}
	return tag, module, s
}

// levelOf reads rspamd's word for a severity.
func levelOf(s string) string {
	switch s {
	case "info", "notice", "message":
		return event.LevelInfo
	case "debug":
		return event.LevelDebug
	case "warning":
		return event.LevelWarn
	case "error", "critical":
		return event.LevelError
	}
	return ""
}

// rspamdText reads "function: text" of a line.
func (l *line) rspamdText(tag, module, s string) bool {
	const verdict, loaded = "rspamd_task_write_log: ", "loaded message; id: <"
	if rest, ok := strings.CutPrefix(s, verdict); ok {
		l.e.Add(event.SessionID, tag)
		return l.rspamdVerdict(rest)
	}
	function, text, _ := strings.Cut(s, ": ")
	switch {
	case strings.HasPrefix(text, loaded):
		l.e.Add(event.SessionID, tag)
		l.rspamdLoaded(text)
	case module == "milter" && strings.HasPrefix(text, "got connection from "):
		l.e.Add(event.SessionID, tag)
		l.rspamdClient(text[len("got connection from "):])
	case strings.HasPrefix(function, "greylist.lua") || module == "greylist":
		if strings.HasPrefix(text, "greylisted ") || strings.HasPrefix(text, "greylisting delayed ") {
			l.e.Add(event.SessionID, tag)
			l.e.Add(event.SpamVerdict, "greylist")
			return l.is(event.TypeContentCheck)
		}
	case strings.HasPrefix(text, "ratelimit \"") && strings.Contains(text, " exceeded"):
		l.e.Add(event.SessionID, tag)
		l.e.Add(event.SpamVerdict, "ratelimit")
		return l.is(event.TypeContentCheck)
	}
	return l.is(event.TypeSystem)
}

// rspamdLoaded reads "loaded message; id: <mid>; queue-id: <QID>; size: 1;
// checksum: <...>". rspamd leaves no blank in a Message-ID.
func (l *line) rspamdLoaded(s string) {
	mid, rest, _ := strings.Cut(s[len("loaded message; id: "):], "; ")
	if isMessageID(mid) {
		l.e.Add(event.MessageID, mid)
	}
	if id := between(rest, "queue-id: <", ">"); id != "undef" {
		l.e.Add(event.QueueID, id)
	}
	if n, ok := lex.Number(lex.Digits(between(rest, "size: ", ";"))); ok {
		l.e.AddInt(event.Size, n)
	}
}

// rspamdClient reads "203.0.113.44:55931" or "[2001:db8::1]:55931".
func (l *line) rspamdClient(s string) {
	s, _ = cutWord(s)
	colon := strings.LastIndexByte(s, ':')
	if colon < 0 {
		return
	}
	l.client("", strings.Trim(s[:colon], "[]"))
	if n, ok := lex.Number(s[colon+1:]); ok {
		l.e.AddInt(event.ClientPort, n)
	}
}

// rspamdVerdict reads the line that rspamd writes for every message in its
// default format (conf/logging.inc).
func (l *line) rspamdVerdict(s string) bool {
	s, ok := strings.CutPrefix(s, "id: ")
	if !ok {
		return l.is(event.TypeContentCheck) // a format of the site's own
	}
	mid, s, _ := strings.Cut(s, ", ")
	if isMessageID(mid) {
		l.e.Add(event.MessageID, mid)
	}
	s = l.rspamdEnvelope(s)
	s = l.rspamdScore(s)
	if at := strings.Index(s, "), len: "); at >= 0 {
		l.symbols(strings.TrimSuffix(strings.TrimPrefix(s[:at], " ["), "]"))
		l.rspamdTail(s[at+len("), "):])
	} else {
		l.symbols(strings.TrimPrefix(s, " [")) // the line is cut
	}
	return l.is(event.TypeContentCheck)
}

// rspamdEnvelope reads what stands before "(default: " and returns the rest from
// there. What stands there twice is counted once: a Message-ID may pretend to be
// the rest of the line.
func (l *line) rspamdEnvelope(s string) string {
	for {
		var value string
		switch {
		case strings.HasPrefix(s, "qid: <"):
			value, s, _ = strings.Cut(s[len("qid: <"):], ">")
			if value != "undef" && !l.e.Has(event.QueueID) {
				l.e.Add(event.QueueID, value)
			}
		case strings.HasPrefix(s, "ip: "):
			value, s = cutItem(s[len("ip: "):])
			if !l.e.Has(event.ClientIP) {
				l.client("", strings.Trim(value, "[]"))
			}
		case strings.HasPrefix(s, "user: "):
			value, s = cutItem(s[len("user: "):])
			if value != "undef" && !l.e.Has(event.Username) {
				l.e.Add(event.Username, value)
			}
		case strings.HasPrefix(s, "from: <"):
			var ok bool
			if value, s, ok = lex.Angle(s[len("from: "):]); ok && !l.e.Has(event.Sender) {
				l.sender(value)
			}
		default:
			return s
		}
		s = strings.TrimPrefix(s, ", ")
	}
}

// cutItem takes everything up to the next ", " off s.
func cutItem(s string) (item, rest string) {
	if i := strings.Index(s, ", "); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// rspamdScore reads "(default: F (no action): [0.1/15.00]" and returns the rest.
func (l *line) rspamdScore(s string) string {
	if !strings.HasPrefix(s, "(") {
		return ""
	}
	_, s, ok := strings.Cut(s, " (")
	if !ok {
		return ""
	}
	action, s, ok := strings.Cut(s, "): [")
	if !ok {
		return ""
	}
	l.e.Add(event.SpamVerdict, action)
	score, s, _ := strings.Cut(s, "]")
	score, required, _ := strings.Cut(score, "/")
	l.score(score)
	l.extraNumber("spam_required", required)
	return s
}

// rspamdTail reads "len: 3146, time: 86.459ms, dns req: 21, digest: <...>,
// rcpts: <a,b>, mime_rcpts: <...>, file: x, forced: reject ...".
func (l *line) rspamdTail(s string) {
	if n, ok := lex.Number(lex.Digits(strings.TrimPrefix(s, "len: "))); ok {
		l.e.AddInt(event.Size, n)
	}
	ms := between(s, ", time: ", "ms")
	l.extraNumber("scan_ms", ms)
	if _, rest, ok := strings.Cut(s, ", rcpts: <"); ok {
		list, _, _ := strings.Cut(rest, ">")
		for range maxRecipients {
			rcpt, more, found := strings.Cut(list, ",")
			if strings.IndexByte(rcpt, '@') > 0 {
				l.e.Add(event.Recipient, strings.TrimSpace(rcpt))
			}
			if list = more; !found {
				break
			}
		}
	}
	if at := strings.LastIndex(s, ", forced: "); at >= 0 {
		action := s[at+len(", forced: "):]
		if end := strings.IndexAny(action, `";`); end >= 0 {
			action = action[:end]
		}
		l.extra("spam_forced", strings.TrimSpace(action))
	}
}

// rspamdRecord is a line of rspamd with logging.json on.
type rspamdRecord struct {
	Time     float64 `json:"ts"`
	PID      int64   `json:"pid"`
	Severity string  `json:"severity"`
	Worker   string  `json:"worker_type"`
	ID       string  `json:"id"`
	Module   string  `json:"module"`
	Function string  `json:"function"`
	Message  string  `json:"message"`
}

// rspamdJSON reads one object. It is decoded by the library: nobody who has much
// mail logs this way.
func (l *line) rspamdJSON(s string) bool {
	var r rspamdRecord
	if json.Unmarshal([]byte(s), &r) != nil || r.Worker == "" {
		return false
	}
	if ns := r.Time * 1e9; l.rec.Time == 0 && ns > 0 && ns < 9e18 {
		l.e.Time = int64(ns)
	}
	if l.rec.Program == "" {
		l.e.Add(event.Program, "rspamd")
	}
	if l.rec.PID == "" && r.PID > 0 {
		l.e.AddInt(event.PID, r.PID)
	}
	l.e.Add(event.Level, levelOf(r.Severity))
	l.e.Add(event.LogMessage, r.Message)
	return l.rspamdText(r.ID, r.Module, r.Function+": "+r.Message)
}
