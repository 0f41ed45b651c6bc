package search

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// arrivals sends questions to a gate and notes the order in which they are let
// in. Everything happens in a bubble, so that nothing depends on time.
type arrivals struct {
	*testing.T
	gate   *gate
	mu     sync.Mutex
	order  []string
	leaves []func()
}

func (a *arrivals) ask(caller string, c class) {
	go func() {
		leave, err := a.gate.enter(a.Context(), caller, c, time.Hour)
		a.mu.Lock()
		defer a.mu.Unlock()
		if err != nil {
			a.order = append(a.order, caller+":busy")
			return
		}
		a.order = append(a.order, caller)
		a.leaves = append(a.leaves, leave)
	}()
	synctest.Wait()
}

// end ends the question that was let in first.
func (a *arrivals) end() {
	a.mu.Lock()
	leave := a.leaves[0]
	a.leaves = a.leaves[1:]
	a.mu.Unlock()
	leave()
	synctest.Wait()
}

func (a *arrivals) is(want string) {
	a.Helper()
	if got := strings.Join(a.order, " "); got != want {
		a.Errorf("the order was\n%s, want\n%s", got, want)
	}
}

func inBubble(t *testing.T, g *gate, test func(a *arrivals)) {
	synctest.Test(t, func(t *testing.T) {
		a := &arrivals{T: t, gate: g}
		test(a)
		for len(a.leaves) > 0 {
			a.end()
		}
		if g.running != [classes]int{} || g.waiting() != 0 {
			t.Errorf("%v run and %d wait at the end", g.running, g.waiting())
		}
	})
}

func TestACallerWithManyQuestionsWaitsForOthers(t *testing.T) {
	t.Parallel()
	inBubble(t, newGate(2, 100, nil), func(a *arrivals) {
		for range 6 {
			a.ask("many", long)
		}
		a.ask("csr", long)
		a.ask("other", long)
		a.is("many") // one place is kept for what is quick
		for range 4 {
			a.end()
		}
		a.is("many many csr other many")
	})
}

func TestQuickQuestionsDoNotWaitForLongOnes(t *testing.T) {
	t.Parallel()
	inBubble(t, newGate(3, 100, nil), func(a *arrivals) {
		for range 5 {
			a.ask("scan", long)
		}
		a.ask("id", quick)
		a.is("scan scan id")
	})
	// With one place there is none to keep; then the quick ones go first.
	inBubble(t, newGate(1, 100, nil), func(a *arrivals) {
		a.ask("a", long)
		a.ask("b", long)
		a.ask("c", quick)
		a.end()
		a.is("a c")
	})
}

func TestLongQuestionsHaveTheirTurnAmongQuickOnes(t *testing.T) {
	t.Parallel()
	inBubble(t, newGate(1, 100, nil), func(a *arrivals) {
		a.ask("first", quick)
		a.ask("long", long)
		for range 8 {
			a.ask("q", quick)
		}
		for range 5 {
			a.end()
		}
		a.is("first q q q long q")
	})
}

func TestIntakeKeepsItsShare(t *testing.T) {
	t.Parallel()
	busy := false
	g := newGate(5, 100, func() bool { return busy })
	g.cores = 4
	inBubble(t, g, func(a *arrivals) {
		workers := func(want int) {
			a.Helper()
			if n := g.workers(); n != want {
				a.Errorf("%d workers for each of %v, want %d", n, g.running, want)
			}
		}
		workers(4)
		a.ask("a", long)
		workers(4)
		a.ask("b", long)
		workers(2)
		busy = true
		workers(1)
		a.ask("c", long)
		a.is("a b") // half of four processors
		a.ask("id", quick)
		a.is("a b id")
		a.ask("id2", quick)
		a.is("a b id")
		busy = false
		a.end()
		if len(a.order) != 5 { // both at once
			a.Errorf("%v", a.order)
		}
		workers(1)
	})
}

func TestAFullQueueSendsAwayWhoAskedMost(t *testing.T) {
	t.Parallel()
	inBubble(t, newGate(1, 4, nil), func(a *arrivals) {
		a.ask("x", long)
		for range 5 {
			a.ask("many", long)
		}
		a.is("x many:busy")
		a.ask("csr", quick)
		a.is("x many:busy many:busy")
		if w := a.gate.callersWaiting(); w["many"] != 3 || w["csr"] != 1 {
			a.Errorf("%v wait", w)
		}
		a.end()
		a.is("x many:busy many:busy csr")
		if a.gate.rejected != 2 {
			a.Errorf("%d rejected, want 2", a.gate.rejected)
		}
	})
}

