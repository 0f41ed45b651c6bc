package trace

import (
	"math"
	"strconv"
	"strings"
)

// elemtaAttemptEnd bounds an attempt whose end the log does not hold: Elemta
// gives a mailbox server 30 seconds for a connection, and an attempt five
// minutes.
const elemtaAttemptEnd = 330 * second

// elemtaStay is one message in the queue.
type elemtaStay struct {
	id, host string
	facts    []*fact
	queued   *fact
	at       int64 // when it was queued
	sender   string
	rcpts    list
	windows  []*elemtaWindow
	mail     *elemtaMessage
}

// elemtaWindow is one attempt to deliver: from its start to its verdict.
type elemtaWindow struct {
	stay     *elemtaStay
	from, to int64
	start    *fact
	stored   *fact
	end      *fact // the first verdict
	final    *fact // the verdict that repeats or follows it
	cutOff   bool  // the server ended within it
	rcpts    map[string]bool
	named    map[string]bool // recipients that the verdict calls refused
	listed   bool            // the verdict has such a list
	// refused and lost are the mailbox server's answers for one recipient,
	// before and after the message; nameless are those that name none.
	refused, lost map[string]elemtaAnswered
	nameless      []*fact
	// counted tells that the answers without a name were counted.
	counted                  bool
	unnamedLost, unnamedOpen int
}

// elemtaAnswered is an answer given to an attempt, and how sure that is.
type elemtaAnswered struct {
	fact *fact
	sure Confidence
}

// elemtaStays gathers the facts of each queue id and takes them apart into
// attempts.
func elemtaStays(own []told, starts *elemtaStarts) []*elemtaStay {
	byID := map[string]*elemtaStay{}
	var stays []*elemtaStay
	var answers []told
	for _, f := range own {
		if f.role == elemtaRefused || f.role == elemtaRefusedEnd {
			answers = append(answers, f)
			continue
		}
		if f.qid == "" || f.sessions.len() > 0 {
			continue
		}
		s := byID[f.qid]
		if s == nil {
			s = &elemtaStay{id: f.qid}
			byID[f.qid] = s
			stays = append(stays, s)
		}
		s.take(f)
	}
	var windows []*elemtaWindow
	for _, s := range stays {
		s.close(starts)
		windows = append(windows, s.windows...)
	}
	elemtaAttribute(windows, answers)
	return stays
}

// take adds the next fact of the message.
func (s *elemtaStay) take(f told) {
	s.facts = append(s.facts, f.fact)
	if s.host == "" {
		s.host = f.host
	}
	if s.sender == "" {
		s.sender = f.sender
	}
	if f.role == elemtaQueued && s.queued == nil {
		s.queued = f.fact
	}
	f.rcpts.each(s.rcpts.add)
	w := s.open()
	switch f.role {
	case elemtaTry:
		if w != nil {
			w.cutOff, w.to = true, f.time
		}
		w = s.begin(f.fact)
		w.start = f.fact
	case elemtaStored:
		if w == nil {
			w = s.begin(f.fact)
		}
		w.stored = f.fact
	case elemtaDelivered, elemtaFailed:
		if w == nil {
			w = s.begin(f.fact)
		}
		w.finish(f.fact)
	case elemtaBounced, elemtaDeferral, elemtaBounce:
		s.verdict(w, f)
	}
}

// verdict takes what becomes of the message after an attempt.
func (s *elemtaStay) verdict(w *elemtaWindow, f told) {
	if w == nil && len(s.windows) > 0 {
		if last := s.windows[len(s.windows)-1]; last.end != nil && last.final == nil {
			last.final = f.fact
			last.list(f.reply)
			return
		}
	}
	if w == nil {
		w = s.begin(f.fact)
	}
	w.finish(f.fact)
	if f.role != elemtaBounced {
		w.final = f.fact
	}
}

// open is the attempt that goes on.
func (s *elemtaStay) open() *elemtaWindow {
	if n := len(s.windows); n > 0 && s.windows[n-1].end == nil && !s.windows[n-1].cutOff {
		return s.windows[n-1]
	}
	return nil
}

func (s *elemtaStay) begin(f *fact) *elemtaWindow {
	w := &elemtaWindow{stay: s, from: f.time, to: math.MaxInt64,
		named: map[string]bool{}, refused: map[string]elemtaAnswered{}, lost: map[string]elemtaAnswered{}}
	s.windows = append(s.windows, w)
	return w
}

func (w *elemtaWindow) finish(f *fact) {
	w.end, w.to = f, f.time
	w.list(f.reply)
}

// list reads the recipients that Elemta calls refused: it prints them as Go
// prints a list.
func (w *elemtaWindow) list(reason string) {
	for _, before := range [...]string{"all recipients rejected: [", "recipients delivered, failed: ["} {
		_, rest, found := strings.Cut(reason, before)
		if !found {
			continue
		}
		names, _, closed := strings.Cut(rest, "]")
		if closed && !w.listed {
			w.listed = true
			for _, name := range strings.Fields(names) {
				w.named[lower(name)] = true
			}
		}
	}
}

// close ends the attempts that the server's end cut off, and gives all of them
// their recipients.
func (s *elemtaStay) close(starts *elemtaStarts) {
	all := map[string]bool{}
	s.rcpts.each(func(to string) { all[to] = true })
	for _, w := range s.windows {
		w.rcpts = all
		if w.end != nil {
			continue
		}
		w.to = min(w.to, w.from+elemtaAttemptEnd)
		if at := starts.next(s.host, w.from, w.to); at != 0 {
			w.to, w.cutOff = at, true
		}
	}
}

// number reads an additional field that counts something; -1 if it is absent.
func (f *fact) number(name string) int {
	if f == nil {
		return -1
	}
	n, err := strconv.Atoi(f.extra(name))
	if err != nil {
		return -1
	}
	return n
}

// reason is why the attempt failed, in Elemta's words.
func (w *elemtaWindow) reason() string {
	for _, f := range [...]*fact{w.end, w.final} {
		if f != nil && f.reply != "" {
			return f.reply
		}
	}
	return ""
}

// total is how many recipients the attempt was for.
func (w *elemtaWindow) total() int {
	if w.stored != nil && w.stored.rcptCount > 0 {
		return int(w.stored.rcptCount)
	}
	return len(w.rcpts)
}

// refusedCount is how many recipients the mailbox server refused before the
// message, and lostCount how many copies after it; -1 where the log does not
// say.
func (w *elemtaWindow) refusedCount() int {
	switch {
	case w.listed:
		return len(w.named)
	case w.stored != nil:
		return w.stored.number("failed_recipients")
	case w.end == nil:
		return -1
	case w.delivered():
		return 0
	}
	return -1
}

func (w *elemtaWindow) lostCount() int {
	reason := w.reason()
	switch {
	case w.stored != nil:
		taken, refused := w.stored.number("delivered"), w.refusedCount()
		if taken < 0 || refused < 0 {
			return -1
		}
		return max(0, w.total()-taken-refused)
	case w.end == nil:
		return -1
	case strings.Contains(reason, "failed for all accepted"):
		return max(1, w.total()-len(w.refused))
	case strings.Contains(reason, "all recipients rejected"), strings.Contains(reason, "server rejected"),
		strings.Contains(reason, "failed to connect"), strings.Contains(reason, "server greeting"):
		return 0
	}
	return -1
}

// delivered tells that Elemta calls the attempt a success.
func (w *elemtaWindow) delivered() bool { return elemtaRoleIs(w.end, elemtaDelivered) }
