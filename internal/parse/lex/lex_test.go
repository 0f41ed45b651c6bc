package lex

import (
	"strings"
	"testing"
)

func TestReply(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]struct {
		code      int64
		dsn, text string
	}{
		"550 5.1.1 no such user": {550, "5.1.1", "no such user"},
		"550-5.7.26 a":           {550, "5.7.26", "a"},
		"5.1.1 <a@b>... no":      {0, "5.1.1", "<a@b>... no"},
		"451 4.7.500 busy":       {451, "4.7.500", "busy"},
		"250 OK id=1vNInl-0-V1":  {250, "", "OK id=1vNInl-0-V1"},
		"421":                    {421, "", ""},
		"5501 x":                 {0, "", "5501 x"},
		"550 5.1.1.1 x":          {550, "", "5.1.1.1 x"},
		"":                       {0, "", ""},
	} {
		code, dsn, text := Reply(s)
		if code != want.code || dsn != want.dsn || text != want.text {
			t.Errorf("%q: got %d %q %q", s, code, dsn, text)
		}
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Ok: queued as 4NVQ2wck5cdHSJ":                     "4NVQ2wck5cdHSJ",
		"from MTA(smtp:[127.0.0.1]:10025): queued as AB12": "AB12",
		"OK id=1vNInl-0NFPPwt-V1":                          "1vNInl-0NFPPwt-V1",
		"<a@b> [InternalId=905, Hostname=x] 1 bytes":       "905",
		"ok 1795395332 qp 4711":                            "4711",
		"OK  1795395332 936c72-fa.524 - gsmtp":             "936c72-fa.524",
		"6AN0tGqc015412 Message accepted for delivery":     "6AN0tGqc015412",
		"687959a4: Message accepted for delivery":          "687959a4",
		"a9d7f1":    "a9d7f1",
		"Delivered": "",
		"":          "",
	} {
		if got := Receipt(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for s, want := range map[string][2]string{
		`<a@b>,<c@d>`:           {"a@b", ",<c@d>"},
		`a@b,c@d, delay=1`:      {"a@b", ",c@d, delay=1"},
		`"a, b"@c, delay=`:      {`"a, b"@c`, ", delay="},
		`<"a> , b"@c>, delay=`:  {`"a> , b"@c`, ", delay="},
		`"|/bin/x -a, b",<c@d>`: {`"|/bin/x -a, b"`, ",<c@d>"},
		`<a@b`:                  {"<a@b", ""},
		`"open, x`:              {`"open`, ", x"},
		``:                      {"", ""},
	} {
		if address, rest := Address(s); address != want[0] || rest != want[1] {
			t.Errorf("%q: got %q %q", s, address, rest)
		}
	}
	for s, want := range map[string]string{
		"[192.0.2.1]": "192.0.2.1", "192.0.2.1": "192.0.2.1", "[IPv6:2001:db8::1]": "2001:db8::1",
		"[fe80::1%eth0]": "fe80::1%eth0", "local": "", "[]": "", "abc": "", "fe80": "", "h.example": "",
	} {
		if got := IP(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
		if got := IsIP(s); got != (want == s && s != "") {
			t.Errorf("%q: is an address: %v", s, got)
		}
	}
}

func TestSmallThings(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"rcpt TO:<a>": "RCPT", "Data": "DATA", "GET / HTTP": "", "MAILX": "", "": ""} {
		if got, _ := Verb(s); got != want {
			t.Errorf("verb of %q: %q", s, got)
		}
	}
	for s, want := range map[string]bool{"AGE=": true, "c2VjcmV0": true, "QUIT": true, "AGE": false, "MAIL FROM:<a>": false, "": false} {
		if got := Base64(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	if before, rest := CutBefore("a=1, c=2, b=3", ", b=", ", c="); before != "a=1" || rest != ", c=2, b=3" {
		t.Error(before, rest)
	}
	if before, rest := CutBefore("a", ", b="); before != "a" || rest != "" {
		t.Error(before, rest)
	}
	if n, ok := LeadingNumber("12 (queue active)"); n != 12 || !ok {
		t.Error(n, ok)
	}
	if _, ok := LeadingNumber("none"); ok {
		t.Error("no digits at the front")
	}
	if n, ok := Number("00450"); n != 450 || !ok {
		t.Error(n, ok)
	}
	for _, s := range []string{"", "1a", "-1", strings.Repeat("9", 19)} {
		if _, ok := Number(s); ok {
			t.Errorf("%q is no number", s)
		}
	}
	if got := Lower("Ñandú@X.\xff"); got != "Ñandú@x.\xff" {
		t.Error(got)
	}
	if got := Lower("ÑA@B"); got != "ña@b" {
		t.Error(got)
	}
	if session, ok := Saved("<a@b> xyz Saved"); session != "xyz" || !ok {
		t.Error(session, ok)
	}
	if !Hex("687959a4", 8) || Hex("687959A4", 8) || Hex("687959a4", 16) {
		t.Error("hex")
	}
	if !Loopback("127.0.0.5") || !Loopback("::1") || Loopback("192.0.2.1") {
		t.Error("loopback")
	}
}
