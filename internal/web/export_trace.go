package web

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"rastro/internal/trace"
)

// journeyExport is what GET /api/trace/export is asked for.
type journeyExport struct {
	question trace.Question
	csv      bool
	lang     string
	statuses []string // nil for all
}

// exportTrace answers GET /api/trace/export: journeys in a file.
func (s *Server) exportTrace(w http.ResponseWriter, r *http.Request) {
	if s.noTrace(w) {
		return
	}
	e, err := readJourneyExport(r.URL.Query(), s.opts.Searcher.Now())
	var found *journeyGathering
	if err == nil {
		found, err = s.gatherJourneys(r.Context(), s.opts.Scope(r), e)
	}
	if err != nil {
		status, known := errorIn(r, err)
		fail(w, status, known)
		return
	}
	kind, form := "application/json; charset=utf-8", "json"
	if e.csv {
		kind, form = csvType, "csv"
	}
	var lacking []string
	if found.partial {
		lacking = append([]string{"partial"}, found.reasons...)
	}
	attach(w, kind, fileName("journeys", e.question.Now.In(e.question.Zone), lacking, form), lacking)
	out := bufio.NewWriterSize(&patientWriter{w: w, control: http.NewResponseController(w)}, 64<<10)
	if e.csv {
		err = e.writeCSV(out, found.journeys)
	} else {
		err = e.writeJSON(out, found.journeys)
	}
	if err != nil {
		abort(w)
	}
}

func readJourneyExport(params url.Values, now time.Time) (*journeyExport, error) {
	if err := onlyParams(params, "format", "query", "since", "until", "zone", "lang", "status"); err != nil {
		return nil, err
	}
	e := &journeyExport{lang: cmp.Or(params.Get("lang"), "en")}
	if e.lang != "en" && e.lang != "es" {
		return nil, Error{Code: "bad_lang", Message: fmt.Sprintf("there is no language %q", e.lang), Hint: "ask for en or es"}
	}
	switch form := cmp.Or(params.Get("format"), "csv"); form {
	case "csv":
		e.csv = true
	case "json":
	default:
		return nil, Error{Code: "bad_format", Message: fmt.Sprintf("there is no format %q", form), Hint: "ask for csv or json"}
	}
	for name := range strings.SplitSeq(params.Get("status"), ",") {
		if name = strings.TrimSpace(name); name == "" {
			continue
		}
		if !slices.Contains(trace.Statuses(), trace.Status(name)) {
			return nil, Error{Code: "bad_status", Message: fmt.Sprintf("there is no status %q", name), Hint: "ask for delivered, deferred, bounced and so on, parted by commas"}
		}
		e.statuses = append(e.statuses, name)
	}
	req := TraceRequest{
		Query: params.Get("query"), Since: params.Get("since"), Until: params.Get("until"), Zone: params.Get("zone"),
		Limit: MaxJourneys, NoSteps: e.csv,
	}
	var err error
	e.question, err = req.Question(now)
	return e, err
}

// wants tells whether a journey goes into the file.
func (e *journeyExport) wants(j *trace.Journey) bool {
	return e.statuses == nil || slices.Contains(e.statuses, string(j.Status))
}

func (e *journeyExport) writeJSON(out *bufio.Writer, journeys []trace.Journey) error {
	out.WriteByte('[')
	first := true
	for i := range journeys {
		if !e.wants(&journeys[i]) {
			continue
		}
		text, err := json.Marshal(&journeys[i])
		if err != nil {
			return fmt.Errorf("writing a journey: %w", err)
		}
		if !first {
			out.WriteByte(',')
		}
		first = false
		out.WriteByte('\n')
		if _, err := out.Write(text); err != nil {
			return errGone
		}
	}
	out.WriteString("\n]\n")
	if out.Flush() != nil {
		return errGone
	}
	return nil
}

