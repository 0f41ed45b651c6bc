package envelope

import (
	"strconv"

	"rastro/internal/event"
)

// journalEntry holds the fields of a journal entry that matter, as written.
type journalEntry struct {
	message, received, written string
	host, name, command        string
	pid, claimedPID            string
	priority, unit             string
}

// readJournal reads one object of journald's JSON export. Its names are upper
// case, so that nearly every other object is refused at its first name.
func readJournal(s string) (j journalEntry, ok bool) {
	m := members{s: s}
	found := false
	for {
		name, value, ok := m.next()
		if !ok {
			break
		}
		if name == "" || name[0] != '_' && (name[0] < 'A' || name[0] > 'Z') {
			return j, false
		}
		switch name {
		case "MESSAGE":
			j.message = value
		case "__REALTIME_TIMESTAMP":
			j.received, found = value, true
		case "_SOURCE_REALTIME_TIMESTAMP":
			j.written = value
		case "_HOSTNAME":
			j.host, found = value, true
		case "SYSLOG_IDENTIFIER":
			j.name, found = value, true
		case "_COMM":
			j.command = value
		case "_PID":
			j.pid = value
		case "SYSLOG_PID":
			j.claimedPID = value
		case "PRIORITY":
			j.priority = value
		case "_SYSTEMD_UNIT":
			j.unit = value
		}
	}
	return j, found && !m.bad && j.message != "" && trimEnd(s[m.at:]) == ""
}

// journald handles an entry of journald's JSON export.
func (u *Unwrapper) journald(s string, rec *event.Record, e *event.Event, depth int) bool {
	j, ok := readJournal(s)
	if !ok {
		return false
	}
	if us, ok := microseconds(j.written); ok {
		rec.Time = us * 1000
	} else if us, ok := microseconds(j.received); ok {
		rec.Time = us * 1000
	}
	rec.Anchor = anchored(rec)
	if n := plain(j.priority); len(n) == 1 && n[0] >= '0' && n[0] <= '7' {
		rec.Level = levels[n[0]-'0']
	}
	if isString(j.unit) {
		e.AddExtra("_SYSTEMD_UNIT", j.unit)
	}
	rec.Raw = trimLineEnd(plain(j.message))
	u.peel(trimStart(rec.Raw), rec, e, depth+1)
	if rec.Host == "" {
		rec.Host = plain(j.host)
	}
	if rec.Program == "" {
		if rec.Program = plain(j.name); rec.Program == "" {
			rec.Program = plain(j.command)
		}
		if rec.PID = plain(j.claimedPID); rec.PID == "" {
			rec.PID = plain(j.pid)
		}
	}
	return true
}

// microseconds reads a stamp of the journal that fits into our range.
func microseconds(value string) (us int64, ok bool) {
	if value == "" {
		return 0, false
	}
	us, err := strconv.ParseInt(plain(value), 10, 64)
	return us, err == nil && us > 0 && us/1e6 <= lastSecond
}

// plain returns the text of a value: a string, a number, the bytes of a text
// that is no UTF-8, or the first of several values. null gives "".
func plain(value string) string {
	switch {
	case value == "" || value == "null":
		return ""
	case value[0] == '"':
		return unquote(value)
	case value[0] != '[':
		return value
	}
	inner := trimEnd(value[1 : len(value)-1])
	for inner != "" && (inner[0] == ' ' || inner[0] == '\t') {
		inner = inner[1:]
	}
	if inner == "" {
		return ""
	}
	if inner[0] == '"' || inner[0] == '[' {
		end := valueEnd(inner, 0)
		if end < 0 || inner[0] == '[' && end < 2 {
			return ""
		}
		if inner[0] == '[' {
			return bytesOf(inner[1 : end-1])
		}
		return unquote(inner[:end])
	}
	return bytesOf(inner)
}

// bytesOf reads a list of numbers from 0 to 255 parted by commas as bytes;
// what is no such number is left out.
func bytesOf(list string) string {
	text := make([]byte, 0, len(list)/3+1)
	n, digits := 0, 0
	for i := 0; i <= len(list); i++ {
		if i < len(list) && digit(list[i]) {
			if n <= 255 {
				n = n*10 + int(list[i]-'0')
			}
			digits++
			continue
		}
		if (i == len(list) || list[i] == ',') && digits > 0 && n <= 255 {
			text = append(text, byte(n))
		}
		if i == len(list) || list[i] == ',' {
			n, digits = 0, 0
		}
	}
	return string(text)
}
