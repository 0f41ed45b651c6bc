package segment

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

// mailEvents cuts mail log lines into events with realistic values. It reads
// the file named by RASTRO_BENCH_LOG, or testdata, at most limit lines.
func mailEvents(tb testing.TB, limit int) []event.Event {
	tb.Helper()
	path := os.Getenv("RASTRO_BENCH_LOG")
	if path == "" {
		path = "testdata/mail.log"
	}
	file, err := os.Open(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer file.Close()
	var events []event.Event
	var offset int64
	for lines := bufio.NewScanner(file); lines.Scan() && len(events) < limit; {
		events = append(events, splitLine(tb, lines.Text(), uint64(len(events)+1), offset))
		offset += int64(len(lines.Bytes())) + 1
	}
	return events
}

// splitLine makes an event of one line of Postfix or Dovecot.
func splitLine(tb testing.TB, line string, rid uint64, offset int64) event.Event {
	e := event.Event{RID: rid}
	stamp, rest, _ := strings.Cut(line, " ")
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		tb.Fatal(err)
	}
	e.Time, e.ReceivedAt = at.UnixNano(), 1767600000000000000+int64(rid)*7000
	host, rest, _ := strings.Cut(rest, " ")
	head, text, _ := strings.Cut(rest, ": ")
	program, pid, _ := strings.Cut(strings.TrimSuffix(head, "]"), "[")
	e.Add(event.Message, line)
	e.Add(event.LogMessage, text)
	e.Add(event.Host, host)
	e.Add(event.Program, program)
	if n, err := strconv.ParseInt(pid, 10, 64); err == nil {
		e.AddInt(event.PID, n)
	}
	e.Add(event.Level, event.LevelInfo)
	e.AddBool(event.IsError, false)
	e.Add(event.EventType, event.TypeDelivery)
	e.Add(event.Source, "/var/log/mail.log")
	e.Add(event.SourceID, "fe01-2f3a9c11d0b7a655")
	e.AddInt(event.Offset, offset)
	if id, _, ok := strings.Cut(text, ": "); ok && len(id) == 11 {
		e.Add(event.QueueID, id)
	}
	splitPairs(&e, text)
	return e
}

// splitPairs takes the key=value parts of a Postfix or Dovecot text.
func splitPairs(e *event.Event, text string) {
	if _, reply, ok := strings.Cut(text, " ("); ok && strings.Contains(text, "status=") {
		e.Add(event.Reply, strings.TrimSuffix(reply, ")"))
	}
	if _, session, ok := strings.Cut(text, "session=<"); ok {
		e.Add(event.SessionID, strings.TrimSuffix(session, ">"))
	}
	for part := range strings.FieldsSeq(text) {
		key, value, ok := strings.Cut(strings.TrimSuffix(part, ","), "=")
		if !ok {
			continue
		}
		switch key {
		case "from":
			addAddress(e, event.Sender, event.SenderDomain, value)
		case "to":
			addAddress(e, event.Recipient, event.RecipientDomain, value)
		case "message-id":
			e.Add(event.MessageID, value)
		case "client", "relay":
			addPeer(e, key, value)
		case "status":
			e.Add(event.Status, value)
		case "dsn":
			e.Add(event.DSN, value)
		case "rip":
			e.Add(event.ClientIP, value)
		case "user", "sasl_username":
			e.Add(event.Username, strings.Trim(value, "<>"))
		case "sasl_method", "method":
			e.Add(event.AuthMethod, value)
		case "size", "nrcpt":
			if n, err := strconv.ParseInt(value, 10, 64); err == nil {
				e.AddInt(map[string]event.Field{"size": event.Size, "nrcpt": event.RecipientCount}[key], n)
			}
		case "delay":
			addFloats(e, value, event.Delay)
		case "delays":
			addFloats(e, value, event.NoField, event.DelayQueue, event.DelayConnect, event.DelayTransmit)
		}
	}
}

func addAddress(e *event.Event, f, domain event.Field, value string) {
	value = strings.ToLower(strings.Trim(value, "<>"))
	e.Add(f, value)
	if at := strings.LastIndexByte(value, '@'); at >= 0 {
		e.Add(domain, value[at+1:])
	}
}

func addPeer(e *event.Event, key, value string) {
	name, rest, _ := strings.Cut(value, "[")
	address, port, _ := strings.Cut(rest, "]")
	if key == "client" {
		e.Add(event.ClientHost, name)
		e.Add(event.ClientIP, address)
		return
	}
	e.Add(event.RelayHost, name)
	e.Add(event.RelayIP, address)
	if n, err := strconv.ParseInt(strings.TrimPrefix(port, ":"), 10, 64); err == nil {
		e.AddInt(event.RelayPort, n)
	}
}

func addFloats(e *event.Event, value string, fields ...event.Field) {
	for i, part := range strings.Split(value, "/") {
		if n, err := strconv.ParseFloat(part, 64); err == nil && i < len(fields) && fields[i] != event.NoField {
			e.AddFloat(fields[i], n)
		}
	}
}
