package kibana

import (
	"encoding/json"
	"strings"
	"testing"

	"rastro/internal/dashboard"
	"rastro/internal/query/kuery"
)

// drawn is what becomes of one visualization: its panel as JSON, or the error.
func drawn(t *testing.T, vis string) string {
	t.Helper()
	var v visState
	if err := json.Unmarshal([]byte(vis), &v); err != nil {
		t.Fatal(err)
	}
	b := builder{find: finderOf(nil), now: noon, prefix: DefaultPrefix}
	d, err := b.draw(v, nil, nil, kuery.Everything)
	if err != nil {
		return "error: " + err.Error()
	}
	d.panel.ID, d.panel.Title.En, d.panel.W, d.panel.H = "p", "x", 1, 1
	if err := dashboard.CheckPanel(d.panel, noon); err != nil {
		return "error: " + err.Error()
	}
	d.panel.ID, d.panel.Title.En, d.panel.W, d.panel.H = "", "", 0, 0
	text, err := json.Marshal(d.panel)
	if err != nil {
		t.Fatal(err)
	}
	out := strings.TrimPrefix(string(text), `{"id":"",`)
	out = strings.Replace(out, `"title":{},"x":0,"y":0,"w":0,"h":0`, "", 1)
	return strings.NewReplacer(",,", ",", ",}", "}").Replace("{"+out) + " " + strings.Join(d.notes, "; ")
}

