package parse

import (
	"testing"
	"time"

	"rastro/internal/event"
)

var received = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC).UnixNano()

func parseOne(line event.Line) *event.Event {
	e := new(event.Event)
	if line.Origin == nil {
		line.Origin = &event.Origin{Name: "/var/log/mail.log", ID: "f1"}
	}
	if line.ReceivedAt == 0 {
		line.ReceivedAt = received
	}
	New(Options{}).Parse(&line, e)
	return e
}

func TestSmoke(t *testing.T) {
	e := parseOne(event.Line{Text: "Nov 23 00:21:44 mx1 postfix/smtpd[7908]: connect from a.Example[1.2.3.4]"})
	t.Logf("%s", event.AppendJSON(nil, e, nil))
}
