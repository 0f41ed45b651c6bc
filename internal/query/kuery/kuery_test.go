package kuery

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestKQL holds translations; an empty want is an error.
func TestKQL(t *testing.T) {
	for _, c := range []struct{ kql, want string }{
		{`level: ERROR`, `level:ERROR`},
		{`level:ERROR and event_type:"message_delivery"`, `level:ERROR AND event_type:"message_delivery"`},
		{`a:1 or b:2 and c:3`, `a:1 OR (b:2 AND c:3)`},
		{`(a:1 OR b:2) AND NOT c:3`, `(a:1 OR b:2) AND (NOT c:3)`},
		{`not a:1`, `NOT a:1`},
		{`not not a:1`, `NOT (NOT a:1)`},
		{`level:(ERROR or WARN)`, `level:ERROR OR level:WARN`},
		{`tags:(a and not b)`, `tags:a AND (NOT tags:b)`},
		{`level:(ERROR or (WARN and not x*))`, `level:ERROR OR (level:WARN AND (NOT level:x*))`},
		{`sender:*`, `_exists_:sender`},
		{`*:*`, ``}, {`*`, ``}, {``, ``}, {`  `, ``},
		{`sender: *@hostco.example`, `sender:*@hostco.example`},
		{`queue_id: 4Zx*`, `queue_id:4Zx*`},
		{`smtp_code >= 500 and smtp_code < 600`, `smtp_code:[500 TO *] AND smtp_code:[* TO 600}`},
		{`@timestamp > "now-1h"`, `@timestamp:{now-1h TO *]`},
		{`@timestamp <= "2026-11-23T10:00:00Z"`, `@timestamp:[* TO "2026-11-23T10:00:00Z"]`},
		{`deferred`, `deferred`},
		{`connection refused`, `connection OR refused`},
		{`"connection refused"`, `"connection refused"`},
		{`message: connection refused`, `message:connection OR message:refused`},
		{`component: queue processor`, `component:"queue processor"`},
		{`log_message.keyword: "a \"b\" \\ c"`, `log_message.keyword:"a \"b\" \\ c"`},
		{`mail_from: a@b.example`, `sender:a@b.example`},
		{`log_component.keyword : smtp`, `component:smtp`},
		{`host:a\:b`, `host:"a:b"`},
		{`host:a\*b`, `host:"a*b"`},
		{`host:a\*b*`, `host:a\*b*`},
		{`host:"or" or host:\and`, `host:"or" OR host:and`},
		{`client_ip: "2001:db8::1"`, `client_ip:"2001:db8::1"`},
		{`a:b*c d*`, `a:b*c\ d*`},
		{`message:foo* ba?r*`, `message:foo* OR message:ba\?r*`},
		{`a:ñandú`, `a:"ñandú"`},
		{`a:"\u00e1"`, `a:"á"`},
		{`my\ field:x`, `my\ field:x`},
		{`orders:1 and android:2`, `orders:1 AND android:2`},
		{`level:error and`, "!"}, {`and`, "!"}, {`(a:1`, "!"}, {`a:(1 or`, "!"}, {`a:"x`, "!"}, {`a:1)`, "!"}, {`a:`, "!"},
		{`nested:{ a:1 }`, "!"}, {`mach*:win`, "!"}, {`a:1 "b"`, "!"}, {strings.Repeat("(", 200), "!"},
	} {
		got, err := fromKQL(c.kql)
		switch {
		case c.want == "!" && err == nil:
			t.Errorf("%s: %s, want an error", c.kql, got.Query())
		case c.want != "!" && (err != nil || got.Query() != c.want):
			t.Errorf("%s: %s %v, want %s", c.kql, got.Query(), err, c.want)
		}
	}
}

