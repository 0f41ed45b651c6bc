package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"time"

	"rastro/internal/query"
)

// EraseRequest is the body of POST /api/erase.
type EraseRequest struct {
	// Address is the e-mail address of the person.
	Address string `json:"address"`
	// Forms asks for forms of the address, too: joan+tag@x.example, VERP, SRS and
	// others.
	Forms bool `json:"forms"`
	// DryRun counts and changes nothing.
	DryRun bool `json:"dry_run"`
	// Damaged removes files that could not be read and may hold the address: those
	// in quarantine and the copies of damaged journal files.
	Damaged bool `json:"damaged"`
	// Verify reads every file afterwards and looks for the bytes of the address.
	Verify bool `json:"verify"`
}

// EraseProgress tells how far an erasure is.
type EraseProgress struct {
	// Phase is search, rewrite, snapshots or verify.
	Phase string `json:"phase"`
	// Done of Total files, or of bytes while it verifies.
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// EraseReport says what an erasure found and did. It does not hold the address.
type EraseReport struct {
	// SHA256 is that of the address in lower case, in hexadecimal digits.
	SHA256 string `json:"sha256"`
	DryRun bool   `json:"dry_run"`
	Forms  bool   `json:"forms"`
	// Events mention the address; Fields and Days (UTC) count them. An event
	// counts in every field that has it.
	Events int64            `json:"events"`
	Fields map[string]int64 `json:"fields"`
	Days   map[string]int64 `json:"days"`
	// Alike are events that stay although they have a form of the address.
	Alike int64 `json:"alike_events"`
	// FilesRewritten and FilesRemoved are segment files; BytesFreed is what they
	// became smaller by.
	FilesRewritten int   `json:"files_rewritten"`
	FilesRemoved   int   `json:"files_removed"`
	BytesFreed     int64 `json:"bytes_freed"`
	// JournalFiles were dropped.
	JournalFiles int `json:"journal_files_removed"`
	// Snapshots are the repositories on this machine that were looked through.
	Snapshots []EraseRepository `json:"snapshots,omitempty"`
	// Remains tells what may still hold the address, and why.
	Remains []EraseRemainder `json:"remains,omitempty"`
	// Verified is set where Verify was asked for.
	Verified *EraseVerified `json:"verified,omitempty"`
	Took     int64          `json:"took_ms"`
}

// EraseRepository says what was done to a repository of snapshots.
type EraseRepository struct {
	Path           string `json:"path"`
	Snapshots      int    `json:"snapshots_changed"`
	FilesRewritten int    `json:"files_rewritten"`
	FilesRemoved   int    `json:"files_removed"`
	Events         int64  `json:"events"`
}

// EraseRemainder is a place that may still hold the address.
type EraseRemainder struct {
	Path   string `json:"path"`
	Reason string `json:"reason"`
}

// EraseVerified says what was read to verify an erasure.
type EraseVerified struct {
	Files    int   `json:"files"`
	Bytes    int64 `json:"bytes"`
	Unpacked int64 `json:"unpacked_bytes"`
	// Found are the files in which the bytes stand.
	Found []EraseFound `json:"found,omitempty"`
}

// EraseFound is a file in which the bytes of the address stand: Whole counts
// where it begins there, Longer where it is the end of a longer address.
type EraseFound struct {
	Path   string `json:"path"`
	Whole  int64  `json:"whole"`
	Longer int64  `json:"longer"`
}

// EraseLine is a line of the answer of POST /api/erase; one of its members is
// there, and Report or Error in the last line only.
type EraseLine struct {
	Progress *EraseProgress `json:"progress,omitempty"`
	Report   *EraseReport   `json:"report,omitempty"`
	Error    *Error         `json:"error,omitempty"`
}

// eraseRoute is the erasure of a person.
func eraseRoute() Route {
	return Route{
		Method: http.MethodPost, Path: "/api/erase",
		Summary: "Erase every event that mentions an address: one EraseLine after the other, the report last; it ends when the caller goes away",
		Request: EraseRequest{}, Gives: []string{"application/x-ndjson"}, handle: (*Server).erase, streams: true,
	}
}

// progressEvery is how often a line of progress is written, at most.
const progressEvery = 200 * time.Millisecond

// erase serves POST /api/erase.
func (s *Server) erase(w http.ResponseWriter, r *http.Request) {
	if s.opts.Erase == nil {
		fail(w, http.StatusServiceUnavailable, Error{Code: "no_erasure", Message: "this server erases nothing"})
		return
	}
	if !s.opts.Scope(r).SeesEverything() {
		fail(w, http.StatusForbidden, Error{Code: "forbidden", Message: "only who may see every event may erase", Hint: "ask an administrator"})
		return
	}
	var req EraseRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with address, forms, dry_run, damaged, verify"})
		return
	}
	if err := query.CheckAddress(req.Address); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_address", Message: err.Error()})
		return
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	out := &eraseStream{w: w, out: json.NewEncoder(&patientWriter{w: w, control: http.NewResponseController(w)}), gone: cancel}
	w.Header().Set("Content-Type", "application/x-ndjson")
	report, err := s.opts.Erase(ctx, req, out.progress)
	line := EraseLine{Report: &report}
	if err != nil {
		var known Error
		if !errors.As(err, &known) {
			known = Error{Code: "erase_failed", Message: err.Error(), Hint: "what is hidden stays hidden; erase again when the cause is gone"}
		}
		line.Error = &known
	}
	out.line(line, true)
}

// eraseStream writes the lines of an answer.
type eraseStream struct {
	mu   sync.Mutex
	w    http.ResponseWriter
	out  *json.Encoder
	last time.Time
	gone func()
}

func (e *eraseStream) progress(p EraseProgress) { e.line(EraseLine{Progress: &p}, false) }

func (e *eraseStream) line(line EraseLine, last bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now := time.Now(); !last && now.Sub(e.last) < progressEvery {
		return
	}
	e.last = time.Now()
	if e.out.Encode(line) != nil {
		e.gone()
		return
	}
	if f, ok := e.w.(http.Flusher); ok {
		f.Flush()
	}
}
