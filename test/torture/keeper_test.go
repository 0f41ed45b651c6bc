package torture

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The logs whose lines go: those of a person who is erased again and again, and
// those of a kind of events that expires at once, as they are two days old.
const (
	erasedTag    = "erased"
	erasedPerson = "ana@hostco.example"
	fleeting     = "fleeting"
)

// keeperClient waits as long as the tasks may take on a busy machine.
var keeperClient = http.Client{Timeout: 2 * time.Minute}

// keeper has a running server do everything that rewrites or removes files.
// What the server is killed in is tried again later.
type keeper struct {
	s       *server
	rand    *rand.Rand
	stopped chan struct{}
	running sync.WaitGroup
	tasks   []task
}

// task is one thing to do, with how often it was begun and done.
type task struct {
	name        string
	do          func() error
	begun, done int
}

func startKeeper(s *server, seed uint64) *keeper {
	k := &keeper{s: s, rand: rand.New(rand.NewPCG(seed, 2000)), stopped: make(chan struct{})}
	k.tasks = []task{{name: "erase", do: k.erase}, {name: "snapshot", do: k.snapshot}, {name: "compact", do: k.compact}}
	k.running.Go(k.run)
	return k
}

func (k *keeper) run() {
	for {
		select {
		case <-k.stopped:
			return
		case <-time.After(time.Duration(100+k.rand.IntN(400)) * time.Millisecond):
		}
		t := &k.tasks[k.rand.IntN(len(k.tasks))]
		t.begun++
		if t.do() == nil {
			t.done++
		}
	}
}

// stop ends after what is being done.
func (k *keeper) stop() {
	close(k.stopped)
	k.running.Wait()
}

// finish does what every kill came in the middle of, while nobody kills.
func (k *keeper) finish(t *testing.T) {
	for i := range k.tasks {
		x := &k.tasks[i]
		if x.done > 0 {
			continue
		}
		var err error
		for range 20 { // the ports open one after the other
			x.begun++
			if err = x.do(); err == nil {
				x.done++
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
		if err != nil {
			t.Errorf("%s was never done: %v", x.name, err)
		}
	}
}

func (k *keeper) command(args ...string) error {
	out, err := exec.Command(k.s.binary, args...).CombinedOutput()
	if err != nil {
		err = fmt.Errorf("rastro %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return err
}

func (k *keeper) erase() error {
	return k.command("erase", erasedPerson, "--yes", "--server", "http://"+k.s.ui)
}

// snapshot makes one in the folder for backups below the data.
func (k *keeper) snapshot() error {
	if err := k.send(http.MethodPut, "/_snapshot/torture", `{"type":"fs","settings":{"location":"torture"}}`); err != nil {
		return err
	}
	return k.send(http.MethodPut, fmt.Sprintf("/_snapshot/torture/s%d?wait_for_completion=true", time.Now().UnixNano()), "{}")
}

func (k *keeper) compact() error { return k.send(http.MethodPost, "/_forcemerge", "") }

func (k *keeper) send(method, path, body string) error {
	req, err := http.NewRequest(method, "http://"+k.s.elastic+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := keeperClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.ReadAll(resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, path, resp.Status)
	}
	return nil
}

// eraseLast writes some more lines of the person, waits until the last is found
// and erases for the last time; then nothing of them is found.
func (k *keeper) eraseLast(t *testing.T, l *logFile) {
	l.open()
	l.burst()
	l.must(l.file.Close())
	last := fmt.Sprintf(`"torture %s-%d connect"`, l.tag, len(l.written)-1)
	awaitCount(t, k.s, last, 1)
	if err := k.command("erase", erasedPerson, "--yes", "--verify", "--server", "http://"+k.s.ui); err != nil {
		t.Errorf("the last erasure: %v", err)
	}
	if n := k.s.count(erasedTag); n != 0 {
		t.Errorf("%d events are found after the erasure", n)
	}
}

// verify looks at what the tasks left, with no server.
func (k *keeper) verify(t *testing.T) {
	for i := range k.tasks {
		x := &k.tasks[i]
		t.Logf("%s: begun %d times, done %d times", x.name, x.begun, x.done)
	}
	repository := filepath.Join(k.s.data, "backups", "torture")
	if err := k.command("snapshot", "verify", "--repository", repository); err != nil {
		t.Error(err)
	}
	if err := k.command("check", "--data", k.s.data); err != nil {
		t.Error(err)
	}
}