// journeyColumns are the columns of the CSV file: one line for each
// recipient's copy.
var journeyColumns = []struct {
	name string
	cell func(e *journeyExport, j *trace.Journey) string
}{
	{"first_time", func(e *journeyExport, j *trace.Journey) string { return e.time(j.FirstTime) }},
	{"last_time", func(e *journeyExport, j *trace.Journey) string { return e.time(j.LastTime) }},
	{"sender", func(_ *journeyExport, j *trace.Journey) string { return j.Sender }},
	{"recipient", func(_ *journeyExport, j *trace.Journey) string { return j.Recipient }},
	{"original_recipient", func(_ *journeyExport, j *trace.Journey) string { return j.OriginalRecipient }},
	{"subject", func(_ *journeyExport, j *trace.Journey) string { return j.Subject }},
	{"status", func(_ *journeyExport, j *trace.Journey) string { return string(j.Status) }},
	{"verdict", func(e *journeyExport, j *trace.Journey) string { return j.Verdict.In(e.lang) }},
	{"action", func(e *journeyExport, j *trace.Journey) string { return j.Action.In(e.lang) }},
	{"acts", func(_ *journeyExport, j *trace.Journey) string { return j.Acts }},
	{"reason", func(_ *journeyExport, j *trace.Journey) string { return j.Reason }},
	{"stage", func(_ *journeyExport, j *trace.Journey) string { return j.Stage }},
	{"smtp_code", func(_ *journeyExport, j *trace.Journey) string { return number(j.SMTPCode) }},
	{"dsn", func(_ *journeyExport, j *trace.Journey) string { return j.DSN }},
	{"reply", func(_ *journeyExport, j *trace.Journey) string { return j.Reply }},
	{"relay_host", func(_ *journeyExport, j *trace.Journey) string { return j.RelayHost }},
	{"relay_ip", func(_ *journeyExport, j *trace.Journey) string { return j.RelayIP }},
	{"client_host", func(_ *journeyExport, j *trace.Journey) string { return j.ClientHost }},
	{"client_ip", func(_ *journeyExport, j *trace.Journey) string { return j.ClientIP }},
	{"username", func(_ *journeyExport, j *trace.Journey) string { return j.Username }},
	{"folder", func(_ *journeyExport, j *trace.Journey) string { return j.Folder }},
	{"attempts", func(_ *journeyExport, j *trace.Journey) string { return number(int64(j.Attempts)) }},
	{"next_retry", func(e *journeyExport, j *trace.Journey) string { return e.time(j.NextRetry) }},
	{"size", func(_ *journeyExport, j *trace.Journey) string { return number(j.Size) }},
	{"message_id", func(_ *journeyExport, j *trace.Journey) string { return j.MessageID }},
	{"queue_ids", func(_ *journeyExport, j *trace.Journey) string { return strings.Join(j.QueueIDs, ", ") }},
	{"remote_id", func(_ *journeyExport, j *trace.Journey) string { return j.RemoteID }},
	{"hosts", func(_ *journeyExport, j *trace.Journey) string { return strings.Join(j.Hosts, ", ") }},
	{"confidence", func(_ *journeyExport, j *trace.Journey) string { return string(j.Confidence) }},
	{"id", func(_ *journeyExport, j *trace.Journey) string { return j.ID }},
}

// number is a number in a cell; nothing for what is not known.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (e *journeyExport) time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(e.question.Zone).Format(time.RFC3339)
}

func (e *journeyExport) writeCSV(out *bufio.Writer, journeys []trace.Journey) error {
	cells := make([]string, len(journeyColumns))
	for i, c := range journeyColumns {
		cells[i] = c.name
	}
	out.WriteString(csvBOM)
	line := appendRow(nil, cells...)
	out.Write(line)
	for i := range journeys {
		if !e.wants(&journeys[i]) {
			continue
		}
		for n, c := range journeyColumns {
			cells[n] = c.cell(e, &journeys[i])
		}
		line = appendRow(line[:0], cells...)
		if _, err := out.Write(line); err != nil {
			return errGone
		}
	}
	if out.Flush() != nil {
		return errGone
	}
	return nil
}
