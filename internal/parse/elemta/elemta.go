package elemta

import (
	"strings"
	"sync"

	"rastro/internal/event"
)

// form is the shape of a line.
type form uint8

const (
	formJSON   form = iota // {"time":…,"level":…,"msg":…}
	formLogfmt             // time=… level=… msg="…" key=value
	formText               // 2006/01/02 15:04:05 INFO text key=value
	formPlain              // text without attributes
	formManual             // key=value only, as the manual of 2025 prints it
)

// line is one line while it is read.
type line struct {
	rec   *event.Record
	e     *event.Event
	form  form
	pairs []pair
	rule  rule

	msg        string
	level      string
	component  string   // the last one of several
	outer      []string // the ones before it
	outerRoom  [3]string
	seen       [roleBody + 1]bool
	best       int    // the pair that becomes reply, -1 if none
	code       int64  // of the reply
	dsn        string // of the reply
	user       string // from an AUTH answer
	hostSet    bool
	recipients string // the list that was added last
}

// Parse reads one line of Elemta. It adds to e what the line says and returns
// true, or returns false and leaves e as it was. Secrets are appended to
// rec.Secrets in either case: half a line that nobody understands may still
// hold a password.
func Parse(rec *event.Record, e *event.Event) bool {
	if rec.Text == "" {
		return false
	}
	ours := rec.Program == "" || indexFold(rec.Program, "elemta") >= 0
	if rec.Text[0] == '{' {
		if parseJSON(rec, e, ours) {
			return true
		}
	} else if ours && parseText(rec, e) {
		return true
	}
	if ours {
		sweep(rec, rec.Text)
	}
	return false
}

// lines holds lines for the next call, with the memory of their pairs.
var lines = sync.Pool{New: func() any { return &line{pairs: make([]pair, 0, 48)} }}

// newLine returns an empty line; release gives it back.
func newLine(rec *event.Record, e *event.Event, f form) *line {
	l := lines.Get().(*line)
	*l = line{rec: rec, e: e, form: f, pairs: l.pairs[:0], best: -1}
	l.outer = l.outerRoom[:0]
	return l
}

// release keeps the line's memory but nothing of its text, unless a monstrous
// line has grown it.
func (l *line) release() {
	if cap(l.pairs) > 256 {
		return
	}
	clear(l.pairs)
	*l = line{pairs: l.pairs[:0]}
	lines.Put(l)
}

// parseJSON reads a line of Go's slog JSON handler. Lines of a program with
// another name in its envelope must say themselves that they are Elemta's.
func parseJSON(rec *event.Record, e *event.Event, ours bool) bool {
	l := newLine(rec, e, formJSON)
	defer l.release()
	var n int
	var whole bool
	l.pairs, n, whole = scanObject(l.pairs, rec.Text)
	if !l.head() {
		return false
	}
	if !ours && !l.saysElemta() {
		return false
	}
	l.emit()
	if !whole {
		e.Tag(event.TagTruncated)
	}
	if n < len(rec.Text) {
		sweep(rec, rec.Text[n:])
	}
	return true
}

// head finds text, level and component, which decide what the rest means. It
// returns false if the line lacks a time, a level or a text and so cannot be
// slog's.
func (l *line) head() bool {
	var hasTime, hasLevel, hasMsg bool
	for i := range l.pairs {
		p := &l.pairs[i]
		p.role = roles[p.key]
		l.seen[p.role] = true
		switch p.role {
		case roleHead:
			if p.cut || p.kind != kindString && p.kind != kindWord {
				continue
			}
			switch p.key {
			case "time":
				hasTime = true
			case "level":
				l.level, hasLevel = readLevel(p.text())
			case "msg":
				l.msg, hasMsg = p.text(), true
			case "component":
				l.addComponent(p.text())
			}
		case roleReply, roleReason:
			l.considerReply(i)
		}
	}
	return hasTime && hasLevel && hasMsg
}

// addComponent notes a component; the last one is the most precise.
func (l *line) addComponent(name string) {
	if name == "" || name == l.component {
		return
	}
	if l.component != "" {
		l.outer = append(l.outer, l.component)
	}
	l.component = name
}

// considerReply keeps the pair that says most: an answer before a reason
// before an error.
func (l *line) considerReply(i int) {
	p := &l.pairs[i]
	if p.kind != kindString && p.kind != kindWord || p.raw == `""` || p.raw == "" || p.cut {
		return
	}
	if l.best < 0 || replyRank(p.key) > replyRank(l.pairs[l.best].key) {
		l.best = i
	}
}

func replyRank(key string) int {
	switch key {
	case "response":
		return 3
	case "error":
		return 1
	case "reason":
		return 0
	}
	return 2
}

// has tells whether the line has a key of that role.
func (l *line) has(r role) bool { return l.seen[r] }

// saysElemta tells whether the line names the product it came from.
func (l *line) saysElemta() bool {
	for i := range l.pairs {
		if l.pairs[i].key == "service" && strings.HasPrefix(l.pairs[i].text(), "elemta") {
			return true
		}
	}
	return false
}

// emit writes the line into the event.
func (l *line) emit() {
	e := l.e
	l.rule = ruleFor(l)
	e.Set(event.Program, "elemta")
	e.Add(event.Component, l.component)
	e.Add(event.Level, l.level)
	if l.level == event.LevelError || l.level == event.LevelFatal {
		e.AddBool(event.IsError, true)
	}
	e.Add(event.LogMessage, l.msg)
	if len(l.outer) > 0 {
		e.AddExtra("component_path", pathJSON(l.outer))
	}
	l.settle()
	for i := range l.pairs {
		l.apply(i)
	}
	if l.user != "" && !e.Has(event.Username) {
		e.Add(event.Username, l.user)
	}
	e.Add(event.EventType, l.rule.typ)
	if l.rule.typ == event.TypeConnection {
		e.Add(event.Connection, event.ConnectionOpened)
	}
	e.Add(event.Status, l.rule.status)
}

// pathJSON writes the outer components as a JSON list.
func pathJSON(names []string) string {
	if len(names) == 1 {
		switch names[0] {
		case "smtp-session":
			return `["smtp-session"]`
		case "smtp-server":
			return `["smtp-server"]`
		case "queue-processor":
			return `["queue-processor"]`
		}
	}
	if len(names) == 2 && names[0] == "smtp-session" && names[1] == "session-data" {
		return `["smtp-session","session-data"]`
	}
	var b strings.Builder
	for i, name := range names {
		b.WriteByte("[,"[min(i, 1)])
		b.WriteString(quote(name))
	}
	b.WriteByte(']')
	return b.String()
}

// readLevel reads slog's level, which may have a distance: "WARN+1".
func readLevel(s string) (level string, ok bool) {
	if at := strings.IndexAny(s, "+-"); at > 0 {
		s = s[:at]
	}
	switch s {
	case "DEBUG":
		return event.LevelDebug, true
	case "INFO":
		return event.LevelInfo, true
	case "WARN", "WARNING":
		return event.LevelWarn, true
	case "ERROR":
		return event.LevelError, true
	case "FATAL":
		return event.LevelFatal, true
	}
	return "", false
}
