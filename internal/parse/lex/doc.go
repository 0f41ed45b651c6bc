// Package lex reads the small things that the logs of mail programs have in
// common: numbers, addresses, ids and SMTP answers.
//
// Text of one line comes in, its parts come out as substrings of it. The
// package knows no program's lines, adds to no event and never fails: what is
// not there is "", 0 or false.
package lex
