package ingest

import (
	"maps"
	"strings"
	"time"

	"rastro/internal/event"
	"rastro/internal/measure"
)

const (
	// fresh is how old a line may be when it comes to count as Live. It leaves
	// room for a shipper that was away for a moment.
	fresh = 15 * time.Minute
	// maxNames bounds the names of one kind that are counted one by one: a
	// sender of documents may write anything. The others count as Other.
	maxNames = 100
)

// Other is the name under which names beyond those that are known are counted.
const Other = "other"

// Kinds counts durable events by what they say. The keys of each map are few:
// closed lists of words, and Other for whatever else a client wrote.
type Kinds struct {
	// Types counts events by event_type (the first, where there are two), Errors
	// those of them with is_error or the level ERROR or FATAL.
	Types, Errors map[string]int64
	// Levels, Statuses and Reasons count events by these fields; an event without
	// the field is not counted.
	Levels, Statuses, Reasons map[string]int64
	// ConnectionFailures counts events that tell that a connection could not be
	// made or broke: by their reason, or errors without one whose text says so.
	ConnectionFailures int64
	// Delays is the field delay of events with a status, in seconds: how long a
	// message was under way at that attempt.
	Delays measure.Spread
}

func newKinds() Kinds {
	return Kinds{
		Types: map[string]int64{}, Errors: map[string]int64{},
		Levels: map[string]int64{}, Statuses: map[string]int64{}, Reasons: map[string]int64{},
		Delays: measure.NewSpread(1, 5, 15, 60, 300, 900, 1800, 3600, 4*3600, 12*3600, 24*3600, 5*24*3600),
	}
}

func (k *Kinds) merge(more *Kinds, own owner) {
	own.add(k.Types, more.Types)
	own.add(k.Errors, more.Errors)
	own.add(k.Levels, more.Levels)
	own.add(k.Statuses, more.Statuses)
	own.add(k.Reasons, more.Reasons)
	k.ConnectionFailures += more.ConnectionFailures
	k.Delays.Merge(more.Delays)
}

func (k *Kinds) clone() Kinds {
	return Kinds{
		Types: maps.Clone(k.Types), Errors: maps.Clone(k.Errors), Levels: maps.Clone(k.Levels),
		Statuses: maps.Clone(k.Statuses), Reasons: maps.Clone(k.Reasons), Delays: k.Delays.Clone(),
		ConnectionFailures: k.ConnectionFailures,
	}
}

// owner holds copies of the names that are counted: a name that was cut from a
// line would keep the memory of its whole batch.
type owner map[string]string

// add adds counts, new names beyond the limit as Other.
func (o owner) add(to, more map[string]int64) {
	for name, n := range more {
		if _, known := to[name]; !known && len(to) >= maxNames {
			name = Other
		}
		to[o.of(name)] += n
	}
}

// of returns the name in memory of its own.
func (o owner) of(name string) string {
	owned, known := o[name]
	if !known {
		owned = strings.Clone(name)
		o[owned] = owned
	}
	return owned
}

// words are the values of a field with a closed list, and Other behind them.
type words []string

func wordsOf(f event.Field) words { return append(event.ClosedValues(f), Other) }

var (
	typeWords   = wordsOf(event.EventType)
	levelWords  = wordsOf(event.Level)
	statusWords = wordsOf(event.Status)
)

// index finds a word. Words are few and mostly of different lengths, which makes
// this faster than a map.
func (w words) index(word string) int {
	for i, known := range w {
		if known == word {
			return i
		}
	}
	return len(w) - 1
}

// counted turns numbers by place into numbers by word.
func (w words) counted(by []int64) map[string]int64 {
	named := make(map[string]int64, len(w))
	for i, n := range by {
		if n > 0 {
			named[w[i]] = n
		}
	}
	return named
}

// tallied are the fields that a tally looks at.
var tallied = [event.FieldCount]bool{
	event.EventType: true, event.IsError: true, event.Level: true, event.Dialect: true,
	event.Status: true, event.Reason: true, event.LogMessage: true, event.Delay: true,
}

