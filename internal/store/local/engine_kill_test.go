package local

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"rastro/internal/disk"
	"rastro/internal/event"
	"rastro/internal/journal"
)

var killsFlag = flag.Int("kills", 20, "how often TestKill kills its helper process")

// killDir names the folder of data to a helper process.
const killDir = "RASTRO_TEST_KILL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killKeepDir); dir != "" {
		if err := keepUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	if dir := os.Getenv(killDir); dir != "" {
		if err := writeUntilKilled(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// openPair opens store and journal and brings the store up to date.
func openPair(dir string) (*Engine, *journal.Journal, error) {
	e, err := Open(disk.OS(), filepath.Join(dir, "store"), Options{SegmentRows: 60, SegmentAge: 20 * time.Millisecond})
	if err != nil {
		return nil, nil, err
	}
	j, err := journal.Open(disk.OS(), filepath.Join(dir, "journal"), journal.Options{AtLeast: e.Durable() + 1, MaxFileBytes: 30_000})
	if err != nil {
		return nil, nil, err
	}
	err = j.Replay(e.Next(), func(events []event.Event) error { return e.Append(context.Background(), events) })
	return e, j, err
}

// sent tells how many events of the only source are durable.
func sent(j *journal.Journal) int {
	n, _ := strconv.Atoi(string(j.Positions()["s"])) // none yet is 0
	return n
}

// writeUntilKilled is the helper process: it takes events from a source that
// goes on where the journal's position stands, and prints each
// acknowledgement. It ends by itself only when nobody kills it.
func writeUntilKilled(dir string) error {
	e, j, err := openPair(dir)
	if err != nil {
		return err
	}
	// Files are put together meanwhile, all the time.
	go func() {
		var err error
		for err == nil {
			_, err = e.Compact(context.Background(), CompactOptions{All: rand.IntN(4) == 0})
		}
		fmt.Fprintln(os.Stderr, "compacting:", err)
	}()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		from := sent(j)
		events := engineEvents(1+rand.IntN(40), uint64(from+1))
		pos := event.Position{Key: "s", State: strconv.AppendInt(nil, int64(from+len(events)), 10)}
		first, err := j.Commit([]journal.Group{{Encoded: journal.Encode(nil, events), Count: len(events), Positions: []event.Position{pos}}})
		if err != nil {
			return err
		}
		fmt.Println(from + len(events))
		for i := range events {
			events[i].RID = first + uint64(i)
		}
		if err := e.Append(context.Background(), events); err != nil {
			return err
		}
		if err := j.Trim(e.Durable()); err != nil {
			return err
		}
	}
	return nil
}

// TestKill kills a process that writes, at random moments, also while it
// recovers, and checks each time that every acknowledged event is there once.
func TestKill(t *testing.T) {
	t.Parallel()
	kills := *killsFlag
	if testing.Short() {
		kills = 5
	}
	dir := t.TempDir()
	acked := 0
	for n := range kills {
		acked = max(acked, runAndKill(t, dir, n))
		e, j, err := openPair(dir)
		if err != nil {
			t.Fatalf("kill %d: %v", n, err)
		}
		total := int(e.Next() - 1)
		if total < acked || total != int(j.Next()-1) || total != sent(j) {
			t.Fatalf("kill %d: %d events stored, %d in the journal, position %d, %d acknowledged", n, total, j.Next()-1, sent(j), acked)
		}
		if total > 0 {
			wantRange(t, e, 1, uint64(total))
		}
		_, a := rids(t, e)
		for i := range a.Hits {
			if ev := &a.Hits[i].Event; ev.Int(event.Offset) != int64(ev.RID) {
				t.Fatalf("kill %d: event %d is the %d. of its source", n, ev.RID, ev.Int(event.Offset))
			}
		}
		if d := j.Stats().Damage; len(d) > 0 || len(e.Stats().Quarantined) > 0 {
			t.Fatalf("kill %d: damage %+v, set aside %+v", n, d, e.Stats().Quarantined)
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d events acknowledged over %d kills", acked, kills)
}

// runAndKill runs the helper for a while and returns what it acknowledged
// last. Every third time it is killed while it starts.
func runAndKill(t *testing.T, dir string, n int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killDir+"="+dir)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	acked, until := 0, 1+rand.IntN(120)
	if n%3 == 2 {
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		until = 0
	}
	for i := 0; i < until && lines.Scan(); i++ {
		if acked, err = strconv.Atoi(lines.Text()); err != nil {
			t.Fatalf("the helper says %q", lines.Text())
		}
	}
	_ = cmd.Process.Kill() // it may have failed already; then complaint says why
	for lines.Scan() {     // what it managed to say before it died
		if k, err := strconv.Atoi(lines.Text()); err == nil {
			acked = k
		}
	}
	_ = cmd.Wait()
	if complaint.Len() > 0 {
		t.Fatalf("the helper failed: %s", complaint.String())
	}
	return acked
}
