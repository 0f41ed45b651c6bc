package e2e

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

func TestDemo(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	c, announced := follow(t, []string{"TMPDIR=" + temp}, "demo", "--ui", "127.0.0.1:0", "--elastic", "127.0.0.1:0",
		"--monitor", "127.0.0.1:0", "--beats", "off", "--seed", "1")
	s := &server{t: t, client: http.Client{Timeout: 30 * time.Second}}
	for s.ui == "" || s.elastic == "" {
		select {
		case line, ok := <-announced:
			if !ok {
				t.Fatal("demo ended early")
			}
			if i := strings.Index(line, "'http://"); strings.Contains(line, "/_search") && i >= 0 {
				s.elastic, _, _ = strings.Cut(line[i+len("'http://"):], "/")
			} else if i := strings.Index(line, "http://"); i >= 0 && s.ui == "" {
				s.ui = strings.Fields(line[i+len("http://"):])[0]
			}
		case <-time.After(30 * time.Second):
			t.Fatal("no history after 30 s")
		}
	}
	checkDemo(t, s)
	before := s.count("*")
	eventually(t, 40*time.Second, "live traffic", func() bool { return s.count("*") > before })
	interrupt(t, c, announced)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("demo leaves %v behind (%v)", left, err)
	}
}

// checkDemo checks that a whole day of every kind of traffic is there.
func checkDemo(t *testing.T, s *server) {
	t.Helper()
	if n := s.count("*"); n < 1000 {
		t.Errorf("the history has only %d events", n)
	}
	for _, q := range []string{
		"@timestamp:[now-24h TO now-22h]", "@timestamp:[now-1h TO now]", "status:delivered", "status:deferred", "status:bounced",
		"event_type:message_rejection", "event_type:authentication AND success:false", "program:elemta", "program:postfix*", "program:dovecot*",
	} {
		if s.count(q) == 0 {
			t.Errorf("the history has nothing of %s", q)
		}
	}
	for _, q := range []string{"event_type:unparsed", "tags:_no_time", "tags:_parser_fault", "@timestamp:[now+10m TO *]"} {
		if n := s.count(q); n != 0 {
			t.Errorf("the history has %d events of %s, such as %q", n, q, s.hits(q, "size=1")[0].text("message"))
		}
	}
}
