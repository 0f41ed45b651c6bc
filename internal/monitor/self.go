package monitor

import (
	"crypto/sha256"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/procfs"
)

// self is this process, as its operating system and its runtime see it.
type self struct {
	id, ephemeral, pipeline string
	started                 time.Time
	peaks                   *peaks
}

// peaks are the highest numbers that were ever seen.
type peaks struct {
	mu                   sync.Mutex
	files, threads, heap int64
	cpu                  float64 // seconds, at
	at                   time.Time
	percent              int64
}

func newSelf(opts Options) self {
	sum := sha256.Sum256([]byte(opts.Host + "\x00" + opts.Data))
	return self{id: uuidOf([16]byte(sum[:16]), 5), ephemeral: newUUID(), pipeline: newUUID(), started: time.Now(), peaks: &peaks{}}
}

// system is one look at the process. Numbers that cannot be told here are -1.
type system struct {
	files, maxFiles, peakFiles         int64
	virtual, resident                  int64
	cpuMillis, cpuPercent              int64
	load                               map[string]float64
	threads, peakThreads               int64
	heapUsed, heapCommitted, heapMax   int64
	heapPeak, otherUsed, otherCommited int64
	collections, pauseMillis           int64
	uptime                             time.Duration
}

// look reads the numbers of the process and remembers peaks.
func (s *self) look() system {
	y := system{files: -1, maxFiles: -1, virtual: -1, resident: -1, cpuMillis: -1, threads: -1, uptime: time.Since(s.started)}
	cpu := -1.0
	if p, err := procfs.Self(); err == nil {
		if stat, err := p.Stat(); err == nil {
			cpu = stat.CPUTime()
			y.cpuMillis = int64(cpu * 1000)
			y.virtual, y.resident, y.threads = int64(stat.VirtualMemory()), int64(stat.ResidentMemory()), int64(stat.NumThreads)
		}
		if n, err := p.FileDescriptorsLen(); err == nil {
			y.files = int64(n)
		}
		if l, err := p.Limits(); err == nil {
			y.maxFiles = int64(l.OpenFiles)
		}
	}
	if fs, err := procfs.NewDefaultFS(); err == nil {
		if load, err := fs.LoadAvg(); err == nil {
			y.load = map[string]float64{"1m": load.Load1, "5m": load.Load5, "15m": load.Load15}
		}
		if mem, err := fs.Meminfo(); err == nil && mem.MemTotalBytes != nil {
			y.heapMax = int64(*mem.MemTotalBytes)
		}
	}
	y.runtime()
	s.peaks.take(&y, cpu)
	return y
}

// runtime reads what Go's runtime knows. The heap may grow to the limit that was
// set for it, else to the memory of the machine.
func (y *system) runtime() {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/released:bytes"}, {Name: "/gc/cycles/total:gc-cycles"},
		{Name: "/gc/gomemlimit:bytes"},
	}
	metrics.Read(samples)
	v := make([]int64, len(samples))
	for i := range samples {
		v[i] = int64(samples[i].Value.Uint64())
	}
	y.heapUsed = v[0]
	y.heapCommitted = v[0] + v[1] + v[2]
	y.otherCommited = max(0, v[3]-v[4]-y.heapCommitted)
	y.otherUsed = y.otherCommited
	y.collections = v[5]
	if v[6] > 0 && v[6] < 1<<60 {
		y.heapMax = v[6]
	}
	var gc debug.GCStats
	debug.ReadGCStats(&gc)
	y.pauseMillis = gc.PauseTotal.Milliseconds()
	if y.threads < 0 {
		y.threads = int64(runtime.NumGoroutine())
	}
}

// take remembers the peaks, and the share of the processors since the last look
// that is at least a second old.
func (p *peaks) take(y *system, cpu float64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.files, p.threads, p.heap = max(p.files, y.files), max(p.threads, y.threads), max(p.heap, y.heapUsed)
	y.peakFiles, y.peakThreads, y.heapPeak = p.files, p.threads, p.heap
	if now := time.Now(); cpu >= 0 && now.Sub(p.at) >= time.Second {
		if !p.at.IsZero() {
			p.percent = int64(100 * (cpu - p.cpu) / now.Sub(p.at).Seconds() / float64(runtime.NumCPU()))
		}
		p.cpu, p.at = cpu, now
	}
	y.cpuPercent = p.percent
}

// kernel is the version of the operating system; "" where it cannot be told.
func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// cgroup tells of the control group that bounds the process; nil where there is
// none, or none of version 2.
func cgroup() object {
	p, err := procfs.Self()
	if err != nil {
		return nil
	}
	groups, err := p.Cgroups()
	if err != nil {
		return nil
	}
	for _, g := range groups {
		if g.HierarchyID == 0 {
			return cgroupAt(filepath.Join("/sys/fs/cgroup", g.Path), g.Path)
		}
	}
	return nil
}

func cgroupAt(dir, name string) object {
	text, err := os.ReadFile(filepath.Join(dir, "cpu.stat"))
	if err != nil {
		return nil
	}
	stat := map[string]int64{}
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		if n, err := strconv.ParseInt(value, 10, 64); err == nil {
			stat[key] = n
		}
	}
	quota, period := int64(-1), int64(100_000)
	if text, err := os.ReadFile(filepath.Join(dir, "cpu.max")); err == nil {
		if f := strings.Fields(string(text)); len(f) == 2 {
			if n, err := strconv.ParseInt(f[0], 10, 64); err == nil {
				quota = n
			}
			if n, err := strconv.ParseInt(f[1], 10, 64); err == nil {
				period = n
			}
		}
	}
	return object{
		"cpuacct": object{"control_group": name, "usage_nanos": stat["usage_usec"] * 1000},
		"cpu": object{
			"control_group": name, "cfs_period_micros": period, "cfs_quota_micros": quota,
			"stat": object{
				"number_of_elapsed_periods": stat["nr_periods"], "number_of_times_throttled": stat["nr_throttled"],
				"time_throttled_nanos": stat["throttled_usec"] * 1000,
			},
		},
	}
}
