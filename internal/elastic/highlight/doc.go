// Package highlight marks what a question matched in the texts of an event.
//
// What comes in are a filter tree and the options of Elasticsearch's
// highlighting; what goes out are fragments of field values with marks around
// the words, phrases or whole values that matched. It never decides whether an
// event matches, and it never reads events from anywhere. Values are written by
// strangers: they go out as they are unless HTML is asked for, so that whoever
// shows them has to escape them.
package highlight
