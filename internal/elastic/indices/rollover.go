package indices

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"rastro/internal/elastic/cluster"
	"rastro/internal/elastic/inventory"
	"rastro/internal/elastic/lifecycle"
	"rastro/internal/elastic/names"
	"rastro/internal/elastic/rest"
)

// rolled is the answer of _rollover.
type rolled struct {
	Acknowledged       bool            `json:"acknowledged"`
	ShardsAcknowledged bool            `json:"shards_acknowledged"`
	OldIndex           string          `json:"old_index"`
	NewIndex           string          `json:"new_index"`
	RolledOver         bool            `json:"rolled_over"`
	DryRun             bool            `json:"dry_run"`
	Lazy               bool            `json:"lazy"`
	Conditions         map[string]bool `json:"conditions"`
}

// rollover answers POST /{alias or data stream}/_rollover.
func (x *Indices) rollover(w http.ResponseWriter, r *rest.Request) error {
	target := r.PathValue("index")
	dry, err := r.Bool("dry_run", false)
	if err != nil {
		return err
	}
	if lazy, err := r.Bool("lazy", false); err != nil || lazy {
		return cmp.Or(err, error(rest.Illegal("lazy rollover is not supported here")))
	}
	text, err := r.Body()
	if err != nil {
		return err
	}
	conditions, body, err := parseRollover(text)
	if err != nil {
		return err
	}
	plan, err := x.plan(target, r.PathValue("new_index"))
	if err != nil {
		return err
	}
	if !plan.stream {
		if err := x.vacant(x.node.Cluster.Content(), plan.next); err != nil {
			return err
		}
	}
	out := rolled{OldIndex: plan.old, NewIndex: plan.next, DryRun: dry}
	met, err := x.met(r, plan.old, conditions, &out)
	if err != nil {
		return err
	}
	if dry || !met {
		return rest.WriteJSON(w, r, http.StatusOK, out)
	}
	err = x.change(func(c *cluster.Content) error {
		if plan.stream {
			out.NewIndex = lifecycle.AddBacking(c, target, x.node.Now())
			return nil
		}
		roll(c, target, plan, body, x.node.Now())
		return nil
	})
	if err != nil {
		return err
	}
	out.Acknowledged, out.ShardsAcknowledged, out.RolledOver = true, true, true
	return rest.WriteJSON(w, r, http.StatusOK, out)
}

// roll makes the new index of an alias and lets it take documents.
func roll(c *cluster.Content, alias string, p plan, body lifecycle.Body, now time.Time) {
	i := lifecycle.NewIndex(c, p.next, body, now)
	old := c.Indices[p.old].Aliases[alias]
	next := *old
	if old.Write != nil {
		yes, no := true, false
		next.Write, old.Write = &yes, &no
	} else {
		delete(c.Indices[p.old].Aliases, alias)
	}
	i.Aliases[alias] = &next
}

// plan is which index follows which.
type plan struct {
	old, next string
	stream    bool
}

var numbered = regexp.MustCompile(`^(.*-)(\d+)$`)

func (x *Indices) plan(target, given string) (plan, error) {
	c := x.node.Cluster.Content()
	if s := c.DataStreams[target]; s != nil {
		if given != "" {
			return plan{}, rest.Illegal("new index name may not be specified when rolling over a data stream")
		}
		return plan{s.Backing[len(s.Backing)-1], lifecycle.BackingName(target, s.Generation+1, x.node.Now()), true}, nil
	}
	old, err := lifecycle.WriteIndex(c, target)
	if err != nil {
		return plan{}, rest.Illegal("rollover target [%s] does not point to a write index", target)
	}
	if old == "" {
		for _, i := range x.node.Names.Everything() {
			if i.Name == target {
				return plan{}, rest.Illegal("rollover target is a [concrete index] but one of [alias,data_stream] was expected")
			}
		}
		return plan{}, rest.Fail(http.StatusNotFound, "resource_not_found_exception", "rollover target ["+target+"] does not exist")
	}
	if given != "" {
		if given, err = x.node.Names.DateMath(given); err == nil {
			err = names.Check(given)
		}
		return plan{old, given, false}, rest.NameFailure(err)
	}
	m := numbered.FindStringSubmatch(old)
	if m == nil {
		return plan{}, rest.Illegal("index name [%s] does not match pattern '^.*-\\d+$'", old)
	}
	n, err := strconv.ParseInt(m[2], 10, 62)
	if err != nil {
		return plan{}, rest.Illegal("index name [%s] ends with a number that is too large", old)
	}
	return plan{old, fmt.Sprintf("%s%06d", m[1], n+1), false}, nil
}

