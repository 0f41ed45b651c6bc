package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// units of Duration beyond time.ParseDuration; a year is 365 days.
var longUnits = []struct {
	letter string
	length time.Duration
}{{"y", 365 * 24 * time.Hour}, {"w", 7 * 24 * time.Hour}, {"d", 24 * time.Hour}}

// ParseDuration reads 90s, 15m, 1h30m, 7d, 2w, 1y or 0.
func ParseDuration(text string) (Duration, error) {
	rest, total := strings.TrimSpace(text), time.Duration(0)
	for _, u := range longUnits {
		number, tail, found := strings.Cut(rest, u.letter)
		if !found {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n < 0 || n > int64(math.MaxInt64/u.length) {
			return 0, durationError(text)
		}
		total, rest = total+time.Duration(n)*u.length, tail
	}
	if rest != "" || text == "" {
		d, err := time.ParseDuration(rest)
		if err != nil || d < 0 {
			return 0, durationError(text)
		}
		total += d
	}
	if total < 0 {
		return 0, durationError(text)
	}
	return Duration(total), nil
}

func durationError(text string) error {
	return fmt.Errorf("%q is no duration; write a number and a unit such as 30s, 15m, 12h, 7d, 2w or 1y", text)
}

// String writes d as ParseDuration reads it.
func (d Duration) String() string {
	rest, text := time.Duration(d), ""
	for _, u := range longUnits[1:] {
		if n := rest / u.length; n > 0 && rest%u.length == 0 {
			return strconv.FormatInt(int64(n), 10) + u.letter
		}
	}
	switch {
	case rest == 0:
		return "0s"
	case rest%time.Hour == 0:
		text = strconv.FormatInt(int64(rest/time.Hour), 10) + "h"
	case rest%time.Minute == 0:
		text = strconv.FormatInt(int64(rest/time.Minute), 10) + "m"
	default:
		text = rest.String()
	}
	return text
}

var sizeUnits = []struct {
	name  string
	bytes int64
}{{"TB", 1 << 40}, {"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}}

// ParseSize reads 512MB, 20 GB, 1024 or 0.
func ParseSize(text string) (Size, error) {
	number, factor := strings.ToUpper(strings.TrimSpace(text)), int64(1)
	for _, u := range sizeUnits {
		short := u.name[:1]
		if cut, ok := strings.CutSuffix(number, u.name); ok {
			number, factor = cut, u.bytes
			break
		}
		if cut, ok := strings.CutSuffix(number, short); ok {
			number, factor = cut, u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/factor {
		return 0, fmt.Errorf("%q is no size; write a number and a unit such as 512MB, 20GB or 1TB", text)
	}
	return Size(n * factor), nil
}

// String writes s as ParseSize reads it.
func (s Size) String() string {
	for _, u := range sizeUnits {
		if int64(s) >= u.bytes && int64(s)%u.bytes == 0 {
			return strconv.FormatInt(int64(s)/u.bytes, 10) + u.name
		}
	}
	return strconv.FormatInt(int64(s), 10)
}
