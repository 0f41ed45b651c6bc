package kibana

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"rastro/internal/dashboard"
)

// maxWarnings bounds what an import tells.
const maxWarnings = 500

// importRequest is how a file is to be taken.
type importRequest struct {
	overwrite bool
	// copies: every object gets an id of its own.
	copies bool
	// retries are the objects that are taken, and how; nil takes all.
	retries map[key]retry
}

// retry is one object of _resolve_import_errors.
type retry struct {
	Type        string `json:"type"`
	ID          string `json:"id"`
	Overwrite   bool   `json:"overwrite"`
	Destination string `json:"destinationId"`
	CreateCopy  bool   `json:"createNewCopy"`
	Replace     []struct {
		Type, From, To string
	} `json:"replaceReferences"`
}

// importAnswer is the answer to an import in Kibana's shape.
type importAnswer struct {
	SuccessCount   int             `json:"successCount"`
	Success        bool            `json:"success"`
	Warnings       []importWarning `json:"warnings"`
	SuccessResults []importResult  `json:"successResults,omitempty"`
	Errors         []importError   `json:"errors,omitempty"`
}

type importMeta struct {
	Title string `json:"title,omitempty"`
	Icon  string `json:"icon,omitempty"`
}

type importResult struct {
	Type          string     `json:"type"`
	ID            string     `json:"id"`
	Meta          importMeta `json:"meta"`
	Managed       bool       `json:"managed"`
	DestinationID string     `json:"destinationId,omitempty"`
	Overwrite     bool       `json:"overwrite,omitempty"`
	// Dashboard is the id of the dashboard of ours that was made of it.
	Dashboard string `json:"rastroDashboard,omitempty"`
}

// importWarning tells something that was not taken; Object is ours, for
// machines.
type importWarning struct {
	Type    string     `json:"type"`
	Message string     `json:"message"`
	Object  *warnedFor `json:"object,omitempty"`
}

type warnedFor struct {
	Type  string `json:"type"`
	ID    string `json:"id"`
	Panel string `json:"panel,omitempty"`
}

type importError struct {
	Type  string         `json:"type"`
	ID    string         `json:"id"`
	Title string         `json:"title,omitempty"`
	Meta  importMeta     `json:"meta"`
	Error map[string]any `json:"error"`
}

func (h *Handler) importFile(w http.ResponseWriter, r *http.Request) error {
	req := importRequest{overwrite: asked(r, "overwrite"), copies: asked(r, "createNewCopies")}
	if req.overwrite && req.copies {
		return badRequest("[request query]: cannot use [overwrite] with [createNewCopies]")
	}
	return h.answerImport(w, r, req)
}

func (h *Handler) resolveImport(w http.ResponseWriter, r *http.Request) error {
	return h.answerImport(w, r, importRequest{copies: asked(r, "createNewCopies"), retries: map[key]retry{}})
}

