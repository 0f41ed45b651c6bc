package trace

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
	"rastro/internal/parse"
)

func TestSpelledAlike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"ana@hostco.example", "ana@hostco.example", false}, // it is the same
		{"ana@hostco.example", "anna@hostco.example", true},
		{"ana@hostco.example", "ana@hotsco.example", true},
		{"ana@hostco.example", "ana@hosct.example", true},
		{"ana@hostco.example", "bob@hostco.example", false},
		{"ana", "", false}, {"", "ab", true}, {strings.Repeat("a", 400), strings.Repeat("a", 399), false},
	} {
		if got := spelledAlike(c.a, c.b); got != c.want {
			t.Errorf("%.30q and %.30q: %v", c.a, c.b, got)
		}
	}
}

func TestGaps(t *testing.T) {
	t.Parallel()
	minute := int64(time.Minute)
	var busy []int64
	for i := range int64(100) {
		busy = append(busy, 10*minute*i)
	}
	if got := gaps(busy, coverSlice); len(got) != 0 {
		t.Errorf("a busy server has gaps %v", got)
	}
	broken := append(busy[:40:40], busy[70:]...)
	got := gaps(broken, coverSlice)
	if len(got) != 1 || got[0].From != stamp(400*minute) || got[0].To != stamp(700*minute) {
		t.Errorf("gaps %v", got)
	}
	quiet := []int64{0, 600 * minute, 1200 * minute, 1800 * minute}
	if got := gaps(quiet, coverSlice); len(got) != 0 {
		t.Errorf("a quiet server has gaps %v", got)
	}
}

// TestNotFoundCovers says that mail never came only for the time that the logs
// cover.
func TestNotFoundCovers(t *testing.T) {
	t.Parallel()
	at := func(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }
	q := Question{Now: at(26, 12)}
	for _, c := range []struct {
		cover Coverage
		want  string
	}{
		{Coverage{First: at(20, 0), Last: at(26, 12)}, "have no gaps: the message never"},
		{Coverage{First: at(25, 0), Last: at(26, 12)}, "begin only on 2026-11-25"},
		{Coverage{First: at(25, 0), Last: at(25, 1), Silent: true}, "have gaps in that time"},
	} {
		if n := describeNothing(&q, at(20, 0), at(26, 12), []Coverage{c.cover}, nil, lacking{}); !strings.Contains(n.Verdict.En, c.want) {
			t.Errorf("%+v: %s", c.cover, n.Verdict.En)
		}
	}
}

func TestNotFound(t *testing.T) {
	t.Parallel()
	a := assemble(postfixFarm(t))
	q, err := ParseQuery("julianeito@alba-textil.example")
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t.Context(), Question{Query: q, Now: received})
	if err != nil {
		t.Fatal(err)
	}
	n := answer.NotFound
	if len(answer.Journeys) != 0 || n == nil {
		t.Fatalf("%d journeys", len(answer.Journeys))
	}
	if len(n.Near) == 0 || n.Near[0].Value != "julianieto@alba-textil.example" || n.Near[0].Count == 0 {
		t.Errorf("near: %+v", n.Near)
	}
	if len(n.Coverage) != 3 || n.Coverage[1].Host != "mx1" || n.Coverage[1].Events == 0 || n.Coverage[1].First.IsZero() {
		t.Errorf("coverage: %+v", n.Coverage)
	}
	if !strings.Contains(n.Verdict.En, "julianieto@") || n.Verdict.Es == "" || n.Action.Es == "" {
		t.Errorf("verdict: %+v", n.Verdict)
	}
	none, err := NewAssembler(nil).Answer(t.Context(), Question{Query: q, Now: received})
	if err != nil {
		t.Fatal(err)
	}
	empty := none.NotFound
	if empty == nil || !strings.Contains(empty.Verdict.En, "no logs at all") {
		t.Errorf("without logs: %+v", empty)
	}
}

// TestWords wants every sentence in both languages, with the same values.
func TestWords(t *testing.T) {
	t.Parallel()
	holes := func(s string) string {
		var found []string
		for _, part := range strings.Split(s, "{")[1:] {
			name, _, _ := strings.Cut(part, "}")
			found = append(found, name)
		}
		return fmt.Sprint(sorted(found))
	}
	for section, all := range sentences {
		for name, w := range all {
			if w.En == "" || w.Es == "" || w.En == w.Es && section != "name" {
				t.Errorf("%s.%s lacks a language: %+v", section, name, w)
			}
			if holes(w.En) != holes(w.Es) {
				t.Errorf("%s.%s has other values in Spanish: %s, %s", section, name, holes(w.En), holes(w.Es))
			}
		}
	}
}

func sorted(all []string) []string {
	for i := range all {
		for j := i; j > 0 && all[j] < all[j-1]; j-- {
			all[j], all[j-1] = all[j-1], all[j]
		}
	}
	return all
}

