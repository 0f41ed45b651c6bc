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
//   - An index of words follows the filters of a row group, see below.
//   - The page indexes stand together before the footer. Between them and the
//     footer are 8 bytes of xxHash64 over all of both and the 4 bytes after
//     it, which count the bytes of the page indexes.
//
// # The index of words
//
// It tells which rows may have a word in a text field (message, log_message,
// reply, subject, command_data) or in extra. Words are cut and folded by the
// caller. The footer's key rastro.words holds, parted by blanks: the version
// 1, the names of the columns parted by commas, and for each row group offset
// and bytes of its index as "offset:bytes"; 0 bytes is none. Readers that do
// not know the key skip the bytes. All numbers are little endian.
//
// The rows of a group are cut into stretches: the data pages of message, or of
// log_message where no row has a message, or of extra; else all rows are one.
// A pair is a word of a column and the number of a stretch that has it. Its
// hash is (xxHash64 of the word XOR xxHash64 of the column's name) times
// 0x9e3779b97f4a7c15, modulo 2^64. A word that stands in message in the same
// stretch has no pair for another column; a reader asks for both. A word in
// more than a quarter of the stretches has one pair, whose stretch is the
// largest number of its bits.
//
// An index is a head and slices. The head: number of slices n (4 bytes), bits
// of a stretch's number (1), 3 zeros, n ends of slices counted from the end of
// the head (4 each), xxHash64 of all that (8). The hash of a pair times n is a
// number of 128 bits: the upper 64 are its slice, the top 14 of the lower 64
// its key. A slice: number of pairs (varint), the pairs ascending by key and
// stretch, and the lower 4 bytes of the xxHash64 of both. The pairs are bits,
// the lowest of each byte first: the difference d of the key to the one before
// as d/64 ones, a zero and d mod 64 in 6 bits; then the stretch.
//
// So the index may name stretches that lack a word (one absent word in 64
// meets one), and never leaves out one that has it.
//
// # Damage
//
// A reader checks the hash of the footer, the checksum of each page and the
// hash of each filter, head and slice before it decodes them, so that changed bytes give
// ErrCorrupt and never another answer. The checksums are no signature: a file
// that somebody forged on purpose is not recognized.
package segment
