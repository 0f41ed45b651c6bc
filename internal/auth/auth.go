// Package auth says who may see what. What comes in is a caller; what goes out
// is a Scope. It never reads events.
//
// Users, roles and sessions arrive with a later release; until then a server
// listens on loopback only and every caller there has the scope Everything.
package auth

// Scope is the part of the events a caller may see. The zero Scope sees
// nothing, so that a forgotten scope shows nothing.
type Scope struct{ everything bool }

// Everything is the scope of a caller who may see every event.
func Everything() Scope { return Scope{everything: true} }

// SeesEverything tells whether no event is hidden from the scope.
func (s Scope) SeesEverything() bool { return s.everything }
