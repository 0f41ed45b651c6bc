package documents

import (
	"bytes"
	"net/http"
	"net/url"

	"rastro/internal/collect"
	"rastro/internal/elastic/rest"
)

// create is PUT /{index}/_create/{id}.
func (d *Documents) create(w http.ResponseWriter, r *rest.Request) error {
	if r.Has("op_type") && r.Get("op_type") != "create" {
		return rest.Illegal("opType must be 'create', found: [%s]", r.Get("op_type"))
	}
	return d.writeOne(w, r, true)
}

// write is POST /{index}/_doc and PUT /{index}/_doc/{id}.
func (d *Documents) write(w http.ResponseWriter, r *rest.Request) error {
	switch kind := r.Get("op_type"); kind {
	case "":
		return d.writeOne(w, r, r.PathValue("id") == "")
	case "create":
		return d.writeOne(w, r, true)
	case "index":
		return d.writeOne(w, r, false)
	default:
		return rest.Illegal("opType must be 'create' or 'index', found: [%s]", kind)
	}
}

func (d *Documents) writeOne(w http.ResponseWriter, r *rest.Request, create bool) error {
	opts, err := readWriteOptions(r)
	if err != nil {
		return err
	}
	if err := d.writable(); err != nil {
		return err
	}
	id := r.PathValue("id")
	if len(id) > maxID {
		return rest.Validation(idTooLong(id))
	}
	for _, name := range []string{"if_seq_no", "if_primary_term", "version", "version_type"} {
		if r.Has(name) && r.Get(name) != "internal" {
			return noVersions(name)
		}
	}
	if f := opts.pipelineFailure(""); f != nil {
		return f
	}
	release, err := d.hold(r.Context(), r.ContentLength)
	if err != nil {
		return err
	}
	defer release()
	source, err := r.Body()
	if err != nil {
		return err
	}
	if source = bytes.TrimSpace(source); len(source) == 0 {
		return rest.Fail(http.StatusBadRequest, "parse_exception", "request body is required")
	}
	t := d.resolve(r.PathValue("index"))
	if f := t.refuse(create, opts.requireAlias, opts.requireStream); f != nil {
		return f
	}
	doc := collect.Document{Create: create, Index: t.index, ID: id, Source: source}
	out := d.node.Bulk.Write(r.Context(), clientOf(r), []collect.Document{doc})[0]
	if f := outcomeFailure(out, t); f != nil {
		return f
	}
	d.note(out, t)
	if opts.refresh {
		if err := d.settle(r.Context()); err != nil {
			return err
		}
	}
	return d.done(w, r, t, out, opts.forced)
}

// done answers a document that was taken.
func (d *Documents) done(w http.ResponseWriter, r *rest.Request, t *target, out collect.Outcome, forced bool) error {
	b := append([]byte(`{"_index":`), appendString(nil, t.index)...)
	b = appendString(append(b, `,"_id":`...), out.ID)
	b = d.appendDone(b, out.Result, forced)
	b = append(b[:bytes.LastIndexByte(b, ',')], '}') // an answer has its status elsewhere
	status := http.StatusOK
	if out.Result == collect.Created {
		status = http.StatusCreated
		w.Header().Set("Location", "/"+url.PathEscape(t.index)+"/_doc/"+url.PathEscape(out.ID))
	}
	rest.SetType(w, r)
	w.WriteHeader(status)
	// The client is gone when this fails; there is nobody left to tell.
	_, _ = w.Write(b)
	return nil
}
