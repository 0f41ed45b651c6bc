package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// clientReport is what a client of Elasticsearch says of its session; see
// test/clients.
type clientReport struct {
	Version         string
	Created, Failed int
	First, Again    int
	Count, Found    int
	Scrolled        int
	Source          record
}

// clientFile are lines for clients to send: 1,500, of which 500 hold the word.
func clientFile(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "mail.log")
	write(t, path, mailLines("needle", someDay(), 500)+mailLines("hay", someDay(), 1000))
	return path
}

// session runs a client's session and checks that both sides agree.
func (s *server) session(index string, command *exec.Cmd, scrolls bool) {
	t := s.t
	t.Helper()
	var said strings.Builder
	command.Stderr = &said
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", command, err, said.String())
	}
	var r clientReport
	if err := json.Unmarshal(out, &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Version == "" || r.Created != 1500 || r.Failed != 0 || r.Count != 1501 || r.Found != 500 || r.First != http.StatusCreated || r.Again != http.StatusConflict {
		t.Errorf("%s: the client says %+v", index, r)
	}
	if scrolls && r.Scrolled != 1501 {
		t.Errorf("%s: %d documents were scrolled through", index, r.Scrolled)
	}
	if n, _ := json.Marshal(r.Source["n"]); string(n) != `{"m":[1,2]}` || r.Source.text("message") != "one document" {
		t.Errorf("%s: read back as %v", index, r.Source)
	}
	if n := s.countIn(index, "needle"); n != 500 {
		t.Errorf("%s holds %d of 500 lines with the word", index, n)
	}
	if n := s.countIn(index, `program:"postfix/smtpd" AND agent.type:*`); n != 1500 {
		t.Errorf("%s: %d of 1500 lines were parsed and have the sender's field", index, n)
	}
}

// countIn counts the events of a query in some indices.
func (s *server) countIn(index, query string) int {
	s.t.Helper()
	body, err := json.Marshal(map[string]any{"query": map[string]any{"query_string": map[string]any{"query": query}}})
	if err != nil {
		s.t.Fatal(err)
	}
	var answer struct{ Count int }
	status, text := s.send(http.MethodPost, "/"+index+"/_count", string(body))
	if status != http.StatusOK || json.Unmarshal([]byte(text), &answer) != nil {
		s.t.Fatalf("counting %s in %s: %d %s", query, index, status, text)
	}
	return answer.Count
}

// send sends a request to port 9200.
func (s *server) send(method, path, body string) (status int, text string) {
	s.t.Helper()
	req, err := http.NewRequest(method, "http://"+s.elastic+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := s.client.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp.StatusCode, string(got)
}

// clients is the folder with the programs of clients.
func clients(t *testing.T, name string) string {
	t.Helper()
	dir, err := filepath.Abs(filepath.Join("..", "clients", name))
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestGoClients lets both versions of the official Go client write and read.
// Compiling them takes minutes, so that it is not done here.
func TestGoClients(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("RASTRO_CLIENTS")
	if dir == "" {
		t.Skip("SKIP: RASTRO_CLIENTS names no folder with the official Go clients; make e2e builds them")
	}
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	for _, version := range []string{"client8", "client9"} {
		path := filepath.Join(dir, version)
		if _, err := os.Stat(path); err != nil {
			t.Skipf("SKIP: the official Go clients were not built: %v", err)
		}
		index := "go-" + version
		s.session(index, exec.Command(path, "http://"+s.elastic, index, clientFile(t), "needle"), false)
	}
	s.stop()
}

var installing sync.Mutex

// nodeClients installs the JavaScript clients, once.
func nodeClients(t *testing.T) (dir string) {
	t.Helper()
	program(t, "node")
	program(t, "npm")
	dir = clients(t, "js")
	installing.Lock()
	defer installing.Unlock()
	wanted, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	if there, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json")); err == nil && !there.ModTime().Before(wanted.ModTime()) {
		return dir
	}
	install := exec.Command("npm", "ci", "--no-audit", "--no-fund")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("SKIP: npm cannot install the JavaScript clients: %v %.500s", err, out)
	}
	return dir
}

// TestJavaScriptClients lets both versions of the official JavaScript client
// write and read.
func TestJavaScriptClients(t *testing.T) {
	t.Parallel()
	dir := nodeClients(t)
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	for _, version := range []string{"8", "9"} {
		index := "js-" + version
		command := exec.Command("node", "session.mjs", version, "http://"+s.elastic, index, clientFile(t), "needle")
		command.Dir = dir
		s.session(index, command, true)
	}
	s.stop()
}

