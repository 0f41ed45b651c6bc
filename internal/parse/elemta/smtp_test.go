package elemta

import (
	"testing"

	"rastro/internal/event"
)

// TestDirectDelivery reads the lines of a delivery to other servers, which the
// shipped server does not make, and of connections refused at the second check.
// They have the form of Elemta's source.
func TestDirectDelivery(t *testing.T) {
	t.Parallel()
	const head = `{"time":"2026-11-22T19:29:57.5-05:00","level":"WARN","msg":`
	for text, want := range map[string]map[event.Field]string{
		head + `"Failed to deliver to domain","component":"smtp-delivery","domain":"d.example","recipients":["A@d.example","b@d.example"],"error":"delivery failed to all MX hosts for domain d.example: RCPT TO failed for a@d.example: 550 5.1.1 no"}`: {
			event.EventType: event.TypeDelivery, event.Recipient: "a@d.example", event.SMTPCode: "550", event.DSN: "5.1.1", event.Status: event.StatusBounced,
		},
		head + `"Delivery failed to MX host","component":"smtp-delivery","host":"mx.d.example","priority":10,"error":"failed to connect to mx.d.example:25: i/o timeout"}`: {
			event.EventType: event.TypeQueue, event.RelayHost: "mx.d.example", event.Reply: "failed to connect to mx.d.example:25: i/o timeout", event.Status: "",
		},
		head + `"SMTP delivery successful","component":"smtp-delivery","address":"mx.d.example:25","from":"s@c.example","recipients":2}`: {
			event.EventType: event.TypeQueue, event.Sender: "s@c.example", event.RecipientCount: "2", event.Status: "",
		},
		head + `"Connection rejected due to IP limit","component":"smtp-server","event_type":"rejection","remote_addr":"192.0.2.1:4711","session_id":"session-1-192.0.2.1:4711"}`: {
			event.EventType: event.TypeRejection, event.SMTPStage: "CONNECT", event.Status: event.StatusRejected, event.Reply: "IP limit", event.ClientIP: "192.0.2.1",
		},
		head + `"Connection rejected due to resource limits","component":"smtp-server","client_ip":"192.0.2.1:4711"}`: {
			event.EventType: event.TypeConnection, event.Status: "", event.ClientIP: "192.0.2.1",
		},
	} {
		e := &event.Event{}
		if !Parse(whole(text), e) {
			t.Errorf("%s: not taken", text)
			continue
		}
		for f, value := range want {
			got := ""
			if v, ok := e.Value(f); ok {
				got = v.String()
			}
			if got != value {
				t.Errorf("%s\n%s: got %q, want %q", text, f, got, value)
			}
		}
	}
}
