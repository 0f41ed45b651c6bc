package web

import (
	"strings"
	"unicode/utf8"
)

const csvType = "text/csv; charset=utf-8; header=present"

// csvBOM tells spreadsheets that the file is UTF-8.
const csvBOM = "\ufeff"

// appendCell appends one cell of a CSV file (RFC 4180). Text that a
// spreadsheet would take for a formula is guarded with a leading '. Bytes that
// are no UTF-8 become U+FFFD.
func appendCell(dst []byte, text string) []byte {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	return appendPlainCell(dst, guard(text))
}

// appendPlainCell appends a cell that is known to be no formula.
func appendPlainCell(dst []byte, text string) []byte {
	if !strings.ContainsAny(text, "\",\r\n") && strings.TrimSpace(text) == text {
		return append(dst, text...)
	}
	dst = append(dst, '"')
	for {
		before, after, found := strings.Cut(text, `"`)
		dst = append(dst, before...)
		if !found {
			return append(dst, '"')
		}
		dst = append(dst, `""`...)
		text = after
	}
}

// guard puts a ' in front of what begins like a formula. Some spreadsheets
// skip blanks and what cannot be seen before they look.
func guard(text string) string {
	bare := strings.TrimLeft(text, " \u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
	if bare == "" {
		return text
	}
	switch r, _ := utf8.DecodeRuneInString(bare); r {
	case '=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠':
		return "'" + text
	}
	return text
}

// appendRow appends cells as one line.
func appendRow(dst []byte, cells ...string) []byte {
	for i, c := range cells {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendCell(dst, c)
	}
	return append(dst, '\r', '\n')
}
