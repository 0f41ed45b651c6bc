package web

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/search"
)

// exportForm is the form of a file of events.
type exportForm string

const (
	formCSV     exportForm = "csv"
	formNDJSON  exportForm = "ndjson"
	formLines   exportForm = "lines"
	formParquet exportForm = "parquet"
)

// exportForms are all forms, for the description of the API too.
var exportForms = []string{string(formCSV), string(formNDJSON), string(formLines), string(formParquet)}

// exportMedia are the media types of the forms, in the order of exportForms.
var exportMedia = []string{csvType, "application/x-ndjson", "text/plain; charset=utf-8", "application/vnd.apache.parquet"}

// media is the media type of the form.
func (f exportForm) media() string {
	for i, form := range exportForms {
		if form == string(f) {
			return exportMedia[i]
		}
	}
	return ""
}

// suffix ends the name of a file of the form.
func (f exportForm) suffix() string {
	if f == formLines {
		return "log"
	}
	return string(f)
}

// whole tells that the form has events as they are, without a choice of
// fields.
func (f exportForm) whole() bool { return f == formLines || f == formParquet }

// appendLine appends an event's raw line, byte for byte, with a line end. What
// was joined of several lines has line ends inside. An event without a raw
// line gives nothing.
func appendLine(dst []byte, ev *event.Event) []byte {
	if v, ok := ev.Value(event.Message); ok && v.Text != "" {
		dst = append(append(dst, v.Text...), '\n')
	}
	return dst
}

// Export writes to a writer what GET /api/export answers to the same
// parameters: the way of the command line to a folder that no server has open.
// begin is called once, before anything is written, with what of the store
// cannot be read and is left out, and gives the writer; its error ends the
// export. After an error what was written is not whole.
func Export(ctx context.Context, s *search.Searcher, scope auth.Scope, params url.Values, begin func(lacking []string) (io.Writer, error)) error {
	e := &exporter{ctx: search.As(ctx, search.APIExport), searcher: s, scope: scope}
	if err := e.read(params); err != nil {
		return err
	}
	page, err := e.next()
	if err != nil {
		return err
	}
	e.told = true
	to, err := begin(e.lacking)
	if err != nil {
		return err
	}
	out := &failing{to: to}
	if err := e.stream(bufio.NewWriterSize(out, 64<<10), page); err != nil {
		if out.err != nil {
			return out.err
		}
		return err
	}
	return nil
}

// Lacking is what an answer's header says that its file lacks; nil for a whole
// one.
func Lacking(header string) []string {
	if header == "" {
		return nil
	}
	return strings.Split(header, "; ")
}

// PartialHeader is the header of Lacking.
const PartialHeader = partialHeader

// failing keeps the first error of a writer.
type failing struct {
	to  io.Writer
	err error
}

func (f *failing) Write(b []byte) (int, error) {
	n, err := f.to.Write(b)
	if err != nil {
		f.err = errors.Join(f.err, err)
	}
	return n, err
}
