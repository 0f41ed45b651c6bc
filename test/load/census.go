package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// census is what a plain reading of the log finds: the right answers. It knows
// the forms of loggen's lines and shares no code with the program.
type census struct {
	totals      totals
	lines       int64
	bytes       int64 // with line ends
	first, last time.Time

	programs           map[string]int64
	statuses           map[string]int64 // of status=
	rejects            int64
	loginOK, loginFail int64
	senders            map[string]int64 // lines that name an envelope sender
	refusedSenders     map[string]int64 // the same, of refusals
	recipients         map[string]int64
	delays             map[string][]float64 // by host
	network            int64                // lines of clients in clientNetwork
	overQuota          int64                // lines with overQuotaPhrase

	// queueID is one of the middle of the log: idLines are the lines about it of
	// Postfix and its filters, mentions have it anywhere.
	queueID           string
	idLines, mentions int64
}

// What is looked for in the log and asked for in questions.
const (
	clientNetwork   = "203.0.113.0/24"
	clientBegin     = "[203.0.113."
	overQuotaPhrase = "Quota exceeded"
	senderDomain    = "@banco-delta.example"
	absentWord      = "zanzibarica"
	absentID        = "0000000000Z"
	// rareEvents is about how many events the rare recipient has.
	rareEvents = 44
)

// stampForm is the stamp of every line.
const stampForm = "2006-01-02T15:04:05.000000-07:00"

func newCensus() *census {
	return &census{
		programs: map[string]int64{}, statuses: map[string]int64{}, senders: map[string]int64{},
		refusedSenders: map[string]int64{}, recipients: map[string]int64{}, delays: map[string][]float64{},
	}
}

// sendersOf counts the lines with a sender of a domain.
func (c *census) sendersOf(domain string) int64 {
	sum := int64(0)
	for sender, n := range c.senders {
		if strings.HasSuffix(sender, domain) {
			sum += n
		}
	}
	return sum
}

// queueIDNear finds the queue id of the first message behind an offset.
func queueIDNear(f io.ReaderAt, offset int64) (string, error) {
	text := make([]byte, 1<<16)
	n, err := f.ReadAt(text, offset)
	if err != nil && !errors.Is(err, io.EOF) {
		return "", err
	}
	text = text[:n]
	end := bytes.Index(text, []byte(": from=<"))
	if end < 0 {
		return "", fmt.Errorf("no message within %d bytes of the middle of the log", len(text))
	}
	begin := bytes.LastIndexByte(text[:end], ' ')
	return string(text[begin+1 : end]), nil
}

// count looks at one line, from the host on.
func (c *census) count(line []byte) {
	c.lines++
	space := bytes.IndexByte(line, ' ')
	host, rest := line[:space], line[space+1:]
	program := rest[:bytes.IndexAny(rest, "[:")]
	c.programs[string(program)]++
	if bytes.Contains(rest, []byte(c.queueID)) {
		c.mentions++
		if bytes.Contains(rest, []byte("]: "+c.queueID+": ")) || bytes.Contains(rest, []byte(", Queue-ID: "+c.queueID+",")) {
			c.idLines++
		}
	}
	if bytes.Contains(rest, []byte(overQuotaPhrase)) {
		c.overQuota++
	}
	switch {
	case bytes.HasPrefix(program, []byte("postfix/")):
		c.countPostfix(host, rest)
	case string(program) == "dovecot":
		c.countDovecot(rest)
	case string(program) == "amavis":
		c.countAmavis(rest)
	}
}

// countAmavis reads "(1043-04) Passed CLEAN {…}, [203.0.113.1]:29289 […] <from>
// -> <to>, …".
func (c *census) countAmavis(line []byte) {
	if bytes.Contains(line, []byte(clientBegin)) {
		c.network++
	}
	if from, ok := between(line, "] <", ">"); ok {
		c.senders[string(from)]++
	}
	if to, ok := between(line, " -> <", ">"); ok {
		c.recipients[string(to)]++
	}
}

func (c *census) countPostfix(host, line []byte) {
	refused := bytes.Contains(line, []byte("reject: "))
	if refused {
		c.rejects++
	}
	if from, ok := between(line, " from=<", ">"); ok {
		if len(from) == 0 {
			from = []byte("<>") // the sender of bounces
		}
		c.senders[string(from)]++
		if refused {
			c.refusedSenders[string(from)]++
		}
	}
	if to, ok := between(line, " to=<", ">"); ok {
		c.recipients[string(to)]++
	}
	if status, ok := between(line, " status=", " ,"); ok {
		c.statuses[string(status)]++
	}
	if text, ok := between(line, " delay=", ","); ok {
		if seconds, err := strconv.ParseFloat(string(text), 64); err == nil {
			c.delays[string(host)] = append(c.delays[string(host)], seconds)
		}
	}
	if bytes.Contains(line, []byte("sasl_method=")) {
		c.loginOK++
	}
	if bytes.Contains(line, []byte("authentication failed")) {
		c.loginFail++
	}
	if bytes.Contains(line, []byte(clientBegin)) && !bytes.Contains(line, []byte("orig_client=")) {
		c.network++
	}
}

func (c *census) countDovecot(line []byte) {
	if to, ok := between(line, "lmtp(", ")"); ok && bytes.IndexByte(to, '@') > 0 {
		c.recipients[string(to)]++
	}
	if bytes.Contains(line, []byte("-login: Login: ")) {
		c.loginOK++
	}
	if bytes.Contains(line, []byte("passwd-file(")) {
		c.loginFail++
	}
}

// between cuts what stands behind begin, up to any byte of end.
func between(line []byte, begin, end string) ([]byte, bool) {
	i := bytes.Index(line, []byte(begin))
	if i < 0 {
		return nil, false
	}
	rest := line[i+len(begin):]
	j := bytes.IndexAny(rest, end)
	if j < 0 {
		return nil, false
	}
	return rest[:j], true
}

// compare holds the reading against loggen's counts: both must be right.
func (c *census) compare() error {
	const behind = 200 // lines that loggen planned and did not write
	var errs []error
	check := func(what string, read, told, slack int64) {
		if read > told || read < told-slack {
			errs = append(errs, fmt.Errorf("the log has %d %s, loggen counted %d", read, what, told))
		}
	}
	check("lines", c.lines, c.totals.Lines, 0)
	check("refusals", c.rejects, c.totals.Rejects, behind)
	check("logins", c.loginOK, c.totals.LoginOK, behind)
	check("failed logins", c.loginFail, c.totals.LoginFail, behind)
	for program, n := range c.totals.ByProgram {
		check("lines of "+program, c.programs[program], n, 0)
	}
	for status, n := range c.totals.ByStatus {
		check("lines with status="+status, c.statuses[status], n, behind)
	}
	return errors.Join(errs...)
}
