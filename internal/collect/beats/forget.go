package beats

import (
	"time"

	"rastro/internal/event"
)

// forget has a position removed with the next batch.
func (l *ledger) forget(key string) {
	l.forgotten = append(l.forgotten, event.Position{Key: key})
}

// dropPage forgets the oldest page of an agent that is not on its way.
func (l *ledger) dropPage(a *agent) bool {
	p := a.oldestIdle()
	if p == nil {
		return false
	}
	l.prints -= a.drop(p)
	l.forget(a.pageKey(p.slot))
	return true
}

// dropQuietest forgets one page of the agent that was quiet longest.
func (l *ledger) dropQuietest() bool {
	for e := l.quiet.Back(); e != nil; e = e.Prev() {
		if l.dropPage(e.Value.(*agent)) {
			return true
		}
	}
	return false
}

// dropQuietestFile forgets the file that was quiet longest, unless it belongs
// to the batch that is being decided.
func (l *ledger) dropQuietestFile() bool {
	e := l.files.Back()
	if e == nil || e.Value.(*file).touched {
		return false
	}
	l.dropFile(e.Value.(*file))
	return true
}

func (l *ledger) dropFile(f *file) {
	l.files.Remove(f.place)
	delete(f.agent.files, f.id)
	if !f.numbered {
		l.forget(f.key())
	}
}

// makeRoom forgets the quietest agents so that one more may come. Agents with
// batches on their way stay; when those are all there are, the bound is passed
// until they have arrived.
func (l *ledger) makeRoom() {
	const looks = 64
	e := l.quiet.Back()
	for range looks {
		if e == nil || len(l.agents) < maxAgents {
			return
		}
		a := e.Value.(*agent)
		e = e.Prev()
		if a.flights == 0 && a.batch == nil {
			l.dropAgent(a)
		}
	}
}

func (l *ledger) dropAgent(a *agent) {
	for l.dropPage(a) {
	}
	for _, f := range a.files {
		l.dropFile(f)
	}
	l.quiet.Remove(a.place)
	delete(l.agents, a.key)
}

// sweep forgets, once a day, what was quiet for longer than keepDays.
func (l *ledger) sweep(now time.Time) {
	today := dayOf(now)
	if today == l.swept {
		return
	}
	l.swept = today
	oldest := today - keepDays
	for e := l.files.Back(); e != nil; {
		f := e.Value.(*file)
		e = e.Prev()
		if f.day < oldest {
			l.dropFile(f)
		}
	}
	for e := l.quiet.Back(); e != nil; {
		a := e.Value.(*agent)
		e = e.Prev()
		for p := a.oldestIdle(); p != nil && p.day < oldest; p = a.oldestIdle() {
			l.dropPage(a)
		}
		if len(a.pages) == 0 && len(a.files) == 0 {
			l.dropAgent(a)
		}
	}
}
