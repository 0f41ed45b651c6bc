// Package bulk takes the documents that clients write through the
// Elasticsearch-shaped API.
//
// Documents come in, already told apart by the endpoint; batches of lines go
// out to a sink, and what became of each document comes back when its line is
// durable. It never stores, never parses a line's text and never answers HTTP.
//
// # What becomes of a document
//
// The text of its line is the member message, else event.original, else all of
// the JSON. Every other member is a field of the line: a member of a nested
// object that is one of ours by another name (host.name, source.ip) under that
// name, the rest with its nesting.
//
// An index of ours is a day. A document that was sent to the index of a day is
// an event of the day of its time: that of its line where the line has one,
// else that of @timestamp. It keeps the name of the index it was sent to where
// that is not the index of a day, or where its own @timestamp is of another
// day.
//
// # Repeats
//
// A document with an id of the client's is stored once in an index. It is known
// while it is on its way, then by a fingerprint in memory, then by the store,
// which is asked for every id that memory does not know. A fingerprint is
// forgotten only when the store has the event, so that nothing falls between
// the two; after a restart the store has everything that was ever acknowledged.
// Who sends a known id again waits for the fate of the first. Events never
// change: a known document that is written again with other content is refused.
//
// A document without an id gets one that is new, and is never a repeat.
package bulk
