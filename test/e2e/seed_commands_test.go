package e2e

import (
	"encoding/json"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"rastro/test/seed"
)

// seedServer has the corpora and the seed's lines.
func seedServer(t *testing.T) (*server, *seedLines) {
	t.Helper()
	lines := readSeedLines(t)
	dir := t.TempDir()
	data, file := filepath.Join(dir, "data"), filepath.Join(dir, "logs", "elemta.log")
	importOrigins(t, data, origins(t), true)
	write(t, file, "")
	s := serve(t, data, fmt.Sprintf("sources: [{paths: [%q], zone: UTC, host: mx1}]", file))
	for _, template := range lines.templates {
		appendTo(t, file, lines.stamps.Replace(template)+"\n")
	}
	s.await(fmt.Sprintf("source:%q", file), len(lines.templates))
	return s, lines
}

// typed runs a command of the document in a shell, its ports changed to those
// of the server, and returns what it printed.
func (s *server) typed(command string) string {
	s.t.Helper()
	port := func(address string) string {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			s.t.Fatal(err)
		}
		return "127.0.0.1:" + port
	}
	text := strings.NewReplacer("localhost:9200", port(s.elastic), "localhost:9600", port(s.monitor), "localhost:5601", port(s.ui)).Replace(command)
	out, err := exec.Command("sh", "-c", strings.Replace(text, "curl ", "curl -sS ", 1)).Output()
	if err != nil {
		s.t.Fatalf("%s: %v", command, err)
	}
	return string(out)
}

// answer reads what a command printed as JSON, value by value: what is asked
// for is a path of names and places joined by dots.
type answer struct {
	t    *testing.T
	text string
	body any
}

func (s *server) answerOf(command string) answer {
	s.t.Helper()
	a := answer{t: s.t, text: s.typed(command)}
	if err := json.Unmarshal([]byte(a.text), &a.body); err != nil {
		s.t.Fatalf("%s printed no JSON: %v\n%.500s", command, err, a.text)
	}
	return a
}

func (a answer) at(path string) any {
	v := a.body
	for part := range strings.SplitSeq(path, "/") {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(inner) {
				return nil
			}
			v = inner[i]
		default:
			return nil
		}
	}
	return v
}

// is checks values: path, value, path, value …
func (a answer) is(pairs ...any) {
	a.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		path, _ := pairs[i].(string)
		if got := a.at(path); fmt.Sprint(got) != fmt.Sprint(pairs[i+1]) {
			a.t.Errorf("%s is %v, want %v in\n%.700s", path, got, pairs[i+1], a.text)
		}
	}
}

// seedChecks say what the commands of the document must answer, by what is
// typed. Commands that only start a program are tried by the server itself.
var seedChecks = map[string]func(t *testing.T, s *server, a answer){
	"curl http://localhost:9200/_cluster/health": func(_ *testing.T, _ *server, a answer) {
		a.is("cluster_name", "rastro", "status", "green", "timed_out", false, "number_of_nodes", 1, "number_of_data_nodes", 1, "unassigned_shards", 0, "active_shards_percent_as_number", 100)
	},
	"curl http://localhost:9600/_node/stats/pipelines": func(t *testing.T, s *server, a answer) {
		events := "pipelines/main/events/"
		n := float64(len(seed.Lines()))
		a.is("status", "green", events+"in", n, events+"filtered", n, events+"out", n)
	},
	"curl http://localhost:9600/_node/stats/events": func(t *testing.T, s *server, a answer) {
		a.is("events/in", len(seed.Lines()), "events/out", len(seed.Lines()))
	},
	"curl http://localhost:9600/readyz": func(_ *testing.T, _ *server, a answer) { a.is("ready", true) },
	"curl http://localhost:5601/api/status": func(t *testing.T, _ *server, a answer) {
		a.is("status/overall/level", "available")
		if !strings.Contains(a.text, "available") { // the word that Elemta's script looks for
			t.Errorf("the status is %s", a.text)
		}
	},
	"curl http://localhost:5601/api/sources": func(t *testing.T, _ *server, a answer) {
		if !strings.Contains(a.text, "logs/elemta.log") {
			t.Errorf("the log file is not among the sources: %.500s", a.text)
		}
	},
	"curl http://localhost:5601/api/saved_objects/index-pattern": func(_ *testing.T, _ *server, a answer) {
		a.is("page", 1, "saved_objects/0/type", "index-pattern", "saved_objects/0/attributes/title", "elemta-logs-*", "saved_objects/0/attributes/timeFieldName", "@timestamp")
	},
	`curl "http://localhost:9200/elemta-logs-*/_search?size=10&pretty"`: func(t *testing.T, s *server, a answer) {
		// Elasticsearch counts to 10,000 unless told to count on.
		a.is("timed_out", false, "hits/total/value", 10000, "hits/total/relation", "gte")
		hits, _ := a.at("hits/hits").([]any)
		if len(hits) != 10 || !strings.Contains(a.text, "\n  \"hits\" : {") && !strings.Contains(a.text, "\n  \"hits\": {") {
			t.Errorf("%d hits, want 10 indented ones", len(hits))
		}
		for i := range hits {
			index, _ := a.at(fmt.Sprintf("hits/hits/%d/_index", i)).(string)
			stamp, _ := a.at(fmt.Sprintf("hits/hits/%d/_source/@timestamp", i)).(string)
			if len(stamp) < 10 || index != "elemta-logs-"+strings.ReplaceAll(stamp[:10], "-", ".") {
				t.Errorf("hit %d of %s is in %s", i, stamp, index)
			}
		}
	},
	"_settings":          checkSlowLog,
	"elemta-logs-policy": checkPolicy,
	"_snapshot/backup":   checkSnapshot,
}