// tally counts the events of one batch: cheap for each event, and nothing is
// shared while it counts.
type tally struct {
	ages     [2]ageTally // live, backlog
	dialects map[string]int64
	last     string // the dialect of the event before
	run      int64  // how many events in a row had it
}

type ageTally struct {
	types, errors, levels, statuses [24]int64
	reasons                         map[string]int64
	delays                          []float64
	events, unconnected             int
}

// count counts one event.
func (t *tally) count(e *event.Event) {
	a := &t.ages[0]
	if e.ReceivedAt-e.Time > int64(fresh) {
		a = &t.ages[1]
	}
	kind, status, dialect, delay := -1, -1, "", -1.0
	reason, text := "", ""
	failed := false
	for i := range e.Values {
		v := &e.Values[i]
		if !tallied[v.Field] {
			continue // most of them
		}
		switch v.Field {
		case event.EventType:
			if kind < 0 {
				kind = typeWords.index(v.Text)
			}
		case event.IsError:
			failed = failed || v.Bits != 0
		case event.Level:
			a.levels[levelWords.index(v.Text)]++
			failed = failed || v.Text == event.LevelError || v.Text == event.LevelFatal
		case event.Dialect:
			dialect = v.Text
		case event.Status:
			status = statusWords.index(v.Text)
		case event.Reason:
			reason = v.Text
			a.reason(reason)
		case event.LogMessage:
			text = v.Text
		case event.Delay:
			delay = v.Float()
		}
	}
	if kind < 0 {
		kind = len(typeWords) - 1
	}
	a.events++
	a.types[kind]++
	if failed {
		a.errors[kind]++
	}
	if unconnected(reason) || failed && reason == "" && saysUnconnected(text) {
		a.unconnected++
	}
	if status >= 0 {
		a.statuses[status]++
		if delay >= 0 {
			a.delays = append(a.delays, delay)
		}
	}
	t.dialect(dialect)
}

// unconnected tells whether a class of the reply dictionary means that there was
// no connection, or none that lasted.
func unconnected(reason string) bool {
	switch reason {
	case "host_unreachable", "network", "timeout", "connection_lost", "dns_failure", "tls_failure":
		return true
	}
	return false
}

// saysUnconnected looks for the words of systems and programs that mean the
// same. Errors without a reason are few.
func saysUnconnected(text string) bool {
	text = strings.ToLower(text[:min(len(text), 1000)])
	for _, words := range []string{
		"connection refused", "connection reset", "connection timed out", "connection lost", "connection failed", "failed to connect", "could not connect",
		"cannot connect", "no route to host", "network is unreachable", "i/o timeout", "tls handshake", "broken pipe", "no such host",
	} {
		if strings.Contains(text, words) {
			return true
		}
	}
	return false
}

func (a *ageTally) reason(name string) {
	if a.reasons == nil {
		a.reasons = make(map[string]int64)
	}
	if _, known := a.reasons[name]; !known && len(a.reasons) >= maxNames {
		name = Other
	}
	a.reasons[name]++
}

// dialect counts a line of a dialect; most batches have one only.
func (t *tally) dialect(name string) {
	if name == t.last {
		t.run++
		return
	}
	t.flush()
	t.last, t.run = name, 1
}

func (t *tally) flush() {
	if t.run == 0 {
		return
	}
	if t.dialects == nil {
		t.dialects = make(map[string]int64)
	}
	if _, known := t.dialects[t.last]; !known && len(t.dialects) >= maxNames {
		t.last = Other
	}
	t.dialects[t.last] += t.run
	t.run = 0
}

func (a *ageTally) kinds() Kinds {
	k := newKinds()
	k.Types, k.Errors = typeWords.counted(a.types[:len(typeWords)]), typeWords.counted(a.errors[:len(typeWords)])
	k.Levels, k.Statuses = levelWords.counted(a.levels[:len(levelWords)]), statusWords.counted(a.statuses[:len(statusWords)])
	k.ConnectionFailures = int64(a.unconnected)
	if a.reasons != nil {
		k.Reasons = a.reasons
	}
	for _, d := range a.delays {
		k.Delays.Add(d)
	}
	return k
}
