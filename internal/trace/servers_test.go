package trace

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// serverStory is a journey in one line: the facts that a truth table has.
func serverStory(j *Journey) string {
	var related []string
	for _, r := range j.Related {
		related = append(related, r.Kind)
	}
	return fmt.Sprintf("%s -> %s (%s) %s by %s %d %s tries %d %s [%s] %s %s", j.Sender, j.Recipient, j.OriginalRecipient, j.Status, j.By,
		j.SMTPCode, j.DSN, j.Attempts, j.RelayIP, strings.Join(related, " "), strings.Join(j.QueueIDs, "+"), j.Confidence)
}

func serverStories(t *testing.T, lines []elemtaLine) []string {
	t.Helper()
	var got []string
	for _, j := range elemtaJourneys(t, lines) {
		got = append(got, serverStory(&j)+"\n\t"+j.Verdict.En)
	}
	return got
}

// TestServers compares the journeys of real servers with the ones that were
// checked against what a script had sent and a sink had answered, and takes the
// lines in another order.
func TestServers(t *testing.T) {
	for _, name := range []string{"exim-4.99-mainlog", "sendmail-8.17-maillog", "opensmtpd-6.8-maillog"} {
		t.Run(name, func(t *testing.T) {
			text, err := os.ReadFile("testdata/" + name + ".log")
			if err != nil {
				t.Fatal(err)
			}
			lines := elemtaLines(name, string(text))
			got := serverStories(t, lines)
			golden := "testdata/" + name + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(strings.Join(got, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			compareStories(t, got, strings.TrimSuffix(string(want), "\n"))
			for seed := range uint64(3) {
				compareStories(t, serverStories(t, shuffled(slices.Clone(lines), seed+1)), strings.Join(got, "\n"))
			}
		})
	}
}

func compareStories(t *testing.T, got []string, want string) {
	t.Helper()
	if all := strings.Join(got, "\n"); all != want {
		t.Error(firstDifference(all, want))
	}
}

// TestEximOutcomes asserts single stories of Exim in words of this test.
func TestEximOutcomes(t *testing.T) {
	text, err := os.ReadFile("testdata/exim-4.99-mainlog.log")
	if err != nil {
		t.Fatal(err)
	}
	all := elemtaJourneys(t, elemtaLines("mainlog", string(text)))
	find := func(recipient, original string, status Status, by By) *Journey {
		t.Helper()
		for i := range all {
			if j := &all[i]; j.Recipient == recipient && j.OriginalRecipient == original && j.Status == status && j.By == by {
				return j
			}
		}
		t.Errorf("no journey to %s (%s) that is %s by %s", recipient, original, status, by)
		return &Journey{}
	}
	find("ana@hostco.example", "team@hostco.example", Delivered, ByUs)
	find("bob@hostco.example", "team@hostco.example", Delivered, ByUs)
	find("x1@remote.example", "team@hostco.example", Delivered, ByRemote)
	find("u450mix@remote.example", "mixed@hostco.example", Deferred, ByRemote) // the alias leads to :blackhole: too
	find("trash@hostco.example", "", Discarded, ByUs)
	find("prdrno@hostco.example", "", Rejected, ByUs)
	find("x@nomx.example", "", Held, ByUs)
	find("u450g@remote.example", "", Bounced, ByOperator)
	find("dan@hostco.example", "", Discarded, ByOperator)
	if j := find("r@refused.example", "", Deferred, ByRemote); j.RelayIP != "127.0.1.13" || j.Attempts != 3 {
		t.Errorf("refused: relay %s, %d attempts", j.RelayIP, j.Attempts)
	}
	if j := find("ana@hostco.example", "vac@hostco.example", Delivered, ByUs); len(j.Related) != 1 || j.Related[0].Kind != "auto_reply" || j.Attempts != 1 {
		t.Errorf("vacation: %v, %d attempts", j.Related, j.Attempts)
	}
}

// TestEximTakenLater: what was put off after DATA has an id of its own; the
// reject log says who it was for.
func TestEximTakenLater(t *testing.T) {
	all := elemtaJourneys(t, []elemtaLine{
		{"rejectlog", "2026-11-26 19:52:27 1xWfW7-000000007EG-1MCZ H=mx.sender.example [192.0.2.7] F=<carl@sender.example> temporarily rejected after DATA: greylisted\n" +
			"Envelope-from: <carl@sender.example>\nEnvelope-to: <ana@hostco.example>\nI Message-ID: <1@sender.example>", 0},
		{"mainlog", "2026-11-26 20:12:27 1xWfpT-000000001EG-2Abc <= carl@sender.example H=mx.sender.example [192.0.2.7] P=esmtp S=386 id=1@sender.example", 0},
		{"mainlog", "2026-11-26 20:12:28 1xWfpT-000000001EG-2Abc => ana <ana@hostco.example> R=localuser T=local_delivery", 200},
		{"mainlog", "2026-11-26 20:12:28 1xWfpT-000000001EG-2Abc Completed", 300},
	})
	if len(all) != 1 {
		t.Fatalf("%d journeys", len(all))
	}
	j := &all[0]
	if j.Status != Delivered || j.Attempts != 2 || !slices.Equal(j.QueueIDs, []string{"1xWfpT-000000001EG-2Abc", "1xWfW7-000000007EG-1MCZ"}) {
		t.Errorf("%s, %d attempts, %q", j.Status, j.Attempts, j.QueueIDs)
	}
	if !strings.Contains(j.Verdict.En, "Before that it was put off once") {
		t.Error(j.Verdict.En)
	}
}
