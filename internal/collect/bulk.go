package collect

import (
	"strings"

	"rastro/internal/collect/bulk"
)

// Bulk takes the documents that clients of the Elasticsearch-shaped API write.
type Bulk = bulk.Receiver

// BulkOptions are the settings of a Bulk.
type BulkOptions = bulk.Options

// BulkStatus is what a Bulk has done since it was made.
type BulkStatus = bulk.Status

// Document is one document as a client wrote it.
type Document = bulk.Document

// Flight is a number of documents on their way to the journal.
type Flight = bulk.Flight

// Outcome is what became of a document, and Result its kind.
type (
	Outcome = bulk.Outcome
	Result  = bulk.Result
)

// The kinds of outcome.
const (
	Created   = bulk.Created
	Noop      = bulk.Noop
	Exists    = bulk.Exists
	Differs   = bulk.Differs
	Malformed = bulk.Malformed
	TooLong   = bulk.TooLong
	Busy      = bulk.Busy
	Unknown   = bulk.Unknown
)

// MaxDocument is how many bytes a document may have.
const MaxDocument = bulk.MaxDocument

// BulkID tells whether an event with this source_id was written by a client of
// the Elasticsearch-shaped API.
func BulkID(id string) bool { return strings.HasPrefix(id, bulk.IDPrefix) }

// NewBulk makes a Bulk; its Serve gives it a Sink until its context ends, as to
// every source.
func NewBulk(opts BulkOptions) *Bulk { return bulk.New(opts) }
