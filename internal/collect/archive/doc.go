// Package archive reads one finished file or stream once: plain, gzip, zstd or
// bzip2.
//
// What comes in is a reader and the last durable positions; what goes out are
// batches of lines, each with the position after them. The package knows a
// content by what it holds, not by its name: a position is an offset with the
// hash of everything before it. So an import that was broken off goes on where
// it was, a second import of the same content adds nothing, a longer version
// adds what is new in it, and two files that only begin alike are both read in
// full, whether they are compressed or not.
//
// To know how much of a content was imported before, its beginning is read up
// to the furthest position of a content that begins with the same KiB, before
// anything is handed on. Files are then read from their start again; a stream
// that cannot be read twice is kept in a temporary file for that time. Where no
// position begins alike, which is the usual case, nothing is read twice.
//
// A last line without an end is handed on, marked event.MarkUnfinished. If a
// longer version comes later, the rest of that line is a record of its own:
// no byte comes twice, and every line that was complete comes exactly once.
// A content that is a shorter, earlier version of an imported one is not known
// again, because no position lies within it; it is imported as another.
package archive
