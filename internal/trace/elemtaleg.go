package trace

import (
	"slices"
	"strings"
)

// decide goes through the attempts of the stay and says where one recipient
// stands. What the mailbox server said about the recipient counts, not what
// Elemta made of it for all of them.
func (s *elemtaStay) decide(l *leg) {
	l.state = state{status: Accepted, by: ByUs, decided: s.queued}
	var last *elemtaWindow
	var how elemtaResult
	broken := false
	for _, w := range s.attempts() {
		r := w.result(l.to)
		if l.final() || l.status == Unknown {
			if r.status != "" && w.stored != nil {
				l.notes = append(l.notes, elemtaAgain)
			}
			break
		}
		l.attempts++
		if r.status == "" {
			broken = broken || w.cutOff
			continue
		}
		last, how = w, r
		l.take(w, r)
	}
	if last == nil {
		if broken {
			l.notes = append(l.notes, elemtaBroken)
		}
		return
	}
	l.attempts = max(l.attempts, last.end.tryNumber())
	l.linked = weaker(l.linked, how.sure)
	if broken {
		l.notes = append(l.notes, elemtaBroken)
	}
	last.remark(l)
}

// elemtaLooks bounds the attempts that are looked at for all recipients of a
// message together.
const elemtaLooks = 1_000_000

// attempts are all attempts of a stay, or the first and last ones where a
// message to many was tried too often.
func (s *elemtaStay) attempts() []*elemtaWindow {
	most := max(maxSteps, elemtaLooks/max(1, s.rcpts.len()))
	if len(s.windows) <= most {
		return s.windows
	}
	return slices.Concat(s.windows[:most/2], s.windows[len(s.windows)-most/2:])
}

// tryNumber is the number of the attempt as Elemta counts.
func (f *fact) tryNumber() int {
	if f == nil {
		return 0
	}
	return int(f.rare().attempt)
}

// take adds the outcome of an attempt.
func (l *leg) take(w *elemtaWindow, r elemtaResult) {
	l.status, l.by, l.decided, l.answered = r.status, ByUs, r.decided, r.answered
	for _, f := range [...]*fact{r.answered, r.decided} {
		if n := len(l.tries); f != nil && !slices.Contains(l.tries[max(0, n-4):], f) {
			l.tries = append(l.tries, f)
		}
	}
	if f := l.answered; f != nil && f.relayIP == "" && f.relayHost == "" && w.start != nil {
		answered := *f // the answer came from the server that the attempt went to
		answered.relayIP, answered.relayHost, answered.relayPort = w.start.relayIP, w.start.relayHost, w.start.relayPort
		l.answered = &answered
	}
}

// elemtaResult is what an attempt brought one recipient; without status it
// brought nothing.
type elemtaResult struct {
	status            Status
	decided, answered *fact
	sure              Confidence
}

// result says what an attempt brought one recipient.
func (w *elemtaWindow) result(to string) elemtaResult {
	if !w.rcpts[to] {
		return elemtaResult{}
	}
	verdict := w.final
	if verdict == nil {
		verdict = w.end
	}
	answer, sure, refused := w.answerFor(to)
	if w.stored == nil && !w.delivered() {
		if verdict == nil {
			return elemtaResult{}
		}
		return w.failed(verdict, answer, sure)
	}
	if refused {
		return w.failed(verdict, answer, sure)
	}
	told := w.stored
	if w.delivered() {
		told = w.end
	}
	lost, open := w.unnamed()
	switch {
	case lost <= 0:
		return elemtaResult{Delivered, told, told, Exact}
	case lost >= open:
		return w.failed(verdict, w.oneNameless(), Probable)
	}
	return elemtaResult{Unknown, told, w.oneNameless(), Exact}
}

// answerFor is what the mailbox server said about one recipient.
func (w *elemtaWindow) answerFor(to string) (answer *fact, sure Confidence, refused bool) {
	if a, ok := w.refused[to]; ok {
		if w.named[to] {
			a.sure = Probable // the verdict names the recipient; only the answer may be another's
		}
		return a.fact, a.sure, true
	}
	if a, ok := w.lost[to]; ok {
		return a.fact, a.sure, true
	}
	return nil, Exact, w.named[to]
}

// unnamed is how many copies were refused without saying whose, and of how
// many.
func (w *elemtaWindow) unnamed() (lost, open int) {
	if w.counted {
		return w.unnamedLost, w.unnamedOpen
	}
	known := 0
	for to := range w.rcpts {
		if _, _, refused := w.answerFor(to); refused {
			known++
		}
	}
	lost = len(w.nameless)
	if taken := w.stored.number("delivered"); taken >= 0 {
		lost = w.total() - taken - known
	}
	w.counted, w.unnamedLost, w.unnamedOpen = true, lost, len(w.rcpts)-known
	return w.unnamedLost, w.unnamedOpen
}

func (w *elemtaWindow) oneNameless() *fact {
	if len(w.nameless) == 0 {
		return nil
	}
	return w.nameless[0]
}

// failed is the outcome for a recipient whose copy was not taken.
func (w *elemtaWindow) failed(verdict, answer *fact, sure Confidence) elemtaResult {
	r := elemtaResult{status: Bounced, decided: verdict, answered: answer, sure: sure}
	if answer == nil && w.stored == nil {
		r.answered = w.oneNameless()
	}
	switch {
	case verdict == nil || w.delivered():
		if r.answered != nil {
			r.decided = r.answered
		}
	case elemtaRoleIs(verdict, elemtaDeferral), elemtaRoleIs(verdict, elemtaFailed):
		r.status = Deferred
	}
	if r.decided == nil {
		r.decided = w.stored
	}
	if r.answered == nil {
		r.answered = r.decided
	}
	return r
}

// remark notes where Elemta's own verdict is wrong about the recipient, or
// hides something.
func (w *elemtaWindow) remark(l *leg) {
	verdict := w.final
	if verdict == nil {
		verdict = w.end
	}
	switch l.status {
	case Delivered:
		if elemtaRoleIs(verdict, elemtaBounce) || elemtaRoleIs(verdict, elemtaBounced) {
			l.notes = append(l.notes, elemtaNotBounced)
		}
	case Unknown:
		lost, open := w.unnamed()
		l.notes = append(l.notes, elemtaWhich(lost, open))
	case Bounced:
		w.remarkBounce(l)
	}
}

func elemtaRoleIs(f *fact, role elemtaRole) bool { return f != nil && elemtaRoleOf(f) == role }

func (w *elemtaWindow) remarkBounce(l *leg) {
	if w.delivered() {
		l.notes = append(l.notes, elemtaNotDelivered)
	}
	reason := w.reason()
	switch {
	case strings.Contains(reason, "failed to read delivery response"):
		l.notes = append(l.notes, elemtaNoAnswer)
	case l.answered != nil && l.answered.code >= 400 && l.answered.code < 500, elemtaPassing(reason):
		l.notes = append(l.notes, elemtaGaveUp)
	}
	l.notes = append(l.notes, elemtaSilent)
}

// elemtaPassing tells whether a failure that carries no code was the mailbox
// server being out of reach.
func elemtaPassing(reason string) bool {
	for _, s := range [...]string{"failed to connect", "connection refused", "EOF", "timeout", "connection reset", "no route to host", "over concurrent delivery limit"} {
		if strings.Contains(reason, s) {
			return true
		}
	}
	return false
}

// elemtaWhich says that the log does not tell whose copy was refused.
func elemtaWhich(lost, open int) Words {
	return say("elemta_note", "which", "lost", number(lost), "open", number(open))
}
