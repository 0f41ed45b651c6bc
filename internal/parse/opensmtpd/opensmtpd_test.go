package opensmtpd

import (
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is OpenSMTPD on the bench.
var dialect = parsetest.Dialect{
	Parse: Parse,
	Rules: parsetest.Rules{
		Always: []event.Field{event.Level, event.Component},
		Once:   []event.Field{event.Status, event.Success},
		Free:   []event.Field{event.Sender, event.Recipient, event.OriginalRecipient, event.SMTPStage, event.SMTPCommand},
		Statuses: []string{
			event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced,
			event.StatusExpired, event.StatusRejected, event.StatusDiscarded, event.StatusHeld,
		},
		// Of an old sentence the session is cut out, and the rest joined.
		Decodes: func(text string) bool {
			return strings.HasPrefix(text, "smtp-") && strings.Contains(text, " session ")
		},
	},
}

func TestGolden(t *testing.T) {
	t.Parallel()
	dialect.Golden(t)
}

func TestForms(t *testing.T) {
	t.Parallel()
	for _, f := range slices.Concat(currentForms, earlierForms) {
		dialect.Form(t, f.name, f.want, parsetest.Record("smtpd", f.text))
	}
}

func FuzzParse(f *testing.F) {
	for _, form := range slices.Concat(currentForms, earlierForms) {
		f.Add("smtpd", form.text)
	}
	dialect.Fuzz(f, "host-6.8.log")
}

func TestHostileBytes(t *testing.T) {
	t.Parallel()
	dialect.Hostile(t, []string{"smtpd", ""}, []string{
		"", "e2005d038459434c smtp ", "e2005d038459434c smtp failed-command command=\"", "e2005d038459434c mta delivery evpid=",
		"e2005d038459434c mta delivery from=<", "relay: Expire for 687959a4f580cff4: ", "smtp-in: session e2005d038459434c: ",
		"smtp-out: Connecting to ", "smtp-out: x <-> ", "smtp-in: New session e2005d038459434c from host ", "warn: ",
	}, []string{strings.Repeat(`" result="`, 10_000), strings.Repeat("a=b ", 20_000), ", stat="})
}

// BenchmarkParse reads the lines of a real server's day.
func BenchmarkParse(b *testing.B) {
	dialect.Benchmark(b, dialect.Records(b, "truth/mail.log"))
}
