package web

import (
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"rastro/internal/event"
)

// errGone: the reader of a stream went away.
var errGone = errors.New("the reader is gone")

// sendTimeout is how long a reader may take to take something.
const sendTimeout = 30 * time.Second

// eventStream writes server-sent events. Its methods are safe for concurrent
// use: comments come from a timer.
type eventStream struct {
	mu      sync.Mutex
	w       http.ResponseWriter
	control *http.ResponseController
	quiet   *time.Timer
	buffer  []byte
}

func (s *eventStream) send(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.write([]byte(text))
}

func (s *eventStream) write(text []byte) error {
	// A server without deadlines (tests) cannot set one; writing still works.
	_ = s.control.SetWriteDeadline(time.Now().Add(sendTimeout))
	if _, err := s.w.Write(text); err != nil {
		return errGone
	}
	if err := s.control.Flush(); err != nil {
		return errGone
	}
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
	s.quiet.Reset(idleComment)
	return s.write(s.buffer)
}

// comment keeps a quiet connection alive.
func (s *eventStream) comment() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.write([]byte(": quiet\n\n")) == nil {
		s.quiet.Reset(idleComment)
	}
}
