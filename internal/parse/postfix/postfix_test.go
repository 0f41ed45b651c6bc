package postfix

import (
	"strings"
	"testing"

	"rastro/internal/event"
	"rastro/internal/parse/lex"
	"rastro/internal/parse/parsetest"
)

// dialect is Postfix on the bench. mx-with-filters.log has lines of other
// programs too.
var dialect = parsetest.Dialect{
	Parse: Parse,
	Mixed: true,
	Rules: parsetest.Rules{
		Always: []event.Field{event.Level},
		Once:   []event.Field{event.Recipient, event.Status, event.QueueID, event.DSN},
		Free:   []event.Field{event.Sender, event.Recipient, event.OriginalRecipient, event.SMTPStage, event.DSN},
		Statuses: []string{
			event.StatusAccepted, event.StatusDelivered, event.StatusDeferred, event.StatusBounced, event.StatusExpired,
			event.StatusRejected, event.StatusDiscarded, event.StatusHeld, event.StatusForwarded,
		},
		Also: func(e *event.Event) string { // smtpd's own answer may be known without being logged
			if dsn := e.Str(event.DSN); lex.DSN(dsn) != dsn {
				return "dsn " + dsn
			}
			return ""
		},
	},
}

type form = parsetest.Form

func TestGolden(t *testing.T) {
	t.Parallel()
	dialect.Golden(t)
}

func FuzzParse(f *testing.F) {
	f.Add("", "000000: to=<>, relay=, status=sent 200")
	f.Add("", "NOQUEUE: reject: RCPT from h[1.2.3.4]: 550 no; from=<\"a; from=<b\"@c> to=<d> proto=SMTP helo=<e>")
	dialect.Fuzz(f, "forms-3.7.log")
}

// BenchmarkParse reads the lines of Postfix in a real mixture of a busy mail
// server's log.
func BenchmarkParse(b *testing.B) {
	var records []*event.Record
	for _, rec := range dialect.Records(b, "bench/mixed.log") {
		if strings.HasPrefix(rec.Program, "postfix") {
			records = append(records, rec)
		}
	}
	dialect.Benchmark(b, records)
}
