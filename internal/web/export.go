package web

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
	"rastro/internal/segment"
)

const (
	// exportPage is the number of hits that are asked for at a time. A page of
	// monstrous lines that does not fit into memory is asked for in parts.
	exportPage = search.MaxHits
	// maxExportFields bounds the columns.
	maxExportFields = 200
)

// exportFields are the columns of a CSV file where none are named.
var exportFields = []string{
	"@timestamp", "host", "program", "event_type", "status", "reason", "queue_id", "message_id", "sender", "recipient",
	"client_ip", "relay_host", "smtp_code", "dsn", "reply", "delay", "size", "subject", "message",
}

// errPartial: the store could not give the whole page.
var errPartial = errors.New("the file would not be whole")

// busyTries is how often a page is asked for while too many others ask.
const busyTries = 10

// partialHeader says why a file that was begun can never be whole.
const partialHeader = "Rastro-Partial"

// exporter streams all events that match, page by page.
type exporter struct {
	ctx      context.Context
	searcher *search.Searcher
	scope    auth.Scope
	q        query.Question
	zone     *time.Location
	fields   []query.FieldRef // the columns of CSV
	form     exportForm
	// parquet is the file that is being written, in that form.
	parquet *segment.Stream
	// lacking says what of the store cannot be read, and told whether the head
	// of the answer has said so.
	lacking []string
	told    bool
	buffer  []byte
}

// export answers GET /api/export: everything that matches, in a file. An
// answer that breaks off half-way ends as an aborted transfer, never as a file
// that looks whole.
func (s *Server) export(w http.ResponseWriter, r *http.Request) {
	params := r.URL.Query()
	e := &exporter{ctx: search.As(r.Context(), search.APIExport), searcher: s.opts.Searcher, scope: s.opts.Scope(r)}
	err := e.read(params)
	var page []query.Hit
	if err == nil {
		page, err = e.next()
	}
	if err != nil {
		status, known := errorIn(r, err)
		if errors.Is(err, errPartial) {
			status, known = http.StatusServiceUnavailable, Error{Code: "partial", Message: err.Error(), Hint: "narrow the time range, or ask again later"}
		}
		fail(w, status, known)
		return
	}
	e.told = true
	attach(w, e.form.media(), fileName("events", e.searcher.Now().In(e.zone), e.lacking, e.form.suffix()), e.lacking)
	if r.Method == http.MethodHead {
		return
	}
	out := bufio.NewWriterSize(&patientWriter{w: w, control: http.NewResponseController(w)}, 64<<10)
	if err := e.stream(out, page); err != nil {
		abort(w)
	}
}

// fileName names a file after what it holds and when it was made, and says
// when it is not whole.
func fileName(what string, now time.Time, lacking []string, form string) string {
	name := "rastro-" + what + "-" + now.Format("2006-01-02T15-04-05")
	if len(lacking) > 0 {
		name += "-partial"
	}
	return name + "." + form
}

// attach begins an answer that is saved as a file; lacking says what is not in
// it.
func attach(w http.ResponseWriter, kind, name string, lacking []string) {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	h.Set("Cache-Control", "no-store")
	if len(lacking) > 0 {
		h.Set(partialHeader, oneLine(strings.Join(lacking, "; ")))
	}
}

// oneLine makes a text fit for a header.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, text)
}

