package settings

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// ErrTime: the text is no time with a unit.
var ErrTime = errors.New("no time with a unit")

// ParseTime reads a time value as Elasticsearch writes it: a number and one of
// nanos, micros, ms, s, m, h, d. -1 and 0 give 0.
func ParseTime(text string) (time.Duration, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "-1" || text == "0" {
		return 0, nil
	}
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"nanos", 1}, {"micros", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second}, {"m", time.Minute}, {"h", time.Hour}, {"d", 24 * time.Hour}} {
		number, ok := strings.CutSuffix(text, u.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			continue // 5ms ends with s too
		}
		if !(n >= 0) || n > float64(1<<62)/float64(u.unit) {
			return 0, ErrTime
		}
		return time.Duration(n * float64(u.unit)), nil
	}
	return 0, ErrTime
}
