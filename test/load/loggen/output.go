package main

import (
	"bufio"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// format is the way a line begins.
type format uint8

const (
	formatTraditional format = iota
	formatRFC3339
	formatRFC5424
)

// formats are the names of the formats on the command line.
var formats = map[string]format{"trad": formatTraditional, "rfc3339": formatRFC3339, "rfc5424": formatRFC5424}

// output is where a generator writes to.
type output struct {
	// lines holds one writer for all hosts, or one per host in their order.
	lines []*bufio.Writer
	// truth takes one row per recipient of a sampled message; nil for none.
	truth *bufio.Writer

	second int64
	stamp  []byte
}

// truthColumns are the columns of the corpora's truth tables and four more.
const truthColumns = "mta\tscenario\tsender\trecipient\tqueue_ids\tmessage_id\tfinal_status\tsmtp_code\tdsn\tapprox_time\tfinal_recipient\tclient_ip\tattempts\thost\n"

func newOutput(lines []*bufio.Writer, truth *bufio.Writer) *output {
	if truth != nil {
		// A failed write shows in flush.
		_, _ = truth.WriteString(truthColumns)
	}
	return &output{lines: lines, truth: truth, second: -1}
}

func (o *output) flush() error {
	var errs []error
	for _, w := range o.lines {
		errs = append(errs, w.Flush())
	}
	if o.truth != nil {
		errs = append(errs, o.truth.Flush())
	}
	return errors.Join(errs...)
}

// totals are counts of the log, exact for lines and programs. The others count
// what was planned: up to a handful of lines may lie behind the last one.
type totals struct {
	Lines, Messages, Sessions                        int64
	ByProgram                                        map[string]int64
	ByStatus                                         map[string]int64
	Rejects, LoginOK, LoginFail, QueueIDReuse, Truth int64
	// ByDay is always null; readers of older totals know the key.
	ByDay      map[string]int64
	Start, End string
}

// appendProgram begins a line behind the host: program[pid]: .
func appendProgram(b []byte, program string, pid int) []byte {
	b = append(b, program...)
	if pid > 0 {
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(pid), 10)
		b = append(b, ']')
	}
	return append(b, ':', ' ')
}

// write writes a line, or only counts it in a dry run.
func (g *generator) write(s step) {
	g.written++
	if g.out != nil {
		program := s.text[:programEnd(s.text)]
		g.totals.ByProgram[string(program)]++
		w := g.out.lines[0]
		if len(g.out.lines) > 1 {
			w = g.out.lines[s.host]
		}
		g.writeTo(w, s, len(program))
	}
	g.spare = append(g.spare, s.text)
}

// writeTo writes one line; failures stay in w until flush.
func (g *generator) writeTo(w *bufio.Writer, s step, program int) {
	if g.format == formatRFC5424 {
		_, _ = w.WriteString("<22>1 ")
	}
	_, _ = w.Write(g.stampAt(s.at))
	_, _ = w.WriteString(g.hosts[s.host].name)
	_ = w.WriteByte(' ')
	switch rest := s.text[program:]; {
	case g.format != formatRFC5424:
		_, _ = w.Write(s.text)
	case rest[0] == '[':
		end := 1
		for rest[end] != ']' {
			end++
		}
		_, _ = w.Write(s.text[:program])
		_ = w.WriteByte(' ')
		_, _ = w.Write(rest[1:end])
		_, _ = w.WriteString(" - - ")
		_, _ = w.Write(rest[end+2:])
	default:
		_, _ = w.Write(s.text[:program])
		_, _ = w.WriteString(" - - -")
		_, _ = w.Write(rest[1:])
	}
	_ = w.WriteByte('\n')
}

func programEnd(text []byte) int {
	i := 0
	for text[i] != '[' && text[i] != ':' {
		i++
	}
	return i
}

// stampAt is the stamp of a line with the blank behind it. The seconds are
// formatted once for all lines of a second.
func (g *generator) stampAt(at int64) []byte {
	o := g.out
	if s := at / 1000000; s != o.second {
		o.second = s
		t := g.start.Add(time.Duration(s) * time.Second)
		layout := "2006-01-02T15:04:05.000000-07:00 "
		if g.format == formatTraditional {
			layout = "Jan _2 15:04:05 "
		}
		o.stamp = t.AppendFormat(o.stamp[:0], layout)
	}
	if g.format != formatTraditional {
		const first, last = 20, 25 // the digits of the microseconds
		micro := at % 1000000
		for k := last; k >= first; k-- {
			o.stamp[k] = byte('0' + micro%10)
			micro /= 10
		}
	}
	return o.stamp
}

// tell writes what became of each recipient of a sampled message.
func (g *generator) tell(m *message) {
	ids := m.ids[0]
	for _, id := range m.ids[1:] {
		ids += "," + id
	}
	for _, rc := range m.recipients {
		to, final := rc.address, ""
		if rc.original != "" {
			to, final = rc.original, rc.address
		}
		g.totals.Truth++
		fmt.Fprintf(g.out.truth, "postfix\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%s\n",
			m.scenario, m.from, to, ids, m.messageID, rc.status, rc.code, rc.dsn,
			g.start.Add(time.Duration(m.began)*time.Microsecond).UTC().Format(time.RFC3339),
			final, m.clientIP, m.tries, m.host.name)
	}
}

// tellUnfinished writes the truth of sampled messages that wait for their next
// attempt when the log ends.
func (g *generator) tellUnfinished() {
	const retryAhead = 60e6
	for _, s := range g.plan {
		if s.m == nil || !s.m.sampled || s.what != stepAttempt || s.m.tries == 0 || s.at-g.now <= retryAhead {
			continue
		}
		for i := range s.m.recipients {
			if rc := &s.m.recipients[i]; rc.status == "" {
				rc.status = statusDeferred
			}
		}
		g.tell(s.m)
	}
}
