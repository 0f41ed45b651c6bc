package lifecycle

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
)

var now = time.Date(2026, 3, 2, 9, 30, 0, 0, time.UTC)

func content() *cluster.Content {
	return &cluster.Content{
		Indices: map[string]*cluster.Index{}, DataStreams: map[string]*cluster.DataStream{}, Templates: map[string]json.RawMessage{},
		ComponentTemplates: map[string]json.RawMessage{}, LegacyTemplates: map[string]json.RawMessage{}, Policies: map[string]*cluster.Policy{},
		AllSettings: map[string]string{},
	}
}

func book(c *cluster.Content) *names.Book {
	return names.New(names.Options{
		Days:    func() []string { return []string{"2026-03-01", "2026-03-02"} },
		Content: func() *cluster.Content { return c }, Now: func() time.Time { return now },
	})
}

func policy(t *testing.T, body string) *cluster.Policy {
	t.Helper()
	text, err := ReadPolicy([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return &cluster.Policy{Body: text, Version: 1}
}

// TestTheSeedsPolicy: a delete phase without actions deletes the days whose
// name the policy has.
func TestTheSeedsPolicy(t *testing.T) {
	t.Parallel()
	c := content()
	c.Policies["elemta-logs-policy"] = policy(t, `{"policy":{"phases":{"delete":{"min_age":"30d"}}}}`)
	c.Indices["mail"] = &cluster.Index{}
	rules := Rules(c, book(c))
	if len(rules) != 1 || rules[0].KeepFor != 30*24*time.Hour {
		t.Fatalf("rules %+v", rules)
	}
	day := event.Event{Time: now.UnixNano()}
	own := event.Event{Time: now.UnixNano()}
	own.Add(event.Index, "mail")
	if !query.Match(rules[0].Filter, &day) || query.Match(rules[0].Filter, &own) {
		t.Errorf("the rule reaches the wrong events: %+v", rules[0].Filter)
	}
	if c.LifecycleStopped = true; len(Rules(c, book(c))) != 0 {
		t.Error("a stopped lifecycle removes")
	}
}

// TestPrecedence: settings beat templates, templates beat names.
func TestPrecedence(t *testing.T) {
	t.Parallel()
	c := content()
	for _, name := range []string{"web", "web-policy", "t", "legacy", "own", "all"} {
		c.Policies[name] = policy(t, `{"policy":{"phases":{"delete":{"min_age":"1d","actions":{"delete":{}}}}}}`)
	}
	c.Indices["web-1"] = &cluster.Index{}
	index := names.Index{Name: "web-1", Kind: names.Own, Meta: c.Indices["web-1"]}
	want := func(policy string) {
		t.Helper()
		if got := PolicyOf(c, index); got != policy {
			t.Errorf("the policy is %q, want %q", got, policy)
		}
	}
	want("web")
	c.LegacyTemplates["l"] = json.RawMessage(`{"index_patterns":["web*"],"settings":{"index":{"lifecycle":{"name":"legacy"}}}}`)
	want("legacy")
	c.ComponentTemplates["base"] = json.RawMessage(`{"template":{"settings":{"index.lifecycle.name":"t"}}}`)
	c.Templates["x"] = json.RawMessage(`{"index_patterns":["web-*"],"composed_of":["base"],"priority":5}`)
	want("t")
	c.AllSettings[policySetting] = "all"
	want("all")
	c.Indices["web-1"].Settings = map[string]string{policySetting: "own"}
	want("own")
}

func TestPoliciesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		``: "body is required", `{}`: "[policy]", `{"policy":{}}`: "[phases]", `{"policy":{"phases":{"tepid":{}}}}`: "[tepid]",
		`{"policy":{"phases":{"delete":{"min_age":"soon"}}}}`:                        "[min_age]",
		`{"policy":{"phases":{"delete":{"min_age":"-1d"}}}}`:                         "[min_age]",
		`{"policy":{"phases":{"delete":{"actions":{"rollover":{}}}}}}`:               "invalid action [rollover] defined in phase [delete]",
		`{"policy":{"phases":{"hot":{"actions":{"explode":{}}}}}}`:                   "[explode]",
		`{"policy":{"phases":{"hot":{"actions":{"readonly":{}}}}}}`:                  "[readonly] action(s) may not be used",
		`{"policy":{"phases":{"warm":{"min_age":"10s"},"delete":{"min_age":"5s"}}}}`: "run the delete phase (min_age: 5s) before the warm phase (min_age: 10s)",
		`{"policy":{"phases":{"hot":null}}}`:                                         "must be an object",
		`{"policy":{"phases":{"delete":{}},"extra":1}}`:                              "unknown field [extra]",
		`{"policy":[]}`: "lifecycle_policy", `[1`: "put_lifecycle_request",
	} {
		_, err := ReadPolicy([]byte(body))
		var m *Mistake
		if !errors.As(err, &m) || m.Type == "" || !strings.Contains(m.Reason, want) {
			t.Errorf("%s gives %v, want %s", body, err, want)
		}
	}
	p := policy(t, `{"policy":{"phases":{"hot":{"actions":{"rollover":{"max_size":"50gb"}}},"delete":{"min_age":"1d","actions":{"wait_for_snapshot":{"policy":"x"}}}}}}`)
	if _, deletes := deleteAfter(p.Body); deletes {
		t.Error("a phase that only waits deletes")
	}
}

