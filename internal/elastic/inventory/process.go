package inventory

import (
	"os"
	"runtime"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Process is how much of the machine the program uses. What the system does
// not tell is 0.
type Process struct {
	// HeapUsed are bytes of Go's heap that live, HeapMax all bytes it took.
	HeapUsed, HeapMax uint64
	// MemoryUsed and MemoryTotal are bytes of the machine.
	MemoryUsed, MemoryTotal uint64
	// CPU is the program's part of all processors in percent since the last
	// time it was asked, at least a second ago; CPUTime what it has used.
	CPU     int
	CPUTime time.Duration
	// Load is the machine's load over 1, 5 and 15 minutes.
	Load [3]float64
	// OpenFiles and MaxFiles are file descriptors.
	OpenFiles, MaxFiles int
	// Routines are Go's threads of its own.
	Routines, PID, Processors int
	// DiskFree and DiskTotal are bytes.
	DiskFree, DiskTotal uint64
	// Collections of garbage.
	Collections uint64
	Uptime      time.Duration
	// Virtual is the program's address space.
	Virtual uint64
}

// usage remembers the last look at the processor time.
type usage struct {
	mu      sync.Mutex
	at      time.Time
	used    time.Duration
	percent int
}

// Process looks at the program.
func (v *Inventory) Process() Process {
	p := Process{PID: os.Getpid(), Processors: runtime.NumCPU(), Routines: runtime.NumGoroutine(), Uptime: v.opts.Now().Sub(v.opts.Start)}
	samples := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/total:bytes"}, {Name: "/gc/cycles/total:gc-cycles"}}
	metrics.Read(samples)
	p.HeapUsed, p.HeapMax, p.Collections = samples[0].Value.Uint64(), samples[1].Value.Uint64(), samples[2].Value.Uint64()
	if v.opts.Disk != nil {
		if free, total, err := v.opts.Disk(); err == nil {
			p.DiskFree, p.DiskTotal = free, total
		}
	}
	p.readMachine()
	p.readSelf()
	p.CPU = v.cpu.look(p.CPUTime, time.Now(), p.Processors)
	return p
}

func (u *usage) look(used time.Duration, now time.Time, processors int) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if passed := now.Sub(u.at); passed >= time.Second {
		if !u.at.IsZero() {
			u.percent = min(100, int(100*float64(used-u.used)/float64(passed)/float64(max(1, processors))))
		}
		u.at, u.used = now, used
	}
	return u.percent
}

// readMachine reads what the kernel tells about the machine.
func (p *Process) readMachine() {
	var available uint64
	for line := range strings.Lines(read("/proc/meminfo")) {
		name, rest, _ := strings.Cut(line, ":")
		fields := strings.Fields(rest)
		if len(fields) == 0 {
			continue
		}
		kb, err := strconv.ParseUint(fields[0], 10, 64)
		switch {
		case err != nil:
		case name == "MemTotal":
			p.MemoryTotal = kb << 10
		case name == "MemAvailable":
			available = kb << 10
		}
	}
	p.MemoryUsed = p.MemoryTotal - min(available, p.MemoryTotal)
	for i, text := range strings.Fields(read("/proc/loadavg")) {
		if i < len(p.Load) {
			p.Load[i], _ = strconv.ParseFloat(text, 64) // 0 where the kernel writes something else
		}
	}
}

// tick is the kernel's unit of processor time; it is the same on every system
// that Go runs on.
const tick = 10 * time.Millisecond

// readSelf reads what the kernel tells about the program.
func (p *Process) readSelf() {
	stat := read("/proc/self/stat")
	if end := strings.LastIndexByte(stat, ')'); end > 0 {
		// Fields behind the name: 11 and 12 are processor time, 20 is memory.
		if f := strings.Fields(stat[end+1:]); len(f) > 20 {
			user, _ := strconv.ParseInt(f[11], 10, 64)
			system, _ := strconv.ParseInt(f[12], 10, 64)
			p.CPUTime = time.Duration(user+system) * tick
			p.Virtual, _ = strconv.ParseUint(f[20], 10, 64)
		}
	}
	if files, err := os.ReadDir("/proc/self/fd"); err == nil {
		p.OpenFiles = len(files)
	}
	for line := range strings.Lines(read("/proc/self/limits")) {
		if rest, ok := strings.CutPrefix(line, "Max open files"); ok {
			if f := strings.Fields(rest); len(f) > 0 {
				p.MaxFiles, _ = strconv.Atoi(f[0])
			}
		}
	}
}

// read is a small file of the kernel; "" where there is none.
func read(path string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	return string(text)
}