// TestStoredQueries translates what searchSourceJSON holds under query.
func TestStoredQueries(t *testing.T) {
	for _, c := range []struct{ query, want string }{
		{`{"query":"level:ERROR AND a","language":"lucene"}`, `level:ERROR AND a`},
		{`{"query":"level:ERROR and a","language":"kuery"}`, `level:ERROR AND a`},
		{`{"query":"","language":"kuery"}`, ``}, {`{"language":"kuery"}`, ``}, {`null`, ``}, {`"level:ERROR"`, `level:ERROR`},
		{`{"query":{"query_string":{"query":"*","analyze_wildcard":true}},"language":"lucene"}`, ``},
		{`{"query_string":{"query":"a b","default_field":"message"}}`, `message:(a b)`},
		{`{"match_all":{}}`, ``}, {`{}`, ``}, {`{"match_none":{}}`, `NOT *`},
		{`{"match":{"event_type":"smtp_connection"}}`, `event_type:smtp_connection`},
		{`{"match":{"message":{"query":"over quota","operator":"and"}}}`, `message:over AND message:quota`},
		{`{"match":{"message":{"query":"over quota","type":"phrase"}}}`, `message:"over quota"`},
		{`{"match_phrase":{"log_message":"over quota"}}`, `log_message:"over quota"`},
		{`{"bool":{"should":[{"match":{"event_type":"queue_processing"}},{"match":{"event_type":"message_delivery"}}]}}`, `event_type:queue_processing OR event_type:message_delivery`},
		{`{"bool":{"must":[{"term":{"a":1}}],"must_not":{"term":{"b":true}},"should":[{"term":{"c":"x"}}]}}`, `a:1 AND (NOT b:true)`},
		{`{"bool":{"filter":[{"terms":{"level":["ERROR","FATAL"]}}],"should":[{"term":{"c":"x"}},{"term":{"d":"x"}}],"minimum_should_match":1}}`, `(level:ERROR OR level:FATAL) AND (c:x OR d:x)`},
		{`{"exists":{"field":"bounce_reason"}}`, `_exists_:reply`},
		{`{"exists":{"field":"retry_count"}}`, `_exists_:attempt OR _exists_:retry_count`},
		{`{"range":{"@timestamp":{"gte":"now-1h"}}}`, `@timestamp:[now-1h TO *]`},
		{`{"range":{"@timestamp":{"gt":1700000000000,"lte":1700000001000,"format":"epoch_millis"}}}`, `@timestamp:{"2023-11-14T22:13:20.000Z" TO "2023-11-14T22:13:21.000Z"]`},
		{`{"range":{"size":{"from":5,"to":6,"include_upper":false}}}`, `size:[5 TO 6}`},
		{`{"prefix":{"queue_id":"4Z*"}}`, `queue_id:4Z\**`},
		{`{"wildcard":{"sender":{"value":"*@a.example"}}}`, `sender:*@a.example`},
		{`{"regexp":{"host":"mx[0-9]+/x"}}`, `host:/mx[0-9]+\/x/`},
		{`{"ids":{"values":["a","b"]}}`, `event_id:a OR event_id:b`},
		{`{"constant_score":{"filter":{"term":{"a":"b"}}}}`, `a:b`},
		{`{"multi_match":{"query":"refused","type":"phrase","lenient":true}}`, `"refused"`},
		{`{"geo_distance":{"distance":"1km","p":[0,0]}}`, "!"}, {`{"script":{"script":"x"}}`, "!"}, {`{"match":{"a":{"query":"x","fuzziness":2}}}`, "!"},
		{`{"term":{"a":["x"]}}`, "!"}, {`{"term":{"a":1},"match":{"b":2}}`, "!"}, {`{"esql":"FROM x"}`, "!"}, {`{"query":"x","language":"eql"}`, "!"}, {`[1]`, "!"}, {`7`, "!"},
		{`{"query_string":{"query":"a b","default_operator":"AND"}}`, "!"}, {`{"range":{"a":{"gte":1,"time_zone":"-05:00"}}}`, "!"},
		{`{"bool":{"should":[{"term":{"a":1}},{"term":{"a":2}},{"term":{"a":3}}],"minimum_should_match":2}}`, "!"},
		{strings.Repeat(`{"bool":{"must":`, 100) + `{}` + strings.Repeat(`}}`, 100), "!"},
		{`{"terms":{"a":[` + strings.Repeat(`"x",`, 1000) + `"x"]}}`, "!"},
	} {
		got, err := FromQuery(json.RawMessage(c.query))
		switch {
		case c.want == "!" && err == nil:
			t.Errorf("%.100s: %s, want an error", c.query, got.Query())
		case c.want != "!" && (err != nil || got.Query() != c.want):
			t.Errorf("%.100s: %s %v, want %s", c.query, got.Query(), err, c.want)
		}
	}
}

