package config

import (
	"os"
	"strconv"
	"strings"
)

// leastTotal is the least memory of all questions together where none is set.
const leastTotal = 256 << 20

// TotalMemory is the most memory of all questions together, in bytes.
func (s *Search) TotalMemory() int64 {
	if s.Total > 0 {
		return int64(s.Total)
	}
	return max(int64(s.Memory), leastTotal, machineMemory(os.ReadFile)/4)
}

// machineMemory is the memory that this process may use: that of the machine, or
// of its control group if that is less; 0 where neither is told.
func machineMemory(read func(path string) ([]byte, error)) int64 {
	var least int64
	for path, parse := range map[string]func(text string) int64{
		"/proc/meminfo":                               meminfo,
		"/sys/fs/cgroup/memory.max":                   bytesOf,
		"/sys/fs/cgroup/memory/memory.limit_in_bytes": bytesOf,
	} {
		text, err := read(path)
		if err != nil {
			continue // this system does not tell
		}
		if n := parse(string(text)); n > 0 && (least == 0 || n < least) {
			least = n
		}
	}
	return least
}

// bytesOf reads a number of bytes; 0 for "max".
func bytesOf(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// meminfo reads the line "MemTotal: 16384 kB".
func meminfo(text string) int64 {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, "MemTotal:"); ok {
			return bytesOf(strings.TrimSuffix(strings.TrimSpace(rest), "kB")) << 10
		}
	}
	return 0
}
