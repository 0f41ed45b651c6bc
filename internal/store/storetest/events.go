package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"rastro/internal/event"
)

// start is the time of the first generated event: two days before clocks
// change in New York.
var start = time.Date(2026, 3, 6, 22, 0, 0, 0, time.UTC)

// step is the mean time between two events.
const step = int64(20 * time.Minute)

// Events makes n events as parsing would make them of the logs of three mail
// servers, about 70 a day: connections, receptions, deliveries with every
// status, rejections, logins, unknown fields, several recipients, and odd
// texts. RIDs count from 1. The same seed gives the same events, fewer of them
// for a smaller n; each call makes new ones, so a store may keep them.
func Events(n int, seed uint64) []event.Event {
	g := &generator{
		rand: rand.New(rand.NewPCG(seed, 0x5ca1ab1e)),
		now:  start.UnixNano(),
	}
	events := make([]event.Event, n)
	for i := range events {
		g.next(&events[i])
		events[i].RID = uint64(i + 1)
	}
	return events
}

type generator struct {
	rand   *rand.Rand
	now    int64
	offset int64
	queue  string
}

var (
	hosts     = []string{"mx1.example", "mx2.example", "Store3.Example"}
	people    = []string{"ana", "bob", "carla.diaz", "Dan", "eve+list", "josé", "o'hara", "ΣΊΣΥΦΟΣ", "straße", "long-" + strings.Repeat("x", 90)}
	domains   = []string{"example.org", "example.net", "mail.example.com", "bücher.example", "EXAMPLE.ORG"}
	addresses = []string{"192.0.2.7", "192.0.2.70", "198.51.100.23", "203.0.113.9", "2001:db8::25", "2001:DB8:0:0::26", "::ffff:192.0.2.7", "not-an-address"}
	replies   = []string{
		"250 2.0.0 Ok: queued as 4XyZ",
		"450 4.7.1 Greylisted, please try again in 300 seconds",
		"550 5.1.1 <nobody@example.org>: Recipient address rejected: User unknown",
		"452 4.2.2 Mailbox full; mailbox full",
		"421 4.3.0 Mehr später — «quoted» text",
		"bad bytes \xff\xfe here",
	}
	statuses = []string{
		event.StatusDelivered, event.StatusDelivered, event.StatusDelivered, event.StatusDeferred,
		event.StatusDeferred, event.StatusBounced, event.StatusRejected, event.StatusForwarded,
	}
	subjects = []string{"Invoice 2026-03", "Re: invoice", "¿Dónde está?", "WIN a prize!!!", "status", "a\tb c"}
	extras   = []event.Pair{
		{Name: "container.name", JSON: `"mail-1"`},
		{Name: "container", JSON: `{"name":"mail-2","labels":{"tier":"Front","n":3}}`},
		{Name: "retries", JSON: `3`},
		{Name: "retries", JSON: `7.5`},
		{Name: "Odd Name \"quoted\"", JSON: `"v\u00e9"`},
		{Name: "rules", JSON: `["SPF_PASS","DKIM_VALID","spf_pass",12]`},
		{Name: "nothing", JSON: `null`},
		{Name: "retries", JSON: `3.0`},
		{Name: "born", JSON: `["2026-03-01","2026-03-01T00:00:00Z",1772323200000]`},
		{Name: "born", JSON: `"2026-03-07T12:00:00.5+01:00"`},
		{Name: "flag", JSON: `true`},
		{Name: "empty", JSON: `""`},
		{Name: "note", JSON: `"Gr\u00fc\u00dfe an \"Bob\"\nsecond line"`},
		{Name: "note", JSON: `{"by":"Ana","text":"a second_note, STRASSE"}`},
		{Name: "deep", JSON: `{"a":[{"b":"x"},{"b":["y",-1e3]}]}`},
	}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// next fills one event.
func (g *generator) next(e *event.Event) {
	r := g.rand
	g.now += r.Int64N(2*step + 1)
	e.Time = g.now
	switch r.IntN(20) {
	case 0: // late
		e.Time -= r.Int64N(int64(6 * time.Hour))
	case 1: // on the second, as most stamps of syslog are
		e.Time -= e.Time % int64(time.Second)
	case 2: // the same moment as many others
		e.Time -= e.Time % int64(24*time.Hour)
	}
	e.ReceivedAt = g.now + r.Int64N(int64(time.Minute))
	host := pick(r, hosts)
	e.Add(event.Host, host)
	e.Add(event.Source, "/var/log/"+strings.ToLower(host)+"/mail.log")
	if r.IntN(50) > 0 {
		e.Add(event.SourceID, fmt.Sprintf("file@%d", len(host)))
		e.AddInt(event.Offset, g.offset)
	}
	if r.IntN(25) == 0 {
		e.Add(event.EventID, fmt.Sprintf("own-%d", r.IntN(1_000_000)))
	}
	g.offset += 100 + r.Int64N(200)
	var text string
	switch r.IntN(6) {
	case 0:
		text = g.connection(e)
	case 1:
		text = g.reception(e)
	case 2, 3:
		text = g.delivery(e)
	case 4:
		text = g.login(e)
	default:
		text = g.unparsed(e)
	}
	g.finish(e, host, text)
}

// finish adds the line and what any event may have.
func (g *generator) finish(e *event.Event, host, text string) {
	r := g.rand
	e.Add(event.Level, pick(r, []string{"INFO", "INFO", "WARN", "ERROR", "DEBUG"}))
	if r.IntN(3) == 0 {
		e.AddBool(event.IsError, e.Str(event.Level) == "ERROR")
	}
	line := time.Unix(0, e.Time).UTC().Format(time.Stamp) + " " + host + " " + text
	e.Add(event.Message, line)
	switch r.IntN(10) {
	case 0: // a program's text that is no part of the line
		e.Add(event.LogMessage, "decoded: "+strings.ToUpper(text))
	case 1:
	default:
		e.Add(event.LogMessage, text)
	}
	for range r.IntN(3) {
		if r.IntN(3) == 0 {
			p := pick(r, extras)
			e.AddExtra(p.Name, p.JSON)
		}
	}
	if r.IntN(8) == 0 {
		e.Tag(event.TagInvalidUTF8)
		e.Tag(event.TagRepeated)
	}
}

func (g *generator) newQueueID() string {
	if g.queue == "" || g.rand.IntN(3) == 0 {
		g.queue = fmt.Sprintf("%X", 0xA000000+g.rand.IntN(0xFFFFFF))
	}
	return g.queue
}

func (g *generator) address() string {
	return strings.ToLower(pick(g.rand, people)) + "@" + pick(g.rand, domains)
}

func (g *generator) connection(e *event.Event) string {
	r := g.rand
	ip := pick(r, addresses)
	e.Add(event.Program, "postfix/smtpd")
	e.AddInt(event.PID, int64(1000+r.IntN(30)))
	e.Add(event.EventType, event.TypeConnection)
	e.Add(event.ClientIP, ip)
	e.AddInt(event.ClientPort, int64(1024+r.IntN(60000)))
	e.Add(event.SMTPStage, "CONNECT")
	if r.IntN(3) == 0 {
		e.Add(event.CommandData, pick(r, []string{"mx.example.net", "FROM:<ana@example.org> SIZE=10240", "Wörld " + ip}))
	}
	return fmt.Sprintf("postfix/smtpd[%d]: connect from unknown[%s]", e.Int(event.PID), ip)
}

func (g *generator) reception(e *event.Event) string {
	r := g.rand
	id := g.newQueueID()
	from := g.address()
	if r.IntN(6) == 0 {
		from = "<>"
	}
	e.Add(event.Program, "postfix/qmgr")
	e.Add(event.EventType, event.TypeReception)
	e.Add(event.QueueID, id)
	e.Add(event.MessageID, fmt.Sprintf("<%d.%s@Example.ORG>", r.IntN(500), id))
	e.Add(event.Sender, from)
	if _, domain, ok := strings.Cut(from, "@"); ok {
		e.Add(event.SenderDomain, domain)
	}
	e.AddInt(event.Size, int64(r.IntN(5_000_000)))
	n := r.IntN(4)
	for range n {
		e.Add(event.Recipient, g.address())
	}
	if n > 0 && r.IntN(3) == 0 { // the same one again
		e.Add(event.Recipient, e.Str(event.Recipient))
		n++
	}
	e.AddInt(event.RecipientCount, int64(n))
	e.Add(event.Subject, pick(r, subjects))
	return fmt.Sprintf("postfix/qmgr[77]: %s: from=<%s>, size=%d, nrcpt=%d (queue active)", id, from, e.Int(event.Size), n)
}

func (g *generator) delivery(e *event.Event) string {
	r := g.rand
	id, to := g.newQueueID(), g.address()
	e.Add(event.Program, pick(r, []string{"postfix/smtp", "postfix/lmtp", "Elemta"}))
	e.Add(event.EventType, event.TypeDelivery)
	e.Add(event.QueueID, id)
	e.Add(event.Recipient, to)
	_, domain, _ := strings.Cut(to, "@")
	e.Add(event.RecipientDomain, domain)
	status, reply := pick(r, statuses), pick(r, replies)
	e.Add(event.Status, status)
	e.Add(event.Reply, reply)
	e.AddFloat(event.Delay, float64(r.IntN(100_000))/100)
	if r.IntN(2) == 0 {
		e.AddFloat(event.SpamScore, pick(r, []float64{float64(r.IntN(200)-100) / 10, 0, math.Copysign(0, -1)}))
		e.AddFloat(event.DelayQueue, r.ExpFloat64())
	}
	e.AddInt(event.SMTPCode, int64(pick(r, []int{250, 421, 450, 550})))
	e.Add(event.DSN, pick(r, []string{"2.0.0", "4.7.1", "5.1.1"}))
	e.Add(event.RelayIP, pick(r, addresses))
	if status == event.StatusDeferred {
		e.AddTime(event.NextRetry, e.Time+r.Int64N(int64(2*time.Hour)))
		e.AddInt(event.Attempt, int64(1+r.IntN(9)))
	}
	return fmt.Sprintf("postfix/smtp[88]: %s: to=<%s>, delay=%.2f, status=%s (%s)", id, to, e.Float(event.Delay), status, reply)
}

func (g *generator) login(e *event.Event) string {
	r := g.rand
	user, ip := pick(r, people), pick(r, addresses)
	ok := r.IntN(4) > 0
	e.Add(event.Program, "dovecot")
	e.Add(event.EventType, event.TypeAuthentication)
	e.Add(event.Username, user)
	e.Add(event.ClientIP, ip)
	e.Add(event.AuthMethod, pick(r, []string{"PLAIN", "LOGIN"}))
	e.AddBool(event.Success, ok)
	e.Add(event.SessionID, fmt.Sprintf("%x/+=", r.Uint32()))
	return fmt.Sprintf("dovecot: imap-login: Login: user=<%s>, rip=%s, ok=%v", user, ip, ok)
}

func (g *generator) unparsed(e *event.Event) string {
	r := g.rand
	e.Add(event.EventType, event.TypeUnparsed)
	return pick(r, []string{
		"kernel: out of memory: killed process 4711 (clamd)",
		"naïve café — 日本語のログ " + pick(r, people),
		"odd \x00 bytes \xff \x1f inside",
		"{\"json\":\"text\",\"n\":" + fmt.Sprint(r.IntN(99)) + "}",
		strings.Repeat("word ", 1+r.IntN(300)) + "end",
	})
}
