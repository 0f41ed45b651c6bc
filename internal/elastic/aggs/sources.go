package aggs

import (
	"encoding/json"

	"rastro/internal/query"
)

// SourceOptions say how the hits of top_hits are written. What is JSON is as
// it stands in the request; nil where it is not there.
type SourceOptions struct {
	// Source, Fields, DocvalueFields, StoredFields and Highlight are those
	// parameters.
	Source, Fields, DocvalueFields, StoredFields, Highlight json.RawMessage
	// Sort is the order that was asked for; nil where none was: hits then carry
	// a score and no "sort".
	Sort []query.SortKey
	// Version and SeqNo ask for these members of a hit.
	Version, SeqNo bool
}
