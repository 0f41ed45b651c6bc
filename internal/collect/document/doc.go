// Package document is what the rooms share that receive JSON documents: the
// scanner that takes one document apart, and the builder that makes the texts
// and fields of lines of its parts.
//
// The bytes of documents come in; spans of one piece of memory for each batch
// go out, and become strings all at once. It decides nothing about what a
// document means, whose it is or whether it was here before, and it keeps
// nothing.
package document