// parseRollover reads the body of _rollover.
func parseRollover(text []byte) (map[string]json.RawMessage, lifecycle.Body, error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, lifecycle.Body{}, nil
	}
	var top map[string]json.RawMessage
	if err := json.Unmarshal(text, &top); err != nil {
		return nil, lifecycle.Body{}, rest.Fail(http.StatusBadRequest, "parse_exception", "Failed to parse content to map: "+err.Error())
	}
	var conditions map[string]json.RawMessage
	if given, ok := top["conditions"]; ok {
		if err := json.Unmarshal(given, &conditions); err != nil {
			return nil, lifecycle.Body{}, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[rollover] failed to parse field [conditions]")
		}
		delete(top, "conditions")
	}
	rest, err := json.Marshal(top)
	if err != nil {
		return nil, lifecycle.Body{}, err
	}
	body, err := parseBody(rest)
	return conditions, body, err
}

// met tells whether an index is to be rolled over: one of the conditions that
// begin with max_ holds and all that begin with min_, or there is none.
func (x *Indices) met(r *rest.Request, index string, conditions map[string]json.RawMessage, out *rolled) (bool, error) {
	out.Conditions = map[string]bool{}
	set, err := x.node.ResolveWith(index, names.ResolveOptions{Closed: true, Hidden: true})
	if err != nil {
		return false, err
	}
	rows, err := x.opts.Inventory.Rows(r.Context(), r.Scope, set.Indices)
	if err != nil {
		return false, err
	}
	met, maxes := false, 0
	all := true
	for name, raw := range conditions {
		value := strings.Trim(string(raw), `"`)
		holds, err := x.holds(name, value, rows[0])
		if err != nil {
			return false, err
		}
		out.Conditions["["+name+": "+value+"]"] = holds
		if strings.HasPrefix(name, "min_") {
			all = all && holds
			continue
		}
		maxes++
		met = met || holds
	}
	if maxes == 0 && len(conditions) > 0 {
		return false, rest.Validation("at least one max_* rollover condition must be set when using min_* conditions")
	}
	return (met || maxes == 0) && all, nil
}

// holds tells whether one condition does.
func (x *Indices) holds(name, value string, row inventory.Row) (bool, error) {
	kind, ok := strings.CutPrefix(name, "max_")
	if !ok {
		kind, ok = strings.CutPrefix(name, "min_")
	}
	switch kind {
	case "docs", "primary_shard_docs":
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil || n < 0 {
			return false, rest.Illegal("[conditions] failed to parse field [%s] with value [%s]", name, value)
		}
		return ok && row.Docs >= n, nil
	case "age":
		d, err := rest.ParseTime(value)
		if err != nil {
			return false, rest.Illegal("failed to parse setting [%s] with value [%s] as a time value: unit is missing or unrecognized", name, value)
		}
		return ok && x.node.Now().Sub(time.UnixMilli(row.Created)) >= d, nil
	case "size", "primary_shard_size":
		n, err := parseBytes(value)
		if err != nil {
			return false, rest.Illegal("failed to parse setting [%s] with value [%s] as a size in bytes: unit is missing or unrecognized", name, value)
		}
		return ok && row.Bytes >= n, nil
	}
	return false, rest.Fail(http.StatusBadRequest, "x_content_parse_exception", "[conditions] unknown field ["+name+"]")
}

// parseBytes reads a size with a unit: 50gb, 512mb, 1kb, 10b.
func parseBytes(text string) (int64, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	for i, unit := range []string{"kb", "mb", "gb", "tb", "pb", "b"} {
		number, ok := strings.CutSuffix(text, unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || n < 0 || n > 1<<20 && unit == "pb" {
			return 0, fmt.Errorf("no size in bytes: %q", text)
		}
		if unit == "b" {
			return int64(n), nil
		}
		return int64(n * float64(int64(1)<<(10*(i+1)))), nil
	}
	return 0, fmt.Errorf("no unit of bytes: %q", text)
}