// abort ends an answer that is not whole so that the client notices: the
// connection breaks.
func abort(w http.ResponseWriter) {
	// What is buffered so far may go out; that it is not the end is what counts.
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// read reads the parameters.
func (e *exporter) read(params url.Values) error {
	if err := onlyParams(params, "format", "query", "since", "until", "zone", "sort", "fields"); err != nil {
		return err
	}
	e.form = exportForm(cmp.Or(params.Get("format"), string(formCSV)))
	if !slices.Contains(exportForms, string(e.form)) {
		return Error{Code: "bad_format", Message: fmt.Sprintf("there is no format %q", e.form), Hint: "ask for csv, ndjson, lines or parquet"}
	}
	req := SearchRequest{
		Query: params.Get("query"), Since: params.Get("since"), Until: params.Get("until"), Zone: params.Get("zone"),
		Sort: params.Get("sort"), Size: exportPage, NoTotal: true,
	}
	names := params.Get("fields")
	switch {
	case e.form == formCSV && names == "":
		names = strings.Join(exportFields, ",")
	case e.form.whole():
		if names != "" {
			return Error{Code: "bad_fields", Message: fmt.Sprintf("format %s takes no fields", e.form), Hint: "leave fields out, or ask for csv or ndjson"}
		}
		req.Sort = cmp.Or(req.Sort, event.Timestamp.Name()) // the oldest first, as in a log
	}
	if e.form == formLines {
		names = event.Message.Name()
	}
	for name := range strings.SplitSeq(names, ",") {
		if name = strings.TrimSpace(name); name != "" {
			req.Fields = append(req.Fields, name)
		}
	}
	if len(req.Fields) > maxExportFields {
		return Error{Code: "bad_fields", Message: fmt.Sprintf("at most %d fields", maxExportFields)}
	}
	var err error
	if e.q, err = req.question(e.searcher); err != nil {
		return err
	}
	if e.zone, err = search.Zone(req.Zone); err != nil {
		return err
	}
	e.fields = e.q.Fields
	return nil
}

// onlyParams refuses parameters that nothing reads: a misspelt one that is
// ignored gives a wrong file that looks right.
func onlyParams(params url.Values, known ...string) error {
	for name := range params {
		if !slices.Contains(known, name) {
			return Error{Code: "bad_parameter", Message: fmt.Sprintf("there is no parameter %q", name), Hint: "the parameters are " + strings.Join(known, ", ")}
		}
	}
	return nil
}

// next asks for the next page; empty at the end.
func (e *exporter) next() ([]query.Hit, error) {
	q := e.q
	for tries := 1; ; tries++ {
		answer, err := e.searcher.Ask(e.ctx, e.scope, q)
		switch {
		case errors.Is(err, query.ErrTooBig) && q.Limit > 1:
			q.Limit = max(1, q.Limit/8)
			continue
		case errors.Is(err, search.ErrBusy) && e.told && tries < busyTries:
			continue
		case err != nil:
			return nil, err
		}
		if n := len(answer.Hits); n > 0 {
			e.q.After = &answer.Hits[n-1].Cursor
		}
		return answer.Hits, e.check(answer.PartialReasons)
	}
}

// check refuses a page that is not whole. What cannot be read today cannot be
// read tomorrow either: that is told once, in the head, and left out.
func (e *exporter) check(reasons []string) error {
	if !e.told {
		e.lacking = reasons
	}
	for _, r := range reasons {
		if r == query.ReasonDeadline || !slices.Contains(e.lacking, r) {
			return fmt.Errorf("%w: %s", errPartial, r)
		}
	}
	return nil
}

// stream writes the file that begins with page.
func (e *exporter) stream(out *bufio.Writer, page []query.Hit) error {
	switch e.form {
	case formCSV:
		out.WriteString(csvBOM)
		out.Write(e.head())
	case formParquet:
		e.parquet = segment.NewStream(out)
	}
	for len(page) > 0 {
		if err := e.write(out, page); err != nil {
			return err
		}
		var err error
		if page, err = e.next(); err != nil {
			return err
		}
	}
	if e.parquet != nil {
		if err := e.parquet.Close(); err != nil {
			return fmt.Errorf("ending the file: %w", err)
		}
	}
	if out.Flush() != nil {
		return errGone
	}
	return nil
}

func (e *exporter) write(out io.Writer, page []query.Hit) error {
	show := picker(e.q.Fields)
	for i := range page {
		e.buffer = e.buffer[:0]
		switch ev := &page[i].Event; e.form {
		case formCSV:
			e.buffer = e.appendCSV(e.buffer, ev)
		case formLines:
			e.buffer = appendLine(e.buffer, ev)
		case formParquet:
			if err := e.parquet.Add(ev); err != nil {
				return fmt.Errorf("writing the file: %w", err)
			}
			continue
		default:
			e.buffer = append(event.AppendJSON(e.buffer, ev, show), '\n')
		}
		if _, err := out.Write(e.buffer); err != nil {
			return errGone
		}
	}
	return nil
}
