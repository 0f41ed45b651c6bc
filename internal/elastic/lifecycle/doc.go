// Package lifecycle says how indices begin and end: what templates give a new
// one, and when policies remove its events.
//
// What comes in is the content of the cluster state; what goes out are
// templates, the settings of an index that is made, and rules of retention. It
// changes contents that it is handed, inside cluster.State.Change, and never
// reads or removes an event.
package lifecycle
