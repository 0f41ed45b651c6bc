package main

import (
	"os"
	"strings"
	"time"

	"rastro/internal/search"
)

// displayZone is the zone of --zone, and fills in this machine's when there is
// none.
func displayZone(name *string) (*time.Location, error) {
	if *name == "" {
		*name = machineZone()
	}
	zone, err := search.Zone(*name)
	if err != nil {
		return nil, usageError{err}
	}
	return zone, nil
}

// machineZone is the name of this machine's time zone, for servers that may
// stand elsewhere; where it has no name, its offset now.
func machineZone() string {
	name, set := os.LookupEnv("TZ")
	if name = strings.TrimPrefix(name, ":"); set && name == "" {
		return "UTC"
	}
	if !set {
		if path, err := os.Readlink("/etc/localtime"); err == nil {
			_, name, _ = strings.Cut(path, "zoneinfo/")
		}
	}
	if _, err := search.Zone(name); err == nil && name != "" {
		return name
	}
	return time.Now().Format("-07:00")
}
