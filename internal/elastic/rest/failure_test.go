package rest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"rastro/internal/query"
	"rastro/internal/search"
)

func TestLimitsInElasticsearchsWords(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		status int
		parts  []string
	}{
		"memory of a question": {&query.TooBigError{Part: query.PartBuckets, Agg: "a0", Field: "sender", Count: 9, Wanted: 300 << 20, Limit: 256 << 20}, 429, []string{
			`"type":"circuit_breaking_exception"`, `"bytes_wanted":314572800`, `"bytes_limit":268435456`, `"durability":"TRANSIENT"`,
			`[request] Data too large, data for [\u003cagg [sender]\u003e] would be [314572800/300mb], which is larger than the limit of [268435456/256mb]`, "composite",
		}},
		"memory of all":    {&query.TooBigError{Part: query.PartHits, Wanted: 3 << 30, Limit: 2 << 30, Together: true}, 429, []string{`[parent] Data too large, data for [hits]`, `"bytes_limit":2147483648`}},
		"buckets":          {&query.TooBigError{Part: query.PartBuckets, Field: "delay", Most: 65536}, 400, []string{`"type":"too_many_buckets_exception"`, `"max_buckets":65536`, "[65536]"}},
		"another too big":  {fmt.Errorf("%w: 40 levels", query.ErrTooBig), 429, []string{`"type":"circuit_breaking_exception"`, "40 levels"}},
		"no turn":          {&search.BusyError{Answering: 3, Places: 3, Waiting: 7, Queue: 1000, Done: 42}, 429, []string{`"type":"es_rejected_execution_exception"`, "queue capacity = 1000", "active threads = 3, queued tasks = 7, completed tasks = 42"}},
		"no turn, no more": {search.ErrBusy, 429, []string{`"type":"es_rejected_execution_exception"`}},
	} {
		f := AsFailure(fmt.Errorf("aggregating a file: %w", c.err))
		body, err := json.Marshal(f.Whole())
		if err != nil || f.Status != c.status {
			t.Errorf("%s: status %d, want %d; %v", name, f.Status, c.status, err)
		}
		for _, part := range c.parts {
			if !strings.Contains(string(body), part) {
				t.Errorf("%s: no %s in\n%s", name, part, body)
			}
		}
	}
}
