package query

import (
	"net/netip"
	"regexp"
	"testing"

	"rastro/internal/event"
)

func TestCompileLeafText(t *testing.T) {
	t.Parallel()
	sender, id, message := FieldOf(event.Sender), FieldOf(event.QueueID), FieldOf(event.Message)
	exact := FieldRef{Field: event.Message, Name: "message", Exact: true}
	client, unknown := FieldOf(event.ClientIP), Ref("x_shop")
	loose, whole := unknown, Ref("x_shop.keyword")
	line := "postfix/smtp[77]: 4F2A: to=<Ana@Example.com>, status=deferred (user_unknown, Zürich ÉTÉ)"
	tests := []struct {
		filter Filter
		value  string
		want   bool
	}{
		{Term{sender, "Ana@Example.COM"}, "ana@example.com", true},
		{Term{sender, "ana@example.com"}, "ana@example.com.mx", false},
		{Term{sender, "straße@ÄRGER.example"}, "STRAßE@ärger.example", true},
		{Term{id, "4f2a"}, "4F2A", false},
		{Term{id, "4F2A"}, "4F2A", true},
		{Terms{sender, []string{"a@x", "B@x"}}, "b@X", true},
		{Terms{sender, nil}, "", false},
		{Phrase{Field: sender, Text: "a@x"}, "A@X", true},
		{Term{message, "status=deferred"}, line, true},
		{Term{message, "deferred status"}, line, false},
		{Term{message, "DEFERRED"}, line, true},
		{Term{message, "defer"}, line, false},
		{Term{message, "user unknown"}, line, false},
		{Term{message, "user_unknown"}, line, true},
		{Term{message, "zürich été"}, line, true},
		{Term{message, "ZÜRICH"}, line, true},
		{Term{message, "..."}, line, false},
		{Phrase{Field: message, Text: "deferred status", Slop: 2}, line, true},
		{Phrase{Field: message, Text: "deferred status", Slop: 1}, line, false},
		{Phrase{Field: message, Text: "to com", Slop: 2}, line, true},
		{Phrase{Field: message, Text: "to com", Slop: 1}, line, false},
		{Phrase{Field: message, Text: "status def", Open: true}, line, true},
		{Phrase{Field: message, Text: "status eferred", Open: true}, line, false},
		{Phrase{Field: message, Text: "DEF", Open: true}, line, true},
		{Phrase{Field: message, Text: "...", Open: true}, line, false},
		{Phrase{Field: message, Text: "deferred stat", Slop: 2, Open: true}, line, true},
		{Phrase{Field: message, Text: "deferred stat", Slop: 1, Open: true}, line, false},
		{Phrase{Field: exact, Text: "postfix/", Open: true}, line, true},
		{Phrase{Field: loose, Text: "quick Fox"}, "the quick fox", true},
		{Phrase{Field: loose, Text: "fox quick"}, "the quick fox", false},
		{Phrase{Field: loose, Text: "--"}, "--", true},
		{Phrase{Field: loose, Text: "quick fo", Open: true}, "the quick fox", true},
		{Phrase{Field: whole, Text: "quick"}, "the quick fox", false},
		{Term{loose, "quick"}, "the quick fox", true},
		{Prefix{loose, "qui"}, "the quick fox", true},
		{Prefix{loose, "the q"}, "the quick fox", true},
		{Prefix{whole, "qui"}, "the quick fox", false},
		{Range{loose, Bound{Set: true, Inclusive: true, Text: "192.0.2.9"}, Bound{Set: true, Text: "192.0.2.70"}}, "192.0.2.20", true},
		{Range{loose, Bound{Set: true, Text: "192.0.2.9"}, Bound{}}, "192.0.2.9", false},
		{Range{loose, Bound{Set: true, Inclusive: true, Text: "2001:db8::1"}, Bound{}}, "2001:DB8:0::1", true},
		{Range{loose, Bound{}, Bound{Set: true, Text: "192.0.2.9"}}, "1", true},
		{Wildcard{loose, "qu*k"}, "the quick fox", true},
		{Terms{message, []string{"bounced", "Deferred"}}, line, true},
		{Terms{message, []string{"bounced", "to ana"}}, line, true},
		{Terms{message, []string{"bounced", "to example"}}, line, false},
		{Prefix{message, "DEFER"}, line, true},
		{Prefix{message, "efer"}, line, false},
		{Wildcard{message, "*FERR*"}, line, true},
		{Wildcard{message, "user?unknown"}, line, true},
		{Wildcard{message, "status*deferred"}, line, false},
		{Regexp{message, "", regexp.MustCompile(`(?i)^(?:DEF.*)$`)}, line, true},
		{Regexp{message, "", regexp.MustCompile(`(?i)^(?:DEF)$`)}, line, false},
		{Fuzzy{Field: message, Value: "defered", Distance: 1}, line, true},
		{Fuzzy{Field: message, Value: "defird", Distance: 2}, line, false},
		{Fuzzy{Field: message, Value: "Defered", Distance: 1, Same: 3}, line, true},
		{Fuzzy{Field: message, Value: "eferred", Distance: 1, Same: 1}, line, false},
		{Fuzzy{Field: message, Value: "été", Distance: 1, Same: 9}, line, true},
		{Term{exact, line}, line, true},
		{Term{exact, "deferred"}, line, false},
		{Prefix{exact, "postfix/"}, line, true},
		{Prefix{exact, "Postfix/"}, line, false},
		{Range{message, Bound{Set: true, Inclusive: true, Text: "zz"}, Bound{}}, line, true},
		{Range{sender, Bound{Set: true, Text: "A@x"}, Bound{Set: true, Inclusive: true, Text: "C@x"}}, "c@X", true},
		{Range{sender, Bound{Set: true, Text: "C@x"}, Bound{}}, "c@X", false},
		{Term{client, "2001:DB8::0:1"}, "2001:db8::1", true},
		{Term{client, "192.0.2.1"}, "::ffff:192.0.2.1", true},
		{Term{client, "unknown"}, "UNKNOWN", true},
		{Wildcard{client, "192.0.2.*"}, "192.0.2.77", true},
		{CIDR{client, netip.MustParsePrefix("192.0.2.0/24")}, "192.0.2.200", true},
		{CIDR{client, netip.MustParsePrefix("192.0.2.0/24")}, "::ffff:192.0.2.200", true},
		{CIDR{client, netip.MustParsePrefix("::ffff:192.0.2.0/120")}, "192.0.2.200", true},
		{CIDR{client, netip.MustParsePrefix("192.0.2.0/24")}, "192.0.3.1", false},
		{CIDR{client, netip.MustParsePrefix("2001:db8::/32")}, "2001:db8::1", true},
		{CIDR{client, netip.MustParsePrefix("fe80::/10")}, "fe80::1%eth0", true},
		{CIDR{client, netip.MustParsePrefix("192.0.2.0/24")}, "unknown", false},
		{Range{client, Bound{Set: true, Text: "192.0.2.9"}, Bound{Set: true, Text: "192.0.2.100"}}, "192.0.2.10", true},
		{Range{client, Bound{Set: true, Text: "192.0.2.10"}, Bound{}}, "192.0.2.10", false},
		{Range{client, Bound{Set: true, Text: "nonsense"}, Bound{}}, "192.0.2.10", false},
		{Term{unknown, "Blue"}, "BLUE", true},
		{Range{unknown, Bound{Set: true, Text: "9"}, Bound{}}, "10", true},
		{Range{unknown, Bound{Set: true, Text: "9"}, Bound{}}, "1e1", true},
		{Range{unknown, Bound{Set: true, Text: "b"}, Bound{}}, "10", false},
		{Range{unknown, Bound{Set: true, Text: "b"}, Bound{Set: true, Inclusive: true, Text: "c"}}, "C", true},
		{Fuzzy{Field: sender, Value: "anna@x", Distance: 1}, "ANA@x", true},
		{Fuzzy{Field: sender, Value: "nana", Distance: 1}, "anna", true},
		{Fuzzy{Field: sender, Value: "nana", Distance: 0}, "anna", false},
		{Exists{sender}, "x", true},
	}
	for _, tt := range tests {
		leaf, err := CompileLeaf(tt.filter)
		if err != nil {
			t.Errorf("%#v: %v", tt.filter, err)
			continue
		}
		if got := leaf.MatchText(tt.value); got != tt.want {
			t.Errorf("%#v on %q: got %v", tt.filter, tt.value, got)
		}
		if leaf.MatchBits != nil {
			t.Errorf("%#v: MatchBits is set on a string field", tt.filter)
		}
	}
}
