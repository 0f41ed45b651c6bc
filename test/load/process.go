package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// memory is what the kernel tells of a running process, in bytes.
type memory struct {
	resident, peak int64
	own            int64 // of resident: not pages of files, which the kernel can take back
}

// memoryOf reads what a process has in memory.
func memoryOf(pid int) (memory, error) {
	path := fmt.Sprintf("/proc/%d/status", pid)
	var m memory
	for name, into := range map[string]*int64{"VmRSS": &m.resident, "VmHWM": &m.peak, "RssAnon": &m.own} {
		kb, err := strconv.ParseInt(strings.TrimSuffix(fieldOf(path, name), " kB"), 10, 64)
		if err != nil {
			return m, fmt.Errorf("reading %s of %s: %w", name, path, err)
		}
		*into = kb * 1024
	}
	return m, nil
}

// processorTime is what a running process has used, in user mode and in the
// kernel.
func processorTime(pid int) (time.Duration, error) {
	path := fmt.Sprintf("/proc/%d/stat", pid)
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	// The name stands in brackets and may hold anything.
	at := strings.LastIndexByte(string(text), ')')
	const user, system = 11, 12 // counted behind the name
	fields := strings.Fields(string(text[at+1:]))
	if at < 0 || len(fields) <= system {
		return 0, fmt.Errorf("reading %s: it has another form", path)
	}
	var ticks int64
	for _, i := range []int{user, system} {
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("reading %s: %w", path, err)
		}
		ticks += n
	}
	const perSecond = 100 // USER_HZ of every Linux that Go runs on
	return time.Duration(ticks) * time.Second / perSecond, nil
}

// freeAddress is an address on this machine that nobody listens on.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}
