package main

import (
	"fmt"
	"strconv"
)

// process is one worker of a mail server; it is replaced after 100 jobs.
type process struct {
	pid, jobs int
	busyUntil int64
}

// host is one server with its processes and its queue's inodes.
type host struct {
	name    string
	index   uint8
	lastPID int
	workers map[string]*[]process
	inode   int
	free    []int // inodes of removed queue files, given out again
}

const (
	maxPID     = 4194303
	maxWorkers = 60
	maxJobs    = 100
)

func (h *host) newPID(r *rng) int {
	h.lastPID += 1 + r.below(7)
	if h.lastPID > maxPID {
		h.lastPID = 300 + r.below(100)
	}
	return h.lastPID
}

func (h *host) processes(program string) *[]process {
	p := h.workers[program]
	if p == nil {
		p = new([]process)
		h.workers[program] = p
	}
	return p
}

// daemon is the process of a program that runs once, such as qmgr.
func (g *generator) daemon(h *host, program string) int {
	p := h.processes(program)
	if len(*p) == 0 {
		*p = append(*p, process{pid: h.newPID(&g.random)})
	}
	return (*p)[0].pid
}

// worker is a process of a program that is free at t; it is busy for the given
// microseconds then.
func (g *generator) worker(h *host, program string, t, busy int64) int {
	p := h.processes(program)
	n := len(*p)
	for tries := 0; tries < 6 && n > 0; tries++ {
		w := &(*p)[g.random.below(n)]
		if w.busyUntil > t {
			continue
		}
		w.jobs++
		w.busyUntil = t + busy
		if w.jobs > maxJobs {
			w.jobs = 0
			w.pid = h.newPID(&g.random)
		}
		return w.pid
	}
	if n < maxWorkers {
		*p = append(*p, process{pid: h.newPID(&g.random), busyUntil: t + busy})
		return (*p)[n].pid
	}
	w := &(*p)[g.random.below(n)]
	w.busyUntil = t + busy
	return w.pid
}

// longDigits are the digits of long queue ids, without vowels.
const longDigits = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz"

// queueID makes the id of a queue file that is created at t: of time and
// inode, as Postfix makes it.
func (g *generator) queueID(h *host, t int64) string {
	absolute := g.start.UnixMicro() + t
	if g.longIDs {
		return longQueueID(absolute/1000000, absolute%1000000, h.inode+g.random.below(5000))
	}
	var inode int
	if n := len(h.free); n > 0 && g.random.chance(.95) {
		inode = h.free[n-1]
		h.free = h.free[:n-1]
	} else {
		h.inode++
		inode = h.inode
	}
	micro := absolute % 1000000
	micro -= micro % g.idStep
	return fmt.Sprintf("%05X%X", micro, inode)
}

func longQueueID(seconds, micro int64, inode int) string {
	var o [20]byte
	n := len(o)
	put := func(c byte) {
		n--
		o[n] = c
	}
	for ; inode > 0; inode /= 51 {
		put(longDigits[inode%51])
	}
	put('z')
	for range 4 {
		put(longDigits[micro%52])
		micro /= 52
	}
	for range 6 {
		put(longDigits[seconds%52])
		seconds /= 52
	}
	return string(o[n:])
}

// release gives the inode of a short queue id back: such ids come again in the
// long run, as they do on a real server.
func (g *generator) release(m *message) {
	if g.longIDs || len(m.queueID) < 6 {
		return
	}
	// The id was made by queueID: what follows the microseconds is hexadecimal.
	inode, _ := strconv.ParseInt(m.queueID[5:], 16, 64)
	m.host.free = append(m.host.free, int(inode))
}
