package elastic

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/elastictest"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/event"
)

var update = flag.Bool("update", false, "write the golden files again")

// whole is a server with everything that it has in the product, on events of
// days and of indices that a client wrote to.
func whole(t *testing.T) *Server {
	t.Helper()
	events := elastictest.Six(t)
	for i, name := range []string{"mail", "mail", "other"} {
		e := event.Event{Time: elastictest.Now.UnixNano() - int64(i)}
		e.Add(event.Message, "a document")
		e.Add(event.Index, name)
		events = append(events, e)
	}
	node, store := elastictest.NodeAndStore(t, events)
	err := node.Cluster.Change(func(c *cluster.Content) error {
		for _, name := range []string{"mail", "other"} {
			lifecycle.NewIndex(c, name, lifecycle.Body{}, node.Now())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	s := New(*node, Options{
		Erase: store.Erase, Folder: "/data", Disk: func() (uint64, uint64, error) { return 50 << 30, 100 << 30, nil },
		Address: func() string { return "127.0.0.1:9200" },
	})
	t.Cleanup(s.Close)
	return s
}

// varying are parts of answers that differ from run to run.
var varying = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`"(uuid|index.uuid|index_uuid|id)": "[A-Za-z0-9_-]{22}"`), `"$1": "UUID"`},
	{regexp.MustCompile(`/[A-Za-z0-9_-]{22}\]`), `/UUID]`},
	{regexp.MustCompile(`(?m) [A-Za-z0-9_-]{22} `), ` UUID `},
	{regexp.MustCompile(`"took": \d+`), `"took": 0`},
}

// TestScripts runs the requests of testdata/*.requests, one after the other on
// one server, and compares the answers with the golden file beside it. A request
// is a line "METHOD path" and a body up to the next empty line.
func TestScripts(t *testing.T) {
	t.Parallel()
	scripts, err := filepath.Glob("testdata/*.requests")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".requests"), func(t *testing.T) {
			t.Parallel()
			script, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := whole(t)
			var out bytes.Buffer
			for request := range strings.SplitSeq(strings.TrimSpace(string(script)), "\n\n") {
				line, body, _ := strings.Cut(request, "\n")
				if strings.HasPrefix(line, "#") {
					fmt.Fprintf(&out, "%s\n\n", request)
					continue
				}
				method, target, _ := strings.Cut(line, " ")
				a := elastictest.Do(t, s, method, target, body)
				if a.Header.Get("X-Elastic-Product") != "Elasticsearch" || a.Code >= 500 {
					t.Errorf("%s: %d, header %v", line, a.Code, a.Header)
				}
				if method == http.MethodHead {
					a.Text, a.Body = "", nil // net/http sends none
				}
				fmt.Fprintf(&out, "%s\n%d\n%s\n\n", line, a.Code, steady(a))
			}
			compareGolden(t, strings.TrimSuffix(path, ".requests")+".golden", out.Bytes())
		})
	}
}

// steady is an answer without what differs from run to run.
func steady(a elastictest.Answer) string {
	text := strings.TrimRight(a.Text, "\n")
	if a.Body != nil && strings.Contains(a.Header.Get("Content-Type"), "json") {
		var b bytes.Buffer
		if json.Indent(&b, []byte(a.Text), "", " ") == nil {
			text = b.String()
		}
	}
	for _, v := range varying {
		text = v.pattern.ReplaceAllString(text, v.instead)
	}
	return text
}

func compareGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range g {
			if i >= len(w) || g[i] != w[i] {
				t.Fatalf("%s: line %d is\n%s\nand was\n%s", path, i+1, g[i], strings.Join(w[min(i, len(w)-1):min(i+1, len(w))], "\n"))
			}
		}
		t.Fatalf("%s: %d lines, and were %d", path, len(g), len(w))
	}
}

// TestEveryRouteTakesHostileRequests sends odd bodies and names to every kind of
// endpoint: none may fail on the server's side.
func TestEveryRouteTakesHostileRequests(t *testing.T) {
	t.Parallel()
	s := whole(t)
	bodies := []string{"", "{", "[]", "null", `"x"`, `{"a":{"b":[{"c":null}]}}`, strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000), `{"settings":null,"mappings":null,"aliases":null}`,
		`{"actions":[{"add":null}]}`, `{"policy":null}`, `{"conditions":null}`, `{"persistent":null}`, `{"template":null,"index_patterns":null}`, `{"index_patterns":[""],"template":{"aliases":{"a":null}}}`}
	paths := []string{"/x", "/x/_settings", "/_settings", "/x/_mapping", "/_aliases", "/x/_alias/y", "/_alias/y", "/x/_rollover", "/_index_template/y", "/_index_template/_simulate", "/_index_template/_simulate_index/z",
		"/_component_template/y", "/_template/y", "/_ilm/policy/y", "/_cluster/settings", "/_cluster/reroute", "/_cluster/allocation/explain", "/_data_stream/y", "/_security/user/_has_privileges", "/_ilm/stop",
		"/mail", "/mail/_close", "/mail/_block/write", "/%3Cx-%7Bnow%7D%3E", "/_all", "/,", "/x%2Fy", "/mail/_settings", "/mail/_mapping", "/mail/_alias/z", "/_alias", "/mail/_alias"}
	for _, method := range []string{http.MethodPut, http.MethodPost, http.MethodGet, http.MethodHead, http.MethodDelete} {
		for _, path := range paths {
			for i, body := range bodies {
				if i > 1 && method != http.MethodPut && method != http.MethodPost {
					break
				}
				a := elastictest.Do(t, s, method, path, body)
				if a.Code >= 500 {
					t.Errorf("%s %s with %.60s: %d %s", method, path, body, a.Code, a.Text)
				}
			}
		}
	}
}