func (h *Handler) answerImport(w http.ResponseWriter, r *http.Request, req importRequest) error {
	done, err := h.admit()
	if err != nil {
		return err
	}
	defer done()
	text, retries, err := upload(w, r)
	if err != nil {
		return err
	}
	if req.retries != nil {
		if err := req.readRetries(retries); err != nil {
			return err
		}
	}
	f, err := readFile(text)
	if err != nil {
		return badRequest("%s", err)
	}
	if twice := f.twice(); len(twice) > 0 {
		return badRequest("Non-unique import objects detected: [%s]", strings.Join(twice, ","))
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	answer, err := h.take(r.Context(), f, req)
	if err != nil {
		return err
	}
	write(w, http.StatusOK, answer)
	return nil
}

// Import takes the dashboards of a file of Kibana's with all that belongs to
// them, and gives their ids and what was not taken of them. Nothing that is
// there is replaced: where an object of the file is there already, all of them
// become copies. ours is false, and nothing was done, for a file that is not
// Kibana's or holds no dashboard.
func (h *Handler) Import(ctx context.Context, text []byte) (ids []string, notes []string, ours bool, err error) {
	f, err := readFile(text)
	if err != nil || !f.hasDashboard() || len(f.twice()) > 0 {
		return nil, nil, false, nil
	}
	h.changing.Lock()
	defer h.changing.Unlock()
	var req importRequest
	for _, o := range f.objects {
		if _, err := h.opts.Saved.Foreign(ctx, o.Type, o.ID); err == nil {
			req.copies = true
		}
	}
	answer, err := h.take(ctx, f, req)
	if err != nil {
		return nil, nil, true, err
	}
	for _, r := range answer.SuccessResults {
		if r.Dashboard != "" {
			ids = append(ids, r.Dashboard)
		}
	}
	for _, w := range answer.Warnings {
		notes = append(notes, w.Message)
	}
	for _, e := range answer.Errors {
		notes = append(notes, fmt.Sprintf("%s/%s was not taken: %v", e.Type, e.ID, e.Error["type"]))
	}
	return ids, notes, true, nil
}

func (f *file) hasDashboard() bool {
	for _, o := range f.objects {
		if o.Type == typeDashboard {
			return true
		}
	}
	return false
}

func (req *importRequest) readRetries(text []byte) error {
	var list []retry
	if err := json.Unmarshal(text, &list); err != nil {
		return badRequest("[request body.retries]: expected a list of objects: %s", err)
	}
	for _, one := range list {
		req.retries[key{one.Type, one.ID}] = one
	}
	return nil
}

// twice names the objects that a file holds more than once.
func (f *file) twice() []string {
	seen := map[key]int{}
	var all []string
	for _, o := range f.objects {
		if seen[keyOf(o)]++; seen[keyOf(o)] == 2 && len(all) < 20 {
			all = append(all, fmt.Sprintf("%s:%.100s", o.Type, o.ID))
		}
	}
	return all
}

// taking is an import on its way.
type taking struct {
	req     importRequest
	answer  importAnswer
	objects []Object
	// results belong to objects, one each.
	results []importResult
	// renamed are the ids that changed.
	renamed map[key]string
	guesses map[key][]Reference
}

// take saves what can be saved of a file, and makes dashboards of it. The
// caller holds h.changing.
func (h *Handler) take(ctx context.Context, f file, req importRequest) (importAnswer, error) {
	t := taking{req: req, renamed: map[key]string{}, guesses: f.guesses()}
	t.answer.Warnings = []importWarning{}
	for _, o := range f.objects {
		if err := h.takeOne(ctx, o, &t); err != nil {
			return t.answer, err
		}
	}
	t.rename()
	foreign := make([]dashboard.Foreign, 0, len(t.objects))
	changed := make([]key, 0, len(t.objects))
	for i, o := range t.objects {
		one, err := toForeign(o)
		if err != nil {
			return t.answer, err
		}
		if len(one.Body) > dashboard.MaxBody {
			t.refuse(o, map[string]any{"type": "unknown", "statusCode": http.StatusRequestEntityTooLarge, "message": fmt.Sprintf("the object has %d bytes, %d are the most", len(one.Body), dashboard.MaxBody)})
			continue
		}
		foreign, changed = append(foreign, one), append(changed, keyOf(o))
		t.answer.SuccessResults = append(t.answer.SuccessResults, t.results[i])
	}
	if len(foreign) > 0 {
		if err := h.opts.Saved.SaveForeigns(ctx, foreign); err != nil {
			return t.answer, err
		}
		m, err := h.rebuild(ctx, changed, t.guesses)
		if err != nil {
			return t.answer, err
		}
		t.tell(m)
	}
	t.answer.SuccessCount = len(t.answer.SuccessResults)
	t.answer.Success = len(t.answer.Errors) == 0
	return t.answer, nil
}

func (t *taking) refuse(o Object, why map[string]any) {
	t.answer.Errors = append(t.answer.Errors, importError{Type: o.Type, ID: o.ID, Title: o.title(), Meta: importMeta{o.title(), icons[o.Type]}, Error: why})
}

// takeOne looks whether an object can be taken.
func (h *Handler) takeOne(ctx context.Context, o Object, t *taking) error {
	how, listed := t.req.retries[keyOf(o)]
	if t.req.retries != nil && !listed {
		return nil
	}
	if !isType(o.Type) {
		t.refuse(o, map[string]any{"type": "unsupported_type"})
		return nil
	}
	result := importResult{Type: o.Type, ID: o.ID, Meta: importMeta{o.title(), icons[o.Type]}}
	old := keyOf(o)
	switch {
	case how.Destination != "" && len(how.Destination) <= dashboard.MaxForeignName:
		o.ID = how.Destination
	case t.req.copies || how.CreateCopy:
		o.ID = newID()
	}
	if o.ID != old.id {
		t.renamed[old], o.OriginID, result.DestinationID = o.ID, old.id, o.ID
	}
	_, err := h.opts.Saved.Foreign(ctx, o.Type, o.ID)
	switch {
	case err == nil && !t.req.overwrite && !how.Overwrite:
		o.ID = old.id
		t.refuse(o, map[string]any{"type": "conflict"})
		return nil
	case err == nil:
		result.Overwrite = true
	case !errors.Is(err, dashboard.ErrNotFound):
		return err
	}
	for i := range o.References {
		for _, replace := range how.Replace {
			if r := &o.References[i]; r.Type == replace.Type && r.ID == replace.From {
				r.ID = replace.To
			}
		}
	}
	t.objects, t.results = append(t.objects, o), append(t.results, result)
	return nil
}

// rename lets references follow objects that got another id.
func (t *taking) rename() {
	follow := func(list []Reference) {
		for i := range list {
			if id, ok := t.renamed[key{list[i].Type, list[i].ID}]; ok {
				list[i].ID = id
			}
		}
	}
	for i := range t.objects {
		follow(t.objects[i].References)
	}
	for k, list := range t.guesses {
		follow(list)
		if id, ok := t.renamed[k]; ok {
			delete(t.guesses, k)
			t.guesses[key{k.typ, id}] = list
		}
	}
}

// tell says what became of the objects beyond being kept.
func (t *taking) tell(m made) {
	for i := range t.answer.SuccessResults {
		r := &t.answer.SuccessResults[i]
		if r.Type == typeDashboard {
			r.Dashboard = m.dashboards[orText(r.DestinationID, r.ID)]
		}
	}
	for _, n := range m.notes {
		t.warn(n)
	}
	aside := map[string]int{}
	for _, o := range t.objects {
		switch o.Type {
		case typeDashboard, typePattern, "tag":
		case typeVis, typeSearch, typeLens:
			if !m.shown[keyOf(o)] {
				t.warn(Note{Type: o.Type, ID: o.ID, Text: "it is kept, and shown as soon as a dashboard refers to it"})
			}
		default:
			aside[o.Type]++
		}
	}
	for _, typ := range allTypes {
		if n := aside[typ]; n > 0 {
			t.answer.Warnings = append(t.answer.Warnings, importWarning{Type: "simple", Message: fmt.Sprintf("objects of the type %s (%d) are kept and can be exported, and nothing here shows them", typ, n)})
		}
	}
}

func (t *taking) warn(n Note) {
	switch len(t.answer.Warnings) {
	case maxWarnings:
		t.answer.Warnings = append(t.answer.Warnings, importWarning{Type: "simple", Message: "more was not taken than is listed here; import fewer objects at a time to see it"})
	case maxWarnings + 1:
	default:
		t.answer.Warnings = append(t.answer.Warnings, importWarning{Type: "simple", Message: n.String(), Object: &warnedFor{n.Type, n.ID, n.Panel}})
	}
}
