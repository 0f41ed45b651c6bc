package query

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// maxNumberText is the longest text that is read as a number, in bytes.
const maxNumberText = 64

// isDecimal tells whether s may be a decimal number with sign, point and
// exponent: no spaces, no hexadecimal, no "inf".
func isDecimal(s string) bool {
	if s == "" || len(s) > maxNumberText {
		return false
	}
	digits := false
	for i := range len(s) {
		c := s[i]
		if c-'0' < 10 {
			digits = true
		} else if strings.IndexByte("+-.eE", c) < 0 {
			return false
		}
	}
	return digits
}

func parseNumber(s string) (float64, bool) {
	if !isDecimal(s) {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

func parseInteger(s string) (int64, bool) {
	if !isDecimal(s) {
		return 0, false
	}
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n != math.Trunc(n) || math.Abs(n) >= 1<<63 {
		return 0, false
	}
	return int64(n), true
}

// Times outside these seconds do not fit into nanoseconds of 64 bits.
const (
	firstSecond = math.MinInt64/int64(time.Second) + 1
	lastSecond  = math.MaxInt64/int64(time.Second) - 1
)

func parseTime(s string) (int64, bool) {
	if isDecimal(s) {
		n, err := strconv.ParseInt(s, 10, 64)
		return n, err == nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Unix() < firstSecond || t.Unix() > lastSecond {
		return 0, false
	}
	return t.UnixNano(), true
}

// compareLoosely compares a value with a bound, both as text: as numbers where
// both are decimal numbers, else as folded strings. bound is folded.
func compareLoosely(value, bound string, number float64, isNumber bool) int {
	if !isNumber || !isDecimal(value) {
		return compareFolded(value, bound)
	}
	if a, ok := parseInteger(value); ok {
		if b, ok := parseInteger(bound); ok {
			return compareOrdered(a, b)
		}
	}
	n, ok := parseNumber(value)
	if !ok {
		return compareFolded(value, bound)
	}
	return compareOrdered(n, number)
}

func compareOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// CompareUnknown orders two values of a field that the table does not know:
// numbers come before texts and stand by their size, texts in byte order.
// Values that it calls equal are the same bytes.
func CompareUnknown(a, b string) int {
	x, isX := parseUnknown(a)
	y, isY := parseUnknown(b)
	switch {
	case isX && !isY:
		return -1
	case isY && !isX:
		return 1
	case isX && x != y:
		return compareOrdered(x, y)
	}
	return strings.Compare(a, b)
}

func parseUnknown(s string) (float64, bool) {
	if !isDecimal(s) {
		return 0, false
	}
	return parseNumber(s)
}
