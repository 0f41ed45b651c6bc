package lucene

import (
	"strconv"
	"strings"
)

// maxIntervalDigits bounds the numbers of an interval in a regular expression.
const maxIntervalDigits = 18

// interval reads <low-high>, a decimal number between two others, after its <.
// Where both are written with the same number of digits the value has that
// many too; else leading zeros are free. A < that begins no interval stands for
// itself.
func (p *regexpParser) interval(start int) string {
	length := strings.IndexByte(p.pattern[p.pos:p.end], '>')
	if length < 0 {
		return "<"
	}
	low, high, ok := strings.Cut(p.pattern[p.pos:p.pos+length], "-")
	if !ok || !isNumeral(low) || !isNumeral(high) {
		return "<"
	}
	p.pos = start + 1 + length + 1
	from, _ := strconv.ParseInt(low, 10, 64)
	to, _ := strconv.ParseInt(high, 10, 64)
	if from > to {
		from, to = to, from
	}
	if len(low) == len(high) {
		digits := len(low)
		return "(?:" + strings.Join(numerals(padded(from, digits), padded(to, digits)), "|") + ")"
	}
	var all []string
	for from <= to {
		// Numbers of one length at a time.
		s := strconv.FormatInt(from, 10)
		last := strings.Repeat("9", len(s))
		if n, _ := strconv.ParseInt(last, 10, 64); n > to {
			last = strconv.FormatInt(to, 10)
		}
		all = append(all, numerals(s, last)...)
		n, _ := strconv.ParseInt(last, 10, 64)
		from = n + 1
	}
	return "(?:0*(?:" + strings.Join(all, "|") + "))"
}

func isNumeral(s string) bool {
	return s != "" && len(s) <= maxIntervalDigits && strings.Trim(s, "0123456789") == ""
}

func padded(n int64, digits int) string {
	s := strconv.FormatInt(n, 10)
	return strings.Repeat("0", digits-len(s)) + s
}

// numerals returns patterns for the numerals from low to high, which have the
// same number of digits: at most two for each digit.
func numerals(low, high string) []string {
	same := 0
	for same < len(low) && low[same] == high[same] {
		same++
	}
	head := low[:same]
	if same == len(low) {
		return []string{head}
	}
	a, b := low[same:], high[same:]
	if strings.Trim(a, "0") == "" && strings.Trim(b, "9") == "" {
		return []string{head + anyDigits(len(a))}
	}
	if len(a) == 1 {
		return []string{head + "[" + a + "-" + b + "]"}
	}
	var all []string
	first, last := a[0], b[0]
	if strings.Trim(a[1:], "0") != "" {
		all = append(all, above(head, a)...)
		first++
	}
	var tail []string
	if strings.Trim(b[1:], "9") != "" {
		tail = below(head, b)
		last--
	}
	if first <= last {
		all = append(all, head+"["+string(first)+"-"+string(last)+"]"+anyDigits(len(a)-1))
	}
	return append(all, tail...)
}

// above are the numerals with a's first digit that are at least a.
func above(head, a string) []string {
	all := []string{head + a}
	for i := len(a) - 1; i > 0; i-- {
		if a[i] < '9' {
			all = append(all, head+a[:i]+"["+string(a[i]+1)+"-9]"+anyDigits(len(a)-1-i))
		}
	}
	return all
}

// below are the numerals with b's first digit that are at most b.
func below(head, b string) []string {
	all := []string{head + b}
	for i := len(b) - 1; i > 0; i-- {
		if b[i] > '0' {
			all = append(all, head+b[:i]+"[0-"+string(b[i]-1)+"]"+anyDigits(len(b)-1-i))
		}
	}
	return all
}

func anyDigits(n int) string {
	if n == 0 {
		return ""
	}
	return "[0-9]{" + strconv.Itoa(n) + "}"
}
