package documents

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	"rastro/internal/collect"
	"rastro/internal/elastic/rest"
	"rastro/internal/event"
)

// item writes the answer of one action.
func (q *bulkRequest) item(it *item, out collect.Outcome) {
	b := q.items
	if len(b) > 0 {
		b = append(b, ',')
	}
	b = append(append(append(b, `{"`...), it.verb.String()...), `":{"_index":`...)
	index, id := it.name, it.id
	failure := it.failure
	if failure == nil {
		index = it.target.index
		id = out.ID
		failure = outcomeFailure(out, it.target)
	}
	b = appendString(b, index)
	b = append(b, `,"_id":`...)
	if id == "" {
		b = append(b, `null`...)
	} else {
		b = appendString(b, id)
	}
	if failure == nil {
		b = q.d.appendDone(b, out.Result, q.opts.forced)
		if q.opts.executed {
			b = append(b, `,"executed_pipelines":[]`...)
		}
		q.items = append(b, `}}`...)
		return
	}
	q.wrong = true
	if out.Result == collect.Busy {
		q.busy++
	}
	b = append(b, `,"status":`...)
	b = strconv.AppendInt(b, int64(failure.Status), 10)
	b = append(b, `,"error":`...)
	text, err := json.Marshal(failure.Body())
	if err != nil {
		text = []byte(`{}`) // maps of strings and numbers always encode
	}
	q.items = append(append(b, text...), `}}`...)
}

// appendDone writes the members of an item or an answer that went well, from
// _version to status.
func (d *Documents) appendDone(b []byte, result collect.Result, forced bool) []byte {
	if result == collect.Noop {
		return append(b, `,"_version":1,"result":"noop","_shards":{"total":0,"successful":0,"failed":0},"_seq_no":0,"_primary_term":1,"status":200`...)
	}
	b = append(b, `,"_version":1,"result":"created"`...)
	if forced {
		b = append(b, `,"forced_refresh":true`...)
	}
	b = append(b, `,"_shards":{"total":1,"successful":1,"failed":0},"_seq_no":`...)
	b = strconv.AppendInt(b, d.sequence.Add(1)-1, 10)
	return append(b, `,"_primary_term":1,"status":201`...)
}

// answer writes the answer of the request.
func (q *bulkRequest) answer(w http.ResponseWriter) error {
	rest.SetType(w, q.r)
	head := append([]byte(`{"errors":`), strconv.AppendBool(nil, q.wrong)...)
	head = strconv.AppendInt(append(head, `,"took":`...), time.Since(q.began).Milliseconds(), 10)
	head = append(head, `,"items":[`...)
	for _, part := range [][]byte{head, q.items, []byte(`]}`)} {
		if _, err := w.Write(part); err != nil {
			return nil // the client is gone; there is nobody left to tell
		}
	}
	return nil
}

// appendString appends a JSON string. Names and ids rarely need an escape.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			return event.AppendJSONString(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// outcomeFailure is the failure of a document that was not taken; nil for one
// that was.
func outcomeFailure(out collect.Outcome, t *target) *rest.Failure {
	var f *rest.Failure
	switch out.Result {
	case collect.Created, collect.Noop:
		return nil
	case collect.Exists:
		f = conflict("[" + out.ID + "]: version conflict, document already exists (current version [1])")
	case collect.Differs:
		f = conflict("[" + out.ID + "]: version conflict, another document with this id is stored already, and events are never changed; write it under another id, or without one")
	case collect.Malformed:
		return rest.Fail(http.StatusBadRequest, "document_parsing_exception", out.Reason)
	case collect.TooLong:
		return rest.Fail(http.StatusRequestEntityTooLarge, "content_too_long_exception", out.Reason)
	case collect.Busy:
		return rest.Fail(http.StatusTooManyRequests, "es_rejected_execution_exception", out.Reason)
	default:
		return rest.Fail(http.StatusServiceUnavailable, "unavailable_shards_exception", out.Reason)
	}
	return f.Detail("index", t.index).Detail("index_uuid", t.uuid).Detail("shard", "0")
}

func conflict(reason string) *rest.Failure {
	return rest.Fail(http.StatusConflict, "version_conflict_engine_exception", reason)
}

// rejected is the failure of a request for which there is no room.
func rejected() *rest.Failure {
	return rest.Fail(http.StatusTooManyRequests, "es_rejected_execution_exception", "rejected execution: there is no room for it now, and nothing of it was stored; send it again in a moment")
}

func idTooLong(id string) string {
	return "id [" + id[:min(len(id), 64)] + "...] is too long, must be no longer than 512 bytes but was: " + strconv.Itoa(len(id))
}

// noVersions is the failure of a write that asks for a version.
func noVersions(name string) *rest.Failure {
	return rest.Illegal("[%s] is not understood here: events are never changed, so that every document has version 1; leave it out, and use create to write a document once", name)
}

// neverChanged is the failure of an update and of a deletion.
func neverChanged(v verb) *rest.Failure {
	if v == verbDelete {
		return rest.Illegal("single documents are never deleted: events are facts; let a retention policy (_ilm/policy) remove what is old, or delete a whole index")
	}
	return rest.Illegal("documents are never updated, doc_as_upsert and upsert included: events are facts; write a new one with the action create or index")
}
