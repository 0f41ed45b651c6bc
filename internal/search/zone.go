package search

import (
	"fmt"
	"strconv"
	"time"
)

// Zone finds a time zone by its IANA name or its offset (-05:00); "" is UTC.
// The name Local, which means another zone on every machine, is refused.
func Zone(name string) (*time.Location, error) {
	if name == "" {
		return time.UTC, nil
	}
	if zone, ok := offsetZone(name); ok {
		return zone, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil || name == "Local" {
		return nil, fmt.Errorf("no time zone is named %q; write an IANA name such as America/Bogota, or an offset such as -05:00", name)
	}
	return zone, nil
}

// offsetZone reads +hh:mm or -hh:mm.
func offsetZone(text string) (*time.Location, bool) {
	if len(text) != 6 || text[3] != ':' || text[0] != '+' && text[0] != '-' {
		return nil, false
	}
	hours, err1 := strconv.ParseUint(text[1:3], 10, 8)
	minutes, err2 := strconv.ParseUint(text[4:], 10, 8)
	if err1 != nil || err2 != nil || hours > 18 || minutes > 59 {
		return nil, false
	}
	seconds := int(hours*3600 + minutes*60)
	if text[0] == '-' {
		seconds = -seconds
	}
	return time.FixedZone(text, seconds), true
}
