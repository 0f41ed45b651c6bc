package trace

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestHostile assembles logs that somebody made to hurt. Nothing is timed: what
// grows with the square of the lines does not end before the test's timeout.
func TestHostile(t *testing.T) {
	t.Parallel()
	linked, told := 10_000, 3000
	if testing.Short() {
		linked, told = 3000, 3000
	}
	for _, name := range hostileNames() {
		t.Run(name, func(t *testing.T) {
			lines := allHostileCases()[name]
			hostileJourneys(t, lines(linked), Question{Now: received, NoSteps: true})
			hostileJourneys(t, lines(told), Question{Now: received})
		})
	}
}

// hostileJourneys checks what is bounded.
func hostileJourneys(t *testing.T, lines []logLine, q Question) {
	t.Helper()
	size := 0
	for _, l := range lines {
		size += len(l.text)
	}
	journeys, steps := 0, 0
	err := assemble(lines).Each(t.Context(), q, func(j *Journey) error {
		journeys++
		steps += len(j.Steps)
		if len(j.Steps) > maxSteps || len(j.Related) > maxRelated || len(j.QueueIDs) > maxIDs || len(j.SessionIDs) > maxIDs || len(j.Hosts) > maxIDs {
			t.Errorf("%d steps, %d related, %d queue ids, %d sessions, %d hosts", len(j.Steps), len(j.Related), len(j.QueueIDs), len(j.SessionIDs), len(j.Hosts))
		}
		for i := range j.Steps {
			if len(j.Steps[i].Line) > maxLine+len("…") {
				t.Errorf("a step has a line of %d bytes", len(j.Steps[i].Line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if journeys > size/10 {
		t.Errorf("%d journeys of %d bytes", journeys, size)
	}
	// Messages of few journeys have as many steps as journeys may have.
	if most := 100*maxSteps + 40*journeys + 40*len(lines); steps > most {
		t.Errorf("%d steps of %d lines", steps, len(lines))
	}
}

func hostileNames() []string {
	var all []string
	for name := range allHostileCases() {
		all = append(all, name)
	}
	slices.Sort(all)
	return all
}

// TestHostileRings: no message is lost because ids lead in a ring, or further
// than a journey goes.
func TestHostileRings(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a chain", "a ring", "parents"} {
		found := map[string]bool{}
		lines := hostileCases[name](2000)
		err := assemble(lines).Each(t.Context(), Question{Now: received}, func(j *Journey) error {
			for _, id := range j.QueueIDs {
				found[id] = true
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lines {
			if _, rest, ok := strings.Cut(l.text, ": client="); ok && rest != "" {
				id := strings.Fields(l.text)[3]
				if id = strings.TrimSuffix(id, ":"); !found[id] {
					t.Fatalf("%s: no journey has %s", name, id)
				}
			}
		}
	}
}

// TestHostileValues: what is long is cut where many are told of it.
func TestHostileValues(t *testing.T) {
	t.Parallel()
	h := newHostile()
	long := strings.Repeat("a", 32<<10)
	h.opened("mx1", "AAAAAAAAAA", long+"@a.example", long+"@a.example", 1)
	h.sent("mx1", "AAAAAAAAAA", long+"@b.example", "250 "+strings.Repeat("ñ", 500<<10))
	n := 0
	err := assemble(h.lines()).Each(t.Context(), Question{Now: received}, func(j *Journey) error {
		n++
		if len(j.Sender) > 2*maxName || len(j.Recipient) > 2*maxName || len(j.MessageID) > 2*maxName || len(j.Reply) > 2*maxLine || len(j.Verdict.En) > 8*maxName {
			t.Errorf("sender %d, recipient %d, Message-ID %d, reply %d, verdict %d bytes", len(j.Sender), len(j.Recipient), len(j.MessageID), len(j.Reply), len(j.Verdict.En))
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d journeys, %v", n, err)
	}
}

// TestHostileQueries reads what nobody would paste.
func TestHostileQueries(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		strings.Repeat("word ", 10_000), strings.Repeat("a@b.example ", 10_000), strings.Repeat("<", 1<<19), strings.Repeat("> ", 1<<18) + "\n\n\n",
		strings.Repeat("Received: id ", 80_000) + "\n\n\n", strings.Repeat("<a@b>", 200_000) + "\n\n\n", strings.Repeat(" x\n", 300_000),
		strings.Repeat("To: "+strings.Repeat("<b@c>,", 100)+"\n", 1500), strings.Repeat("4XyZ1", 200_000), strings.Repeat("\x00\xff", 1<<19),
	} {
		q, err := ParseQuery(text)
		if err != nil && !errors.Is(err, ErrQuery) {
			t.Errorf("%.20q: %v", text, err)
		}
		if values := len(q.understood().Values); values > 4*maxPasted {
			t.Errorf("%.20q: %d values", text, values)
		}
	}
}

// TestCanceled: who does not want the answer any more does not wait for it.
func TestCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := assemble(hostileCases["recipients"](1000)).Answer(ctx, Question{Now: received}); !errors.Is(err, context.Canceled) {
		t.Errorf("an answer: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	seen := 0
	err := assemble(hostileCases["refusals of one process"](1000)).Each(ctx, Question{Now: received}, func(*Journey) error {
		seen++
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) || seen != 1 {
		t.Errorf("%v after %d journeys", err, seen)
	}
}

// TestHostileTimes measures by hand, with HOSTILE=lines.
func TestHostileTimes(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("HOSTILE"))
	if n == 0 {
		t.Skip("HOSTILE is not set")
	}
	for _, name := range hostileNames() {
		t.Run(name, func(t *testing.T) {
			for _, size := range [...]int{n, 2 * n} {
				lines := allHostileCases()[name](size)
				start := time.Now()
				a := assemble(lines)
				parsed := time.Since(start)
				journeys, steps := 0, 0
				_ = a.Each(t.Context(), Question{Now: received}, func(j *Journey) error {
					journeys++
					steps += len(j.Steps)
					return nil
				})
				var mem runtime.MemStats
				runtime.ReadMemStats(&mem)
				fmt.Printf("%-40s %7d lines: parsed in %.2f s, told in %.2f s, %d journeys, %d steps, heap %d MB\n",
					name, len(lines), parsed.Seconds(), time.Since(start).Seconds()-parsed.Seconds(), journeys, steps, mem.HeapAlloc>>20)
			}
		})
	}
}