// TestElasticdump copies an index to a file and the file to another server,
// twice: nothing is doubled.
func TestElasticdump(t *testing.T) {
	t.Parallel()
	dir := nodeClients(t)
	work := t.TempDir()
	from, to := serve(t, filepath.Join(work, "from"), ""), serve(t, filepath.Join(work, "to"), "")
	var body strings.Builder
	for i, line := range strings.Split(strings.TrimSuffix(mailLines("needle", someDay(), 700), "\n"), "\n") {
		text, err := json.Marshal(map[string]any{"message": line, "number": i})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&body, "{\"create\":{}}\n%s\n", text)
	}
	if status, text := from.send(http.MethodPost, "/mail/_bulk?refresh=true", body.String()); status != http.StatusOK || !strings.Contains(text, `"errors":false`) {
		t.Fatalf("%d %.500s", status, text)
	}
	dump := filepath.Join(work, "mail.json")
	copied := func(input, output string) {
		t.Helper()
		command := exec.Command("node", filepath.Join("node_modules", "elasticdump", "bin", "elasticdump"), "--input="+input, "--output="+output, "--type=data", "--limit=200")
		command.Dir = dir
		if out, err := command.CombinedOutput(); err != nil {
			t.Fatalf("elasticdump: %v\n%s", err, out)
		}
	}
	copied("http://"+from.elastic+"/mail", dump)
	for range 2 {
		copied(dump, "http://"+to.elastic+"/copy")
	}
	if status, text := to.send(http.MethodPost, "/copy/_refresh", ""); status != http.StatusOK {
		t.Errorf("%d %s", status, text)
	}
	for query, want := range map[string]int{"needle": 700, `program:"postfix/smtpd"`: 700, "number:[0 TO 99]": 100} {
		if a, b := from.countIn("mail", query), to.countIn("copy", query); a != want || b != want {
			t.Errorf("%s: %d there, %d in the copy, want %d", query, a, b, want)
		}
	}
	from.stop()
	to.stop()
}

// TestCurl writes and reads as people do on the command line.
func TestCurl(t *testing.T) {
	t.Parallel()
	curl := program(t, "curl")
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	file := filepath.Join(t.TempDir(), "bulk.ndjson")
	write(t, file, `{"index":{"_index":"elemta-logs-2026.03.01"}}`+"\n"+`{"message":"2026-03-01T12:00:00Z mx1 postfix/qmgr[7]: 4F1A2B3C4D: removed"}`+"\n")
	ask := func(want string, args ...string) {
		t.Helper()
		out, err := exec.Command(curl, append([]string{"-sS"}, args...)...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("curl %s: %v %s, want %s", strings.Join(args, " "), err, out, want)
		}
	}
	base := "http://" + s.elastic
	ask(`"errors":false`, "-XPOST", base+"/_bulk?refresh=true", "-H", "Content-Type: application/x-ndjson", "--data-binary", "@"+file)
	ask(`"count":1`, base+"/elemta-logs-2026.03.01/_count?q=queue_id:4F1A2B3C4D")
	ask(`"result":"created"`, "-XPUT", base+"/notes/_doc/1?refresh", "-H", "Content-Type: application/json", "-d", `{"text":"hello"}`)
	ask(`"text":"hello"`, base+"/notes/_doc/1")
	ask(`"found":false`, base+"/notes/_doc/2")
	ask(`"status":409`, "-XPUT", base+"/notes/_create/1", "-H", "Content-Type: application/json", "-d", `{"text":"hello"}`)
	ask(`"acknowledged":true`, "-XDELETE", base+"/notes")
	ask(`"result":"created"`, "-XPUT", base+"/notes/_create/1?refresh", "-H", "Content-Type: application/json", "-d", `{"text":"again"}`)
	ask(`"count":1`, base+"/notes/_count")
	s.stop()
}

