package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"rastro/test/corpora"
)

// unpacked unpacks the corpora once for all tests.
var unpacked = sync.OnceValues(func() (string, error) {
	dir := filepath.Join(shared, "corpora")
	return dir, corpora.Unpack(dir)
})

// corpus is the path of one file of the archive.
func corpus(t *testing.T, name string) string {
	t.Helper()
	dir, err := unpacked()
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, filepath.FromSlash(name))
}

// table reads a file of tab-separated values with a header.
func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	rows, err := corpora.Table(name)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// lineCount is the number of lines of a file, the last one with or without its
// end.
func lineCount(t *testing.T, name string) int {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	n := strings.Count(string(text), "\n")
	if len(text) > 0 && text[len(text)-1] != '\n' {
		n++
	}
	return n
}

// recordsOf are the records of a file: its lines, those of Exim's logs that
// have no stamp joined to the line before.
func recordsOf(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if base := filepath.Base(name); base != "mainlog" && base != "rejectlog" {
		return lines
	}
	var records []string
	for _, line := range lines {
		if n := len(records); n > 0 && !stamped.MatchString(line) {
			records[n-1] += "\n" + line
		} else {
			records = append(records, line)
		}
	}
	return records
}

// origin is one file of the corpora with what has to be said about it.
type origin struct {
	path, host, zone string
	records          int
}

const elemtaLog = "elemta/dev.log"

// origins are all files of the hosts, and Elemta's.
func origins(t *testing.T) []origin {
	t.Helper()
	var all []origin
	for _, row := range table(t, corpus(t, "mta/sources.tsv")) {
		n, err := strconv.Atoi(row["lines"])
		if err != nil {
			t.Fatal(err)
		}
		path := corpus(t, "mta/"+row["file"])
		if got := lineCount(t, path); got != n {
			t.Errorf("%s has %d lines, its table says %d", path, got, n)
		}
		all = append(all, origin{path: path, host: row["host"], zone: row["timezone"], records: len(recordsOf(t, path))})
	}
	elemta := corpus(t, elemtaLog)
	return append(all, origin{path: elemta, host: "elemta1", zone: "America/Bogota", records: lineCount(t, elemta)})
}

// importOrigins imports files, those of one host and zone with one command, and
// checks that as many records are new as wanted.
func importOrigins(t *testing.T, data string, all []origin, wantNew bool) {
	t.Helper()
	groups := map[string][]origin{}
	for _, o := range all {
		key := o.host + " " + o.zone
		groups[key] = append(groups[key], o)
	}
	for _, group := range groups {
		args := []string{"import", "--data", data, "--host", group[0].host, "--zone", group[0].zone}
		for _, o := range group {
			args = append(args, o.path)
		}
		said := must(t, args...)
		for _, o := range group {
			want := 0
			if wantNew {
				want = o.records
			}
			if !strings.Contains(said, fmt.Sprintf("%s: %d new lines", o.path, want)) {
				t.Errorf("importing %s: want %d new lines\n%s", o.path, want, said)
			}
		}
	}
}

// allHosts is a data folder with every original, imported once for all tests.
var allHosts struct {
	sync.Once
	data string
}

func importedHosts(t *testing.T) string {
	t.Helper()
	allHosts.Do(func() {
		data := filepath.Join(shared, "hosts")
		importOrigins(t, data, origins(t), true)
		allHosts.data = data
	})
	if allHosts.data == "" {
		t.Fatal("the import failed in another test")
	}
	return allHosts.data
}

func TestEveryLineOfTheCorporaIsAnEvent(t *testing.T) {
	data := importedHosts(t)
	importOrigins(t, data, origins(t), false) // a second time
	s := serve(t, data, "")
	for _, o := range origins(t) {
		if n := s.count(fmt.Sprintf("source:%q", o.path)); n != o.records {
			t.Errorf("%s: %d events of %d records", o.path, n, o.records)
		}
	}
	if n := s.count("tags:_parser_fault"); n != 0 {
		t.Errorf("%d lines made a parser fail", n)
	}
	if n := s.count("NOT host:*"); n != 0 {
		t.Errorf("%d events have no host", n)
	}
	if n := s.count("tags:(_future_time OR _past_time OR _zone_unsure)"); n != 0 {
		t.Errorf("%d events have a time that cannot be", n)
	}
	s.stop()
	compareLines(t, data)
}

