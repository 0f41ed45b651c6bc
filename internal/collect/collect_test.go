package collect

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rastro/internal/event"
)

// journal is a sink that keeps what it is handed.
type journal struct {
	mu        sync.Mutex
	texts     []string
	positions map[string][]byte
	full      chan struct{}
	want      int
}

func (j *journal) sink(_ context.Context, b event.Batch) error {
	j.mu.Lock()
	for _, l := range b.Lines {
		j.texts = append(j.texts, l.Text)
	}
	for _, p := range b.Positions {
		j.positions[p.Key] = p.State
	}
	if len(j.texts) == j.want {
		close(j.full)
	}
	j.mu.Unlock()
	b.Ack(nil)
	return nil
}

// TestFollowAndImport: followed files and imports share one set of positions and
// do not disturb each other.
func TestFollowAndImport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "mail.log")
	if err := os.WriteFile(path, []byte("one\ntwo\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	j := &journal{positions: map[string][]byte{}, full: make(chan struct{}), want: 4}
	for range 2 {
		res, err := Import(context.Background(), "old", strings.NewReader("a\nb\n"), ImportOptions{}, j.positions, j.sink)
		if err != nil || res.ID == "" {
			t.Fatalf("%+v, %v", res, err)
		}
	}
	c, err := Open(Options{Sources: []Source{{Paths: []string{filepath.Join(dir, "*.log")}, Host: "mx1"}}})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, map[string][]byte{}, j.sink) }()
	<-j.full
	if got := strings.Join(j.texts, " "); got != "a b one two" {
		t.Errorf("%q", got)
	}
	if st := c.Status(); len(st) != 1 || st[0].Path != path || st[0].Lines != 2 {
		t.Errorf("status %+v", st)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if len(j.positions) != 2 {
		t.Errorf("%d positions", len(j.positions))
	}
}

func TestOpenRefusesWrongSources(t *testing.T) {
	t.Parallel()
	if _, err := Open(Options{Sources: []Source{{}}}); !errors.Is(err, ErrSource) {
		t.Errorf("error %v", err)
	}
	c, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Reload([]Source{{Paths: []string{"a"}, Multiline: &Multiline{Pattern: "("}}}); !errors.Is(err, ErrSource) {
		t.Errorf("error %v", err)
	}
}
