package cluster

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"rastro/internal/disk"
)

func open(t *testing.T, path string) *State {
	t.Helper()
	s, err := Open(disk.OS(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWhatWasSetIsThereAfterwards(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), FileName)
	s := open(t, path)
	before := s.Content()
	err := s.Change(func(c *Content) error {
		c.Indices["mail"] = &Index{UUID: NewUUID(), Created: 7, Settings: map[string]string{"index.number_of_replicas": "0"}}
		c.Policies["p"] = &Policy{Body: json.RawMessage(`{"phases":{}}`), Version: 1}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(before.Indices) != 0 {
		t.Error("a content that was handed out has changed")
	}
	again := open(t, path).Content()
	if again.Indices["mail"].Created != 7 || again.Indices["mail"].Settings["index.number_of_replicas"] != "0" || string(again.Policies["p"].Body) != `{"phases":{}}` {
		t.Errorf("read again: %+v", again)
	}
	if again.Templates == nil {
		t.Error("a map is nil")
	}
}

func TestARefusedChangeChangesNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), FileName)
	s := open(t, path)
	no := errors.New("no")
	if err := s.Change(func(c *Content) error { c.ClusterSettings["a"] = "b"; return no }); !errors.Is(err, no) {
		t.Errorf("the error is %v", err)
	}
	big := strings.Repeat("x", MaxBytes)
	if err := s.Change(func(c *Content) error { c.ClusterSettings["a"] = big; return nil }); !errors.Is(err, ErrTooLarge) {
		t.Errorf("the error is %v", err)
	}
	deep := json.RawMessage(strings.Repeat(`{"a":`, 9999) + "1" + strings.Repeat("}", 9999))
	if err := s.Change(func(c *Content) error { c.Templates["a"] = deep; return nil }); !errors.Is(err, ErrTooDeep) {
		t.Errorf("the error is %v", err)
	}
	if len(s.Content().ClusterSettings) != 0 || len(s.Content().Templates) != 0 {
		t.Error("a refused change was made")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a refused change was written: %v", err)
	}
}

func TestADamagedFileIsSetAside(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), FileName)
	if err := os.WriteFile(path, []byte(`{"indices":{"a":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if c := open(t, path).Content(); len(c.Indices) != 0 {
		t.Errorf("read: %+v", c)
	}
	aside, err := filepath.Glob(path + ".damaged-*")
	if err != nil || len(aside) != 1 {
		t.Errorf("set aside: %v %v", aside, err)
	}
}

func TestChangesAtOnce(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), FileName))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			if err := s.Change(func(c *Content) error { c.ClusterSettings[string(rune('a'+i))] = "1"; return nil }); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(s.Content().ClusterSettings); n != 20 {
		t.Errorf("%d of 20 changes are there", n)
	}
}