// stamped matches the beginnings of lines that have a stamp.
var stamped = regexp.MustCompile(`^(<\d+>1 )?(\d{4}-\d\d-\d\d[ T]\d\d:|[A-Z][a-z]{2} [ \d]\d \d\d:|\{"time":")`)

// compareLines checks that the raw lines are what stands in the files, in their
// order, but for secrets.
func compareLines(t *testing.T, data string) {
	t.Helper()
	bySource := map[string][]record{}
	for _, e := range everything(t, data, "*") {
		bySource[e.text("source")] = append(bySource[e.text("source")], e)
	}
	for _, o := range origins(t) {
		lines := recordsOf(t, o.path)
		events := inFileOrder(bySource[o.path])
		if len(lines) != len(events) {
			continue // said before
		}
		for i, e := range events {
			if e.tagged("_no_time") == stamped.MatchString(lines[i]) {
				t.Errorf("%s line %d is tagged %v: %q", o.path, i+1, e.texts("tags"), lines[i])
			}
			if e.text("message") != lines[i] && !e.tagged("_redacted") {
				t.Errorf("%s line %d\n got %q\nwant %q", o.path, i+1, e.text("message"), lines[i])
				break
			}
		}
	}
}

func inFileOrder(events []record) []record {
	offset := func(e record) int64 {
		n, _ := strconv.ParseInt(e.text("offset"), 10, 64)
		return n
	}
	slices.SortStableFunc(events, func(a, b record) int { return int(offset(a) - offset(b)) })
	return events
}

// TestTimesFitTheTruth looks up the first queue id of every message whose fate
// is known, and compares its first event with the time the client sent it.
func TestTimesFitTheTruth(t *testing.T) {
	s := serve(t, copyOf(t, importedHosts(t)), "")
	logs := map[string]string{"postfix": "mta/hosts/mx1/mail.log", "exim": "mta/hosts/ex1/mainlog", "opensmtpd": "mta/hosts/osm1/mail.log", "sendmail": "mta/hosts/smx1/mail.log"}
	seen := 0
	for _, row := range table(t, corpus(t, "mta/truth.tsv")) {
		id, _, _ := strings.Cut(row["queue_ids"], ",")
		if id == "" {
			continue
		}
		seen++
		q := fmt.Sprintf("source:%q AND ", corpus(t, logs[row["mta"]]))
		if row["mta"] == "postfix" {
			q += "queue_id:" + id
		} else {
			q += fmt.Sprintf("%q", id) // a word of the line
		}
		first := s.hits(q, "size=1&sort=@timestamp:asc")
		if len(first) == 0 {
			t.Errorf("%s %s: nothing is found with %s", row["mta"], row["scenario"], q)
			continue
		}
		sent, err := time.Parse(time.RFC3339, row["approx_time"])
		if err != nil {
			t.Fatal(err)
		}
		if late := first[0].time(t).Sub(sent); late < -2*time.Second || late > 5*time.Second {
			t.Errorf("%s %s %s: sent at %v, first event %v later", row["mta"], row["scenario"], id, sent, late)
		}
	}
	if seen < 400 {
		t.Errorf("only %d rows of the truth were checked", seen)
	}
}

// TestElemtasTimesFitTheTruth does the same for the mails that Elemta queued.
func TestElemtasTimesFitTheTruth(t *testing.T) {
	s := serve(t, copyOf(t, importedHosts(t)), "")
	seen := 0
	for _, row := range table(t, corpus(t, "elemta/dev.tsv")) {
		if row["queue_id"] == "" {
			continue
		}
		seen++
		first := s.hits("queue_id:"+row["queue_id"], "size=1&sort=@timestamp:asc")
		if len(first) == 0 {
			t.Errorf("%s: queue id %s is not found", row["scenario"], row["queue_id"])
			continue
		}
		sent, err := time.Parse(time.RFC3339, row["time_utc"])
		if err != nil {
			t.Fatal(err)
		}
		if late := first[0].time(t).Sub(sent); late < -time.Second || late > 30*time.Second {
			t.Errorf("%s %s: sent at %v, first event %v later", row["scenario"], row["queue_id"], sent, late)
		}
	}
	if seen < 100 {
		t.Errorf("only %d rows of the truth were checked", seen)
	}
}

// copyOf copies a data folder, so that a test has one of its own.
func copyOf(t *testing.T, data string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "data")
	if err := os.CopyFS(to, os.DirFS(data)); err != nil {
		t.Fatal(err)
	}
	return to
}
