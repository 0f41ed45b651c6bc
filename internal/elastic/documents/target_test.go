package documents

import (
	"encoding/json"
	"strings"
	"testing"

	"rastro/internal/elastic/cluster"
)

// TestTargets resolves what clients write to.
func TestTargets(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	yes, no := true, false
	err := b.node.Cluster.Change(func(c *cluster.Content) error {
		c.Indices["a-1"] = &cluster.Index{UUID: "u1", Aliases: map[string]*cluster.Alias{"a": {}, "both": {}, "w": {Write: &no}}}
		c.Indices["a-2"] = &cluster.Index{UUID: "u2", Aliases: map[string]*cluster.Alias{"both": {}, "w": {Write: &yes}}}
		c.Indices["shut"] = &cluster.Index{Closed: true}
		c.Indices["ro"] = &cluster.Index{Settings: map[string]string{"index.blocks.write": "true"}}
		c.Templates["t"] = json.RawMessage(`{"index_patterns":["logs-*"],"priority":5,"data_stream":{}}`)
		c.Templates["u"] = json.RawMessage(`{"index_patterns":"web-*","composed_of":["c"],"template":{"settings":{"index":{"number_of_shards":3},"codec":"best"},"aliases":{"web-1-all":{}}}}`)
		c.ComponentTemplates["c"] = json.RawMessage(`{"template":{"settings":{"index.codec":"x","lifecycle.name":"p"}}}`)
		c.ClusterSettings["action.auto_create_index"] = "-no*,+*"
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line, target string
		status       float64
		index        string
	}{
		{`{"index":{"_index":"a"}}`, "/_bulk", 201, "a-1"},
		{`{"index":{"_index":"both"}}`, "/_bulk", 400, "both"},
		{`{"index":{"_index":"w"}}`, "/_bulk", 201, "a-2"},
		{`{"index":{"_index":"w"}}`, "/_bulk?require_alias", 201, "a-2"},
		{`{"index":{"_index":"a-1","require_alias":true}}`, "/_bulk", 404, "a-1"},
		{`{"index":{"_index":"shut"}}`, "/_bulk", 400, "shut"},
		{`{"index":{"_index":"ro"}}`, "/_bulk", 403, "ro"},
		{`{"create":{"_index":"logs-x"}}`, "/_bulk", 201, ".ds-logs-x-"},
		{`{"create":{"_index":"logs-x"}}`, "/_bulk?require_data_stream=true", 201, ".ds-logs-x-"},
		{`{"index":{"_index":"logs-x"}}`, "/_bulk", 400, "logs-x"},
		{`{"create":{"_index":"web-1","require_data_stream":true}}`, "/_bulk", 404, "web-1"},
		{`{"index":{"_index":"web-1"}}`, "/_bulk", 201, "web-1"},
		{`{"index":{"_index":"web-1-all"}}`, "/_bulk", 201, "web-1"},
		{`{"index":{"_index":"nothing"}}`, "/_bulk", 404, "nothing"},
		{`{"index":{"_index":"elemta-rejection-2026.11.27"}}`, "/_bulk", 400, "elemta-rejection-2026.11.27"},
		{`{"index":{"_index":"<m-{2026-11-27||/d{yyyy.MM}}>"}}`, "/_bulk", 201, "m-2026.11"},
		{`{"index":{}}`, "/%3Cm-%7B2026-11-27%7C%7C%2Fd%7D%3E/_bulk", 201, "m-2026.11.27"},
		{`{"index":{"_index":"own"}}`, "/other/_bulk", 201, "own"},
	} {
		a := b.bulk(c.target, c.line, `{}`)
		verb := "index"
		if strings.HasPrefix(c.line, `{"create`) {
			verb = "create"
		}
		if index, _ := a.At("items", 0, verb, "_index").(string); a.At("items", 0, verb, "status") != c.status || !strings.HasPrefix(index, c.index) {
			t.Errorf("%s %s: %d %s, want %v in %s", c.target, c.line, a.Code, a.Text, c.status, c.index)
		}
	}
	web := b.node.Cluster.Content().Indices["web-1"]
	if web.Settings["index.number_of_shards"] != "3" || web.Settings["index.codec"] != "best" || web.Settings["index.lifecycle.name"] != "p" || web.Aliases["web-1-all"] == nil {
		t.Errorf("made as %+v", web)
	}
	b.do("POST", "/_refresh", "")
	if n := b.count("logs-x"); n != 2 {
		t.Errorf("the data stream holds %v", n)
	}
}

// TestSecretsOfDocuments: what a document says in its fields is redacted as its
// text is.
func TestSecretsOfDocuments(t *testing.T) {
	t.Parallel()
	b := openBench(t, t.TempDir())
	a := b.do("PUT", "/test/_doc/1?refresh", `{"message":"password=hunter22","user":{"name":"ana","password":"swordfish9"},"note":"he said hunter22"}`)
	if a.Code != 201 {
		t.Fatal(a.Text)
	}
	if doc := b.do("GET", "/test/_doc/1", ""); strings.Contains(doc.Text, "hunter22") || strings.Contains(doc.Text, "swordfish9") {
		t.Errorf("kept: %s", doc.Text)
	}
	if a := b.do("PUT", "/test/_doc/1", `{"message":"password=hunter22","user":{"name":"ana","password":"swordfish9"},"note":"he said hunter22"}`); a.At("result") != "noop" {
		t.Errorf("again: %s", a.Text)
	}
}