// TestKinds draws every kind of visualization and aggregation once.
func TestKinds(t *testing.T) {
	const count, terms = `{"type":"count","schema":"metric"}`, `{"type":"terms","schema":"segment","params":{"field":"status","size":3}}`
	const over = `{"type":"date_histogram","schema":"segment","params":{"field":"@timestamp"}}`
	for _, c := range []struct{ vis, want string }{
		{`{"type":"histogram","aggs":[` + count + `,` + over + `]}`, `{"kind":"timeline"} `},
		{`{"type":"line","aggs":[` + count + `,` + terms + `,` + over + `]}`, `{"kind":"timeline","field":"status","size":3} `},
		{`{"type":"area","aggs":[{"type":"sum","params":{"field":"size"}},` + count + `,` + over + `]}`, `{"kind":"timeline","series":[{"title":{"en":"sum size"},"query":"","metric":{"kind":"sum","field":"size","unit":"bytes"}},{"title":{"en":"Count"},"query":""}]} `},
		{`{"type":"horizontal_bar","aggs":[` + count + `,` + terms + `]}`, `{"kind":"bar","field":"status","size":3} `},
		{`{"type":"pie","aggs":[{"type":"avg","params":{"field":"delay"}},` + terms + `]}`, `{"kind":"pie","field":"status","size":3,"metric":{"kind":"avg","field":"delay","unit":"seconds"}} `},
		{`{"type":"tagcloud","aggs":[` + count + `,{"type":"significant_terms","params":{"field":"sender"}}]}`, `{"kind":"bar","field":"sender","size":5} the most frequent values of sender are shown, not the most significant`},
		{`{"type":"table","aggs":[` + count + `,{"type":"histogram","params":{"field":"size","interval":1000}}]}`, `{"kind":"table","field":"size","size":20} each value of size is shown, not intervals of values`},
		{`{"type":"metric","aggs":[{"type":"cardinality","params":{"field":"sender.keyword"}}]}`, `{"kind":"number","metric":{"kind":"cardinality","field":"sender"}} `},
		{`{"type":"metric","aggs":[{"type":"max","params":{"field":"delay"}},{"type":"min","params":{"field":"delay","customLabel":"least"}}]}`, `{"kind":"number","series":[{"title":{"en":"max delay"},"query":"","metric":{"kind":"max","field":"delay","unit":"seconds"}},{"title":{"en":"least"},"query":"","metric":{"kind":"min","field":"delay","unit":"seconds"}}]} `},
		{`{"type":"gauge","aggs":[` + count + `]}`, `{"kind":"number"} `},
		{`{"type":"goal","aggs":[` + count + `,` + terms + `]}`, `{"kind":"bar","field":"status","size":3} `},
		{`{"type":"gauge","aggs":[{"type":"median","params":{"field":"delay"}},{"type":"filters","params":{"filters":[{"input":{"query":"status:bounced","language":"lucene"}}]}}]}`, `{"kind":"number","series":[{"title":{"en":"status:bounced"},"query":"status:bounced","metric":{"kind":"percentile","field":"delay","percent":50,"unit":"seconds"}}]} `},
		{`{"type":"heatmap","aggs":[` + count + `,` + over + `,{"type":"range","params":{"field":"size","ranges":[{"to":10,"label":"small"}]}}]}`, `{"kind":"timeline","series":[{"title":{"en":"small"},"query":"size:[* TO 10}"}]} `},
		{`{"type":"pie","aggs":[` + count + `,{"enabled":false,"type":"geohash_grid"},` + terms + `]}`, `{"kind":"pie","field":"status","size":3} `},
		{`{"type":"histogram","aggs":[` + count + `,{"type":"terms","params":{"field":"retry_count","order":"asc","orderBy":"_key"}}]}`, `{"kind":"bar","field":"attempt","size":5} attempts are shown, which are one more than retries`},
		{`{"type":"pie","aggs":[` + count + `,{"type":"terms","params":{"field":"message"}}]}`, `{"kind":"pie","field":"message.keyword","size":5} `},
		{`{"type":"markdown","params":{"markdown":"# Hello"}}`, `{"kind":"text","text":{"en":"# Hello"}} `},
		{`{"type":"markdown","params":{}}`, `error: the text is empty`},
		{`{"type":"pie","aggs":[` + count + `,{"type":"terms","params":{}}]}`, `error: an aggregation names no field; scripts are not taken`},
		{`{"type":"metric","aggs":[{"type":"top_hits","params":{"field":"x"}}]}`, `error: the aggregation top_hits was not taken`},
		{`{"type":"metric","aggs":[{"type":"avg","params":{"field":"sender"}}]}`, `error: panel.metric.field: sender holds no numbers; use a number such as delay or size, or the metric cardinality`},
		{`{"type":"timelion"}`, `error: there is no panel for the kind of visualization "timelion"`},

		{`{"type":"metrics","params":{"type":"timeseries","index_pattern":"elemta-bounce-*","filter":{"query":"level:ERROR","language":"lucene"},"series":[{"label":"all","metrics":[{"type":"count"}],"split_mode":"everything","filter":""},{"label":"slow","metrics":[{"type":"avg","field":"delay"}],"split_mode":"filter","filter":{"query":"delay > 5","language":"kuery"}}]}}`,
			`{"kind":"timeline","query":"mta_flow:bounce AND (level:ERROR)","series":[{"title":{"en":"all"},"query":""},{"title":{"en":"slow"},"query":"delay:{5 TO *]","metric":{"kind":"avg","field":"delay","unit":"seconds"}}]} `},
		{`{"type":"metrics","params":{"type":"top_n","series":[{"metrics":[{"type":"count"}],"split_mode":"terms","terms_field":"sender","terms_size":"7"}]}}`, `{"kind":"bar","field":"sender","size":7} `},
		{`{"type":"metrics","params":{"type":"metric","series":[{"metrics":[{"type":"percentile","field":"delay","percentiles":[{"value":"95"}]}]}]}}`, `{"kind":"number","series":[{"title":{"en":"percentile delay"},"query":"","metric":{"kind":"percentile","field":"delay","percent":95,"unit":"seconds"}}]} `},
		{`{"type":"metrics","params":{"type":"table","pivot_id":"recipient","pivot_rows":"4","series":[{"metrics":[{"type":"count"}]},{"metrics":[{"type":"math"}]}]}}`, `{"kind":"table","field":"recipient","size":4} of the columns of the table the first is shown`},
		{`{"type":"metrics","params":{"type":"timeseries","series":[{"label":"r","metrics":[{"type":"count"},{"type":"derivative"}]}]}}`, `error: the series "r" is computed from several metrics, which has no panel here`},
		{`{"type":"metrics","params":{"type":"markdown"}}`, `error: there is no panel for time series of the kind "markdown"`},
	} {
		if got := drawn(t, c.vis); got != c.want {
			t.Errorf("%s\nbecame %s\nwant   %s", c.vis, got, c.want)
		}
	}
}