func TestFilters(t *testing.T) {
	for _, c := range []struct{ filter, want string }{
		{`{"meta":{"type":"phrase","key":"level","negate":false,"disabled":false},"query":{"match_phrase":{"level":"ERROR"}},"$state":{"store":"appState"}}`, `level:"ERROR"`},
		{`{"meta":{"negate":true},"query":{"match":{"level":{"query":"ERROR","type":"phrase"}}}}`, `NOT level:"ERROR"`},
		{`{"meta":{"disabled":true},"query":{"script":{}}}`, ``},
		{`{"meta":{"type":"exists"},"exists":{"field":"sender"}}`, `_exists_:sender`},
		{`{"meta":{"type":"range"},"range":{"size":{"gte":10,"lt":20}}}`, `size:[10 TO 20}`},
		{`{"meta":{"type":"phrases"},"query":{"bool":{"should":[{"match_phrase":{"level":"ERROR"}},{"match_phrase":{"level":"WARN"}}],"minimum_should_match":1}}}`, `level:"ERROR" OR level:"WARN"`},
		{`{"meta":{"type":"custom","key":"query"},"query":{"query_string":{"query":"a OR b"}}}`, `a OR b`},
		{`{"meta":{"type":"combined","relation":"OR","params":[{"meta":{},"query":{"term":{"a":1}}},{"meta":{"negate":true},"exists":{"field":"b"}}]}}`, `a:1 OR (NOT _exists_:b)`},
		{`{"query":{"match_all":{}},"meta":{}}`, ``},
		{`{"meta":{}}`, "!"}, {`{"meta":{"type":"spatial_filter"},"query":{"geo_shape":{}}}`, "!"}, {`"x"`, "!"}, {`{"meta":"x","query":{}}`, "!"},
	} {
		got, err := FromFilter(json.RawMessage(c.filter), 0)
		switch {
		case c.want == "!" && err == nil:
			t.Errorf("%s: %s, want an error", c.filter, got.Query())
		case c.want != "!" && (err != nil || got.Query() != c.want):
			t.Errorf("%s: %s %v, want %s", c.filter, got.Query(), err, c.want)
		}
	}
}

func TestSources(t *testing.T) {
	s, err := ReadSource(json.RawMessage(`"{\"index\":\"elemta-bounce-*\",\"query\":{\"query\":\"a:1 or b:2\",\"language\":\"kuery\"},\"filter\":[{\"meta\":{\"negate\":true},\"exists\":{\"field\":\"c\"}}]}"`))
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Condition()
	if err != nil || c.Query() != `(a:1 OR b:2) AND (NOT _exists_:c)` {
		t.Errorf("%s %v", c.Query(), err)
	}
	if id, _ := s.IndexID(); id != "elemta-bounce-*" {
		t.Errorf("index %q", id)
	}
	if _, err := ReadSource(json.RawMessage(`"{"`)); err == nil {
		t.Error("broken JSON is read")
	}
}

func TestIndex(t *testing.T) {
	for pattern, want := range map[string]string{"filebeat-*": `index:filebeat-* OR (NOT _exists_:index)`, "*": `_exists_:index OR (NOT _exists_:index)`, "-x": "!", "a:b": "!", "": "!", "remote:x": "!"} {
		got, ok := Index(pattern)
		if ok != (want != "!") || ok && got.Query() != want {
			t.Errorf("%s: %s %v", pattern, got.Query(), ok)
		}
	}
}

// FuzzKQL wants every query to be translated, or refused with a reason.
func FuzzKQL(f *testing.F) {
	for _, s := range []string{`a:1 and not (b:x* or "c d")`, `a >= 5`, `a:(1 or (2 and not 3))`, `\u00e1\*:*`, `not`, `a:b c d`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := fromKQL(text)
		if err == nil && c.text == "" || err != nil && err.Error() == "" {
			t.Errorf("%q: %q %v", text, c.text, err)
		}
		if len(c.text) > 100*len(text)+100 {
			t.Errorf("%d bytes became %d", len(text), len(c.text))
		}
	})
}

// FuzzSource does the same for stored queries and filters.
func FuzzSource(f *testing.F) {
	for _, s := range []string{
		`{"index":"x","query":{"query":"a","language":"kuery"},"filter":[{"meta":{"negate":true},"query":{"match":{"a":"b"}}}]}`,
		`{"query":{"bool":{"must":[{"range":{"@timestamp":{"gte":"now-1h"}}}],"should":{"terms":{"a":[1,true,null]}}}}}`,
		`"{\"query\":{}}"`, `{"filter":[{"meta":{"type":"combined","params":[{}]}}]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ReadSource(json.RawMessage(text))
		if err != nil {
			return
		}
		s.IndexID()
		if c, err := s.Condition(); err == nil && c.text == "" {
			t.Errorf("%q became nothing", text)
		}
	})
}
