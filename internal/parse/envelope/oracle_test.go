package envelope

import (
	"fmt"
	"testing"
	"time"

	"github.com/leodido/go-syslog/v4"
	"github.com/leodido/go-syslog/v4/rfc3164"
	"github.com/leodido/go-syslog/v4/rfc5424"

	"rastro/internal/event"
)

// TestOracle compares headers with another parser, in the forms which that one
// is known to read rightly: with <PRI>, a host that is no IPv6 address and no
// control characters, and for RFC 5424 at most six digits of a second.
func TestOracle(t *testing.T) {
	t.Parallel()
	texts := []string{"connect from a[1.2.3.4]", "x", "5449F15A1A3: from=<a@b>, size=1", "a: b: c", "[x] y", "ñandú"}
	hosts := []string{"mx1", "mx1.mail.example.com", "192.0.2.10"}
	programs := []string{"postfix/smtpd", "dovecot", "sm-mta", "kernel"}
	old := rfc3164.NewParser(rfc3164.WithYear(rfc3164.Year{YYYY: 2026}), rfc3164.WithBestEffort())
	modern := rfc5424.NewParser(rfc5424.WithBestEffort())
	n := 0
	for _, host := range hosts {
		for _, program := range programs {
			for _, text := range texts {
				for _, pid := range []string{"", "7908"} {
					n++
					tag := program + ":"
					if pid != "" {
						tag = fmt.Sprintf("%s[%s]:", program, pid)
					}
					agreeOn(t, old, fmt.Sprintf("<%d>Nov %2d 00:21:%02d %s %s %s", n%192, n%22+1, n%60, host, tag, text))
					if pid == "" {
						pid = "-"
					}
					agreeOn(t, modern, fmt.Sprintf("<%d>1 2026-11-%02dT00:21:%02d.%06d+01:00 %s %s %s - [x@1 k=\"v\\]\"] %s",
						n%192, n%22+1, n%60, n*7919%1000000, host, program, pid, text))
				}
			}
		}
	}
}

// agreeOn wants the same of both parsers.
func agreeOn(t *testing.T, oracle syslog.Machine, line string) {
	t.Helper()
	parsed, err := oracle.Parse([]byte(line))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	var base *syslog.Base
	switch m := parsed.(type) {
	case *rfc3164.SyslogMessage:
		base = &m.Base
	case *rfc5424.SyslogMessage:
		base = &m.Base
	}
	rec, _ := unwrap(t, line, time.UTC, now)
	value := func(s *string) string {
		if s == nil {
			return ""
		}
		return *s
	}
	if rec.Host != value(base.Hostname) || rec.Program != value(base.Appname) || rec.PID != value(base.ProcID) || rec.Text != value(base.Message) {
		t.Errorf("%s:\ngot  %q %q %q %q\nwant %q %q %q %q", line, rec.Host, rec.Program, rec.PID, rec.Text,
			value(base.Hostname), value(base.Appname), value(base.ProcID), value(base.Message))
	}
	if rec.Time != base.Timestamp.UnixNano() {
		t.Errorf("%s: time = %s, want %s", line, event.FormatTime(rec.Time), base.Timestamp)
	}
	if rec.Level != levels[*base.Severity] {
		t.Errorf("%s: level = %s, severity %d", line, rec.Level, *base.Severity)
	}
}
