package postfix

import (
	"testing"

	"rastro/internal/event"
)

func TestDeliveryForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, deliveryForms)
}

var deliveryForms = []form{
	{
		"3.11 with tls before dsn", "postfix/smtp",
		`4jXmsD2mL7zkT: to=<Ana@Example.com>, relay=mx.example[2001:db8::1]:25, conn_use=2, delay=1.2, delays=0.1/0.02/0.5/0.6, tls=starttls/!requiretls, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4p9xnZHkQ6Fwz2)`,
		`"recipient":"ana@example.com","relay_host":"mx.example","relay_ip":"2001:db8::1","relay_port":25,"delay":1.2,"delay_queue":0.12,"delay_connect":0.5,"delay_transmit":0.6,"dsn":"2.0.0","status":"delivered","smtp_code":250,"reply":"250 2.0.0 Ok: queued as 4p9xnZHkQ6Fwz2","remote_queue_id":"4p9xnZHkQ6Fwz2","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"4jXmsD2mL7zkT","tls_features":"starttls/!requiretls"`,
	},
	{
		"next hop here", "postfix/smtp",
		`24D0D15A3D3: to=<a@b.example>, relay=127.0.0.1[127.0.0.1]:10024, delay=0.58, delays=0.06/0.01/0.01/0.5, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as AF1D015A410)`,
		`"recipient":"a@b.example","relay_host":"127.0.0.1","relay_ip":"127.0.0.1","relay_port":10024,"delay":0.58,"delay_queue":0.07,"delay_connect":0.01,"delay_transmit":0.5,"dsn":"2.0.0","status":"delivered","smtp_code":250,"reply":"250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as AF1D015A410","next_queue_id":"AF1D015A410","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"24D0D15A3D3"`,
	},
	{
		"mailbox server on a socket", "postfix/lmtp",
		`4jXmsD2Fdmzj4: to=<ok@example.com>, orig_to=<Team@example.com>, relay=mx1.example.com[private/dovecot-lmtp], delay=0.05, delays=0.04/0/0/0, dsn=2.0.0, status=sent (250 2.0.0 <ok@example.com> KCBKE7CHA2s9OgAAbw8qlA:R2 Saved)`,
		`"recipient":"ok@example.com","original_recipient":"team@example.com","relay_host":"mx1.example.com","delay":0.05,"delay_queue":0.04,"delay_connect":0,"delay_transmit":0,"dsn":"2.0.0","status":"delivered","smtp_code":250,"reply":"250 2.0.0 <ok@example.com> KCBKE7CHA2s9OgAAbw8qlA:R2 Saved","session_id":"KCBKE7CHA2s9OgAAbw8qlA:R2","event_type":"message_delivery","level":"INFO","component":"lmtp","queue_id":"4jXmsD2Fdmzj4"`,
	},
	{
		"quoted local part with the next fields in it", "postfix/smtp",
		`16B84752: to=<"x>, relay=fake[1.2.3.4]:25, status=sent (250 ok)\" y"@b.example>, relay=none, delay=3, delays=1/1/1/0, dsn=4.4.1, status=deferred (connect to mx.b.example[192.0.2.1]:25: Connection refused)`,
		`"recipient":"\"x>, relay=fake[1.2.3.4]:25, status=sent (250 ok)\\\" y\"@b.example","delay":3,"delay_queue":2,"delay_connect":1,"delay_transmit":0,"dsn":"4.4.1","status":"deferred","reply":"connect to mx.b.example[192.0.2.1]:25: Connection refused","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"16B84752"`,
	},
	{
		"answer that imitates a delivery", "postfix-out/smtp",
		`16B84752: to=<a@b.example>, relay=h[192.0.2.1]:25, delay=3, delays=1/1/1/0, dsn=5.0.0, status=bounced (host h[192.0.2.1] said: 550 no), dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ABCDEF (in reply to RCPT TO command))`,
		`"recipient":"a@b.example","relay_host":"h","relay_ip":"192.0.2.1","relay_port":25,"delay":3,"delay_queue":2,"delay_connect":1,"delay_transmit":0,"dsn":"5.0.0","status":"bounced","smtp_stage":"RCPT","smtp_code":550,"reply":"550 no), dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as ABCDEF","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"16B84752"`,
	},
	{
		"international address", "postfix/smtp",
		`16B84752: to=<JOSÉ.Núñez@correo.example>, relay=none, delay=3, delays=1/1/1/0, dsn=5.6.7, status=bounced (SMTPUTF8 is required, but was not offered by host h[192.0.2.1])`,
		`"recipient":"josé.núñez@correo.example","delay":3,"delay_queue":2,"delay_connect":1,"delay_transmit":0,"dsn":"5.6.7","status":"bounced","reply":"SMTPUTF8 is required, but was not offered by host h[192.0.2.1]","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"16B84752"`,
	},
	{
		"greeting refused", "postfix/smtp",
		`16B84752: to=<a@b.example>, relay=h.example[192.0.2.1]:25, delay=0.09, delays=0.09/0/0/0, dsn=4.7.1, status=deferred (host h.example[192.0.2.1] refused to talk to me: 554-5.7.1 bad reputation)`,
		`"recipient":"a@b.example","relay_host":"h.example","relay_ip":"192.0.2.1","relay_port":25,"delay":0.09,"delay_queue":0.09,"delay_connect":0,"delay_transmit":0,"dsn":"4.7.1","status":"deferred","smtp_stage":"CONNECT","smtp_code":554,"reply":"554-5.7.1 bad reputation","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"16B84752"`,
	},
	{
		"forwarded by local", "postfix/local",
		`402A115A344: to=<root@mx1.example>, relay=local, delay=0.06, delays=0.05/0.01/0/0, dsn=2.0.0, status=sent (forwarded as 4CD6E15A349)`,
		`"recipient":"root@mx1.example","relay_host":"local","delay":0.06,"delay_queue":0.06,"delay_connect":0,"delay_transmit":0,"dsn":"2.0.0","status":"forwarded","reply":"forwarded as 4CD6E15A349","next_queue_id":"4CD6E15A349","event_type":"message_delivery","level":"INFO","component":"local","queue_id":"402A115A344"`,
	},
	{
		"discard service", "postfix/discard",
		`402A115A344: to=<a@b.example>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (b.example)`,
		`"recipient":"a@b.example","delay":0,"delay_queue":0,"delay_connect":0,"delay_transmit":0,"dsn":"2.0.0","status":"discarded","reply":"b.example","event_type":"message_delivery","level":"INFO","component":"discard","queue_id":"402A115A344"`,
	},
	{
		"discard service that the header does not name", "postfix",
		`402A115A344: to=<a@b.example>, relay=none, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (b.example)`,
		`"recipient":"a@b.example","delay":0,"delay_queue":0,"delay_connect":0,"delay_transmit":0,"dsn":"2.0.0","status":"discarded","reply":"b.example","event_type":"message_delivery","level":"INFO","queue_id":"402A115A344"`,
	},
	{
		"soft bounce", "postfix/pipe",
		`402A115A344: to=<a@b.example>, relay=mlist, delay=99, delays=1/2/0/96, dsn=5.3.0, status=SOFTBOUNCE (Command died with status 1: "x")`,
		`"recipient":"a@b.example","relay_host":"mlist","delay":99,"delay_queue":3,"delay_connect":0,"delay_transmit":96,"dsn":"5.3.0","status":"deferred","reply":"Command died with status 1: \"x\"","event_type":"message_delivery","level":"INFO","component":"pipe","queue_id":"402A115A344"`,
	},
	{
		"probe", "postfix/relay/smtp",
		`402A115A344: to=<a@b.example>, relay=h[192.0.2.7]:25, delay=0, delays=0/0/0/0, dsn=2.1.5, status=deliverable (250 2.1.5 Ok)`,
		`"recipient":"a@b.example","relay_host":"h","relay_ip":"192.0.2.7","relay_port":25,"delay":0,"delay_queue":0,"delay_connect":0,"delay_transmit":0,"dsn":"2.1.5","smtp_code":250,"reply":"250 2.1.5 Ok","event_type":"system","level":"INFO","component":"smtp","queue_id":"402A115A344","probe":"deliverable"`,
	},
	{
		"line cut inside the answer", "postfix/smtp",
		`402A115A344: to=<a@b.example>, relay=h[192.0.2.7]:25, delay=7, delays=1/2/3/1, dsn=5.0.0, status=bounced (host h[192.0.2.7] said: 550 5.1.1 no su`,
		`"recipient":"a@b.example","relay_host":"h","relay_ip":"192.0.2.7","relay_port":25,"delay":7,"delay_queue":3,"delay_connect":3,"delay_transmit":1,"dsn":"5.0.0","status":"bounced","smtp_code":550,"reply":"550 5.1.1 no su","event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"402A115A344"`,
	},
	{
		"line cut before the status", "postfix/smtp",
		`402A115A344: to=<a@b.example>, relay=h[192.0.2.7]:25, delay=7, del`,
		`"recipient":"a@b.example","relay_host":"h","relay_ip":"192.0.2.7","relay_port":25,"delay":7,"event_type":"message_delivery","level":"INFO","component":"smtp","queue_id":"402A115A344"`,
	},
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		"250 2.0.0 Ok: queued as CE22516D03": "CE22516D03",
		"250 OK id=1vIE0T-0W36sS-D5":         "1vIE0T-0W36sS-D5",
		"250 ok 1795396634 qp 66947":         "66947",
		"250 2.0.0 OK  1795396637 51635ccc382e-d2d57348cc2d889asi7718471.142 - gsmtp":             "51635ccc382e-d2d57348cc2d889asi7718471.142",
		"250 2.6.0 <x@y> [InternalId=25779900645196, Hostname=A.example] 45826 bytes Queued mail": "25779900645196",
		"250 2.0.0 4AN6EED2607658 Message accepted for delivery":                                  "4AN6EED2607658",
		"250 2.0.0: 1a2b3c4d Message accepted for delivery":                                       "1a2b3c4d",
		"250 2.0.0 c88fd1de": "c88fd1de",
		"250 2.0.0 Ok":       "",
		"250 2.7.0 Ok, discarded, id=1843259-02 - spam": "",
		"delivered to mailbox":                          "",
		"2":                                             "",
	} {
		l := &line{e: &event.Event{}}
		l.receipt(answer, false)
		if got := l.e.Str(event.RemoteQueueID); got != want {
			t.Errorf("%q: got %q, want %q", answer, got, want)
		}
	}
}

func TestQueueIDs(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"0DA3474F": true, "E5AD715A3E0": true, "3Pt2mN2VXxznjll": true, "4jXmsD3mLzzlf": true,
		"12345": false, "e5ad715a3e0": false, "E5AD715A3EG": false, "3Pt2mN2VXxnjll": false,
		"statistics": false, "4AN1Hxxx012345": false, "3Pt2mN2VXxz": false, "": false,
	} {
		if got := isQueueID(id); got != want {
			t.Errorf("%q: got %v, want %v", id, got, want)
		}
	}
}
