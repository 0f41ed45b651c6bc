package envelope

import "strings"

// RepeatCount is the extra field that says how often a repeated text came.
const RepeatCount = "repeat_count"

const (
	repeatedPrefix = "message repeated "
	lastPrefix     = "last message repeated "
	timesOpen      = " times: ["
	timesOnly      = " times"
)

// repeatedText takes "message repeated 2 times: [ text]" apart, as rsyslog
// writes it for a text that it left out.
func repeatedText(s string) (count, inner string, ok bool) {
	count, rest := number(s[len(repeatedPrefix):])
	if count == "" || !strings.HasPrefix(rest, timesOpen) {
		return "", "", false
	}
	inner = rest[len(timesOpen) : len(rest)-1]
	return count, trimEnd(skipBlank(inner, 0)), true
}

// repeatedLast reads "last message repeated 3 times", which stands for the
// line before it.
func repeatedLast(s string) (count string, ok bool) {
	if !strings.HasPrefix(s, lastPrefix) {
		return "", false
	}
	count, rest := number(s[len(lastPrefix):])
	if count == "" || rest != timesOnly && rest != " time" {
		return "", false
	}
	return count, true
}

// number takes a whole number without leading zeros off s, at most nine
// digits, so that it is also a JSON value.
func number(s string) (digits, rest string) {
	n := 0
	for n < len(s) && n < 9 && digit(s[n]) {
		n++
	}
	if n == 0 || s[0] == '0' {
		return "", s
	}
	return s[:n], s[n:]
}

// IsRepeatNotice tells whether text is a syslog daemon's own note that the line
// before it came again.
func IsRepeatNotice(text string) bool {
	_, ok := repeatedLast(text)
	return ok
}
