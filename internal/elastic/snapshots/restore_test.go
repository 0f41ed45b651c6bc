package snapshots

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"rastro/internal/elastic/cluster"
)

func TestRestoreWhatWasDeleted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(5, 2)
	b.ok("PUT", "/_snapshot/r", makeRepo)
	b.ok("PUT", "/_snapshot/r/s?wait_for_completion=true", "")
	before := b.all()
	b.fails("POST", "/_snapshot/r/s/_restore", "", 500, "snapshot_restore_exception", "an open index with same name already exists")
	b.erase("elemta-logs-2026.03.01,mine")
	if n := b.count("*"); n != 10 {
		t.Fatalf("%d events are left", n)
	}
	a := b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", `{"indices":"elemta-logs-2026.03.01,mine"}`)
	if a.At("snapshot", "snapshot") != "s" || fmt.Sprint(a.At("snapshot", "indices")) != "[elemta-logs-2026.03.01 mine]" || a.At("snapshot", "shards", "successful") != 2.0 {
		t.Errorf("restored: %s", a.Text)
	}
	if after := b.all(); after != before {
		t.Errorf("after the restore there are\n%s\nwant\n%s", after, before)
	}
	if i := b.node.Cluster.Content().Indices["mine"]; i == nil || i.Settings["index.codec"] != "x" || i.Aliases["m"] == nil || i.UUID == "u" {
		t.Errorf("the settings came back as %+v", i)
	}
	for key := range b.journal.Positions() {
		if strings.HasPrefix(key, "restore/") {
			t.Errorf("the position %s is left", key)
		}
	}
	b.fails("POST", "/_snapshot/r/s/_restore", `{"indices":"none"}`, 404, "index_not_found_exception", "[none]")
	b.fails("POST", "/_snapshot/r/none/_restore", "", 404, "snapshot_missing_exception", "[r:none] is missing")
	b.fails("POST", "/_snapshot/x/s/_restore", "", 404, "repository_missing_exception", "[x] missing")
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", `{"indices":"none","ignore_unavailable":true}`)
}

// all lists every event without its number, in an order of its own.
func (b *bench) all() string {
	b.t.Helper()
	return b.list("*", true)
}