// checkSlowLog: the threshold is shown, and a slow query is told of.
func checkSlowLog(t *testing.T, s *server, a answer) {
	a.is("acknowledged", true)
	shown := s.answerOf("curl 'http://localhost:9200/elemta-logs-2024.01.15/_settings?flat_settings=true'")
	shown.is("elemta-logs-2024.01.15/settings/index.search.slowlog.threshold.query.debug", "1s")
	s.answerOf(`curl -X PUT "localhost:9200/_settings" -H 'Content-Type: application/json' -d '{"index.search.slowlog.threshold.query.debug": "0ms"}'`).is("acknowledged", true)
	s.answerOf(`curl 'http://localhost:9200/elemta-logs-*/_search?q=level:ERROR'`)
	eventually(t, 5*time.Second, "the slow query in the log", func() bool { return strings.Contains(s.said(), "level:ERROR") && strings.Contains(s.said(), "took") })
}

// checkPolicy: the policy is shown, and what is older than 30 days goes.
func checkPolicy(t *testing.T, s *server, a answer) {
	a.is("acknowledged", true)
	shown := s.answerOf("curl http://localhost:9200/_ilm/policy/elemta-logs-policy")
	shown.is("elemta-logs-policy/policy/phases/delete/min_age", "30d")
	all := s.count("*")
	recent := s.count("@timestamp:[now-29d TO *]")
	if all == recent || recent == 0 {
		t.Fatalf("%d of %d events are younger than 29 days: the test needs old and new ones", recent, all)
	}
	eventually(t, 30*time.Second, "the old events to go", func() bool { return s.count("@timestamp:[* TO now-32d]") == 0 })
	if n := s.count("@timestamp:[now-29d TO *]"); n < recent {
		t.Errorf("%d of %d young events are left", n, recent)
	}
}

// checkSnapshot: the repository takes a snapshot of every event.
func checkSnapshot(t *testing.T, s *server, a answer) {
	a.is("acknowledged", true)
	s.answerOf("curl http://localhost:9200/_snapshot/backup").is("backup/type", "fs")
	made := s.answerOf(`curl -X PUT "localhost:9200/_snapshot/backup/first?wait_for_completion=true"`)
	made.is("snapshot/snapshot", "first", "snapshot/state", "SUCCESS", "snapshot/shards/failed", 0)
	s.answerOf(`curl -X POST "localhost:9200/_snapshot/backup/_verify"`)
	s.answerOf(`curl http://localhost:9200/_snapshot/backup/_all`).is("snapshots/0/snapshot", "first")
}

// checkOf finds the check of a command.
func checkOf(command string) func(*testing.T, *server, answer) {
	if check := seedChecks[command]; check != nil {
		return check
	}
	for part, check := range seedChecks {
		if !strings.HasPrefix(part, "curl") && strings.Contains(command, part) {
			return check
		}
	}
	return nil
}

func TestTheSeedDocumentsCommands(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("SKIP: curl is not installed")
	}
	s, _ := seedServer(t)
	for _, c := range seed.Commands() {
		if strings.HasPrefix(c.Run(), "rastro ") {
			continue // the server that answers all others was started so
		}
		check := checkOf(c.Run())
		if check == nil {
			t.Errorf("nothing is checked for %q", c.Run())
			continue
		}
		check(t, s, s.answerOf(c.Run()))
	}
}
