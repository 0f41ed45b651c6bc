package web

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"rastro/internal/auth"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// maxContext is the most lines on either side of an event.
const maxContext = 200

// ContextRequest is the body of POST /api/context: lines around an event on
// the same host.
type ContextRequest struct {
	EventID string `json:"event_id"`
	// Before and After are the numbers of lines wanted, 0 to 200.
	Before int `json:"before"`
	After  int `json:"after"`
}

// ContextAnswer is the answer of POST /api/context.
type ContextAnswer struct {
	// Before and After ascend in time; the event itself is in neither list.
	Before []EventDocument `json:"before"`
	Event  EventDocument   `json:"event"`
	After  []EventDocument `json:"after"`
}

// Around finds an event and the lines around it. A mistake is an Error.
func Around(ctx context.Context, s *search.Searcher, scope auth.Scope, req ContextRequest) (ContextAnswer, error) {
	var answer ContextAnswer
	if req.EventID == "" {
		return answer, Error{Code: "no_event", Message: "event_id is missing", Hint: "give the event_id of a hit"}
	}
	if req.Before < 0 || req.Before > maxContext || req.After < 0 || req.After > maxContext {
		return answer, Error{Code: "bad_size", Message: fmt.Sprintf("before and after must be between 0 and %d", maxContext)}
	}
	found, err := s.Ask(ctx, scope, query.Question{Filter: query.Term{Field: query.FieldOf(event.EventID), Value: req.EventID}, Limit: 1})
	if err != nil {
		return answer, err
	}
	if len(found.Hits) == 0 {
		return answer, Error{Code: "not_found", Message: fmt.Sprintf("there is no event %q", req.EventID), Hint: "it may be older than what is kept; search again"}
	}
	hit := &found.Hits[0]
	answer.Event = event.AppendJSON(nil, &hit.Event, nil)
	if answer.Before, err = neighbors(ctx, s, scope, hit, true, req.Before); err != nil {
		return answer, err
	}
	answer.After, err = neighbors(ctx, s, scope, hit, false, req.After)
	return answer, err
}

// neighbors are the lines of the same host next to an event, in the order of
// time and arrival.
func neighbors(ctx context.Context, s *search.Searcher, scope auth.Scope, hit *query.Hit, back bool, count int) ([]EventDocument, error) {
	list := []EventDocument{}
	if count == 0 {
		return list, nil
	}
	q := query.Question{
		Filter: neighborhood(&hit.Event), Limit: count,
		Sort:  []query.SortKey{{Field: query.FieldOf(event.Timestamp), Desc: back}},
		After: &query.Cursor{Keys: []query.CursorKey{{Int: hit.Event.Time}}, RID: hit.Cursor.RID},
	}
	answer, err := s.Ask(ctx, scope, q)
	if err != nil {
		return nil, err
	}
	for i := range answer.Hits {
		list = append(list, event.AppendJSON(nil, &answer.Hits[i].Event, nil))
	}
	if back {
		slices.Reverse(list)
	}
	return list, nil
}

// neighborhood is the condition on lines that stand beside an event: of the
// same host, or where the line names none, of the same source.
func neighborhood(e *event.Event) query.Filter {
	if host := e.Str(event.Host); host != "" {
		return query.Term{Field: query.FieldOf(event.Host), Value: host}
	}
	return query.And{Filters: []query.Filter{
		query.Not{Filter: query.Exists{Field: query.FieldOf(event.Host)}},
		query.Term{Field: query.FieldOf(event.SourceID), Value: e.Str(event.SourceID)},
	}}
}

func (s *Server) context(w http.ResponseWriter, r *http.Request) {
	var req ContextRequest
	if err := readRequest(w, r, &req); err != nil {
		fail(w, http.StatusBadRequest, Error{Code: "bad_request", Message: "reading the request: " + err.Error(), Hint: "send a JSON object with event_id, before, after"})
		return
	}
	answer, err := Around(r.Context(), s.opts.Searcher, s.opts.Scope(r), req)
	if err != nil {
		status, e := errorIn(r, err)
		if e.Code == "not_found" {
			status = http.StatusNotFound
		}
		fail(w, status, e)
		return
	}
	write(w, http.StatusOK, answer)
}
