package e2e

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"
)

// startElsewhere is the mail server of somebody else: it takes everything but
// mail to nobody@ and, for now, to later@.
func startElsewhere(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go elsewhere(c)
		}
	}()
	return l.Addr().String()
}

func elsewhere(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	say := func(text string) { _, _ = fmt.Fprintf(c, "%s\r\n", text) }
	text := bufio.NewScanner(c)
	say("220 mx.elsewhere.example ESMTP")
	inData := false
	for text.Scan() {
		line := strings.ToUpper(text.Text())
		switch {
		case inData:
			if line == "." {
				inData = false
				say("250 2.0.0 Ok: queued as 4XyZ12ABcd")
			}
		case strings.HasPrefix(line, "RCPT") && strings.Contains(line, "<NOBODY@"):
			say("550 5.1.1 <nobody@partner.example>: Recipient address rejected: User unknown")
		case strings.HasPrefix(line, "RCPT") && strings.Contains(line, "<LATER@"):
			say("451 4.7.1 Greylisted, come back later")
		case line == "DATA":
			inData = true
			say("354 go on")
		case line == "QUIT":
			say("221 bye")
			return
		default:
			say("250 2.1.0 Ok")
		}
	}
}
