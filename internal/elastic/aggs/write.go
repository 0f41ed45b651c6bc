package aggs

import (
	"strings"
	"time"
)

// WriteDate writes a moment (nanoseconds since 1970) in a date format; "" means
// ISO 8601 with milliseconds. strict_date_optional_time_nanos has as many
// digits of a second as there are, at least three.
func WriteDate(ns int64, format string) string {
	t := time.Unix(0, ns).UTC()
	switch f := firstFormat(format); f {
	case "", "epoch_millis", "epoch_second":
		return writeDate(float64(t.UnixMilli()), format, nil)
	case "strict_date_optional_time_nanos", "date_optional_time_nanos":
		digits := strings.TrimRight(t.Format(".000000000"), "0")
		for len(digits) < len(".000") {
			digits += "0"
		}
		return t.Format("2006-01-02T15:04:05") + digits + "Z"
	default:
		var b strings.Builder
		for _, tok := range dateTokens(pattern(f)) {
			b.WriteString(tok.write(t))
		}
		return b.String()
	}
}

// CheckDateFormat refuses a date format with letters that mean nothing. Errors
// are *Error.
func CheckDateFormat(format string) error { return checkFormat(format) }

// WriteNumber writes a number in a decimal format such as #,##0.00.
func WriteNumber(x float64, format string) string { return writeNumber(x, format) }
