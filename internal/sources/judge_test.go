package sources

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"rastro/internal/auth"
)

func TestClocks(t *testing.T) {
	t.Parallel()
	b := &bench{t: t}
	add := func(name string, late time.Duration) {
		st := file(name)
		st.LastRead = now.Add(-time.Second)
		b.status = append(b.status, st)
		b.steady(idOf(name), name, "mx1", now.Add(-late-50*time.Minute), now.Add(-late), time.Minute, late)
	}
	add("/bogota", 5*time.Hour) // Bogota's stamps read as UTC
	add("/madrid", -time.Hour)  // Madrid's
	add("/slow", 37*time.Minute)
	add("/fast", -17*time.Minute)
	add("/fine", 20*time.Second)
	// A backlog that is read now is old, and nothing is wrong with it.
	b.status = append(b.status, file("/backlog"))
	for i := range 50 {
		at := now.Add(-time.Duration(10+i) * time.Hour / 5)
		b.line("b", "/backlog", "mx1", "postfix/smtp sent", at, now.Add(-time.Minute).Sub(at))
	}
	a := b.ask()
	expect(t, one(t, a, "/bogota"), StateClock, "zone_behind")
	if h := one(t, a, "/bogota").Problem.Hint.En; !strings.Contains(h, "zone: America/Bogota") || !strings.Contains(h, "-05:00") {
		t.Errorf("%q", h)
	}
	expect(t, one(t, a, "/madrid"), StateClock, "zone_ahead")
	if h := one(t, a, "/madrid").Problem.Hint.Es; !strings.Contains(h, "zone: Europe/Madrid") || !strings.Contains(h, "+01:00") {
		t.Errorf("%q", h)
	}
	expect(t, one(t, a, "/slow"), StateClock, "clock_behind")
	expect(t, one(t, a, "/fast"), StateClock, "clock_ahead")
	expect(t, one(t, a, "/fine"), StateOK, "")
	expect(t, one(t, a, "/backlog"), StateOK, "")
}

func TestSilence(t *testing.T) {
	t.Parallel()
	b := &bench{t: t}
	add := func(name string, last time.Time, step time.Duration) {
		b.status = append(b.status, file(name))
		b.steady(idOf(name), name, "mx1", now.Add(-5*24*time.Hour), last, step, time.Second)
	}
	add("/busy-then-quiet", now.Add(-2*time.Hour), 5*time.Minute)
	add("/busy", now.Add(-time.Minute), 5*time.Minute)
	// Its lines are old, and have just been read.
	add("/backlog", now.Add(-2*time.Hour), 5*time.Minute)
	b.status[len(b.status)-1].LastRead = now.Add(-time.Minute)
	add("/backlog-then-quiet", now.Add(-2*time.Hour), 5*time.Minute)
	b.status[len(b.status)-1].LastRead = now.Add(-30 * time.Minute)
	add("/rare", now.Add(-3*time.Hour), 4*time.Hour)
	add("/once", now.Add(-110*time.Hour), 5*time.Hour)
	add("/dead", now.Add(-4*24*time.Hour), 5*time.Minute)
	b.status = append(b.status, file("/ancient"))
	b.line(idOf("/ancient"), "/ancient", "mx1", "postfix/smtp long ago", now.Add(-40*24*time.Hour), time.Second)
	// Yesterday's file rests because today's has come.
	add("/of-2026-11-25.log", now.Add(-15*time.Hour), 5*time.Minute)
	add("/of-2026-11-26.log", now.Add(-time.Minute), 5*time.Minute)
	b.steady("beats-1", "/var/log/maillog", "mx7", now.Add(-3*24*time.Hour), now.Add(-3*time.Hour), 5*time.Minute, time.Second)
	b.steady("beats-2", "/var/log/maillog", "mx8", now.Add(-3*24*time.Hour), now.Add(-time.Minute), 5*time.Minute, time.Second)
	d := b.desk()
	a, err := d.Answer(context.Background(), auth.Everything())
	if err != nil {
		t.Fatal(err)
	}
	expect(t, one(t, a, "/busy-then-quiet"), StateSilent, "silent_file")
	if m := one(t, a, "/busy-then-quiet").Problem.Message.En; !strings.Contains(m, "for 2 h") || !strings.Contains(m, "15 min") {
		t.Errorf("%q", m)
	}
	expect(t, one(t, a, "/dead"), StateSilent, "silent_file")
	if s := one(t, a, "/ancient"); s.State != StateOK || s.LastEvent != "2026-10-17T15:00:00Z" || s.LastLine != "postfix/smtp long ago" {
		t.Errorf("%+v", s)
	}
	expect(t, one(t, a, "/backlog-then-quiet"), StateSilent, "silent_file")
	for _, name := range []string{"/busy", "/backlog", "/rare", "/once", "/of-2026-11-25.log", "/of-2026-11-26.log"} {
		expect(t, one(t, a, name), StateOK, "")
	}
	states := map[string]string{}
	for _, s := range a.Sources {
		if s.Kind == KindBeats {
			states[s.Hosts[0]] = s.State
		}
	}
	if states["mx7"] != StateSilent || states["mx8"] != StateOK {
		t.Errorf("senders %v", states)
	}
	// What is remembered gives the same answer.
	d.answers[auth.Everything()] = kept{memory: d.answers[auth.Everything()].memory}
	again, err := d.Answer(context.Background(), auth.Everything())
	if err != nil || fmt.Sprint(again) == "" || len(again.Sources) != len(a.Sources) {
		t.Fatalf("%v, %d sources", err, len(again.Sources))
	}
	expect(t, one(t, again, "/busy-then-quiet"), StateSilent, "silent_file")
}
