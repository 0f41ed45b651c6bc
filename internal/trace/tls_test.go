package trace

import "testing"

// TestEncryption tells the encryption of a connection with the messages that it
// carried, and with no other that its process handles.
func TestEncryption(t *testing.T) {
	t.Parallel()
	all := journeysOf(t,
		"Nov 20 10:00:00 mx postfix/smtpd[1]: Anonymous TLS connection established from a.example[192.0.2.1]: TLSv1.3 with cipher TLS_AES_256_GCM_SHA384 (256/256 bits)",
		"Nov 20 10:00:00 mx postfix/smtpd[1]: ABCDEF012: client=a.example[192.0.2.1]",
		"Nov 20 10:00:00 mx postfix/qmgr[3]: ABCDEF012: from=<s@x.example>, size=1, nrcpt=1 (queue active)",
		"Nov 20 10:00:01 mx postfix/smtp[4]: Untrusted TLS connection established to r.example[192.0.2.9]:25: TLSv1.2 with cipher ECDHE-RSA-AES256-GCM-SHA384 (256/256 bits)",
		"Nov 20 10:00:02 mx postfix/smtp[4]: ABCDEF012: to=<one@r.example>, relay=r.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
		"Nov 20 10:00:02 mx postfix/qmgr[3]: ABCDEF012: removed",
		"Nov 20 10:00:03 mx postfix/smtpd[1]: BBCDEF012: client=b.example[192.0.2.2]",
		"Nov 20 10:00:03 mx postfix/qmgr[3]: BBCDEF012: from=<s@x.example>, size=1, nrcpt=1 (queue active)",
		"Nov 20 10:00:04 mx postfix/smtp[4]: BBCDEF012: to=<two@r.example>, relay=r.example[192.0.2.9]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)",
		"Nov 20 10:00:04 mx postfix/qmgr[3]: BBCDEF012: removed",
	)
	if len(all) != 2 {
		t.Fatalf("%d journeys", len(all))
	}
	for recipient, want := range map[string][2]string{
		"one@r.example": {"TLSv1.3 TLS_AES_256_GCM_SHA384", "TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384"},
		"two@r.example": {},
	} {
		var got [2]string
		for i := range all {
			if all[i].Recipient == recipient {
				got = tlsOf(&all[i])
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", recipient, got, want)
		}
	}
}

// tlsOf returns the encryption of a journey's arrival and of its delivery.
func tlsOf(j *Journey) (tls [2]string) {
	for i := range j.Steps {
		switch s := &j.Steps[i]; s.Program {
		case "postfix/smtpd":
			tls[0] = s.TLS
		case "postfix/smtp":
			tls[1] = s.TLS
		}
	}
	return tls
}