func TestRestoreUnderAnotherName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(5, 2)
	b.ok("PUT", "/_snapshot/r", makeRepo)
	b.ok("PUT", "/_snapshot/r/s?wait_for_completion=true", "")
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", `{
		"indices":"elemta-*,mine","rename_pattern":"(elemta-logs|mine)(.*)","rename_replacement":"restored_$1$2",
		"index_settings":{"number_of_replicas":0},"ignore_index_settings":["index.codec"],"include_aliases":false}`)
	for index, want := range map[string]int64{
		"restored_elemta-logs-2026.03.01": 5, "restored_elemta-logs-2026.03.03": 5, "restored_mine": 6,
		"elemta-logs-2026.03.01": 5, "mine": 6, "restored_*": 21, "*": 42,
	} {
		if n := b.count(index); n != want {
			t.Errorf("%s has %d events, want %d", index, n, want)
		}
	}
	if was, now := b.list("mine", false), b.list("restored_mine", false); was != now {
		t.Errorf("the events are\n%s\nwant\n%s", now, was)
	}
	i := b.node.Cluster.Content().Indices["restored_mine"]
	if i == nil || i.Settings["index.number_of_replicas"] != "0" || i.Settings["index.number_of_shards"] != "1" || i.Settings["index.codec"] != "" || i.Aliases != nil {
		t.Errorf("the settings are %+v", i)
	}
	b.fails("POST", "/_snapshot/r/s/_restore", `{"rename_pattern":".+","rename_replacement":"same"}`, 500, "snapshot_restore_exception", "renamed into the same index [same]")
	b.fails("POST", "/_snapshot/r/s/_restore", `{"indices":"mine","rename_pattern":"mine","rename_replacement":"elemta-logs-2026.03.09"}`, 400, "illegal_argument_exception", "is the index of a day")
	b.fails("POST", "/_snapshot/r/s/_restore", `{"indices":"mine","rename_pattern":"mine","rename_replacement":"Bad"}`, 400, "invalid_index_name_exception", "lowercase")
	b.fails("POST", "/_snapshot/r/s/_restore", `{"indices":"mine","rename_pattern":"(","rename_replacement":"x"}`, 400, "illegal_argument_exception", "[rename_pattern]")
	b.fails("POST", "/_snapshot/r/s/_restore", `{"indices":"mine","rename_pattern":"m","rename_replacement":"$9"}`, 400, "illegal_argument_exception", "[rename_replacement]")
	// The day may come back although events of its time are in another index.
	b.erase("elemta-logs-2026.03.01")
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", `{"indices":"elemta-logs-2026.03.01"}`)
	if n := b.count("elemta-logs-2026.03.01"); n != 5 {
		t.Errorf("the day has %d events", n)
	}
}

func TestRestoreOverAClosedIndex(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(3, 2)
	b.ok("PUT", "/_snapshot/r", makeRepo)
	b.ok("PUT", "/_snapshot/r/s?wait_for_completion=true", `{"indices":"mine"}`)
	b.add(0, 1) // not in the snapshot
	b.change(func(c *cluster.Content) { c.Indices["mine"].Closed = true })
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", "")
	if i := b.node.Cluster.Content().Indices["mine"]; b.count("mine") != 6 || i.Closed {
		t.Errorf("the index has %d events, and is %+v", b.count("mine"), i)
	}
}

// A restore that stops half-way goes on when it is asked for again, after a
// restart too, and nothing is stored twice; one whose index was deleted
// meanwhile begins at the beginning.
func TestRestoreGoesOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(2500, 0) // more than come at once
	b.ok("PUT", "/_snapshot/r", makeRepo)
	b.ok("PUT", "/_snapshot/r/s?wait_for_completion=true", "")
	before := b.all()
	for _, restart := range []bool{false, true} {
		b.erase("elemta-logs-*")
		b.taken, b.taking = 0, func(n int) error {
			if n == 2 {
				return errors.New("pulled the plug")
			}
			return nil
		}
		b.fails("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", "", 500, "snapshot_restore_exception", "pulled the plug")
		if err := b.belt.Settled(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := b.count("*"); n != 2000 {
			t.Fatalf("%d events were restored", n)
		}
		b.taking = nil
		if restart {
			b.stop()
			b.start()
		}
		b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", "")
		if after := b.all(); after != before {
			t.Error("after going on there are other events")
		}
	}
	// Interrupted, deleted, restored: the position of the first counts no more.
	b.erase("elemta-logs-*")
	b.taken, b.taking = 0, func(n int) error {
		if n == 2 {
			return errors.New("pulled the plug")
		}
		return nil
	}
	b.fails("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", "", 500, "snapshot_restore_exception", "pulled the plug")
	b.erase("elemta-logs-*")
	b.taking = nil
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", "")
	if after := b.all(); after != before {
		t.Error("after beginning again there are other events")
	}
}

func TestRestoreADataStream(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(1, 2)
	b.change(func(c *cluster.Content) {
		c.Indices["mine"].DataStream = "stream"
		c.DataStreams["stream"] = &cluster.DataStream{Generation: 1, Backing: []string{"mine"}}
	})
	b.ok("PUT", "/_snapshot/r", makeRepo)
	a := b.ok("PUT", "/_snapshot/r/s?wait_for_completion=true", "")
	if fmt.Sprint(a.At("snapshot", "data_streams")) != "[stream]" {
		t.Errorf("the data streams are %v", a.At("snapshot", "data_streams"))
	}
	b.erase("mine")
	b.change(func(c *cluster.Content) { delete(c.DataStreams, "stream") })
	// Under another name it is an index like others.
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", `{"indices":"stream","rename_pattern":"mine","rename_replacement":"other"}`)
	if c := b.node.Cluster.Content(); c.DataStreams["stream"] != nil || c.Indices["other"].DataStream != "" {
		t.Errorf("the renamed index is %+v", c.Indices["other"])
	}
	b.ok("POST", "/_snapshot/r/s/_restore?wait_for_completion=true", `{"indices":"str*"}`)
	if c := b.node.Cluster.Content(); c.DataStreams["stream"] == nil || c.Indices["mine"].DataStream != "stream" || b.count("mine") != 6 {
		t.Errorf("restored %+v, %d events", c.DataStreams, b.count("mine"))
	}
}

// No body makes the server fail.
func TestHostileBodies(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.add(1, 1)
	b.ok("PUT", "/_snapshot/r", makeRepo)
	b.ok("PUT", "/_snapshot/r/s?wait_for_completion=true", "")
	bodies := []string{"{", "[]", "null", `"x"`, "7", `{"indices":null}`, `{"indices":{}}`, `{"indices":[null]}`, `{"indices":"<{now"}`, `{"settings":null}`, `{"type":"fs","settings":{"location":null}}`,
		`{"metadata":null}`, `{"include_global_state":null}`, `{"index_settings":{"a":{"b":1}}}`, `{"rename_pattern":"(a|b","rename_replacement":"$"}`, strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000)}
	for _, target := range []string{"PUT /_snapshot/x", "PUT /_snapshot/r/new", "POST /_snapshot/r/s/_restore", "POST /_snapshot/r/_verify", "PUT /_snapshot/%2E%2E", "PUT /_snapshot/r/%2E%2E", "DELETE /_snapshot/r/%2E%2E%2Fx", "GET /_snapshot/r/%2E%2E", "GET /_snapshot/%00/%00"} {
		method, path, _ := strings.Cut(target, " ")
		for _, body := range bodies {
			if a := b.do(method, path, body); a.Code >= 500 && a.At("error", "type") != "snapshot_restore_exception" {
				t.Errorf("%s with %.40s gives %d: %s", target, body, a.Code, a.Text)
			}
		}
	}
}

func TestRename(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ pattern, replacement, name, want string }{
		{"", "", "a", "a"},
		{"(.+)", "restored_$1", "logs", "restored_logs"},
		{"index_(.+)", "restored_index_$1", "index_7", "restored_index_7"},
		{"a", "b", "banana", "bbnbnb"},
		{"(a)(b)", "$2$10", "ab", "ba0"},
		{"(?P<day>[0-9]+)", "d${day}", "x-12", "x-d12"},
		{"x", `\$1\\`, "x", `$1\`},
		{"nothing", "y", "x", "x"},
		{"$", "-old", "x", "x-old"},
	} {
		r, err := newRenamer(test.pattern, test.replacement)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.rename(test.name); got != test.want {
			t.Errorf("%q → %q makes %q of %q, want %q", test.pattern, test.replacement, got, test.name, test.want)
		}
	}
}

func FuzzRename(f *testing.F) {
	f.Add("(.+)", "restored_$1", "logs")
	f.Add("a*", `${x}\`, "aaa")
	f.Fuzz(func(t *testing.T, pattern, replacement, name string) {
		if len(name) > 255 {
			return
		}
		if r, err := newRenamer(pattern, replacement); err == nil {
			r.rename(name)
		}
	})
}
