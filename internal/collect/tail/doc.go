// Package tail reads growing files and follows them through every way of
// rotation.
//
// What comes in are globs; what goes out are batches of lines, each with the
// position after them, to a function that makes both durable together. Handed
// the last durable positions at the next start, reading goes on at the exact
// byte: no line is lost and none comes twice. The package keeps no registry of
// its own, never writes, and never looks into the text of a line except where
// the framing rules ask for it.
//
// # Identity
//
// A stream is what one file holds from its first byte to its last, wherever
// the file is moved meanwhile. It is recognised by device, inode, birth time,
// a fingerprint of the first KiB and one of the 256 bytes before the position.
// The bytes before the position are compared after every read and at every
// opening, so a file that was truncated and written anew, or whose inode now
// belongs to another, is noticed even where it is longer than before. Such a
// file is a new stream; the old one is looked for in its folder: renamed
// (same inode) or copied (same bytes; also compressed with gzip or zstd), and
// its rest is read from there under its old identity. Files that were rotated
// while nobody looked are found by their names and times and read from the
// oldest to the newest.
//
// # Limits
//
// Text is UTF-8 or any superset of ASCII; UTF-16 is not supported. A file that
// is cut to a shorter length which is not zero is read again from its start,
// because nothing tells where the cut was. A file that is moved to another
// folder while Rastro is down is found again only if a glob matches it there.
// Lines that were written and removed between two looks are lost to everybody.
package tail
