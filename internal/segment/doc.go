// Package segment holds one immutable file of events: how it is built in
// memory, written, verified, opened and scanned column by column.
//
// What comes in are events; what goes out are Blocks of columns. The package
// never evaluates a filter, keeps no list of files and starts no goroutine
// that outlives a call.
//
// # The tail
//
// A Builder collects the newest events. Its Snapshot is a Block that shares
// the Builder's memory and does not change while more events come in. Write
// makes a file of a Block, or of some of its rows.
//
// # The file
//
// A file is Apache Parquet; docs/formats/segment.md has the form, byte by byte,
// and is the contract with every other reader. What matters to this package:
//
//   - Row groups have at most 32,768 rows; pages of codes and numbers have
//     8,192, and all are zstd with a CRC. Text fields are dictionaries and
//     codes, "" for absent, several values parted by U+001F.
//   - message is stored as templates that name other columns, and leftovers
//     (package template); as it is only where templates would be too many. A
//     lineBuilder puts lines together again, and Verify compares each of them.
//   - log_message is a part of message: the template marks it, or columns tell
//     where it starts and how long it is. Its own text is the exception.
//   - Bloom filters know whole strings and single values; an index of words
//     tells which stretches of rows may have a word of a text.
//   - Files of version 1 (lines and times as they are) are read, never written.
//
// # Damage
//
// A reader checks the hash of the footer, the checksum of each page and the
// hash of each filter, head and slice before it decodes them, so that changed
// bytes give ErrCorrupt and never another answer. The checksums are no
// signature: a file that somebody forged on purpose is not recognized.
package segment