// journeyOf assembles lines of one host with stamps of whole seconds.
func journeysOf(t *testing.T, lines ...string) []Journey {
	t.Helper()
	var all []Journey
	a := assemble(linesOf("mail.log", strings.Join(lines, "\n"), time.UTC))
	if err := a.Each(t.Context(), Question{Now: received}, func(j *Journey) error {
		all = append(all, *j)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

// TestReusedQueueID parts two messages that had the same short id.
func TestReusedQueueID(t *testing.T) {
	t.Parallel()
	life := func(day, client, to string) []string {
		return []string{
			day + " 10:00:00 mx postfix/smtpd[1]: ABCDEF012: client=" + client + "[192.0.2.1]",
			day + " 10:00:00 mx postfix/cleanup[2]: ABCDEF012: message-id=<" + client + "@x.example>",
			day + " 10:00:00 mx postfix/qmgr[3]: ABCDEF012: from=<s@x.example>, size=1, nrcpt=1 (queue active)",
			day + " 10:00:01 mx postfix/smtp[4]: ABCDEF012: to=<" + to + ">, relay=r.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
			day + " 10:00:01 mx postfix/qmgr[3]: ABCDEF012: removed",
		}
	}
	all := journeysOf(t, append(life("Nov 20", "a", "one@r.example"), life("Nov 21", "b", "two@r.example")...)...)
	if len(all) != 2 || all[0].Recipient != "one@r.example" || all[1].Recipient != "two@r.example" || all[0].MessageID == all[1].MessageID {
		t.Fatalf("%d journeys: %+v", len(all), all)
	}
	if len(all[0].Steps) != 5 || len(all[1].Steps) != 5 {
		t.Errorf("%d and %d steps", len(all[0].Steps), len(all[1].Steps))
	}
}

// TestAcrossHosts follows a message to another server of ours by the id in its
// answer, and leaves one alone whose id belongs to somebody else.
func TestAcrossHosts(t *testing.T) {
	t.Parallel()
	lines := []string{
		"Nov 20 10:00:00 out postfix/smtpd[1]: AAAAAA1: client=c.example[192.0.2.1]",
		"Nov 20 10:00:00 out postfix/cleanup[2]: AAAAAA1: message-id=<m@x.example>",
		"Nov 20 10:00:00 out postfix/qmgr[3]: AAAAAA1: from=<s@x.example>, size=1, nrcpt=1 (queue active)",
		"Nov 20 10:00:01 out postfix/smtp[4]: AAAAAA1: to=<r@y.example>, relay=in.y.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as BBBBBB2)",
		"Nov 20 10:00:01 out postfix/qmgr[3]: AAAAAA1: removed",
		"Nov 20 10:00:01 in postfix/smtpd[1]: BBBBBB2: client=out[192.0.2.2]",
		"Nov 20 10:00:01 in postfix/cleanup[2]: BBBBBB2: message-id=<m@x.example>",
		"Nov 20 10:00:01 in postfix/qmgr[3]: BBBBBB2: from=<s@x.example>, size=1, nrcpt=1 (queue active)",
		"Nov 20 10:00:09 in postfix/local[4]: BBBBBB2: to=<r@y.example>, relay=local, delay=8, delays=0/0/0/8, dsn=5.2.2, status=bounced (mailbox full)",
		"Nov 20 10:00:09 in postfix/qmgr[3]: BBBBBB2: removed",
	}
	all := journeysOf(t, lines...)
	if len(all) != 1 || all[0].Status != Bounced || len(all[0].Hosts) != 2 || all[0].Confidence != Exact || len(all[0].Steps) != 10 {
		t.Fatalf("%+v", all)
	}
	lines[6] = strings.Replace(lines[6], "<m@x.example>", "<other@x.example>", 1)
	lines[7] = strings.Replace(lines[7], "s@x.example", "stranger@x.example", 1)
	if all := journeysOf(t, lines...); len(all) != 2 {
		t.Errorf("a stranger's message was taken for ours: %d journeys", len(all))
	}
}

// TestGreylisted is one journey that says what happened before.
func TestGreylisted(t *testing.T) {
	t.Parallel()
	reject := func(at, code string) string {
		return "Nov 20 " + at + " mx postfix/smtpd[1]: NOQUEUE: reject: RCPT from m.x.example[192.0.2.1]: " + code + " <r@y.example>: Recipient address rejected: Greylisted; from=<s@x.example> to=<r@y.example> proto=ESMTP helo=<m>"
	}
	accepted := []string{
		"Nov 20 10:20:00 mx postfix/smtpd[1]: AAAAAA1: client=m.x.example[192.0.2.7]",
		"Nov 20 10:20:00 mx postfix/qmgr[3]: AAAAAA1: from=<s@x.example>, size=1, nrcpt=1 (queue active)",
		"Nov 20 10:20:01 mx postfix/virtual[4]: AAAAAA1: to=<r@y.example>, relay=virtual, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (delivered to maildir)",
		"Nov 20 10:20:01 mx postfix/qmgr[3]: AAAAAA1: removed",
	}
	all := journeysOf(t, append([]string{reject("10:00:00", "450 4.7.1"), reject("10:05:00", "450 4.7.1")}, accepted...)...)
	if len(all) != 1 || all[0].Status != Delivered || all[0].Attempts != 3 || all[0].Confidence != Probable {
		t.Fatalf("%+v", all)
	}
	if !strings.Contains(all[0].Verdict.En, "put off 2 times") || !strings.Contains(all[0].Verdict.Es, "se aplazó 2 veces") || all[0].FirstTime.Minute() != 0 {
		t.Errorf("verdict %+v", all[0].Verdict)
	}
	all = journeysOf(t, append([]string{reject("10:00:00", "550 5.7.1")}, accepted...)...)
	if len(all) != 2 || all[0].Status != Rejected || all[0].Attempts != 1 {
		t.Errorf("a refusal for good and a later message: %+v", all)
	}
}

// TestLongLife keeps the steps of a message that was tried for days within
// bounds.
func TestLongLife(t *testing.T) {
	t.Parallel()
	lines := []string{"Nov 20 00:00:00 mx postfix/smtpd[1]: AAAAAA1: client=c.example[192.0.2.1]"}
	for i := range 1000 {
		lines = append(lines, fmt.Sprintf("Nov 20 %02d:%02d:%02d mx postfix/smtp[4]: AAAAAA1: to=<r@y.example>, relay=none, delay=%d, delays=0/0/0/0, dsn=4.4.1, status=deferred (connect to y.example[192.0.2.9]:25: Connection refused)", i/3600, i/60%60, i%60, i))
	}
	all := journeysOf(t, lines...)
	if len(all) != 1 || all[0].Attempts != 1000 || len(all[0].Steps) != maxSteps || all[0].Status != Deferred {
		t.Fatalf("%d journeys, %d attempts, %d steps", len(all), all[0].Attempts, len(all[0].Steps))
	}
}

// TestLoop ends although two hops name each other.
func TestLoop(t *testing.T) {
	t.Parallel()
	var lines []string
	for _, id := range [][2]string{{"AAAAAA1", "BBBBBB2"}, {"BBBBBB2", "AAAAAA1"}} {
		lines = append(lines,
			"Nov 20 10:00:00 mx postfix/smtpd[1]: "+id[0]+": client=localhost[127.0.0.1], orig_queue_id="+id[1],
			"Nov 20 10:00:00 mx postfix/qmgr[3]: "+id[0]+": from=<s@x.example>, size=1, nrcpt=1 (queue active)",
			"Nov 20 10:00:01 mx postfix/smtp[4]: "+id[0]+": to=<r@y.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as "+id[1]+")")
	}
	journeysOf(t, lines...) // both are continued: what counts is that it ends
}

// FuzzJourneys wants no line to break the builder, and the order of lines not
// to matter.
func FuzzJourneys(f *testing.F) {
	f.Add("Nov 20 10:00:00 mx postfix/smtpd[1]: AAAAAA1: client=c[192.0.2.1]\nNov 20 10:00:01 mx postfix/local[4]: AAAAAA1: to=<r@y>, relay=local, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (forwarded as BBBBBB2)\nNov 20 10:00:01 mx postfix/qmgr[3]: BBBBBB2: from=<s@x>, size=1, nrcpt=1 (queue active)")
	f.Add("2026-11-22 19:55:17 1xVIKz-00084q-1Z <= a@b H=(x) [192.0.2.1] P=esmtp S=1 id=m@x\n2026-11-22 19:55:18 1xVIKz-00084q-1Z == r@y R=d T=r defer (-44): 451 4.7.1 x\n2026-11-22 19:55:19 1xVIKz-00084q-1Z ** r@y: retry timeout exceeded")
	f.Add("Nov 22 20:01:25 osm1 smtpd[745]: e2005d038459434c smtp message msgid=687959a4 size=9396 nrcpt=1 proto=ESMTP\nNov 22 20:01:25 osm1 smtpd[745]: e2005d038459434c smtp envelope evpid=687959a4f580cff4 from=<n@v> to=<e@t>")
	f.Add("Nov 23 00:55:16 smx1 sm-mta[1]: 6AN0tGqc015412: from=<v@o>, size=1, class=0, nrcpts=1, msgid=<m@o>, relay=c [192.0.2.1]\nNov 23 00:55:16 smx1 sm-mta[1]: 6AN0tGqc015412: to=<m@b>, delay=00:00:00, mailer=esmtp, relay=mx. [192.0.2.2], dsn=4.1.1, stat=Deferred: 450 x")
	f.Fuzz(func(t *testing.T, text string) {
		lines := linesOf("f", text, time.UTC)
		if len(lines) > 64 {
			return
		}
		p, e := parse.New(parse.Options{}), new(event.Event)
		forth, back := NewAssembler(nil), NewAssembler(nil)
		for i := range lines {
			for _, x := range []struct {
				a *Assembler
				l logLine
			}{{forth, lines[i]}, {back, lines[len(lines)-1-i]}} {
				p.Parse(&event.Line{Text: x.l.text, Origin: x.l.origin, Offset: x.l.offset, ReceivedAt: received.UnixNano()}, e)
				x.a.Add(e)
			}
		}
		a, b := ndjson(t, forth), ndjson(t, back)
		if string(a) != string(b) {
			t.Fatalf("the order of lines matters:\n%s\n%s", a, b)
		}
	})
}
