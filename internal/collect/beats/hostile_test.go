package beats

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	client "github.com/elastic/go-lumber/client/v2"

	"rastro/internal/collect/document"
	"rastro/internal/event"
)

// packed makes a compressed frame.
func (w *wire) packed(content []byte) *wire {
	var z bytes.Buffer
	zw, _ := zlib.NewWriterLevel(&z, zlib.BestCompression)
	zw.Write(content)
	zw.Close()
	w.WriteString("2C")
	w.number(z.Len())
	w.Write(z.Bytes())
	return w
}

func (w *wire) raw(s string) *wire {
	w.WriteString(s)
	return w
}

// TestHostileFrames: each of these ends the connection with a reason, without
// an acknowledgement, and harms nobody else.
func TestHostileFrames(t *testing.T) {
	t.Parallel()
	one := new(wire).json(1, `{"message":"x"}`).String()
	for name, c := range map[string]struct {
		frames *wire
		reason string
	}{
		"garbage":                 {new(wire).raw("GET / HTTP/1.1\r\n\r\n"), "where a window was due"},
		"largest window":          {new(wire).raw("2W\xff\xff\xff\xff"), "4294967295 events is above the limit of 65536; lower bulk_max_size"},
		"no window":               {new(wire).raw(one), "where a window was due"},
		"unknown version":         {new(wire).raw("3W\x00\x00\x00\x01"), "where a window was due"},
		"other version inside":    {new(wire).window(1).raw("1" + one[1:]), "version '1' in a window of version '2'"},
		"window in a window":      {new(wire).window(2).raw(one).window(1), "kind 'W' inside a window"},
		"our own kind":            {new(wire).window(1).raw("2A\x00\x00\x00\x01"), "kind 'A' inside a window"},
		"nested compression":      {new(wire).window(1).packed(new(wire).packed([]byte(one)).Bytes()), "inside a compressed frame"},
		"more than the window":    {new(wire).window(1).packed([]byte(one + one)), "more events than the window says"},
		"not compressed":          {new(wire).window(1).raw("2C\x00\x00\x00\x0bhello world"), "inflating"},
		"compression cut":         {new(wire).window(1).raw("2C\x00\x00\x00\x02\x78\x9c"), "inflating"},
		"bytes behind compressed": {new(wire).window(1).raw("2C\x00\x00\x00\x0d\x78\x9c\x03\x00\x00\x00\x00\x01hello"), "5 bytes after the end"},
		"too many pairs":          {new(wire).window(1).raw("2D\x00\x00\x00\x01\xff\xff\xff\xff"), "pairs is above the limit"},
		"a long name":             {new(wire).window(1).raw("2D\x00\x00\x00\x01\x00\x00\x00\x01\xff\xff\xff\xff"), "above the limit of 1048576"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			r := serve(t, s.take, nil)
			if got := talk(t, r.addr, c.frames.Bytes(), 0); len(got) != 0 {
				t.Errorf("the answer is %q", got)
			}
			until(t, "the reason", func() bool { return r.Status().Broken == 1 })
			if got := r.Status().Err; !strings.Contains(got, c.reason) {
				t.Errorf("the reason is %q, want it to say %q", got, c.reason)
			}
			send(t, r.addr, first.events(mailLog, 0, noon, []string{"still here"}), 1)
		})
	}
}

// A compressed frame of some kilobytes that holds very much ends early and
// takes no memory.
func TestBomb(t *testing.T) {
	t.Parallel()
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	zw.Write(new(wire).raw("2J").number(1).number(1 << 31).Bytes())
	zero := make([]byte, 1<<20)
	for range 8 {
		zw.Write(zero)
	}
	zw.Close()
	frames := new(wire).window(1).raw("2C").number(z.Len())
	frames.Write(z.Bytes())
	s := &shelf{}
	r := serve(t, s.take, nil, func(o *Options) { o.MaxInflatedBytes, o.MaxEventBytes = 4<<20, 1<<20 })
	if got := talk(t, r.addr, frames.Bytes(), 0); len(got) != 0 {
		t.Errorf("the answer is %q", got)
	}
	until(t, "the reason", func() bool { return strings.Contains(r.Status().Err, "holds too much") })
}

