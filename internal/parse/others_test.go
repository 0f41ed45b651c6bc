package parse

import (
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// TestFormsOfOthers reads the lines of an OpenSMTPD and a Sendmail server in the
// wrappers they were kept in: the facts and the dialect are the same. rsyslog's
// own template for RFC 5424 writes the name up to the first slash, which these
// programs have none of, and two blanks before the text.
func TestFormsOfOthers(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{"opensmtpd", "sendmail"} {
		want := parsetest.Lines(t, "forms/"+dialect+"-rfc3339.log")
		for _, form := range []string{"rfc3339", "bsd", "noslash"} {
			lines := parsetest.Lines(t, "forms/"+dialect+"-"+form+".log")
			if len(lines) != len(want) || len(want) < 20 {
				t.Fatalf("%s in %s: %d lines of %d", dialect, form, len(lines), len(want))
			}
			for i, text := range lines {
				ref := parseOne(event.Line{Text: want[i], Origin: &event.Origin{}})
				e := parseOne(event.Line{Text: text, Origin: &event.Origin{}})
				if got, want := facts(e), facts(ref); got != want {
					t.Errorf("%s in %s, line %d:\ngot  %s\nwant %s", dialect, form, i+1, got, want)
				}
				if got := e.Str(event.Dialect); got != dialect {
					t.Errorf("%s in %s, line %d: read as %q: %s", dialect, form, i+1, got, text)
				}
			}
		}
	}
}

// TestTwoSmtpds makes sure that a program called smtpd is read as the one that
// writes so: a relay may have cut Postfix's name at its slash.
func TestTwoSmtpds(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Nov 22 20:01:25 h smtpd[1]: e2005d038459434c smtp connected address=192.0.2.1 host=a.example":                                      "opensmtpd",
		"Nov 22 20:01:25 h smtpd[1]: info: OpenSMTPD 7.8.0 starting":                                                                        "opensmtpd",
		"Nov 22 20:01:25 h smtpd[1]: connect from a.example[192.0.2.1]":                                                                     "postfix",
		"Nov 22 20:01:25 h smtpd[1]: 2CB2015A186: client=a.example[192.0.2.1]":                                                              "postfix",
		"Nov 22 20:01:25 h smtpd[1]: NOQUEUE: reject: RCPT from a[192.0.2.1]: 550 5.1.1 <a@b>: no; from=<c@d> to=<a@b> proto=SMTP helo=<x>": "postfix",
		"Nov 22 20:01:25 h smtpd[1]: warning: a[192.0.2.1]: SASL LOGIN authentication failed: no":                                           "postfix",
	} {
		if e := parseOne(event.Line{Text: text, Origin: &event.Origin{}}); e.Str(event.Dialect) != want {
			t.Errorf("read as %q, want %s: %s", e.Str(event.Dialect), want, text)
		}
	}
}
