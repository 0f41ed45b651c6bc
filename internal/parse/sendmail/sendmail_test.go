package sendmail

import (
	"slices"
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/parsetest"
)

// dialect is Sendmail on the bench. Some codes are the constants that a
// sentence always has.
var dialect = parsetest.Dialect{
	Parse: Parse,
	Rules: parsetest.Rules{
		Always: []event.Field{event.Level, event.Component},
		Once:   []event.Field{event.QueueID, event.Status, event.Success, event.DSN},
		Free:   []event.Field{event.Sender, event.Recipient, event.OriginalRecipient, event.SMTPStage, event.DSN},
		Statuses: []string{
			event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced, event.StatusExpired,
			event.StatusRejected, event.StatusDiscarded, event.StatusQuarantined, event.StatusForwarded,
		},
	},
}

type form = parsetest.Form

func TestGolden(t *testing.T) {
	t.Parallel()
	dialect.Golden(t)
}

func TestForms(t *testing.T) {
	t.Parallel()
	dialect.Forms(t, slices.Concat(messageForms, refusalForms, sessionForms))
}

func FuzzParse(f *testing.F) {
	for _, form := range slices.Concat(messageForms, refusalForms, sessionForms) {
		f.Add(form.Program, form.Text)
	}
	dialect.Fuzz(f, "host-8.17.log")
}

func TestHostileBytes(t *testing.T) {
	t.Parallel()
	dialect.Hostile(t, []string{"sm-mta", ""}, []string{
		"", "6AN0tGqc015412: ", "6AN0tGqc015412: to=", "6AN0tGqc015412: to=<", "6AN0tGqc015412: from=", "6AN0tGqc015412: to=<a>, ctladdr=",
		"6AN0tGqc015412: from=<a>, size=1, msgid=", "ruleset=check_rcpt, arg1=", "6AN0tGqc015412: Milter: to=", "milter=", "AUTH failure (", "STARTTLS=",
		"6AN0tGqc015412: 6AN0uCNp015627: ", "6AN0tGqc015412[", "6AN0tGqc015412: split: count=2, ids=", "AUTH decode64 error",
	}, []string{strings.Repeat("<a>,", 20_000), strings.Repeat(", relay=[", 10_000), ", stat=Sent ("})
}

// BenchmarkParse reads the lines of a real server's day.
func BenchmarkParse(b *testing.B) {
	dialect.Benchmark(b, dialect.Records(b, "truth/mail.log"))
}
