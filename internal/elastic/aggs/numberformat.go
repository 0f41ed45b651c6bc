package aggs

import (
	"math"
	"strconv"
	"strings"
)

// writeNumber writes a number in a pattern of Java's DecimalFormat: # and 0 for
// digits, a comma for groups, a point, % and text around it. "raw" and what is
// no pattern write the plain number.
func writeNumber(x float64, format string) string {
	if format == "raw" || !strings.ContainsAny(format, "#0") {
		if strings.ContainsAny(format, "#0") || format == "raw" || format == "" {
			return doubleText(x)
		}
	}
	if positive, negative, ok := strings.Cut(format, ";"); ok {
		if x < 0 {
			return writeNumber(-x, negative)
		}
		format = positive
	}
	first := strings.IndexAny(format, "#0.,")
	if first < 0 {
		return unquoted(format)
	}
	last := first
	for last < len(format) && strings.IndexByte("#0.,", format[last]) >= 0 {
		last++
	}
	prefix, body, suffix := format[:first], format[first:last], format[last:]
	if strings.Contains(prefix+suffix, "%") {
		x *= 100
	}
	whole, fraction, _ := strings.Cut(body, ".")
	return sign(x) + unquoted(prefix) + digitsOf(math.Abs(x), whole, fraction) + unquoted(suffix)
}

func sign(x float64) string {
	if x < 0 {
		return "-"
	}
	return ""
}

func unquoted(s string) string { return strings.ReplaceAll(s, "'", "") }

// digitsOf writes the digits as the parts of a pattern before and behind the
// point say.
func digitsOf(x float64, whole, fraction string) string {
	s := strconv.FormatFloat(roundEven(x, min(len(fraction), 40)), 'f', min(len(fraction), 40), 64)
	digits, rest, _ := strings.Cut(s, ".")
	least := strings.Count(fraction, "0")
	for len(rest) > least && strings.HasSuffix(rest, "0") {
		rest = rest[:len(rest)-1]
	}
	least = strings.Count(whole, "0")
	if digits == "0" && least == 0 && rest != "" {
		digits = ""
	}
	for len(digits) < least {
		digits = "0" + digits
	}
	if at := strings.LastIndexByte(whole, ','); at >= 0 {
		digits = grouped(digits, len(whole)-at-1)
	}
	if rest != "" {
		return digits + "." + rest
	}
	return digits
}

// roundEven rounds halves to the even neighbour, as Java does.
func roundEven(x float64, places int) float64 {
	if scale := math.Pow10(places); places < 15 && x < 1e15 {
		return math.RoundToEven(x*scale) / scale
	}
	return x
}

func grouped(digits string, size int) string {
	if size <= 0 {
		return digits
	}
	for at := len(digits) - size; at > 0; at -= size {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