// TestRsyslogOmelasticsearch lets a real rsyslogd send the lines of a Postfix
// host in bulk, into the indices of their days.
func TestRsyslogOmelasticsearch(t *testing.T) {
	t.Parallel()
	rsyslogd := program(t, "rsyslogd")
	if found, _ := filepath.Glob("/usr/lib*/**/rsyslog/omelasticsearch.so"); len(found) == 0 {
		if found, _ = filepath.Glob("/usr/lib*/rsyslog/omelasticsearch.so"); len(found) == 0 {
			t.Skip("SKIP: rsyslog's omelasticsearch (rsyslog-elasticsearch) is not installed")
		}
	}
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	host, port, _ := strings.Cut(s.elastic, ":")
	dir := shortDir(t)
	socket := filepath.Join(dir, "log")
	config := filepath.Join(dir, "rsyslog.conf")
	write(t, config, fmt.Sprintf(`global(workDirectory=%q parser.permitSlashInProgramName="on")
module(load="imuxsock" SysSock.Use="off")
module(load="omelasticsearch")
input(type="imuxsock" Socket=%q RateLimit.Interval="0")
template(name="document" type="list") {
  constant(value="{\"message\":\"") property(name="timestamp" dateFormat="rfc3339") constant(value=" ") property(name="hostname")
  constant(value=" ") property(name="syslogtag" format="json") property(name="msg" format="json") constant(value="\",\"facility\":\"") property(name="syslogfacility-text") constant(value="\"}")
}
template(name="index" type="list") {
  constant(value="elemta-logs-") property(name="timereported" dateFormat="year" date.inUTC="on") constant(value=".")
  property(name="timereported" dateFormat="month" date.inUTC="on") constant(value=".") property(name="timereported" dateFormat="day" date.inUTC="on")
}
if $programname != "rsyslogd" then action(type="omelasticsearch" server=%q serverport=%q template="document" searchIndex="index" dynSearchIndex="on" searchType=""
  bulkmode="on" errorfile=%q queue.type="linkedlist" queue.dequeuebatchsize="200" action.resumeretrycount="-1")
`, dir, socket, host, port, filepath.Join(dir, "errors")))
	daemon(t, rsyslogd, "-n", "-f", config, "-i", filepath.Join(dir, "pid"))
	eventually(t, 20*time.Second, "rsyslogd's socket", func() bool {
		_, err := os.Stat(socket)
		return err == nil
	})
	original := plain(t)[:2000]
	sendSyslog(t, socket, original)
	s.await("facility:mail", len(original))
	sameInAnyOrder(t, without(s.hits("facility:mail", "size=10000"), "facility"), original)
	if text, err := os.ReadFile(filepath.Join(dir, "errors")); err == nil && len(text) > 0 {
		t.Errorf("rsyslogd was refused something: %.500s", text)
	}
	s.stop()
}

// without takes a field out of records.
func without(records []record, field string) []record {
	for _, r := range records {
		delete(r, field)
	}
	return records
}

// TestLogstashHandshake asks what Logstash's elasticsearch output asks before
// it sends, and sends as it does.
func TestLogstashHandshake(t *testing.T) {
	t.Parallel()
	s := serve(t, filepath.Join(t.TempDir(), "data"), "")
	for _, c := range []struct {
		method, path, body string
		status             int
		want               string
	}{
		{"HEAD", "/", "", 200, ""},
		{"GET", "/", "", 200, `"build_flavor":"default"`},
		{"GET", "/_license", "", 200, `"status":"active"`},
		{"GET", "/_xpack", "", 200, `"ilm"`},
		{"HEAD", "/_index_template/ecs-logstash", "", 404, ""},
		{"PUT", "/_index_template/ecs-logstash", `{"index_patterns":["ecs-logstash-*"],"priority":200,"template":{"settings":{"index":{"mapping.total_fields.limit":10000,"refresh_interval":"5s"}}}}`, 200, `"acknowledged":true`},
		{"HEAD", "/_index_template/ecs-logstash", "", 200, ""},
		{"HEAD", "/ecs-logstash", "", 404, ""},
		{"PUT", "/%3Cecs-logstash-%7Bnow%2Fd%7D-000001%3E", `{"aliases":{"ecs-logstash":{"is_write_index":true}}}`, 200, `"acknowledged":true`},
		{"POST", "/_bulk?filter_path=errors,items.*.error,items.*.status", `{"create":{"_index":"ecs-logstash","routing":null}}` + "\n" + `{"message":"2026-03-01T12:00:00Z mx1 postfix/qmgr[7]: 4F1A2B3C4D: removed","@timestamp":"2026-03-01T12:00:05Z","@version":"1","host":{"hostname":"web1"}}` + "\n", 200, `{"errors":false,"items":[{"create":{"status":201}}]}`},
		{"POST", "/_refresh", "", 200, ""},
		{"GET", "/ecs-logstash/_count?q=queue_id:4F1A2B3C4D", "", 200, `"count":1`},
	} {
		if status, text := s.send(c.method, c.path, c.body); status != c.status || !strings.Contains(text, c.want) {
			t.Errorf("%s %s: %d %s, want %d %s", c.method, c.path, status, text, c.status, c.want)
		}
	}
	s.stop()
}

// askJSON sends a body to port 9200 and reads the answer into to.
func (s *server) askJSON(path, body string, to any) {
	s.t.Helper()
	status, text := s.send(http.MethodPost, path, body)
	if status != http.StatusOK {
		s.t.Fatalf("%s: %d %s", path, status, text)
	}
	if err := json.Unmarshal([]byte(text), to); err != nil {
		s.t.Fatalf("%s: %v in %s", path, err, text)
	}
}
