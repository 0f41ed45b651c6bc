package elemta

import (
	"maps"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// TestIncidentsAreCountedOnce compares what the lines of a running server count
// with what its clients and its backend saw.
func TestIncidentsAreCountedOnce(t *testing.T) {
	t.Parallel()
	lines := parseFile(t, "server.log.gz")
	truth := parsetest.Table(t, "truth.tsv.gz")
	sessions := parsetest.Table(t, "sessions.tsv")

	t.Run("every line is parsed", func(t *testing.T) {
		for _, p := range lines {
			if !p.ok || p.event.Time == 0 || p.event.Str(event.EventType) == "" {
				t.Errorf("not parsed: %s", p.raw)
			}
		}
	})
	t.Run("connections", func(t *testing.T) { countConnections(t, lines) })
	t.Run("rejections", func(t *testing.T) { countRejections(t, lines, truth) })
	t.Run("receptions and deliveries", func(t *testing.T) { countMessages(t, lines, truth) })
	t.Run("logins", func(t *testing.T) { countLogins(t, lines, sessions) })
}

// countConnections: one per TCP connection that was taken, and the two that
// were turned away by the limit per address.
func countConnections(t *testing.T, lines []parsed) {
	peers := map[string]int{}
	for _, p := range lines {
		if p.event.Str(event.EventType) == event.TypeConnection {
			port, _ := p.event.Value(event.ClientPort)
			peers[p.event.Str(event.ClientIP)+" "+port.String()]++
		}
	}
	released := 0
	for _, p := range lines {
		if p.event.Str(event.LogMessage) == "Connection released" {
			released++
		}
	}
	if want := released + 2; len(peers) != want {
		t.Errorf("%d connections, want %d", len(peers), want)
	}
	for peer, n := range peers {
		if n != 1 {
			t.Errorf("%s is counted %d times", peer, n)
		}
	}
}

// countRejections compares per session. The session of the odd commands is not
// in the truth: five of its fourteen were a MAIL or RCPT, and refused.
func countRejections(t *testing.T, lines []parsed, truth []map[string]string) {
	want := map[string]int{"f695e77b-2fdd-468e-8a7e-c8823c7c577d": 4}
	seen := map[string]bool{}
	for _, row := range truth {
		// A refused recipient is an incident of its own, a refused message
		// one for all its recipients.
		id := row["n"]
		switch row["true_outcome"] {
		case "rejected_at_rcpt":
			id += row["rcpt_to"]
		case "rejected_at_mail", "rejected_at_data", "accepted_then_discarded":
		default:
			continue
		}
		if !seen[id] {
			seen[id] = true
			want[row["session_uuid"]]++
		}
	}
	got := map[string]int{}
	turnedAway, discarded := 0, 0
	for _, p := range lines {
		if p.event.Str(event.EventType) != event.TypeRejection {
			continue
		}
		switch {
		case p.event.Str(event.SMTPStage) == "CONNECT":
			turnedAway++
			continue
		case p.event.Str(event.Status) == event.StatusDiscarded:
			discarded++
		case p.event.Int(event.SMTPCode) < 500 || p.event.Str(event.DSN) == "":
			t.Errorf("a rejection without codes: %s", p.raw)
		}
		got[p.event.Str(event.SessionID)]++
	}
	if !maps.Equal(got, want) {
		t.Errorf("rejections per session\n got %v\nwant %v", got, want)
	}
	if turnedAway != 2 || discarded != 1 {
		t.Errorf("%d turned away, want 2; %d discarded, want 1", turnedAway, discarded)
	}
}

// countMessages compares the queued messages, and Elemta's verdicts on them.
func countMessages(t *testing.T, lines []parsed, truth []map[string]string) {
	queued := map[string]bool{}
	verdicts := map[string]int{}
	for _, row := range truth {
		id := row["queue_id"]
		if id == "" || queued[id] {
			continue
		}
		queued[id] = true
		for _, verdict := range strings.Split(row["elemta_says"], ",") {
			switch verdict {
			case "delivery":
				verdicts[event.StatusDelivered]++
			case "deferral":
				verdicts[event.StatusDeferred]++
			case "bounce":
				verdicts[event.StatusBounced]++
			}
		}
	}
	receptions, accepted := 0, map[string]bool{}
	got := map[string]int{}
	for _, p := range lines {
		id := p.event.Str(event.QueueID)
		switch p.event.Str(event.EventType) {
		case event.TypeReception:
			receptions++
			if p.event.Str(event.MessageID) == "" || p.event.Str(event.Recipient) == "" {
				t.Errorf("a reception without facts: %s", p.raw)
			}
		case event.TypeQueue:
			if p.event.Str(event.LogMessage) == "message_accepted" {
				accepted[id] = true
			}
		case event.TypeDelivery:
			if id != "" {
				got[p.event.Str(event.Status)]++
			}
		}
	}
	if receptions != len(queued) || !maps.Equal(accepted, queued) {
		t.Errorf("%d receptions, %d accepted; %d messages were queued", receptions, len(accepted), len(queued))
	}
	if !maps.Equal(got, verdicts) {
		t.Errorf("verdicts %v, want %v", got, verdicts)
	}
}

// countLogins compares attempts and their results per session. An attempt that
// Elemta did not look at (the session was locked) has no such line.
func countLogins(t *testing.T, lines []parsed, sessions []map[string]string) {
	type login struct{ session, user, result string }
	want := map[login]int{}
	for _, row := range sessions {
		if row["kind"] != "auth" {
			continue
		}
		switch code, _, _ := strings.Cut(row["result"], " "); code {
		case "235":
			want[login{row["session_uuid"], row["what"], "true"}]++
		case "535":
			want[login{row["session_uuid"], row["what"], "false"}]++
		}
	}
	got := map[login]int{}
	for _, p := range lines {
		if p.event.Str(event.EventType) == event.TypeAuthentication {
			success, _ := p.event.Value(event.Success)
			got[login{p.event.Str(event.SessionID), p.event.Str(event.Username), success.String()}]++
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("logins\n got %v\nwant %v", got, want)
	}
}
