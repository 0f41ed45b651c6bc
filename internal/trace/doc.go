// Package trace rebuilds what happened to one message on its way to one
// recipient, from the events that mention it.
//
// In come events, from the store through search or from files through an
// Assembler, in any order; out go journeys: the steps in order, the ids, and a
// verdict with how sure it is. The package never reads a log line itself: what
// it knows are the fields of events. It keeps no journey: each is computed when
// it is asked for, from the same events always the same one.
//
// How it works: an event becomes a fact. Facts with the same queue id on the
// same server are a hop: one stay of the message in one queue, from its arrival
// to its removal. A hop has a leg for each recipient. Hops are linked where a
// line says so (exact), where two lines fit each other (probable), or where
// nothing else is left (guess). A journey follows one leg from the first hop
// to the end, and beyond it into the mailbox.
package trace
