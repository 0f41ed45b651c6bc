package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// identity are the fields that say where a line came from and how it was
// wrapped, not what happened.
var identity = []string{"message", "source", "source_id", "offset", "event_id", "received_at"}

// told is what an event says happened, in a form that can be compared: without
// identity and the fields in without, its time cut to the resolution.
func told(t *testing.T, e record, resolution time.Duration, without ...string) string {
	t.Helper()
	e = maps.Clone(e)
	e["@timestamp"] = e.time(t).Truncate(resolution).Format(time.RFC3339Nano)
	for _, name := range slices.Concat(identity, without) {
		delete(e, name)
	}
	text, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// imported imports one form of a log into a folder of its own and returns the
// events in the order of their lines.
func imported(t *testing.T, zone string, paths ...string) []record {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	must(t, slices.Concat([]string{"import", "--data", data, "--zone", zone, "--host", "mx1"}, paths)...)
	bySource := map[string][]record{}
	for _, e := range everything(t, data, "*") {
		bySource[e.text("source")] = append(bySource[e.text("source")], e)
	}
	var all []record
	for _, p := range paths {
		events := inFileOrder(bySource[p])
		if n := len(events); n == 0 {
			t.Fatalf("%s: no events", p)
		}
		all = append(all, events...)
	}
	return all
}

// sameStory fails where two lists of events do not tell the same. Some envelopes
// have a priority, from which a level is taken, others not: a level that the
// original lacks is left out.
func sameStory(t *testing.T, got, want []record, resolution time.Duration, without ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("%d events, the original has %d", len(got), len(want))
	}
	wrong := 0
	for i := range min(len(got), len(want)) {
		if want[i].text("level") == "" {
			delete(got[i], "level")
		}
		g, w := told(t, got[i], resolution, without...), told(t, want[i], resolution, without...)
		if g == w {
			continue
		}
		if wrong++; wrong <= 5 {
			t.Errorf("event %d of %q\n     got %s\noriginal %s", i+1, got[i].text("message"), g, w)
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d events differ", wrong, len(want))
	}
}

const bogota = "America/Bogota"

// plain are the events of mx1's log with stamps of one second, exact those of
// the same log with microseconds.
func plain(t *testing.T) []record { return imported(t, bogota, corpus(t, "mta/hosts/mx1/mail.log")) }
func exact(t *testing.T) []record {
	return imported(t, bogota, corpus(t, "mta/hosts/mx1/mail.rfc3339.log"))
}

func TestEnvelopesChangeNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, host, zone, file string
		resolution             time.Duration
	}{
		{"traditional", "mx1", bogota, "mta/hosts/mx1/mail.log", time.Second},
		{"container", "mx1", bogota, "mta/derived/docker-json.log", time.Second},
		{"journal", "mx1", bogota, "mta/derived/journald.json", time.Nanosecond},
		{"Dovecot, traditional", "store1", bogota, "mta/hosts/store1/mail.log", time.Second},
		{"Dovecot, RFC 5424", "store1", bogota, "mta/hosts/store1/mail.rfc5424-noslash.log", time.Nanosecond},
		{"OpenSMTPD, traditional", "osm1", bogota, "mta/hosts/osm1/mail.log", time.Second},
		{"OpenSMTPD, RFC 5424", "osm1", bogota, "mta/hosts/osm1/mail.rfc5424-noslash.log", time.Nanosecond},
		{"Sendmail, traditional", "smx1", "UTC", "mta/hosts/smx1/mail.log", time.Second},
		{"Sendmail, RFC 5424", "smx1", "UTC", "mta/hosts/smx1/mail.rfc5424-noslash.log", time.Nanosecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			original := imported(t, c.zone, corpus(t, "mta/hosts/"+c.host+"/mail.rfc3339.log"))
			sameStory(t, imported(t, c.zone, corpus(t, c.file)), original, c.resolution)
		})
	}
}