// A promise of four gigabytes takes no memory before the bytes come.
func TestPromisedLength(t *testing.T) {
	t.Parallel()
	f := newFrames(stream{strings.NewReader("2J\x00\x00\x00\x01\xff\xff\xff\xff{}")}, new(Options{MaxEventBytes: 1 << 30}))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := f.event(); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("reading a cut event: %v", err)
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
		t.Errorf("%d bytes were allocated", got)
	}
}

// What cannot be understood is kept as it came: refusing it would bring it
// back forever.
func TestOddEvents(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ñ", event.MaxLineBytes/2) + "!"
	huge := `{"message":"` + strings.Repeat("x", 3<<20) + `","lost":1}`
	many := `{"message":"x"` + strings.Repeat(`,"a":1`, document.MaxFields+1) + `}`
	for name, c := range map[string]struct {
		json, text string
		marks      event.Marks
	}{
		"not JSON":       {`{"message":`, `{"message":`, 0},
		"no object":      {`"text"`, `"text"`, 0},
		"empty":          {``, ``, 0},
		"binary":         {"\x00\xff", "\x00\xff", 0},
		"no message":     {`{"a":1}`, `{"a":1}`, 0},
		"original only":  {`{"event":{"original":"raw"}}`, `raw`, 0},
		"empty message":  {`{"message":""}`, ``, 0},
		"object message": {`{"message":[1,{"a":2}]}`, `[1,{"a":2}]`, 0},
		"invalid UTF-8":  {"{\"message\":\"a\xffb\"}", "a\xffb", 0},
		"escapes":        {`{"message":"\ud83d\ude00\ud83d\u0041\"\\\/\b\f\n\r\t"}`, "😀\ufffdA\"\\/\b\f\n\r\t", 0},
		"multiline":      {`{"message":"a\nb","log":{"flags":["multiline"]}}`, "a\nb", event.MarkJoined},
		"cut by agent":   {`{"message":"a","log":{"flags":["truncated"]}}`, "a", event.MarkCut},
		"long line":      {`{"message":"` + long + `"}`, long[:len(long)-1], event.MarkCut},
		"between bytes":  {`{"message":"a` + long + `"}`, "a" + long[:event.MaxLineBytes-2], event.MarkCut},
		"many fields":    {many, many, 0},
		"huge event":     {huge, strings.Repeat("x", event.MaxLineBytes), event.MarkCut},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shelf{}
			r := serve(t, s.take, nil, func(o *Options) { o.MaxEventBytes = 2 << 20 })
			frames := new(wire).window(2).json(1, c.json).json(2, `{"message":"next"}`)
			if got := talk(t, r.addr, frames.Bytes(), 6); got != "2A\x00\x00\x00\x02" {
				t.Fatalf("the answer is %q", got)
			}
			got := s.stored()
			if len(got) != 2 || got[0].Text != c.text || got[0].Marks != c.marks {
				t.Errorf("%d lines; the first is %.200q of %d bytes, marks %d", len(got), got[0].Text, len(got[0].Text), got[0].Marks)
			}
		})
	}
}

func TestFirstVersion(t *testing.T) {
	t.Parallel()
	frames := new(wire).raw("1W\x00\x00\x00\x011D\x00\x00\x00\x07\x00\x00\x00\x04")
	for _, text := range []string{"line", "a \"b\"", "file", mailLog, "offset", "42", "host", "mx7"} {
		frames.number(len(text)).raw(text)
	}
	s := &shelf{}
	r := serve(t, s.take, nil)
	if got := talk(t, r.addr, frames.Bytes(), 6); got != "1A\x00\x00\x00\x07" {
		t.Fatalf("the answer is %q", got)
	}
	l := s.stored()[0]
	if l.Text != `a "b"` || l.Offset != 42 || l.Origin.Name != mailLog || l.Origin.Host != "mx7" || l.Origin.Input != event.InputBeats {
		t.Errorf("the line is %+v of %+v", l, l.Origin)
	}
}

func TestEmptyWindow(t *testing.T) {
	t.Parallel()
	r := serve(t, (&shelf{}).take, nil)
	if got := talk(t, r.addr, new(wire).window(0).Bytes(), 6); got != "2A\x00\x00\x00\x00" {
		t.Errorf("the answer is %q", got)
	}
}

