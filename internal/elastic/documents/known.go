package documents

import (
	"context"
	"errors"
	"slices"

	"rastro/internal/auth"
	"rastro/internal/elastic/names"
	"rastro/internal/event"
	"rastro/internal/query"
	"rastro/internal/search"
)

// askIDs bounds the ids of one question.
const askIDs = 2000

var errPartial = errors.New("the store could not say in time which of the documents it has")

// Known tells collect.Bulk which documents are stored already.
func Known(searcher *search.Searcher, book *names.Book) func(ctx context.Context, index string, ids []string) ([]event.Event, error) {
	return func(ctx context.Context, index string, ids []string) ([]event.Event, error) {
		var all []event.Event
		for part := range slices.Chunk(ids, askIDs) {
			answer, err := searcher.Ask(ctx, auth.Everything(), query.Question{Filter: ByID(book, index, part), Limit: search.MaxHits})
			if err != nil {
				return nil, err
			}
			if answer.Partial && slices.Contains(answer.PartialReasons, query.ReasonDeadline) {
				return nil, errPartial
			}
			for i := range answer.Hits {
				all = append(all, answer.Hits[i].Event)
			}
		}
		return all, nil
	}
}
