package trace

import (
	"strings"
	"testing"
)

// TestUnreached takes the other server's refusal in its greeting for the answer
// to attempts of OpenSMTPD that name none, and no failure of another domain.
func TestUnreached(t *testing.T) {
	t.Parallel()
	all := journeysOf(t,
		"Nov 22 20:01:30 osm smtpd[745]: aaaaaaaaaaaaaaa1 smtp connected address=local host=osm.example",
		"Nov 22 20:01:30 osm smtpd[745]: aaaaaaaaaaaaaaa1 smtp message msgid=d0223da1 size=1300 nrcpt=1 proto=ESMTP",
		"Nov 22 20:01:30 osm smtpd[745]: aaaaaaaaaaaaaaa1 smtp envelope evpid=d0223da18efce6a2 from=<s@ours.example> to=<r@closed.example>",
		"Nov 22 20:01:31 osm smtpd[745]: e2005d3919912f3c mta connecting address=smtp://198.51.100.53:25 host=mx.closed.example",
		"Nov 22 20:01:31 osm smtpd[745]: e2005d3919912f3c mta error reason=BANNER rejected: 554 5.7.1 Your access has been rejected due to the sending MTA's poor reputation",
		"Nov 22 20:01:32 osm smtpd[745]: e2005d3919912f3d mta connecting address=smtp://198.51.100.54:25 host=mx.other.example",
		"Nov 22 20:01:32 osm smtpd[745]: e2005d3919912f3d mta error reason=IO Error: Connection refused",
		`Nov 22 20:01:42 osm smtpd[745]: 0000000000000000 mta delivery evpid=d0223da18efce6a2 from=<s@ours.example> to=<r@closed.example> rcpt=<-> source="-" relay="closed.example" delay=12s result="TempFail" stat="Network error on destination MXs"`,
		"Nov 22 20:01:50 osm smtpd[745]: aaaaaaaaaaaaaaa2 smtp message msgid=e0223da1 size=1300 nrcpt=1 proto=ESMTP",
		"Nov 22 20:01:50 osm smtpd[745]: aaaaaaaaaaaaaaa2 smtp envelope evpid=e0223da18efce6a2 from=<s@ours.example> to=<r@silent.example>",
		`Nov 22 20:01:52 osm smtpd[745]: 0000000000000000 mta delivery evpid=e0223da18efce6a2 from=<s@ours.example> to=<r@silent.example> rcpt=<-> source="-" relay="silent.example" delay=2s result="TempFail" stat="Network error on destination MXs"`,
	)
	if len(all) != 2 {
		t.Fatalf("%d journeys", len(all))
	}
	for i := range all {
		j := &all[i]
		failed := 0
		for k := range j.Steps {
			if j.Steps[k].Kind == "connection" {
				failed++
			}
		}
		switch j.Recipient {
		case "r@closed.example":
			if j.Status != Deferred || j.Reason != "ip_reputation" || j.SMTPCode != 554 || j.RelayHost != "mx.closed.example" || j.Confidence != Probable || failed != 1 {
				t.Errorf("%s %s %d %s %s, %d failures", j.Status, j.Reason, j.SMTPCode, j.RelayHost, j.Confidence, failed)
			}
		case "r@silent.example":
			if j.Status != Deferred || !strings.HasPrefix(j.Reply, "Network error") || failed != 0 {
				t.Errorf("%s %q, %d failures", j.Status, j.Reply, failed)
			}
		}
	}
}
