package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// How the other engine is fed, and how long it may tidy up.
const (
	feedRequest = 4 << 20 // bytes of a request
	feedSenders = 4
	feedSettles = 2 * time.Minute
)

// rival is what the other engine did with the same log.
type rival struct {
	// missing says why there are no figures; "" for figures.
	missing string
	program rivalProgram
	feed    feed
	// ingest lasts until every event is found; settled is ingest and the merge
	// of all parts behind it, whole if that ended in time.
	ingest, settled usage
	whole           bool
	size            int64 // bytes on disk after the merge
	asked           []duel
	ours, theirs    memory // after the questions
}

func (v *rival) rate() float64 { return float64(v.feed.lines) / v.ingest.wall.Seconds() }

// perLine is a number of bytes per line.
func (v *rival) perLine() float64 { return float64(v.size) / float64(v.feed.lines) }

// measureRival lets VictoriaLogs do what Rastro did, and asks both. What it
// returns an error for is on the page too: the figures of Rastro do not depend
// on another program.
func measureRival(ctx context.Context, o options, log *logFile, data string, asked []pair) (v rival, err error) {
	if v.program, err = buildRival(ctx); err != nil {
		note("%v", err)
		v.missing = "it cannot be built on this machine"
		return v, nil // a machine without its module is no failure
	}
	if err = v.measure(ctx, o, log, data, asked); err != nil {
		v.missing = err.Error()
		err = fmt.Errorf("measuring VictoriaLogs: %w", err)
	}
	return v, err
}

func (v *rival) measure(ctx context.Context, o options, log *logFile, data string, asked []pair) (err error) {
	theirs := filepath.Join(o.dir, "data-victorialogs")
	if err := os.RemoveAll(theirs); err != nil {
		return err
	}
	note("writing the events as JSON for VictoriaLogs")
	v.feed, err = writeFeed(ctx, o, log)
	defer func() {
		if !o.keep {
			err = errors.Join(err, os.RemoveAll(theirs), os.Remove(v.feed.path))
		}
	}()
	if err != nil {
		return err
	}
	note("VictoriaLogs: taking them in")
	if err := v.measureIngest(ctx, theirs); err != nil {
		return err
	}
	note("asking both")
	return v.ask(ctx, o, data, theirs, asked)
}

// measureIngest sends the feed to a new server and lets it merge.
func (v *rival) measureIngest(ctx context.Context, data string) (err error) {
	s, err := v.program.start(ctx, data)
	if err != nil {
		return err
	}
	stopped := false
	defer func() {
		if !stopped {
			err = errors.Join(err, s.stop())
		}
	}()
	began := time.Now()
	if err := s.send(ctx, v.feed.path); err != nil {
		return err
	}
	if err := s.waitFor(ctx, v.feed.lines); err != nil {
		return err
	}
	if v.ingest, err = s.spent(began); err != nil {
		return err
	}
	if v.whole, err = s.merge(ctx, feedSettles); err != nil {
		return err
	}
	if v.settled, err = s.spent(began); err != nil {
		return err
	}
	stopped = true
	if err := s.stop(); err != nil {
		return err
	}
	v.size, err = sizeOf(data)
	return err
}

// spent is what the server used since began.
func (s *rivalServer) spent(began time.Time) (usage, error) {
	u := usage{wall: time.Since(began)}
	cpu, err := processorTime(s.command.Process.Pid)
	if err != nil {
		return u, err
	}
	m, err := memoryOf(s.command.Process.Pid)
	u.cpu, u.peak = cpu, m.peak
	return u, err
}

// waitFor waits until all events are found.
func (s *rivalServer) waitFor(ctx context.Context, lines int64) error {
	deadline := time.Now().Add(time.Minute)
	for {
		if _, err := s.get(ctx, "/internal/force_flush", nil); err != nil {
			return err
		}
		n, err := s.events(ctx)
		if err != nil || n == lines {
			return err
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("it has %d events, %d were sent", n, lines)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// send posts the whole feed from several connections.
func (s *rivalServer) send(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	in := &feedReader{from: f}
	var senders sync.WaitGroup
	for range feedSenders {
		senders.Go(func() {
			body := make([]byte, feedRequest)
			for ctx.Err() == nil {
				n, err := in.next(body)
				if err == nil && n == 0 {
					return
				}
				if err == nil {
					_, err = exchange(ctx, s.client, "http://"+s.address+rivalInsert, "application/x-ndjson", bytes.NewReader(body[:n]))
				}
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	senders.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// feedReader cuts a file into pieces of whole lines; several may ask at once.
type feedReader struct {
	mu   sync.Mutex
	from io.ReaderAt
	at   int64
}

// next fills body with lines and returns their length; 0 at the end.
func (r *feedReader) next(body []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n, err := r.from.ReadAt(body, r.at)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, err
	}
	n = bytes.LastIndexByte(body[:n], '\n') + 1
	if n == 0 && err == nil {
		return 0, fmt.Errorf("a line of the feed is longer than %d bytes", len(body))
	}
	r.at += int64(n)
	return n, nil
}

// sizeOf is what all files below a folder take.
func sizeOf(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // it was merged into another meanwhile
			return nil
		}
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
