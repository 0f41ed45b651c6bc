package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
	"github.com/rogpeppe/go-internal/testscript"

	"rastro/internal/disk"
	"rastro/internal/store"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"rastro": main})
}

// TestScripts runs testdata/script: what people type, and what they read.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "UTC")
			for _, name := range []string{"mail.log", "elemta.log"} {
				text, err := os.ReadFile(filepath.Join("testdata", name))
				if err == nil {
					err = os.WriteFile(filepath.Join(e.WorkDir, name), text, 0o644)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"ready": ready, "http": ask, "pack": pack, "fifo": fifo, "await": await, "truncate": truncate, "signal": send,
		},
	})
}

// patience bounds every wait for another process.
const patience = 30 * time.Second

func eventually(ts *testscript.TestScript, what string, holds func() bool) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if holds() {
			return
		}
	}
	ts.Fatalf("waited for %s in vain", what)
}

// ready waits until a server runs on a data folder and its ports are known.
func ready(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, "a server on "+args[0], func() bool {
		info, held, err := store.ReadLock(disk.OS(), ts.MkAbs(args[0]))
		return err == nil && held && len(info.Addresses) > 0
	})
}

// send sends TERM or HUP to the server on a data folder.
func send(ts *testscript.TestScript, _ bool, args []string) {
	info, held, err := store.ReadLock(disk.OS(), ts.MkAbs(args[1]))
	ts.Check(err)
	number, known := map[string]syscall.Signal{"TERM": syscall.SIGTERM, "HUP": syscall.SIGHUP}[args[0]]
	if !held || !known {
		ts.Fatalf("signal %v: the folder is held: %v", args, held)
	}
	ts.Check(syscall.Kill(info.PID, number))
}

// ask sends a request to a port of the server on a data folder and prints the
// answer: http METHOD DATA PORT PATH [BODY].
func ask(ts *testscript.TestScript, neg bool, args []string) {
	info, _, err := store.ReadLock(disk.OS(), ts.MkAbs(args[1]))
	ts.Check(err)
	body := ""
	if len(args) > 4 {
		body = args[4]
	}
	req, err := http.NewRequest(args[0], "http://"+info.Addresses[args[2]]+args[3], strings.NewReader(body))
	ts.Check(err)
	resp, err := http.DefaultClient.Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%s\n%s", resp.Status, text)
	if (resp.StatusCode >= 400) != neg {
		ts.Fatalf("the answer is %s: %s", resp.Status, text)
	}
}

// pack compresses a file by the name of the second one.
func pack(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	f, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	defer f.Close()
	var w io.WriteCloser = gzip.NewWriter(f)
	if strings.HasSuffix(args[1], ".zst") {
		w, err = zstd.NewWriter(f)
		ts.Check(err)
	}
	_, err = io.WriteString(w, text)
	ts.Check(err)
	ts.Check(w.Close())
}

// fifo makes a pipe with a name and keeps its writing end open, so that a
// reader of it waits.
func fifo(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	ts.Check(syscall.Mkfifo(name, 0o600))
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	ts.Check(err)
	ts.Defer(func() { _ = f.Close() })
}

// await waits until a file holds a text.
func await(ts *testscript.TestScript, _ bool, args []string) {
	eventually(ts, args[1]+" in "+args[0], func() bool {
		text, err := os.ReadFile(ts.MkAbs(args[0]))
		return err == nil && strings.Contains(string(text), args[1])
	})
}

// truncate cuts a file to half its size.
func truncate(ts *testscript.TestScript, _ bool, args []string) {
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), info.Size()/2))
}