func TestOverlap(t *testing.T) {
	t.Parallel()
	for pair, want := range map[string]bool{"a*,ab*": true, "a*,b*": false, "*b,a*": true, "ab,ab": true, "ab,abc": false, "*a*,*b*": true, "a*c,ab*d": false, "*,x": true} {
		p, q := strings.Split(pair, ",")[0], strings.Split(pair, ",")[1]
		if overlap(p, q) != want || overlap(q, p) != want {
			t.Errorf("%s: %v", pair, !want)
		}
	}
}

func TestBeginnings(t *testing.T) {
	t.Parallel()
	c := content()
	c.Templates["streams"] = json.RawMessage(`{"index_patterns":["logs-*"],"data_stream":{},"template":{"settings":{"index":{"number_of_replicas":"2"}},"lifecycle":{"data_retention":"7d"}}}`)
	yes, no := true, false
	c.Indices["w-1"] = &cluster.Index{Aliases: map[string]*cluster.Alias{"w": {Write: &no}, "one": {}, "two": {}}}
	c.Indices["w-2"] = &cluster.Index{Aliases: map[string]*cluster.Alias{"w": {Write: &yes}, "two": {}}}
	for alias, want := range map[string]string{"w": "w-2", "one": "w-1", "none": ""} {
		if got, err := WriteIndex(c, alias); err != nil || got != want {
			t.Errorf("%s is written to %q, %v, want %q", alias, got, err, want)
		}
	}
	if got, err := WriteIndex(c, "two"); err == nil {
		t.Errorf("an alias of two indices is written to %q", got)
	}
	if err := NewDataStream(c, "metrics", now); err == nil {
		t.Error("a data stream without a template was made")
	}
	if err := NewDataStream(c, "logs-x", now); err != nil {
		t.Fatal(err)
	}
	const first = ".ds-logs-x-2026.03.02-000001"
	if s := c.Indices[first]; s == nil || s.Settings["index.number_of_replicas"] != "2" || !s.Hidden || s.DataStream != "logs-x" {
		t.Errorf("the backing index: %+v", s)
	}
	if next := AddBacking(c, "logs-x", now); next != ".ds-logs-x-2026.03.02-000002" || !slices.Equal(c.DataStreams["logs-x"].Backing, []string{first, next}) {
		t.Errorf("the next one: %s of %v", next, c.DataStreams["logs-x"].Backing)
	}
	rules := Rules(c, book(c))
	if len(rules) != 1 || rules[0].KeepFor != 7*24*time.Hour {
		t.Errorf("the lifecycle of the stream gives %+v", rules)
	}
}

func TestLifecyclesThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{`{"data_retention":"soon"}`, `{"data_retention":"1ms"}`, `{"downsampling":[{}]}`, `{"nonsense":1}`, `[]`} {
		if l, err := ReadLifecycle([]byte(bad)); err == nil {
			t.Errorf("%s gives %+v", bad, l)
		}
	}
}

func FuzzReadPolicy(f *testing.F) {
	f.Add([]byte(`{"policy":{"phases":{"hot":{"min_age":"0ms","actions":{"rollover":{"max_age":"30d"}}},"delete":{"min_age":"30d"}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		body, err := ReadPolicy(text)
		if err != nil {
			return
		}
		if _, err := ReadPolicy([]byte(`{"policy":` + string(body) + `}`)); err != nil {
			t.Errorf("what %q was read to cannot be read: %v in %s", text, err, body)
		}
	})
}

func FuzzReadTemplate(f *testing.F) {
	f.Add([]byte(`{"index_patterns":["a*"],"template":{"settings":{"number_of_shards":1,"index":{"hidden":true}},"aliases":{"x":{}}}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		tpl, err := Read[Template]("index_template", text)
		if err == nil && tpl.Template.Normalise() == nil {
			if _, err := json.Marshal(tpl); err != nil {
				t.Errorf("%q cannot be written: %v", text, err)
			}
		}
	})
}
