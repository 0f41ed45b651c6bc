package rest

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// HumanTime writes a time as Elasticsearch does: 1.5d, 3h, 20.2m, 40s, 7ms.
func HumanTime(d time.Duration) string {
	for _, u := range []struct {
		name string
		unit time.Duration
	}{{"d", 24 * time.Hour}, {"h", time.Hour}, {"m", time.Minute}, {"s", time.Second}} {
		if d >= u.unit {
			return short(float64(d)/float64(u.unit)) + u.name
		}
	}
	return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
}

// HumanBytes writes a size as Elasticsearch does: 225b, 4.1kb, 50gb.
func HumanBytes(n int64) string {
	for i, name := range []string{"pb", "tb", "gb", "mb", "kb"} {
		if unit := int64(1) << (10 * (5 - i)); n >= unit {
			return short(float64(n)/float64(unit)) + name
		}
	}
	return strconv.FormatInt(n, 10) + "b"
}

// short writes a number with one digit behind the point, cut off, where it is
// not 0.
func short(f float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(int64(f*10))/10), ".0")
}
