package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rastro/internal/event"
)

const (
	rulesFolder  = "../../packaging/prometheus"
	boardsFolder = "../../packaging/grafana"
)

func TestPromtoolTakesTheRules(t *testing.T) {
	t.Parallel()
	promtool := program(t, "promtool")
	for _, args := range [][]string{
		{"check", "config", "prometheus.yml"},
		{"check", "rules", "--lint=all", "--lint-fatal", "rastro-recording.yml", "rastro-alerts.yml"},
		{"test", "rules", "rastro-tests.yml"},
	} {
		c := exec.Command(promtool, args...)
		c.Dir = rulesFolder
		if out, err := c.CombinedOutput(); err != nil {
			t.Errorf("promtool %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// expressions are all PromQL expressions of the rules and boards, by file.
func expressions(t *testing.T) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	for _, name := range []string{"rastro-recording.yml", "rastro-alerts.yml"} {
		// Expressions are the only places where metrics are named in these files.
		found[name] = []string{readFile(t, filepath.Join(rulesFolder, name))}
	}
	for _, p := range panels(t, "rastro-metrics.json") {
		for _, target := range p.Targets {
			found["rastro-metrics.json"] = append(found["rastro-metrics.json"], target.Expr)
		}
	}
	return found
}

// panel is what tests want to know of a panel of Grafana's.
type panel struct {
	Title   string
	Targets []struct {
		Expr, Query string
		BucketAggs  []struct{ Field string }
		Metrics     []struct{ Field string }
	}
}

func panels(t *testing.T, name string) []panel {
	t.Helper()
	var board struct{ Panels []panel }
	if err := json.Unmarshal([]byte(readFile(t, filepath.Join(boardsFolder, name))), &board); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return board.Panels
}

func readFile(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var (
	metricName = regexp.MustCompile(`[a-zA-Z_:][a-zA-Z0-9_:]*rastro_[a-z0-9_:]+|rastro_[a-z0-9_]+`)
	matcher    = regexp.MustCompile(`(event_type|age|status|reason|kind|level|result|api|dialect)!?=~?"([^"$]+)"`)
	recorded   = regexp.MustCompile(`(?m)- record: (\S+)$`)
)

// TestMetricsOfRulesAndBoardsExist has each metric, and each value of a label,
// that the rules and boards name be one of a running server's.
func TestMetricsOfRulesAndBoardsExist(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := filepath.Join(dir, "mail.log")
	write(t, log, mailLines("counted", time.Now(), 20)+"Mar  1 12:00:00 mx1 odd[1]: nobody understands this\n")
	s := serve(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", log))
	s.await("*", 21)
	_, metrics := s.get(s.monitor, "/metrics", nil)
	var own []string
	for _, m := range recorded.FindAllStringSubmatch(readFile(t, filepath.Join(rulesFolder, "rastro-recording.yml")), -1) {
		own = append(own, m[1])
	}
	if len(own) < 5 {
		t.Fatalf("only %d recorded figures were found", len(own))
	}
	names := map[string]bool{}
	for file, all := range expressions(t) {
		before := len(names)
		for _, expr := range all {
			for _, name := range metricName.FindAllString(expr, -1) {
				names[file+" "+name] = true
				if strings.Contains(name, ":") {
					if !slices.Contains(own, name) {
						t.Errorf("%s names %s, which no rule records", file, name)
					}
					continue
				}
				if !strings.Contains(metrics, "\n"+name+"{") && !strings.Contains(metrics, "\n"+name+" ") {
					t.Errorf("%s names %s, which /metrics lacks", file, name)
				}
			}
			for _, m := range matcher.FindAllStringSubmatch(expr, -1) {
				for value := range strings.SplitSeq(m[2], "|") {
					// Results and levels of the log come with their first case.
					if m[1] != "level" && m[1] != "result" && !strings.Contains(metrics, fmt.Sprintf("%s=%q", m[1], value)) {
						t.Errorf("%s wants %s=%q, which /metrics lacks", file, m[1], value)
					}
				}
			}
		}
		if len(names)-before < 8 {
			t.Errorf("%s names %d metrics only: are its expressions found?", file, len(names)-before)
		}
	}
	if strings.Contains(metrics, "192.0.2.") || strings.Contains(metrics, "host1.example") {
		t.Error("a metric shows what a line says")
	}
}

// TestLogBoardAsksForOurFields asks every query of the board of logs.
func TestLogBoardAsksForOurFields(t *testing.T) {
	t.Parallel()
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	fields, queries := 0, 0
	for _, p := range panels(t, "rastro-logs.json") {
		for _, target := range p.Targets {
			queries++
			text := strings.ReplaceAll(target.Query, "$query", "*")
			if code, body := s.get(s.elastic, "/elemta-logs-*/_search?size=0&q="+url.QueryEscape(text), nil); code != http.StatusOK {
				t.Errorf("%s asks %s: %d %s", p.Title, text, code, body)
			}
			for _, m := range regexp.MustCompile(`([a-z_]+):[^/]`).FindAllStringSubmatch(text, -1) {
				fields++
				if f, _ := event.Lookup(m[1]); f == event.NoField && m[1] != "_exists_" {
					t.Errorf("%s asks for %s, which is no field", p.Title, m[1])
				}
			}
			for _, a := range append(target.BucketAggs, target.Metrics...) {
				if a.Field == "" {
					continue
				}
				fields++
				if f, _ := event.Lookup(a.Field); f == event.NoField {
					t.Errorf("%s counts by %s, which is no field", p.Title, a.Field)
				}
			}
		}
	}
	if fields < 25 || queries < 15 {
		t.Errorf("only %d fields in %d queries: is the board read?", fields, queries)
	}
}

// freePort is a port that nobody listens on now.
func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// prometheus starts a Prometheus on a copy of our files that looks every second
// and does not wait before it fires.
func prometheus(t *testing.T, target string) string {
	t.Helper()
	binary := program(t, "prometheus")
	dir := t.TempDir()
	for _, name := range []string{"prometheus.yml", "rastro-recording.yml", "rastro-alerts.yml"} {
		text := readFile(t, filepath.Join(rulesFolder, name))
		quick := text
		for _, change := range [][2]string{{`127.0.0.1:9600`, target}, {`(scrape|evaluation)_interval: 15s`, "${1}_interval: 1s"}, {`(?m)^        for: .*\n`, ""}} {
			quick = regexp.MustCompile(change[0]).ReplaceAllString(quick, change[1])
		}
		if quick == text && name != "rastro-recording.yml" {
			t.Fatalf("%s was not made quick", name)
		}
		write(t, filepath.Join(dir, name), quick)
	}
	address := freePort(t)
	out, err := os.Create(filepath.Join(dir, "prometheus.log"))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(binary, "--config.file="+filepath.Join(dir, "prometheus.yml"), "--storage.tsdb.path="+filepath.Join(dir, "tsdb"), "--web.listen-address="+address)
	c.Stdout, c.Stderr = out, out
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
		_ = out.Close()
		if t.Failed() {
			t.Logf("what prometheus said:\n%s", readFile(t, out.Name()))
		}
	})
	return "http://" + address
}

// sampled asks Prometheus for the value of an expression; "" for none.
func sampled(t *testing.T, at, expr string) string {
	t.Helper()
	var answer struct {
		Data struct{ Result []struct{ Value [2]any } }
	}
	if !fetched(t, at+"/api/v1/query?query="+url.QueryEscape(expr), &answer) || len(answer.Data.Result) == 0 {
		return ""
	}
	return fmt.Sprint(answer.Data.Result[0].Value[1])
}

// fetched is false while the address does not answer.
func fetched(t *testing.T, address string, to any) bool {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return false
	}
	if err := json.Unmarshal(text, to); err != nil {
		t.Fatalf("%s: %v\n%s", address, err, text)
	}
	return true
}

// TestPrometheusEvaluatesTheRules has a real Prometheus read a real server.
func TestPrometheusEvaluatesTheRules(t *testing.T) {
	t.Parallel()
	program(t, "prometheus")
	dir := t.TempDir()
	log := filepath.Join(dir, "mail.log")
	write(t, log, mailLines("before", time.Now(), 10))
	s := serve(t, filepath.Join(dir, "data"), fmt.Sprintf("sources: [{paths: [%q], zone: UTC}]", log))
	s.await("*", 10)
	at := prometheus(t, s.monitor)
	eventually(t, time.Minute, "up to be 1", func() bool { return sampled(t, at, `up{job="rastro"}`) == "1" })
	if got := sampled(t, at, `rastro_ingest_lines_total`); got != "10" {
		t.Errorf("Prometheus counts %s lines of 10", got)
	}
	firing := func() bool {
		var answer struct {
			Data struct {
				Alerts []struct {
					Labels map[string]string
					State  string
				}
			}
		}
		return fetched(t, at+"/api/v1/alerts", &answer) && slices.ContainsFunc(answer.Data.Alerts, func(a struct {
			Labels map[string]string
			State  string
		}) bool {
			return a.Labels["alertname"] == "RastroErrorRate" && a.State == "firing"
		})
	}
	if firing() {
		t.Error("the alert fires although there was no error")
	}
	fed := 10
	eventually(t, time.Minute, "the alert of errors to fire", func() bool {
		var b strings.Builder
		for range 20 {
			fmt.Fprintf(&b, "%s mx1 postfix/master[%d]: fatal: bind 0.0.0.0 port 25: Address already in use\n", time.Now().UTC().Format(time.RFC3339), fed)
			fed++
		}
		appendTo(t, log, b.String())
		time.Sleep(500 * time.Millisecond)
		return firing()
	})
	s.await("*", fed)
	if got := s.count("is_error:true OR level:(ERROR OR FATAL)"); got != fed-10 {
		t.Errorf("%d of %d errors can be found", got, fed-10)
	}
	eventually(t, 20*time.Second, "Prometheus to count every error", func() bool {
		return sampled(t, at, `sum(rastro_error_events_total{age="live"})`) == fmt.Sprint(fed-10)
	})
	for _, figure := range []string{"instance:rastro_ingest_lines:rate2m", "instance:rastro_error_events:per_minute", "instance:rastro_connection_failures:per_minute"} {
		if got := sampled(t, at, figure); got == "" || figure != "instance:rastro_connection_failures:per_minute" && got == "0" {
			t.Errorf("%s is %q", figure, got)
		}
	}
	s.stop()
	eventually(t, time.Minute, "the alert that Rastro is down", func() bool {
		return sampled(t, at, `ALERTS{alertname="RastroDown",alertstate="firing"}`) == "1"
	})
}
