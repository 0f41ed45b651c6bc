// Package beats receives lines from Filebeat, Winlogbeat, Logstash and whatever
// else speaks the Lumberjack protocol, usually on port 5044.
//
// Connections come in; batches of lines with their positions go out to a sink,
// and acknowledgements go back to the senders, each after its lines are
// durable. It never stores, never parses a line's text, and never drops an
// event: one that is no JSON is handed on as the text it is.
//
// # The wire
//
// Numbers are big endian and have 32 bits. Every frame begins with the version
// ('1' or '2') and its kind:
//
//	W  count                          so many events follow
//	J  seq, length, JSON object       one event
//	D  seq, pairs, (length, text)×2n  one event of the first version
//	C  length, zlib data              frames J and D, compressed together
//	A  seq                            ours: stored up to this event; 0 for none yet
//
// The answer to a window is one A with the number of its last event. While the
// lines wait for the disk, an A with what is durable by then goes out every few
// seconds, so that the sender stays. There is no way of refusing: the
// connection is closed, and the sender comes back with the same events.
//
// # Repeats
//
// A sender that did not see our acknowledgement sends its events again: the
// very same ones over a new connection, or the same lines read again after it
// was restarted. For each agent the fingerprints of its last 65,536 events are
// therefore remembered, in memory and among the positions, where they become
// durable together with the lines. A fingerprint is made of the file, the
// offset and the text. An event whose fingerprint is known is handled so:
//
//	same process of the agent, same @timestamp    sent again: left out
//	same process of the agent, other @timestamp   the file was written anew: taken
//	other process of the agent, or none named     read again: left out, unless the
//	        same batch goes on with an unknown line in the place of a known one;
//	        then the file was written anew, and all are taken
//
// What a disk refused or the network lost may leave gaps between known lines;
// unknown lines that fill them make nothing else new.
//
// Offsets alone decide nothing, as senders that share their load over several
// connections send one file's lines in any order. Where nothing can tell a
// repeat from a new event the event is taken: a repeat that comes after 65,536
// other events of the agent, or after seven days, is stored twice. One case is
// decided the other way: a file that was emptied while the agent was not
// running and now begins with the same bytes as before, all of its batch being
// the same.
//
// Events without an offset (journald, metrics, Logstash) have all their fields
// for a fingerprint, and it is looked for only among those that came over other
// connections, only from the start of a batch, and as often as it occurred
// there. This recognizes a batch that is sent again, not more.
package beats
