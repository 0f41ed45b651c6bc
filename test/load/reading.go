package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// takeCensus reads the whole log, a part on each core, and compares it with
// loggen's own counts. A packed log is read from one end to the other.
func takeCensus(log *logFile) (*census, error) {
	f, err := os.Open(log.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if log.packed {
		return censusOfPacked(log, f)
	}
	queueID, err := queueIDNear(f, log.bytes/2)
	if err != nil {
		return nil, err
	}
	c, err := readParts(log, func() *census {
		part := newCensus()
		part.queueID = queueID
		return part
	}, (*census).read, (*census).join)
	if err != nil {
		return nil, err
	}
	c.totals = log.totals
	return c, c.compare()
}

// readParts reads a log, a part on each core, and joins what was found, in the
// order of the log.
func readParts[P any](log *logFile, begin func() P, read func(P, io.Reader) error, join func(P, P)) (whole P, err error) {
	f, err := os.Open(log.path)
	if err != nil {
		return whole, err
	}
	defer f.Close()
	cuts, err := cutsOf(f, log.bytes, runtime.GOMAXPROCS(0))
	if err != nil {
		return whole, err
	}
	parts, errs := make([]P, len(cuts)-1), make([]error, len(cuts)-1)
	var readers sync.WaitGroup
	for i := range parts {
		readers.Go(func() {
			parts[i] = begin()
			errs[i] = read(parts[i], io.NewSectionReader(f, cuts[i], cuts[i+1]-cuts[i]))
		})
	}
	readers.Wait()
	if err := errors.Join(errs...); err != nil {
		return whole, fmt.Errorf("reading %s: %w", log.path, err)
	}
	for _, part := range parts[1:] {
		join(parts[0], part)
	}
	return parts[0], nil
}

// censusOfPacked reads a log that zstd packed, and asks for a message of the
// middle of the truth.
func censusOfPacked(log *logFile, f io.Reader) (*census, error) {
	c := newCensus()
	c.totals = log.totals
	var err error
	if c.queueID, _, err = chooseMessages(log.truth); err != nil {
		return nil, err
	}
	text, err := zstd.NewReader(f, zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, err
	}
	defer text.Close()
	if err := c.read(text); err != nil {
		return nil, fmt.Errorf("reading %s: %w", log.path, err)
	}
	log.bytes = c.bytes
	return c, c.compare()
}

// cutsOf cuts a file of some size into n parts of whole lines and returns where
// they begin and the last one ends.
func cutsOf(f io.ReaderAt, size int64, n int) ([]int64, error) {
	cuts := []int64{0}
	near := make([]byte, 64<<10)
	for i := 1; i < n; i++ {
		at := size * int64(i) / int64(n)
		got, err := f.ReadAt(near, at)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		if end := bytes.IndexByte(near[:got], '\n'); end >= 0 && at+int64(end)+1 > cuts[len(cuts)-1] {
			cuts = append(cuts, at+int64(end)+1)
		}
	}
	if cuts[len(cuts)-1] < size {
		cuts = append(cuts, size)
	}
	return cuts, nil
}

// read counts the lines of a part.
func (c *census) read(r io.Reader) (err error) {
	lines := bufio.NewReaderSize(r, 1<<20)
	var stamp []byte
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if c.lines == 0 {
			c.first, err = time.Parse(stampForm, string(line[:len(stampForm)]))
			if err != nil {
				return err
			}
		}
		c.bytes += int64(len(line))
		stamp = append(stamp[:0], line[:len(stampForm)]...)
		c.count(line[len(stampForm)+1:])
	}
	c.last, err = time.Parse(stampForm, string(stamp))
	return err
}

// join adds the counts of the part that follows.
func (c *census) join(part *census) {
	c.lines += part.lines
	c.bytes += part.bytes
	c.last = part.last
	for _, pair := range []struct{ all, more map[string]int64 }{
		{c.programs, part.programs}, {c.statuses, part.statuses}, {c.senders, part.senders},
		{c.refusedSenders, part.refusedSenders}, {c.recipients, part.recipients},
	} {
		for key, n := range pair.more {
			pair.all[key] += n
		}
	}
	for host, delays := range part.delays {
		c.delays[host] = append(c.delays[host], delays...)
	}
	for _, pair := range []struct{ all, more *int64 }{
		{&c.rejects, &part.rejects}, {&c.loginOK, &part.loginOK}, {&c.loginFail, &part.loginFail}, {&c.network, &part.network},
		{&c.overQuota, &part.overQuota}, {&c.idLines, &part.idLines}, {&c.mentions, &part.mentions},
	} {
		*pair.all += *pair.more
	}
}