// stream is a connection that only reads.
type stream struct{ io.Reader }

func (stream) SetReadDeadline(time.Time) error { return nil }

// pipes is a listener of connections inside the process, so that the time of
// tests can be a play clock.
type pipes struct {
	in   chan net.Conn
	done chan struct{}
}

func newPipes() *pipes { return &pipes{make(chan net.Conn), make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.in:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	select {
	case <-p.done:
	default:
		close(p.done)
	}
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe"} }

func (p *pipes) dial() net.Conn {
	near, far := net.Pipe()
	p.in <- far
	return near
}

// inTime runs a server under a play clock.
func inTime(t *testing.T, sink Sink, test func(p *pipes, s *Server)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		s := New(Options{Listener: p})
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, nil, sink) }()
		test(p, s)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Serve: %v", err)
		}
	})
}

// While the disk is slow the sender hears every three seconds how far we are,
// and a client that waits ten seconds at most stays.
func TestKeepalive(t *testing.T) {
	t.Parallel()
	waiting := make(chan event.Batch, 2)
	sink := func(_ context.Context, b event.Batch) error {
		waiting <- b
		return nil
	}
	inTime(t, sink, func(p *pipes, _ *Server) {
		c, err := client.NewWithConn(p.dial(), client.Timeout(10*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		go func() {
			for range 2 {
				time.Sleep(time.Minute)
				(<-waiting).Ack(nil)
			}
		}()
		start := time.Now()
		if err := c.Send(first.events(mailLog, 0, noon, numberedTexts("slow", 1500))); err != nil {
			t.Fatal(err)
		}
		heard := map[uint32]int{}
		for heard[1500] == 0 {
			seq, err := c.ReceiveACK()
			if err != nil {
				t.Fatalf("after %v: %v", time.Since(start), err)
			}
			heard[seq]++
		}
		if heard[0] < 18 || heard[1000] < 18 || len(heard) != 3 || time.Since(start) != 2*time.Minute {
			t.Errorf("heard %v in %v", heard, time.Since(start))
		}
		synctest.Wait()
		time.Sleep(time.Minute) // nobody waits now: nothing is said
	})
}

// A peer that sends nothing, or a frame too slowly, is let go.
func TestPatience(t *testing.T) {
	t.Parallel()
	inTime(t, (&shelf{}).take, func(p *pipes, s *Server) {
		start := time.Now()
		c := p.dial()
		if _, err := c.Read(make([]byte, 1)); err != io.EOF || time.Since(start) != 10*time.Minute {
			t.Errorf("an idle connection ended with %v after %v", err, time.Since(start))
		}
		start = time.Now()
		c = p.dial()
		go func() {
			for _, b := range new(wire).window(1).json(1, `{"message":"drop by drop"}`).Bytes() {
				c.Write([]byte{b})
				time.Sleep(25 * time.Second)
			}
		}()
		if _, err := c.Read(make([]byte, 1)); err != io.EOF || time.Since(start) > 10*time.Minute {
			t.Errorf("a slow connection ended with %v after %v", err, time.Since(start))
		}
		synctest.Wait()
		if got := s.Status().Connections; got != 0 {
			t.Errorf("%d connections are open", got)
		}
		c.Close()
		time.Sleep(time.Hour)
	})
}

// The end of Serve waits two seconds for the last acknowledgements, no longer.
func TestEndWithLinesOnTheirWay(t *testing.T) {
	t.Parallel()
	never := func(context.Context, event.Batch) error { return nil }
	synctest.Test(t, func(t *testing.T) {
		p := newPipes()
		ctx, cancel := context.WithCancel(t.Context())
		s := New(Options{Listener: p})
		ended := make(chan error, 1)
		go func() { ended <- s.Serve(ctx, nil, never) }()
		c := p.dial()
		defer c.Close()
		go io.Copy(io.Discard, c)
		c.Write(new(wire).window(1).json(1, `{"message":"x"}`).Bytes())
		synctest.Wait()
		start := time.Now()
		cancel()
		if err := <-ended; err != nil || time.Since(start) != lastAcks {
			t.Errorf("Serve ended with %v after %v", err, time.Since(start))
		}
	})
}
