// Package auth says who may see what, and who asks. What comes in is a caller;
// what goes out is a Scope, or a name for the caller. It never reads events.
//
// Users, roles and sessions arrive with a later release; until then a server
// listens on loopback only and every caller there has the scope Everything.
package auth

import (
	"cmp"
	"hash/maphash"
	"net"
	"strconv"
)

// Scope is the part of the events a caller may see. The zero Scope sees
// nothing, so that a forgotten scope shows nothing.
type Scope struct{ everything bool }

// Everything is the scope of a caller who may see every event.
func Everything() Scope { return Scope{everything: true} }

// SeesEverything tells whether no event is hidden from the scope.
func (s Scope) SeesEverything() bool { return s.everything }

// seed makes names of callers that tell nothing of their keys.
var seed = maphash.MakeSeed()

// Caller names who sends a request from an address (host:port) with some
// headers, so that one caller's questions can be kept
// from crowding out another's. Requests with one key, or without a key from one
// program on one machine, are of one caller. It proves nothing: what a proxy
// says of the machine behind it is believed.
func Caller(remote string, header func(name string) string) string {
	key := cmp.Or(header("Authorization"), header("Cookie"))
	if key == "" {
		host, _, err := net.SplitHostPort(remote)
		if err != nil {
			host = remote
		}
		key = cmp.Or(header("X-Forwarded-For"), host) + " " + header("User-Agent")
	}
	return strconv.FormatUint(maphash.String(seed, key), 36)
}
