// Package ask runs one question over blocks of events.
//
// What comes in are blocks, which it opens when their turn comes, and a
// query.Question; what goes out is a query.Answer, or the rows of one block that
// match a filter. The package keeps nothing between two questions, opens no
// file, changes nothing, and knows of no folder, manifest or journal.
//
// # One question
//
// Filters and aggregations are compiled once (filter…, agg…). A walk hands the
// blocks to workers in the order of their times and stops where neither hits
// nor counts are wanted any more (run.go). For one block a scan keeps the
// columns that were read (scan.go, text.go); a filter narrows a set of rows,
// deciding each entry of a dictionary once; what is left goes to the candidates
// for hits (sort…) and to the collectors of the aggregations, one set of them
// for each worker. Before all that, each In of the question becomes the values that
// a walk of its own finds (inner.go). At the end collectors are merged, and only the wanted columns
// of the hits are read (hit…).
//
// An answer does not depend on the number of workers or on which of them is
// ready first.
package ask
