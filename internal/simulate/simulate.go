// Package simulate writes the logs of mail servers that do not exist: an Elemta
// server and a Postfix host with a Dovecot mailbox host behind it, with
// believable senders, deferrals, bounces, rejections and attacks.
//
// What comes in is a folder, a moment and a seed; what goes out are growing log
// files, first the hours before the moment, then live. The lines have the form
// the real programs write. It never reads a file and opens no connection.
package simulate

import (
	"bufio"
	"container/heap"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// Options of a World.
type Options struct {
	// Dir is the folder the files are written to.
	Dir string
	// Start is where the live part begins; History is how far back the files
	// reach. Default of History: 24 hours.
	Start   time.Time
	History time.Duration
	// PerMinute is the number of things that begin in a minute at the start of
	// the history; it grows by half until Start. Default 9.
	PerMinute float64
	// Seed makes the same traffic again.
	Seed uint64
}

// File is a log that grows.
type File struct {
	// Path is the file, Zone the IANA zone of its stamps.
	Path, Zone string
	// Host wrote it.
	Host string
}

// The logs, in the order of their constants.
const (
	elemtaLog = iota
	postfixLog
	dovecotLog
	logCount
)

// World is the simulated installation. It is used by one goroutine.
type World struct {
	opts  Options
	rand  *rand.Rand
	files [logCount]*os.File
	out   [logCount]*bufio.Writer
	queue lineHeap
	count int // lines scheduled, which also orders lines of the same instant
	serial
}

// serial are the numbers that programs count up.
type serial struct{ message, pid int }

// New creates the files.
func New(opts Options) (*World, error) {
	if opts.History <= 0 {
		opts.History = 24 * time.Hour
	}
	if opts.PerMinute <= 0 {
		opts.PerMinute = 9
	}
	w := &World{opts: opts, rand: rand.New(rand.NewPCG(opts.Seed, 0x7261737472)), serial: serial{pid: 2000}}
	for i, f := range w.Files() {
		if err := os.MkdirAll(filepath.Dir(f.Path), 0o755); err != nil {
			return nil, fmt.Errorf("creating the simulated logs: %w", err)
		}
		file, err := os.OpenFile(f.Path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
		if err != nil {
			return nil, fmt.Errorf("creating the simulated logs: %w", err)
		}
		w.files[i], w.out[i] = file, bufio.NewWriterSize(file, 64<<10)
	}
	return w, nil
}

// Files lists the logs.
func (w *World) Files() []File {
	return []File{
		elemtaLog:  {Path: filepath.Join(w.opts.Dir, "elemta", "elemta.log"), Zone: "UTC", Host: "mx1.hostco.example"},
		postfixLog: {Path: filepath.Join(w.opts.Dir, "mx2", "mail.log"), Zone: "UTC", Host: "mx2"},
		dovecotLog: {Path: filepath.Join(w.opts.Dir, "store2", "mail.log"), Zone: "UTC", Host: "store2"},
	}
}

// WriteHistory writes everything that happened before Start and returns the
// number of lines. Lines that belong to things which end after Start wait for
// Run.
func (w *World) WriteHistory(ctx context.Context) (lines int, err error) {
	begin := w.opts.Start.Add(-w.opts.History)
	for at := begin; at.Before(w.opts.Start); at = at.Add(w.pause(at)) {
		w.happen(at)
		n, err := w.writeUntil(at)
		if err != nil {
			return lines, err
		}
		lines += n
		if ctx.Err() != nil {
			return lines, ctx.Err()
		}
	}
	n, err := w.writeUntil(w.opts.Start)
	return lines + n, err
}

// Run writes live traffic until ctx ends, then closes the files.
func (w *World) Run(ctx context.Context) error {
	defer w.close()
	next := w.opts.Start
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case now := <-tick.C:
			for next.Before(now) {
				w.happen(next)
				next = next.Add(w.pause(next))
			}
			if _, err := w.writeUntil(now); err != nil {
				return err
			}
		}
	}
}

// pause is the time until the next thing happens: random around a rate that
// follows the day (three times as much at noon as at night) and grows.
func (w *World) pause(at time.Time) time.Duration {
	hour := float64(at.Hour()) + float64(at.Minute())/60
	day := 1 - 0.5*math.Cos((hour-3)/24*2*math.Pi)
	grown := 1.5 - 0.5*float64(w.opts.Start.Sub(at))/float64(w.opts.History)
	perSecond := w.opts.PerMinute / 60 * day * max(grown, 1)
	return time.Duration(w.rand.ExpFloat64()/perSecond*float64(time.Second)) + time.Millisecond
}

// line is one line that waits for its time.
type line struct {
	at    time.Time
	order int
	log   int
	text  string
}

// say schedules a line of a log.
func (w *World) say(log int, at time.Time, text string) {
	w.count++
	heap.Push(&w.queue, line{at: at, order: w.count, log: log, text: text})
}

func (w *World) writeUntil(t time.Time) (count int, err error) {
	for len(w.queue) > 0 && !w.queue[0].at.After(t) {
		l := heap.Pop(&w.queue).(line)
		if _, err := w.out[l.log].WriteString(l.text + "\n"); err != nil {
			return count, fmt.Errorf("writing simulated logs: %w", err)
		}
		count++
	}
	for _, out := range w.out {
		if err := out.Flush(); err != nil {
			return count, fmt.Errorf("writing simulated logs: %w", err)
		}
	}
	return count, nil
}

func (w *World) close() {
	for _, f := range w.files {
		_ = f.Close() // everything was flushed; a lost simulated line harms nobody
	}
}

// lineHeap orders lines by time, and as they were said within one instant.
type lineHeap []line

func (h lineHeap) Len() int { return len(h) }
func (h lineHeap) Less(i, j int) bool {
	if !h[i].at.Equal(h[j].at) {
		return h[i].at.Before(h[j].at)
	}
	return h[i].order < h[j].order
}
func (h lineHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push and Pop serve container/heap.
func (h *lineHeap) Push(x any) { *h = append(*h, x.(line)) }

// Pop removes the last line.
func (h *lineHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	*h = old[:len(old)-1]
	return l
}
