package beats

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	client "github.com/elastic/go-lumber/client/v2"

	"rastro/internal/event"
)

// chance is a small generator of numbers, the same in every run.
type chance uint64

func (c *chance) of(n int) int {
	*c = chance(mix(uint64(*c), 1))
	return int(uint64(*c) >> 33 % uint64(n))
}

// TestTurmoil: agents whose connections break, a disk that refuses batches and
// a server that is restarted again and again; in the end every line is stored
// exactly once.
func TestTurmoil(t *testing.T) {
	t.Parallel()
	var refusals chance = 7
	s := &shelf{before: func(event.Batch) error {
		if refusals.of(15) == 0 {
			return errors.New("disk broke")
		}
		return nil
	}}
	var addr atomic.Value
	r := serve(t, s.take, nil)
	addr.Store(r.addr)

	var agents sync.WaitGroup
	var want [][]string
	for a := range 3 {
		for file := range 2 {
			texts := numberedTexts(fmt.Sprintf("agent %d file %d", a, file), 2000)
			want = append(want, texts)
			luck := chance(10*a + file + 1)
			agents.Go(func() { stubborn(t, &addr, &luck, a, file, texts) })
		}
	}
	over := make(chan struct{})
	go func() {
		agents.Wait()
		close(over)
	}()
	for restarts := 0; ; restarts++ {
		select {
		case <-over:
			r.stop()
			s.settled()
			s.wantOnce(t, want...)
			t.Logf("%d restarts", restarts)
			return
		case <-time.After(30 * time.Millisecond):
		}
		if restarts >= 20 {
			continue // on a slow machine nothing would ever be finished
		}
		r.stop()
		s.settled()
		r = serve(t, s.take, s.durable())
		addr.Store(r.addr)
	}
}

// settled waits for what was taken before.
func (s *shelf) settled() {
	s.mu.Lock()
	last := s.last
	s.mu.Unlock()
	if last != nil {
		<-last
	}
}

// stubborn sends the lines of a file as Filebeat does: until each window is
// acknowledged. Now and then the agent is restarted and reads on from the last
// acknowledged line, or its connection breaks after a window is sent.
func stubborn(t *testing.T, addr *atomic.Value, luck *chance, a, file int, texts []string) {
	path := fmt.Sprintf("/var/log/%d.log", file)
	process, stamp := 0, noon
	for done := 0; done < len(texts); {
		process++
		size := 20 + luck.of(1200) // above and below the size of a batch
		stamp = stamp.Add(time.Second)
		who := agentOf{fmt.Sprint("agent-", a), fmt.Sprint("run-", process)}
		windows := slices.Collect(slices.Chunk(who.events(path, sizeOf(texts[:done]), stamp, texts[done:]), size))
		for i := 0; i < len(windows) && luck.of(8) > 0; {
			c, err := client.SyncDial(addr.Load().(string), client.Timeout(10*time.Second), client.CompressionLevel(luck.of(2)))
			if err != nil {
				time.Sleep(time.Millisecond) // the server is restarting
				continue
			}
			for i < len(windows) && err == nil {
				if luck.of(6) == 0 {
					c.Close()
				} else if luck.of(6) == 0 {
					time.AfterFunc(time.Duration(luck.of(2000))*time.Microsecond, func() { c.Close() })
				}
				if _, err = c.Send(windows[i]); err == nil {
					done += len(windows[i])
					i++
				}
			}
			c.Close()
		}
		if process > 100000 {
			t.Error("no progress")
			return
		}
	}
}
