package event

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTableIsWhole(t *testing.T) {
	seen := map[string]Field{}
	for f := NoField + 1; f < FieldCount; f++ {
		info := Describe(f)
		if info.Field != f || info.Name == "" || len(info.Meaning) < 10 {
			t.Errorf("field %d has an incomplete entry: %+v", f, info)
		}
		for _, name := range append([]string{info.Name}, info.Aliases...) {
			if other, taken := seen[strings.ToLower(name)]; taken {
				t.Errorf("%q names both %s and %s", name, other, f)
			}
			seen[strings.ToLower(name)] = f
		}
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]Field{
		"sender": Sender, "mail_from": Sender, "source.ip": ClientIP, "postfix_queueid": QueueID,
		"@timestamp": Timestamp, "LEVEL": Level, "log_message.keyword": LogMessage, "no_such": NoField, "": NoField,
	} {
		f, exact := Lookup(name)
		if f != want || exact != strings.HasSuffix(name, ".keyword") {
			t.Errorf("Lookup(%q) = %v, %v", name, f, exact)
		}
	}
}

func TestValuesOfAnEvent(t *testing.T) {
	var e Event
	e.Add(Recipient, "a@x.example")
	e.Add(Recipient, "b@x.example")
	e.Add(Sender, "")
	e.AddInt(Size, -7)
	e.AddFloat(Delay, 0.25)
	e.AddBool(Success, true)
	e.AddTime(Timestamp, 5)
	e.AddTime(NextRetry, 6)
	e.Tag(TagCut)
	e.Tag(TagCut)
	if got := e.Strs(Recipient); !reflect.DeepEqual(got, []string{"a@x.example", "b@x.example"}) {
		t.Errorf("recipients: %q", got)
	}
	if e.Has(Sender) || !e.Has(Timestamp) || e.Time != 5 || e.Int(NextRetry) != 6 || e.Int(Size) != -7 || e.Float(Delay) != 0.25 || !e.Bool(Success) {
		t.Errorf("values came back changed: %+v", e)
	}
	if n := len(e.Strs(Tags)); n != 1 {
		t.Errorf("%d tags, want 1", n)
	}
	e.Set(Recipient, "c@x.example")
	if got := e.Strs(Recipient); len(got) != 1 || got[0] != "c@x.example" {
		t.Errorf("after Set: %q", got)
	}
}

func TestID(t *testing.T) {
	var e Event
	e.Add(SourceID, "f1")
	e.AddInt(Offset, 42)
	if got := e.ID(); got != "f1@42" {
		t.Errorf("got %q", got)
	}
	e.Add(EventID, "own")
	if got := e.ID(); got != "own" {
		t.Errorf("got %q", got)
	}
}

func TestAppendJSON(t *testing.T) {
	e := Event{Time: 1_700_000_000_123_456_789, ReceivedAt: 1_700_000_001_000_000_000}
	e.Add(Message, "a\x00b\xffc<script>\u2028\"\\")
	e.Add(Recipient, "a@x.example")
	e.Add(Recipient, "b@x.example")
	e.AddInt(Size, 12)
	e.AddBool(Success, false)
	e.Add(SourceID, "f1")
	e.AddInt(Offset, 42)
	e.AddExtra("active", "3")
	e.AddExtra("list", `["x"]`)
	e.AddExtra("active", `"four"`)
	e.AddExtra("size", "99")
	e.AddExtra("broken", `{"a":`)
	text := AppendJSON(nil, &e, nil)
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	want := map[string]any{
		"@timestamp": "2023-11-14T22:13:20.123456789Z", "received_at": "2023-11-14T22:13:21Z",
		"message": "a\x00b\ufffdc<script>\u2028\"\\", "recipient": []any{"a@x.example", "b@x.example"},
		"size": 12.0, "success": false, "source_id": "f1", "offset": 42.0, "event_id": "f1@42",
		"active": []any{3.0, "four"}, "list": []any{"x"}, "extra.size": 99.0, "broken": `{"a":`,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	picked := AppendJSON(nil, &e, func(name string) bool { return name == "size" })
	if s := string(picked); strings.Contains(s, "recipient") || !strings.Contains(s, `"size":12`) || !strings.Contains(s, "event_id") {
		t.Errorf("picked fields: %s", s)
	}
}

func FuzzAppendJSONString(f *testing.F) {
	f.Add("plain")
	f.Add("\xff\u2029\x7f<&>\"\\\n")
	f.Fuzz(func(t *testing.T, s string) {
		text := AppendJSONString(nil, s)
		var got string
		if err := json.Unmarshal(text, &got); err != nil {
			t.Fatalf("%q becomes %s: %v", s, text, err)
		}
		if utf8.ValidString(s) && got != s {
			t.Fatalf("%q comes back as %q", s, got)
		}
	})
}
