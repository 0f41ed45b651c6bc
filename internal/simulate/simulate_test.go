package simulate

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"regexp"
	"testing"
	"time"
)

func history(t *testing.T, seed uint64) (*World, int) {
	t.Helper()
	w, err := New(Options{Dir: t.TempDir(), Start: time.Date(2026, 3, 1, 15, 0, 0, 0, time.UTC), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.close)
	n, err := w.WriteHistory(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return w, n
}

func TestHistoryIsBelievable(t *testing.T) {
	w, lines := history(t, 1)
	if lines < 50_000 || lines > 1_000_000 {
		t.Errorf("a day has %d lines", lines)
	}
	files := w.Files()
	elemta, err := os.ReadFile(files[elemtaLog].Path)
	if err != nil {
		t.Fatal(err)
	}
	var last time.Time
	for _, text := range bytes.Split(bytes.TrimSpace(elemta), []byte("\n")) {
		var e struct {
			Time time.Time
			Msg  string
		}
		if err := json.Unmarshal(text, &e); err != nil || e.Msg == "" {
			t.Fatalf("%s: %v", text, err)
		}
		if e.Time.Before(last) {
			t.Fatalf("time runs backwards at %s", text)
		}
		last = e.Time
	}
	if age := w.opts.Start.Sub(last); age < 0 || age > 10*time.Minute {
		t.Errorf("the newest line of Elemta is %v before the start", age)
	}
	for log, patterns := range map[int][]string{
		elemtaLog:  {`"msg":"message_delivery"`, `"msg":"message_deferral"`, `"msg":"message_bounce"`, `"event_type":"rejection"`, `"success":false`},
		postfixLog: {`status=sent`, `status=deferred`, `status=bounced`, `NOQUEUE: reject`, `SASL PLAIN authentication failed`, `sender non-delivery`},
		dovecotLog: {`saved mail to INBOX`, `Quota exceeded`, `imap-login: Login`, `auth failed`},
	} {
		text, err := os.ReadFile(files[log].Path)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range patterns {
			if n := len(regexp.MustCompile(p).FindAll(text, -1)); n < 10 {
				t.Errorf("%s: only %d lines with %s", files[log].Path, n, p)
			}
		}
		if bytes.Contains(text, []byte("%!")) {
			t.Errorf("%s: a broken format", files[log].Path)
		}
	}
}

func TestSameSeedSameTraffic(t *testing.T) {
	a, _ := history(t, 7)
	b, _ := history(t, 7)
	for i := range a.Files() {
		x, err := os.ReadFile(a.Files()[i].Path)
		if err != nil {
			t.Fatal(err)
		}
		y, err := os.ReadFile(b.Files()[i].Path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs", a.Files()[i].Path)
		}
	}
}
