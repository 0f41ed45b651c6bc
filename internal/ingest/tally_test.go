package ingest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// eventOf makes an event that came age after the time it tells.
func eventOf(age time.Duration, fill func(*event.Event)) *event.Event {
	e := &event.Event{Time: 1e18, ReceivedAt: 1e18 + int64(age)}
	fill(e)
	return e
}

func TestTallyCountsByWhatEventsSay(t *testing.T) {
	t.Parallel()
	var one tally
	deferred := func(e *event.Event) {
		e.Add(event.EventType, event.TypeDelivery)
		e.Add(event.Status, event.StatusDeferred)
		e.Add(event.Reason, "timeout")
		e.Add(event.Dialect, "postfix")
		e.AddFloat(event.Delay, 400)
	}
	one.count(eventOf(time.Second, deferred))
	one.count(eventOf(-time.Hour, deferred)) // a stamp in the future is of now
	one.count(eventOf(time.Hour, deferred))
	one.count(eventOf(0, func(e *event.Event) {
		e.Add(event.EventType, event.TypeError)
		e.Add(event.EventType, event.TypeAuthentication) // the first one counts
		e.Add(event.Level, event.LevelError)
		e.AddBool(event.IsError, true)
		e.AddFloat(event.Delay, 3) // of no delivery
	}))
	one.count(eventOf(0, func(e *event.Event) { e.Add(event.EventType, "a client's own"); e.Add(event.Level, "LOUD") }))
	one.count(eventOf(0, func(*event.Event) {}))
	for _, text := range []string{"Failed to deliver message: Connection refused", "disk on fire", strings.Repeat("x", 5000)} {
		one.count(eventOf(0, func(e *event.Event) { e.Add(event.LogMessage, text); e.AddBool(event.IsError, true) }))
		one.count(eventOf(0, func(e *event.Event) { e.Add(event.LogMessage, text) })) // no error
	}
	var c counters
	c.durable(&one)
	c.parsed(make([]event.Line, 12), 0, &one, 12*time.Millisecond)
	s := c.stats
	for _, check := range []struct{ got, want any }{
		{s.Live.Types, map[string]int64{event.TypeDelivery: 2, event.TypeError: 1, Other: 8}},
		{s.Live.Errors, map[string]int64{event.TypeError: 1, Other: 3}},
		{s.Live.ConnectionFailures, 3}, {s.Backlog.ConnectionFailures, 1},
		{s.Live.Levels, map[string]int64{event.LevelError: 1, Other: 1}},
		{s.Live.Statuses, map[string]int64{event.StatusDeferred: 2}},
		{s.Live.Reasons, map[string]int64{"timeout": 2}},
		{s.Live.Delays.Count(), 2}, {s.Live.Delays.Sum, 800},
		{s.Backlog.Types, map[string]int64{event.TypeDelivery: 1}},
		{s.Dialects, map[string]DialectStats{"postfix": {3, 3 * time.Millisecond}, "": {9, 9 * time.Millisecond}}},
		{s.ParseTimes.Count(), 1},
	} {
		if fmt.Sprint(check.got) != fmt.Sprint(check.want) {
			t.Errorf("%v, want %v", check.got, check.want)
		}
	}
}

// TestNamesOfStrangersAreBounded has senders that name something new each time.
func TestNamesOfStrangersAreBounded(t *testing.T) {
	t.Parallel()
	var c counters
	const batches, each = 20, 200
	for b := range batches {
		var one tally
		for i := range each {
			one.count(eventOf(0, func(e *event.Event) {
				e.Add(event.Reason, fmt.Sprint("reason", b, "-", i))
				e.Add(event.Dialect, strings.Repeat("d", b)+fmt.Sprint(i))
			}))
		}
		c.durable(&one)
		c.parsed(make([]event.Line, each), 0, &one, time.Second)
	}
	if n := len(c.stats.Live.Reasons); n > maxNames+1 {
		t.Errorf("%d reasons", n)
	}
	if n := len(c.stats.Dialects); n > maxNames+1 {
		t.Errorf("%d dialects", n)
	}
	var reasons, lines int64
	for _, n := range c.stats.Live.Reasons {
		reasons += n
	}
	for _, d := range c.stats.Dialects {
		lines += d.Lines
	}
	if reasons != batches*each || lines != batches*each {
		t.Errorf("%d reasons and %d lines of %d", reasons, lines, batches*each)
	}
}

func BenchmarkTally(b *testing.B) {
	e := eventOf(0, func(e *event.Event) {
		for _, f := range []event.Field{event.Host, event.Program, event.Component, event.QueueID, event.Sender, event.SenderDomain, event.Recipient, event.RecipientDomain, event.RelayHost, event.RelayIP, event.DSN, event.Reply, event.Message, event.LogMessage, event.Source, event.SourceID} {
			e.Add(f, "x")
		}
		e.Add(event.EventType, event.TypeDelivery)
		e.Add(event.Status, event.StatusDelivered)
		e.Add(event.Dialect, "postfix")
	})
	for b.Loop() {
		var one tally
		for range 1000 {
			one.count(e)
		}
	}
}
