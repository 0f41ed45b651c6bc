package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"unicode/utf16"
	"unicode/utf8"

	"rastro/internal/trace"
)

// journeyBatch is how many journeys are encoded at a time.
const journeyBatch = 64

// journeyWriter writes journeys as NDJSON, in the order in which they are
// added. Encoding takes longer than finding them, so that all cores do it. One
// goroutine may add; close must follow.
type journeyWriter struct {
	out     io.Writer
	batch   []trace.Journey
	queue   chan chan []byte // the texts in their order, each when it is ready
	writing sync.WaitGroup
	failed  atomic.Pointer[error] // the first failure; nothing is written after it
}

func newJourneyWriter(out io.Writer) *journeyWriter {
	w := &journeyWriter{out: out, queue: make(chan chan []byte, 2*runtime.GOMAXPROCS(0))}
	w.writing.Go(func() {
		for ready := range w.queue {
			text := <-ready
			if w.err() != nil {
				continue
			}
			if _, err := w.out.Write(text); err != nil {
				w.fail(err)
			}
		}
	})
	return w
}

func (w *journeyWriter) err() error {
	if err := w.failed.Load(); err != nil {
		return *err
	}
	return nil
}

func (w *journeyWriter) fail(err error) { w.failed.CompareAndSwap(nil, &err) }

// add takes a journey; what it points to must not change any more. The error
// is the first of any write before.
func (w *journeyWriter) add(j *trace.Journey) error {
	if w.batch = append(w.batch, *j); len(w.batch) >= journeyBatch {
		w.send()
	}
	return w.err()
}

func (w *journeyWriter) send() {
	batch, ready := w.batch, make(chan []byte, 1)
	w.batch = make([]trace.Journey, 0, journeyBatch)
	w.queue <- ready // waits while enough is on its way
	go func() {
		text, err := encodeJourneys(batch)
		if err != nil {
			w.fail(err)
		}
		ready <- text
	}()
}

// close writes what is left.
func (w *journeyWriter) close() error {
	if len(w.batch) > 0 {
		w.send()
	}
	close(w.queue)
	w.writing.Wait()
	return w.err()
}

func encodeJourneys(batch []trace.Journey) ([]byte, error) {
	var text bytes.Buffer
	text.Grow(len(batch) * 4 << 10)
	e := json.NewEncoder(&text)
	for i := range batch {
		if err := e.Encode(&batch[i]); err != nil {
			return nil, fmt.Errorf("writing a journey as JSON: %w", err)
		}
	}
	return asciiMarks(text.Bytes()), nil
}

// asciiMarks escapes in JSON what would act on a terminal and is no control
// character of ASCII, which JSON escapes itself.
func asciiMarks(text []byte) []byte {
	var out []byte
	done := 0
	for i := 0; i < len(text); {
		if text[i] < 0x7f {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if !safeRune(r) {
			out = appendEscaped(append(out, text[done:i]...), r)
			done = i + size
		}
		i += size
	}
	if done == 0 {
		return text
	}
	return append(out, text[done:]...)
}

func appendEscaped(out []byte, r rune) []byte {
	if r <= 0xffff {
		return fmt.Appendf(out, `\u%04x`, r)
	}
	high, low := utf16.EncodeRune(r)
	return fmt.Appendf(out, `\u%04x\u%04x`, high, low)
}
