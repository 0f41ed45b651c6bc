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
// A file is Apache Parquet, version 1 of our layout (key rastro.format):
//
//   - Row groups of at most 32,768 rows; every column chunk is zstd. Pages of
//     codes and numbers have 8,192 rows, pages of lines about 64 KiB. Every
//     page has its CRC.
//   - Columns have the names of the fields. A column in which no row has a
//     value is left out.
//   - Text fields are dictionary-coded strings, required, "" for absent.
//     Several values of a field stand in one string, parted by U+001F.
//   - Numbers, booleans and times are optional, or required where every row of
//     the file has a value: dictionary-coded where values repeat, else
//     DELTA_BINARY_PACKED (whole numbers) or plain. Times are TIMESTAMP in
//     nanoseconds, UTC.
//   - rid is the event's number; extra is one JSON object of the fields that
//     Rastro does not know.
//   - message and extra are plain strings. log_message is not stored where it
//     is a part of message: then log_message_start is its first byte, counted
//     from 0, and log_message_length its number of bytes, absent where it
//     reaches to the end of message.
//   - queue_id, message_id, session_id, sender, recipient and client_ip have
//     Bloom filters, which know each whole string and each single value in
//     its canonical form. A hash of the bits follows each filter.
//   - The page indexes stand together before the footer. Between them and the
//     footer are 8 bytes of xxHash64 over all of both and the 4 bytes after
//     it, which count the bytes of the page indexes.
//
// # Damage
//
// A reader checks the hash of the footer, the checksum of each page and the
// hash of each filter before it decodes them, so that changed bytes give
// ErrCorrupt and never another answer. The checksums are no signature: a file
// that somebody forged on purpose is not recognized.
package segment
