package trace

import (
	"testing"
	"time"
)

const refusedByOurs = `Nov 26 20:27:57 mxa postfix-in/smtpd[30430]: 4jb7Qj3zD6z1Txxf: client=client.send.example[198.51.100.7]
Nov 26 20:27:57 mxa postfix-in/cleanup[30429]: 4jb7Qj3zD6z1Txxf: message-id=<virtunk.30380@send.example>
Nov 26 20:27:57 mxa postfix-in/qmgr[30209]: 4jb7Qj3zD6z1Txxf: from=<virtunk@send.example>, size=345, nrcpt=1 (queue active)
Nov 26 20:27:57 mxa postfix/relay/smtp[30432]: 4jb7Qj3zD6z1Txxf: to=<v2@virt.example>, relay=192.0.2.20[192.0.2.20]:25, delay=0.06, delays=0.05/0/0/0.01, tls=may, dsn=4.1.1, status=deferred (host 192.0.2.20[192.0.2.20] said: 450 4.1.1 <v2@virt.example>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command))
Nov 26 20:28:01 mxa postfix-in/qmgr[30209]: 4jb7Qj3zD6z1Txxf: from=<virtunk@send.example>, size=345, nrcpt=1 (queue active)
Nov 26 20:28:01 mxa postfix/relay/smtp[30432]: 4jb7Qj3zD6z1Txxf: to=<v2@virt.example>, relay=192.0.2.20[192.0.2.20]:25, delay=4.2, delays=4.1/0/0/0, tls=may, dsn=4.1.1, status=deferred (host 192.0.2.20[192.0.2.20] said: 450 4.1.1 <v2@virt.example>: Recipient address rejected: User unknown in virtual mailbox table (in reply to RCPT TO command))
Nov 26 20:27:57 mxb postfix/smtpd[30438]: NOQUEUE: reject: RCPT from unknown[192.0.2.10]: 450 4.1.1 <v2@virt.example>: Recipient address rejected: User unknown in virtual mailbox table; from=<virtunk@send.example> to=<v2@virt.example> proto=ESMTP helo=<mxa.ours.example>
Nov 26 20:28:01 mxb postfix/smtpd[30438]: NOQUEUE: reject: RCPT from unknown[192.0.2.10]: 450 4.1.1 <v2@virt.example>: Recipient address rejected: User unknown in virtual mailbox table; from=<virtunk@send.example> to=<v2@virt.example> proto=ESMTP helo=<mxa.ours.example>
`

// TestToldTwice has one server of ours refuse the mail of another: both tell
// it, and it is one journey, of the message that waits.
func TestToldTwice(t *testing.T) {
	t.Parallel()
	var got []Journey
	err := assemble(linesOf("two.log", refusedByOurs, time.UTC)).Each(t.Context(), Question{Now: received}, func(j *Journey) error {
		got = append(got, *j)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 1 || got[0].Status != Deferred || got[0].Attempts != 2 || len(got[0].Hosts) != 2 {
		t.Fatalf("got %d journeys: %+v", len(got), got)
	}
	refused := 0
	for _, s := range got[0].Steps {
		if s.Kind == "refused" && s.Host == "mxb" {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d steps of the server that refused, want 2", refused)
	}
}
