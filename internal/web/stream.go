package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"rastro/internal/event"
)

// errGone: the reader of a stream went away.
var errGone = errors.New("the reader is gone")

const (
	// sendTimeout is how long a reader may take to take something, readTimeout
	// how long a sender may be silent while something is expected of it.
	sendTimeout = 30 * time.Second
	readTimeout = time.Minute
	// idleComment is how often a quiet tail sends a comment, so that both ends
	// notice a dead connection.
	idleComment = 15 * time.Second
)

// patientWriter gives each write a time of its own: an answer may take long in
// all, but a reader that takes nothing loses it.
type patientWriter struct {
	w       io.Writer
	control *http.ResponseController
}

func (p *patientWriter) Write(b []byte) (int, error) {
	// A server without deadlines (tests) cannot set one; writing still works.
	_ = p.control.SetWriteDeadline(time.Now().Add(sendTimeout))
	return p.w.Write(b)
}

// patientReader gives each read a time of its own: an import may take hours,
// but a sender that sends nothing ends it. Time spent between reads does not
// count.
type patientReader struct {
	r       io.Reader
	control *http.ResponseController
	ended   bool
}

func (p *patientReader) Read(b []byte) (int, error) {
	if p.ended {
		return 0, io.EOF
	}
	_ = p.control.SetReadDeadline(time.Now().Add(readTimeout))
	n, err := p.r.Read(b)
	if err == io.EOF {
		// From here on the server itself reads, to notice when the client goes
		// away; that may take as long as the rest of the import.
		p.ended = true
		_ = p.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// eventStream writes server-sent events. Its methods are safe for concurrent
// use: comments come from a timer.
type eventStream struct {
	mu      sync.Mutex
	out     patientWriter
	control *http.ResponseController
	quiet   *time.Timer
	cancel  context.CancelFunc // ends what feeds the stream
	closed  bool
	buffer  []byte
}

// newEventStream begins the answer. ctx ends when the reader is gone.
func newEventStream(ctx context.Context, w http.ResponseWriter) (*eventStream, context.Context) {
	control := http.NewResponseController(w)
	s := &eventStream{out: patientWriter{w: w, control: control}, control: control}
	ctx, s.cancel = context.WithCancel(ctx)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet = time.AfterFunc(idleComment, s.comment)
	s.write([]byte(": following\n\n"))
	return s, ctx
}

// write sends text and ends the stream when nobody takes it.
func (s *eventStream) write(text []byte) error {
	if s.closed {
		return errGone
	}
	_, err := s.out.Write(text)
	if err == nil {
		err = s.control.Flush()
	}
	if err != nil {
		s.closed = true
		s.cancel()
		return errGone
	}
	s.quiet.Reset(idleComment)
	return nil
}

// event sends one event, and before it the number of events that were lost.
func (s *eventStream) event(e *event.Event, lost int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.buffer = s.buffer[:0]
	if lost > 0 {
		s.buffer = fmt.Appendf(s.buffer, "event: lost\ndata: %d\n\n", lost)
	}
	s.buffer = append(s.buffer, "event: event\ndata: "...)
	s.buffer = event.AppendJSON(s.buffer, e, nil)
	s.buffer = append(s.buffer, "\n\n"...)
	return s.write(s.buffer)
}

// send sends one event of a name, as JSON.
func (s *eventStream) send(name string, body any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write(fmt.Appendf(nil, "event: %s\ndata: %s\n\n", name, text))
}

// fail sends an error: the answer has begun, and its status is gone.
func (s *eventStream) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := append([]byte("event: error\ndata: "), event.AppendJSONString(nil, err.Error())...)
	// The reader is gone when this fails; there is nobody left to tell.
	_ = s.write(append(text, "\n\n"...))
}

// comment keeps a quiet connection alive, and finds out about a dead one.
func (s *eventStream) comment() {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A failure has ended the stream already.
	_ = s.write([]byte(": quiet\n\n"))
}

// close ends the comments: nothing may be written once the handler returns.
func (s *eventStream) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.quiet.Stop()
	s.cancel()
}
