// Package segment holds one immutable file of events: how it is built in
// memory, written, verified, opened and scanned column by column.
//
// What comes in are events; what goes out are Blocks of columns. The files are
// Apache Parquet. The package never evaluates a filter, keeps no list of
// files and starts no goroutine that outlives a call.
package segment