func TestLeavingTheQueueFreesThePlace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		g := newGate(1, 2, nil)
		leave, err := g.enter(t.Context(), "a", long, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 2)
		for range 2 {
			go func() {
				_, err := g.enter(ctx, "b", long, time.Hour)
				ended <- err
			}()
		}
		synctest.Wait()
		cancel()
		for range 2 {
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("a cancelled question got %v", err)
			}
		}
		if g.waiting() != 0 || g.rejected != 0 {
			t.Errorf("%d wait, %d were rejected", g.waiting(), g.rejected)
		}
		began := time.Now()
		_, err = g.enter(t.Context(), "c", long, 15*time.Second)
		var busy *BusyError
		if !errors.Is(err, ErrBusy) || !errors.As(err, &busy) || busy.Full || busy.Answering != 1 || time.Since(began) != 15*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		leave()
		leave() // once is enough
		if g.running[long] != 0 || g.done != 1 || g.rejected != 1 {
			t.Errorf("%+v", g)
		}
	})
}

// TestNoPlaceIsLost lets a thousand questions of many callers come, go, be
// cancelled and be late, and checks that the gate is empty at the end and never
// let in too many.
func TestNoPlaceIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const places = 3
		r := rand.New(rand.NewPCG(1, 2))
		g := newGate(places, 50, func() bool { return time.Now().UnixMilli()%100 < 30 })
		var mu sync.Mutex
		running, most := 0, 0
		ends := map[string]int{}
		var all sync.WaitGroup
		for range 1000 {
			name, c := fmt.Sprint(r.IntN(7)), class(r.IntN(2))
			work, patience := time.Duration(r.IntN(30))*time.Millisecond, time.Duration(r.IntN(400))*time.Millisecond
			all.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				leave, err := g.enter(ctx, name, c, 200*time.Millisecond)
				mu.Lock()
				ends[fmt.Sprintf("%T", err)]++
				mu.Unlock()
				if err != nil {
					return
				}
				mu.Lock()
				running++
				most = max(most, running)
				mu.Unlock()
				time.Sleep(work)
				mu.Lock()
				running--
				mu.Unlock()
				leave()
			})
			time.Sleep(time.Duration(r.IntN(8)) * time.Millisecond)
		}
		all.Wait()
		if most != places || g.running != [classes]int{} || g.waiting() != 0 || len(g.lines[quick].callers) > 0 {
			t.Errorf("%d at a time, %v run, %d wait", most, g.running, g.waiting())
		}
		if len(ends) != 3 {
			t.Errorf("the questions ended as %v; want some of each kind", ends)
		}
	})
}

func TestLines(t *testing.T) {
	t.Parallel()
	var l line
	names := func() (list []string) {
		for l.count > 0 {
			list = append(list, l.pop().caller)
		}
		return list
	}
	var tickets []*ticket
	for _, name := range []string{"a", "a", "a", "b", "c", "b"} {
		t := &ticket{caller: name}
		tickets = append(tickets, t)
		l.push(t)
	}
	if !l.remove(tickets[4]) || l.remove(tickets[4]) || !l.remove(tickets[0]) {
		t.Error("removing does not tell what was there")
	}
	if got := names(); !slices.Equal(got, []string{"a", "b", "a", "b"}) {
		t.Errorf("%v", got)
	}
}

func TestPlacesRestWhileIntakeIsBusy(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		busy := false
		g := newGate(1, 10, func() bool { return busy })
		for _, c := range []struct {
			busy       bool
			took, rest time.Duration
		}{{false, time.Second, 0}, {true, 100 * time.Millisecond, 50 * time.Millisecond}, {true, time.Minute, longestRest}} {
			busy = c.busy
			leave, err := g.enter(t.Context(), "a", quick, time.Hour)
			if err != nil {
				t.Fatal(err)
			}
			g.rest(c.took, leave)
			began := time.Now()
			next, err := g.enter(t.Context(), "b", quick, time.Hour)
			if waited := time.Since(began); err != nil || waited != c.rest {
				t.Errorf("busy %v: after %v the place rested for %v, want %v; %v", c.busy, c.took, waited, c.rest, err)
			}
			next()
		}
	})
}
