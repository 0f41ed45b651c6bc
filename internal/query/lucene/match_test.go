package lucene

import (
	"testing"

	"rastro/internal/event"
	"rastro/internal/query"
)

// TestQueriesFind runs queries on one event.
func TestQueriesFind(t *testing.T) {
	t.Parallel()
	e := &event.Event{Time: at(t, "2014-11-18T14:00:00.5Z").UnixNano(), ReceivedAt: at(t, testNow).UnixNano()}
	e.Add(event.Message, `postfix/smtp[77]: 4F2A: to=<ana@example.com>, relay=mx.example.com[2001:db8::25]:25, status=deferred (451 4.7.1 Greylisted, año)`)
	e.Add(event.Program, "postfix/smtp")
	e.Add(event.Level, "WARN")
	e.Add(event.QueueID, "4F2A")
	e.Add(event.MessageID, "<abc.1@example.com>")
	e.Add(event.Sender, "<>")
	e.Add(event.Recipient, "ana@example.com")
	e.Add(event.RelayIP, "2001:db8::25")
	e.Add(event.Status, "deferred")
	e.Add(event.DSN, "4.7.1")
	e.Add(event.Subject, "Re: hi there")
	e.AddInt(event.SMTPCode, 451)
	e.AddFloat(event.Delay, 61.5)
	e.AddExtra("shop", `{"order":77}`)
	tests := []struct {
		query string
		want  bool
	}{
		{"", false}, {"*", true}, {`"--"`, false},
		{"greylisted", true}, {"Greylist", false}, {"greylist*", true}, {"greilisted~", true},
		{"status=deferred", true}, {"ana@example.com", true}, {"ana@example.org", false}, {"AÑO", true},
		{"<ana@example.com>", true}, {`"deferred status"`, false}, {`"deferred status"~2`, true},
		{"*@example.com", true}, {"ana@exam*", true}, {"eva@exam*", false}, {`"smtp[77]"`, true},
		{"program:postfix/smtp", true}, {"program:postfix*", true}, {"level:warn", true}, {"level:(ERROR OR Warn)", true},
		{"message_id:abc.1@example.com", true}, {"message_id:<abc.1@example.com>", true}, {"message_id:4F2A", true},
		{"message_id:ABC.1@example.com", false}, {"message_id:abc*", true}, {"message_id:*@example.com", true},
		{"message_id:/abc.*com/", true}, {"message_id:/4F../", true}, {`message_id.keyword:"abc.1@example.com"`, false},
		{"sender:<>", true}, {"recipient:<ANA@example.com>", true}, {"mail_to:ana@*", true},
		{`relay_ip:"2001:DB8::0:25"`, true}, {`relay_ip:"2001:db8::/64"`, true}, {`relay_ip:192.0.2.0/24`, false},
		{"smtp_code:4*", true}, {"smtp_code:[400 TO 499]", true}, {"smtp_code:/4<0-60>/", true}, {"smtp_code:>451", false},
		{"delay:>60", true}, {"delay:(>60 AND <61)", false}, {"delay:61.50", true},
		{"dsn:4.*", true}, {"dsn:[4.0.0 TO 4.9.9]", true}, {"subject:Re\\: nobody", true}, {`subject:"re hi"`, true},
		{"@timestamp:2014-11-18", true}, {"@timestamp:[now-1h TO now]", true}, {"@timestamp:[now/d TO now/d}", false},
		{`@timestamp:"2014-11-18T14:00:00"`, true}, {"@timestamp:>=now-27m", false},
		{"shop.order:77", true}, {"shop.*:[70 TO 80]", true}, {"shop.order:[8 TO 9]", false}, {"_exists_:shop", true}, {"_exists_:shopping", false},
		{"status:deferred AND NOT level:ERROR", true}, {"NOT status:deferred", false}, {"-status:bounced", true},
		{"nothing OR status:deferred AND level:WARN", true}, {"recipient*:ana@example.com", true}, {"_exists_:geo_*", false},
	}
	for _, tt := range tests {
		f, err := Parse(tt.query, Options{Now: at(t, testNow)})
		if err != nil {
			t.Errorf("%s: %v", tt.query, err)
			continue
		}
		if got := query.Match(f, e); got != tt.want {
			t.Errorf("%s (%s): got %v", tt.query, query.Format(f), got)
		}
	}
}