// TestElemtasConsole imports what Elemta prints: the lines of its file, what
// else the console gets, and both as a container's log.
func TestElemtasConsole(t *testing.T) {
	t.Parallel()
	original := imported(t, bogota, corpus(t, elemtaLog))
	logged := map[string]bool{}
	for _, e := range original {
		logged[e.text("log_message")+e.text("@timestamp")] = true
	}
	console := corpus(t, "elemta/dev.stdout.log")
	events := imported(t, bogota, console)
	both := slices.DeleteFunc(slices.Clone(events), func(e record) bool { return !logged[e.text("log_message")+e.text("@timestamp")] })
	if rest := len(events) - len(both); rest == 0 || rest > 100 {
		t.Errorf("%d lines stand on the console only", rest)
	}
	sameStory(t, both, original, time.Nanosecond)

	text, err := os.ReadFile(console)
	if err != nil {
		t.Fatal(err)
	}
	var contained strings.Builder
	for line := range strings.SplitAfterSeq(string(text), "\n") {
		if line == "" {
			continue
		}
		wrapped, err := json.Marshal(map[string]string{"log": line, "stream": "stdout", "time": "2026-11-23T01:00:00Z"})
		if err != nil {
			t.Fatal(err)
		}
		contained.Write(append(wrapped, '\n'))
	}
	file := filepath.Join(t.TempDir(), "c0ffee-json.log")
	write(t, file, contained.String())
	inContainer := imported(t, bogota, file)
	for i := range min(len(events), len(inContainer)) {
		if events[i].tagged("_no_time") { // then the container's stamp counts
			for _, name := range []string{"@timestamp", "tags"} {
				events[i][name], inContainer[i][name] = events[0][name], events[0][name]
			}
		}
	}
	sameStory(t, inContainer, events, time.Nanosecond)
}

// TestWithoutTheDaemonsName imports RFC 5424 headers that lost the part of
// postfix/smtp behind the slash, or the whole name. Everything is told by the
// text alone, but for who removed a message: the queue manager that delivered
// it, or an operator.
func TestWithoutTheDaemonsName(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"mail.rfc5424-noslash.log", "mail.rfc5424.log"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			got, want := imported(t, bogota, corpus(t, "mta/hosts/mx1/"+file)), exact(t)
			few := 0
			for i := range min(len(got), len(want)) {
				wordless := want[i].text("event_type") == "system" && got[i].text("event_type") == "unparsed"
				if wordless {
					few++
				}
				if wordless || want[i].text("component") == "postsuper" {
					for _, name := range []string{"status", "event_type", "dialect", "action"} {
						delete(got[i], name)
						delete(want[i], name)
					}
				}
			}
			if few > 20 { // the starts of Postfix, amavis and postgrey
				t.Errorf("%d lines were not recognized without a name", few)
			}
			sameStory(t, got, want, time.Nanosecond, "program", "component")
		})
	}
}

// TestAllFacilitiesInOneFile imports the file that holds what other programs
// wrote as well.
func TestAllFacilitiesInOneFile(t *testing.T) {
	t.Parallel()
	original := plain(t)
	lines := map[string]bool{}
	for _, e := range original {
		lines[e.text("message")] = true
	}
	all := imported(t, bogota, corpus(t, "mta/hosts/mx1/syslog"))
	mail := slices.DeleteFunc(slices.Clone(all), func(e record) bool { return !lines[e.text("message")] })
	if len(all) == len(mail) {
		t.Error("the file holds nothing of other programs")
	}
	sameStory(t, mail, original, time.Second)
}

func TestTwoHostsInOneFile(t *testing.T) {
	t.Parallel()
	both := slices.Concat(exact(t), imported(t, bogota, corpus(t, "mta/hosts/store1/mail.rfc3339.log")))
	central := imported(t, bogota, corpus(t, "mta/derived/central.rfc3339.log"))
	byLine := func(a, b record) int { return strings.Compare(a.text("message"), b.text("message")) }
	slices.SortFunc(both, byLine)
	slices.SortFunc(central, byLine)
	sameStory(t, central, both, time.Nanosecond)
}

