// Package template splits lines into templates and leftovers, and tells how a
// line is put together again.
//
// What comes in are lines with the values that their rows have in other
// columns and with their times; what goes out are, for each row, the number of
// a Template and the text of the leftovers, or the word that templates do not
// pay. A Template has a text form, which Append writes and Parse reads; the
// form is part of the files and described in docs/formats/segment.md.
//
// Whatever the lines hold, putting the parts together gives the same bytes. The
// package knows columns by numbers only, and never reads or writes a file. An
// Encoder and a Writer serve one goroutine each; Templates and Layouts do not
// change and may be shared.
package template
