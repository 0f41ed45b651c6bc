package indices

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"

	"rastro/internal/elastic/rest"
)

// compactedHeader tells what _forcemerge did, as JSON; the answer has no place
// for it.
const compactedHeader = "X-Rastro-Compacted"

// forceMerge answers POST _forcemerge: it puts all small files together. Files
// are those of days and hold all indices, so that it is the same for any of
// them, and a number of segments is no goal. With wait_for_completion=false it
// goes on behind the answer.
func (x *Indices) forceMerge(w http.ResponseWriter, r *rest.Request) error {
	set, err := x.node.Resolve(r, r.PathValue("index"))
	if err != nil {
		return err
	}
	if text := r.Get("max_num_segments"); text != "" {
		if n, err := strconv.Atoi(text); err != nil || n < 1 {
			return rest.Illegal("max_num_segments must be a positive number, but is [%s]", text)
		}
	}
	wait, err := flag(r, "wait_for_completion", true)
	if err != nil {
		return err
	}
	expunge, err := flag(r, "only_expunge_deletes", false)
	if err != nil {
		return err
	}
	if expunge && r.Get("max_num_segments") != "" {
		return rest.Illegal("cannot set only_expunge_deletes and max_num_segments at the same time, those two parameters are mutually exclusive")
	}
	switch {
	case x.opts.Compact == nil || expunge || len(set.Indices) == 0:
	case !wait:
		go func() {
			// The store's figures tell of a failure, and its end ends the work.
			_, _ = x.opts.Compact(context.WithoutCancel(r.Context()))
		}()
		return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"task": x.node.ID + ":" + strconv.Itoa(int(x.merges.Add(1)))})
	default:
		done, err := x.opts.Compact(r.Context())
		if err != nil {
			return rest.Fail(http.StatusInternalServerError, "merge_exception", err.Error())
		}
		if text, err := json.Marshal(done); err == nil {
			w.Header().Set(compactedHeader, string(text))
		}
	}
	return rest.WriteJSON(w, r, http.StatusOK, map[string]any{"_shards": shards(len(set.Indices))})
}

// flag is a parameter that is true or false.
func flag(r *rest.Request, name string, otherwise bool) (bool, error) {
	switch text := r.Get(name); text {
	case "":
		return otherwise, nil
	case "true", "false":
		return text == "true", nil
	default:
		return false, rest.Illegal("Failed to parse value [%s] as only [true] or [false] are allowed.", text)
	}
}