func TestTheYearEnds(t *testing.T) {
	t.Parallel()
	original := plain(t)
	shift := map[string]string{}
	text, err := os.ReadFile(corpus(t, "mta/derived/yearend.shift"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(strings.TrimSpace(string(text)), "\n") {
		name, value, _ := strings.Cut(line, "\t")
		shift[name] = value
	}
	seconds, err := strconv.Atoi(shift["shift_seconds"])
	if err != nil {
		t.Fatal(err)
	}
	years := map[string]int{}
	for _, e := range original {
		at := e.time(t).Add(time.Duration(seconds) * time.Second)
		e["@timestamp"] = at.Format(time.RFC3339Nano)
		years[at.In(time.FixedZone("", -5*3600)).Format("2006")]++
	}
	if len(years) != 2 || years[shift["first_year"]] == 0 || years[shift["second_year"]] == 0 {
		t.Fatalf("the shifted log has the years %v", years)
	}
	// The file is as old as its last line, or was copied half a year later.
	file := filepath.Join(t.TempDir(), "mail.log")
	lines, err := os.ReadFile(corpus(t, "mta/derived/yearend.log"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, string(lines))
	for _, modified := range []time.Time{original[len(original)-1].time(t).Add(time.Second), time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC)} {
		if err := os.Chtimes(file, modified, modified); err != nil {
			t.Fatal(err)
		}
		sameStory(t, imported(t, bogota, file), original, time.Second)
	}
}

func TestRotatedFiles(t *testing.T) {
	t.Parallel()
	dir := filepath.Dir(corpus(t, "mta/derived/rotated/mail.log"))
	inOrder := []string{filepath.Join(dir, "mail.log.2.gz"), filepath.Join(dir, "mail.log.1"), filepath.Join(dir, "mail.log")}
	sameStory(t, imported(t, bogota, inOrder...), plain(t), time.Second)
}

// TestGarbageInBetween imports a log into which lines were inserted that no
// server would write.
func TestGarbageInBetween(t *testing.T) {
	t.Parallel()
	inserted := map[int]string{}
	for _, row := range table(t, corpus(t, "mta/derived/dirty.inserted.tsv")) {
		n, err := strconv.Atoi(row["line"])
		if err != nil {
			t.Fatal(err)
		}
		inserted[n] = row["kind"]
	}
	file := corpus(t, "mta/derived/dirty.rfc3339.log")
	events := imported(t, bogota, file)
	if n := lineCount(t, file); len(events) != n {
		t.Fatalf("%d events of %d lines", len(events), n)
	}
	var rest []record
	for i, e := range events {
		kind, garbage := inserted[i+1]
		if !garbage {
			rest = append(rest, e)
			continue
		}
		switch {
		case e.tagged("_parser_fault"):
			t.Errorf("line %d, %s: a parser failed", i+1, kind)
		case kind == "nul+invalid utf8" && !(e.tagged("_invalid_utf8") && e.tagged("_control_chars")):
			t.Errorf("line %d, %s: tagged %v", i+1, kind, e.texts("tags"))
		case kind == "rsyslog repeated-message reduction" && !e.tagged("_repeated"):
			t.Errorf("line %d, %s: tagged %v", i+1, kind, e.texts("tags"))
		case (kind == "blank" || kind == "spaces") && e.text("event_type") != "unparsed":
			t.Errorf("line %d, %s: %s", i+1, kind, e.text("event_type"))
		case kind == "exact duplicate" && told(t, e, time.Nanosecond) != told(t, events[i-1], time.Nanosecond):
			t.Errorf("line %d, %s: another event than the line before", i+1, kind)
		}
	}
	sameStory(t, rest, exact(t), time.Nanosecond)
}

// TestAlreadyCompressed imports one log plain and compressed: they are the same
// content, so that the second adds nothing.
func TestAlreadyCompressed(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	packed := corpus(t, "mta/derived/rotated/mail.log.2.gz")
	first := must(t, "import", "--data", data, "--zone", bogota, packed)
	again := must(t, "import", "--data", data, "--zone", bogota, packed)
	if !strings.Contains(first, ": 1213 new lines") || !strings.Contains(again, ": 0 new lines") {
		t.Errorf("first %q, again %q", first, again)
	}
	if n := len(everything(t, data, fmt.Sprintf("source:%q", packed))); n != 1213 {
		t.Errorf("%d events of 1213 lines", n)
	}
	if a, b := everything(t, data, "*"), plain(t)[:1213]; !reflect.DeepEqual(a[0].text("message"), b[0].text("message")) {
		t.Errorf("the first line is %q, want %q", a[0].text("message"), b[0].text("message"))
	}
}
