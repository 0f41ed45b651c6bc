// Package aggs reads Elasticsearch's aggregations and writes their results.
//
// What comes in is the JSON under "aggs" of a search, and later the answer of
// the engine; what goes out are the aggregations of a question, further
// questions where one is not enough (put to a function of the caller), and the
// JSON under "aggregations". It never asks the store itself and never decides
// what a caller may see. What it does not know is an *Error, never an empty
// result.
package aggs
