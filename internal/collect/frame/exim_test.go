package frame

import (
	"fmt"
	"testing"
	"time"

	"rastro/internal/event"
)

func TestEximLogsAreKnownByName(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/var/log/exim4/mainlog": true, "/var/log/exim4/rejectlog": true, "/var/log/exim4/paniclog": true,
		"/var/log/exim4/mainlog.1": true, "mainlog.2.gz": true, "rejectlog.01": true, "mainlog-20260101": true,
		"mainlog-20260101.gz": true, "20021225-mainlog": true, "mainlog.old": true,
		"/var/log/exim_mainlog": true, "exim_rejectlog": true, "exim_paniclog-2026-01-01.xz": true,
		"/var/log/exim/main.log": true, "/var/log/exim/reject.log-20260101": true, "/var/log/exim/main.200212": true,
		"/var/log/exim-main-20021225.log": true, "exim-4.96-all-main.log": true,
		"/var/log/main.log": false, "main": false, "/var/log/mail.log": false, "/var/log/mainlog/mail.log": false,
		"/var/log/exim/exim.log": false, "domainlog": false, "mainlogger": false, "": false, "-": false,
		"/var/log/app-mainlog": false, "123": false,
	} {
		if got := isEximLog(path); got != want {
			t.Errorf("%q: got %v, want %v", path, got, want)
		}
	}
}

func TestEximLogsAreJoined(t *testing.T) {
	t.Parallel()
	const log = "2026-11-22 19:55:07 Warning: purging the environment.\n Suggested action: use keep_environment.\n" +
		"2026-11-22 19:55:30.123 1xVILC-00087K-1H rejected after DATA\nEnvelope-from: <a@b.example>\nI Message-ID: <1@x>\n\tfolded\n" +
		"2026-11-22 19:55:31 +0100 End queue run: pid=1\n2026-11-22 no stamp\n"
	joined := []string{
		"2026-11-22 19:55:07 Warning: purging the environment.\n Suggested action: use keep_environment.",
		"2026-11-22 19:55:30.123 1xVILC-00087K-1H rejected after DATA\nEnvelope-from: <a@b.example>\nI Message-ID: <1@x>\n\tfolded",
		"2026-11-22 19:55:31 +0100 End queue run: pid=1\n2026-11-22 no stamp",
	}
	rules := compile(t, Rules{})
	exim := rules.Of("/var/log/exim4/rejectlog.1")
	got := whole(exim, []byte(log))
	if fmt.Sprintf("%q", texts(got)) != fmt.Sprintf("%q", joined) {
		t.Errorf("got  %q\nwant %q", texts(got), joined)
	}
	if got[0].Marks != event.MarkJoined || exim.Timeout() != DefaultTimeout {
		t.Errorf("marks %v, time-out %s", got[0].Marks, exim.Timeout())
	}
	for name, other := range map[string]*Framing{
		"another file":    rules.Of("/var/log/mail.log"),
		"declared plain":  compile(t, Rules{Format: FormatPlain}).Of("mainlog"),
		"declared docker": compile(t, Rules{Format: FormatDocker}).Of("mainlog"),
	} {
		if got := whole(other, []byte(log)); len(got) != 8 {
			t.Errorf("%s: %d records", name, len(got))
		}
	}
	own := compile(t, Rules{Multiline: &Multiline{Pattern: `^ `, Timeout: time.Second}})
	if got := whole(own.Of("mainlog"), []byte(log)); len(got) != 7 {
		t.Errorf("a rule of one's own: %q", texts(got))
	}
}
