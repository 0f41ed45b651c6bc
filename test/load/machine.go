package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// machine is what figures belong to.
type machine struct {
	processor string
	cores     int
	memory    int64
	kernel    string
	disk      string
	load      string // before the run
}

func describeMachine(dir string) machine {
	m := machine{cores: runtime.NumCPU(), processor: "unknown", kernel: kernelVersion(), disk: describeDisk(dir)}
	if name := fieldOf("/proc/cpuinfo", "model name"); name != "" {
		m.processor = name
	}
	if kb, err := strconv.ParseInt(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB"), 10, 64); err == nil {
		m.memory = kb * 1024
	}
	if load := strings.Fields(readLine("/proc/loadavg")); len(load) > 0 {
		m.load = load[0]
	}
	return m
}

// describeDisk names the file system below dir and the kind of its device.
func describeDisk(dir string) string {
	var st unix.Stat_t
	full, err := filepath.Abs(dir)
	if err == nil {
		err = unix.Stat(full, &st)
	}
	if err != nil {
		return "unknown"
	}
	device := fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev))
	text, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "unknown"
	}
	system := "unknown file system"
	for line := range strings.Lines(string(text)) {
		before, after, ok := strings.Cut(line, " - ")
		f, g := strings.Fields(before), strings.Fields(after)
		if ok && len(f) > 2 && len(g) > 1 && f[2] == device {
			system = g[0] + " on " + filepath.Base(g[1])
		}
	}
	switch readLine("/sys/dev/block/" + device + "/queue/rotational") {
	case "0":
		return system + ", no spinning disk"
	case "1":
		return system + ", a spinning disk or a virtual one that says so"
	}
	return system
}

// fieldOf is the value of the first line "name: value" of a file.
func fieldOf(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

// readLine is the text of a file of one line; "" when there is none.
func readLine(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// kernelVersion is the version without what the builder of the kernel added.
func kernelVersion() string {
	version, _, _ := strings.Cut(readLine("/proc/sys/kernel/osrelease"), "-")
	return version
}
