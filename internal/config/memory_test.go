package config

import (
	"os"
	"testing"
)

func TestMachineMemory(t *testing.T) {
	t.Parallel()
	const info = "MemTotal:       16384000 kB\nMemFree:         1000 kB\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"a machine":         {map[string]string{"/proc/meminfo": info}, 16384000 << 10},
		"no limit":          {map[string]string{"/proc/meminfo": info, "/sys/fs/cgroup/memory.max": "max\n"}, 16384000 << 10},
		"a container":       {map[string]string{"/proc/meminfo": info, "/sys/fs/cgroup/memory.max": "536870912\n"}, 512 << 20},
		"an old container":  {map[string]string{"/proc/meminfo": info, "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1073741824"}, 1 << 30},
		"an endless number": {map[string]string{"/proc/meminfo": info, "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712"}, 16384000 << 10},
		"another system":    {nil, 0},
		"garbage":           {map[string]string{"/proc/meminfo": "MemTotal: many kB"}, 0},
	} {
		got := machineMemory(func(path string) ([]byte, error) {
			if text, ok := c.files[path]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		})
		if got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	s := Search{Memory: 300 << 20, Total: 0}
	if n := s.TotalMemory(); n < 300<<20 {
		t.Errorf("all together may hold %d, less than one", n)
	}
	s.Total = 1 << 30
	if n := s.TotalMemory(); n != 1<<30 {
		t.Errorf("%d", n)
	}
}
